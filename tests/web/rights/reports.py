"""Reports: who may read, make, confirm, sign."""

from __future__ import annotations

from typing import Any

from tests.support.office import FIRST, Office

READERS = "clerk reviewer leader inspector auditor"
MAKERS = "clerk leader"

RIGHTS = {
    ("reports", "GET"): READERS,
    ("report-new", "GET"): MAKERS,
    ("report-new", "POST"): MAKERS,
    ("report", "GET"): READERS,
    ("report-findings", "GET"): READERS,
    ("report-source", "GET"): READERS,
    ("report-edit", "GET"): MAKERS,
    ("report-edit", "POST"): MAKERS,
    ("report-versions", "GET"): READERS,
    ("report-restore", "POST"): MAKERS,
    ("report-refresh", "GET"): MAKERS,
    ("report-refresh", "POST"): MAKERS,
    ("report-confirm", "POST"): "clerk reviewer",
    ("report-sign", "GET"): "leader",
    ("report-sign", "POST"): "leader",
    ("report-withdraw", "POST"): "leader",
    ("report-file", "GET"): READERS,
    ("report-bring-back", "GET"): MAKERS,
    ("report-bring-back", "POST"): MAKERS,
    ("report-accept", "POST"): MAKERS,
}


def _made(office: Office) -> str:
    from shuzhi.apps.reports.actions import make_report

    made = make_report(office.actor("县会计"), "village_committees", FIRST, 2023, with_traces=False)
    return made.number


def _with_figure(office: Office) -> str:
    from shuzhi.apps.reports.models import Report
    from shuzhi.apps.reports.versions import get_version, text_of_version

    for kind in ("党员大会", "主题党日", "党课"):
        office.record("meeting", FIRST, date="2023-04-10", kind=kind, topic="春季环境整治")
    number = _made(office)
    assert text_of_version(get_version(Report.objects.get(number=number))).figures
    return number


def _one(office: Office) -> dict[str, Any]:
    return {"number": _made(office)}


def _posted(**data: str) -> Any:
    return lambda office: ({"number": _made(office)}, {"version": "1", **data})


SAMPLES = {
    "report": _one,
    "report-findings": _one,
    "report-versions": _one,
    "report-source": lambda office: {"number": _with_figure(office), "key": 1},
    "report-file": lambda office: {"number": _made(office), "version": 1, "kind": "docx"},
    "report-edit": _posted(block="title", text="甲村2023年工作总结"),
    "report-restore": _posted(restore="1"),
    "report-refresh": _posted(),
    "report-confirm": _posted(section="b2"),
    "report-sign": _posted(reason="试"),
    "report-withdraw": _posted(reason="试"),
    "report-bring-back": _posted(),
    "report-accept": _posted(take="0"),
}
