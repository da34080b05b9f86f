"""Frozen dataclasses to JSON documents and back, by their annotations; nothing is executed."""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def encode(value: object) -> Any:  # noqa: ANN401 - a JSON document has no narrower type
    """Return a value as JSON: dataclasses become objects, decimals and days become text.

    Raises
    ------
    TypeError
        When a value has no JSON form here.
    """
    if isinstance(value, Mapping):
        return {str(k): encode(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value) if f.init}
    return _leaf(value)


def _leaf(value: object) -> str | float | int | bool | None:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """Return the annotations of a dataclass; resolved once, they are asked for often."""
    return get_type_hints(kind)


def _plain(kind: Any, document: Any) -> Any:  # noqa: ANN401
    if kind is datetime:
        return datetime.fromisoformat(document)
    if kind is date:
        return date.fromisoformat(document)
    if kind is float:
        return float(document)
    if kind is bool:
        return document
    return kind(document)


def decode(kind: Any, document: Any) -> Any:  # noqa: ANN401 - the kind is the type, at run time
    """Return the value of type ``kind`` that `encode` turned into ``document``.

    Parameters
    ----------
    kind
        A dataclass, or an annotation built of ``tuple[X, ...]``, ``Mapping[K, V]``, ``X | None``
        and plain types.

    Raises
    ------
    ValueError, TypeError, KeyError
        When the document does not have that shape.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        some = next(k for k in inner if k is not type(None))
        return None if document is None else decode(some, document)
    if origin is tuple:
        return tuple(decode(k, v) for k, v in _each(inner, document))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_plain(inner[0], k): decode(inner[1], v) for k, v in document.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        known = (f.name for f in fields(kind) if f.init)
        return kind(**{name: decode(hints[name], document[name]) for name in known})
    return _plain(kind, document)


def _each(inner: tuple[Any, ...], document: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair the entries of a tuple with their types."""
    if len(inner) == 2 and inner[1] is Ellipsis:
        return ((inner[0], v) for v in document)
    return zip(inner, document, strict=True)
