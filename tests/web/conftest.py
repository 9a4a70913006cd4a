"""Pages as personas see them: Django's client on the small office with the shipped ledgers and its tea gardens, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.cli.conftest import own_catalogue, write_own_catalogue
from tests.support.office import ENGINES, Office
from tests.support.office import office as open_office

Visit = Callable[..., Client]


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the office's own definitions."""
    return write_own_catalogue(tmp_path_factory.mktemp("own") / "catalogue")


@pytest.fixture(autouse=True)
def office_files(tmp_path: Path) -> Iterator[Path]:
    """Uploads and reports of a test go to its own folder."""
    from django.test import override_settings

    with override_settings(OFFICE_FILES=tmp_path / "files", ALLOWED_HOSTS=["*"]):
        yield tmp_path / "files"


@pytest.fixture(params=ENGINES)
def web(request: pytest.FixtureRequest, tmp_path: Path, own_folder: Path) -> Iterator[Office]:
    """The small office with the shipped catalogue and tea gardens, books of 2023 open, on each engine."""
    with open_office(request.param, tmp_path, own_catalogue(own_folder)) as made:
        made.open(2023)
        yield made


@pytest.fixture
def web_sqlite(tmp_path: Path, own_folder: Path) -> Iterator[Office]:
    """The same on SQLite alone, for what the engine has no part in."""
    with open_office("sqlite", tmp_path, own_catalogue(own_folder)) as made:
        made.open(2023)
        yield made


def client_of(persona: str, language: str = "zh") -> Client:
    """A browser without scripts in which the persona is signed in; no name: nobody is."""
    from shuzhi.apps.people.models import Account

    client = Client()
    if persona:
        client.force_login(Account.objects.get(name=persona))
    client.cookies["shuzhi_language"] = language
    return client


@pytest.fixture
def as_() -> Visit:
    """``as_("村会计").get("/at/…/")``; use together with an office fixture, named before it."""
    return client_of
