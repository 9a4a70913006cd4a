"""Issue 2: records wait for somebody else's approval; what a person may do where and when; blank, zero and nil."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from shuzhi.apps import storage
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.actions import (
    return_records,
    submit_drafts,
    submit_values,
    withdraw_batch,
    withdraw_records,
)
from shuzhi.apps.organisations.queries import get
from shuzhi.apps.people.actions import create_account, end_post, give_post
from shuzhi.apps.people.permissions import PERMISSIONS, ROLES, SYSTEM, is_allowed
from shuzhi.core.figures import FigureId
from shuzhi.core.ledgers import RowDraft, finish_rows, read_values
from shuzhi.core.periods import year
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, TOWN, Office

ORCHARD = {"plot": "001", "household": "H1", "date": "2023-03-01", "bearing": "2", "young": "1"}


def codes(act: Callable[[], object]) -> list[str]:
    """Codes of the problems the act is refused with; nothing may have been written."""
    before = storage.fetch("SELECT seq, event_hash FROM clock")
    with pytest.raises(ProblemsError) as error:
        act()
    assert storage.fetch("SELECT seq, event_hash FROM clock") == before
    return [p.code for p in error.value.problems]


def drafts_of(office: Office, ledger: str, *rows: dict[str, object]) -> list[RowDraft]:
    units = Units(office.catalogue.units)
    drafts = [read_values(office.catalogue.ledgers[ledger], units, row) for row in rows]
    finish_rows(office.catalogue.ledgers[ledger], drafts)
    return drafts


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_ = False
X = True
ROLE_COLUMNS = (
    "clerk",
    "reviewer",
    "leader",
    "inspector",
    "administrator",
    "security_administrator",
    "auditor",
)
#: every permission once, who holds it in the columns above, whether SYSTEM does
TABLE = {
    "record.create":       (X, _, _, _, _, _, _, _),
    "record.revise":       (X, _, _, _, _, _, _, _),
    "record.withdraw":     (X, _, _, _, _, _, _, _),
    "record.read":         (X, X, X, X, _, _, X, _),
    "record.approve":      (_, X, X, _, _, _, _, _),
    "record.return":       (_, X, X, _, _, _, _, _),
    "figure.read":         (X, X, X, X, _, _, X, _),
    "report.make":         (X, _, X, _, _, _, _, _),
    "report.sign":         (_, _, X, _, _, _, _, _),
    "ledger.export":       (X, X, X, _, _, _, _, _),
    "record.unmask":       (X, X, X, _, _, _, _, _),
    "book.open":           (_, _, X, _, _, _, _, _),
    "book.check":          (_, X, X, X, _, _, X, _),
    "book.close":          (_, _, X, _, _, _, _, _),
    "book.reopen":         (_, _, X, _, _, _, _, _),
    "organisation.change": (_, _, _, _, X, _, _, X),
    "account.change":      (_, _, _, _, X, _, _, X),
    "post.change":         (_, _, _, _, X, X, _, X),
    "event.read":          (_, _, _, _, _, _, X, _),
    "match.confirm":       (X, X, X, _, _, _, _, _),
    "finding.silence":     (_, X, X, _, _, _, _, _),
    "report.confirm":      (X, X, _, _, _, _, _, _),
    "definition.change":   (_, _, _, _, X, _, _, _),
    "office.backup":       (_, _, _, _, X, _, _, _),
}  # fmt: skip


def test_the_table_of_rights_is_complete() -> None:
    assert set(TABLE) == PERMISSIONS
    assert set(ROLE_COLUMNS) == set(ROLES)
    held = {
        r: frozenset(p for p, row in TABLE.items() if row[i]) for i, r in enumerate(ROLE_COLUMNS)
    }
    assert held == {role: permissions for role, (_zh, _en, permissions) in ROLES.items()}
    assert {p for p, row in TABLE.items() if row[-1]} == {
        p for p in PERMISSIONS if is_allowed(SYSTEM, p, "/1/")
    }


def test_an_unknown_permission_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        is_allowed(SYSTEM, "record.burn", "/1/")


@pytest.mark.parametrize(
    ("persona", "place", "is_refused"),
    [
        ("村会计", FIRST, False), ("村会计", SECOND, True), ("村会计", TOWN, True),
        ("镇会计", FIRST, False), ("镇会计", FAR_FIRST, True),
        ("县会计", FAR_FIRST, False), ("镇办", FIRST, True), ("管理员", FIRST, True), ("审计员", FIRST, True),
    ],
)  # fmt: skip
def test_a_clerk_records_in_the_posts_subtree(
    office: Office, persona: str, place: str, is_refused: bool
) -> None:
    def act() -> int:
        return office.submit("project", place, by=persona, number="1", date="2023-01-01")

    if is_refused:
        assert codes(act) == ["PEOPLE_001"]
    else:
        assert act() > 0


@pytest.mark.parametrize(
    ("persona", "is_refused"),
    [("镇办", False), ("县办", False), ("分管领导", False), ("镇领导", False), ("外镇办", True), ("检查员", True),
     ("管理员", True), ("审计员", True), ("村会计", True)],
)  # fmt: skip
def test_a_reviewer_approves_and_returns_in_the_posts_subtree(
    office: Office, persona: str, is_refused: bool
) -> None:
    record = office.submit("orchard", FIRST, by="村会计", **ORCHARD)
    actor = office.actor(persona)

    if is_refused:
        assert codes(lambda: approve_records(actor, [record])) == ["PEOPLE_001"]
        assert codes(lambda: approve_records(actor, organisation_path="/")) == ["PEOPLE_001"]
        assert codes(lambda: return_records(actor, [record], reason="再核")) == ["PEOPLE_001"]
    else:
        assert approve_records(actor, [record]).approved == 1


def test_a_right_lasts_as_long_as_the_post(office: Office) -> None:
    create_account(SYSTEM, "前会计", "前会计")
    post = give_post(SYSTEM, "前会计", FIRST, "clerk", from_date="2020-01-01", to_date="2020-12-31")
    give_post(SYSTEM, "前会计", SECOND, "clerk", from_date="2999-01-01")
    assert office.actor("前会计").posts == ()

    current = give_post(SYSTEM, "前会计", FIRST, "clerk", from_date="2020-01-01")
    assert office.submit("orchard", FIRST, by="前会计", **ORCHARD) > 0
    end_post(SYSTEM, current.id, on="2021-01-01")

    assert post.id != current.id
    assert codes(
        lambda: office.submit("orchard", FIRST, by="前会计", **(ORCHARD | {"plot": "2"}))
    ) == ["PEOPLE_001"]


@pytest.mark.parametrize(
    ("held", "until", "wanted"),
    [
        ("clerk", "", "administrator"),
        ("clerk", "2999-12-31", "administrator"),  # an end in years to come is no end today
        ("administrator", "", "clerk"),
        ("administrator", "2999-12-31", "reviewer"),
        ("administrator", "", "auditor"),
        ("auditor", "", "security_administrator"),
    ],
)
def test_the_three_administrators_are_kept_apart(
    office: Office, held: str, until: str, wanted: str
) -> None:
    create_account(SYSTEM, "新人", "新人")
    give_post(SYSTEM, "新人", TOWN, held, from_date="2020-01-01", to_date=until)

    assert codes(lambda: give_post(SYSTEM, "新人", FIRST, wanted, from_date="2022-01-01")) == [
        "PEOPLE_005"
    ]


def test_a_post_that_is_over_does_not_stand_in_the_way(office: Office) -> None:
    create_account(SYSTEM, "新人", "新人")
    give_post(SYSTEM, "新人", TOWN, "clerk", from_date="2020-01-01", to_date="2021-12-31")

    give_post(SYSTEM, "新人", TOWN, "administrator", from_date="2022-01-01")

    assert [p.role for p in office.actor("新人").posts] == ["administrator"]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda o: create_account(o.actor("镇办"), "新人", ""), "PEOPLE_001"),
        (lambda o: create_account(o.actor("管理员"), "镇办", ""), "PEOPLE_003"),
        (lambda o: create_account(o.actor("管理员"), "SYSTEM", ""), "PEOPLE_003"),
        (
            lambda o: give_post(o.actor("镇办"), "检查员", TOWN, "clerk", from_date="2023-01-01"),
            "PEOPLE_001",
        ),
        (
            lambda o: give_post(o.actor("管理员"), "无此人", TOWN, "clerk", from_date="2023-01-01"),
            "PEOPLE_002",
        ),
        (
            lambda o: give_post(o.actor("管理员"), "检查员", TOWN, "king", from_date="2023-01-01"),
            "PEOPLE_004",
        ),
        (lambda o: o.actor("无此人"), "PEOPLE_002"),
        (lambda o: o.actor("SYSTEM"), "PEOPLE_002"),
    ],
)
def test_accounts_and_posts_are_the_administrators(
    office: Office, act: Callable[[Office], object], expected: str
) -> None:
    assert codes(lambda: act(office)) == [expected]


# ── approving, returning, withdrawing ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def both_hats(office: Office) -> Office:
    """镇会计 also reviews."""
    give_post(SYSTEM, "镇会计", TOWN, "reviewer", from_date="2020-01-01")
    return office


def test_nobody_approves_their_own_record_by_id(both_hats: Office) -> None:
    record = both_hats.submit("orchard", FIRST, by="镇会计", **ORCHARD)

    assert codes(lambda: approve_records(both_hats.actor("镇会计"), [record])) == ["RECORD_006"]
    assert approve_records(both_hats.actor("镇办"), [record]).approved == 1


def test_nobody_approves_their_own_records_by_place(both_hats: Office) -> None:
    own = both_hats.submit("orchard", FIRST, by="镇会计", **ORCHARD)
    other = both_hats.submit("orchard", FIRST, by="村会计", **(ORCHARD | {"plot": "2"}))

    result = approve_records(both_hats.actor("镇会计"), organisation_path=get(TOWN).path)

    assert result.approved == 1
    assert [(p.code, p.params["record"]) for p in result.refused] == [("RECORD_006", own)]
    assert (queries.get(own).state, queries.get(other).state) == ("submitted", "approved")


def test_nobody_approves_their_own_withdrawal_or_revision(both_hats: Office) -> None:
    record = both_hats.record("orchard", FIRST, **ORCHARD)
    withdraw_records(both_hats.actor("镇会计"), [record], reason="重复")
    assert codes(lambda: approve_records(both_hats.actor("镇会计"), [record])) == ["RECORD_006"]
    both_hats.submit("orchard", FIRST, by="镇会计", **(ORCHARD | {"young": "2"}))
    assert codes(lambda: approve_records(both_hats.actor("镇会计"), [record])) == ["RECORD_006"]

    approve_records(both_hats.actor("镇办"), [record])

    assert both_hats.value("orchard_area", TOWN, 2023) == 4


def test_by_id_all_are_approved_or_none(both_hats: Office) -> None:
    own = both_hats.submit("orchard", FIRST, by="镇会计", **ORCHARD)
    other = both_hats.submit("orchard", FIRST, by="村会计", **(ORCHARD | {"plot": "2"}))

    assert codes(lambda: approve_records(both_hats.actor("镇会计"), [other, own])) == ["RECORD_006"]
    assert codes(lambda: approve_records(both_hats.actor("镇办"), [other, 999_999])) == [
        "RECORD_001"
    ]
    approve_records(both_hats.actor("镇办"), [other])
    assert codes(lambda: approve_records(both_hats.actor("镇办"), [own, other])) == ["RECORD_003"]
    assert queries.get(own).state == "submitted"


def test_a_record_named_twice_is_handled_once(office: Office) -> None:
    record = office.submit("orchard", FIRST, **ORCHARD)

    assert return_records(office.actor("镇办"), [record, record], reason="再核") == 1
    office.submit("orchard", FIRST, **(ORCHARD | {"young": "2"}))
    assert approve_records(office.actor("镇办"), [record] * 3).approved == 1
    assert withdraw_records(office.actor("县会计"), [record, record], reason="重复") == 1

    assert [e.number for e in queries.history(record)] == [1, 2, 3, 4, 5]
    assert office.is_sound()


def test_a_returned_revision_keeps_the_old_posting(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    office.submit("orchard", FIRST, **(ORCHARD | {"young": "7"}))

    return_records(office.actor("镇办"), [record], reason="面积请复核")

    assert queries.get(record).state == "returned"
    assert office.value("orchard_area", TOWN, 2023) == 3
    assert codes(lambda: office.approve(record)) == ["RECORD_003"]
    office.submit("orchard", FIRST, **(ORCHARD | {"young": "5"}))
    office.approve(record)
    assert office.value("orchard_area", TOWN, 2023) == 7
    assert [e.action for e in queries.history(record)] == [
        "create",
        "approve",
        "revise",
        "return",
        "revise",
        "approve",
    ]
    assert office.is_sound()


@pytest.mark.parametrize("reason", ["", "  "])
def test_returning_and_withdrawing_need_a_reason(office: Office, reason: str) -> None:
    record = office.submit("orchard", FIRST, **ORCHARD)

    assert codes(lambda: return_records(office.actor("镇办"), [record], reason=reason)) == [
        "RECORD_002"
    ]
    assert codes(lambda: withdraw_records(office.actor("县会计"), [record], reason=reason)) == [
        "RECORD_002"
    ]


def test_a_record_never_approved_is_withdrawn_at_once(office: Office) -> None:
    record = office.submit("orchard", FIRST, **ORCHARD)

    withdraw_records(office.actor("县会计"), [record], reason="重复")

    assert queries.get(record).state == "withdrawn"
    assert codes(lambda: withdraw_records(office.actor("县会计"), [record], reason="重复")) == [
        "RECORD_004"
    ]
    assert codes(lambda: withdraw_records(office.actor("镇办"), [record], reason="重复")) == [
        "RECORD_004"
    ]


def test_an_approved_record_is_withdrawn_when_that_is_approved(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)

    withdraw_records(office.actor("县会计"), [record], reason="重复")

    assert (queries.get(record).state, office.value("orchard_area", TOWN, 2023)) == ("submitted", 3)
    office.approve(record)
    assert (queries.get(record).state, office.value("orchard_area", TOWN, 2023)) == (
        "withdrawn",
        None,
    )
    again = office.record("orchard", FIRST, **ORCHARD)
    assert again == record, "the same key is the same record"
    assert office.value("orchard_area", TOWN, 2023) == 3
    assert office.is_sound()


def test_a_returned_withdrawal_leaves_the_record_in_force(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    withdraw_records(office.actor("县会计"), [record], reason="重复")

    return_records(office.actor("镇办"), [record], reason="并不重复")

    assert office.value("orchard_area", TOWN, 2023) == 3
    assert [r.record for r in Books().rows("orchard", TOWN, year(2023))] == [record]


def test_equal_events_entered_by_hand_are_two_events(office: Office) -> None:
    visit = {"date": "2023-05-01", "household": "H1", "topic": "慰问", "amount": "200"}
    first, second = office.record("visit", FIRST, **visit), office.record("visit", FIRST, **visit)

    assert first != second
    assert office.value("visits", FIRST, 2023) == 2
    assert office.value("visited_households", FIRST, 2023) == 1


# ── imports ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_import_is_all_or_nothing(office: Office) -> None:
    drafts = drafts_of(
        office,
        "orchard",
        ORCHARD,
        ORCHARD | {"plot": "2", "bearing": "-1"},
        ORCHARD | {"plot": "3", "date": "不详"},
    )

    assert codes(lambda: submit_drafts(office.actor("县会计"), "orchard", FIRST, drafts)) == [
        "LEDGER_014",
        "LEDGER_006",
    ]
    assert storage.fetch("SELECT COUNT(*) FROM record")[0][0] == 0


def test_the_same_import_again_changes_nothing_and_another_revises(office: Office) -> None:
    clerk = office.actor("县会计")
    rows = [ORCHARD | {"plot": str(n)} for n in range(5)]
    first = submit_drafts(clerk, "orchard", FIRST, drafts_of(office, "orchard", *rows))
    office.approve()

    again = submit_drafts(clerk, "orchard", FIRST, drafts_of(office, "orchard", *rows))
    rows[2] = rows[2] | {"young": "9"}
    third = submit_drafts(
        clerk, "orchard", FIRST, drafts_of(office, "orchard", *rows, ORCHARD | {"plot": "new"})
    )

    assert (first.created, again.unchanged, again.created + again.revised) == (5, 5, 0)
    assert (third.created, third.revised, third.unchanged) == (1, 1, 4)
    office.approve()
    assert office.value("orchard_area", FIRST, 2023) == 3 * 5 + 8 + 3


def test_equal_rows_of_one_import_are_kept_apart_and_found_again(office: Office) -> None:
    visit = {"date": "2023-05-01", "topic": "帮扶"}
    clerk = office.actor("县会计")

    one = submit_drafts(clerk, "visit", FIRST, drafts_of(office, "visit", visit, visit, visit))
    two = submit_drafts(
        clerk, "visit", FIRST, drafts_of(office, "visit", visit, visit, visit, visit)
    )

    assert (one.created, two.created, two.unchanged) == (3, 1, 3)


def test_the_unit_of_a_row_must_lie_below_and_keep_such_a_ledger(office: Office) -> None:
    clerk = office.actor("县会计")

    def with_unit(name: str) -> list[RowDraft]:
        drafts = drafts_of(office, "orchard", ORCHARD)
        drafts[0].organisation = name
        return drafts

    assert submit_drafts(clerk, "orchard", TOWN, with_unit("乙村")).created == 1
    assert codes(lambda: submit_drafts(clerk, "orchard", TOWN, with_unit("丁村"))) == ["ORG_013"]
    assert codes(lambda: submit_drafts(clerk, "orchard", TOWN, with_unit(""))) == ["LEDGER_031"]
    assert codes(lambda: submit_drafts(clerk, "果树台账", TOWN, with_unit(""))) == ["LEDGER_030"]
    assert codes(lambda: submit_drafts(office.actor("镇办"), "orchard", FIRST, [])) == [
        "PEOPLE_001"
    ]


def test_undoing_an_import_takes_back_what_it_made(office: Office) -> None:
    clerk = office.actor("县会计")
    office.record("orchard", FIRST, **ORCHARD)
    wrong = submit_drafts(
        clerk,
        "orchard",
        FIRST,
        drafts_of(
            office, "orchard", ORCHARD | {"young": "50"}, ORCHARD | {"plot": "2", "young": "60"}
        ),
    )
    office.approve()
    assert office.value("orchard_area", FIRST, 2023) == 52 + 62

    assert withdraw_batch(clerk, wrong.batch, reason="导错了文件") == 2

    assert office.value("orchard_area", FIRST, 2023) == 52 + 62, "until the undoing is approved"
    office.approve()
    assert office.value("orchard_area", FIRST, 2023) == 3, (
        "what was there before the import is there again"
    )
    assert office.is_sound()
    assert codes(lambda: withdraw_batch(clerk, wrong.batch, reason="再来")) == ["RECORD_005"]


def test_undoing_an_import_that_was_not_approved_yet(office: Office) -> None:
    clerk = office.actor("县会计")
    record = office.record("orchard", FIRST, **ORCHARD)
    wrong = submit_drafts(
        clerk,
        "orchard",
        FIRST,
        drafts_of(office, "orchard", ORCHARD | {"young": "50"}, ORCHARD | {"plot": "2"}),
    )

    assert codes(lambda: withdraw_batch(clerk, wrong.batch, reason=" ")) == ["RECORD_002"]
    assert codes(lambda: withdraw_batch(office.actor("镇办"), wrong.batch, reason="导错")) == [
        "PEOPLE_001"
    ]
    withdraw_batch(clerk, wrong.batch, reason="导错了文件")
    office.approve()

    assert queries.get(record).payload["young"] == "1"
    assert office.value("orchard_area", FIRST, 2023) == 3
    assert office.is_sound()


# ── blank, zero, nil ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_blank_is_not_zero_and_a_nil_report_is(office: Office) -> None:
    assert office.value("visits", FIRST, 2023) is None, "nobody said anything"

    office.record("visit", FIRST, date="2023-03-01", topic="慰问")
    figure = Books().figure(FigureId("visit_amount", FIRST, year(2023)))
    assert (figure.value, figure.rows, figure.blanks) == (None, 0, 1), "a row without its amount"
    office.record("visit", FIRST, date="2023-03-02", topic="慰问", amount="0")
    figure = Books().figure(FigureId("visit_amount", FIRST, year(2023)))
    assert (figure.value, figure.rows, figure.blanks) == (Decimal(0), 1, 1), "known to be none"
    assert office.value("visited_households", FIRST, 2023) == 0, (
        "rows stand, none of them names a household"
    )

    assert office.value("visits", SECOND, 2023) is None
    office.record("nil", SECOND, ledger="visit", month="2023-04", date="2023-04-30")
    for indicator in ("visits", "visit_amount", "visited_households", "visited_people"):
        assert office.value(indicator, SECOND, "2023-04") == 0, indicator
        assert office.value(indicator, SECOND, "2023-05") is None, indicator
    assert office.value("disputes", SECOND, 2023) is None
    assert office.is_sound()


def test_a_withdrawn_nil_report_leaves_the_month_unknown(office: Office) -> None:
    record = office.record("nil", SECOND, ledger="visit", month="2023-04", date="2023-04-30")

    withdraw_records(office.actor("县会计"), [record], reason="有走访")
    office.approve(record)

    assert office.value("visits", SECOND, 2023) is None
    assert office.value("visited_households", SECOND, 2023) is None


def test_a_target_is_the_units_own_promise(office: Office) -> None:
    def promise(place: str, amount: str) -> None:
        office.record(
            "target", place, year="2023", indicator="orchard_area", amount=amount, date="2023-01-10"
        )

    promise(FIRST, "60")
    promise(SECOND, "40")
    assert office.value("orchard_area", TOWN, 2023, kind="target") == 100, (
        "the town promised nothing itself"
    )
    promise(TOWN, "120")
    assert office.value("orchard_area", TOWN, 2023, kind="target") == 120, (
        "the villages' promises are in the town's"
    )
    promise(FAR_FIRST, "5")
    assert office.value("orchard_area", COUNTY, 2023, kind="target") == 125
    books = Books()
    figure = books.figure(FigureId("orchard_area", COUNTY, year(2023), "target"))
    assert sum(r.amount or 0 for r in books.trace(figure).rows) == 125
    assert [(t.id.indicator, t.value) for t in books.targets(FIRST, year(2023))] == [
        ("orchard_area", Decimal(60))
    ]
    assert office.is_sound()


def test_a_number_too_large_for_the_books_is_refused_where_it_is_typed(office: Office) -> None:
    clerk = office.actor("县会计")
    for bearing in ("999999999999999999", "900000000001"):
        assert codes(
            lambda b=bearing: submit_values(clerk, "orchard", FIRST, ORCHARD | {"bearing": b})
        ) == ["LEDGER_015"]  # type: ignore[misc]


def test_fractions_of_ten_thousand_yuan_are_kept(office: Office) -> None:
    office.record("project", FIRST, number="1", date="2023-01-01", budget="3.84625")

    assert office.value("budget", COUNTY, 2023) == Decimal("38462.5")
