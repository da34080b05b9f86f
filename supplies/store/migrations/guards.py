"""Triggers that keep facts as they were written, for each database."""

from alembic import op

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only: %', TG_TABLE_NAME; END $$
"""


def guard(table: str, same: str) -> None:
    """Refuse UPDATE and DELETE of a table's rows, and INSERT over one of them.

    ``same`` says, in terms of NEW, which rows an inserted one would replace: on SQLite REPLACE
    deletes without asking the delete trigger. PostgreSQL has no REPLACE, but it has TRUNCATE.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
        _on_postgresql(table, "update", "BEFORE UPDATE", "ROW")
        _on_postgresql(table, "delete", "BEFORE DELETE", "ROW")
        _on_postgresql(table, "truncate", "BEFORE TRUNCATE", "STATEMENT")
        return
    _on_sqlite(table, "update", "BEFORE UPDATE", "")
    _on_sqlite(table, "delete", "BEFORE DELETE", "")
    where = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - constants
    _on_sqlite(table, "replace", "BEFORE INSERT", where)


def unguard(table: str) -> None:
    """Take the triggers off, for a migration that adds columns and must fill them."""
    if op.get_bind().dialect.name == "postgresql":
        for verb in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{verb} ON {table}")
        return
    for verb in ("update", "delete", "replace"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")


def _on_postgresql(table: str, verb: str, when: str, each: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb} {when} ON {table} FOR EACH {each} "
        "EXECUTE FUNCTION ledger_is_append_only()"
    )


def _on_sqlite(table: str, verb: str, when: str, where: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb} {when} ON {table} {where} "
        f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {table}'); END"
    )
