"""Two doors before every page: an office that is not set up leads to the set-up, and a first password must be changed before work."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.people.set_up import is_set_up

Handler = Callable[[HttpRequest], HttpResponseBase]

HERE = "shuzhi_here"  #: cookie: somebody is signed in in this browser, or was until the session ran out
LAST_PLACE = "shuzhi_place"  #: cookie: the unit somebody worked in last
#: pages a person may see before the first password is changed
_OPEN = frozenset({"account_change_password", "account_logout", "language"})


def first_run(handler: Handler) -> Handler:
    """On an empty database every address leads to the set-up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_ours = request.path_info.startswith(
            (settings.STATIC_URL, "/setup/", "/language/", "/alive/")
        )
        if not is_ours and not is_set_up():
            return redirect("setup")
        return handler(request)

    return middleware


def own_password(handler: Handler) -> Handler:
    """An account whose password somebody else chose gets to the change of it and nowhere else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        visit = getattr(request, "visit", None)
        if visit is None or visit.account is None or not visit.account.must_change:
            return _remembering(request, handler(request))
        address = reverse("account_change_password")
        is_open = request.path_info in {reverse(name) for name in _OPEN}
        if is_open or request.path_info.startswith(settings.STATIC_URL):
            return handler(request)
        return redirect(address)

    return middleware


def _remembering(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Cookies for the next visit: that somebody is signed in, and in which of their units they worked last."""
    visit = getattr(request, "visit", None)
    if visit is None or visit.actor is None or not isinstance(response, HttpResponse):
        return response
    if request.user.is_authenticated and request.COOKIES.get(HERE) != "1":
        response.set_cookie(HERE, "1", samesite="Lax", httponly=True)
    code = visit.unit.code if visit.unit is not None else ""
    is_own = any(p.organisation == code for p in visit.actor.posts)
    if is_own and len(visit.actor.posts) > 1 and request.COOKIES.get(LAST_PLACE) != code:
        year = 365 * 24 * 3600
        response.set_cookie(LAST_PLACE, code, max_age=year, samesite="Lax", httponly=True)
    return response
