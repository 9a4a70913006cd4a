"""Holding figures against what must be true of them: totals, parts, products, rates, growth, breakdowns.

The same relations serve the books (before a report is signed) and, later, drafts. A relation whose figures are not all known is
not checked: unknown is not wrong. A total that is larger than its listed parts is *unexplained*; everything else that
does not hold is *wrong*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shuzhi.core.definitions import Catalogue, RelationDef
from shuzhi.core.figures import Figure, FigureId, FigureSource
from shuzhi.core.formulas import evaluate, parse_expression, round_half_up
from shuzhi.core.periods import Period, previous_year


@dataclass(frozen=True, slots=True)
class RelationFinding:
    """A relation that does not hold for one organisation and period."""

    relation: str
    title: str
    severity: Literal["error", "warning"]
    kind: Literal["wrong", "unexplained"]
    organisation: str
    period: Period
    total: Figure
    parts: tuple[Figure, ...]
    expected: Decimal  #: what the parts give, in the total's base unit
    difference: Decimal  #: total − expected
    message: str


@dataclass(frozen=True, slots=True)
class RelationResult:
    """How one relation came out: holds, or the finding; `known` False when a figure is missing."""

    relation: RelationDef
    known: bool
    finding: RelationFinding | None = None


def check_relations(
    catalogue: Catalogue, source: FigureSource, organisation: str, period: Period
) -> Iterator[RelationResult]:
    """Every declared relation for this organisation and period, in the order of the catalogue."""
    for relation in catalogue.relations.values():
        yield check_relation(relation, catalogue, source, organisation, period)


def check_relation(
    relation: RelationDef,
    catalogue: Catalogue,
    source: FigureSource,
    organisation: str,
    period: Period,
) -> RelationResult:
    """One relation for one organisation and period."""

    def figure(key: str, when: Period = period) -> Figure:
        return source.figure(FigureId(key, organisation, when))

    total = figure(relation.total)
    if total.value is None:
        return RelationResult(relation, False)
    if relation.kind == "breakdown":
        parts = tuple(
            f for _, f in source.breakdown(relation.total, organisation, period, relation.by)
        )
        if not parts:
            return RelationResult(relation, False)
    elif relation.kind == "growth":
        parts = (figure(relation.parts[0]), figure(relation.parts[0], previous_year(period)))
    else:
        parts = tuple(figure(key) for key in relation.parts)
    values = [p.value for p in parts if p.value is not None]
    if len(values) != len(parts):
        return RelationResult(relation, False)
    expected = _expected(relation, catalogue, source, organisation, period, values)
    if expected is None:
        return RelationResult(relation, False)
    if relation.kind == "part":
        broken = any(v > total.value for v in values)
    else:
        decimals = catalogue.indicators[relation.total].decimals
        broken = (
            expected if decimals is None else round_half_up(expected, decimals)
        ) != total.value
    if not broken:
        return RelationResult(relation, True)
    difference = total.value - expected
    unexplained = relation.kind in ("sum", "breakdown") and difference > 0
    finding = RelationFinding(
        relation.key,
        relation.title.zh,
        relation.severity,
        "unexplained" if unexplained else "wrong",
        organisation,
        period,
        total,
        parts,
        expected,
        difference,
        relation.message,
    )
    return RelationResult(relation, True, finding)


def _expected(
    relation: RelationDef,
    catalogue: Catalogue,
    source: FigureSource,
    organisation: str,
    period: Period,
    values: list[Decimal],
) -> Decimal | None:
    """What the parts say the total should be; None when it cannot be computed."""
    if relation.kind in ("sum", "breakdown"):
        return sum(values, Decimal(0))
    if relation.kind == "part":
        return max(values)
    if relation.kind == "product":
        factor = evaluate(
            parse_expression(relation.factor).node,
            lambda name: source.figure(FigureId(name, organisation, period)).value,
            lambda name, arguments: (
                source.figure(
                    FigureId(str(arguments[0].value), organisation, period, "parameter")
                ).value
            ),
        )
        return values[0] * factor if isinstance(factor, Decimal) else None
    if relation.kind == "growth":
        return None if not values[1] else (values[0] - values[1]) / values[1] * 100
    return None if not values[1] else values[0] / values[1] * relation.scale
