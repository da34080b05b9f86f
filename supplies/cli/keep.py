"""Commands that keep the ledger safe: backup, restore, copy."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from supplies import tasks
from supplies.cli.frame import DONE, FINDINGS, Run, command
from supplies.errors import SuppliesError

BackupFile = Annotated[Path, typer.Argument(metavar="F", help="备份文件 | backup file")]
Check = Annotated[
    bool, typer.Option("--check", help="只检查已有的备份 | only check a backup that is there")
]
ExpectedDigest = Annotated[
    str, typer.Option("--digest", metavar="D", help="备份时印出的摘要 | as printed by backup")
]
From = Annotated[str, typer.Option("--from", metavar="URL", help="来源数据库 | database to read")]
To = Annotated[str, typer.Option("--to", metavar="URL", help="空的目标 | empty database to fill")]


def backup(run: Run, file: BackupFile, check: Check = False) -> int:
    """备份整本台账到一个新文件 | the whole ledger into a new file."""
    if check:
        made = run.work(
            "检查备份",
            "checking the backup",
            lambda progress: tasks.check_backup(file, progress=progress),
        )
        run.say(f"备份完好: {file}", f"the backup is sound: {file}")
    else:
        made = run.work(
            "备份", "backup", lambda progress: tasks.backup(run.desk, file, progress=progress)
        )
        run.say(f"已备份到 {file}", f"backed up to {file}")
    show_backup(run, made)
    if made.differences:
        first = SuppliesError(made.differences[0]).say(run.lang)
        run.say(
            f"台账本身有误, 这份备份不能用来恢复; 第一处: {first}",
            f"the ledger itself is wrong, this backup cannot be restored; first at: {first}",
        )
        return FINDINGS
    return DONE


def restore(run: Run, file: BackupFile, digest: ExpectedDigest = "") -> None:
    """从备份恢复到空的数据库 (--db) | a backup into the empty database --db."""
    found = run.work(
        "恢复",
        "restore",
        lambda progress: tasks.restore(run.desk, file, digest=digest, progress=progress),
    )
    store = run.desk.store
    run.say(f"已从 {file} 恢复到 {store.name}", f"restored from {file} to {store.name}")
    show_backup(run, found)
    city = store.meta_get("city")
    if city != run.desk.city.code:
        run.say(
            f"这是城市 {city} 的台账, 以后请用 --city 指定它的文件夹",
            f"this is the ledger of city {city}; from now on name its folder with --city",
        )


def show_backup(run: Run, made: tasks.Backup) -> None:
    """Print what is in a backup and what tells it from any other."""
    run.answer(
        {
            "file": str(made.path),
            "made_at": made.made_at.isoformat(),
            "digest": made.digest,
            "rows": dict(made.rows),
            "revision": made.revision,
            "seal": made.seal_code,
            "differences": list(made.differences),
        }
    )
    _show_facts(run, made.digest, made.rows, made.revision, made.seal_code)


def copy(run: Run, source: From, target: To) -> None:
    """复制到另一个数据库, 例如移到 PostgreSQL | to another database, such as PostgreSQL."""
    run.settings = replace(run.settings, db=source)
    done = run.work(
        "复制", "copy", lambda progress: tasks.copy(run.desk, target, progress=progress)
    )
    run.answer(
        {
            "source": done.source,
            "target": done.target,
            "digest": done.digest.sha256,
            "rows": dict(done.digest.rows),
            "revision": done.revision,
            "seal": done.seal_code,
        }
    )
    run.say(
        f"已从 {done.source} 复制到 {done.target}, 两边一致",
        f"copied from {done.source} to {done.target}; both are the same",
    )
    _show_facts(run, done.digest.sha256, done.digest.rows, done.revision, done.seal_code)


def _show_facts(
    run: Run, digest: str, rows: Mapping[str, int], revision: int, seal_code: str
) -> None:
    count = sum(rows.values())
    run.say(
        f"{count:,} 行, {revision:,} 笔, 封存码 {seal_code}",
        f"{count:,} rows, {revision:,} moves, seal {seal_code}",
    )
    run.say(f"摘要 {digest}", f"digest {digest}")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "backup")(backup)
    command(app, "restore")(restore)
    command(app, "copy")(copy)
