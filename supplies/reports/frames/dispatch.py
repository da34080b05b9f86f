"""A dispatch plan as tables: trips, stops, loads, arrivals, vehicles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from supplies.city import City
from supplies.plan import DispatchPlan, LotLoad, NeedUnload, Stop, Trip
from supplies.reports.titles import Row, frame
from supplies.reports.words import Words

TRIP_KEYS = (
    "trip", "vehicle", "vehicle_class", "home", "source", "place", "depart", "finish", "mass_kg",
    "goods_m3", "load_kg", "load_m3", "km", "trip_cost",
)  # fmt: skip
STOP_KEYS = (
    "trip", "stop", "vehicle", "place", "action", "item", "lot", "carried", "unit", "arrive",
    "leave", "need_id",
)  # fmt: skip
LOADING_KEYS = (
    "trip", "vehicle", "vehicle_class", "source", "item", "lot", "load", "unit", "mass_kg",
    "goods_m3", "place", "arrive", "leave", "dock_min",
)  # fmt: skip
ARRIVAL_KEYS = (
    "place", "item", "delivered", "unit", "arrive", "due", "margin_h", "status", "trip",
    "vehicle", "source", "need_id",
)  # fmt: skip
VEHICLE_KEYS = (
    "vehicle", "vehicle_class", "home", "trips", "depart", "finish", "mass_kg", "km", "trip_cost",
)  # fmt: skip
CLASS_KEYS = ("vehicle_class", "vehicles", "trips", "mass_kg", "goods_m3", "km", "trip_cost")


def clock(plan: DispatchPlan, seconds: int) -> datetime:
    """Return the wall-clock time of so many seconds from the incident's start."""
    return plan.start + timedelta(seconds=seconds)


def bulk_of(words: Words, lines: Sequence[LotLoad | NeedUnload]) -> tuple[float, float]:
    """Return mass (kg) and volume (m3) of goods; items that the city does not know weigh 0."""
    known = [(words.city.items[x.item], x.quantity) for x in lines if x.item in words.city.items]
    mass = sum(item.unit_weight_kg * quantity for item, quantity in known)
    return mass, sum(item.unit_volume_m3 * quantity for item, quantity in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """One halt where a trip loads, and the stops it serves before it loads again."""

    trip: Trip
    stop: Stop
    served: tuple[Stop, ...]

    @property
    def source(self) -> str:
        """The id of the storehouse (the road node where it is none of ours)."""
        return self.stop.site or self.stop.node

    def places_of(self, load: LotLoad) -> tuple[str, ...]:
        """Return the areas to which this lot goes, in order of the stops."""
        found = [
            stop.area
            for stop in self.served
            if stop.area and any((u.item, u.lot) == (load.item, load.lot) for u in stop.unload)
        ]
        return tuple(dict.fromkeys(found))


def loadings(plan: DispatchPlan) -> Iterator[Loading]:
    """Yield every halt at which a trip loads, trip by trip.

    A trip may load at several storehouses in a row: what they loaded together is served by the
    stops up to the next loading after an unloading.
    """
    for trip in plan.trips:
        for index, stop in enumerate(trip.stops):
            if not stop.load:
                continue
            rest, seen = trip.stops[index + 1 :], False
            served: list[Stop] = []
            for later in rest:
                seen = seen or bool(later.unload)
                if later.load and seen and not later.unload:
                    break
                served.append(later)
            yield Loading(trip=trip, stop=stop, served=tuple(served))


def peak(words: Words, trip: Trip) -> tuple[float, float]:
    """Return the greatest mass (kg) and volume (m3) aboard at any time of a trip."""
    mass = volume = mass_most = volume_most = 0.0
    for stop in trip.stops:
        off, on = bulk_of(words, stop.unload), bulk_of(words, stop.load)
        mass, volume = mass + on[0] - off[0], volume + on[1] - off[1]
        mass_most, volume_most = max(mass_most, mass), max(volume_most, volume)
    return mass_most, volume_most


def _trip_bulk(words: Words, trip: Trip) -> tuple[float, float]:
    return bulk_of(words, [load for stop in trip.stops for load in stop.load])


def _span(plan: DispatchPlan, trips: Sequence[Trip]) -> dict[str, object]:
    stops = [stop for trip in trips for stop in trip.stops]
    return {
        "depart": clock(plan, min(s.leave_s for s in stops)) if stops else None,
        "finish": clock(plan, max(s.leave_s for s in stops)) if stops else None,
    }


def trip_rows(words: Words, plan: DispatchPlan) -> list[Row]:
    """Return one row a trip."""
    rows: list[Row] = []
    for trip in plan.trips:
        kind = words.city.vehicles.get(trip.vehicle_class)
        mass, volume = _trip_bulk(words, trip)
        mass_most, volume_most = peak(words, trip)
        rows.append(
            {
                "trip": trip.id,
                "vehicle": words.plate(trip.vehicle),
                "vehicle_class": words.vehicle(trip.vehicle_class),
                "home": words.source(trip.home),
                "source": words.listed(
                    words.source(s.site or s.node) for s in trip.stops if s.load
                ),
                "place": words.listed(words.area(s.area) for s in trip.stops if s.area),
                **_span(plan, [trip]),
                "mass_kg": mass,
                "goods_m3": volume,
                "load_kg": mass_most / kind.payload_kg if kind and kind.payload_kg else None,
                "load_m3": volume_most / kind.volume_m3 if kind and kind.volume_m3 else None,
                "km": trip.distance_km,
                "trip_cost": trip.cost_cny,
            }
        )
    return rows


def trips_frame(city: City, plan: DispatchPlan, lang: str = "zh") -> pd.DataFrame:
    """Return one row a trip: vehicle, from, to, times, load, distance, cost."""
    return frame(TRIP_KEYS, trip_rows(Words(city, lang), plan), lang)


def stop_rows(words: Words, plan: DispatchPlan, trip: Trip) -> list[Row]:
    """Return one row for each lot loaded or unloaded at each stop of a trip, in order."""
    rows: list[Row] = []
    for number, stop in enumerate(trip.stops, 1):
        place = words.area(stop.area) if stop.area else words.source(stop.site or stop.node)
        head: Row = {
            "trip": trip.id,
            "stop": number,
            "vehicle": words.plate(trip.vehicle),
            "place": place,
            "arrive": clock(plan, stop.arrive_s),
            "leave": clock(plan, stop.leave_s),
        }
        loads = words.pick("装车", "load")
        unloads = words.pick("卸车", "unload")
        work: list[tuple[str, LotLoad | NeedUnload]] = [
            *((loads, line) for line in stop.load),
            *((unloads, line) for line in stop.unload),
        ]
        for action, line in work:
            goods: Row = {
                "action": action,
                "item": words.item(line.item),
                "lot": line.lot,
                "carried": line.quantity,
                "unit": words.unit(line.item),
                "need_id": line.need if isinstance(line, NeedUnload) else None,
            }
            rows.append({**head, **goods})
        if not work:
            rows.append({**head, "action": words.pick("经停", "pass")})
    return rows


def stops_frame(city: City, plan: DispatchPlan, lang: str = "zh") -> pd.DataFrame:
    """Return one row for each lot handled at each stop, trip by trip."""
    words = Words(city, lang)
    rows = [row for trip in plan.trips for row in stop_rows(words, plan, trip)]
    return frame(STOP_KEYS, rows, lang)


def loading_rows(words: Words, plan: DispatchPlan, loading: Loading) -> list[Row]:
    """Return one row for each lot loaded at one halt, in the order planned (first expiring)."""
    stop = loading.stop
    rows: list[Row] = []
    for load in stop.load:
        mass, volume = bulk_of(words, [load])
        rows.append(
            {
                "trip": loading.trip.id,
                "vehicle": words.plate(loading.trip.vehicle),
                "vehicle_class": words.vehicle(loading.trip.vehicle_class),
                "source": words.source(loading.source),
                "item": words.item(load.item),
                "lot": load.lot,
                "load": load.quantity,
                "unit": words.unit(load.item),
                "mass_kg": mass,
                "goods_m3": volume,
                "place": words.listed(words.area(code) for code in loading.places_of(load)),
                "arrive": clock(plan, stop.arrive_s),
                "leave": clock(plan, stop.leave_s),
                "dock_min": round((stop.leave_s - stop.arrive_s) / 60),
            }
        )
    return rows


def loading_frame(city: City, plan: DispatchPlan, lang: str = "zh") -> pd.DataFrame:
    """Return what is loaded where on which trip, lot by lot."""
    words = Words(city, lang)
    rows = [row for loading in loadings(plan) for row in loading_rows(words, plan, loading)]
    return frame(LOADING_KEYS, rows, lang)


def _sources(plan: DispatchPlan) -> Mapping[tuple[str, int], str]:
    """Return where the goods aboard at each stop were loaded last, by trip and stop number."""
    found: dict[tuple[str, int], str] = {}
    for trip in plan.trips:
        last = trip.home
        for number, stop in enumerate(trip.stops):
            last = (stop.site or stop.node) if stop.load else last
            found[trip.id, number] = last
    return found


def arrival_rows(words: Words, plan: DispatchPlan) -> list[Row]:
    """Return one row for each lot handed over, by place and time."""
    needs, sources = {need.id: need for need in plan.need}, _sources(plan)
    found: list[tuple[tuple[str, int, str], Row]] = []
    for trip in plan.trips:
        for number, stop in enumerate(trip.stops):
            for unload in stop.unload:
                need = needs.get(unload.need)
                margin = need.deadline_s - stop.arrive_s if need else 0
                row: Row = {
                    "place": words.area(stop.area or stop.node),
                    "item": words.item(unload.item),
                    "delivered": unload.quantity,
                    "unit": words.unit(unload.item),
                    "arrive": clock(plan, stop.arrive_s),
                    "due": clock(plan, need.deadline_s) if need else None,
                    "margin_h": margin / 3600 if need else None,
                    "status": words.pick("按时", "in time")
                    if margin >= 0
                    else words.pick("迟到", "late"),
                    "trip": trip.id,
                    "vehicle": words.plate(trip.vehicle),
                    "source": words.source(sources[trip.id, number]),
                    "need_id": unload.need,
                }
                found.append(((stop.area or stop.node, stop.arrive_s, unload.item), row))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def arrivals_frame(city: City, plan: DispatchPlan, lang: str = "zh") -> pd.DataFrame:
    """Return what arrives where and when, against its deadline."""
    return frame(ARRIVAL_KEYS, arrival_rows(Words(city, lang), plan), lang)


def vehicle_rows(words: Words, plan: DispatchPlan) -> list[Row]:
    """Return one row a vehicle."""
    groups: dict[str, list[Trip]] = {}
    for trip in plan.trips:
        groups.setdefault(trip.vehicle, []).append(trip)
    return [
        {
            "vehicle": vehicle,
            "vehicle_class": words.vehicle(trips[0].vehicle_class),
            "home": words.source(trips[0].home),
            "trips": len(trips),
            **_span(plan, trips),
            "mass_kg": sum(_trip_bulk(words, trip)[0] for trip in trips),
            "km": sum(trip.distance_km for trip in trips),
            "trip_cost": sum(trip.cost_cny for trip in trips),
        }
        for vehicle, trips in sorted(groups.items())
    ]


def vehicles_frame(city: City, plan: DispatchPlan, lang: str = "zh") -> pd.DataFrame:
    """Return one row a vehicle: its trips, hours, distance and cost."""
    return frame(VEHICLE_KEYS, vehicle_rows(Words(city, lang), plan), lang)


def class_rows(words: Words, plan: DispatchPlan) -> list[Row]:
    """Return one row a vehicle class: vehicles, trips, mass, distance, cost."""
    groups: dict[str, list[Trip]] = {}
    for trip in plan.trips:
        groups.setdefault(trip.vehicle_class, []).append(trip)
    rows: list[Row] = []
    for kind, trips in sorted(groups.items()):
        bulks = [_trip_bulk(words, trip) for trip in trips]
        rows.append(
            {
                "vehicle_class": words.vehicle(kind),
                "vehicles": len({trip.vehicle for trip in trips}),
                "trips": len(trips),
                "mass_kg": sum(mass for mass, _ in bulks),
                "goods_m3": sum(volume for _, volume in bulks),
                "km": sum(trip.distance_km for trip in trips),
                "trip_cost": sum(trip.cost_cny for trip in trips),
            }
        )
    return rows
