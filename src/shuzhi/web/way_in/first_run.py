"""The set-up of a new office in the browser: its units, its first administrator, or the demonstration county to try things out.

Everything is kept in the session until the last step writes it in one transaction. A browser on another machine needs the code from
the terminal; when the office is there these addresses answer 404.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.jobs.queries import JobView, get_job
from shuzhi.apps.organisations.actions import LEVELS
from shuzhi.apps.people import set_up, signing_in
from shuzhi.apps.people.models import Account
from shuzhi.apps.people.passwords import password_problems
from shuzhi.apps.people.queries import get_actor
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.divisions import Division, find_divisions, is_installed, units_of
from shuzhi.exchange.organisations import read_units
from shuzhi.web.context import page
from shuzhi.web.jobs import DEMONSTRATION, folder
from shuzhi.web.problems import not_found
from shuzhi.web.way_in.setup_code import is_right
from shuzhi.web.way_in.visitors import client_address, is_same_machine
from shuzhi.web.words import Words, say

LEVEL_WORDS: Mapping[str, Words] = {
    "province": Words("省", "Province"), "prefecture": Words("市", "Prefecture"), "county": Words("县", "County"),
    "township": Words("乡镇", "Township"), "village": Words("村", "Village"), "group": Words("组", "Group"),
}  # fmt: skip
_OWN_LEVELS = ("county", "township", "village")
_STATE = "setup"
_SHOWN = 400  #: units shown in the list before they are opened
#: a unit typed on a line: its name with its code before or behind it, whatever stands between
_LINE = re.compile(r"(\d{12,14})?[\s,\uff0c\u3001]*(.+?)[\s,\uff0c\u3001]*(\d{12,14})?")
_LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Step 1: where the units come from."""

    needs_code: bool = False
    code_problems: Sequence[Problem] = ()
    is_migrated: bool = True
    has_list: bool = False
    search: str = ""
    found: Sequence[tuple[Division, Words]] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    levels: Sequence[tuple[str, Words]] = ()
    problems: Sequence[Problem] = ()
    way: str = ""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Divisions that fit what was typed."""

    search: str
    found: Sequence[tuple[Division, Words]]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that will be opened."""

    code: str
    name: str
    level: Words
    depth: int


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """Step 2: look the units over."""

    rows: Sequence[UnitRow]
    total: int
    rest: int
    counts: Sequence[tuple[Words, int]]
    source: str


@dataclass(frozen=True, slots=True)
class AdministratorPage:
    """Step 3: the first administrator."""

    unit: str
    is_demonstration: bool
    name: str = ""
    display: str = ""
    name_problems: Sequence[Problem] = ()
    password_problems: Sequence[Problem] = ()
    again_problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class DonePage:
    """Step 4: done."""

    name: str
    unit: str
    units: int
    job: JobView | None
    accounts: Sequence[str]


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────────────


View = Callable[[HttpRequest], HttpResponseBase]


def _state(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(_STATE, {})
    return found


def _keep(request: HttpRequest, **values: Any) -> None:
    request.session[_STATE] = _state(request) | values


def _while_empty(view: View) -> View:
    """404 once there is an office; back to the beginning for whoever has not given the code."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if set_up.is_set_up():
            return not_found(request)
        if view.__name__ != "choose" and not _is_let_in(request):
            return redirect("setup")
        return view(request)

    return guarded


def _is_let_in(request: HttpRequest) -> bool:
    if not set_up.is_migrated():
        return False
    return is_same_machine(request) or bool(_state(request).get("let_in"))


# ── step 1: units ─────────────────────────────────────────────────────────────────────────────────────────────────────


@_while_empty
def choose(request: HttpRequest) -> HttpResponseBase:
    """Where the units come from: the national list, a file, typing, or the demonstration."""
    if not set_up.is_migrated():
        return page(request, "way_in/setup.html", ChoosePage(is_migrated=False), status=503)
    if request.method == "POST" and "code" in request.POST and not _is_let_in(request):
        return _let_in(request)
    if not _is_let_in(request):
        return page(request, "way_in/setup.html", ChoosePage(needs_code=True))
    if request.method != "POST":
        return _choice(request)
    way = request.POST.get("way", "")
    try:
        if way == "demonstration":
            _keep(request, way=way, units=[], source="")
            return redirect("setup-administrator")
        rows, source = _WAYS[way](request) if way in _WAYS else ([], "")
        set_up.check_units(rows, source)
    except ProblemsError as error:
        return _choice(request, way=way, problems=error.problems, status=422)
    _keep(request, way=way, units=rows, source=source)
    return redirect("setup-units")


def _let_in(request: HttpRequest) -> HttpResponseBase:
    address = client_address(request)
    until = signing_in.locked_until("", address)
    problem = Problem("PEOPLE_021", {"until": f"{until:%H:%M}"}) if until is not None else None
    if problem is None and is_right(request.POST.get("code", "")):
        _keep(request, let_in=True)
        return redirect("setup")
    if problem is None:
        signing_in.count_address(address)
        problem = Problem("PEOPLE_025")
    shown = ChoosePage(needs_code=True, code_problems=[problem])
    return page(request, "way_in/setup.html", shown, status=422)


def _choice(
    request: HttpRequest, way: str = "", problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    return page(
        request,
        "way_in/setup.html",
        ChoosePage(
            has_list=is_installed(settings.DIVISIONS),
            search=search,
            found=_found(search),
            typed=request.POST.dict() if way == "typed" else {"level": "township"},
            levels=[(level, LEVEL_WORDS[level]) for level in _OWN_LEVELS],
            problems=problems,
            way=way,
        ),
        status=status,
    )


def _found(search: str) -> list[tuple[Division, Words]]:
    if not search or not is_installed(settings.DIVISIONS):
        return []
    return [(one, LEVEL_WORDS[one.level]) for one in find_divisions(settings.DIVISIONS, search)]


@_while_empty
def divisions(request: HttpRequest) -> HttpResponseBase:
    """The divisions that fit, for the list below the search field."""
    search = request.GET.get("q", "").strip()
    return page(request, "way_in/setup_found.html", FoundPage(search, _found(search)))


def _from_list(request: HttpRequest) -> tuple[list[dict[str, str]], str]:
    code = request.POST.get("division", "")
    if not is_installed(settings.DIVISIONS) or not re.fullmatch(r"\d{12}", code):
        return [], ""
    return units_of(settings.DIVISIONS, code), ""


def _from_file(request: HttpRequest) -> tuple[list[dict[str, str]], str]:
    given = request.FILES.get("file")
    if given is None:
        raise ProblemsError(
            [Problem("CLI_003", {"file": say("（没有选择文件）", "(no file chosen)")})]
        )
    name = Path(given.name or "units").name
    if given.size is not None and given.size > _LARGEST:
        params = {"name": name, "size": given.size // 2**20, "limit": _LARGEST // 2**20}
        raise ProblemsError([Problem("ATTACH_001", params)])
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / f"units{Path(name).suffix.lower()}"
        path.write_bytes(given.read())
        return read_units(path), name


def _typed(request: HttpRequest) -> tuple[list[dict[str, str]], str]:
    level, name = request.POST.get("level", ""), request.POST.get("name", "").strip()
    code = request.POST.get("code_of_unit", "").strip()
    if level not in _OWN_LEVELS:
        raise ProblemsError(
            [Problem("ORG_005", {"found": level, "levels": ", ".join(_OWN_LEVELS)})]
        )
    if not re.fullmatch(r"\d{12}", code):
        level_name = str(LEVEL_WORDS[level])
        raise ProblemsError([Problem("OFFICE_009", {"code": code, "level": level_name})])
    rows = [{"code": code, "name": name, "level": level, "parent": ""}]
    below = LEVELS[LEVELS.index(level) + 1]
    for number, line in enumerate(
        filter(None, map(str.strip, request.POST.get("below", "").splitlines()))
    ):
        found = _LINE.fullmatch(line)
        given = (found[1] or found[3]) if found else None
        rows.append(
            {
                "code": given or _next_code(code, below, number),
                "name": found[2].strip() if found else line,
                "level": below,
                "parent": code,
            }
        )
    return rows, ""


def _next_code(parent: str, level: str, number: int) -> str:
    """A code as statistics number them: townships from 100, villages from 201, groups from 01."""
    if level == "township":
        return f"{parent[:6]}{100 + number:03d}000"
    return f"{parent[:9]}{201 + number:03d}" if level == "village" else f"{parent}{1 + number:02d}"


_WAYS: Mapping[str, Callable[[HttpRequest], tuple[list[dict[str, str]], str]]] = {
    "list": _from_list, "file": _from_file, "typed": _typed,
}  # fmt: skip


@_while_empty
def template(request: HttpRequest) -> HttpResponseBase:
    """A CSV file to fill in."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    rows = Words(
        "代码,名称,级别,上级代码\n990101100000,示范镇,乡镇,\n990101100201,甲村,村,990101100000\n990101100202,乙村,村,990101100000",
        "code,name,level,parent\n990101100000,First Township,township,\n990101100201,First Village,village,990101100000\n990101100202,Second Village,village,990101100000",
    )  # fmt: skip
    writer.writerows(line.split(",") for line in str(rows).split("\n"))
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="units.csv"'},
    )


# ── step 2: look them over ────────────────────────────────────────────────────────────────────────────────────────────


@_while_empty
def units(request: HttpRequest) -> HttpResponseBase:
    """The units that will be opened."""
    state = _state(request)
    rows: list[dict[str, str]] = state.get("units", [])
    if not rows:
        return redirect("setup")
    if request.method == "POST":
        return redirect("setup-administrator")
    top = LEVELS.index(next(r["level"] for r in rows if not r["parent"]))
    levels = [row["level"] for row in rows]
    shown = [
        UnitRow(r["code"], r["name"], LEVEL_WORDS[r["level"]], LEVELS.index(r["level"]) - top)
        for r in rows[:_SHOWN]
    ]
    counts = [(LEVEL_WORDS[level], levels.count(level)) for level in LEVELS if level in levels]
    rest = max(len(rows) - _SHOWN, 0)
    return page(
        request,
        "way_in/setup_units.html",
        UnitsPage(shown, len(rows), rest, counts, state.get("source", "")),
    )


# ── step 3: the first administrator ───────────────────────────────────────────────────────────────────────────────────


@_while_empty
@sensitive_post_parameters("password", "again")
def administrator(request: HttpRequest) -> HttpResponseBase:
    """Name and password of the first administrator; then everything is written."""
    state = _state(request)
    is_demonstration = state.get("way") == "demonstration"
    rows: list[dict[str, str]] = state.get("units", [])
    if not rows and not is_demonstration:
        return redirect("setup")
    unit = say("示例县", "the demonstration county")
    if not is_demonstration:
        unit = next(r["name"] for r in rows if not r["parent"])
    if request.method != "POST":
        return page(
            request, "way_in/setup_administrator.html", AdministratorPage(unit, is_demonstration)
        )
    name = request.POST.get("name", "").strip()
    display, password = request.POST.get("display", "").strip(), request.POST.get("password", "")
    problems = password_problems(password, name, display)
    if password != request.POST.get("again", ""):
        problems.append(Problem("PEOPLE_016"))
    if not name:
        problems.append(Problem("PEOPLE_003", {"name": name}))
    try:
        if problems:
            raise ProblemsError(problems)
        if is_demonstration:
            number = _demonstrate(name, display, password)
        else:
            set_up.set_up(rows, name, display, password, state.get("source", ""))
            number = ""
    except ProblemsError as error:
        by = {"PEOPLE_003": 0, "PEOPLE_016": 2}
        shown: list[list[Problem]] = [[], [], []]
        for problem in error.problems:
            shown[by.get(problem.code, 1)].append(problem)
        again = AdministratorPage(unit, is_demonstration, name, display, *shown)
        return page(request, "way_in/setup_administrator.html", again, status=422)
    request.session[_STATE] = {"done": name, "unit": unit, "count": len(rows), "job": number}
    return redirect("setup-progress")


def _demonstrate(name: str, display: str, password: str) -> str:
    """Make the demonstration county with the administrator added, and ask for its data; the number of the job."""
    from shuzhi.demo import world
    from shuzhi.demo.office import make_office

    if Account.objects.filter(name=name).exists():
        raise ProblemsError([Problem("PEOPLE_003", {"name": name})])
    make_office(folder())
    administrator = set_up.add_administrator(name, display, password, world.COUNTY)
    set_up.share_password(administrator)
    return str(jobs.start(get_actor(name), DEMONSTRATION, world.COUNTY).number)


# ── step 4: done ──────────────────────────────────────────────────────────────────────────────────────────────────────


def progress(request: HttpRequest) -> HttpResponseBase:
    """Done; how far the demonstration is. Only for the browser that set the office up."""
    state = _state(request)
    name = state.get("done", "")
    if not name:
        return not_found(request)
    job = get_job(get_actor(name), state["job"]) if state.get("job") else None
    others = Account.objects.exclude(name=name).filter(is_system=False).order_by("id")
    accounts = list(others.values_list("name", flat=True)) if job is not None else []
    shown = DonePage(name, state["unit"], state["count"], job, accounts)
    return page(request, "way_in/setup_done.html", shown)
