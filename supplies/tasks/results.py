"""Results of long steps, kept beside the ledger so that every session finds them."""

import json
from typing import Any

from supplies.tasks.desk import Desk


def save_result(desk: Desk, step: str, key: str, document: dict[str, Any]) -> None:
    """Keep a result document under a step and a key; a later one replaces it."""
    desk.store.meta_set(f"result/{step}/{key}", json.dumps(document, ensure_ascii=False))


def load_result(desk: Desk, step: str, key: str) -> dict[str, Any] | None:
    """Return the result kept last under a step and a key; ``None`` where there is none."""
    text = desk.store.meta_get(f"result/{step}/{key}")
    if text is None:
        return None
    document: dict[str, Any] = json.loads(text)
    return document
