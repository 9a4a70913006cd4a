"""Pages of the organisation tree: look, add, rename, move, close, merge, split, and bring units from a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from shuzhi.apps.administration import splitting, units
from shuzhi.apps.administration.splitting import Dividing, Outcome, Rule
from shuzhi.apps.administration.units import Branch, Placed, Weight
from shuzhi.apps.audit.actions import today
from shuzhi.apps.jobs import uploads
from shuzhi.apps.organisations.actions import LEVELS, open_units
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.formatting import format_date
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.exchange.organisations import read_units
from shuzhi.web.administration import words
from shuzhi.web.context import page
from shuzhi.web.words import Words, say

_PARTS = 6  #: new units a form has room for
_SHOWN = 300  #: rows of a file that are shown before it is taken
_PURPOSE = "units"


# ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TreePage:
    """A unit with those right below, or what a search found."""

    unit: Organisation
    branches: Sequence[Branch]
    found: Sequence[Organisation]
    text: str
    levels: Sequence[tuple[str, Words]]  #: a unit below may have
    today: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    @property
    def is_open(self) -> bool:
        """Whether units may be added below."""
        return not self.unit.closed_on and self.unit.merged_into_id is None


@dataclass(frozen=True, slots=True)
class BranchesPage:
    """The units right below one, as a piece of the tree."""

    unit: Organisation
    branches: Sequence[Branch]


def _levels_below(unit: Organisation) -> list[tuple[str, Words]]:
    return [(k, words.LEVELS[k]) for k in LEVELS[LEVELS.index(unit.level) + 1 :]]


def tree(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """The tree below a unit; a form opens a new one."""
    visit = request.visit  # type: ignore[attr-defined]
    typed: Mapping[str, str] = {}
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        typed = {k: request.POST.get(k, "").strip()[:160] for k in ("code", "name", "level", "on")}
        try:
            made = units.add(
                visit.actor,
                unit,
                code=typed["code"],
                name=typed["name"],
                level=typed["level"],
                on=_day(typed["on"]),
            )
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(
                request, say("已开设“{name}”。", "“{name}” was opened.", name=made.name)
            )
            return redirect("organisations", unit=unit.code)
    text = request.GET.get("q", "").strip()[:80]
    found = units.find_units(unit, text) if text else []
    context = TreePage(unit, units.children(unit), found, text, _levels_below(unit), today(), typed, problems)  # fmt: skip
    return page(request, "administration/organisations.html", context, 422 if problems else 200)


def branches(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """The units right below, when a branch is opened."""
    return page(request, "administration/branches.html", BranchesPage(unit, units.children(unit)))


def _day(text: str) -> str:
    return format_date(text, "code") if text else ""


# ── one unit ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit: what it is, what hangs on it, its history, and what can be done."""

    unit: Organisation
    level: Words
    weight: Weight
    below: int
    placements: Sequence[Placed]
    superiors: Sequence[Organisation]
    today: str
    asked: str = ""  #: the form that was sent
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    @property
    def is_open(self) -> bool:
        """Whether it can still change."""
        return not self.unit.closed_on and self.unit.merged_into_id is None


def unit_page(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """One unit; rename, move or close it."""
    visit = request.visit  # type: ignore[attr-defined]
    if request.method == "POST":
        asked = request.POST.get("action", "")
        typed = {
            k: request.POST.get(k, "").strip()[:200] for k in ("name", "parent", "on", "reason")
        }
        ways: Mapping[str, Callable[[], Organisation]] = {
            "rename": lambda: units.rename(visit.actor, unit, name=typed["name"], reason=typed["reason"]),
            "move": lambda: units.move(visit.actor, unit, parent=typed["parent"], reason=typed["reason"]),
            "close": lambda: units.close(visit.actor, unit, on=_day(typed["on"]), reason=typed["reason"]),
        }  # fmt: skip
        if asked in ways:
            try:
                changed = ways[asked]()
            except ProblemsError as error:
                return _unit(request, unit, asked, typed, error.problems)
            done = {
                "rename": say("已改名为“{name}”。", "Renamed to “{name}”.", name=changed.name),
                "move": say("“{name}”已改属。", "“{name}” was moved.", name=changed.name),
                "close": say("“{name}”已关闭。", "“{name}” is closed.", name=changed.name),
            }
            messages.success(request, done[asked])
            return redirect("organisation", unit=changed.code)
    return _unit(request, unit)


def _unit(
    request: HttpRequest,
    unit: Organisation,
    asked: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    (weight,) = units.weights([unit])
    context = UnitPage(
        unit,
        words.LEVELS[unit.level],
        weight,
        len(units.children(unit)),
        units.placements(unit),
        units.possible_superiors(unit, visit.actor),
        today(),
        asked,
        typed or {},
        problems,
    )
    return page(request, "administration/organisation.html", context, 422 if problems else 200)


# ── merging ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MergePage:
    """Merging units below one superior: choose, look what happens, do it."""

    unit: Organisation
    choices: Sequence[Organisation]
    chosen: Sequence[str]
    into: str
    code: str
    name: str
    on: str
    reason: str
    preview: Sequence[Weight] = ()
    successor: str = ""
    problems: Sequence[Problem] = ()


def merge(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Merge units below `unit`, with a look at what happens before it is done."""
    visit = request.visit  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else request.GET
    choices = [b.unit for b in units.children(unit) if not b.unit.closed_on and b.unit.merged_into_id is None]  # fmt: skip
    known = {u.code: u for u in choices}
    chosen = [c for c in data.getlist("unit") if c in known]
    into = data.get("into", "")
    code, name = data.get("code", "").strip()[:20], data.get("name", "").strip()[:80]
    successor = known[into].name if into in known else name
    given = (unit, choices, chosen, into, code, name, data.get("on", "") or today(), data.get("reason", ""))  # fmt: skip
    if request.method != "POST":
        return page(request, "administration/merge.html", MergePage(*given))
    target = into if into in known else code
    family = [known[c] for c in dict.fromkeys([*chosen, *([into] if into in known else [])])]
    try:
        problems = []
        if len(family) < 2:
            problems.append(Problem("ORG_010"))
        if not target or not successor:
            problems.append(Problem("ORG_007", {}))
        if problems:
            raise ProblemsError(problems)
        if request.POST.get("action") != "merge":
            context = MergePage(*given, units.weights(family), successor)
            return page(request, "administration/merge.html", context)
        made = units.merge(
            visit.actor,
            [u.code for u in family if u.code != target],
            into=target,
            name="" if into in known else name,
            on=_day(data.get("on", "").strip()),
            reason=data.get("reason", ""),
        )
    except ProblemsError as error:
        shown = units.weights(family) if request.POST.get("action") == "merge" else ()
        context = MergePage(*given, shown, successor, error.problems)
        return page(request, "administration/merge.html", context, 422)
    messages.success(request, say("已合并为“{name}”。", "Merged into “{name}”.", name=made.name))
    return redirect("organisation", unit=made.code)


# ── splitting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """A new unit a split makes."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SplitPage:
    """Splitting a unit: the new units, how its records are divided, what comes of it."""

    unit: Organisation
    parts: Sequence[Part]
    fields: Sequence[Dividing]
    field: Dividing | None
    rows: int
    choices: Mapping[str, str]
    rest: str
    on: str
    reason: str
    outcome: Sequence[Outcome] = ()
    left: int = 0
    problems: Sequence[Problem] = ()
    is_leaf: bool = True

    @property
    def named(self) -> Sequence[Part]:
        """The parts that were written."""
        return [p for p in self.parts if p.code or p.name]


def split(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Split a unit, with a look at what each part would get."""
    visit = request.visit  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else request.GET
    parts = [
        Part(data.get(f"code{n}", "").strip()[:20], data.get(f"name{n}", "").strip()[:80])
        for n in range(1, _PARTS + 1)
    ]
    rows = splitting.rows_of(unit)
    fields = splitting.dividing_fields(rows)
    wanted = data.get("field", "")
    chosen = next((f for f in fields if f.key == wanted), None)
    codes = [p.code for p in parts if p.code]
    choices = {
        value: data.get(f"value{n}", "")
        for n, (value, _) in enumerate(chosen.values if chosen else ())
    }
    rest = data.get("rest", "")
    on, reason = data.get("on", "") or today(), data.get("reason", "")
    rules = [Rule(wanted, value, part) for value, part in choices.items() if part in codes]
    problems: Sequence[Problem] = ()
    outcome: Sequence[Outcome] = ()
    left = 0
    is_leaf = True
    try:
        units.require_leaf(unit)
    except ProblemsError as error:
        problems, is_leaf = error.problems, False
    action = request.POST.get("action", "")
    if request.method == "POST" and is_leaf and action in ("preview", "split"):
        try:
            named = [p for p in parts if p.code or p.name]
            wrong = [Problem("ORG_007", {}) for p in named if not (p.code and p.name)]
            if len(named) < 2:
                wrong.append(Problem("ORG_010"))
            if wrong:
                raise ProblemsError(wrong)
            assignment = splitting.assign(rows, rules, rest if rest in codes else "")
            outcome = splitting.outcome(rows, assignment, codes)
            left = sum(o.left for o in outcome)
            if action == "split":
                moved = units.split(
                    visit.actor,
                    unit,
                    [{"code": p.code, "name": p.name} for p in named],
                    rules,
                    rest if rest in codes else "",
                    on=_day(on),
                    reason=reason,
                )
                messages.success(request, say("已拆分，划转 {n} 条记录。", "Split; {n} records given over.", n=moved))  # fmt: skip
                superior = unit.parent.code if unit.parent else unit.code
                return redirect("organisations", unit=superior)
        except ProblemsError as error:
            problems = error.problems
    context = SplitPage(
        unit, parts, fields, chosen, len(rows), choices, rest, on, reason, outcome, left, problems, is_leaf
    )  # fmt: skip
    is_refused = request.method == "POST" and bool(problems)
    return page(request, "administration/split.html", context, 422 if is_refused else 200)


# ── from a file ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FileRow:
    """A unit as a file has it."""

    code: str
    name: str
    level: str
    parent: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class UnitsFilePage:
    """Units from a file: what would be opened, before it is."""

    unit: Organisation
    number: str = ""
    name: str = ""
    rows: Sequence[FileRow] = ()
    fresh: int = 0
    present: int = 0
    rest: int = 0
    problems: Sequence[Problem] = ()


def units_file(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Bring units from a workbook or CSV: look first, then open them."""
    visit = request.visit  # type: ignore[attr-defined]
    if request.method != "POST":
        return page(request, "administration/units_file.html", UnitsFilePage(unit))
    number, name = request.POST.get("number", ""), ""
    try:
        if number:
            upload = uploads.get(visit.actor, number, _PURPOSE)
        else:
            brought = request.FILES.get("file")
            if brought is None:
                raise ProblemsError([Problem("JOB_007", {"name": "—"})])
            upload = uploads.keep(visit.actor, _PURPOSE, unit, brought.name or "", brought.chunks())
        name = upload.name
        rows = _read(uploads.path_of(upload.digest), name)
        if number:
            opened = open_units(visit.actor, rows, file=name)
            uploads.finish(upload, {"opened": len(opened)})
            messages.success(
                request, say("新开设 {n} 个单位。", "{n} units opened.", n=len(opened))
            )
            return redirect("organisations", unit=unit.code)
    except ProblemsError as error:
        context = UnitsFilePage(unit, "", name, problems=error.problems)
        return page(request, "administration/units_file.html", context, 422)
    problems = _outside(rows, unit, name)
    codes = [r.get("code", "") for r in rows]
    known = set(Organisation.objects.filter(code__in=codes).values_list("code", flat=True))
    shown = [
        FileRow(
            r.get("code", ""),
            r.get("name", ""),
            str(words.LEVELS.get(r.get("level", ""), r.get("level", ""))),
            r.get("parent", ""),
            r.get("code", "") not in known,
        )
        for r in rows
    ]
    fresh = sum(r.is_new for r in shown)
    context = UnitsFilePage(
        unit, upload.number, name, shown[:_SHOWN], fresh, len(shown) - fresh, max(len(shown) - _SHOWN, 0), problems
    )  # fmt: skip
    return page(request, "administration/units_file.html", context, 422 if problems else 200)


def _read(path: Path, name: str) -> list[dict[str, str]]:
    """The rows of a kept file, read under the name it had, because the ending says what it is."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / Path(name).name
        named.write_bytes(path.read_bytes())
        return read_units(named)


def _outside(rows: Sequence[Mapping[str, str]], unit: Organisation, name: str) -> list[Problem]:
    """Rows whose superior is neither in the file nor below the unit of the page."""
    codes = {r.get("code", "") for r in rows}
    wanted = {r.get("parent", "") for r in rows} - codes
    inside = set(
        Organisation.objects.filter(code__in=wanted, path__startswith=unit.path).values_list(
            "code", flat=True
        )
    )
    present = set(Organisation.objects.filter(code__in=codes).values_list("code", flat=True))
    return [
        Problem("ORG_004", {"code": r.get("code", ""), "parent": r.get("parent", "")}, Place(file=name, row=n))
        for n, r in enumerate(rows, 2)
        if r.get("code") not in present and r.get("parent", "") not in codes | inside
    ]  # fmt: skip
