"""The ledger: documents, lots, moves, reservations, counts, imports, agreements, seals."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from supplies.store.migrations.guards import guard
from supplies.store.schema.types import word

revision = "0001"
down_revision = None

# A row of these is a fact; two rows with one of these the same would be the same fact.
IDENTITY = {
    "documents": 'id = NEW.id OR number = NEW.number OR "key" = NEW."key"',
    "lots": "item = NEW.item AND id = NEW.id",
    "moves": "number = NEW.number OR id = NEW.id OR reverses = NEW.reverses",
    "reservations": "number = NEW.number OR id = NEW.id",
    "counts": "document = NEW.document AND day = NEW.day AND sequence = NEW.sequence "
    "AND account = NEW.account AND item = NEW.item AND lot = NEW.lot",
    "imports": "number = NEW.number",
    "seals": "day = NEW.day",
}


def upgrade() -> None:
    """Build the tables and the triggers that keep facts as they were written."""
    _documents()
    _lots()
    _moves()
    _reservations()
    _counts()
    _imports()
    _agreements()
    _seals()
    _meta()
    for table, same in IDENTITY.items():
        guard(table, same)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise CommandError("restore a backup instead of downgrading a ledger")


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", word(100), nullable=False),
        sa.Column("key", word(200), nullable=True),
        sa.Column("kind", word(20), nullable=False),
        sa.Column("content", word(64), nullable=False),
        sa.Column("first_move", sa.BigInteger(), nullable=True),
        sa.Column("last_move", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", word(100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("backdated", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_documents_key")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
    )


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("item", word(100), nullable=False),
        sa.Column("id", word(200), nullable=False),
        sa.Column("produced", sa.Date(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("condition", word(20), nullable=False),
        sa.Column("owner_tier", word(20), nullable=True),
        sa.Column("source_mode", word(50), nullable=False),
        sa.PrimaryKeyConstraint("item", "id", name=op.f("pk_lots")),
    )


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", word(36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", word(100), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("lot", word(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("source", word(200), nullable=False),
        sa.Column("target", word(200), nullable=False),
        sa.Column("reason", word(20), nullable=False),
        sa.Column("document", word(100), nullable=False),
        sa.Column("reverses", word(36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("chain", word(64), nullable=False),
        sa.Column("marks", word(120), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_moves_quantity")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_moves_sequence")),
        sa.CheckConstraint("source <> target", name=op.f("ck_moves_accounts")),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_moves_document")),
        sa.ForeignKeyConstraint(
            ["item", "lot"], ["lots.item", "lots.id"], name=op.f("fk_moves_item_lot")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["moves.id"], name=op.f("fk_moves_reverses")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_moves")),
        sa.UniqueConstraint("id", name=op.f("uq_moves_id")),
        sa.UniqueConstraint("reverses", name=op.f("uq_moves_reverses")),
    )
    op.create_index(op.f("ix_moves_day_sequence"), "moves", ["day", "sequence"], unique=False)
    op.create_index(op.f("ix_moves_document"), "moves", ["document"], unique=False)
    op.create_index(op.f("ix_moves_item_lot"), "moves", ["item", "lot"], unique=False)
    op.create_index(
        op.f("ix_moves_source_item_lot_day"),
        "moves",
        ["source", "item", "lot", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moves_target_item_lot_day"),
        "moves",
        ["target", "item", "lot", "day"],
        unique=False,
    )


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", word(36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", word(100), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("lot", word(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document", word(100), nullable=False),
        sa.Column("releases", word(36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("chain", word(64), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_reservations_sequence")),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.id"], name=op.f("fk_reservations_document")
        ),
        sa.ForeignKeyConstraint(
            ["item", "lot"], ["lots.item", "lots.id"], name=op.f("fk_reservations_item_lot")
        ),
        sa.ForeignKeyConstraint(
            ["releases"], ["reservations.id"], name=op.f("fk_reservations_releases")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reservations")),
        sa.UniqueConstraint("id", name=op.f("uq_reservations_id")),
    )
    op.create_index(
        op.f("ix_reservations_account_item_lot_day"),
        "reservations",
        ["account", "item", "lot", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reservations_day_sequence"), "reservations", ["day", "sequence"], unique=False
    )
    op.create_index(op.f("ix_reservations_document"), "reservations", ["document"], unique=False)
    op.create_index(op.f("ix_reservations_releases"), "reservations", ["releases"], unique=False)


def _counts() -> None:
    op.create_table(
        "counts",
        sa.Column("document", word(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("account", word(200), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("lot", word(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_counts_quantity")),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_counts_document")),
        sa.ForeignKeyConstraint(
            ["item", "lot"], ["lots.item", "lots.id"], name=op.f("fk_counts_item_lot")
        ),
        sa.PrimaryKeyConstraint(
            "document", "day", "sequence", "account", "item", "lot", name=op.f("pk_counts")
        ),
    )
    op.create_index(
        op.f("ix_counts_account_item_lot_day"),
        "counts",
        ["account", "item", "lot", "day"],
        unique=False,
    )
    op.create_index(op.f("ix_counts_day_sequence"), "counts", ["day", "sequence"], unique=False)


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", word(64), nullable=False),
        sa.Column("name", word(300), nullable=False),
        sa.Column("form", word(30), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", word(100), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("document", word(100), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_imports_document")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_sha256"), "imports", ["sha256"], unique=False)


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supplier", word(200), nullable=False),
        sa.Column("supplier_name", word(300), nullable=False),
        sa.Column("owner", word(20), nullable=False),
        sa.Column("item", word(100), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("notice_hours", sa.Float(), nullable=False),
        sa.Column("fulfilment", sa.Float(), nullable=False),
        sa.Column("retainer_rate", sa.Float(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("node", word(100), nullable=False),
        sa.Column("kind", word(20), nullable=False),
        sa.Column("evidence", word(20), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_agreements")),
    )


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_move", sa.BigInteger(), nullable=False),
        sa.Column("head", word(64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_seals")),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", word(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
