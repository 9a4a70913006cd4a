"""Relations between figures: what holds, what is wrong, what is merely unexplained, and what is not known."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    IndicatorDef,
    ParameterDef,
    ParameterValueDef,
    RelationDef,
    Text,
)
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.periods import Period, previous_year, year
from shuzhi.core.relations import check_relation, check_relations

PERIOD = year(2023)


class Known:
    """Figures from a dictionary: key, or (key, "last") for the year before."""

    as_of = 1

    def __init__(self, values: dict[Any, str | None], parts: dict[str, str | None] | None = None):
        self.values, self.parts = values, parts or {}

    def figure(self, identity: FigureId) -> Figure:
        key: Any = identity.indicator
        if identity.period == previous_year(PERIOD):
            key = (key, "last")
        found = self.values.get(key)
        return Figure(identity, None if found is None else D(found), "", identity.indicator, 1)

    def breakdown(
        self, indicator: str, organisation: str, period: Period, by: str
    ) -> list[tuple[str, Figure]]:
        return [
            (
                name,
                Figure(
                    FigureId(indicator, organisation, period),
                    None if v is None else D(v),
                    "",
                    name,
                    1,
                ),
            )
            for name, v in self.parts.items()
        ]


def result_of(relation: RelationDef, source: Any, decimals: int | None = None) -> Any:
    total = IndicatorDef(
        relation.total, Text(relation.total), "", "derived", "x", decimals=decimals
    )
    catalogue = Catalogue(
        indicators={relation.total: total},
        relations={relation.key: relation},
        parameters={
            "standard": ParameterDef(
                "standard",
                Text("标准"),
                "元",
                (ParameterValueDef("2020-01-01", D(500), Basis("x")),),
            )
        },
    )
    return check_relation(relation, catalogue, source, "990101100000", PERIOD)


def relation(kind: Any, parts: tuple[str, ...] = (), **more: Any) -> RelationDef:
    return RelationDef("r", Text("关系"), kind, "total", parts, **more)


@pytest.mark.parametrize(
    ("kind", "parts", "more", "values", "outcome"),
    [
        ("sum", ("a", "b"), {}, {"total": "480", "a": "210", "b": "270"}, None),
        ("sum", ("a", "b", "c"), {}, {"total": "29.746", "a": "4.5", "b": "19", "c": "2.4"}, ("unexplained", "3.846")),
        ("sum", ("a", "b"), {}, {"total": "470", "a": "210", "b": "270"}, ("wrong", "-10")),
        ("sum", ("a", "b"), {}, {"total": "0", "a": "0", "b": "0"}, None),
        ("sum", ("a", "b"), {}, {"total": "480", "a": "210"}, "unknown"),
        ("sum", ("a", "b"), {}, {"a": "210", "b": "270"}, "unknown"),
        ("part", ("a", "b"), {}, {"total": "10", "a": "10", "b": "3"}, None),
        ("part", ("a", "b"), {}, {"total": "10", "a": "11", "b": "3"}, ("wrong", "-1")),
        ("product", ("a",), {"factor": "parameter('standard')"}, {"total": "113870", "a": "227.74", "standard": "500"}, None),
        ("product", ("a",), {"factor": "parameter('standard')"}, {"total": "113871", "a": "227.74", "standard": "500"}, ("wrong", "1")),
        ("product", ("a",), {"factor": "500"}, {"total": "71545", "a": "143.09"}, None),
        ("product", ("a",), {"factor": "each"}, {"total": "9", "a": "3", "each": "3"}, None),
        ("product", ("a",), {"factor": "each"}, {"total": "9", "a": "3"}, "unknown"),
        ("rate", ("a", "b"), {"scale": D(100)}, {"total": "33.3", "a": "1", "b": "3"}, None),
        ("rate", ("a", "b"), {"scale": D(100)}, {"total": "33.4", "a": "1", "b": "3"}, ("wrong", "0.1")),
        ("rate", ("a", "b"), {}, {"total": "1", "a": "0", "b": "0"}, "unknown"),
        ("growth", ("a",), {}, {"total": "50", "a": "3", ("a", "last"): "2"}, None),
        ("growth", ("a",), {}, {"total": "60", "a": "3", ("a", "last"): "2"}, ("wrong", "10")),
        ("growth", ("a",), {}, {"total": "50", "a": "3", ("a", "last"): "0"}, "unknown"),
        ("growth", ("a",), {}, {"total": "50", "a": "3"}, "unknown"),
    ],
)  # fmt: skip
def test_each_kind_of_relation(
    kind: str, parts: tuple[str, ...], more: dict[str, Any], values: dict[Any, str], outcome: Any
) -> None:
    result = result_of(
        relation(kind, parts, **more),
        Known(values),
        decimals=1 if kind in ("rate", "growth") else None,
    )

    if outcome is None or outcome == "unknown":
        assert (result.known, result.finding) == (outcome is None, None)
    else:
        found, difference = outcome
        assert result.known
        assert result.finding.kind == found
        assert round(result.finding.difference, 1 if kind == "rate" else 4) == D(difference)
        assert result.finding.total.value - result.finding.expected == result.finding.difference


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ({"花椒": "3", "核桃": "4"}, None), ({"花椒": "3"}, "unexplained"), ({"花椒": "9"}, "wrong"),
        ({"花椒": "3", "核桃": None}, "unknown"), ({}, "unknown"),
    ],
)  # fmt: skip
def test_a_breakdown_adds_up_to_its_whole(
    parts: dict[str, str | None], outcome: str | None
) -> None:
    result = result_of(relation("breakdown", by="variety"), Known({"total": "7"}, parts))

    assert result.known is (outcome != "unknown")
    assert (result.finding.kind if result.finding else None) == (
        None if outcome == "unknown" else outcome
    )


def test_a_finding_carries_what_a_person_needs() -> None:
    declared = relation("sum", ("a", "b"), severity="warning", message="请核对清单")

    finding = result_of(declared, Known({"total": "5", "a": "1", "b": "2"})).finding

    assert (finding.relation, finding.title, finding.severity, finding.message) == (
        "r",
        "关系",
        "warning",
        "请核对清单",
    )
    assert (finding.organisation, finding.period, finding.expected) == ("990101100000", PERIOD, 3)
    assert [p.value for p in finding.parts] == [1, 2]


def test_all_relations_are_checked_in_the_order_of_the_catalogue() -> None:
    relations = {k: RelationDef(k, Text(k), "sum", "total", ("a",)) for k in ("z", "a", "m")}
    catalogue = Catalogue(
        indicators={"total": IndicatorDef("total", Text("合计"), "", "flow", "count()")},
        relations=relations,
    )

    results = list(check_relations(catalogue, Known({"total": "1", "a": "1"}), "x", PERIOD))  # type: ignore[arg-type]

    assert [(r.relation.key, r.known) for r in results] == [("z", True), ("a", True), ("m", True)]
