"""Shared set-up: Django's settings, both database engines, and offices to work in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.office import ENGINES, Office, set_up_django
from tests.support.office import office as open_office

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
set_up_django()  # before test modules that import models are collected


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A fresh small office on each engine; books of 2023 are open."""
    with open_office(request.param, tmp_path) as made:
        made.open(2023)
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, once per process: Playwright keeps an event loop in this thread and there can be only one."""
    from tests.support.browser import browsing

    # the database is still used by one thread at a time
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with browsing() as made:
        yield made
