"""Views of checking. What is found comes from `apps.checking`; here it is only laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.checking import actions, checks, queries
from shuzhi.apps.checking.models import Check, Confirmation, Silence
from shuzhi.apps.jobs.actions import start
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.checking.comparing import Comparison
from shuzhi.core.checking.model import SEVERITIES
from shuzhi.core.periods import format_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.checked_pages import figure_row, render_page, text_groups
from shuzhi.exchange.checked_sheets import Sheet, SheetFinding, sheet_document
from shuzhi.messages.checking import AREA_WORDS, SEVERITY_MEANINGS, area_word, severity_word, word
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.words import language, say, sentence, titled

#: with more drafts than this the work goes into the background
_AT_ONCE = 1
_MOST_FILES = 200
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# ── handing in ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Row:
    """A draft in the list."""

    check: Check
    counts: Sequence[tuple[str, str, int]]  #: severity, its word, how many
    trouble: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """The drafts handed in."""

    unit: Organisation
    rows: Sequence[Row]
    years: Sequence[int]
    is_waiting: bool
    before: str = ""
    after: str = ""
    problems: Sequence[Problem] = field(default_factory=tuple)


def overview(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """The list of drafts; POST hands drafts in."""
    problems: list[Problem] = []
    if request.method == "POST":
        made, problems = _hand_in(request, unit)
        if len(made) == 1 and not problems:
            return redirect("check", unit=unit.code, number=made[0].number)
        if made and not problems:
            return redirect("checking", unit=unit.code)
    before = request.GET.get("after", "")
    found = checks.checks_of(
        unit, before=int(before) if before.isdecimal() and len(before) < 19 else None, limit=31
    )
    rows = [_row(one) for one in found[:30]]
    this_year = int(checks.audit.today()[:4])
    context = Overview(
        unit,
        rows,
        [this_year - back for back in range(4)],
        any(row.check.state == "waiting" for row in rows),
        after=str(found[29].id) if len(found) > 30 else "",
        problems=problems,
    )
    template = (
        "checking/rows.html"
        if request.headers.get("HX-Target") == "drafts"
        else "checking/overview.html"
    )
    return page(request, template, context, status=422 if problems else 200)


def _hand_in(request: HttpRequest, unit: Organisation) -> tuple[list[Check], list[Problem]]:
    actor = request.visit.actor  # type: ignore[attr-defined]
    files = request.FILES.getlist("drafts")
    text = request.POST.get("text", "").strip()
    year = request.POST.get("year", "")
    of_year = int(year) if re.fullmatch(r"(19|20)[0-9]{2}", year) else None
    made: list[Check] = []
    problems: list[Problem] = []
    named = [(one.name or "", one.read()) for one in files[:_MOST_FILES]]
    if text:
        named.append((say("粘贴的文字", "pasted text") + ".txt", text.encode()))
    if not named:
        problems.append(Problem("CHECK_024"))
    if len(files) > _MOST_FILES:
        problems.append(Problem("CHECK_025", {"count": len(files), "limit": _MOST_FILES}))
    for name, content in named:
        try:
            made.append(checks.hand_in(actor, unit.code, name, content, year=of_year))
        except ProblemsError as error:
            problems += error.problems
    if len(made) <= _AT_ONCE:
        for one in made:
            checks.run(actor, one)
    elif made:
        start(actor, "checking.run", unit.code, {"numbers": [one.number for one in made]})
    return made, problems


def _row(one: Check) -> Row:
    lang = language()
    counts = [
        (severity, severity_word(severity, lang), one.counts[severity])
        for severity in SEVERITIES
        if one.counts.get(severity) and severity != "info"
    ]
    return Row(one, counts, [sentence(p) for p in checks.problems_of(one)])


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure in the books."""

    title: str
    organisation: str
    period: str
    shown: str
    how: str
    address: str  #: of the trace
    subject: str  #: under which a person's word is kept
    text: str
    indicator: str
    candidates: Sequence[tuple[str, str]]  #: key, title
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as the page lists it."""

    finding: SheetFinding
    key: str
    word: str
    area: str
    can_take: bool
    is_taken: bool
    behind: Behind | None
    words: str  #: the characters it speaks of, for silencing just these


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """A draft with its findings."""

    unit: Organisation
    check: Check
    groups: Sequence[Any]
    findings: Sequence[Shown]
    figures: Sequence[Mapping[str, Any]]
    severities: Sequence[Mapping[str, Any]]
    areas: Sequence[tuple[str, str, int]]
    period: str
    taken: int
    takeable: int
    silenced: int
    writer: str
    trouble: Sequence[str] = field(default_factory=tuple)


def check(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    """A draft with what was found in it."""
    visit = request.visit  # type: ignore[attr-defined]
    found = checks.find(visit.actor, unit, str(number))
    if found is None:
        return not_found(request)
    if found.state == "waiting":
        checks.run(visit.actor, found)
    if found.state == "failed":
        trouble = [sentence(p) for p in checks.problems_of(found)]
        empty = CheckedPage(unit, found, (), (), (), (), (), "", 0, 0, 0, "", trouble)
        return page(request, "checking/check.html", empty)
    looked = checks.look(visit.actor, found, language())
    takeable = checks.acceptable(looked.sheet)
    behind = _behind(looked.found.comparisons, unit)
    shown = [
        _shown(one, key, looked, takeable, set(found.accepted), behind)
        for one, key in zip(looked.sheet.findings, looked.keys, strict=True)
    ]
    context = CheckedPage(
        unit,
        found,
        text_groups(looked.sheet),
        shown,
        [figure_row(one, language()) for one in looked.sheet.figures],
        _severities(looked.sheet),
        _areas(looked.sheet),
        format_period(looked.found.period, language()),
        len([k for k in found.accepted if k in takeable]),
        len(takeable),
        looked.sheet.silenced,
        looked.found.name,
    )
    return page(request, "checking/check.html", context)


def _behind(comparisons: Sequence[Comparison], unit: Organisation) -> dict[tuple[int, int], Behind]:
    """What the books hold for each figure, by its place."""
    found: dict[tuple[int, int], Behind] = {}
    names = dict(
        Organisation.objects.filter(
            code__in={c.match.organisation for c in comparisons}
        ).values_list("code", "name")
    )
    for one in comparisons:
        match = one.match
        identity = match.identity
        address = ""
        if identity is not None and identity.kind in ("actual", "target"):
            address = reverse(
                "trace",
                kwargs={
                    "unit": identity.organisation,
                    "indicator": identity.indicator,
                    "period": format_period(identity.period, "code"),
                },
            ) + ("?kind=target" if identity.kind == "target" else "")
        found[match.start, match.end] = Behind(
            match.title,
            names.get(match.organisation, match.organisation),
            format_period(match.period, language()) if match.period else "",
            one.shown,
            match.how,
            address,
            match.subject,
            match.text,
            match.indicator,
            [(c.identity.indicator, c.title) for c in match.candidates],
            match.is_certain,
        )
    return found


def _shown(
    one: SheetFinding,
    key: str,
    looked: checks.Looked,
    takeable: Mapping[str, SheetFinding],
    taken: set[str],
    behind: Mapping[tuple[int, int], Behind],
) -> Shown:
    return Shown(
        one,
        key,
        severity_word(one.severity, language()),
        area_word(one.area, language()),
        key in takeable,
        key in taken and key in takeable,
        behind.get((one.start, one.end)),
        looked.draft.text[one.start : one.end][:120],
    )


def _severities(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {
            "key": one,
            "word": severity_word(one, language()),
            "meaning": word(SEVERITY_MEANINGS[one], language()),
            "count": sheet.count(one),
        }
        for one in SEVERITIES
        if sheet.count(one)
    ]


def _areas(sheet: Sheet) -> list[tuple[str, str, int]]:
    counts: dict[str, int] = {}
    for one in sheet.findings:
        counts[one.area] = counts.get(one.area, 0) + 1
    return [(a, area_word(a, language()), counts[a]) for a in AREA_WORDS if a in counts]


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _back(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    anchor = request.POST.get("finding", "")
    address = reverse("check", kwargs={"unit": unit.code, "number": number})
    return redirect(address + (f"#f{anchor}" if anchor.isdecimal() else ""))


def accept(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    """Take a suggestion, all of them, or leave one again."""
    visit = request.visit  # type: ignore[attr-defined]
    found = checks.find(visit.actor, unit, str(number))
    if found is None:
        return not_found(request)
    keys = request.POST.getlist("key")
    if request.POST.get("all"):
        looked = checks.look(visit.actor, found, language())
        keys = list(checks.acceptable(looked.sheet))
    checks.accept(visit.actor, found, keys, is_taken=request.POST.get("taken", "1") == "1")
    return _back(request, unit, number)


def confirm(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    """Say which indicator a wording means."""
    visit = request.visit  # type: ignore[attr-defined]
    if checks.find(visit.actor, unit, str(number)) is None:
        return not_found(request)
    indicator = request.POST.get("indicator", "")
    actions.confirm_match(
        visit.actor,
        unit.code,
        request.POST.get("subject", ""),
        indicator,
        excerpt=request.POST.get("text", ""),
    )
    messages.success(
        request,
        say(
            "已记住这个口径，以后都按它核对。",
            "Remembered; drafts are held against it from now on.",
        ),
    )
    return _back(request, unit, number)


def silence(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    """Not to be told of a kind of finding any more."""
    visit = request.visit  # type: ignore[attr-defined]
    if checks.find(visit.actor, unit, str(number)) is None:
        return not_found(request)
    words = request.POST.get("words", "") if request.POST.get("only_these") else ""
    actions.silence(
        visit.actor,
        unit.code,
        request.POST.get("code", ""),
        reason=request.POST.get("reason", ""),
        words=words,
    )
    messages.success(
        request,
        say(
            "以后不再提示。可在“口径与停用”里恢复。",
            "It is not told any more. It can be heard again under “Confirmed and silenced”.",
        ),
    )
    return _back(request, unit, number)


def remove(request: HttpRequest, unit: Organisation, number: Any) -> HttpResponseBase:
    """Take a draft away."""
    visit = request.visit  # type: ignore[attr-defined]
    found = checks.find(visit.actor, unit, str(number))
    if found is None:
        return not_found(request)
    checks.remove(visit.actor, found)
    messages.success(request, say("已移除“{name}”。", "“{name}” was removed.", name=found.name))
    return redirect("checking", unit=unit.code)


# ── giving back ───────────────────────────────────────────────────────────────────────────────────────────────────────


def download(request: HttpRequest, unit: Organisation, number: Any, what: str) -> HttpResponseBase:
    """The draft with comments (comments), with suggestions in place (corrected), as it came (original), or the findings (json, page)."""
    visit = request.visit  # type: ignore[attr-defined]
    found = checks.find(visit.actor, unit, str(number))
    if found is None or what not in ("comments", "corrected", "original", "json", "page"):
        return not_found(request)
    stem = PurePath(found.name).stem
    checked = say("核对", "checked")
    if what == "comments":
        return _file(
            checks.commented(visit.actor, found, language()), f"{stem}-{checked}.docx", _WORD
        )
    if what == "original":
        return _file(checks.content_of(found), found.name, "application/octet-stream")
    if what == "corrected":
        content, suffix, _ = checks.corrected(visit.actor, found)
        kind = _WORD if suffix == ".docx" else "text/plain; charset=utf-8"
        return _file(content, f"{stem}-{say('改正', 'corrected')}{suffix}", kind)
    sheet = checks.look(visit.actor, found, language()).sheet
    if what == "json":
        return _file(
            orjson.dumps(sheet_document(sheet)), f"{stem}-{checked}.json", "application/json"
        )
    return _file(render_page(sheet).encode(), f"{stem}-{checked}.html", "text/html; charset=utf-8")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


# ── what the office has said ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Memory:
    """Confirmations and silences in force."""

    unit: Organisation
    confirmations: Sequence[
        tuple[Confirmation, str, bool]
    ]  #: entry, the indicator's title, whether this unit said it
    silences: Sequence[tuple[Silence, bool]]


def memory(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """What was confirmed and silenced; POST takes one back."""
    visit = request.visit  # type: ignore[attr-defined]
    if request.method == "POST":
        if request.POST.get("subject"):
            actions.withdraw_confirmation(visit.actor, unit.code, request.POST["subject"])
        else:
            actions.end_silence(
                visit.actor,
                unit.code,
                request.POST.get("code", ""),
                reason=request.POST.get("reason", ""),
                words=request.POST.get("words", ""),
            )
        messages.success(request, say("已收回。", "Taken back."))
        return redirect("checking-memory", unit=unit.code)
    catalogue = definitions().catalogue
    known = {**catalogue.parameters, **catalogue.indicators}
    context = Memory(
        unit,
        [
            (
                one,
                titled(known[one.indicator]) if one.indicator in known else one.indicator,
                one.organisation_id == unit.id,
            )
            for one in queries.confirmations(unit)
        ],
        [(one, one.organisation_id == unit.id) for one in queries.silences(unit)],
    )
    return page(request, "checking/memory.html", context)
