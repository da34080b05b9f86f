"""The civil clock: one zone for the whole country, no summer time."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
