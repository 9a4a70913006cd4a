"""What a page is: its address, who may read it and write through it, its view, and its help.

Every address of the application is a `Page`; `shuzhi.web.urls` collects them and nothing else can be reached. A page's rights are data,
asked before its view runs, and tests/web/test_rights.py compares them with its own table for every persona.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from shuzhi.apps.people.permissions import PERMISSIONS
from shuzhi.web.words import Words

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Right:
    """What is asked before a view runs.

    `permission` at the unit the address names (``<unit:unit>``), or with `anywhere` in any post. The empty permission asks only
    for somebody who is signed in. Where the right depends on the record or report an address names, the view asks by the apps' own
    rules as well, and answers 404 for what lies outside.
    """

    permission: str = ""
    anywhere: bool = False
    any_of: tuple[str, ...] = ()  #: one of these is enough

    def __post_init__(self) -> None:
        unknown = {p for p in (self.permission, *self.any_of) if p} - PERMISSIONS
        if unknown:
            raise KeyError(f"no such permission: {unknown}")

    @property
    def wanted(self) -> tuple[str, ...]:
        """The permissions of which one is needed; empty: any signed-in account."""
        return self.any_of or ((self.permission,) if self.permission else ())


ANYONE: None = None  #: also somebody who is not signed in
SIGNED_IN = Right()


@dataclass(frozen=True, slots=True)
class Help:
    """What a page is for and how it is used, in plain words with a short example; shown by the question mark on each page."""

    text: Words
    example: Words


@dataclass(frozen=True, slots=True)
class Page:
    """One address.

    The view is called with the request and what stands in the address; ``unit`` arrives as an `Organisation`. GET stands for HEAD too.
    `help` may be missing only where no page is shown (downloads, fragments, redirects, posted actions): then `fragment` says so.
    """

    name: str
    route: str
    rights: Mapping[str, Right | None]  #: method → right; methods that are not there answer 405
    view: View
    help: Help | None = None
    fragment: bool = False

    def pattern(self) -> URLPattern:
        """For Django's resolver."""
        from shuzhi.web.access import guarded

        if self.help is None and not self.fragment:
            raise ValueError(f"page {self.name} has no help")
        return path(self.route, guarded(self), name=self.name)


def unit_address(unit: Any, rest: str = "") -> str:
    """Address below a unit: ``/at/990101100201/ledgers/``."""
    return f"/at/{unit.code}/{rest}"
