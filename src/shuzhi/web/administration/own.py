"""The page for an office's own definitions: bring files, see everything that is wrong with them, take them into force, withdraw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.administration import own_definitions
from shuzhi.apps.administration.actions import CHANGES_DEFINITIONS, require_everywhere
from shuzhi.apps.administration.own_definitions import Change, Checked, Version
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import AREA_WORDS
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.web.administration import words
from shuzhi.web.context import page
from shuzhi.web.words import Words, say, sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file, with where."""

    file: str
    line: int | None
    column: int | None
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A definition the draft changes."""

    change: Change
    kind: Words
    how: Words


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Own definitions: those in force, a draft being looked at, earlier versions."""

    versions: Sequence[Version]
    files: Sequence[str]
    areas: Sequence[tuple[str, str]]
    draft: Checked | None
    faults: Sequence[Fault]
    advice: Sequence[Fault]
    changes: Sequence[ChangeRow]
    passed: int
    failed: int
    typed: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    problems: Sequence[Problem] = ()

    @property
    def current(self) -> Version | None:
        """The version in force."""
        return next((v for v in self.versions if v.is_current), None)


def _fault(problem: Problem) -> Fault:
    place = problem.place
    bare = Problem(problem.code, problem.params, Place(), problem.severity)
    return Fault(place.file, place.line, place.column_number, place.path, sentence(bare))


def upload(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Bring definitions, look at what was found, decide."""
    visit = request.visit  # type: ignore[attr-defined]
    require_everywhere(visit.actor, CHANGES_DEFINITIONS)
    if request.method != "POST":
        return _own(request, number=request.GET.get("draft", ""))
    number, wanted = request.POST.get("draft", ""), request.POST.get("action", "bring")
    note = request.POST.get("note", "").strip()[:500]
    here = reverse("catalogue-upload", kwargs={"unit": unit.code})
    try:
        if wanted == "enforce":
            version = own_definitions.enforce(visit.actor, number, note=note)
            messages.success(request, say("版本 {version} 已生效，所有人下一次打开页面时就按它办。", "Version {version} is in force from everybody's next page on.", version=version))  # fmt: skip
            return redirect(here)
        if wanted == "discard":
            own_definitions.discard(visit.actor, number)
            messages.info(request, say("已丢弃，没有生效。", "Discarded; nothing was taken into force."))  # fmt: skip
            return redirect(here)
        if wanted == "withdraw":
            own_definitions.withdraw(visit.actor, to=request.POST.get("to", ""), note=note)
            messages.success(request, say("已撤回。", "Withdrawn."))
            return redirect(here)
        pasted, name = request.POST.get("text", ""), request.POST.get("name", "").strip()
        brought = [(f.name or "", f.read(own_definitions.LIMIT + 1)) for f in request.FILES.getlist("files")]  # fmt: skip
        if pasted.strip():
            brought.append((name if name.endswith((".yaml", ".yml")) else f"{name or 'own'}.yaml", pasted.replace("\r\n", "\n").encode()))  # fmt: skip
        fresh = own_definitions.bring(
            visit.actor,
            brought,
            area=request.POST.get("area", "") if request.POST.get("area", "") in AREA_WORDS else "",
            is_whole=bool(request.POST.get("is_whole")),
            without=request.POST.getlist("without"),
        )
    except ProblemsError as error:
        return _own(request, number=number, problems=error.problems, status=422)
    checked = own_definitions.check(visit.actor, fresh)
    if checked.is_sound:
        return redirect(f"{here}?draft={fresh}")
    return _own(request, number=fresh, status=422)


def _own(
    request: HttpRequest, *, number: str = "", problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    draft: Checked | None = None
    if number:
        try:
            draft = own_definitions.check(visit.actor, number)
        except ProblemsError as error:
            problems, status = [*problems, *error.problems], 422
    passed = sum(c.passed for c in draft.cases) if draft else 0
    known = {sentence(p) for p in draft.problems} if draft else set()
    context = OwnPage(
        own_definitions.versions(),
        own_definitions.own_files(),
        [(key, words.area_title(key)) for key in AREA_WORDS],
        draft,
        [_fault(p) for p in draft.problems] if draft else [],
        [_fault(p) for p in draft.advice] if draft else [],
        [ChangeRow(c, words.KINDS[c.kind], words.CHANGES[c.how]) for c in draft.changes]
        if draft
        else [],
        passed,
        len(draft.cases) - passed if draft else 0,
        {k: request.POST.get(k, "") for k in ("text", "name", "area", "note", "is_whole", "to")},
        request.POST.getlist("without"),
        # what stands in the list of faults is not said twice
        [p for p in problems if sentence(p) not in known],
    )
    return page(request, "administration/own_definitions.html", context, status)


def version_file(request: HttpRequest, unit: Organisation, version: str) -> HttpResponse:
    """A version's files as one zip."""
    require_everywhere(request.visit.actor, CHANGES_DEFINITIONS)  # type: ignore[attr-defined]
    content = own_definitions.archive_of(version)
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="shuzhi-definitions-{version}.zip"'},
    )
