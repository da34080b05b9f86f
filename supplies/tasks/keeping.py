"""Keeping the ledger safe: back it up, restore it, move it to another database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from supplies.access import Right
from supplies.errors import StoreError
from supplies.progress import Progress, silent
from supplies.store import backup as backups
from supplies.store import copy as copies
from supplies.store import open_store
from supplies.store.backup import Backup
from supplies.store.digest import Digest
from supplies.tasks.desk import Desk, now

_SUBJECT_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One ledger that is now in two databases; messages may show both names."""

    source: str
    target: str
    digest: Digest
    revision: int
    seal_code: str


def backup(desk: Desk, path: Path, *, progress: Progress = silent) -> Backup:
    """Write the ledger as it is now into a new file, while others go on posting.

    What ``ledger verify`` finds wrong is in the result: such a file is no use for `restore`.

    Raises
    ------
    AccessError, StoreError
        When the user may not, or the file exists, or cannot be written.
    """
    desk.allow(Right.KEEP)
    with _refusals_kept(desk, "backup", path.name):
        made = backups.backup(desk.store, path, made_at=now(), progress=progress)
    _keep(desk, "backup", path.name, made.digest)
    return made


def check_backup(path: Path, *, progress: Progress = silent) -> Backup:
    """Read a backup through, without any ledger at hand.

    Raises
    ------
    StoreError
        When it is torn, altered, no backup, or its ledger does not verify.
    """
    return backups.check_backup(path, progress)


def restore(desk: Desk, path: Path, *, digest: str = "", progress: Progress = silent) -> Backup:
    """Put a backup into the desk's ledger, which should be empty.

    A refusal leaves the ledger empty, so it is not noted there.

    Parameters
    ----------
    digest
        The digest printed when the backup was made; any other backup is refused.

    Raises
    ------
    AccessError, StoreError
        When the user may not, the ledger is not empty, or the backup cannot be trusted.
    """
    desk.allow(Right.KEEP)
    found = backups.restore(path, desk.store, expected=digest, progress=progress)
    _keep(desk, "restore", path.name, found.digest)
    return found


def copy(desk: Desk, target_url: str, *, progress: Progress = silent) -> Copied:
    """Copy the desk's ledger into an empty one, which may be on a server; both note it alike.

    Raises
    ------
    AccessError, StoreError
        When the user may not, the target is not empty, or the ledger is.
    """
    desk.allow(Right.KEEP)
    with open_store(target_url) as target:
        with _refusals_kept(desk, "copy", target.name):
            digest = copies.copy(desk.store, target, progress)
        moment = now()
        for store in (target, desk.store):
            with store.writing() as writer:
                writer.record_event(
                    at=moment,
                    user=desk.user,
                    origin=desk.actor.origin,
                    task="copy",
                    subject=target.name[:_SUBJECT_MAX],
                    outcome="done",
                    detail=digest.sha256,
                )
        return Copied(
            source=desk.store.name,
            target=target.name,
            digest=digest,
            revision=target.revision(),
            seal_code=target.seal_code(),
        )


def _keep(desk: Desk, task: str, subject: str, detail: str) -> None:
    desk.note(task, subject[:_SUBJECT_MAX], "done", detail)


@contextmanager
def _refusals_kept(desk: Desk, task: str, subject: str) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        # Where the ledger's own disk is full there is no room for the note; the error counts.
        with suppress(StoreError):
            desk.note(task, subject[:_SUBJECT_MAX], "refused", str(error))
        raise
