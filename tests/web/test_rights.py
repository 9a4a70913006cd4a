"""The permission table: every page × method × persona. A page that is missing from the expectations fails."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import pytest
from django.urls import reverse

import tests.web.rights as rights
from shuzhi.web.pages import Page
from shuzhi.web.urls import all_pages
from tests.support.office import FIRST, PERSONAS, Office
from tests.web.conftest import client_of
from tests.web.rights import ANYONE, SIGNED_IN

_MODULES = [
    importlib.import_module(f"tests.web.rights.{found.name}")
    for found in pkgutil.iter_modules(rights.__path__)
]
EXPECTED: dict[tuple[str, str], str] = {k: v for m in _MODULES for k, v in m.RIGHTS.items()}
SAMPLES: Mapping[str, Callable[..., Any]] = {
    k: v for m in _MODULES for k, v in getattr(m, "SAMPLES", {}).items()
}
PAGES: dict[str, Page] = {page.name: page for page in all_pages()}
METHODS = sorted((page.name, method) for page in PAGES.values() for method in page.rights)
#: personas whose post covers the first village
COVERING = frozenset(p for p in PERSONAS if not p.startswith("外"))


def test_every_page_and_method_has_its_row_and_no_row_is_left_over() -> None:
    assert sorted(EXPECTED) == METHODS


def test_no_row_is_written_twice() -> None:
    written = [key for m in _MODULES for key in m.RIGHTS]

    assert len(written) == len(set(written))


def test_every_page_has_help_unless_it_is_no_page() -> None:
    assert [p.name for p in PAGES.values() if p.help is None and not p.fragment] == []


def test_no_name_stands_for_two_addresses() -> None:
    names = [page.name for page in all_pages()]

    assert len(names) == len(set(names))


def expected(page: str, method: str, persona: str) -> bool:
    """Whether the persona may, by the table."""
    who = EXPECTED[page, method]
    if who == ANYONE:
        return True
    if not persona:
        return False
    covers = persona in COVERING or "<unit:unit>" not in PAGES[page].route
    if who == SIGNED_IN:
        return covers
    # a persona by name: what is one account's own (an upload, a job, one's approval)
    return covers and bool({PERSONAS[persona][0], persona} & set(who.split()))


def sample_of(office: Office, page: str, persona: str = "") -> tuple[str, dict[str, Any]]:
    """An address of the page in the first village (or something of the persona's own), and what is posted there."""
    make = SAMPLES.get(page)
    sample: Any = {}
    if make is not None:
        own = len(signature(make).parameters) == 2
        sample = make(office, persona or "村会计") if own else make(office)
    parts, data = sample if isinstance(sample, tuple) else (sample, {})
    if "<unit:unit>" in PAGES[page].route:
        parts = {"unit": FIRST, **parts}
    return reverse(page, kwargs=parts), data


@pytest.mark.parametrize(("page", "method"), METHODS, ids=lambda v: str(v))
def test_a_page_answers_whom_the_table_names_and_nobody_else(
    web_sqlite: Office, page: str, method: str
) -> None:
    if (page, method) not in EXPECTED:
        pytest.fail(f"no row in tests/web/rights for {page} {method}")
    wrong = {}
    address, data = "", {}
    for persona in ("", *PERSONAS):
        if not address or method != "GET":  # what one persona changed, the next one would not find
            address, data = sample_of(web_sqlite, page, persona)
        client = client_of(persona)
        client.raise_request_exception = False
        answer = client.generic(method, address) if method != "POST" else client.post(address, data)
        status = answer.status_code
        if expected(page, method, persona):
            ok = status < 400 or status in (409, 422)
        elif not persona:
            ok = (status == 302 and "/sign-in/" in answer["Location"]) or status in (401, 403, 404)
        else:
            ok = status in (403, 404)
        if not ok:
            wrong[persona or "—"] = status
    assert wrong == {}


#: something that fits each kind of part of an address; 405 is answered before it is looked for
_FITTING = {
    "unit": FIRST,
    "int": 1,
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "x",
    "str": "x",
}


def test_a_method_that_is_not_in_the_table_is_not_allowed(web_sqlite: Office) -> None:
    client = client_of("分管领导")
    answered = {}
    for page in PAGES.values():
        kinds = [part.split(">")[0].split(":") for part in page.route.split("<")[1:]]
        address = reverse(page.name, kwargs={name: _FITTING[kind] for kind, name in kinds})
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(page.rights):
            status = client.generic(method, address).status_code
            if status != 405:
                answered[page.name, method] = status
    assert answered == {}
