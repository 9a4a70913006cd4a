"""The small office with one report template, and a report of the first village in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx

from shuzhi.core.definitions import (
    Catalogue,
    ParagraphDef,
    ReportDef,
    SectionDef,
    SentenceDef,
    Text,
)
from tests.support.office import FIRST, Office, office, small_catalogue

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _paragraph(*texts: str) -> ParagraphDef:
    return ParagraphDef(sentences=tuple(SentenceDef(text) for text in texts))


def reporting_catalogue() -> Catalogue:
    """The small catalogue with a village report: an orchard section, a visits section, a closing."""
    report = ReportDef(
        key="village_debrief",
        title=Text("村级述职", "Village debrief"),
        level="village",
        heading="{organisation}{year}年工作述职报告",
        addressee="{superior}党委、政府：",
        lead=(_paragraph("{year}年，全村上下一心，较好完成了各项任务。"),),
        sections=(
            SectionDef(
                "产业发展",
                (
                    _paragraph(
                        "全村现有果园{orchard_area:亩}，其中花椒{pepper_area:亩}。",
                        "树形改造分片推进，群众看得见变化。",
                    ),
                ),
                required=True,
            ),
            SectionDef(
                "走访群众",
                (
                    _paragraph("全年走访{visits:次}，发放慰问金{visit_amount:元}。"),
                    _paragraph("走访中听到的意见当天登记、逐件回复，件件有着落。"),
                ),
                required=True,
            ),
        ),
        closing=(_paragraph("以上报告，请予审议。"),),
        signature="{organisation}村民委员会",
    )
    found = small_catalogue()
    indicators = {
        key: replace(one, area="industry" if "area" in key else "governance")
        for key, one in found.indicators.items()
    }
    return replace(found, reports={report.key: report}, indicators=indicators)


@contextmanager
def reporting_office(engine: str, folder: Path) -> Iterator[Office]:
    """An office whose first village has orchards and visits of 2023."""
    from django.test import override_settings

    with (
        override_settings(OFFICE_FILES=folder / "files", ALLOWED_HOSTS=["*"]),
        office(engine, folder, reporting_catalogue()) as made,
    ):
        made.open(2023)
        for plot, variety, area in (("001", "花椒", "12"), ("002", "核桃", "20.5")):
            made.submit(
                "orchard", FIRST, plot=plot, date="2023-03-01", bearing=area, young="0", variety=variety
            )  # fmt: skip
        made.submit("visit", FIRST, date="2023-05-04", topic="慰问", amount="300")
        made.approve()
        yield made


def new_report(made: Office, by: str = "县会计") -> str:
    """A report of the first village; returns its number."""
    from shuzhi.apps.reports.actions import make_report

    return make_report(
        made.actor(by), "village_debrief", FIRST, 2023, date="2024-01-05", with_traces=False
    ).number


def latest(number: str) -> Any:
    """The latest text of a report."""
    from shuzhi.apps.reports.models import Report
    from shuzhi.apps.reports.versions import get_version, text_of_version

    return text_of_version(get_version(Report.objects.get(number=number)))


def block_with(number: str, words: str) -> Any:
    """The block of the latest text in which these words stand."""
    text = latest(number)
    return next(one for one in text.blocks if words in text.shown(one))


def edited_word(content: bytes, changes: dict[str, str]) -> bytes:
    """A Word file in which a person typed: every run text that contains a key gets it replaced."""
    document = docx.Document(io.BytesIO(content))
    done = set()
    for element in document.element.body.iter(f"{W}t"):
        if any(True for _ in element.iterancestors(f"{W}tbl")):
            continue
        for old, new in changes.items():
            if element.text and old in element.text:
                element.text = element.text.replace(old, new)
                done.add(old)
    assert done == set(changes), set(changes) - done
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
