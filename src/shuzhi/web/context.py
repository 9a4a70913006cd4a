"""What every page gets: who visits, where, in which language, the way around, and the one dataclass of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed
from shuzhi.web.words import Words, language

if TYPE_CHECKING:
    from shuzhi.web.pages import Page


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way in the side bar."""

    name: str  #: of the page
    title: Words
    icon: str  #: id in icons.svg
    needs: tuple[str, ...]  #: one of these permissions at the unit; empty: everybody
    group: str = ""


#: the side bar, in the order of a working day; needs are rights at the present unit
NAVIGATION: Sequence[NavItem] = (
    NavItem("workbench", Words("工作台", "Workbench"), "home", ()),
    NavItem("ledgers", Words("台账", "Ledgers"), "ledger", ("record.read",)),
    NavItem("approval", Words("审核", "Approval"), "approve", ("record.approve",)),
    NavItem("figures", Words("指标", "Figures"), "figure", ("figure.read",)),
    NavItem("books", Words("账册", "Books"), "book", ("figure.read",)),
    NavItem("reports", Words("报告", "Reports"), "report", ("report.make", "report.sign", "figure.read")),
    NavItem("checking", Words("核对", "Checking"), "check", ("figure.read",)),
    NavItem("administration", Words("管理", "Administration"), "gear", ("organisation.change", "post.change", "event.read")),
)  # fmt: skip


@dataclass
class Visit:
    """One request: who asks, about which unit. Made by the middleware as ``request.visit``."""

    actor: Actor | None
    account: Any = None
    unit: Organisation | None = None
    page: Page | None = None

    @cached_property
    def home(self) -> Organisation | None:
        """The unit of the first post: where the work is."""
        if self.actor is None or not self.actor.posts:
            return None
        return (
            Organisation.objects.select_related("parent")
            .filter(code=self.actor.posts[0].organisation)
            .first()
        )

    @cached_property
    def place(self) -> Organisation | None:
        """The unit the page is about, or the home unit."""
        return self.unit or self.home

    def may(self, permission: str, unit: Organisation | None = None) -> bool:
        """Whether the actor has the permission at the unit (the page's, unless another is given)."""
        where = unit or self.place
        return (
            self.actor is not None
            and where is not None
            and is_allowed(self.actor, permission, where.path)
        )

    @property
    def area(self) -> str:
        """The item of the side bar the page belongs to: its own name, or what the area's package is called."""
        if self.page is None:
            return ""
        package = self.page.view.__module__.split(".")[2]
        return {"entry": "ledgers", "imports": "ledgers"}.get(package, package)

    @cached_property
    def navigation(self) -> list[dict[str, Any]]:
        """The side bar's items this visitor may use, at the present unit."""
        if self.place is None:
            return []
        # a page above the own posts (a shared one) still shows the way back to the own work
        where = (
            self.place
            if self.actor is not None and self.actor.reaches(self.place.path)
            else self.home
        )
        if where is None:
            return []  # no post in force
        return [
            {
                "item": item,
                "address": reverse(item.name, kwargs={"unit": where.code}),
                "here": self.area == item.name,
            }
            for item in NAVIGATION
            if not item.needs or any(self.may(p, where) for p in item.needs)
        ]

    @cached_property
    def posts(self) -> list[dict[str, Any]]:
        """Own posts as a person reads them, for the menu of units."""
        if self.actor is None:
            return []
        return [
            {
                "unit": p.organisation,
                "name": p.name,
                "role": ROLES[p.role][0 if language() == "zh" else 1],
            }
            for p in self.actor.posts
        ]

    @cached_property
    def below(self) -> list[Organisation]:
        """The units right below the present one, and beside it where the actor may see those."""
        place = self.place
        if place is None or self.actor is None:
            return []
        found = list(Organisation.objects.filter(parent_id=place.id, closed_on="").order_by("code"))
        above = place.parent
        if not found and above is not None and self.actor.reaches(above.path):
            found = list(
                Organisation.objects.filter(parent_id=above.id, closed_on="").order_by("code")
            )
        return found

    @cached_property
    def trail(self) -> list[Organisation]:
        """The units from the highest the actor may see down to the present one."""
        place = self.place
        if place is None or self.actor is None:
            return []
        ids = [int(part) for part in place.path.strip("/").split("/")]
        found = {o.id: o for o in Organisation.objects.filter(id__in=ids)}
        units = [found[i] for i in ids if i in found]
        seen = [u for u in units if self.actor.reaches(u.path)]
        return seen or [place]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Context of a page that needs none."""

    lines: Sequence[str] = field(default_factory=tuple)


def page(
    request: HttpRequest, template: str, context: Any = None, status: int = 200
) -> HttpResponse:
    """The page from ``templates/shuzhi/<template>``; its one dataclass is ``c`` in the template."""
    return render(
        request,
        f"shuzhi/{template}",
        {"c": context if context is not None else Nothing()},
        status=status,
    )


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """For every template: ``visit``, ``lang``, ``help``."""
    visit = getattr(request, "visit", None) or Visit(None)
    return {"visit": visit, "lang": language(), "help": visit.page.help if visit.page else None}
