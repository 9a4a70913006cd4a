"""Signing in and out, lock-out, time-out, the first password, the own account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from shuzhi.apps.audit.actions import broken_events
from shuzhi.apps.people.models import Account
from tests.support.office import FIRST, TOWN, Office
from tests.web.way_in.conftest import PASSWORD, events, sign_in

Password = Callable[..., str]
SCRIPT = {"X-Requested-With": "shuzhi"}


def test_somebody_signs_in_and_comes_to_the_workbench_of_the_first_post(
    web: Office, password_of: Password
) -> None:
    password_of("村会计")

    client = sign_in("村会计")

    assert client.answer.url == "/"
    assert client.get("/").url == f"/at/{FIRST}/workbench/"
    assert [actor for actor, _ in events("account.signed_in")] == ["村会计"]
    assert broken_events() == []


def test_the_way_on_is_kept_but_never_leads_to_another_host(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")

    assert sign_in("村会计", next="/me/").answer.url == "/me/"
    for evil in (
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
    ):
        assert sign_in("村会计", next=evil).answer.url == "/"


@pytest.mark.parametrize("name", ["村会计", "无此人"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    web_sqlite: Office, password_of: Password, name: str
) -> None:
    password_of("村会计")

    answer = sign_in(name, "wrong-password").answer

    assert answer.status_code == 422
    assert "PEOPLE_020" in answer.content.decode()
    assert f'value="{name}"' in answer.content.decode()
    assert "wrong-password" not in answer.content.decode()


def test_what_was_typed_is_nowhere_in_the_diary(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    sign_in("村会计", "typed-secret-1")
    sign_in("typed-secret-2", "typed-secret-3")

    noted = str(events("account.sign_in_failed"))

    assert noted.count("password") == 2
    assert "typed-secret" not in noted


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    web: Office, password_of: Password, clock: Callable[[int], None]
) -> None:
    password_of("村会计")
    for _ in range(4):
        assert "PEOPLE_021" not in sign_in("村会计", "wrong").answer.content.decode()
    text = sign_in("村会计", "wrong").answer.content.decode()
    assert "PEOPLE_021" in text
    assert "以后再试" in text

    assert "PEOPLE_021" in sign_in("村会计").answer.content.decode()  # even with the right one
    clock(14 * 60)
    assert sign_in("村会计").answer.status_code == 422
    clock(2 * 60)
    assert sign_in("村会计").answer.status_code == 302
    assert len(events("account.locked")) == 1


def test_an_unknown_name_is_locked_as_well(web_sqlite: Office) -> None:
    for _ in range(5):
        text = sign_in("无此人", "wrong").answer.content.decode()

    assert "PEOPLE_021" in text


def test_failures_are_forgotten_after_a_quarter_of_an_hour_and_by_signing_in(
    web_sqlite: Office, password_of: Password, clock: Callable[[int], None]
) -> None:
    password_of("村会计")
    for _ in range(4):
        sign_in("村会计", "wrong")
    sign_in("村会计")
    for _ in range(4):
        sign_in("村会计", "wrong")
    clock(16 * 60)

    for _ in range(4):
        sign_in("村会计", "wrong")

    assert sign_in("村会计").answer.status_code == 302


def test_an_address_that_fails_thirty_times_is_locked(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")
    for number in range(30):
        sign_in(f"无此人{number}", "wrong")

    assert "PEOPLE_021" in sign_in("村会计").answer.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert sign_in("村会计", client=elsewhere).answer.status_code == 302


def test_a_closed_account_and_one_without_a_password_do_not_get_in(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")
    Account.objects.filter(name="村会计").update(is_active=False)

    assert sign_in("村会计").answer.status_code == 422
    assert sign_in("镇会计", "").answer.status_code == 422
    assert sign_in("SYSTEM", "x").answer.status_code == 422


def test_closing_an_account_ends_its_sessions(web_sqlite: Office, password_of: Password) -> None:
    from shuzhi.apps.people.actions import close_account

    password_of("村会计")
    client = sign_in("村会计")
    close_account(web_sqlite.actor("管理员"), "村会计", reason="调离")

    assert client.get("/me/").status_code == 302
    assert Session.objects.count() == 0


# ── for scripts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_dialog_of_an_ended_session_signs_in_without_leaving_the_page(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    token = client.cookies["csrftoken"].value
    headers = SCRIPT | {"X-CSRFToken": token}

    wrong = client.post("/sign-in/", {"login": "村会计", "password": "x"}, headers=headers).json()
    right = client.post(
        "/sign-in/", {"login": "村会计", "password": PASSWORD}, headers=headers
    ).json()

    assert wrong["ok"] is False
    assert "PEOPLE_020" in wrong["problems"][0]
    assert right["ok"] is True
    renewed = client.post("/language/", {"language": "zh", "csrfmiddlewaretoken": right["csrf"]})
    assert renewed.status_code == 302


# ── the session's end ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_that_ran_out_says_so(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    client.get("/me/")
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))

    answer = client.get("/me/", follow=True)

    assert answer.request["PATH_INFO"] == "/sign-in/"
    assert "登录已过期" in answer.content.decode()
    assert "登录已过期。" not in client.get("/sign-in/").content.decode()  # said once


def test_a_session_that_is_used_goes_on(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    client.get("/me/")
    stored = client.session
    stored["touched"] = 0
    stored.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))

    client.get("/me/")

    left = Session.objects.get().expire_date - timezone.now()
    assert left > timedelta(minutes=25)


def test_signing_out_is_noted_and_said(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    client = sign_in("村会计")

    answer = client.post("/sign-out/", follow=True)

    assert "您已退出" in answer.content.decode()
    assert client.get("/me/").status_code == 302
    assert [actor for actor, _ in events("account.signed_out")] == ["村会计"]
    assert client.get("/sign-out/").status_code == 405


# ── the own account ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_password_is_changed_before_any_work(web: Office, password_of: Password) -> None:
    password_of("村会计", must_change=True)
    client = sign_in("村会计")
    assert client.get(f"/at/{FIRST}/workbench/").url == "/me/password/"
    assert client.get("/me/").url == "/me/password/"

    done = client.post(
        "/me/password/",
        {"old": PASSWORD, "new": "核桃-渡口-蓝布-三月", "again": "核桃-渡口-蓝布-三月"},
    )

    assert done.url == "/"
    assert client.get("/me/").status_code == 200
    assert sign_in("村会计", "核桃-渡口-蓝布-三月").answer.status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "codes"),
    [
        ("wrong", "walnut-ferry-10", "walnut-ferry-10", ["PEOPLE_015"]),
        (PASSWORD, "short1", "short1", ["PEOPLE_010"]),
        (PASSWORD, "onlylower", "onlylower", ["PEOPLE_011"]),
        (PASSWORD, "1234567890", "1234567890", ["PEOPLE_012"]),
        (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", ["PEOPLE_012"]),
        (PASSWORD, "walnut-ferry-10", "walnut-ferry-11", ["PEOPLE_016"]),
        (PASSWORD, PASSWORD, PASSWORD, ["PEOPLE_017"]),
    ],
)
def test_a_new_password_must_keep_the_rules(
    web_sqlite: Office, password_of: Password, old: str, new: str, again: str, codes: list[str]
) -> None:
    password_of("村会计")
    client = sign_in("村会计")

    answer = client.post("/me/password/", {"old": old, "new": new, "again": again})

    text = answer.content.decode()
    if codes:
        assert answer.status_code == 422
        assert [c for c in codes if c not in text] == []
    assert new not in text


def test_guessing_the_old_password_in_an_open_session_is_counted(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    for _ in range(5):
        client.post(
            "/me/password/", {"old": "guess", "new": "walnut-ferry-10", "again": "walnut-ferry-10"}
        )

    last = client.post(
        "/me/password/", {"old": PASSWORD, "new": "walnut-ferry-10", "again": "walnut-ferry-10"}
    )

    assert "PEOPLE_021" in last.content.decode()


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(
    web: Office, password_of: Password
) -> None:
    password_of("村会计")
    here, there = sign_in("村会计"), sign_in("村会计")

    here.post(
        "/me/password/", {"old": PASSWORD, "new": "walnut-ferry-10", "again": "walnut-ferry-10"}
    )

    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").content.decode().count("这一个") == 1


def test_another_session_is_seen_and_ended_but_not_somebody_elses(
    web_sqlite: Office, password_of: Password
) -> None:
    password_of("村会计")
    password_of("镇会计")
    here, there, foreign = sign_in("村会计"), sign_in("村会计"), sign_in("镇会计")
    from shuzhi.apps.people.models import SignIn

    other = SignIn.objects.get(session=there.session.session_key).pk
    strange = SignIn.objects.get(session=foreign.session.session_key).pk

    assert here.post(f"/me/sessions/{strange}/end/").status_code == 404
    assert here.post(f"/me/sessions/{other}/end/").status_code == 302
    assert there.get("/me/").status_code == 302
    assert (here.get("/me/").status_code, foreign.get("/me/").status_code) == (200, 200)


def test_an_account_without_a_post_is_told_whom_to_ask(
    web_sqlite: Office, password_of: Password
) -> None:
    from shuzhi.apps.people.actions import create_account
    from shuzhi.apps.people.permissions import SYSTEM

    create_account(SYSTEM, "新人", "新人", home=TOWN, password=PASSWORD)
    client = sign_in("新人")

    answer = client.get("/", follow=True)

    assert answer.request["PATH_INFO"] == "/without-post/"
    assert "管理员（示例县）" in answer.content.decode()


def test_the_start_leads_to_the_unit_worked_in_last(
    web_sqlite: Office, password_of: Password
) -> None:
    from shuzhi.apps.people.actions import give_post
    from shuzhi.apps.people.permissions import SYSTEM

    password_of("村会计")
    give_post(SYSTEM, "村会计", TOWN, "clerk", from_date="2020-01-01")
    client = sign_in("村会计")
    client.get(f"/at/{TOWN}/workbench/")

    assert client.get("/").url == f"/at/{TOWN}/workbench/"
    client.cookies["shuzhi_place"] = "990101101201"  # a unit of nobody's business
    assert client.get("/").url == f"/at/{FIRST}/workbench/"


def test_signing_up_and_the_rest_of_allauth_have_no_address(web_sqlite: Office) -> None:
    for path in (
        "/signup/",
        "/accounts/signup/",
        "/accounts/login/",
        "/password/reset/",
        "/social/connections/",
    ):
        assert Client().get(path).status_code == 404


def test_what_ran_out_is_thrown_away(web_sqlite: Office, password_of: Password) -> None:
    from shuzhi.apps.people import signing_in
    from shuzhi.apps.people.models import SignIn

    password_of("村会计")
    password_of("镇会计")
    sign_in("村会计")
    kept = sign_in("镇会计").session.session_key
    Session.objects.exclude(session_key=kept).update(expire_date=timezone.now() - timedelta(1))

    assert signing_in.clean() == 1

    assert [s.session for s in SignIn.objects.all()] == [kept]
