"""Codes, recovery codes, the second step's lock, and the identity provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlparse

import jwt
import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client, override_settings

from tests.support.office import Office
from tests.web.way_in.conftest import PASSWORD, events, sign_in

Password = Callable[..., str]


def code_of(secret: str) -> str:
    """What the phone shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def confirm(client: Client, next: str) -> None:
    """Type the password again."""
    assert client.post("/me/again/", {"password": PASSWORD, "next": next}).url == next


def turn_on(client: Client) -> str:
    """Set up codes; returns the secret."""
    confirm(client, "/me/second-step/codes/")
    text = client.get("/me/second-step/codes/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', text)
    assert secret is not None
    plain = secret[1].replace(" ", "")
    answer = client.post("/me/second-step/codes/", {"code": code_of(plain)})
    assert answer.url == "/me/second-step/recovery/"
    return plain


@pytest.fixture
def with_codes(web_sqlite: Office, password_of: Password) -> str:
    """村会计 signs in with codes; the secret."""
    from django.core.cache import cache

    password_of("村会计")
    secret = turn_on(sign_in("村会计"))
    cache.clear()  # the code just used may be used again at once
    return secret


def test_codes_are_set_up_after_the_password_was_typed_again(
    web: Office, password_of: Password
) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    assert client.get("/me/second-step/codes/").url.startswith("/me/again/")

    turn_on(client)

    assert len(events("account.factor_added")) == 2  # codes, and the recovery codes with them
    assert "已启用" in client.get("/me/second-step/").content.decode()


def test_the_picture_is_an_element_of_the_page(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    confirm(client, "/me/second-step/codes/")

    text = client.get("/me/second-step/codes/").content.decode()

    assert '<svg role="img"' in text
    assert "data:image" not in text
    assert " style=" not in text


def test_a_wrong_code_turns_nothing_on(web_sqlite: Office, password_of: Password) -> None:
    password_of("村会计")
    client = sign_in("村会计")
    confirm(client, "/me/second-step/codes/")

    answer = client.post("/me/second-step/codes/", {"code": "000000"})

    assert answer.status_code == 422
    assert "验证码不对" in answer.content.decode()
    assert "second step" not in sign_in("村会计").answer.url


def test_with_codes_on_the_password_alone_does_not_open_the_office(with_codes: str) -> None:
    client = sign_in("村会计", next="/me/")

    assert client.answer.url == "/sign-in/second-step/"
    assert client.get("/me/").status_code == 302
    assert client.post("/sign-in/second-step/", {"code": code_of(with_codes)}).url == "/me/"
    assert client.get("/me/").status_code == 200
    assert json.loads(events("account.signed_in")[-1][1])["way"] == "password+totp"


def test_a_recovery_code_works_once(with_codes: str) -> None:
    from allauth.mfa.models import Authenticator

    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    client = sign_in("村会计")
    assert client.post("/sign-in/second-step/", {"code": recovery}).status_code == 302
    again = sign_in("村会计")

    assert again.post("/sign-in/second-step/", {"code": recovery}).status_code == 422


def test_wrong_codes_lock_the_account(with_codes: str) -> None:
    client = sign_in("村会计")
    for _ in range(5):
        client.post("/sign-in/second-step/", {"code": "000000"})

    answer = client.post("/sign-in/second-step/", {"code": code_of(with_codes)}, follow=True)

    assert answer.request["PATH_INFO"] == "/sign-in/"
    assert "PEOPLE_021" in answer.content.decode()
    assert client.get("/me/").status_code == 302


def test_a_script_is_told_where_the_second_step_is(with_codes: str) -> None:
    client = Client(headers={"X-Requested-With": "shuzhi"})

    told = client.post("/sign-in/", {"login": "村会计", "password": PASSWORD}).json()

    assert told == {"ok": False, "more": "/sign-in/second-step/"}


def test_codes_are_turned_off_after_a_question(with_codes: str) -> None:
    client = sign_in("村会计")
    client.post("/sign-in/second-step/", {"code": code_of(with_codes)})
    confirm(client, "/me/second-step/codes/off/")
    assert client.get("/me/second-step/codes/off/").status_code == 200

    client.post("/me/second-step/codes/off/")

    assert sign_in("村会计").answer.url == "/"
    assert client.get("/me/second-step/codes/off/").status_code == 404


def test_recovery_codes_are_downloaded_as_text(with_codes: str) -> None:
    client = sign_in("村会计")
    client.post("/sign-in/second-step/", {"code": code_of(with_codes)})
    confirm(client, "/me/second-step/recovery/")

    file = client.get("/me/second-step/recovery/file/")

    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert len(re.findall(r"^\d{8}\r?$", file.content.decode("utf-8-sig"), re.MULTILINE)) == 10


def test_the_administrator_takes_a_lost_second_step_away(
    web_sqlite: Office, with_codes: str
) -> None:
    from shuzhi.apps.people.actions import reset_second_step

    reset_second_step(web_sqlite.actor("管理员"), "村会计", reason="手机丢了")

    assert sign_in("村会计").answer.url == "/"


def test_a_passkey_that_is_none_opens_nothing(web_sqlite: Office) -> None:
    client = Client()
    assert (
        "challenge"
        in client.get("/sign-in/passkey/", headers={"Accept": "application/json"}).json()[
            "request_options"
        ]["publicKey"]
    )

    for credential in (
        "",
        "{}",
        '{"id": "x", "response": {}}',
        '{"response": {"userHandle": "MQ"}}',
        "[]",
        "17",
        "no json",
    ):
        assert client.post("/sign-in/passkey/", {"credential": credential}).url == "/sign-in/"


# ── the identity provider ─────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def provider(claims: dict[str, str]) -> Iterator[str]:
    """An identity provider that vouches for whoever the claims say."""

    class Answers(BaseHTTPRequestHandler):
        def _send(self, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path.startswith("/.well-known/"):
                names = ("authorization", "token", "userinfo", "jwks")
                ends = {
                    f"{n}_endpoint" if n != "jwks" else "jwks_uri": f"{address}/{n}" for n in names
                }
                self._send({"issuer": address, **ends})
            else:
                self._send(claims)

        def do_POST(self) -> None:
            body = {"iss": address, "aud": "office", **claims}
            self._send(
                {
                    "access_token": "t",
                    "token_type": "Bearer",
                    "id_token": jwt.encode(body, "k" * 32),
                }
            )

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "office",
        "name": "政务统一认证",
        "client_id": "office",
        "secret": "s",
        "settings": {"server_url": address},
    }
    try:
        with override_settings(
            SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        ):
            yield address
    finally:
        server.shutdown()
        server.server_close()


def come_back(client: Client) -> object:
    """Go to the provider and come back."""
    away = client.get("/sign-in/with/office/")
    state = parse_qs(urlparse(away.url).query)["state"][0]
    return client.get(f"/sign-in/with/office/back/?code=c&state={state}")


def test_whom_the_provider_vouches_for_signs_in(web: Office) -> None:
    with provider({"sub": "17", "preferred_username": "村会计"}):
        client = Client()
        assert "政务统一认证" in client.get("/sign-in/").content.decode()
        come_back(client)
        assert "村会计" in client.get("/me/").content.decode()

        come_back(again := Client())
        assert again.get("/me/").status_code == 200
    assert json.loads(events("account.signed_in")[-1][1])["way"] == "socialaccount"


def test_a_stranger_of_the_provider_gets_no_account(web_sqlite: Office) -> None:
    from shuzhi.apps.people.models import Account

    before = Account.objects.count()
    for claims in (
        {"sub": "18", "preferred_username": "外人"},
        {"sub": "19"},
        {"sub": "20", "preferred_username": "SYSTEM"},
    ):
        with provider(claims):
            client = Client()
            answer = come_back(client)
            assert answer.url == "/sign-in/"
            assert "PEOPLE_024" in client.get("/sign-in/").content.decode()

    assert Account.objects.count() == before


def test_an_identity_cannot_move_to_another_account(web_sqlite: Office) -> None:
    with provider({"sub": "17", "preferred_username": "村会计"}):
        come_back(Client())
    with provider({"sub": "17", "preferred_username": "分管领导"}):
        client = Client()
        come_back(client)

    assert client.get("/me/").status_code == 302


def test_a_forged_answer_of_the_provider_is_refused(web_sqlite: Office) -> None:
    with provider({"sub": "17", "preferred_username": "村会计"}):
        client = Client()
        answer = client.get("/sign-in/with/office/back/?code=c&state=made-up", follow=True)

    assert "PEOPLE_023" in answer.content.decode()
