"""Results of long steps, kept beside the ledger so that every session finds them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from supplies.access import Right
from supplies.tasks.desk import Desk
from supplies.tasks.holdings import agreements, all_stock, seal

READINESS, PLAN, DISPATCH = "readiness", "plan", "dispatch"


def save_result(desk: Desk, step: str, key: str, document: dict[str, Any]) -> None:
    """Keep a result document under a step and a key; a later one replaces it.

    Raises
    ------
    AccessError
        When the user may not make such a result.
    """
    _allow(desk, step, document, Right.READ if step == READINESS else Right.PLAN)
    desk.store.meta_set(_name(desk, step, key), json.dumps(document, ensure_ascii=False))


def load_result(desk: Desk, step: str, key: str) -> dict[str, Any] | None:
    """Return the result kept last under a step and a key; ``None`` where there is none.

    Raises
    ------
    AccessError
        When the user may not look at all the places it speaks of.
    """
    desk.allow(Right.READ)
    text = desk.store.meta_get(_name(desk, step, key))
    if text is None:
        return None
    document: dict[str, Any] = json.loads(text)
    _allow(desk, step, document, Right.READ)
    return document


def state(desk: Desk) -> str:
    """Return a mark of everything a result rests on: ledger, agreements, city, and the day.

    Goods expire overnight, so a result of yesterday no longer stands.
    """
    reserved = sum(line.reserved for line in all_stock(desk))
    known = (seal(desk), reserved, agreements(desk), desk.city.digest, desk.day)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def _name(desk: Desk, step: str, key: str) -> str:
    """Name a result; a readiness of some units only is kept apart from that of all."""
    if step != READINESS or desk.actor.sees_all(desk.city):
        return f"result/{step}/{key}"
    city = desk.city
    units = sorted(code for code in city.areas if desk.actor.may(Right.READ, city, area=code))
    return f"result/{step}/{hashlib.sha256('|'.join(units).encode()).hexdigest()[:16]}/{key}"


def _allow(desk: Desk, step: str, document: Mapping[str, Any], right: Right) -> None:
    desk.allow(right)
    if step == PLAN:
        desk.allow(right, area=desk.city.code)
    elif step == DISPATCH:
        for area in _hit(document):
            desk.allow(right, area=area)


def _hit(document: Mapping[str, Any]) -> list[str]:
    """Return the places an incident's dispatch serves; its stamp names them as well."""
    incident = document.get("incident") or document.get("arguments", {}).get("incident") or {}
    lines = (*incident.get("affected", ()), *incident.get("needs", ()))
    return sorted({line["area"] for line in lines})
