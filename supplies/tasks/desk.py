"""The desk a user works at: one city, its ledger, and today."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from supplies.access import SIGN_IN, Actor, Right
from supplies.catalogue import Item
from supplies.city import City
from supplies.clock import CHINA
from supplies.errors import AccessError, CityError, StoreError
from supplies.files import default_city_dir, load_city
from supplies.store import Store, Writer, open_store, people
from supplies.tiers import Site, Tier

DEFAULT_DB = "sqlite:///supplies.db"


@dataclass(frozen=True, slots=True)
class Desk:
    """An open city and its ledger; ``day`` is today, ``actor`` signs what is posted."""

    city: City
    city_dir: Path
    store: Store
    day: date
    actor: Actor

    @property
    def user(self) -> str:
        """Who signs what is posted."""
        return self.actor.user

    def allow(self, right: Right, *, site: str | None = None, area: str | None = None) -> None:
        """Refuse what the user may not do at a site or in an area; the refusal is kept.

        Ask outside of `writing`: the refusal is kept in a transaction of its own.

        Raises
        ------
        AccessError
            Naming the user, what was wanted, and where.
        """
        if self.actor.alone and has_users(self.store):
            raise AccessError(SIGN_IN)  # the first user was added since this desk was opened
        try:
            self.actor.check(right, self.city, site=site, area=area)
        except AccessError as error:
            # Who is not signed in leaves no trace: anybody could fill the ledger with them.
            if self.user:
                with suppress(StoreError):
                    self.note(right.value, site or area or "", "refused", str(error))
            raise

    @contextmanager
    def writing(self, task: str, subject: str = "") -> Iterator[Writer]:
        """Open a writing transaction; who did what, when, from where is kept with it.

        Each document leaves an event; with a ``subject`` (a file) they leave one together.
        Nothing is noted when nothing was written.
        """
        with self.store.writing() as writer:
            yield writer
            written = writer.written
            if subject and written:
                these = f"{written[0]}–{written[-1]} ({len(written)})"
                detail = these if len(written) > 1 else written[0]
                self.keep_event(writer, task, subject, "done", detail)
            else:
                for document in written:
                    self.keep_event(writer, task, document, "done", document)

    def note(self, task: str, subject: str, outcome: str, detail: str = "") -> None:
        """Keep that something was done or tried, in a transaction of its own."""
        with self.store.writing() as writer:
            self.keep_event(writer, task, subject, outcome, detail)

    def keep_event(
        self, writer: Writer, task: str, subject: str, outcome: str, detail: str = ""
    ) -> None:
        """Keep that something was done or tried, in a transaction that is open."""
        writer.record_event(
            at=now(),
            user=self.user,
            origin=self.actor.origin[:200],
            task=task,
            subject=subject[:200],
            outcome=outcome,
            detail=detail,
        )

    def site(self, site_id: str) -> Site:
        """Return a site.

        Raises
        ------
        CityError
            When the id is unknown.
        """
        if site_id not in self.city.sites:
            raise CityError(
                f"没有库点 {site_id!r}, 库点编号见 sites.csv 或 supplies stock"
                f" | site {site_id!r} is unknown in {self.city.name_en}; see sites.csv"
            )
        return self.city.sites[site_id]

    def item(self, item_id: str) -> Item:
        """Return an item.

        Raises
        ------
        CityError
            When the id is unknown.
        """
        if item_id not in self.city.items:
            raise CityError(
                f"目录里没有物资 {item_id!r}, 编号见 items.csv"
                f" | item {item_id!r} is unknown; see the catalogue (items.csv)"
            )
        return self.city.items[item_id]

    def base(self, item_id: str, quantity: Decimal | int) -> int:
        """Return ledger base units of a positive quantity in catalogue units.

        Raises
        ------
        CityError
            When the item is unknown, or the quantity is not positive or too fine.
        """
        item = self.item(item_id)
        if quantity <= 0:
            raise CityError(
                f"{item.name_zh}的数量应大于零, 现为 {quantity}"
                f" | quantity of {item_id} must be above zero, got {quantity}"
            )
        try:
            return item.to_base(quantity)
        except ValueError as error:
            raise CityError(
                f"{item.name_zh}的数量 {quantity} 太细, 最小到 1/{item.scale} {item.unit_zh}"
                f" | quantity of {item_id}: {error}"
            ) from None


def now() -> datetime:
    """Return this moment, with its zone."""
    return datetime.now(UTC)


def tier_of(word: str | Tier | None) -> Tier | None:
    """Return the tier a word names.

    Raises
    ------
    CityError
        When there is no such tier.
    """
    if word is None:
        return None
    try:
        return Tier(word)
    except ValueError:
        known = ", ".join(Tier)
        raise CityError(
            f"没有层级 {str(word)!r}, 应为: {known}"
            f" | tier {str(word)!r} is unknown; known are: {known}"
        ) from None


def open_desk(
    db_url: str | None = None,
    city_dir: Path | None = None,
    *,
    day: date | None = None,
    user: str | None = None,
) -> Desk:
    """Open a city and its ledger; a ledger that does not exist yet is made.

    Whoever opens a ledger without users may do all. In a ledger with users the desk is nobody's:
    it refuses everything until it has the actor of a session (`supplies.tasks.actor_of`).

    Parameters
    ----------
    db_url
        The environment's SUPPLIES_DB, or ``supplies.db`` in this folder, where not given.
    city_dir
        The environment's SUPPLIES_CITY, or the embedded city, where not given.
    day
        Today in China where not given.

    Raises
    ------
    CityError, StoreError
        When the folder or the database cannot be used, or the database is another city's.
    """
    given = city_dir or (Path(found) if (found := os.environ.get("SUPPLIES_CITY")) else None)
    folder = given or default_city_dir()
    city = load_city(folder)
    store = open_store(db_url or os.environ.get("SUPPLIES_DB") or DEFAULT_DB)
    owner = store.meta_get("city")
    if owner is None:
        store.meta_set("city", city.code)
    elif owner != city.code:
        store.close()
        raise StoreError(
            f"数据库属于城市 {owner}, 不是 {city.code} ({city.name_zh}); 请换数据库或城市文件夹"
            f" | the database holds city {owner}, not {city.code} ({city.name_en}); "
            "name another database or the right city folder"
        )
    return Desk(
        city=city,
        city_dir=folder,
        store=store,
        day=day or datetime.now(CHINA).date(),
        actor=unsigned(store, user),
    )


def has_users(store: Store) -> bool:
    """Whether the ledger has users, so that everybody signs in."""
    with store.reading() as reader:
        return people.any_users(reader)


def unsigned(store: Store, user: str | None = None, origin: str | None = None) -> Actor:
    """Return who acts without a session: one alone where there are no users, else nobody."""
    where = socket.gethostname() if origin is None else origin
    if has_users(store):
        return Actor(user="", origin=where)
    return Actor(user=user or os.environ.get("USER") or "local", origin=where, alone=True)
