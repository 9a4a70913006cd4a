"""What the pictures show: which page, in whose eyes, and what a morning's work has left in the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

COUNTY, TOWN, VILLAGE = "990101000000", "990101100000", "990101100201"
CLERK, REVIEWER, LEADER, ADMINISTRATOR = (
    "示范镇记账员",
    "示范镇审核员",
    "示例县负责人",
    "示例县管理员",
)
AUDITOR = "示例县审计员"
#: pages the READMEs show; taken in both sizes and both languages
SHOWN = frozenset(
    {
        "workbench",
        "ledger",
        "grid",
        "approval-ledger",
        "figure",
        "report",
        "check",
        "record",
        "import-check",
    }
)

_made: dict[str, Any] = {}


def prepare(folder: Path) -> None:
    """Rows that wait, one that was returned, a report, a draft that was handed in, an upload with mistakes."""
    from shuzhi.apps.checking import checks
    from shuzhi.apps.ledgers.actions import return_records, submit_values
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report

    create_account(SYSTEM, AUDITOR, AUDITOR)
    give_post(SYSTEM, AUDITOR, COUNTY, "auditor", from_date="2023-01-01")
    clerk, reviewer = get_actor(CLERK), get_actor(REVIEWER)
    ids = []
    for number in range(6):
        made = submit_values(
            clerk, "orchard", VILLAGE,
            {"date": "2023-12-20", "plot": f"G{901 + number}", "household": "001", "place": "一组沟口", "variety": "苹果", "bearing_area": f"{2 + number}.5", "young_area": "1"},
        )  # fmt: skip
        ids += made.records
    return_records(reviewer, ids[:1], reason="面积与上年不符，请核实")
    report = make_report(clerk, "village_committees", VILLAGE, 2023)
    source = next(folder.glob("甲村*.docx"))
    check = checks.hand_in(clerk, VILLAGE, source.name, source.read_bytes(), year=2023)
    text = "甲村2023年工作报告\n一年来，全村果园面积700亩，其中挂果园240.5亩、幼园361亩，，同比增长XX%。召开支委会13次。"
    wrong = checks.hand_in(clerk, VILLAGE, "甲村工作报告（初稿）.txt", text.encode(), year=2023)
    for one in (check, wrong):
        checks.run(clerk, one)
    _made.update(record=ids[1], report=report.number, check=wrong.number)


def addresses() -> Iterator[tuple[str, str, str, bool]]:
    """(name, persona, address, whether the READMEs show it)."""
    from django.urls import reverse

    from shuzhi.apps.office import definitions
    from shuzhi.web.urls import all_pages

    given: dict[str, Any] = {
        "ledger": "orchard", "record": _made["record"], "number": _made["report"], "indicator": "orchard_area", "period": "2023",
        "year": 2023, "key": "orchard",
    }  # fmt: skip
    particular = {
        "report-source": {"key": 0}, "report-definition": {"key": "village_committees"},
        "relation-definition": {"key": next(iter(definitions().catalogue.relations))},
        "check": {"number": _made["check"]},
        "indicator-definition": {"key": "orchard_area"},
        "workbench": {"unit": TOWN}, "ledgers": {"unit": TOWN}, "figures": {"unit": TOWN}, "figure": {"unit": TOWN}, "map": {"unit": TOWN},
        "books": {"unit": TOWN}, "book": {"unit": TOWN}, "approval": {"unit": TOWN},
    }  # fmt: skip
    for page in all_pages():
        if page.fragment or "GET" not in page.rights:
            continue
        names = {
            part.split(":")[-1].rstrip(">")
            for part in page.route.split("<")[1:]
            for part in [part.split(">")[0]]
        }
        parts = {"unit": VILLAGE, **given, **particular.get(page.name, {})}
        if not names <= set(parts):
            continue
        persona = _who(page)
        if (
            page.name.startswith(
                (
                    "organisation",
                    "people",
                    "account",
                    "event",
                    "system",
                    "backup",
                    "jobs",
                    "catalogue-upload",
                    "post",
                )
            )
            or "administration" in page.route
        ):
            parts["unit"] = COUNTY
        if parts["unit"] == COUNTY and persona in (CLERK, REVIEWER):
            persona = LEADER
        address = reverse(page.name, kwargs={name: parts[name] for name in names})
        yield page.name, persona, address, page.name in SHOWN


def _who(page: Any) -> str:
    """Whose eyes: the first of the demonstration's people who may read the page at its unit."""
    from shuzhi.apps.people.permissions import ROLES

    right = page.rights["GET"]
    if right is None:
        return ""
    wanted = set(right.wanted)
    for persona, role in (
        (CLERK, "clerk"),
        (REVIEWER, "reviewer"),
        (LEADER, "leader"),
        (ADMINISTRATOR, "administrator"),
        (AUDITOR, "auditor"),
    ):
        if not wanted or wanted & ROLES[role][2]:
            return persona
    return LEADER
