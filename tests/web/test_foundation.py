"""The frame around every page: sign-in asked, rights asked, headers set, both languages."""

from __future__ import annotations

from tests.support.office import FAR_FIRST, FIRST, Office
from tests.web.conftest import Visit


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(web_sqlite: Office, as_: Visit) -> None:
    answer = as_("").get(f"/at/{FIRST}/workbench/")

    assert answer.status_code == 302
    assert answer.url == f"/sign-in/?next=/at/{FIRST}/workbench/".replace("/at", "%2Fat").replace(
        f"{FIRST}/workbench/", f"{FIRST}%2Fworkbench%2F"
    ).replace("%2Fat/", "%2Fat%2F")


def test_a_script_of_a_stranger_gets_401_so_that_it_keeps_what_was_typed(
    web_sqlite: Office, as_: Visit
) -> None:
    answer = as_("").get(f"/at/{FIRST}/workbench/", headers={"X-Requested-With": "shuzhi"})

    assert answer.status_code == 401
    assert answer["X-Sign-In"] == "/sign-in/"


def test_every_answer_keeps_other_hosts_and_inline_scripts_out(
    web_sqlite: Office, as_: Visit
) -> None:
    policy = as_("").get("/sign-in/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_an_unknown_unit_and_an_unknown_address_are_not_found(
    web_sqlite: Office, as_: Visit
) -> None:
    client = as_("村会计")

    assert client.get("/at/000/workbench/").status_code == 404
    assert client.get("/nowhere/").status_code == 404


def test_a_right_that_is_missing_is_named(web_sqlite: Office, as_: Visit) -> None:
    answer = as_("村会计").get(f"/at/{FAR_FIRST}/ledgers/")

    assert answer.status_code == 403
    assert "查看记录" in answer.content.decode()


def test_pages_speak_english_when_asked(web_sqlite: Office, as_: Visit) -> None:
    answer = as_("村会计", "en").get(f"/at/{FAR_FIRST}/ledgers/")

    assert "You do not have this right" in answer.content.decode()
