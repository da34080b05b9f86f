"""Bring a database to the present schema; imported only when it is not there yet.

Alembic takes longer to import than the whole of opening a store, and almost every opening finds
the schema in place.
"""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from supplies.errors import StoreError


def config(connection: Connection) -> Config:
    """Return Alembic settings that use this connection and the packaged migrations."""
    settings = Config()
    settings.set_main_option("script_location", "supplies.store:migrations")
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection) -> None:
    """Apply every migration that is missing, in the connection's transaction.

    Raises
    ------
    StoreError
        When the database names a version that never was.
    """
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise StoreError(
            f"数据库升不到本版 ({error}) | the database cannot be brought up to date: {error}"
        ) from error
