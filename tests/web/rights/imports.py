"""Pages of the import wizard and of jobs."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from tests.support.office import FIRST, Office

_ONES_OWN = "村会计"  #: an upload and a job are their owner's alone

RIGHTS = {
    ("import", "GET"): "clerk",
    ("import", "POST"): "clerk",
    ("import-template", "GET"): "clerk",
    ("import-columns", "GET"): _ONES_OWN,
    ("import-columns", "POST"): _ONES_OWN,
    ("import-check", "GET"): _ONES_OWN,
    ("import-check", "POST"): _ONES_OWN,
    ("import-marked", "GET"): _ONES_OWN,
    ("import-again", "POST"): _ONES_OWN,
    ("import-discard", "POST"): _ONES_OWN,
    ("import-result", "GET"): _ONES_OWN,
    ("import-undo", "POST"): _ONES_OWN,
    ("job", "GET"): f"{_ONES_OWN} administrator",
    ("job-cancel", "POST"): f"{_ONES_OWN} administrator",
}


def _upload(office: Office) -> dict[str, Any]:
    from shuzhi.apps.ledgers import uploaded
    from shuzhi.apps.organisations.queries import get

    book = openpyxl.Workbook()
    table = book.active
    assert table is not None
    table.append(["登记日期", "地块号", "茶园面积"])
    table.append(["2023-03-01", "T1", 2])
    out = io.BytesIO()
    book.save(out)
    kept = uploaded.keep(office.actor("村会计"), get(FIRST), "茶园.xlsx", [out.getvalue()], "tea")
    return {"upload": kept.number}


def _done(office: Office) -> dict[str, Any]:
    from shuzhi.apps.ledgers import uploaded

    parts = _upload(office)
    actor = office.actor("村会计")
    uploaded.commit_now(actor, uploaded.get(actor, parts["upload"]), reason="")
    return parts


def _job(office: Office) -> dict[str, Any]:
    from shuzhi.apps.jobs.actions import start

    made = start(office.actor("村会计"), "import.commit", FIRST, {"upload": "none"})
    return {"number": made.number}


SAMPLES = {
    "import-template": lambda office: {},
    "import-columns": _upload,
    "import-check": _upload,
    "import-marked": _upload,
    "import-again": _upload,
    "import-discard": _upload,
    "import-result": _done,
    "import-undo": lambda office: (_done(office), {"reason": "拿错了文件"}),
    "job": _job,
    "job-cancel": _job,
}
