"""Around the ledger: papers, payments, call-ups, and who did what."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from supplies.store.schema.types import Instant, metadata, word

# Papers that followed a telephone order, for a voucher or a call-up.
papers = Table(
    "papers",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("document", word(100), ForeignKey("documents.id")),
    Column("call_up", word(100), ForeignKey("call_ups.id")),
    Column("order_number", word(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("note", Text, nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("number"),
    Index(None, "document"),
    Index(None, "call_up"),
)

# Money paid on what a voucher or a call-up made due.
payments = Table(
    "payments",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("document", word(100), ForeignKey("documents.id")),
    Column("call_up", word(100), ForeignKey("call_ups.id")),
    Column("day", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("note", Text, nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("number"),
    CheckConstraint("amount_fen > 0", name="amount_fen"),
    Index(None, "document"),
    Index(None, "call_up"),
)

# A request for goods of another unit or tier; `content` seals its lines, its state is the fold
# of its steps.
call_ups = Table(
    "call_ups",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("id", word(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("area", word(20), nullable=False),
    Column("incident", word(200), nullable=False),
    Column("level", word(10), nullable=False),
    Column("asked_by", word(100), nullable=False),
    Column("order_number", word(100), nullable=False),
    Column("papers_due", Date),
    Column("reason", Text, nullable=False),
    Column("content", word(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("number"),
    UniqueConstraint("id"),
)

call_up_lines = Table(
    "call_up_lines",
    metadata,
    Column("call_up", word(100), ForeignKey("call_ups.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("item", word(100), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("target", word(200), nullable=False),
    PrimaryKeyConstraint("call_up", "line"),
    CheckConstraint("quantity > 0", name="quantity"),
)

call_up_steps = Table(
    "call_up_steps",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("call_up", word(100), ForeignKey("call_ups.id"), nullable=False),
    Column("step", word(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("document", word(100), ForeignKey("documents.id")),
    Column("detail", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", word(100), nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("number"),
    Index(None, "call_up"),
)

# Who did what, when, from where: postings, refusals, sign-ins, changes of rights.
events = Table(
    "events",
    metadata,
    Column("number", BigInteger, nullable=False, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("user", word(100), nullable=False),
    Column("origin", word(200), nullable=False),
    Column("task", word(50), nullable=False),
    Column("subject", word(200), nullable=False),
    Column("outcome", word(20), nullable=False),
    Column("detail", Text, nullable=False),
    Column("chain", word(64), nullable=False),
    PrimaryKeyConstraint("number"),
    Index(None, "at"),
    Index(None, "user", "at"),
    Index(None, "subject"),
)
