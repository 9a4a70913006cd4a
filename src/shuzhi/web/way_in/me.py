"""The own account: posts, password, second step, sessions, language. Nobody sees another's here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from shuzhi.apps.people import signing_in
from shuzhi.apps.people.actions import change_own_password
from shuzhi.apps.people.passwords import LONG, SHORT
from shuzhi.apps.people.permissions import ROLES, area_titles
from shuzhi.apps.people.queries import PostView, posts_of
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.way_in.factors import FactorsPage, factors_of
from shuzhi.web.way_in.visitors import browser_words, client_address
from shuzhi.web.words import language, say

#: form field → codes of problems shown beside it
_BESIDE = {
    "old": ("PEOPLE_015",),
    "new": ("PEOPLE_010", "PEOPLE_011", "PEOPLE_012", "PEOPLE_013", "PEOPLE_014", "PEOPLE_017"),
    "again": ("PEOPLE_016",),
}


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post as its holder reads it."""

    unit: str
    code: str
    role: str
    lines: Sequence[str]
    from_date: str
    to_date: str
    order: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A browser that is signed in."""

    id: int
    at: datetime
    address: str
    browser: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class MePage:
    """The own account."""

    name: str
    display: str
    posts: Sequence[OwnPost]
    sessions: Sequence[OwnSession]
    factors: FactorsPage
    has_password: bool


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Changing the own password."""

    is_first: bool  #: somebody else chose the present one
    old: Sequence[Problem] = ()
    new: Sequence[Problem] = ()
    again: Sequence[Problem] = ()
    long: int = LONG
    short: int = SHORT


def shown_post(post: PostView) -> OwnPost:
    """A post in the page's language."""
    zh = language() == "zh"
    return OwnPost(
        post.unit, post.code, ROLES[post.role][:2][0 if zh else 1], area_titles(post.lines, 0 if zh else 1), post.from_date, post.to_date,
        post.order, post.is_in_force,
    )  # fmt: skip


def me(request: HttpRequest) -> HttpResponseBase:
    """The own account."""
    account = request.visit.account  # type: ignore[attr-defined]
    sessions = [
        OwnSession(s.id, s.at, s.address, browser_words(s.browser), s.is_this)
        for s in signing_in.open_sessions(account, request.session.session_key or "")
    ]
    return page(
        request,
        "way_in/me.html",
        MePage(
            account.name,
            account.display,
            [shown_post(p) for p in posts_of([account]).get(account.pk, [])],
            sessions,
            factors_of(request),
            account.has_usable_password(),
        ),
    )


def end_session(request: HttpRequest, number: int) -> HttpResponseBase:
    """End one of the own sessions."""
    account = request.visit.account  # type: ignore[attr-defined]
    if not signing_in.end_session(account, number):
        return not_found(request)
    messages.success(request, say("已让那个浏览器退出登录", "That browser was signed out"))
    return redirect("me")


def end_other_sessions(request: HttpRequest) -> HttpResponseBase:
    """End every session but this one."""
    account = request.visit.account  # type: ignore[attr-defined]
    ended = signing_in.end_others(account, request.session.session_key or "")
    messages.success(
        request, say("已让其他 {n} 个浏览器退出登录", "{n} other browsers were signed out", n=ended)
    )
    return redirect("me")


@sensitive_post_parameters("old", "new", "again")
def password(request: HttpRequest) -> HttpResponseBase:
    """Change the own password."""
    account = request.visit.account  # type: ignore[attr-defined]
    if request.method != "POST":
        return page(request, "way_in/password.html", PasswordPage(account.must_change))
    address = client_address(request)
    until = signing_in.locked_until(account.name, address)
    if until is not None:
        raise ProblemsError([Problem("PEOPLE_021", {"until": f"{until:%H:%M}"})])
    key = request.session.session_key or ""
    try:
        changed = change_own_password(
            account.name, *(request.POST.get(f, "") for f in ("old", "new", "again")), session=key
        )
    except ProblemsError as error:
        if any(p.code == "PEOPLE_015" for p in error.problems):
            signing_in.failed(account.name, address, "change")
        beside = {f: [p for p in error.problems if p.code in codes] for f, codes in _BESIDE.items()}
        shown = PasswordPage(account.must_change, **beside)
        return page(request, "way_in/password.html", shown, status=422)
    update_session_auth_hash(request, changed)
    signing_in.moved(key, request.session.session_key or "")
    messages.success(request, say("密码已修改，其他浏览器已退出登录", "The password was changed; other browsers were signed out"))  # fmt: skip
    return redirect("start" if account.must_change else reverse("me"))
