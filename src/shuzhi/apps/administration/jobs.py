"""Backups in the background: making one, and putting one back."""

from __future__ import annotations

from typing import Any

from shuzhi.apps.administration import actions
from shuzhi.apps.jobs.registry import JobContext, job
from shuzhi.core.definitions import Text

_STAGES = {
    "write": Text("正在写入备份", "Writing the backup"),
    "check": Text("正在逐个核对文件", "Checking every file"),
}


@job("backup.make", Text("备份", "Backup"), stages=_STAGES, repeatable=True)
def make(context: JobContext) -> dict[str, Any]:
    """Back up the office."""
    made = actions.make_backup(
        context.actor, tell=lambda done, total: context.progress(done, total, "write")
    )
    return {"file": made.path.name, **_way_back(context)}


@job("backup.restore", Text("恢复备份", "Restore of a backup"), stages=_STAGES)
def restore(context: JobContext) -> dict[str, Any]:
    """Put a backup in place of the office."""
    done = actions.restore_backup(
        context.actor,
        actions.find_backup(str(context.params["file"])),
        reason=str(context.params["reason"]),
        job=context.number,
        allow_other_office=bool(context.params.get("allow_other_office")),
        tell=lambda done, total: context.progress(done, total, "check"),
    )
    return {
        "file": str(context.params["file"]),
        "safety": done.safety.name if done.safety else "",
        **_way_back(context),
    }


def _way_back(context: JobContext) -> dict[str, Any]:
    if context.organisation is None:
        return {}
    return {"page": "backup", "address": {"unit": context.organisation.code}}
