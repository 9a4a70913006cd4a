"""Figures as pages write them: text, unit, link, and in words why one is not known; series for charts, points of small drawings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from shuzhi.apps.books.figure_pages import Growth, Missing
from shuzhi.apps.books.sheets import OWN
from shuzhi.apps.office import definitions
from shuzhi.apps.people.permissions import AREA_WORDS
from shuzhi.core.definitions import IndicatorDef, LedgerDef
from shuzhi.core.figures import Figure
from shuzhi.core.formulas import parse_indicator_value, round_half_up
from shuzhi.core.quantities import canonical
from shuzhi.web.figures.asking import address, period_words
from shuzhi.web.templatetags.office import number
from shuzhi.web.words import Words, language, listed, say, titled

#: decimals shown when a value is written in a larger unit
_PLACES = 4
DASH = "—"


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it stands on a page."""

    text: str  #: with thousands apart; a dash when not known
    address: str  #: of its own page; empty where there is none
    is_known: bool
    why: str = ""  #: in words, when not known
    plain: str = ""  #: for charts and for copying: digits only
    is_rounded: bool = False
    ledger: str = ""  #: address of the ledger to record in, when not known


def measured(value: Decimal, unit: str) -> tuple[Decimal, bool]:
    """The value in another unit, and whether it had to be rounded to four decimals."""
    converted = definitions().units.from_base(value, unit) if unit else value
    exponent = converted.as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -_PLACES
    short = round_half_up(converted, _PLACES) if is_long else converted
    return short, short != converted


def value_of(
    figure: Figure,
    measure: str,
    missing: Missing | None = None,
    *,
    name: str = "figure",
    link: bool = True,
    home: str = "",
    short: bool = False,
    **query: Any,
) -> Value:
    """The figure in `measure`, linked to its page with the query given. `home` is the unit in whose pages missing rows are recorded."""
    own = figure.id.organisation.endswith(OWN)
    if figure.value is None:
        reason = why_short(missing) if short else why(missing)
        place = ledger_address(missing, home or figure.id.organisation)
        return Value(DASH, "", False, reason, "", False, place)
    shown, is_rounded = measured(figure.value, measure)
    where = ""
    if link and own:
        unit = figure.id.organisation.removesuffix(OWN)
        where = address("trace", _at(figure, unit).id, **query, of=unit)
    elif link:
        where = address(name, figure.id, **query)
    return Value(
        ("≈" if is_rounded else "") + number(shown), where, True, "", canonical(shown), is_rounded
    )


def _at(figure: Figure, unit: str) -> Figure:
    from dataclasses import replace

    return replace(figure, id=replace(figure.id, organisation=unit))


def ledger_address(missing: Missing | None, unit: str) -> str:
    """Where what is missing is recorded."""
    if missing is None or not missing.ledgers:
        return ""
    place = unit.removesuffix(OWN)
    return reverse("ledger", kwargs={"unit": place, "ledger": missing.ledgers[0].key})


def ledger_names(ledgers: Sequence[LedgerDef]) -> str:
    """Ledgers by their titles."""
    return listed(say("《{t}》", "“{t}”", t=titled(one)) for one in ledgers)


def why_short(missing: Missing | None) -> str:
    """The reason for the lines of a table."""
    if missing is None:
        return ""
    names = ledger_names(missing.ledgers)
    if missing.kind == "no_rows":
        return say("{ledgers}没有记录", "no records in {ledgers}", ledgers=names)
    if missing.kind in ("inputs", "blank"):
        return say("{ledgers}没有记全", "{ledgers} not complete", ledgers=names)
    return (
        say("没有定目标", "no target")
        if missing.kind == "no_target"
        else say("算不出来", "cannot be computed")
    )


def why(missing: Missing | None) -> str:
    """In words, why a figure is not known."""
    if missing is None:
        return ""
    names = ledger_names(missing.ledgers)
    if missing.kind == "no_rows":
        return say(
            "{ledgers}还没有已审核的记录；确实没有请报零报告",
            "no approved records in {ledgers} yet; if there is nothing, hand in a nil report",
            ledgers=names,
        )
    if missing.kind == "blank":
        return say(
            "{ledgers}有 {n} 条记录没有填这一项",
            "{n} records of {ledgers} leave this blank",
            ledgers=names,
            n=missing.blanks,
        )
    if missing.kind == "no_target":
        return say("没有定目标", "no target set")
    if missing.kind == "inputs":
        return say(
            "缺少计算它的数：{ledgers}没有记全",
            "inputs are missing: {ledgers} are not complete",
            ledgers=names,
        )
    return say(
        "分母为零或上年没有数，算不出来",
        "cannot be computed: the divisor is zero or last year is missing",
    )


def percent(value: Decimal | None) -> str:
    """Per cent as digits; nothing where not known."""
    return "" if value is None else canonical(value)


@dataclass(frozen=True, slots=True)
class Change:
    """Growth in words."""

    text: str  #: +12.3%
    difference: str  #: +41.2
    direction: str  #: up, down, same or none
    note: str = ""


def change_of(growth: Growth | None, measure: str) -> Change:
    """Growth as the handbook writes it; a sign always, so that it does not rest on colour."""
    if growth is None or growth.difference is None:
        return Change("", "", "none")
    shown, _ = measured(growth.difference, measure)
    direction = "up" if shown > 0 else "down" if shown < 0 else "same"
    difference = ("+" if shown > 0 else "") + number(shown)
    if not growth.difference:
        return Change(say("持平", "unchanged"), difference, direction)
    if growth.kind == "points":
        return Change(say("{d} 个百分点", "{d} points", d=difference), difference, direction)
    if growth.kind == "from_zero":
        return Change(say("上年为零", "zero last year"), difference, direction)
    assert growth.rate is not None
    rate = ("+" if growth.rate > 0 else "") + number(growth.rate) + "%"
    return Change(rate, difference, direction)


# ── words about an indicator ──────────────────────────────────────────────────────────────────────────────────────────

_WORD = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z0-9_]*|==|!=|>=|<=|\*|/")
_SIGNS = {
    "==": Words("为", "is"), "!=": Words("不是", "is not"), ">=": Words("≥", "≥"), "<=": Words("≤", "≤"), "*": Words("×", "×"),
    "/": Words("÷", "÷"), "in": Words("属于", "among"), "and": Words("且", "and"), "or": Words("或", "or"), "not": Words("不", "not"),
    "is": Words("为", "is"), "None": Words("空白", "blank"), "True": Words("是", "yes"), "False": Words("否", "no"),
    "last_year": Words("上年", "last year’s"), "coalesce": Words("取已知", "the known of"), "round": Words("四舍五入", "rounded"),
    "min": Words("较小", "the smaller of"), "max": Words("较大", "the larger of"), "abs": Words("绝对值", "amount of"),
    "if": Words("若", "if"), "else": Words("否则", "else"), "known": Words("已知", "known"), "parameter": Words("参数", "parameter"),
    "count_units": Words("个数", "how many"), "min_units": Words("最低", "lowest"), "max_units": Words("最高", "highest"),
    "sum_units": Words("合计", "total of"),
    "village": Words("村", "village"), "township": Words("乡镇", "township"), "county": Words("县", "county"), "group": Words("组", "group"),
    "year": Words("年份", "year of"), "month": Words("月份", "month of"), "days_between": Words("相隔天数", "days between"),
}  # fmt: skip


def in_words(expression: str, titles: dict[str, str]) -> str:
    """An expression with titles for keys and words for signs, as a person reads it."""

    def word(found: re.Match[str]) -> str:
        text = found[0]
        if text.startswith("'"):
            inner = text[1:-1]
            return titles.get(inner) or str(_SIGNS.get(inner, inner))
        return titles.get(text) or str(_SIGNS.get(text, text))

    return re.sub(r"\s+", " ", _WORD.sub(word, expression)).strip()


def formula_words(definition: IndicatorDef) -> str:
    """How the figure comes about, in words."""
    catalogue = definitions().catalogue
    value = parse_indicator_value(definition.value)
    titles = {k: titled(i) for k, i in catalogue.indicators.items()}
    titles |= {k: titled(p) for k, p in catalogue.parameters.items()}
    if value.kind == "derived":
        return in_words(definition.value, titles)
    ledger = catalogue.ledgers[definition.source]
    fields = {f.key: titled(f) for f in ledger.fields}
    name = titled(ledger)
    if value.kind == "sum":
        inner = definition.value[definition.value.index("(") + 1 : definition.value.rindex(")")]
        text = say(
            "《{ledger}》各行“{what}”之和",
            "sum of “{what}” over “{ledger}”",
            ledger=name,
            what=in_words(inner, fields),
        )
    elif value.kind == "count":
        text = say("《{ledger}》的行数", "number of rows of “{ledger}”", ledger=name)
    elif value.kind == "distinct":
        text = say(
            "《{ledger}》中不重复的“{what}”个数",
            "how many different “{what}” stand in “{ledger}”",
            ledger=name,
            what=fields.get(value.field, value.field),
        )
    else:
        text = say(
            "《{ledger}》涉及的不重复“{what}”的{weight}之和",
            "sum of {weight} over the different “{what}” of “{ledger}”",
            ledger=name,
            what=fields.get(value.field, value.field),
            weight=titles.get(value.indicator, value.indicator),
        )
    if definition.where:
        text += say("（{where}）", " ({where})", where=in_words(definition.where, fields))
    return text


def nature_words(definition: IndicatorDef) -> str:
    """Stock, flow or derived, with what it means."""
    if definition.nature == "stock":
        return say("时点数：到期末共有多少", "stock: how much there is at the end of the period")
    if definition.nature == "flow":
        return say("时期数：这段时间里发生多少", "flow: how much happened during the period")
    return say(
        "计算数：在每一级重新计算，不相加", "derived: computed anew at each level, never added up"
    )


def area_words(area: str) -> str:
    """A line of work as a person calls it."""
    zh, en = AREA_WORDS.get(area, (area, area))
    return zh if language() == "zh" else en


def unit_words(unit: str) -> str:
    """A unit of measure in the page's language."""
    if language() == "zh" or not unit:
        return unit
    found = definitions().units.get(unit)
    return (found.title_en if found is not None else "") or unit


# ── drawings and charts ───────────────────────────────────────────────────────────────────────────────────────────────

_WIDE, _HIGH, _EDGE = 92, 22, 3


@dataclass(frozen=True, slots=True)
class Spark:
    """A small drawing in a box of 92 × 22: lines for what stands, bars for what happens."""

    lines: tuple[str, ...]  #: runs of points
    bars: tuple[tuple[int, int, int], ...]  #: x, y, height
    x: int  #: the last point of a line
    y: int
    words: str  #: what a screen reader says


def spark(months: Sequence[Decimal | None], measure: str, *, bars: bool) -> Spark | None:
    """The months of a year as a small drawing; nothing when fewer than two are known or none is above zero."""
    known = [m for m in months if m is not None]
    if len(known) < 2 or max(known) <= 0 or min(known) < 0:
        return None
    top = max(known)
    step = (_WIDE - 2 * _EDGE) // 11
    lines: list[list[str]] = [[]]
    drawn: list[tuple[int, int, int]] = []
    x = y = 0
    for place, value in enumerate(months):
        if value is None:
            if lines[-1]:
                lines.append([])
            continue
        height = int(value * (_HIGH - 2 * _EDGE) / top)
        x, y = _EDGE + place * step, _HIGH - _EDGE - height
        if bars and value:
            drawn.append((x - 2, y, max(height, 1)))
        lines[-1].append(f"{x},{y}")
    first, last = number(measured(known[0], measure)[0]), number(measured(known[-1], measure)[0])
    words = say("各月：从 {a} 到 {b}", "by month: from {a} to {b}", a=first, b=last)
    if bars:
        return Spark((), tuple(drawn), 0, 0, words)
    return Spark(tuple(" ".join(r) for r in lines if len(r) > 1), (), x, y, words)


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars."""

    label: str
    values: tuple[str, ...]  #: digits, or empty where not known
    kind: str = ""  #: line or bar, where it differs from the chart's
    is_faint: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart shows; the table of the page shows the same."""

    kind: str  #: bar, bars (lying), line, doughnut
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    title: str

    def data(self) -> dict[str, Any]:
        """As JSON for the page."""
        return {
            "kind": self.kind, "labels": self.labels, "unit": self.unit, "title": self.title,
            "series": [{"label": s.label, "values": s.values, "kind": s.kind, "faint": s.is_faint} for s in self.series],
        }  # fmt: skip


def figure_title(figure: Figure) -> str:
    """Title and period of a figure."""
    definition = definitions().catalogue.indicators.get(figure.id.indicator)
    name = titled(definition) if definition is not None else figure.title
    return say(
        "{name}（{period}）", "{name}, {period}", name=name, period=period_words(figure.id.period)
    )
