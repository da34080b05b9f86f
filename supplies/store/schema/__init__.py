"""The tables, as this version of the program knows them.

The migrations build them; a test holds both together. Types are those both SQLite and
PostgreSQL have. Facts are append-only: `APPEND_ONLY` tables carry triggers that refuse changes.
"""

from supplies.store.schema.ledger import (
    agreements,
    counts,
    documents,
    ends,
    imports,
    levels,
    lots,
    meta,
    moves,
    reservations,
    seals,
)
from supplies.store.schema.office import (
    call_up_lines,
    call_up_steps,
    call_ups,
    events,
    papers,
    payments,
)
from supplies.store.schema.people import grants, sessions, users
from supplies.store.schema.types import Instant, metadata, word

__all__ = [
    "APPEND_ONLY",
    "HEAD",
    "SEALED",
    "Instant",
    "agreements",
    "call_up_lines",
    "call_up_steps",
    "call_ups",
    "counts",
    "documents",
    "ends",
    "events",
    "grants",
    "imports",
    "levels",
    "lots",
    "meta",
    "metadata",
    "moves",
    "papers",
    "payments",
    "reservations",
    "seals",
    "sessions",
    "users",
    "word",
]

HEAD = "0002"
APPEND_ONLY = (
    *("documents", "lots", "moves", "reservations", "counts", "imports", "seals"),
    *("papers", "payments", "call_ups", "call_up_lines", "call_up_steps", "events"),
)
# Numbered without gaps in the order of entry, each row sealed to the one before it.
SEALED = (
    *("documents", "moves", "reservations", "imports"),
    *("papers", "payments", "call_ups", "call_up_steps", "events"),
)
