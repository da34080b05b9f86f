"""What a user can do, one function each; the command line and the pages call only these."""

from supplies.store import Voucher
from supplies.tasks.books import (
    preview_import,
    template,
    write_errors,
    write_stock,
)
from supplies.tasks.desk import Desk, open_desk
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
from supplies.tasks.stock import agreements, history, seal, stock, verify
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
