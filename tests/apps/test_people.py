"""Lines of work, orders, terms, and who looks after whose account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shuzhi.apps.audit.models import Event
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import return_records, withdraw_records
from shuzhi.apps.ledgers.attachments import attach
from shuzhi.apps.organisations.queries import get
from shuzhi.apps.people import actions
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.passwords import first_password, password_problems
from shuzhi.apps.people.permissions import (
    AREA_WORDS,
    SYSTEM,
    is_allowed,
    permitted_areas,
)
from shuzhi.core.problems import ProblemsError
from tests.support.office import FAR_FIRST, FIRST, SECOND, TOWN, Office

ORCHARD = {"plot": "1", "date": "2023-03-01", "bearing": "2", "young": "1", "variety": "花椒"}
VISIT = {"date": "2023-03-02", "topic": "走访", "household": ""}


def codes(act: Callable[[], object]) -> list[str]:
    """Codes of the problems an action raises."""
    with pytest.raises(ProblemsError) as caught:
        act()
    return [p.code for p in caught.value.problems]


def limited(name: str, role: str, place: str, *lines: str) -> None:
    """An account with one post limited to lines of work."""
    actions.create_account(SYSTEM, name, name)
    actions.give_post(SYSTEM, name, place, role, from_date="2020-01-01", lines=lines)


# ── lines of work ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clerk_of_one_line_records_in_it_alone(office: Office) -> None:
    limited("农业站", "clerk", TOWN, "industry")

    assert office.submit("orchard", FIRST, by="农业站", **ORCHARD) > 0
    assert codes(
        lambda: office.submit("visit", FIRST, by="农业站", date="2023-03-02", topic="排查")
    ) == ["PEOPLE_001"]


def test_what_a_line_does_not_cover_is_named(office: Office) -> None:
    limited("农业站", "clerk", TOWN, "industry")

    with pytest.raises(ProblemsError) as caught:
        office.submit("visit", FIRST, by="农业站", date="2023-03-02", topic="排查")

    params = caught.value.problems[0].params
    assert AREA_WORDS["governance"][0] in params["permission"]
    assert AREA_WORDS["industry"][0] in params["held"]


def test_revising_withdrawing_returning_attaching_and_approving_keep_to_the_line(
    office: Office, tmp_path: Path
) -> None:
    limited("治理办", "clerk", TOWN, "governance")
    limited("治理审核", "reviewer", TOWN, "governance")
    record = office.submit("orchard", FIRST, by="村会计", **ORCHARD)
    clerk, reviewer = office.actor("治理办"), office.actor("治理审核")
    note = tmp_path / "a.pdf"
    note.write_bytes(b"%PDF-1.4\n")

    for act in (
        lambda: office.submit("orchard", FIRST, by="治理办", **(ORCHARD | {"young": "3"})),
        lambda: withdraw_records(clerk, [record], reason="重复"),
        lambda: return_records(reviewer, [record], reason="再核"),
        lambda: approve_records(reviewer, [record]),
        lambda: attach(clerk, record, note),
    ):
        assert codes(act) == ["PEOPLE_001"]


def test_approving_a_place_takes_the_own_lines_and_leaves_the_others(office: Office) -> None:
    limited("农业审核", "reviewer", TOWN, "industry")
    own = office.submit("orchard", FIRST, by="村会计", **ORCHARD)
    other = office.submit("visit", FIRST, by="村会计", date="2023-03-02", topic="排查")

    result = approve_records(office.actor("农业审核"), organisation_path=get(TOWN).path)

    from shuzhi.apps.ledgers import queries

    assert (result.approved, result.refused) == (1, [])
    assert (queries.get(own).state, queries.get(other).state) == ("approved", "submitted")


def test_lines_of_several_posts_add_up_and_one_without_covers_all(office: Office) -> None:
    limited("多面手", "clerk", FIRST, "industry")
    actions.give_post(SYSTEM, "多面手", TOWN, "reviewer", from_date="2020-01-01", lines=["people"])
    first, second = get(FIRST).path, get(SECOND).path
    actor = office.actor("多面手")

    assert permitted_areas(actor, "record.create", first) == {"industry"}
    assert permitted_areas(actor, "record.read", first) == {"industry", "people"}
    assert permitted_areas(actor, "record.read", second) == {"people"}
    assert permitted_areas(actor, "record.create", second) == frozenset()
    assert permitted_areas(office.actor("村会计"), "record.create", first) is None
    assert is_allowed(actor, "record.read", first)
    assert not is_allowed(actor, "record.read", first, "governance")


def test_every_area_of_the_shipped_catalogue_has_a_name() -> None:
    from shuzhi.catalogue.loader import load_catalogue, shipped_folder

    catalogue, _ = load_catalogue(shipped_folder())

    assert {ledger.area for ledger in catalogue.ledgers.values()} <= set(AREA_WORDS)


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"to_date": "", "order": "检〔2023〕1 号"}, ["PEOPLE_006"]),
        ({"to_date": "2023-12-31", "order": " "}, ["PEOPLE_006"]),
        ({"to_date": "2019-12-31", "order": "检〔2023〕1 号"}, ["PEOPLE_007"]),
        (
            {"to_date": "2023-12-31", "order": "检〔2023〕1 号", "lines": ["nowhere"]},
            ["PEOPLE_008"],
        ),
    ],
)
def test_an_inspection_has_a_term_and_an_order(
    office: Office, term: dict[str, object], expected: list[str]
) -> None:
    actions.create_account(SYSTEM, "巡察", "巡察")

    assert (
        codes(
            lambda: actions.give_post(
                SYSTEM, "巡察", TOWN, "inspector", from_date="2023-01-01", **term
            )  # type: ignore[arg-type]
        )
        == expected
    )


def test_nobody_gives_or_changes_a_post_of_their_own(office: Office) -> None:
    actor = office.actor("管理员")
    own = Post.objects.get(account__name="管理员")

    assert "PEOPLE_009" in codes(
        lambda: actions.give_post(actor, "管理员", TOWN, "administrator", from_date="2023-01-01")
    )
    assert codes(lambda: actions.change_post(actor, own.pk, to_date="")) == ["PEOPLE_009"]


def test_a_post_is_changed_and_the_change_is_noted(office: Office) -> None:
    post = Post.objects.get(account__name="村会计")

    actions.change_post(office.actor("管理员"), post.pk, to_date="2999-01-01", lines=["industry"])

    assert office.actor("村会计").posts[0].lines == {"industry"}
    noted = Event.objects.get(code="post.changed")
    assert (noted.actor, noted.organisation) == ("管理员", FIRST)
    assert codes(lambda: actions.change_post(office.actor("外镇办"), post.pk, to_date="")) == [
        "PEOPLE_001"
    ]
    assert codes(lambda: actions.change_post(SYSTEM, 999, to_date="")) == ["CLI_007"]


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def town_administrator(office: Office) -> Office:
    """镇管理员 looks after the town, not the county."""
    actions.create_account(SYSTEM, "镇管理员", "镇管理员")
    actions.give_post(SYSTEM, "镇管理员", TOWN, "administrator", from_date="2020-01-01")
    return office


@pytest.mark.parametrize("persona", ["分管领导", "安全员", "外镇会计"])
def test_an_administrator_reaches_no_account_outside_the_own_units(
    town_administrator: Office, persona: str
) -> None:
    actor = town_administrator.actor("镇管理员")

    for act in (
        lambda: actions.set_password(actor, persona, "walnut-ferry-9"),
        lambda: actions.close_account(actor, persona, reason="不应当"),
        lambda: actions.reopen_account(actor, persona, reason="不应当"),
        lambda: actions.reset_second_step(actor, persona, reason="不应当"),
    ):
        assert codes(act) == ["PEOPLE_001"]


def test_a_post_below_does_not_hand_the_account_of_a_leader_over(
    town_administrator: Office,
) -> None:
    actions.give_post(SYSTEM, "分管领导", FIRST, "reviewer", from_date="2020-01-01")

    assert codes(
        lambda: actions.set_password(
            town_administrator.actor("镇管理员"), "分管领导", "walnut-ferry-9"
        )
    ) == ["PEOPLE_001"]


def test_an_account_is_opened_with_its_first_post_or_not_at_all(town_administrator: Office) -> None:
    actor = town_administrator.actor("镇管理员")
    post = {"role": "inspector", "from_date": "2023-01-01", "to_date": "", "lines": [], "order": ""}

    assert codes(
        lambda: actions.open_account(actor, "新人", "", home=FIRST, password="short", post=post)
    ) == ["PEOPLE_010", "PEOPLE_006"]
    assert codes(
        lambda: actions.open_account(actor, "新人", "", home=FAR_FIRST, password="walnut-ferry-9")
    ) == ["PEOPLE_001"]
    assert not Account.objects.filter(name="新人").exists()

    made = actions.open_account(
        actor,
        "新人",
        "新会计",
        home=FIRST,
        password="walnut-ferry-9",
        post=post | {"role": "clerk"},
    )

    assert (made.must_change, made.check_password("walnut-ferry-9")) == (True, True)
    assert town_administrator.actor("新人").posts[0].organisation == FIRST


def test_nobody_closes_their_own_account_and_a_reason_is_needed(office: Office) -> None:
    assert codes(lambda: actions.close_account(office.actor("管理员"), "管理员", reason="")) == [
        "PEOPLE_018",
        "PEOPLE_019",
    ]


def test_a_closed_account_acts_no_more_until_it_is_reopened(office: Office) -> None:
    administrator = office.actor("管理员")
    actions.close_account(administrator, "村会计", reason="调离")
    assert codes(lambda: office.actor("村会计")) == ["PEOPLE_002"]

    actions.reopen_account(administrator, "村会计", reason="回来了")

    assert office.submit("orchard", FIRST, by="村会计", **ORCHARD) > 0
    assert list(
        Event.objects.filter(code__in=["account.closed", "account.reopened"]).values_list(
            "actor", flat=True
        )
    ) == ["管理员", "管理员"]


@pytest.mark.parametrize("name", ["", " ", "SYSTEM", "x" * 65, "a\nb", "村会计"])
def test_a_name_that_will_not_do(office: Office, name: str) -> None:
    assert codes(lambda: actions.create_account(office.actor("管理员"), name, "")) == ["PEOPLE_003"]


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", ["PEOPLE_010"]),
        ("Ab3$", ["PEOPLE_010"]),
        ("abcdefgh", ["PEOPLE_011", "PEOPLE_012"]),
        ("Walnut77", []),
        ("walnut77", ["PEOPLE_011"]),
        ("walnut ferry", []),
        ("核桃渡口蓝布三月初九日", []),
        ("0000000000", ["PEOPLE_012"]),
        ("9876543210", ["PEOPLE_012"]),
        ("basketball", ["PEOPLE_012"]),
        ("Cunkuaiji1", ["PEOPLE_013"]),
        ("cunkuaiji", ["PEOPLE_011", "PEOPLE_013"]),
        ("x" * 129, ["PEOPLE_014"]),
    ],
)
def test_what_a_password_must_be(password: str, expected: list[str]) -> None:
    found = password_problems(password, "cunkuaiji", "村会计")

    assert [p.code for p in found] == expected
    assert [p for p in found if password and password in str(p.params)] == []


def test_a_first_password_keeps_the_rules_and_comes_once() -> None:
    made = {first_password() for _ in range(50)}

    assert len(made) == 50
    assert [p for p in made if password_problems(p)] == []
