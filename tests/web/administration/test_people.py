"""People and posts on the pages of administration."""

from __future__ import annotations

import pytest
from django.test import Client

from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import PERMISSIONS, ROLES
from shuzhi.web.administration.people import RIGHT_WORDS, ROLE_WORDS
from tests.support.office import COUNTY, FAR_FIRST, FIRST, TOWN, Office
from tests.web.conftest import Visit

AT = f"/at/{TOWN}/administration/people/"
NEW = {
    "name": "新会计", "display": "王五", "password": "walnut-ferry-9", "role": "clerk", "place": FIRST, "from_date": "2023-01-01",
    "to_date": "", "order": "", "lines": ["industry", "land"],
}  # fmt: skip


def number(name: str) -> int:
    return Account.objects.get(name=name).pk


def test_the_people_of_a_unit_and_of_no_other_are_listed(web: Office, as_: Visit) -> None:
    text = as_("管理员").get(AT).content.decode()

    assert "村会计" in text
    assert "镇办" in text
    assert "外镇会计" not in text
    assert "分管领导" not in text


def test_somebody_is_found_by_a_part_of_the_name(web: Office, as_: Visit) -> None:
    text = as_("管理员").get(f"/at/{COUNTY}/administration/people/?q=外镇").content.decode()

    assert "外镇会计" in text
    assert "村会计" not in text
    assert "没有找到" in as_("管理员").get(f"{AT}?q=无此人").content.decode()


def test_an_account_is_opened_with_its_first_post(web: Office, as_: Visit) -> None:
    client = as_("管理员")
    suggested = client.get(f"{AT}new/").content.decode()
    assert 'name="password"' in suggested

    answer = client.post(f"{AT}new/", NEW, follow=True)

    post = Post.objects.get(account__name="新会计")
    assert (post.organisation.code, post.role, post.lines) == (FIRST, "clerk", "industry,land")
    text = answer.content.decode()
    assert "王五" in text
    assert "产业发展" in text
    assert "walnut-ferry-9" not in text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "村会计"}, "PEOPLE_003"),
        ({"password": "short"}, "PEOPLE_010"),
        ({"role": "inspector"}, "PEOPLE_006"),
        ({"role": "king"}, "PEOPLE_004"),
        ({"place": FAR_FIRST}, "ORG_001"),
        ({"lines": ["nowhere"]}, "PEOPLE_008"),
        ({"from_date": "2023-02-30"}, "QUANTITY_011"),
    ],
)
def test_what_is_wrong_is_shown_beside_the_field_and_what_was_typed_stays(
    web_sqlite: Office, as_: Visit, change: dict[str, object], code: str
) -> None:
    answer = as_("管理员").post(f"{AT}new/", NEW | change)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert code in text
    assert "王五" in text
    assert not Account.objects.filter(name="新会计").exists()


def test_a_post_is_given_changed_and_ended(web: Office, as_: Visit) -> None:
    client, account = as_("管理员"), number("村会计")
    given = {
        "role": "inspector",
        "place": TOWN,
        "from_date": "2023-01-01",
        "to_date": "2999-06-30",
        "order": "检〔2023〕1 号",
    }
    assert client.post(f"{AT}{account}/posts/new/", given).status_code == 302
    post = Post.objects.get(role="inspector", account=account)

    assert (
        client.post(
            f"{AT}{account}/posts/{post.pk}/", {"to_date": "2999-12-31", "order": ""}
        ).status_code
        == 422
    )
    client.post(
        f"{AT}{account}/posts/{post.pk}/", {"to_date": "2999-12-31", "order": "检〔2023〕2 号"}
    )
    post.refresh_from_db()
    assert (post.to_date, post.order) == ("2999-12-31", "检〔2023〕2 号")
    client.post(f"{AT}{account}/posts/{post.pk}/end/")

    post.refresh_from_db()
    assert post.to_date < "2999"


def test_accounts_and_posts_outside_the_unit_are_not_found(web_sqlite: Office, as_: Visit) -> None:
    client, foreign = as_("管理员"), number("外镇会计")
    post = Post.objects.get(account=foreign).pk
    own = number("村会计")

    for path in (
        f"{foreign}/",
        f"{foreign}/posts/new/",
        f"{foreign}/posts/{post}/",
        f"{own}/posts/{post}/",
        f"{foreign}/password/",
        "999999/",
    ):
        assert client.get(f"{AT}{path}").status_code == 404
    for path in (
        f"{foreign}/close/",
        f"{foreign}/reopen/",
        f"{foreign}/second-step/",
        f"{own}/posts/{post}/end/",
    ):
        assert client.post(f"{AT}{path}", {"reason": "x"}).status_code == 404


def test_an_administrator_of_the_town_sees_a_leader_of_the_county_but_has_no_hand_on_the_account(
    web_sqlite: Office, as_: Visit
) -> None:
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    create_account(SYSTEM, "镇管理员", "镇管理员")
    give_post(SYSTEM, "镇管理员", TOWN, "administrator", from_date="2020-01-01")
    give_post(SYSTEM, "分管领导", FIRST, "reviewer", from_date="2020-01-01")
    client, leader = as_("镇管理员"), number("分管领导")

    assert "另有 1 个任职" in client.get(f"{AT}{leader}/").content.decode()
    assert client.post(f"{AT}{leader}/password/", {"password": "walnut-ferry-9"}).status_code == 422
    assert client.post(f"{AT}{leader}/close/", {"reason": "x"}).status_code == 403
    assert Account.objects.get(name="分管领导").is_active


def test_a_new_password_ends_the_sessions_and_must_be_changed(web: Office, as_: Visit) -> None:
    village = as_("村会计")
    assert village.get("/me/").status_code == 200

    as_("管理员").post(f"{AT}{number('村会计')}/password/", {"password": "walnut-ferry-9"})

    assert village.get("/me/").status_code == 302
    client = Client()
    client.post("/sign-in/", {"login": "村会计", "password": "walnut-ferry-9"})
    assert client.get(f"/at/{FIRST}/workbench/").url == "/me/password/"


def test_an_account_is_closed_with_a_reason_and_reopened(web: Office, as_: Visit) -> None:
    client, account = as_("管理员"), number("村会计")
    assert "PEOPLE_019" in client.post(f"{AT}{account}/close/", {"reason": " "}).content.decode()

    client.post(f"{AT}{account}/close/", {"reason": "调离"})
    assert "村会计" not in client.get(AT).content.decode()
    assert "村会计" in client.get(f"{AT}?closed=1").content.decode()
    client.post(f"{AT}{account}/reopen/", {"reason": "回来了"})

    assert "村会计" in client.get(AT).content.decode()


def test_the_list_asks_no_more_questions_for_more_people(web: Office, as_: Visit) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    client = as_("管理员")
    client.get(AT)
    with CaptureQueriesContext(connection) as few:
        client.get(AT)
    for one in range(60):
        create_account(SYSTEM, f"村民小组长{one:02}", "")
        give_post(SYSTEM, f"村民小组长{one:02}", FIRST, "clerk", from_date="2020-01-01")
    with CaptureQueriesContext(connection) as many:
        text = client.get(AT).content.decode()

    assert len(many) == len(few)
    assert "after=" in text


def test_the_table_of_rights_names_every_role_and_right(web_sqlite: Office, as_: Visit) -> None:
    assert set(RIGHT_WORDS) == PERMISSIONS
    assert set(ROLE_WORDS) == set(ROLES)

    assert as_("审计员").get(f"{AT}roles/").status_code == 200
