"""Emergency supplies of a city: ledger, need, readiness, reserves, dispatch."""

__version__ = "0.1.0"
