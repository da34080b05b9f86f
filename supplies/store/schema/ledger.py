"""The ledger: documents, lots, moves, reservations, counts, imports, agreements, seals."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from supplies.store.schema.types import Instant, metadata, word

# Positions that hold anything; an index is used where a query says exactly this.
LIVE = "on_hand != 0 OR reserved != 0"

# One posting: everything on it is in the ledger, or nothing is. `key` makes a repeat harmless,
# `lines` seals what was counted.
documents = Table(
    "documents",
    metadata,
    Column("number", BigInteger, nullable=False),
    Column("id", word(100), nullable=False),
    Column("key", word(200)),
    Column("kind", word(20), nullable=False),
    Column("content", word(64), nullable=False),
    Column("first_move", BigInteger),
    Column("last_move", BigInteger),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("note", Text, nullable=False),
    Column("backdated", Text),
    Column("day", Date),
    Column("asked_by", word(100), nullable=False, server_default=""),
    Column("approved_by", word(100), nullable=False, server_default=""),
    Column("order_number", word(100), nullable=False, server_default=""),
    Column("papers_due", Date),
    Column("party", word(200), nullable=False, server_default=""),
    Column("due", Date),
    Column("amount_fen", BigInteger),
    Column("refers", word(100)),
    Column("agreement", word(200)),
    Column("call_up", word(100)),
    Column("lines", word(64), nullable=False, server_default=""),
    Column("chain", word(64), nullable=False, server_default=""),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("number"),
    UniqueConstraint("key"),
    Index(None, "refers"),
    Index(None, "call_up"),
    Index(None, "kind", "number"),
)

lots = Table(
    "lots",
    metadata,
    Column("item", word(100), nullable=False),
    Column("id", word(200), nullable=False),
    Column("produced", Date),
    Column("expiry", Date),
    Column("condition", word(20), nullable=False),
    Column("owner_tier", word(20)),
    Column("source_mode", word(50), nullable=False),
    PrimaryKeyConstraint("item", "id"),
)

# `number` counts without gaps in the order of entry; `chain` seals each row to the one before
# it; `marks` holds a short hash of each field, so that an altered one can be named.
moves = Table(
    "moves",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("id", word(36), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("item", word(100), nullable=False),
    Column("lot", word(200), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("source", word(200), nullable=False),
    Column("target", word(200), nullable=False),
    Column("reason", word(20), nullable=False),
    Column("document", word(100), nullable=False),
    Column("reverses", word(36)),
    Column("note", Text, nullable=False),
    Column("chain", word(64), nullable=False),
    Column("marks", word(120), nullable=False),
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
    Column("id", word(36), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("account", word(200), nullable=False),
    Column("item", word(100), nullable=False),
    Column("lot", word(200), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("document", word(100), nullable=False),
    Column("releases", word(36)),
    Column("note", Text, nullable=False),
    Column("chain", word(64), nullable=False),
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
    Column("document", word(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("account", word(200), nullable=False),
    Column("item", word(100), nullable=False),
    Column("lot", word(200), nullable=False),
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
    Column("sha256", word(64), nullable=False),
    Column("name", word(300), nullable=False),
    Column("form", word(30), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("read", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("document", word(100), ForeignKey("documents.id")),
    Column("chain", word(64), nullable=False, server_default=""),
    PrimaryKeyConstraint("number"),
    Index(None, "sha256"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("supplier", word(200), nullable=False),
    Column("supplier_name", word(300), nullable=False),
    Column("owner", word(20), nullable=False),
    Column("item", word(100), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("notice_hours", Float, nullable=False),
    Column("fulfilment", Float, nullable=False),
    Column("retainer_rate", Float, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("node", word(100), nullable=False),
    Column("kind", word(20), nullable=False),
    Column("evidence", word(20), nullable=False),
    PrimaryKeyConstraint("number"),
)

# The head of the chain at the end of each day of entry.
seals = Table(
    "seals",
    metadata,
    Column("day", Date, nullable=False),
    Column("last_move", BigInteger, nullable=False),
    Column("head", word(64), nullable=False),
    PrimaryKeyConstraint("day"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", word(200), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key"),
)

# A cache of the fold, kept by the posting that changes it and compared with the fold by
# `ledger verify`: what each position holds, and the place of its last fact in the order.
levels = Table(
    "levels",
    metadata,
    Column("account", word(200), nullable=False),
    Column("item", word(100), nullable=False),
    Column("lot", word(200), nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("last_sequence", Integer, nullable=False),
    PrimaryKeyConstraint("account", "item", "lot"),
    Index(None, "item", "account"),
    # Most positions are empty after some years: shelves cleared, trips arrived.
    Index(
        "ix_levels_live",
        *("account", "item", "lot"),
        sqlite_where=text(LIVE),
        postgresql_where=text(LIVE),
    ),
)

# Where each sealed table ends, so that a missing last row shows.
ends = Table(
    "ends",
    metadata,
    Column("name", word(50), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("name"),
)
