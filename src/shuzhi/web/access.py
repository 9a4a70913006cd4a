"""Asking for rights before any view runs; the only door between an address and its view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed
from shuzhi.core.problems import ProblemsError
from shuzhi.web.pages import Page, Right
from shuzhi.web.problems import not_found, refused, shown_problems

_LARGEST = 2**63 - 1  #: what a database takes for a number
_NO_RIGHT = frozenset({"PEOPLE_001", "BOOK_010"})


def is_granted(actor: Actor, right: Right, unit: Organisation | None) -> bool:
    """Whether the actor holds the right, at the unit or (where no unit is named) in any post; at least a post that covers the unit."""
    if not right.wanted:
        return unit is None or actor.reaches(unit.path)
    if right.anywhere or unit is None:
        return any(is_allowed(actor, p, post.path) for p in right.wanted for post in actor.posts)
    return any(is_allowed(actor, p, unit.path) for p in right.wanted)


def guarded(page: Page) -> Callable[..., HttpResponseBase]:
    """The page's view behind its rights. Problems that an action raises are shown as a page, never as a traceback."""
    methods = {*page.rights, *(("HEAD",) if "GET" in page.rights else ())}

    def view(request: HttpRequest, **given: Any) -> HttpResponseBase:
        visit = request.visit  # type: ignore[attr-defined]
        visit.page = page
        if request.method not in methods:
            return HttpResponseNotAllowed(sorted(methods))
        if is_unreadable(request) or any(
            isinstance(part, int) and part > _LARGEST for part in given.values()
        ):
            return not_found(request)
        right = page.rights["GET" if request.method == "HEAD" else request.method or "GET"]
        unit: Organisation | None = None
        if right is not None and visit.actor is None:
            return to_sign_in(request)
        if "unit" in given:
            unit = Organisation.objects.select_related("parent").filter(code=given["unit"]).first()
            if unit is None:
                return not_found(request)
            given["unit"] = unit
        if right is not None and not is_granted(visit.actor, right, unit):
            return refused(request, right, unit)  # with the way around of the own units
        visit.unit = unit
        try:
            return page.view(request, **given)
        except ProblemsError as error:
            if all(p.code in _NO_RIGHT for p in error.problems):
                return refused(request, right, unit, error.problems)
            return shown_problems(request, error.problems)

    view.page = page  # type: ignore[attr-defined]
    return view


def is_unreadable(request: HttpRequest) -> bool:
    """Whether somebody sent characters that no database keeps and no person types."""
    return any(
        "\x00" in value
        for sent in (request.GET, request.POST)
        for name, values in sent.lists()
        for value in (name, *(v for v in values if isinstance(v, str)))
    )


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Somebody who is not (or no longer) signed in: the sign-in page, or 401 for what a script asked for, so that it keeps what was typed."""
    if request.htmx or request.headers.get("X-Requested-With") == "shuzhi":  # type: ignore[attr-defined]
        return HttpResponse(status=401, headers={"X-Sign-In": reverse("account_login")})
    if request.method not in ("GET", "HEAD"):
        from shuzhi.web.way_in.held import hold

        return hold(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
