"""Reading jobs: one's own, and those at units one administers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shuzhi.apps.jobs import pulse
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.registry import find_kind
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed
from shuzhi.core.definitions import Text
from shuzhi.core.problems import Place, Problem, ProblemsError

STATES = ("waiting", "running", "done", "failed", "cancelled")
ADMINISTERS = "organisation.change"  #: who may, sees and stops the jobs of others at the unit


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a page shows it."""

    number: str
    kind: str
    title: Text
    organisation: Organisation | None
    actor: str
    params: Mapping[str, Any]
    state: str
    stage: Text | None
    done: int
    total: int  #: 0: not known
    result: Mapping[str, Any]
    at: str
    started: str
    ended: str
    is_cancel_wanted: bool = False
    problems: Sequence[Problem] = field(default_factory=tuple)

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return self.state in ("done", "failed", "cancelled")


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """A problem as it is kept with a job."""
    place = problem.place
    kept = {
        "file": place.file, "sheet": place.sheet, "row": place.row, "column": place.column,
        "column_number": place.column_number, "line": place.line, "path": place.path,
    }  # fmt: skip
    return {
        "code": problem.code,
        "params": {k: v if isinstance(v, int | str) else str(v) for k, v in problem.params.items()},
        "place": {k: v for k, v in kept.items() if v not in ("", None)},
        "severity": problem.severity,
    }


def problem_from_json(kept: Mapping[str, Any]) -> Problem:
    """The problem again."""
    return Problem(kept["code"], kept["params"], Place(**kept["place"]), kept["severity"])


def view_of(job: Job) -> JobView:
    """A job with its progress, wherever that is written."""
    kind, now = find_kind(job.kind), pulse.read(job)
    return JobView(
        job.number,
        job.kind,
        kind.title if kind else Text(job.kind, job.kind),
        job.organisation,
        job.actor,
        job.params,
        job.state,
        kind.stages.get(now.stage) if kind else None,
        now.done,
        now.total,
        job.result,
        job.at,
        job.started,
        job.ended,
        job.state == "running" and pulse.is_cancel_wanted(job),
        [problem_from_json(p) for p in job.problems],
    )


def may_see(actor: Actor, job: Job | JobView) -> bool:
    """One's own, or at a unit one administers."""
    if job.actor == actor.name:
        return True
    return job.organisation is not None and is_allowed(actor, ADMINISTERS, job.organisation.path)


def get_job(actor: Actor, number: str) -> JobView:
    """One job. Raises ProblemsError JOB_003 when there is none, or none this actor may know of."""
    job = Job.objects.select_related("organisation").filter(number=str(number)).first()
    if job is None or not may_see(actor, job):
        raise ProblemsError([Problem("JOB_003", {"number": str(number)})])
    return view_of(job)


def jobs_of(actor: Actor, limit: int = 20) -> list[JobView]:
    """One's own jobs, latest first."""
    found = Job.objects.select_related("organisation").filter(actor=actor.name)
    return [view_of(one) for one in found.order_by("-at")[:limit]]


def jobs_at(
    organisation: Organisation, *, state: str = "", before: str = "", limit: int = 50
) -> list[JobView]:
    """Jobs of a unit and the units below it, latest first; for who administers it.

    Args:
        state: only jobs in this state.
        before: only jobs asked for before this instant (of the last one of the page before).
        limit: how many at most.
    """
    found = Job.objects.select_related("organisation").filter(
        organisation__path__startswith=organisation.path
    )
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(at__lt=before)
    return [view_of(one) for one in found.order_by("-at")[:limit]]
