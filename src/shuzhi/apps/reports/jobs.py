"""Files of large reports, made in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.apps.jobs.registry import JobContext, hourly, job
from shuzhi.apps.people.permissions import require
from shuzhi.apps.reports import signing
from shuzhi.apps.reports.actions import lock_free_report
from shuzhi.apps.reports.versions import get_version, text_of_version
from shuzhi.core.definitions import Text

STAGES = {"trace": Text("查每个数的来源", "tracing every figure")}


@job("report.file", Text("生成报告文件", "file of a report"), stages=STAGES, repeatable=True)
def make_file(context: JobContext) -> Mapping[str, Any]:
    """Make a version's file, so that the next download has it at once."""
    report = lock_free_report(str(context.params["report"]))
    unit = report.organisation
    require(context.actor, "figure.read", unit.path, unit.name)
    version, kind = int(context.params["version"]), str(context.params["kind"])
    text = text_of_version(get_version(report, version))
    signing.prepare_files(
        report, text, [kind], lambda done, total: context.progress(done, total, "trace")
    )
    address = {"unit": unit.code, "number": report.number, "version": version, "kind": kind}
    return {"page": "report-file", "address": address}


hourly(signing.forget_prepared)
