"""The steps of an import that the command line and the pages share: what the plan says is what submitting does."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shuzhi.apps import storage
from shuzhi.apps.ledgers import importing
from shuzhi.apps.organisations.queries import get as unit
from shuzhi.core.problems import ProblemsError
from tests.support.office import FIRST, SECOND, TOWN, Office

HEADERS = ("地块", "户号", "日期", "挂果面积", "幼园面积", "品种")


def _file(folder: Path, *rows: tuple[object, ...], headers: tuple[str, ...] = HEADERS) -> Path:
    book = openpyxl.Workbook()
    table = book.active
    assert table is not None
    table.title = "果园台账"
    for one in (headers, *rows):
        table.append(list(one))
    path = folder / "果园.xlsx"
    book.save(path)
    return path


def _row(plot: str, bearing: object = 2, young: object = 1) -> tuple[object, ...]:
    return (plot, "1", "2023-01-01", bearing, young, "花椒")


def _records() -> list[tuple[object, ...]]:
    return storage.fetch("SELECT id, number, state FROM record ORDER BY id")


def test_the_plan_says_what_submitting_then_does(office: Office, tmp_path: Path) -> None:
    clerk, village = office.actor("村会计"), unit(FIRST)
    first = importing.read(_file(tmp_path, _row("1"), _row("2")), village)
    importing.submit(clerk, first, village, source="果园.xlsx")
    path = _file(tmp_path, _row("1"), _row("2", 5), _row("3"))

    reading = importing.read(path, village)
    plan = importing.plan(clerk, reading, village, "果园.xlsx")
    made = importing.submit(clerk, reading, village, source="果园.xlsx")

    assert reading.ledger.key == "orchard"
    assert (plan.created, plan.revised, plan.unchanged) == (1, 1, 1)
    assert (made.created, made.revised, made.unchanged) == (1, 1, 1)


def test_planning_and_looking_write_nothing(office: Office, tmp_path: Path) -> None:
    clerk, village = office.actor("村会计"), unit(FIRST)
    reading = importing.read(_file(tmp_path, _row("1"), _row("2", "约三亩")), village)

    with CaptureQueriesContext(connection) as asked:
        shown = importing.preview(clerk, reading, village, "果园.xlsx")

    assert {q["sql"].split()[0] for q in asked.captured_queries} == {"SELECT"}
    assert (shown.errors, shown.created, _records()) == (1, 1, [])


def test_a_problem_the_books_find_stands_at_its_cell(office: Office, tmp_path: Path) -> None:
    headers = ("单位", *HEADERS)
    path = _file(tmp_path, ("甲村", *_row("1")), ("无名村", *_row("2")), headers=headers)
    reading = importing.read(path, unit(TOWN), "orchard")

    shown = importing.preview(office.actor("镇会计"), reading, unit(TOWN), "果园.xlsx")

    (problem,) = shown.problems
    assert (problem.code, problem.place.row, problem.place.column_number) == ("ORG_013", 3, 1)


def test_the_same_batch_sent_twice_is_recorded_once(office: Office, tmp_path: Path) -> None:
    clerk, village = office.actor("村会计"), unit(FIRST)
    path = _file(tmp_path, _row("1"), _row("2"))
    batch = "0f0e7a9c-2f0f-4a53-9a4e-3f0a8d5d6a11"

    for _ in range(2):
        reading = importing.read(path, village)
        made = importing.submit(clerk, reading, village, source="果园.xlsx", batch=batch)

    assert (made.batch, len(_records())) == (batch, 2)


def test_what_is_blocked_is_not_submitted(office: Office, tmp_path: Path) -> None:
    reading = importing.read(_file(tmp_path, _row("1", "约三亩")), unit(FIRST))

    with pytest.raises(ProblemsError, match="LEDGER_003"):
        importing.submit(office.actor("村会计"), reading, unit(FIRST), source="果园.xlsx")


def test_somebody_without_the_right_hears_so_before_anything_is_shown(
    office: Office, tmp_path: Path
) -> None:
    reading = importing.read(_file(tmp_path, _row("1")), unit(SECOND))

    with pytest.raises(ProblemsError, match="PEOPLE_001"):
        importing.preview(office.actor("村会计"), reading, unit(SECOND), "果园.xlsx")


def test_columns_are_named_with_samples_and_corrections_hold(
    office: Office, tmp_path: Path
) -> None:
    headers = ("地块", "户号", "日期", "多大", "幼园面积", "品种")
    path = _file(tmp_path, _row("1"), headers=headers)
    reading = importing.read(path, unit(FIRST), "orchard")
    before = importing.understand(path, reading)
    reading = importing.read(path, unit(FIRST), "orchard", corrections={"多大": "bearing"})
    after = importing.understand(path, reading)

    assert [c.explanation.how for c in before.columns][3] == "unknown"
    assert [c.explanation.how for c in after.columns][3] == "correction"
    assert (after.header_row, after.rows, after.columns[0].samples) == (1, 1, ("1",))


def test_only_ledgers_kept_at_the_unit_or_below_are_offered(office: Office) -> None:
    keys = {one.key for one in importing.ledgers_for(office.actor("村会计"), unit(FIRST))}

    assert {"orchard", "visit"} <= keys
    assert importing.ledgers_for(office.actor("镇办"), unit(TOWN)) == []
