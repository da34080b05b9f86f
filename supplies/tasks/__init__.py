"""What a user can do, one function each; the command line and the pages call only these.

Each name is loaded from its module when it is first asked for: who looks up stock at night should
not wait for solvers and frames.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supplies.store import Voucher
    from supplies.tasks.books import (
        preview_import,
        template,
        write_errors,
        write_stock,
    )
    from supplies.tasks.desk import Desk, open_desk
    from supplies.tasks.holdings import agreements, history, seal, stock, verify
    from supplies.tasks.imports import ImportLine, ImportReport, post_import
    from supplies.tasks.planning import (
        Sized,
        approve_dispatch,
        dispatch,
        need,
        plan,
        procure,
        readiness,
        sized,
        write_dispatch,
        write_procurement,
    )
    from supplies.tasks.results import load_result, save_result
    from supplies.tasks.vouchers import issue, receive, reserve, return_, reverse, scrap, transfer

__all__ = [
    "Desk",
    "ImportLine",
    "ImportReport",
    "Sized",
    "Voucher",
    "agreements",
    "approve_dispatch",
    "dispatch",
    "history",
    "issue",
    "load_result",
    "need",
    "open_desk",
    "plan",
    "post_import",
    "preview_import",
    "procure",
    "readiness",
    "receive",
    "reserve",
    "return_",
    "reverse",
    "save_result",
    "scrap",
    "seal",
    "sized",
    "stock",
    "template",
    "transfer",
    "verify",
    "write_dispatch",
    "write_errors",
    "write_procurement",
    "write_stock",
]

_HOME = {
    "Desk": "supplies.tasks.desk",
    "ImportLine": "supplies.tasks.imports",
    "ImportReport": "supplies.tasks.imports",
    "Sized": "supplies.tasks.planning",
    "Voucher": "supplies.store",
    "agreements": "supplies.tasks.holdings",
    "approve_dispatch": "supplies.tasks.planning",
    "dispatch": "supplies.tasks.planning",
    "history": "supplies.tasks.holdings",
    "issue": "supplies.tasks.vouchers",
    "load_result": "supplies.tasks.results",
    "need": "supplies.tasks.planning",
    "open_desk": "supplies.tasks.desk",
    "plan": "supplies.tasks.planning",
    "post_import": "supplies.tasks.imports",
    "preview_import": "supplies.tasks.books",
    "procure": "supplies.tasks.planning",
    "readiness": "supplies.tasks.planning",
    "receive": "supplies.tasks.vouchers",
    "reserve": "supplies.tasks.vouchers",
    "return_": "supplies.tasks.vouchers",
    "reverse": "supplies.tasks.vouchers",
    "save_result": "supplies.tasks.results",
    "scrap": "supplies.tasks.vouchers",
    "seal": "supplies.tasks.holdings",
    "sized": "supplies.tasks.planning",
    "stock": "supplies.tasks.holdings",
    "template": "supplies.tasks.books",
    "transfer": "supplies.tasks.vouchers",
    "verify": "supplies.tasks.holdings",
    "write_dispatch": "supplies.tasks.planning",
    "write_errors": "supplies.tasks.books",
    "write_procurement": "supplies.tasks.planning",
    "write_stock": "supplies.tasks.books",
}


def __getattr__(name: str) -> object:
    """Load a task from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
