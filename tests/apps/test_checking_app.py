"""What an office says about checking is kept, reaches the units below, can be taken back and is never lost; drafts meet the books."""

from __future__ import annotations

import pytest

from shuzhi.apps.checking import actions, queries
from shuzhi.apps.checking.models import Confirmation, Silence
from shuzhi.apps.organisations import queries as organisations
from shuzhi.core.checking.model import Draft
from shuzhi.core.problems import ProblemsError
from tests.support.office import COUNTY, FIRST, SECOND, TOWN, Office

SUBJECT = "椒园|亩|"


def _codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def _confirmed(code: str) -> dict[str, str]:
    found = queries.confirmations(organisations.get(code))
    return {one.subject: one.indicator for one in found}


def _events(code: str) -> list[str]:
    from shuzhi.apps import storage

    return [row[0] for row in storage.fetch("SELECT params FROM event WHERE code = %s", [code])]


# ── confirmations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_town_confirms_holds_for_its_villages_and_not_for_others(office: Office):
    actions.confirm_match(office.actor("镇会计"), TOWN, SUBJECT, "pepper_area", excerpt="椒园12亩")

    assert _confirmed(TOWN) == _confirmed(FIRST) == {SUBJECT: "pepper_area"}
    assert _confirmed(COUNTY) == {}
    assert len(_events("match.confirmed")) == 1


def test_a_village_decides_for_itself_against_its_town(office: Office):
    actions.confirm_match(office.actor("镇会计"), TOWN, SUBJECT, "pepper_area")
    actions.confirm_match(office.actor("村会计"), FIRST, SUBJECT, "orchard_area")

    assert _confirmed(FIRST) == {SUBJECT: "orchard_area"}
    assert _confirmed(SECOND) == {SUBJECT: "pepper_area"}


def test_a_later_word_ends_the_earlier_and_both_stay_readable(office: Office):
    clerk = office.actor("村会计")
    actions.confirm_match(clerk, FIRST, SUBJECT, "pepper_area")
    actions.confirm_match(clerk, FIRST, SUBJECT, "")
    again = actions.confirm_match(clerk, FIRST, SUBJECT, "")

    assert _confirmed(FIRST) == {SUBJECT: ""}
    rows = list(Confirmation.objects.order_by("id"))
    assert [row.indicator for row in rows] == ["pepper_area", ""]
    assert rows[1].ends == rows[0]
    assert again == rows[1]


def test_a_withdrawn_confirmation_holds_no_more_and_is_kept(office: Office):
    clerk = office.actor("村会计")
    actions.confirm_match(clerk, FIRST, SUBJECT, "pepper_area")
    actions.withdraw_confirmation(clerk, FIRST, SUBJECT)

    assert _confirmed(FIRST) == {}
    assert Confirmation.objects.count() == 2
    with pytest.raises(ProblemsError) as error:
        actions.withdraw_confirmation(clerk, FIRST, SUBJECT)
    assert _codes(error) == ["CONFIRM_003"]
    actions.confirm_match(clerk, FIRST, SUBJECT, "orchard_area")
    assert _confirmed(FIRST) == {SUBJECT: "orchard_area"}


@pytest.mark.parametrize(
    ("subject", "indicator", "code"),
    [(SUBJECT, "no_such_indicator", "CONFIRM_001"), ("|亩|", "pepper_area", "CONFIRM_002")],
)
def test_only_what_can_be_remembered_is_confirmed(office: Office, subject, indicator, code):
    with pytest.raises(ProblemsError) as error:
        actions.confirm_match(office.actor("村会计"), FIRST, subject, indicator)
    assert _codes(error) == [code]
    assert Confirmation.objects.count() == 0


# ── silences ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_silence_needs_a_reason_and_a_kind_that_exists(office: Office):
    reviewer = office.actor("镇办")
    with pytest.raises(ProblemsError) as error:
        actions.silence(reviewer, TOWN, "NOTHING_999", reason=" ")
    assert _codes(error) == ["SILENCE_001", "SILENCE_002"]
    assert Silence.objects.count() == 0


def test_a_silence_reaches_the_villages_below_until_it_is_ended(office: Office):
    reviewer = office.actor("镇办")
    actions.silence(reviewer, TOWN, "COMPARE_004", reason="口径另行规定")
    actions.silence(reviewer, TOWN, "COMPARE_008", words="12亩", reason="地名")
    actions.silence(reviewer, TOWN, "COMPARE_008", words="12亩", reason="再说一次")

    assert queries.context_for(FIRST).silenced == {"COMPARE_004", "COMPARE_008:12亩"}
    assert queries.context_for(COUNTY).silenced == frozenset()

    actions.end_silence(reviewer, TOWN, "COMPARE_004", reason="口径已统一")
    assert queries.context_for(FIRST).silenced == {"COMPARE_008:12亩"}
    assert [one.reason for one in Silence.objects.order_by("id")] == [
        "口径另行规定",
        "地名",
        "口径已统一",
    ]
    with pytest.raises(ProblemsError) as error:
        actions.end_silence(reviewer, TOWN, "COMPARE_004", reason="又一次")
    assert _codes(error) == ["SILENCE_003"]
    assert len(_events("finding.silenced")) == 2
    assert len(_events("finding.unsilenced")) == 1


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("persona", "may_confirm", "may_silence"),
    [
        ("村会计", False, False),  # of one village, not of the town
        ("镇会计", True, False),
        ("镇办", True, True),
        ("镇领导", True, True),
        ("外镇办", False, False),
        ("检查员", False, False),
        ("管理员", False, False),
        ("审计员", False, False),
    ],
)
def test_clerks_confirm_and_reviewers_silence_within_their_unit(
    office: Office, persona, may_confirm, may_silence
):
    actor = office.actor(persona)
    for may, act in (
        (may_confirm, lambda: actions.confirm_match(actor, TOWN, SUBJECT, "pepper_area")),
        (may_silence, lambda: actions.silence(actor, TOWN, "COMPARE_004", reason="口径不同")),
    ):
        if may:
            act()
        else:
            with pytest.raises(ProblemsError) as error:
                act()
            assert _codes(error) == ["PEOPLE_001"]


# ── drafts meet the books ─────────────────────────────────────────────────────────────────────────────────────────────


def _book(office: Office) -> None:
    for number, area in (("1", "30"), ("2", "12.5")):
        office.record(
            "orchard", FIRST, plot=number, household=number, date="2023-03-01", bearing=area, young="0", variety="花椒"
        )  # fmt: skip
    office.record(
        "orchard", SECOND, plot="1", household="1", date="2023-03-01", bearing="77", young="0", variety="核桃"
    )  # fmt: skip


def _check(office: Office, text: str, persona: str = "村会计", unit: str = FIRST, **more):
    return queries.check_against_books(office.actor(persona), Draft(text), unit, **more)


REPORT = "甲村2023年工作总结\n一、产业发展\n全村现有果园面积{}。\n"


def _outcomes(checked) -> list[tuple[str, str, str]]:
    return [
        (one.match.text, one.match.indicator, one.outcome)
        for one in checked.comparisons
        if one.outcome != "missing"
    ]


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("42.5亩", "equal"),
        ("43亩", "rounded"),
        ("42亩", "rounded"),
        ("40余亩", "rounded"),
        ("77亩", "differs"),
        ("4250亩", "differs"),
    ],
)
def test_a_figure_is_held_against_the_writers_own_books(office: Office, written, outcome):
    _book(office)
    assert _outcomes(_check(office, REPORT.format(written))) == [(written, "orchard_area", outcome)]


def test_a_difference_names_the_neighbour_it_was_copied_from_only_to_those_who_may_read_it(
    office: Office,
):
    _book(office)
    told = _check(office, REPORT.format("77亩"), "镇会计").comparisons[0].explanation
    untold = _check(office, REPORT.format("77亩"), "村会计").comparisons[0].explanation
    assert told is not None
    assert (told.kind, told.words) == ("organisation", "乙村")
    assert untold is None


def test_a_draft_is_checked_as_of_an_earlier_point(office: Office):
    from shuzhi.apps.audit.actions import current

    _book(office)
    before = current()
    office.record(
        "orchard", FIRST, plot="3", household="3", date="2023-05-01", bearing="10", young="0", variety="花椒"
    )  # fmt: skip
    text = REPORT.format("42.5亩")
    assert _outcomes(_check(office, text))[0][2] == "differs"
    then = _check(office, text, as_of=before)
    assert (_outcomes(then)[0][2], then.as_of) == ("equal", before)


def test_a_confirmed_wording_is_certain_and_its_difference_wrong(office: Office):
    _book(office)
    text = "甲村2023年工作总结\n管好老椒园12亩。\n"
    first = _check(office, text)
    match = next(one for one in first.matches if one.text == "12亩")
    actions.confirm_match(office.actor("村会计"), FIRST, match, "pepper_area")

    again = _check(office, text)
    found = next(one for one in again.matches if one.text == "12亩")
    assert (found.indicator, found.how, found.confidence) == ("pepper_area", "confirmed", 1)
    codes = {one.code: one.severity for one in again.findings if one.code.startswith("COMPARE")}
    assert codes == {"COMPARE_001": "wrong"}

    actions.confirm_match(office.actor("村会计"), FIRST, match, "")
    settled = _check(office, text)
    found = next(one for one in settled.matches if one.text == "12亩")
    assert (found.indicator, found.how) == ("", "confirmed")


def test_a_silenced_finding_is_counted_and_not_told(office: Office):
    _book(office)
    text = REPORT.format("4250亩")
    assert "COMPARE_004" in {one.code for one in _check(office, text).findings}
    actions.silence(office.actor("县办"), COUNTY, "COMPARE_004", reason="试行期间")
    quiet = _check(office, text)
    assert "COMPARE_004" not in {one.code for one in quiet.findings}
    assert quiet.silenced == 1


def test_figures_are_read_only_by_those_who_may(office: Office):
    with pytest.raises(ProblemsError) as error:
        _check(office, REPORT.format("1亩"), "外镇会计")
    assert _codes(error) == ["PEOPLE_001"]


def test_a_long_draft_asks_the_database_no_more_often_than_a_short_one(office: Office):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _book(office)
    counts = []
    for times in (1, 20):
        text = REPORT.format("42.5亩") + "全年走访5次。慰问金300元。\n" * times
        with CaptureQueriesContext(connection) as asked:
            _check(office, text)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1
