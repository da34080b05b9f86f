"""Whole plans as JSON documents and back: how results are kept between sessions."""

from typing import Any, TypeVar

from supplies.codec import decode, encode
from supplies.errors import StoreError
from supplies.plan import DispatchPlan, Readiness, ReservePlan

T = TypeVar("T", ReservePlan, Readiness, DispatchPlan)


def to_document(value: ReservePlan | Readiness | DispatchPlan) -> dict[str, Any]:
    """Return a plan as a JSON document that loses nothing, under the name of its type."""
    return {"type": type(value).__name__, "value": encode(value)}


def from_document(kind: type[T], document: object) -> T:
    """Return the plan that :func:`to_document` turned into this document.

    Raises
    ------
    StoreError
        When the document is none of that type, or damaged.
    """
    name = kind.__name__
    found = document.get("type") if isinstance(document, dict) else type(document).__name__
    if not isinstance(document, dict) or found != name:
        raise StoreError(f"kept result: found {found!r}; should be a {name} document")
    try:
        value = decode(kind, document["value"])
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"kept {name}: damaged ({type(error).__name__}: {error}); run the step again"
        ) from None
    if not isinstance(value, kind):
        raise StoreError(f"kept {name}: damaged (no value); run the step again")
    return value


def readiness_from(document: object) -> Readiness:
    """Return a kept readiness; raises StoreError as :func:`from_document` does."""
    return from_document(Readiness, document)


def reserve_plan_from(document: object) -> ReservePlan:
    """Return a kept reserve plan; raises StoreError as :func:`from_document` does."""
    return from_document(ReservePlan, document)


def dispatch_plan_from(document: object) -> DispatchPlan:
    """Return a kept dispatch plan; raises StoreError as :func:`from_document` does."""
    return from_document(DispatchPlan, document)
