"""Where the command line keeps the token of a session: one small file per database."""

import hashlib
import os
from pathlib import Path

import typer

from supplies.tasks import Desk

TOKEN = "SUPPLIES_TOKEN"  # noqa: S105 - the name of a variable


def find(desk: Desk) -> str | None:
    """Return the token in the environment, else the one kept by `supplies login`."""
    if given := os.environ.get(TOKEN):
        return given
    try:
        return path_of(desk).read_text("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def keep(desk: Desk, token: str) -> Path:
    """Keep a token where only this user of the machine can read it; return the file."""
    path = path_of(desk)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an older file may be open to others
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token + "\n")
    return path


def drop(desk: Desk) -> None:
    """Forget the token of a database."""
    path_of(desk).unlink(missing_ok=True)


def path_of(desk: Desk) -> Path:
    """Return the file for a database, in the user's settings folder."""
    name = hashlib.sha256(str(desk.store.name).encode()).hexdigest()[:32]
    return Path(typer.get_app_dir("supplies")) / "sessions" / name
