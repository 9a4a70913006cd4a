"""Checking many drafts in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.apps.checking import checks
from shuzhi.apps.checking.models import Check
from shuzhi.apps.checking.reports import sign_report
from shuzhi.apps.jobs.registry import JobContext, job
from shuzhi.core.definitions import Text


@job("checking.run", Text("核对稿子", "check drafts"), repeatable=True)
def run_checks(context: JobContext) -> Mapping[str, Any]:
    """Check the drafts named in ``numbers``; one that cannot be read does not stop the others."""
    numbers = list(context.params["numbers"])
    assert context.organisation is not None
    waiting = {
        one.number: one
        for one in Check.objects.select_related("organisation").filter(
            number__in=numbers, organisation=context.organisation, state="waiting"
        )
    }
    for done, number in enumerate(numbers):
        context.progress(done, len(numbers))
        if number in waiting:
            checks.run(context.actor, waiting[number])
    context.progress(len(numbers), len(numbers))
    return {"page": "checking", "address": {"unit": context.organisation.code}}


@job(
    "report.sign",
    Text("签发报告", "signing of a report"),
    stages={"trace": Text("查每个数的来源", "tracing every figure")},
)
def sign(context: JobContext) -> Mapping[str, Any]:
    """Sign a report whose files take long to make."""
    number = str(context.params["report"])
    sign_report(
        context.actor,
        number,
        int(context.params["version"]),
        reason=str(context.params.get("reason", "")),
        tell=lambda done, total: context.progress(done, total, "trace"),
    )
    assert context.organisation is not None
    return {"page": "report", "address": {"unit": context.organisation.code, "number": number}}
