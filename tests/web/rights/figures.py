"""Figures: whoever may read a unit's figures; taking the rows along needs the right to export; places are the administrator's."""

from __future__ import annotations

from typing import Any

from tests.support.office import FIRST, Office

READERS = "clerk reviewer leader inspector auditor"


def _figure(office: Office) -> dict[str, Any]:
    office.record("tea", FIRST, plot="001", date="2023-03-01", area="2.5")
    return {"indicator": "tea_area", "period": "2023"}


RIGHTS = {
    ("figures", "GET"): READERS,
    ("figures-export", "GET"): READERS,
    ("compare", "GET"): READERS,
    ("compare-export", "GET"): READERS,
    ("map", "GET"): READERS,
    ("map-places", "GET"): "administrator",
    ("map-places", "POST"): "administrator",
    ("figure", "GET"): READERS,
    ("figure-export", "GET"): READERS,
    ("trace", "GET"): READERS,
    ("trace-export", "GET"): "clerk reviewer leader",
    ("restatement", "GET"): READERS,
}
SAMPLES = dict.fromkeys(
    ("figure", "figure-export", "trace", "trace-export", "restatement"), _figure
)
