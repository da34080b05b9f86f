"""The ledger: documents, lots, moves, reservations, counts, imports, agreements, seals."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0001"
down_revision = None

# A row of these is a fact. REPLACE deletes without asking the delete trigger, hence the third.
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
        _refuse(table, "update", "BEFORE UPDATE")
        _refuse(table, "delete", "BEFORE DELETE")
        where = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - constants
        _refuse(table, "replace", "BEFORE INSERT", where)


def downgrade() -> None:
    """Refuse: a ledger is never taken apart."""
    raise CommandError("restore a backup instead of downgrading a ledger")


def _refuse(table: str, verb: str, when: str, where: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb} {when} ON {table} {where} "
        f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {table}'); END"
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("first_move", sa.BigInteger(), nullable=True),
        sa.Column("last_move", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("backdated", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_documents_key")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
    )


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("produced", sa.Date(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("condition", sa.String(length=20), nullable=False),
        sa.Column("owner_tier", sa.String(length=20), nullable=True),
        sa.Column("source_mode", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("item", "id", name=op.f("pk_lots")),
    )


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("lot", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("reverses", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("marks", sa.String(length=120), nullable=False),
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
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("lot", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("releases", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
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
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("lot", sa.String(length=200), nullable=False),
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
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("form", sa.String(length=30), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_imports_document")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_sha256"), "imports", ["sha256"], unique=False)


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("supplier_name", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("notice_hours", sa.Float(), nullable=False),
        sa.Column("fulfilment", sa.Float(), nullable=False),
        sa.Column("retainer_rate", sa.Float(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_agreements")),
    )


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_move", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_seals")),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
