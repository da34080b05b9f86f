"""What reading a workbook gives: rows, other records, and findings; values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from supplies.catalogue import Evidence
from supplies.city import Agreement, FleetEntry, HouseholdSurvey
from supplies.errors import Finding
from supplies.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """One table that was found; ``header_row`` counts from 1, ``columns`` is field to header.

    ``ignored`` are the headers that took no part. ``why`` says why this form was chosen
    (``中文 | English``), ``score`` gives its points, ``near`` those of forms it also looks like.
    """

    sheet: str
    range: str
    form: str
    header_row: int
    columns: Mapping[str, str]
    title: str
    ignored: tuple[str, ...]
    score: float = 0.0
    why: str = ""
    near: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One accepted line: so much of one item, counted, moved or asked for.

    Parameters
    ----------
    row, cell
        Row from 1 and the cell of the quantity, for the audit.
    form, kind
        ``kind`` is ``count``, ``receipt``, ``issue``, ``transfer`` or ``need``.
    place_text, site, area
        The place as written; the site it means (``None`` when not certain) and, for requests
        and county tables, the area.
    quantity
        In catalogue units; an issue is negative, everything else positive or zero.
    produced, expiry, condition, owner_tier, source_mode
        What makes the lot; ``expiry_evidence`` says whether the expiry was written (``found``),
        follows from a duration or shelf life (``derived``), or rests on the day of receipt
        (``estimated``).
    day
        When it was counted, moved or is needed; ``None`` when the sheet does not say.
    to_text, to_site
        The receiving place of a transfer (or the unit that drew the goods).
    text
        The whole row as written, fields joined by `` | ``.
    owner_unit
        Who holds the goods, as a column, title, sheet or file name says; empty when nothing does.
    """

    sheet: str
    row: int
    cell: str
    form: str
    kind: str
    place_text: str
    site: str | None
    area: str | None
    item: str
    quantity: Decimal
    produced: date | None
    expiry: date | None
    expiry_evidence: Evidence | None
    condition: str
    owner_tier: Tier | None
    source_mode: str
    day: date | None
    document: str
    to_text: str
    to_site: str | None
    text: str
    owner_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One line that was not accepted; the findings of its cells say why."""

    sheet: str
    row: int
    cell: str
    form: str
    place_text: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSite:
    """One storehouse of a storehouse list; ``site`` is the id of the one it matches."""

    sheet: str
    row: int
    name: str
    site: str | None
    tier: Tier | None
    area: str | None
    address: str
    lon: float | None
    lat: float | None
    area_m2: float | None
    volume_m3: float | None
    owner_unit: str
    keeper: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedWorkbook:
    """Everything one file says, and everything that is wrong with it.

    ``form`` is the form of most of its tables, or ``mixed``. `read` = `accepted` + `rejected`
    counts lines: table rows, a register row with both a receipt and an issue being two, and in
    a county table each filled cell of an item's column.
    """

    file: str
    sha256: str
    form: str
    tables: tuple[TableInfo, ...]
    rows: tuple[ImportedRow, ...]
    refused: tuple[RefusedRow, ...]
    agreements: tuple[Agreement, ...]
    sites: tuple[ImportedSite, ...]
    fleet: tuple[FleetEntry, ...]
    surveys: tuple[HouseholdSurvey, ...]
    problems: tuple[Finding, ...]

    @property
    def accepted(self) -> int:
        """Number of lines taken."""
        others = len(self.agreements) + len(self.sites) + len(self.fleet) + len(self.surveys)
        return len(self.rows) + others

    @property
    def rejected(self) -> int:
        """Number of lines refused."""
        return len(self.refused)

    @property
    def read(self) -> int:
        """Number of lines that hold anything."""
        return self.accepted + self.rejected
