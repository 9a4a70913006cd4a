"""The whole way a person goes, in a real browser on a real server, on both engines and at both sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, expect

from tests.cli.conftest import own_catalogue, write_own_catalogue
from tests.support.browser import SIZES, Watched, served, session_cookie, window
from tests.support.office import ENGINES, Office
from tests.support.office import office as open_office

PASSWORD = "Qing-ming-2031"
expect.set_options(timeout=20_000)  # other tests run beside


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the office's own definitions."""
    return write_own_catalogue(tmp_path_factory.mktemp("own") / "catalogue")


@dataclass
class Town:
    """A small office that is served, and windows of its people."""

    office: Office
    address: str
    browser: Browser
    size: tuple[int, int]

    @property
    def is_phone(self) -> bool:
        return self.size[0] < 600

    @contextmanager
    def as_(self, persona: str, **options: Any) -> Iterator[Watched]:
        """A window in which the persona is signed in."""
        cookie = session_cookie(persona) if persona else ""
        with window(
            self.browser, self.address, cookie=cookie, size=self.size, **options
        ) as watched:
            yield watched


@pytest.fixture(params=[(e, s) for e in ENGINES for s in SIZES], ids=lambda p: "-".join(p))
def town(
    request: pytest.FixtureRequest, tmp_path: Path, own_folder: Path, browser: Browser
) -> Iterator[Town]:
    """The small office with shipped ledgers and tea gardens, books of this year and 2023 open, on each engine at each size."""
    from shuzhi.apps.audit.actions import today

    engine, size = request.param
    with (
        open_office(engine, tmp_path, own_catalogue(own_folder)) as made,
        override_settings(OFFICE_FILES=tmp_path / "files"),  # as the server's, for work done here
    ):
        made.open(2023, int(today()[:4]))
        with served(made.url, tmp_path, SHUZHI_CATALOGUE=str(own_folder)) as address:
            yield Town(made, address, browser, SIZES[size])


As = Callable[..., AbstractContextManager[Watched]]
