"""Where units lie: points and boundaries from a GeoJSON file, matched to units by code or name, for the map of figures.

Coordinates are kept exactly as written, as decimals and text; nothing is computed with them but the middle for a label.
"""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.organisations.models import Organisation, Site
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.problems import Problem, ProblemsError, is_blocking

MEGABYTES = 8
MOST_POINTS = 5000
_CODE_NAMES = ("code", "adcode", "代码", "单位代码", "区划代码")
_NAME_NAMES = ("name", "名称", "单位", "村名", "NAME")
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Placed:
    """What an upload did."""

    units: tuple[str, ...]  #: names of the units that have a place now
    problems: tuple[Problem, ...]  #: features passed over


@dataclass(slots=True)
class _Found:
    """What the file says about one unit."""

    point: tuple[Decimal, Decimal] | None = None
    middle: tuple[Decimal, Decimal] | None = None
    boundary: str = ""
    seen: dict[str, int] = field(default_factory=dict)


def place_units(actor: Actor, home: Organisation, content: bytes, file: str) -> Placed:
    """Write the points and boundaries of a GeoJSON FeatureCollection to the units of `home`; nothing is written while anything is wrong.

    A polygon becomes the unit's boundary, a point its place; a unit with a boundary alone is labelled at its middle.

    Raises:
        ProblemsError: PEOPLE_001 no right; everything that is wrong with the file (PLACE_001, PLACE_003 to PLACE_009).
    """
    require(actor, "organisation.change", home.path, home.name)
    features = _features(content, file)
    units = {
        code: (number, name)
        for number, code, name in storage.fetch(
            "SELECT id, code, name FROM organisation WHERE path LIKE %s ORDER BY code",
            [home.path + "%"],
        )
    }
    by_name: dict[str, list[str]] = defaultdict(list)
    for code, (_, name) in units.items():
        by_name[name].append(code)
    problems: list[Problem] = []
    found: dict[str, _Found] = {}
    for number, feature in enumerate(features, 1):
        problems += _read(number, feature, home.name, units, by_name, found)
    if not is_blocking(problems) and not found:
        problems.append(Problem("PLACE_009", {"file": file, "home": home.name}))
    if is_blocking(problems):
        raise ProblemsError(problems)
    with transaction.atomic():
        audit.hold()
        for code, one in found.items():
            place = one.point or one.middle
            assert place is not None
            Site.objects.update_or_create(
                organisation_id=units[code][0],
                defaults={
                    "longitude": place[0],
                    "latitude": place[1],
                    "boundary": one.boundary,
                },
            )
        audit.note(
            "organisation.located",
            actor=actor.name,
            organisation=home.code,
            file=file,
            count=len(found),
        )
    return Placed(tuple(units[c][1] for c in found), tuple(problems))


def _features(content: bytes, file: str) -> list[Any]:
    size = len(content) / 2**20
    if size > MEGABYTES:
        params = {"file": file, "found": f"{size:.1f}", "limit": MEGABYTES}
        raise ProblemsError([Problem("PLACE_008", params)])
    try:
        # the numbers stay as they are written
        document = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError):
        shown = content[:20].decode("utf-8", "replace")
        raise ProblemsError([Problem("PLACE_001", {"file": file, "found": shown})]) from None
    if isinstance(document, dict) and document.get("type") == "Feature":
        return [document]
    if (
        not isinstance(document, dict)
        or document.get("type") != "FeatureCollection"
        or not isinstance(document.get("features"), list)
    ):
        shown = document.get("type", "?") if isinstance(document, dict) else type(document).__name__
        raise ProblemsError([Problem("PLACE_001", {"file": file, "found": str(shown)[:40]})])
    return list(document["features"])


def _read(
    number: int,
    feature: Any,
    home: str,
    units: Mapping[str, tuple[int, str]],
    by_name: Mapping[str, list[str]],
    found: dict[str, _Found],
) -> list[Problem]:
    """One feature; what is wrong with it comes back."""
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code, name = _first(properties, _CODE_NAMES), _first(properties, _NAME_NAMES)
    shown = name or code or "—"
    if code not in units:
        # division codes are often written without the zeros of the levels below
        padded = code.ljust(12, "0") if code else ""
        code = padded if padded in units else ""
    if not code:
        named = by_name.get(name, [])
        if len(named) > 1:
            return [Problem("PLACE_003", {"number": number, "name": shown, "count": len(named)})]
        if not named:
            near = difflib.get_close_matches(name, list(by_name), 1, 0.5) if name else []
            params = {"number": number, "name": shown, "home": home, "near": "".join(near)}
            return [Problem("PLACE_002", params, severity="warning")]
        code = named[0]
    geometry = feature.get("geometry")
    geometry = geometry if isinstance(geometry, dict) else {}
    kind = geometry.get("type")
    if kind not in ("Point", "Polygon", "MultiPolygon"):
        return [Problem("PLACE_004", {"number": number, "name": shown, "found": str(kind)})]
    coordinates = geometry.get("coordinates")
    points = []
    for pair in _pairs(coordinates, {"Point": 0, "Polygon": 2, "MultiPolygon": 3}[kind]):
        point = _point(pair)
        if point is None:
            params = {
                "number": number,
                "name": shown,
                "found": str(pair)[:40].replace("Decimal", ""),
            }
            return [Problem("PLACE_005", params)]
        points.append(point)
    if not points:
        return [Problem("PLACE_005", {"number": number, "name": shown, "found": "—"})]
    if len(points) > MOST_POINTS:
        params = {"number": number, "name": shown, "count": len(points), "limit": MOST_POINTS}
        return [Problem("PLACE_006", params)]
    one = found.setdefault(code, _Found())
    what = "Point" if kind == "Point" else "Polygon"
    if what in one.seen:
        params = {"number": number, "other": one.seen[what], "name": units[code][1], "what": what}
        return [Problem("PLACE_007", params)]
    one.seen[what] = number
    if kind == "Point":
        one.point = points[0]
    else:
        one.boundary = _text(kind, coordinates)
        longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
        one.middle = (
            ((min(longitudes) + max(longitudes)) / 2).quantize(_SIX_PLACES),
            ((min(latitudes) + max(latitudes)) / 2).quantize(_SIX_PLACES),
        )
    return []


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def _pairs(value: Any, depth: int) -> Iterator[Any]:
    """The coordinate pairs of a geometry whose lists are `depth` deep."""
    if depth == 0:
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner, depth - 1)
    else:
        yield value


def _point(pair: Any) -> tuple[Decimal, Decimal] | None:
    if not isinstance(pair, list) or len(pair) < 2:
        return None
    numbers = [
        Decimal(p) for p in pair[:2] if isinstance(p, int | Decimal) and not isinstance(p, bool)
    ]
    if len(numbers) < 2 or not all(n.is_finite() for n in numbers):
        return None
    longitude, latitude = numbers
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None
    return longitude.quantize(_SIX_PLACES), latitude.quantize(_SIX_PLACES)


def _text(kind: str, coordinates: Any) -> str:
    """The geometry as canonical GeoJSON text with six places, which is a hand's breadth."""

    def written(value: Any) -> str:
        if value and isinstance(value[0], int | Decimal):
            point = _point(value)
            assert point is not None
            return f"[{point[0].normalize():f},{point[1].normalize():f}]"
        return f"[{','.join(written(v) for v in value)}]"

    return f'{{"type":"{kind}","coordinates":{written(coordinates)}}}'
