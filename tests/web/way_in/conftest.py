"""Passwords that cost nothing to check, and a persona that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings

from shuzhi.apps.people import signing_in

PASSWORD = "walnut-ferry-9"


@pytest.fixture(autouse=True)
def fast_hasher() -> Iterator[None]:
    """Hashing slowly is Django's business and tested there."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def password_of() -> Callable[..., str]:
    """``password_of("村会计")`` gives the persona a password of its own."""

    def give(persona: str, *, must_change: bool = False) -> str:
        from shuzhi.apps.people.actions import set_password
        from shuzhi.apps.people.permissions import SYSTEM

        set_password(SYSTEM, persona, PASSWORD, must_change=must_change)
        return PASSWORD

    return give


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """``clock(900)`` moves the clock of the lock-out on."""
    at = [signing_in.now()]
    monkeypatch.setattr(signing_in, "now", lambda: at[0])

    def forward(seconds: int) -> None:
        at[0] += seconds

    return forward


def sign_in(
    name: str, password: str = PASSWORD, client: Client | None = None, **more: str
) -> Client:
    """A browser in which somebody signed in, or tried to; the answer is ``client.answer``."""
    client = client or Client()
    client.answer = client.post("/sign-in/", {"login": name, "password": password, **more})  # type: ignore[attr-defined]
    return client


def events(code: str) -> list[tuple[str, str]]:
    """Actor and parameters of the events with this code."""
    from shuzhi.apps.audit.models import Event

    return list(Event.objects.filter(code=code).order_by("seq").values_list("actor", "params"))
