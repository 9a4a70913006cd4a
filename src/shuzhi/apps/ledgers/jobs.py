"""Work on ledgers that takes longer than a person waits: writing a large import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.apps.jobs.registry import JobContext, job
from shuzhi.apps.ledgers import uploaded
from shuzhi.core.definitions import Text


@job(
    "import.commit",
    Text("导入台账", "import"),
    stages={"read": Text("读取文件", "reading the file"), "write": Text("写入", "writing")},
    atomic=True,
)
def commit(context: JobContext) -> Mapping[str, Any]:
    """Write an uploaded file's rows as one batch."""
    context.progress(0, None, "read")
    upload = uploaded.get(context.actor, str(context.params["upload"]))
    outcome = uploaded.commit_now(
        context.actor,
        upload,
        reason=str(context.params.get("reason", "")),
        progress=lambda stage, done, total: context.progress(done, total, stage),
    )
    address = {"unit": upload.organisation.code, "upload": upload.number}
    return {"page": "import-result", "address": address, **outcome}
