"""A voucher being written: what stands in its fields outlives reruns and other pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st

from supplies.ledger import Kind
from supplies.tasks import Line

T = TypeVar("T")
_HELD = "voucher-draft"


@dataclass
class Draft:
    """One form being filled in.

    Parameters
    ----------
    number
        Counts the forms of this browser tab; a new one begins empty.
    key
        Makes a double click harmless: the ledger posts one voucher a key.
    kept, lines
        What stands in the fields, and the goods put down so far.
    shown
        The content whose effect was shown last.
    hint
        What stands in an empty choice, in the reader's language.
    room
        Keeps the fields of one page's forms from another's.
    """

    number: int = 1
    kind: Kind = Kind.ISSUE
    key: str = field(default_factory=lambda: f"form:{uuid4()}")
    kept: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    shown: object = None
    hint: str = ""
    room: str = "voucher"

    def widget(self, name: str) -> str:
        """Return the key of a field's widget, with the kept value put back into it."""
        key = f"{self.room}{self.number}-{name}"
        if key not in st.session_state and self.kept.get(name) is not None:
            st.session_state[key] = self.kept[name]
        return key

    def keep(self, name: str, value: T) -> T:
        """Keep what stands in a field; return it."""
        self.kept[name] = value
        return value

    def choose(
        self,
        name: str,
        label: str,
        options: Sequence[str],
        words: Callable[[str], str],
        *,
        first: bool = False,
        **more: Any,  # noqa: ANN401 - handed on to the widget
    ) -> str | None:
        """Draw a choice, typed or clicked; what is no longer offered is forgotten.

        With ``first`` the first is chosen until another is; the only one always is.
        """
        key = self.widget(name)
        if st.session_state.get(key) not in options:
            st.session_state.pop(key, None)
        index = 0 if first or len(options) == 1 else None
        more.setdefault("placeholder", self.hint)
        picked: str | None = st.selectbox(
            label, options, index=index, key=key, format_func=words, **more
        )
        return self.keep(name, picked)

    def write(self, name: str, label: str, **more: Any) -> str:  # noqa: ANN401
        """Draw a line of text."""
        return self.keep(name, st.text_input(label, key=self.widget(name), **more) or "")

    def number_of(self, name: str, label: str, **more: Any) -> Decimal | None:  # noqa: ANN401
        """Draw a figure; ``None`` while it is empty."""
        value = st.number_input(label, value=None, key=self.widget(name), **more)
        self.keep(name, value)
        return None if value is None else Decimal(str(value))

    def figure(self, name: str, label: str, most: float, *, step: float) -> Decimal:
        """Draw a figure that begins at the most it may be."""
        key = self.widget(name)
        st.session_state.setdefault(key, most)
        least = type(most)(0)
        value = st.number_input(label, min_value=least, max_value=most, step=step, key=key)
        return Decimal(str(self.keep(name, value)))

    def day(self, name: str, label: str, **more: Any) -> date | None:  # noqa: ANN401
        """Draw a day; ``None`` while it is empty."""
        value = st.date_input(label, value=None, key=self.widget(name), **more)
        return self.keep(name, value if isinstance(value, date) else None)

    def switch(self, name: str, label: str, **more: Any) -> bool:  # noqa: ANN401
        """Draw a switch."""
        return self.keep(name, st.toggle(label, key=self.widget(name), **more))

    def clear(self, *names: str) -> None:
        """Empty some fields."""
        for name in names:
            self.kept.pop(name, None)
            st.session_state.pop(f"{self.room}{self.number}-{name}", None)


def draft() -> Draft:
    """Return the form being filled in."""
    if _HELD not in st.session_state:
        st.session_state[_HELD] = Draft()
    held: Draft = st.session_state[_HELD]
    return held


def begin(kind: Kind | None = None, **values: object) -> Draft:
    """Begin an empty form, of the same kind and site where not said otherwise."""
    last = draft()
    site = {} if values else {"site": last.kept.get("site")}
    new = Draft(number=last.number + 1, kind=kind or last.kind, kept={**site, **values})
    st.session_state[_HELD] = new
    return new
