"""`shuzhi account` and `shuzhi post`: passwords that are asked for, closing, lines of work, orders."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from tests.cli.conftest import Ran
from tests.support.office import FIRST, Office

Run = Callable[..., Ran]
ADMIN = "管理员"


def refused(shuzhi: Run, *arguments: str, actor: str = ADMIN) -> list[str]:
    """Codes of what a command is refused with."""
    return shuzhi(*arguments, "--json", actor=actor).codes


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed where a password is asked for; each once."""
    answers: list[str] = []

    def prompt(text: str, **options: object) -> str:
        assert options["hide_input"] is True
        return answers.pop(0)

    monkeypatch.setattr(click, "prompt", prompt)
    return answers


def test_a_first_password_is_asked_for_and_must_be_changed(
    tea_office: Office, shuzhi: Run, typed: list[str]
) -> None:
    from shuzhi.apps.people.models import Account

    typed += ["short", "walnut-ferry-9", "walnut-ferry-10", "walnut-ferry-11"]
    add = ("account", "add", "小王", "--home", FIRST, "--password")
    assert refused(shuzhi, *add, actor=ADMIN) == ["PEOPLE_010"]
    ran = shuzhi(*add, actor=ADMIN).done()
    made = Account.objects.get(name="小王")
    assert (made.must_change, made.check_password("walnut-ferry-9")) == (True, True)
    assert "walnut" not in ran.out + ran.err

    shuzhi("account", "password", "小王", actor=ADMIN).done()

    made.refresh_from_db()
    assert made.check_password("walnut-ferry-10")
    assert refused(shuzhi, "account", "password", "小王", actor="村会计") == ["PEOPLE_001"]


def test_an_account_is_closed_and_reopened(tea_sqlite: Office, shuzhi: Run) -> None:
    shuzhi("account", "close", "村会计", "--reason", "调离", actor=ADMIN).done()
    assert refused(shuzhi, "record", "waiting", "--org", FIRST, actor="村会计") == ["PEOPLE_002"]

    shuzhi("account", "reopen", "村会计", "--reason", "回来了", actor=ADMIN).done()
    shuzhi("account", "reset-second-step", "村会计", "--reason", "手机丢了", actor=ADMIN).done()

    assert refused(shuzhi, "account", "close", "村会计") == ["CLI_012"]


def test_a_post_is_limited_to_lines_of_work(tea_office: Office, shuzhi: Run) -> None:
    shuzhi("account", "add", "小王", actor=ADMIN).done()
    give = ("post", "give", "小王", FIRST, "clerk", "--line", "people")
    given = shuzhi(*give, "--json", actor=ADMIN).done().json["post"]
    add = (
        "record",
        "add",
        "tea_sale",
        "--org",
        FIRST,
        "--set",
        "date=2023-05-01",
        "--set",
        "amount=100",
    )
    assert refused(shuzhi, *add, actor="小王") == ["PEOPLE_001"]

    shuzhi("post", "change", given, "--all-lines", "--to", "2999-12-31", actor=ADMIN).done()

    shuzhi(*add, actor="小王").done()
    listed = next(p for p in shuzhi("account", "list", "--json").json if p["post"] == given)
    assert (listed["lines"], listed["to"]) == ([], "2999-12-31")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("post", "give", "村会计", FIRST, "inspector"), "PEOPLE_006"),
        (("post", "give", "村会计", FIRST, "clerk", "--to", "2000-01-01"), "PEOPLE_007"),
        (("post", "give", "村会计", FIRST, "clerk", "--line", "nowhere"), "PEOPLE_008"),
        (("post", "give", ADMIN, FIRST, "administrator"), "PEOPLE_009"),
        (("post", "change", "999", "--all-lines"), "CLI_007"),
        (("account", "close", ADMIN, "--reason", "x"), "PEOPLE_018"),
    ],
)
def test_what_is_given_wrong_is_said(
    tea_sqlite: Office, shuzhi: Run, arguments: tuple[str, ...], code: str
) -> None:
    assert refused(shuzhi, *arguments, actor=ADMIN) == [code]


def test_an_inspector_needs_an_order_and_a_last_day(tea_sqlite: Office, shuzhi: Run) -> None:
    give = (
        "post",
        "give",
        "村会计",
        FIRST,
        "inspector",
        "--to",
        "2999-12-31",
        "--order",
        "检〔2023〕1 号",
    )

    shuzhi(*give, actor=ADMIN).done()

    assert "检〔2023〕1 号" in shuzhi("account", "list").out
