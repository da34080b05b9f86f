"""The tables, as this version of the program knows them.

The migrations build them; a test holds both together. Types are those both SQLite and
PostgreSQL have. Facts are append-only: `APPEND_ONLY` tables carry triggers that refuse changes.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0001"
APPEND_ONLY = ("documents", "lots", "moves", "reservations", "counts", "imports", "seals")


class Instant(TypeDecorator[datetime]):
    """A moment in time, kept in UTC: SQLite has no time zones and would drop them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any zone into UTC."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Say that what was kept is UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if dialect.name == "sqlite" else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One posting: everything on it is in the ledger, or nothing is. `key` makes a repeat harmless.
documents = Table(
    "documents",
    metadata,
    Column("number", BigInteger, nullable=False),
    Column("id", String(100), nullable=False),
    Column("key", String(200)),
    Column("kind", String(20), nullable=False),
    Column("content", String(64), nullable=False),
    Column("first_move", BigInteger),
    Column("last_move", BigInteger),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("note", Text, nullable=False),
    Column("backdated", Text),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("number"),
    UniqueConstraint("key"),
)

lots = Table(
    "lots",
    metadata,
    Column("item", String(100), nullable=False),
    Column("id", String(200), nullable=False),
    Column("produced", Date),
    Column("expiry", Date),
    Column("condition", String(20), nullable=False),
    Column("owner_tier", String(20)),
    Column("source_mode", String(50), nullable=False),
    PrimaryKeyConstraint("item", "id"),
)

# `number` counts without gaps in the order of entry; `chain` seals each row to the one before
# it; `marks` holds a short hash of each field, so that an altered one can be named.
moves = Table(
    "moves",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("id", String(36), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("item", String(100), nullable=False),
    Column("lot", String(200), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("source", String(200), nullable=False),
    Column("target", String(200), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("document", String(100), nullable=False),
    Column("reverses", String(36)),
    Column("note", Text, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("marks", String(120), nullable=False),
    PrimaryKeyConstraint("number"),
    UniqueConstraint("id"),
    UniqueConstraint("reverses"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("sequence > 0", name="sequence"),
    CheckConstraint("source <> target", name="accounts"),
    ForeignKeyConstraint(["item", "lot"], ["lots.item", "lots.id"]),
    ForeignKeyConstraint(["document"], ["documents.id"]),
    ForeignKeyConstraint(["reverses"], ["moves.id"]),
    Index(None, "source", "item", "lot", "day"),
    Index(None, "target", "item", "lot", "day"),
    Index(None, "item", "lot"),
    Index(None, "day", "sequence"),
    Index(None, "document"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("id", String(36), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("account", String(200), nullable=False),
    Column("item", String(100), nullable=False),
    Column("lot", String(200), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("document", String(100), nullable=False),
    Column("releases", String(36)),
    Column("note", Text, nullable=False),
    Column("chain", String(64), nullable=False),
    PrimaryKeyConstraint("number"),
    UniqueConstraint("id"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("sequence > 0", name="sequence"),
    ForeignKeyConstraint(["item", "lot"], ["lots.item", "lots.id"]),
    ForeignKeyConstraint(["document"], ["documents.id"]),
    ForeignKeyConstraint(["releases"], ["reservations.id"]),
    Index(None, "account", "item", "lot", "day"),
    Index(None, "releases"),
    Index(None, "document"),
    Index(None, "day", "sequence"),
)

# What was counted, also where it agreed with the ledger: when a shelf was last counted is a
# fact of its own.
counts = Table(
    "counts",
    metadata,
    Column("document", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("account", String(200), nullable=False),
    Column("item", String(100), nullable=False),
    Column("lot", String(200), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    PrimaryKeyConstraint("document", "day", "sequence", "account", "item", "lot"),
    CheckConstraint("quantity >= 0", name="quantity"),
    ForeignKeyConstraint(["item", "lot"], ["lots.item", "lots.id"]),
    ForeignKeyConstraint(["document"], ["documents.id"]),
    Index(None, "account", "item", "lot", "day"),
    Index(None, "day", "sequence"),
)

imports = Table(
    "imports",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("name", String(300), nullable=False),
    Column("form", String(30), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("read", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("document", String(100), ForeignKey("documents.id")),
    PrimaryKeyConstraint("number"),
    Index(None, "sha256"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("supplier", String(200), nullable=False),
    Column("supplier_name", String(300), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("item", String(100), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("notice_hours", Float, nullable=False),
    Column("fulfilment", Float, nullable=False),
    Column("retainer_rate", Float, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("node", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("evidence", String(20), nullable=False),
    PrimaryKeyConstraint("number"),
)

# The head of the chain at the end of each day of entry.
seals = Table(
    "seals",
    metadata,
    Column("day", Date, nullable=False),
    Column("last_move", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    PrimaryKeyConstraint("day"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(200), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key"),
)
