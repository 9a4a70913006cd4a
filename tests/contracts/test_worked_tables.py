"""The worked tables of docs/algorithms/posting.md, run through the functions they explain."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from shuzhi.core.definitions import Catalogue, FieldDef, IndicatorDef, LedgerDef, Text, UnitDef
from shuzhi.core.indicators import (
    Amount,
    LedgerPoster,
    PostingKey,
    Version,
    advance,
    difference,
    shift_locked,
)
from shuzhi.core.quantities import SCALE, Units
from tests.support.tables import parse_records

PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "posting.md"
EXAMPLES = re.findall(
    r"^### (.+?)\n\n((?:\|.*\n)+)\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.M
)
CATALOGUE = Catalogue(
    units={"亩": UnitDef("亩", "亩")},
    ledgers={
        "plot": LedgerDef(
            "plot",
            Text("地块台账"),
            "land",
            ("village",),
            "register",
            (
                FieldDef("date", Text("登记日期"), "date"),
                FieldDef("area", Text("面积"), "quantity", "亩"),
            ),
        )
    },
    indicators={
        "plot_area": IndicatorDef(
            "plot_area", Text("面积"), "亩", "stock", "sum(area)", source="plot"
        )
    },
)


def post(states: list[dict[str, str]]) -> list[tuple[str, str, Decimal, int, int, str]]:
    """The postings of `plot_area` that approving these states one after the other makes."""
    poster = LedgerPoster(CATALOGUE.ledgers["plot"], CATALOGUE, Units(CATALOGUE.units))
    versions: list[Version] = []
    has: dict[PostingKey, Amount] = {}
    made = []
    for state in states:
        if state["area"] == "withdrawn":
            versions = []
        else:
            payload = {} if state["area"] == "blank" else {"area": state["area"]}
            versions = advance(versions, Version(state["date"], payload))
        locked = int(state["closed through"] or 0)
        for key, amount, adjusting in shift_locked(
            difference(has, poster.timeline(versions)), locked
        ):
            before = has.get(key, Amount(0, 0, 0))
            has[key] = Amount(*(a + b for a, b in zip(before, amount, strict=True)))
            if key.indicator == "plot_area":
                value = Decimal(amount.amount) / SCALE
                mark = "yes" if adjusting else ""
                made.append(
                    (state["approval"], str(key.month), value, amount.rows, amount.blanks, mark)
                )
    return made


def test_the_page_has_all_its_examples():
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize(("title", "states", "postings"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_the_worked_table_is_what_posting_does(title, states, postings):
    expected = [
        (
            r["approval"],
            r["month"],
            Decimal(r["amount"]),
            int(r["rows"]),
            int(r["blanks"]),
            r["adjusting"],
        )
        for r in parse_records(postings)
    ]
    assert post(parse_records(states)) == expected
