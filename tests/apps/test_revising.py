"""Revising a given record: what was written meanwhile, changed natural keys, events without one, rows of a whole page."""

from __future__ import annotations

import pytest

from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import StaleError, submit_drafts, submit_values, withdraw_records
from shuzhi.apps.ledgers.queries import get, history
from shuzhi.apps.ledgers.typed_rows import RowsRefusedError, check_rows, submit_rows
from shuzhi.apps.organisations.queries import get as unit
from shuzhi.core.problems import ProblemsError
from tests.apps.test_approval import ORCHARD, codes, drafts_of
from tests.support.office import FIRST, SECOND, TOWN, Office

VISIT = {"date": "2023-05-01", "household": "001", "topic": "慰问", "amount": "200"}


def revise(office: Office, record: int, values: dict[str, str], **more: object):
    ledger = get(record).ledger
    return submit_values(office.actor("村会计"), ledger, FIRST, values, record=record, **more)


def test_content_written_meanwhile_stops_the_revision_and_is_carried(office: Office) -> None:
    record = office.submit("orchard", FIRST, by="村会计", **ORCHARD)
    office.submit("orchard", FIRST, by="镇会计", **(ORCHARD | {"young": "9"}))

    with pytest.raises(StaleError) as caught:
        revise(office, record, ORCHARD | {"bearing": "5"}, expected=1)

    assert [p.code for p in caught.value.problems] == ["RECORD_007"]
    assert caught.value.theirs.actor == "镇会计"
    assert caught.value.theirs.payload["young"] == "9"
    assert caught.value.base is not None
    assert caught.value.base.payload["young"] == ORCHARD["young"]
    assert len(history(record)) == 2


def test_decisions_meanwhile_are_no_conflict(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)

    done = revise(office, record, ORCHARD | {"bearing": "5"}, expected=1)

    assert (done.revised, done.records) == (1, [record])


def test_the_same_content_again_is_no_revision(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)

    assert revise(office, record, ORCHARD, expected=1).unchanged == 1
    assert get(record).state == "approved"


def test_a_changed_natural_key_goes_with_the_record(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    revise(office, record, ORCHARD | {"plot": "新地块"}, expected=1)
    approve_records(office.actor("县办"), [record])

    again = office.submit("orchard", FIRST, **(ORCHARD | {"plot": "新地块"}))

    assert again == 0  # known under its new key
    assert office.value("orchard_area", FIRST, 2023) == 3
    assert office.is_sound()


def test_a_natural_key_that_is_taken_is_refused_with_the_record_that_has_it(
    office: Office,
) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    other = office.record("orchard", FIRST, **(ORCHARD | {"plot": "另一块"}))

    with pytest.raises(ProblemsError) as caught:
        revise(office, record, ORCHARD | {"plot": "另一块"}, expected=1)

    (problem,) = caught.value.problems
    assert (problem.code, problem.params["record"]) == ("RECORD_008", other)
    assert problem.place.column == "地块"


def test_a_withdrawn_record_is_not_revised(office: Office) -> None:
    record = office.submit("orchard", FIRST, by="村会计", **ORCHARD)
    withdraw_records(office.actor("村会计"), [record], reason="重复")

    assert codes(lambda: revise(office, record, ORCHARD | {"young": "9"})) == ["RECORD_009"]


def test_records_of_other_villages_and_ledgers_are_not_revised(office: Office) -> None:
    there = office.submit("orchard", SECOND, **ORCHARD)
    here = office.submit("orchard", FIRST, **ORCHARD)

    assert codes(lambda: revise(office, there, ORCHARD)) == ["PEOPLE_001"]
    wrong = lambda: submit_values(office.actor("村会计"), "visit", FIRST, VISIT, record=here)  # noqa: E731
    assert codes(wrong) == ["RECORD_001"]


def test_a_corrected_event_stands_when_its_file_comes_again(office: Office) -> None:
    clerk = office.actor("县会计")
    (record,) = submit_drafts(clerk, "visit", FIRST, drafts_of(office, "visit", VISIT)).records
    revise(office, record, VISIT | {"amount": "300"}, expected=1)

    again = submit_drafts(clerk, "visit", FIRST, drafts_of(office, "visit", VISIT, VISIT))

    assert (again.unchanged, again.created, again.revised) == (1, 1, 0)
    assert get(record).payload["amount"] == "300"
    office.approve()
    assert office.value("visit_amount", FIRST, 2023) == 500
    assert office.is_sound()


# ── rows of a page ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_checked_rows_carry_problems_by_field_and_computed_values(office: Office) -> None:
    ledger = office.catalogue.ledgers["orchard"]
    checked = check_rows(
        office.actor("村会计"),
        ledger,
        unit(FIRST),
        [ORCHARD, {}, {"plot": "B", "bearing": "x"}, ORCHARD, {"date": "2023-01-01"}],
        numbers=[3, 4, 7, 9, 12],
    )

    found = [(row.number, sorted((p.field, p.problem.code) for p in row.problems)) for row in checked]  # fmt: skip
    assert found == [
        (3, []),
        (4, []),
        (7, [("bearing", "LEDGER_003"), ("date", "LEDGER_001")]),
        (9, [("plot", "LEDGER_020")]),
        (12, [("plot", "LEDGER_001")]),
    ]
    assert checked[0].computed == {"area": "3"}
    assert checked[3].problems[0].problem.params["first"] == 3
    assert checked[1].is_blank


def test_rows_typed_from_above_find_their_village(office: Office) -> None:
    ledger = office.catalogue.ledgers["orchard"]
    rows = [{**ORCHARD, "@organisation": name} for name in ("甲村", "乙村", "丁村", "")]

    checked = check_rows(office.actor("镇会计"), ledger, unit(TOWN), rows)

    assert [[p.problem.code for p in row.problems] for row in checked] == [
        [], [], ["ORG_013"], ["LEDGER_031"],
    ]  # fmt: skip
    assert {p.field for row in checked for p in row.problems} == {"@organisation"}


def test_typed_indicators_may_be_named_by_their_title(office: Office) -> None:
    ledger = office.catalogue.ledgers["target"]
    row = {"year": "2023", "indicator": "果园面积", "amount": "10", "date": "2023-01-01"}

    (checked,) = check_rows(office.actor("村会计"), ledger, unit(FIRST), [row])

    assert checked.problems == []
    assert checked.draft is not None
    assert checked.draft.payload is not None
    assert checked.draft.payload["indicator"] == "orchard_area"


def test_equal_events_typed_twice_are_two_events_and_one_submission_is_one(
    office: Office,
) -> None:
    clerk, ledger = office.actor("村会计"), office.catalogue.ledgers["visit"]

    first = submit_rows(clerk, ledger, unit(FIRST), [VISIT, VISIT], batch="one")
    again = submit_rows(clerk, ledger, unit(FIRST), [VISIT, VISIT], batch="one")
    submit_rows(clerk, ledger, unit(FIRST), [VISIT], batch="two")

    assert first.submission.records == again.submission.records
    office.approve()
    assert office.value("visits", FIRST, 2023) == 3


def test_nothing_is_written_when_a_row_is_wrong_unless_asked_for(office: Office) -> None:
    clerk, ledger = office.actor("村会计"), office.catalogue.ledgers["orchard"]
    rows = [ORCHARD, ORCHARD | {"plot": "B", "bearing": "x"}]

    with pytest.raises(RowsRefusedError) as caught:
        submit_rows(clerk, ledger, unit(FIRST), rows)
    partly = submit_rows(clerk, ledger, unit(FIRST), rows, only_valid=True)

    assert [row.has_errors for row in caught.value.checked] == [False, True]
    assert partly.taken == (1,)
    with pytest.raises(RowsRefusedError):
        submit_rows(clerk, ledger, unit(FIRST), [{}, {"plot": ""}])
