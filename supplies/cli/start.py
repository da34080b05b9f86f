"""Commands that start something: the database, the whole main job, the screens."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from supplies import demo as whole
from supplies.cli import say
from supplies.cli.frame import DONE, REFUSED, Run, command
from supplies.cli.inputs import Seconds
from supplies.cli.summary import demo_document, show_demo

OutDir = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="输出文件夹 | folder to write to")
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="端口 | port")]


def init(run: Run) -> None:
    """建数据库, 载入城市 | create the database, load the city."""
    city = run.desk.city
    run.answer(
        {
            "database": run.desk.store.name,
            "revision": run.desk.store.revision(),
            "city": {
                "code": city.code,
                "name_zh": city.name_zh,
                "name_en": city.name_en,
                "digest": city.digest,
                "areas": len(city.areas),
                "sites": len(city.sites),
                "items": len(city.items),
            },
        }
    )
    run.say(
        f"{city.name_zh}: {len(city.areas):,} 个行政区, {len(city.sites):,} 处库点, "
        f"{len(city.items):,} 种物资; 数据库 {run.desk.store.name}",
        f"{city.name_en}: {len(city.areas):,} areas, {len(city.sites):,} sites, "
        f"{len(city.items):,} items; database {run.desk.store.name}",
    )


def demo(run: Run, seconds: Seconds = 60, out: OutDir = Path("out")) -> None:
    """完整走一遍主要工作 | the whole main job on the embedded city."""
    out.mkdir(parents=True, exist_ok=True)
    if run.settings.db is None:  # samples never go into the ledger of real work by themselves
        run.settings = replace(run.settings, db=str(out / "demo.db"))
    done = run.work(
        "主要工作",
        "main job",
        lambda progress: whole.main_job(
            run.desk, out, seconds=seconds, lang=run.lang, progress=progress
        ),
    )
    run.answer(demo_document(done))
    show_demo(run, done)


def screens() -> Path:
    """Return the screens' entry: the checkout's own, else the one in the wheel."""
    package = Path(whole.__file__).resolve().parent
    checkout = package.parent / "app.py"
    return checkout if checkout.is_file() else package / "ui" / "app.py"


def app(run: Run, port: Port = 8501) -> int:
    """打开界面 | open the screens in a browser."""
    entry = screens()
    environment = os.environ | {
        "SUPPLIES_DB": run.door.store.door.url,
        "SUPPLIES_CITY": str(run.door.city_dir.resolve()),
        "SUPPLIES_LANG": run.lang,
    }
    options = (f"--server.port={port}", "--server.address=127.0.0.1")
    say.note(
        run.text(
            f"界面: http://127.0.0.1:{port} (Ctrl-C 结束)", f"http://127.0.0.1:{port} (Ctrl-C ends)"
        )
    )
    # A service manager's stop ends the server as Ctrl-C does, and leaves no child behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Streamlit finds its settings beside the entry when it starts in that folder.
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-m", "streamlit", "run", str(entry), *options],
        cwd=entry.parent,
        env=environment,
        stdout=sys.stderr,
    )
    try:
        return DONE if server.wait() == 0 else REFUSED
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return DONE


def add_to(app_: typer.Typer) -> None:
    """Add these commands."""
    command(app_, "init")(init)
    command(app_, "demo")(demo)
    command(app_, "app")(app)
