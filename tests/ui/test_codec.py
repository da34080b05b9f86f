"""What goes through JSON comes back equal, and what cannot is refused."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from supplies.codec import decode, encode
from supplies.files import load_city, load_incident
from supplies.incident import Incident
from supplies.plan import ReservePlan, StockLine
from supplies.tiers import Tier


def through(kind, value):
    return decode(kind, json.loads(json.dumps(encode(value))))


def test_an_incident_comes_back(tinycity_dir):
    incident = load_incident(tinycity_dir / "incidents" / "flood.toml", load_city(tinycity_dir))
    assert through(Incident, incident) == incident


def test_days_decimals_and_tiers_keep_their_types():
    line = StockLine(
        site="s", item="i", lot="", quantity=Decimal("1.50"), reserved=Decimal(0), produced=None,
        expiry=date(2027, 1, 2), condition="usable", owner_tier=Tier.CITY, owner="1",
        source_mode="physical",
    )  # fmt: skip
    back = through(StockLine, line)
    assert back == line
    assert (type(back.quantity), type(back.owner_tier)) == (Decimal, Tier)
    moment = datetime(2026, 7, 9, 10).astimezone()
    assert decode(datetime, encode(moment)) == moment
    assert decode(tuple[tuple[int, str], ...], [[1, "a"]]) == ((1, "a"),)


def test_what_has_no_json_form_is_refused():
    with pytest.raises(TypeError, match="set"):
        encode({1, 2})


@pytest.mark.parametrize("document", [{}, {"outcome": None}])
def test_a_document_of_another_shape_is_refused(document):
    with pytest.raises((KeyError, TypeError)):
        decode(ReservePlan, document)
