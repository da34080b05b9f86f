"""Vouchers with heads, call-ups, papers, payments, users, events; sealed documents; levels."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from supplies.store.migrations.guards import guard, unguard
from supplies.store.migrations.versions.v0001_ledger import IDENTITY
from supplies.store.schema.types import Instant, word

revision = "0002"
down_revision = "0001"

GUARDED = {
    "papers": "number = NEW.number",
    "payments": "number = NEW.number",
    "call_ups": "number = NEW.number OR id = NEW.id",
    "call_up_lines": "call_up = NEW.call_up AND line = NEW.line",
    "call_up_steps": "number = NEW.number",
    "events": "number = NEW.number",
}
_HEAD = (
    *("day", "asked_by", "approved_by", "order_number", "papers_due", "party", "due"),
    *("amount_fen", "refers", "agreement", "call_up", "lines"),
)
_DOCUMENT = (
    *("number", "id", "key", "kind", "content", "first_move", "last_move", "recorded_at"),
    *("recorded_by", "note", "backdated", *_HEAD),
)
_COUNT = ("day", "sequence", "account", "item", "lot", "quantity")
_IMPORT = (
    *("number", "sha256", "name", "form", "recorded_at", "recorded_by", "read", "accepted"),
    *("unchanged", "rejected", "document"),
)


def upgrade() -> None:
    """Add the heads of vouchers and the tables around the ledger, and seal what is there."""
    _heads()
    _call_ups()
    _papers()
    _payments()
    _events()
    _people()
    _levels()
    _ends()
    for table, same in GUARDED.items():
        guard(table, same)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise CommandError("restore a backup instead of downgrading a ledger")


def _heads() -> None:
    for table in ("documents", "imports"):
        unguard(table)
    empty: dict[str, Any] = {"nullable": False, "server_default": ""}
    for column in (
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("asked_by", word(100), **empty),
        sa.Column("approved_by", word(100), **empty),
        sa.Column("order_number", word(100), **empty),
        sa.Column("papers_due", sa.Date(), nullable=True),
        sa.Column("party", word(200), **empty),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("refers", word(100), nullable=True),
        sa.Column("agreement", word(200), nullable=True),
        sa.Column("call_up", word(100), nullable=True),
        sa.Column("lines", word(64), **empty),
        sa.Column("chain", word(64), **empty),
    ):
        op.add_column("documents", column)
    op.add_column("imports", sa.Column("chain", word(64), **empty))
    op.create_index(op.f("ix_documents_refers"), "documents", ["refers"])
    op.create_index(op.f("ix_documents_call_up"), "documents", ["call_up"])
    op.create_index(op.f("ix_documents_kind_number"), "documents", ["kind", "number"])
    op.execute(
        "UPDATE documents SET day = (SELECT MAX(moves.day) FROM moves "
        "WHERE moves.document = documents.id)"
    )
    _counted()
    _seal("documents", _DOCUMENT)
    _seal("imports", _IMPORT)
    for table in ("documents", "imports"):
        guard(table, IDENTITY[table])


def _counted() -> None:
    """Seal what was counted into its document, as later postings will."""
    bind = op.get_bind()
    counts = sa.table(
        "counts",
        sa.column("day", sa.Date()),
        *(sa.column(name) for name in ("document", "sequence", "account", "item", "lot")),
        sa.column("quantity"),
    )
    lines: dict[str, list[str]] = {}
    for row in bind.execute(sa.select(counts)).mappings():
        fields = [_plain(row[name]) for name in _COUNT]
        lines.setdefault(row["document"], []).append(json.dumps(fields, ensure_ascii=False))
    for document, counted in lines.items():
        seal = hashlib.sha256("\n".join(sorted(counted)).encode()).hexdigest()
        query = sa.text("UPDATE documents SET lines = :seal WHERE id = :document")
        bind.execute(query, {"seal": seal, "document": document})


def _seal(name: str, fields: tuple[str, ...]) -> None:
    """Chain the rows that are there in the order of entry, as later postings will."""
    moments: dict[str, Any] = {"recorded_at": Instant(), "day": sa.Date(), "papers_due": sa.Date()}
    table = sa.table(
        name,
        *(sa.column(field, moments.get(field, sa.String())) for field in fields),
        sa.column("chain", sa.String()),
    )
    bind, before = op.get_bind(), "0" * 64
    rows = bind.execute(sa.select(table).order_by(table.c.number)).mappings().all()
    for row in rows:
        body = json.dumps([_plain(row[field]) for field in fields], ensure_ascii=False)
        before = hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()
        bind.execute(sa.update(table).where(table.c.number == row["number"]).values(chain=before))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _call_ups() -> None:
    op.create_table(
        "call_ups",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", word(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area", word(20), nullable=False),
        sa.Column("incident", word(200), nullable=False),
        sa.Column("level", word(10), nullable=False),
        sa.Column("asked_by", word(100), nullable=False),
        sa.Column("order_number", word(100), nullable=False),
        sa.Column("papers_due", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", word(64), nullable=False),
        *_signed(),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_call_ups")),
        sa.UniqueConstraint("id", name=op.f("uq_call_ups_id")),
    )
    op.create_table(
        "call_up_lines",
        sa.Column("call_up", word(100), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("target", word(200), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_call_up_lines_quantity")),
        _to("call_up_lines", "call_up", "call_ups.id"),
        sa.PrimaryKeyConstraint("call_up", "line", name=op.f("pk_call_up_lines")),
    )
    op.create_table(
        "call_up_steps",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_up", word(100), nullable=False),
        sa.Column("step", word(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", word(100), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        *_signed(),
        _to("call_up_steps", "call_up", "call_ups.id"),
        _to("call_up_steps", "document", "documents.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_call_up_steps")),
    )
    op.create_index(op.f("ix_call_up_steps_call_up"), "call_up_steps", ["call_up"])


def _signed() -> list[sa.Column[Any]]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", word(100), nullable=False),
        sa.Column("chain", word(64), nullable=False),
    ]


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", word(100), nullable=True),
        sa.Column("call_up", word(100), nullable=True),
        sa.Column("order_number", word(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_signed()[:2],
        sa.Column("note", sa.Text(), nullable=False),
        *_signed()[2:],
        _to("papers", "document", "documents.id"),
        _to("papers", "call_up", "call_ups.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_papers")),
    )
    op.create_index(op.f("ix_papers_document"), "papers", ["document"])
    op.create_index(op.f("ix_papers_call_up"), "papers", ["call_up"])


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", word(100), nullable=True),
        sa.Column("call_up", word(100), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        *_signed()[:2],
        sa.Column("note", sa.Text(), nullable=False),
        *_signed()[2:],
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payments_amount_fen")),
        _to("payments", "document", "documents.id"),
        _to("payments", "call_up", "call_ups.id"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_document"), "payments", ["document"])
    op.create_index(op.f("ix_payments_call_up"), "payments", ["call_up"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user", word(100), nullable=False),
        sa.Column("origin", word(200), nullable=False),
        sa.Column("task", word(50), nullable=False),
        sa.Column("subject", word(200), nullable=False),
        sa.Column("outcome", word(20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chain", word(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_index(op.f("ix_events_user_at"), "events", ["user", "at"])
    op.create_index(op.f("ix_events_subject"), "events", ["subject"])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", word(100), nullable=False),
        sa.Column("name", word(200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("subject", word(300), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_table(
        "grants",
        sa.Column("user", word(100), nullable=False),
        sa.Column("role", word(30), nullable=False),
        sa.Column("place", word(100), nullable=False),
        _to("grants", "user", "users.id"),
        sa.PrimaryKeyConstraint("user", "role", "place", name=op.f("pk_grants")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", word(64), nullable=False),
        sa.Column("user", word(100), nullable=False),
        sa.Column("origin", word(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _to("sessions", "user", "users.id"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user"), "sessions", ["user"])


def _levels() -> None:
    op.create_table(
        "levels",
        sa.Column("account", word(200), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("lot", word(200), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "item", "lot", name=op.f("pk_levels")),
    )
    op.create_index(op.f("ix_levels_item_account"), "levels", ["item", "account"])
    live = sa.text("on_hand != 0 OR reserved != 0")
    op.create_index(
        op.f("ix_levels_live"),
        "levels",
        ["account", "item", "lot"],
        sqlite_where=live,
        postgresql_where=live,
    )
    # The fold of what is there: sums, and the place of the last fact in the order.
    op.execute(
        """
        INSERT INTO levels (account, item, lot, on_hand, reserved, last_day, last_sequence)
        WITH effects AS (
            SELECT target AS account, item, lot, day, sequence, quantity AS units, 0 AS held
            FROM moves
            UNION ALL
            SELECT source, item, lot, day, sequence, -quantity, 0 FROM moves
            UNION ALL
            SELECT account, item, lot, day, sequence, 0,
                CASE WHEN releases IS NULL THEN quantity ELSE -quantity END
            FROM reservations
        ), placed AS (
            SELECT account, item, lot, day, sequence, units, held, ROW_NUMBER() OVER (
                PARTITION BY account, item, lot ORDER BY day DESC, sequence DESC) AS place
            FROM effects
        )
        SELECT account, item, lot, SUM(units), SUM(held),
            MAX(CASE WHEN place = 1 THEN day END), MAX(CASE WHEN place = 1 THEN sequence END)
        FROM placed GROUP BY account, item, lot
        """
    )


def _ends() -> None:
    op.create_table(
        "ends",
        sa.Column("name", word(50), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("chain", word(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ends")),
    )
    for table in ("documents", "moves", "reservations", "imports"):
        op.execute(
            f"INSERT INTO ends (name, number, chain) SELECT '{table}', number, chain "  # noqa: S608
            f"FROM {table} ORDER BY number DESC LIMIT 1"
        )
