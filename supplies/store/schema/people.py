"""Users, what they may do where, and their open sessions."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from supplies.store.schema.types import Instant, metadata, word

# A local account has a password hash; one that signs in elsewhere has a subject (issuer|sub).
users = Table(
    "users",
    metadata,
    Column("id", word(100), nullable=False),
    Column("name", word(200), nullable=False),
    Column("password_hash", Text),
    Column("subject", word(300)),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("subject"),
)

# A role at a place: a site for a keeper, an area for a planner; the whole city where empty.
grants = Table(
    "grants",
    metadata,
    Column("user", word(100), ForeignKey("users.id"), nullable=False),
    Column("role", word(30), nullable=False),
    Column("place", word(100), nullable=False),
    PrimaryKeyConstraint("user", "role", "place"),
)

# Only the hash of a session's token is kept.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", word(64), nullable=False),
    Column("user", word(100), ForeignKey("users.id"), nullable=False),
    Column("origin", word(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    PrimaryKeyConstraint("token_hash"),
    Index(None, "user"),
)
