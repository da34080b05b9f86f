"""Maps that ask nobody for tiles or fonts: plotly over an inline, empty style.

``textfont.family`` of scattermap must never be set: the map goes blank.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from supplies.city import City
from supplies.tiers import Tier
from supplies.ui.picture import STATES, UnitState
from supplies.ui.words import Words

COLOURS: Mapping[str, str] = {
    "covered": "#2a7f62",
    "near": "#a3b54a",
    "partial": "#e2a33b",
    "short": "#b8392f",
    "unknown": "#a9b4be",
}
# The renderer draws Chinese with the reader's own fonts, but only where a style names an address
# of glyphs; this one is empty and answers itself, whatever font and range it is asked for.
GLYPHS = "data:application/x-protobuf,#{fontstack}{range}"
NOTHING = {"type": "FeatureCollection", "features": []}
Geo = Mapping[str, Any]
Line = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Paper:
    """The colours a map is drawn on."""

    ground: str
    border: str
    water: str
    text: str


LIGHT = Paper(ground="#eef2f5", border="#ffffff", water="#6fa8cf", text="#17212b")
DARK = Paper(ground="#141d25", border="#2c3a46", water="#3f7aa5", text="#e8eef3")


def paper(*, dark: bool) -> Paper:
    """Return the colours for a theme."""
    return DARK if dark else LIGHT


def _bounds(points: Sequence[tuple[float, float]]) -> dict[str, float]:
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    pad = 0.03
    return {
        "west": min(lons) - pad,
        "east": max(lons) + pad,
        "south": min(lats) - pad,
        "north": max(lats) + pad,
    }


def _figure(
    traces: Iterable[go.Choroplethmap | go.Scattermap],
    points: Sequence[tuple[float, float]],
    on: Paper,
    height: int,
) -> go.Figure:
    style = {
        "version": 8,
        # an empty mapping is dropped on the way to the browser, and a style without is refused
        "sources": {"nothing": {"type": "geojson", "data": NOTHING}},
        "glyphs": GLYPHS,
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": on.ground}}
        ],
    }
    box = _bounds(points)
    width_deg = box["east"] - box["west"]
    figure = go.Figure(list(traces))
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        hoverlabel={"align": "left"},
        map={
            "style": style,
            "center": {
                "lon": (box["west"] + box["east"]) / 2,
                "lat": (box["south"] + box["north"]) / 2,
            },
            "zoom": 7.7 if width_deg > 1.2 else 8.6,
        },
    )
    return figure


def _polygons(
    geo: Geo, values: Mapping[str, str], hover: Mapping[str, str], on: Paper, opacity: float
) -> go.Choroplethmap:
    """Return filled polygons; ``values`` gives the state of each area code."""
    codes = [code_of(f) for f in geo["features"]]
    features = [{**f, "id": code} for f, code in zip(geo["features"], codes, strict=True)]
    steps = len(STATES)
    scale = [[(i + end) / steps, COLOURS[name]] for i, name in enumerate(STATES) for end in (0, 1)]
    return go.Choroplethmap(
        geojson={"type": "FeatureCollection", "features": features},
        locations=codes,
        z=[STATES.index(values.get(code, "unknown")) for code in codes],
        zmin=-0.5,
        zmax=steps - 0.5,
        colorscale=scale,
        showscale=False,
        marker={"opacity": opacity, "line": {"width": 1.4, "color": on.border}},
        text=[hover.get(code, "") for code in codes],
        hovertemplate="%{text}<extra></extra>",
    )


def code_of(feature: Geo) -> str:
    """Return the area code of a polygon, whichever property holds it."""
    properties = feature["properties"]
    return str(properties.get("code") or properties.get("adcode") or feature.get("id", ""))


def _rivers(geo: Geo, on: Paper) -> go.Scattermap:
    lons: list[float | None] = []
    lats: list[float | None] = []
    for feature in geo["features"]:
        shape = feature["geometry"]
        many = shape["type"] == "MultiLineString"
        for line in shape["coordinates"] if many else [shape["coordinates"]]:
            lons += [p[0] for p in line] + [None]
            lats += [p[1] for p in line] + [None]
    return go.Scattermap(
        lon=lons,
        lat=lats,
        mode="lines",
        line={"width": 2, "color": on.water},
        hoverinfo="skip",
    )


def _corners(geo: Geo) -> list[tuple[float, float]]:
    """Return all corners of the polygons, as (lon, lat)."""
    points: list[tuple[float, float]] = []
    for feature in geo["features"]:
        shape = feature["geometry"]
        polygons = (
            shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        )
        points += [(p[0], p[1]) for polygon in polygons for p in polygon[0]]
    return points


def _dots(
    points: Sequence[tuple[float, float]],
    colour: str | Sequence[str],
    size: float | Sequence[float],
    hover: Sequence[str],
    custom: Sequence[str] = (),
) -> go.Scattermap:
    return go.Scattermap(
        lon=[p[0] for p in points],
        lat=[p[1] for p in points],
        mode="markers",
        marker={"size": size, "color": colour, "opacity": 1},
        text=list(hover),
        customdata=list(custom) or None,
        hovertemplate="%{text}<extra></extra>",
    )


def _names(city: City, words: Words, on: Paper) -> list[go.Scattermap]:
    """Return the counties' names; none in Latin letters, which would need a file of glyphs."""
    counties = [a for a in city.units(Tier.COUNTY) if a.lon is not None]
    if words.lang != "zh":
        return []
    names = go.Scattermap(
        lon=[a.lon for a in counties],
        lat=[a.lat for a in counties],
        mode="markers+text",
        text=[words.short(a.code) for a in counties],
        textposition="top center",
        marker={"size": 14, "opacity": 0},  # unseen; the text's offset is worked out from its size
        textfont={"size": 12, "color": on.text},
        hoverinfo="skip",
    )
    return [names]


def overview(
    words: Words,
    shapes: Mapping[str, Geo],
    states: Mapping[str, UnitState],
    hover: Callable[[str], str],
    held: Mapping[str, str],
    *,
    dark: bool,
) -> go.Figure:
    """Return the one picture: counties and townships by readiness, storehouses by stock.

    Parameters
    ----------
    shapes
        GeoJSON of ``counties`` and ``rivers``.
    states
        Unit states by area code.
    hover
        Text of an area, by code.
    held
        Text of each storehouse that is in use, by site id.
    """
    city, on = words.city, paper(dark=dark)
    counties = [a.code for a in city.units(Tier.COUNTY)]
    fill = {c: states[c].state for c in counties if c in states}
    towns = [a for a in city.units(Tier.TOWNSHIP) if a.lon is not None and a.lat is not None]
    spots = [(a.lon or 0.0, a.lat or 0.0) for a in towns]
    colours = [COLOURS[states[a.code].state if a.code in states else "unknown"] for a in towns]
    sites = [city.sites[k] for k in held]
    size = [16.0 if s.tier is Tier.CITY else 12.0 if s.tier is Tier.COUNTY else 8.0 for s in sites]
    places = [(s.lon, s.lat) for s in sites]
    owners = [city.ancestor(s.area, s.tier) or "" for s in sites]
    tint = [COLOURS[states[o].state if o in states else "unknown"] for o in owners]
    traces = [
        _polygons(shapes["counties"], fill, {c: hover(c) for c in counties}, on, 0.5),
        _rivers(shapes["rivers"], on),
        _dots(spots, on.ground, 7.5, [hover(a.code) for a in towns]),
        _dots(spots, colours, 5.5, [hover(a.code) for a in towns], [a.code for a in towns]),
        _dots(places, "#0e2536", [s + 5 for s in size], list(held.values())),
        _dots(places, "#ffffff", [s + 2 for s in size], list(held.values())),
        _dots(places, tint, size, list(held.values())),
        *_names(city, words, on),
    ]
    return _figure(traces, _corners(shapes["counties"]), on, 470)


def routes(
    words: Words,
    shapes: Mapping[str, Geo],
    legs: Sequence[tuple[str, str, Line]],
    stops: Mapping[tuple[float, float], tuple[str, str]],
    closed: Sequence[Line],
    *,
    dark: bool,
) -> go.Figure:
    """Return a dispatch on the map.

    Parameters
    ----------
    legs
        (kind, hover text, points) of each road that is driven; kind ``loaded`` or ``empty``.
    stops
        (kind, hover text) by point; kind ``site``, ``served`` or ``open``.
    closed
        Roads that cannot be used.
    """
    on = paper(dark=dark)
    traces = [
        _polygons(shapes["counties"], {}, {}, on, 0.16),
        _rivers(shapes["rivers"], on),
        _lines(closed, "#b8392f", 4.0),
    ]
    ink = {"loaded": "#6db6e0" if dark else "#14557b", "empty": "#8a98a5"}
    for kind, width in (("empty", 1.0), ("loaded", 2.2)):
        traces.append(_lines([p for k, _, p in legs if k == kind], ink[kind], width))
    heads = [_head(points) for kind, _, points in legs if kind == "loaded" and len(points) > 1]
    traces.append(
        _dots(heads, ink["loaded"], 4, [t for k, t, p in legs if k == "loaded" and len(p) > 1])
    )
    look = {
        "site": ("#14557b", 13.0),
        "served": (COLOURS["covered"], 8.0),
        "open": (COLOURS["short"], 10.0),
    }
    for kind, (colour, size) in look.items():
        points = [p for p, (k, _) in stops.items() if k == kind]
        hover = [t for k, t in stops.values() if k == kind]
        traces += [_dots(points, "#ffffff", size + 3, hover), _dots(points, colour, size, hover)]
    traces += _names(words.city, words, on)
    return _figure(traces, _corners(shapes["counties"]), on, 470)


def _head(points: Line) -> tuple[float, float]:
    """Return the point two thirds along, where the direction dot of a leg stands."""
    return points[min(len(points) - 1, (2 * len(points)) // 3)]


def _lines(lines: Sequence[Line], colour: str, width: float) -> go.Scattermap:
    lons: list[float | None] = []
    lats: list[float | None] = []
    for line in lines:
        lons += [p[0] for p in line] + [None]
        lats += [p[1] for p in line] + [None]
    return go.Scattermap(
        lon=lons, lat=lats, mode="lines", line={"width": width, "color": colour}, hoverinfo="skip"
    )
