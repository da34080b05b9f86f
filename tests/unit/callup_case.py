"""A small city's stock, and the road of a call-up as far as a test wants it."""

from datetime import date

from supplies import tasks
from supplies.tasks.vouchers.order import Order

DAY = date(2026, 11, 23)
CITY, EAST, WEST = "city-990000-store", "county-990101-store", "county-990102-store"
HIGHHILL = "township-990102002-store"
PHONE = Order()


def stocked(desk):
    """Tents and quilts in the city's store, quilts in both counties'."""
    for site, item, quantity, lot in (
        (CITY, "tent-12-single", 40, None),
        (CITY, "quilt-winter", 300, "2029-01-31"),
        (CITY, "quilt-winter", 100, "2027-01-31"),
        (EAST, "quilt-winter", 80, None),
        (WEST, "quilt-winter", 60, None),
    ):
        tasks.receive(desk, site=site, item=item, quantity=quantity, reason="采购", lot=lot)


def wanted(*lines):
    return [
        tasks.Wanted(item=item, quantity=quantity, place=place)
        for item, quantity, place in ((*line, "") if len(line) == 2 else line for line in lines)
    ]


def asked(desk, *lines, area="990102", level="II", **more):
    """A request, by telephone unless an order number is given."""
    return tasks.request_call_up(
        desk, area=area, lines=wanted(*lines), level=level, reason="山洪, 转移安置群众",
        incident="西县山洪", **more,
    ).call_up.id  # fmt: skip


def ordered(desk, *lines, **more):
    """A request taken as far as its dispatch order."""
    number = asked(desk, *lines, **more)
    tasks.propose_call_up(desk, number)
    tasks.approve_call_up(desk, number)
    if any(s.approved for s in tasks.call_up_state(desk, number).from_stock):
        tasks.reserve_call_up(desk, number)
    tasks.order_call_up(desk, number)
    return number


def received(desk, *lines, **more):
    """A request whose goods have all come."""
    number = ordered(desk, *lines, **more)
    for site in dict.fromkeys(
        s.share.site for s in tasks.call_up_state(desk, number).standings if s.reserved
    ):
        tasks.depart_call_up(desk, number, site=site)
    for trip in tasks.call_up_state(desk, number).trips:
        tasks.arrive_call_up(desk, number, trip=trip)
    return number


def on_hand(desk, item, site, owner=None):
    return sum(
        s.quantity
        for s in tasks.stock(desk, item=item, site=site)
        if owner is None or s.owner == owner
    )
