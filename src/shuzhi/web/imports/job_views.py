"""The page of a job: how far it is, whether or not the page was reloaded or left meanwhile, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from shuzhi.apps.jobs import actions, queries
from shuzhi.core.problems import ProblemsError
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, say, sentence

#: what a result's numbers are called
NUMBERS = {
    "created": Words("新增", "new"),
    "revised": Words("更正", "revised"),
    "unchanged": Words("未变", "unchanged"),
    "approved": Words("通过", "approved"),
    "passed_over": Words("没有办（本人所记、账册未开等）", "passed over (own records, books not open)"),
    "files": Words("文件", "files"),
    "records": Words("记录", "records"),
    "findings": Words("疑点", "findings"),
}  # fmt: skip
STATES = {
    "waiting": Words("排队中", "waiting"),
    "running": Words("进行中", "running"),
    "done": Words("已完成", "done"),
    "failed": Words("没有办成", "failed"),
    "cancelled": Words("已取消", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job as its page shows it."""

    job: queries.JobView
    state: Words
    percent: int | None
    numbers: Sequence[tuple[Words, int]]
    address: str  #: of the result
    problems: Sequence[str]
    is_mine: bool
    back: str  #: where its person works


def _address(job: queries.JobView) -> str:
    name = job.result.get("page")
    if job.state != "done" or not name:
        return ""
    try:
        return reverse(str(name), kwargs=dict(job.result.get("address", {})))
    except NoReverseMatch:
        return ""


def _context(request: HttpRequest, job: queries.JobView) -> JobPage:
    visit = request.visit  # type: ignore[attr-defined]
    unit = job.organisation or visit.home
    return JobPage(
        job,
        STATES[job.state],
        min(100, job.done * 100 // job.total) if job.total else None,
        [(words, int(job.result[k])) for k, words in NUMBERS.items() if isinstance(job.result.get(k), int)],
        _address(job),
        [sentence(p) for p in job.problems[:200]],
        job.actor == visit.actor.name,
        reverse("workbench", kwargs={"unit": unit.code}) if unit is not None else reverse("start"),
    )  # fmt: skip


def job(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """How far a job is; reloads itself until it is over."""
    try:
        found = queries.get_job(request.visit.actor, str(number))  # type: ignore[attr-defined]
    except ProblemsError:
        return not_found(request)
    context = _context(request, found)
    if request.htmx:  # type: ignore[attr-defined]
        return page(request, "imports/job_state.html", context)
    return page(request, "imports/job.html", context)


def cancel(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """Stop a job."""
    try:
        found = actions.cancel(request.visit.actor, str(number))  # type: ignore[attr-defined]
    except ProblemsError as error:
        if any(p.code == "JOB_003" for p in error.problems):
            return not_found(request)
        messages.warning(request, sentence(error.problems[0]))
    else:
        told = (
            say("已取消，没有写入任何内容。", "Stopped; nothing was written.")
            if found.state == "cancelled"
            else say("正在停下。", "Stopping.")
        )
        messages.success(request, told)
    return redirect("job", number=number)
