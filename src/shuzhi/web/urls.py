"""Every address of the office, collected from the areas. An address that is not a `Page` cannot be reached."""

from __future__ import annotations

import importlib

from django.urls import path, register_converter
from django.urls.converters import get_converters

from shuzhi.web.api.operations import api
from shuzhi.web.pages import Page

AREAS = (
    "way_in.pages", "workbench.pages", "ledgers.pages", "entry.pages", "imports.pages", "approval.pages", "figures.pages", "books.pages",
    "reports.pages", "checking.pages", "administration.pages", "api.pages", "shell",
)  # fmt: skip


class UnitCode:
    """A unit's code in an address."""

    regex = "[0-9A-Za-z_-]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(getattr(value, "code", value))


if "unit" not in get_converters():  # tests read this module more than once
    register_converter(UnitCode, "unit")


def all_pages() -> list[Page]:
    """The pages of every area, in the order they are tried."""
    return [page for area in AREAS for page in importlib.import_module(f"shuzhi.web.{area}").PAGES]


urlpatterns = [*(page.pattern() for page in all_pages()), path("api/v1/", api.urls)]
handler400 = "shuzhi.web.problems.not_found"
handler403 = "shuzhi.web.problems.forbidden"
handler404 = "shuzhi.web.problems.not_found"
handler500 = "shuzhi.web.problems.fault"
