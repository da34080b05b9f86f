"""The command `supplies`: the user's verbs in a terminal, in Chinese and English, or as JSON."""

import importlib
import sys
from collections.abc import Sequence

STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; see `supplies.cli.entry` for its meaning.

    Solvers and frames take seconds to load; Ctrl-C in that time is one line as well.
    """
    try:
        entry = importlib.import_module("supplies.cli.entry")
    except KeyboardInterrupt:
        sys.stderr.write("已中止 | stopped\n")
        return STOPPED
    return int(entry.run(arguments))
