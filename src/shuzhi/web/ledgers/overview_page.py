"""The page of all ledgers: by area, how many records, what waits, and the state of the month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from shuzhi.apps.audit.actions import today
from shuzhi.apps.ledgers.overview import LedgerState, overview
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import AREA_WORDS, area_titles, is_allowed, permitted_areas
from shuzhi.core.periods import add_months, format_month, parse_month
from shuzhi.core.problems import ProblemsError
from shuzhi.core.searching import normalised
from shuzhi.web.context import page
from shuzhi.web.words import language, say, titled


@dataclass(frozen=True, slots=True)
class MonthState:
    """What a month has of a ledger: the class of the chip and its words."""

    kind: str  #: ok, nil, part, none, or empty for a register
    text: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger."""

    state: LedgerState
    month: MonthState
    may_record: bool
    is_here: bool  #: kept at this level, not only below


@dataclass(frozen=True, slots=True)
class Area:
    """A line of work with its ledgers."""

    key: str
    title: str
    lines: Sequence[LedgerLine]


@dataclass(frozen=True, slots=True)
class Overview:
    """The page."""

    unit: Organisation
    areas: Sequence[Area]
    month: str
    month_before: str
    month_after: str  #: empty for the present month
    show: str
    shows: Sequence[tuple[str, str, int]]  #: key, words, how many ledgers
    text: str
    may_record: bool
    is_empty: bool  #: no record at all


def ledgers(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """All ledgers of the unit and those below it."""
    actor = request.visit.actor  # type: ignore[attr-defined]
    present = today()[:7]
    try:
        number = parse_month(request.GET.get("month", "") or present)
    except ProblemsError:
        number = parse_month(present)
    month = format_month(number)
    states = overview(unit, month, permitted_areas(actor, "record.read", unit.path))
    lines = [
        LedgerLine(
            s, _month(s), is_allowed(actor, "record.create", unit.path, s.ledger.area),
            unit.level in s.ledger.kept_by,
        )
        for s in states
    ]  # fmt: skip
    kinds = {
        "all": lines,
        "used": [one for one in lines if one.state.count.number or one.state.waiting],
        "missing": [one for one in lines if one.month.kind in ("none", "part")],
        "waiting": [one for one in lines if one.state.waiting],
        "returned": [one for one in lines if one.state.returned],
    }
    words = {
        "all": say("全部", "All"),
        "used": say("在用", "In use"),
        "missing": say("本月未记", "Nothing this month"),
        "waiting": say("有待审", "Waiting"),
        "returned": say("有退回", "Returned"),
    }
    show = request.GET.get("show", "all")
    if show not in kinds:
        show = "all"
    text = request.GET.get("q", "")[:60]
    wanted = normalised(text)
    shown = [
        one
        for one in kinds[show]
        if not wanted or any(wanted in normalised(name) for name in _names(one))
    ]
    return page(
        request,
        "ledgers/overview.html",
        Overview(
            unit,
            _by_area(shown),
            month,
            format_month(add_months(number, -1)),
            format_month(add_months(number, 1)) if month < present else "",
            show,
            [(key, words[key], len(found)) for key, found in kinds.items()],
            text,
            any(one.may_record for one in lines),
            not kinds["used"],
        ),
    )


def _names(line: LedgerLine) -> Sequence[str]:
    ledger = line.state.ledger
    return (ledger.title.zh, ledger.title.en, *ledger.synonyms)


def _by_area(lines: Sequence[LedgerLine]) -> list[Area]:
    found: dict[str, list[LedgerLine]] = {}
    for one in lines:
        found.setdefault(one.state.ledger.area, []).append(one)
    column = 0 if language() == "zh" else 1
    usual = list(AREA_WORDS)  # an office's own lines of work come last
    return [
        Area(area, area_titles([area], column)[0], sorted(rows, key=_usual))
        for area, rows in sorted(
            found.items(), key=lambda f: usual.index(f[0]) if f[0] in usual else len(usual)
        )
    ]


def _usual(line: LedgerLine) -> tuple[bool, str]:
    return (not line.state.count.number, titled(line.state.ledger) if language() == "en" else "")


def _month(state: LedgerState) -> MonthState:
    """What the month has; a register is due when something changes, not by the month."""
    if state.ledger.nature == "register" or state.ledger.nil or state.ledger.targets:
        if state.with_rows:
            return MonthState("ok", say("本月有变动", "changed"))
        return MonthState("", "")
    if state.keepers > 1:
        if not state.count.number and not state.with_nil:
            return MonthState("", "")
        done = state.with_rows + state.with_nil
        kind = "ok" if done == state.keepers else "part" if done else "none"
        return MonthState(kind, say("{done}／{all} 个单位", "{done} of {all} units", done=done, all=state.keepers))  # fmt: skip
    if state.with_rows:
        return MonthState("ok", say("已记", "recorded"))
    if state.with_nil:
        return MonthState("nil", say("零报告", "nil report"))
    if not state.count.number:
        return MonthState("", "")
    return MonthState("none", say("未记", "nothing yet"))
