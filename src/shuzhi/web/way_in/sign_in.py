"""Coming in and leaving: the sign-in form, its answer to scripts, signing out, and where an account begins its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from shuzhi.apps.people import signing_in
from shuzhi.apps.people.models import Account
from shuzhi.apps.people.queries import caretakers
from shuzhi.core.problems import Problem
from shuzhi.web.context import page
from shuzhi.web.way_in.middleware import HERE, LAST_PLACE
from shuzhi.web.way_in.oidc import Provider, providers
from shuzhi.web.way_in.visitors import client_address
from shuzhi.web.words import Words, sentence

#: reason in the address → what is said above the form
REASONS = {
    "ended": Words("登录已过期。请重新登录，然后接着办。", "Your session has ended. Sign in again and go on."),
    "out": Words("您已退出。", "You are signed out."),
    "changed": Words("密码已修改，请用新密码登录。", "The password was changed; sign in with the new one."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in page."""

    name: str = ""
    next: str = ""
    problems: Sequence[Problem] = ()
    reason: str = ""
    providers: Sequence[Provider] = ()


@dataclass(frozen=True, slots=True)
class WithoutPost:
    """For an account that holds no post."""

    name: str
    administrators: Sequence[str]


def shown(
    request: HttpRequest,
    *,
    name: str = "",
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    """The sign-in page."""
    given = request.POST.get("next", "") or request.GET.get("next", "")
    reason = request.GET.get("reason", "")
    if request.COOKIES.get(HERE) == "1" and request.method == "GET" and not reason:
        reason = "ended"  # nobody signed out, and yet nobody is signed in
    why = REASONS.get(reason)
    answer = page(
        request,
        "way_in/sign_in.html",
        SignInPage(name, _safe(given), problems, str(why) if why else "", providers()),
        status=status,
    )
    answer.delete_cookie(HERE)
    return answer


def _safe(address: str) -> str:
    """An address of our own to go on to, or nothing."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if address.startswith("/") and is_ours else ""


def wants_data(request: HttpRequest) -> bool:
    """Whether a script of ours asks, that keeps its page."""
    return request.headers.get("X-Requested-With") == "shuzhi"


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password; then the second step, if the account has one."""
    visit = request.visit  # type: ignore[attr-defined]
    if request.method != "POST":
        if visit.actor is not None:
            return redirect(_safe(request.GET.get("next", "")) or "start")
        return shown(request)
    name = request.POST.get("login", "").strip()
    password = request.POST.get("password", "")
    account, problems = _checked(request, name, password)
    if account is None:
        if wants_data(request):
            return JsonResponse({"ok": False, "problems": [sentence(p) for p in problems]})
        return shown(request, name=name, problems=problems, status=422)
    target = _safe(request.POST.get("next", "")) or reverse("start")
    login = Login(user=account, redirect_url=target)
    answer = perform_password_login(request, {"username": name}, login)
    if wants_data(request):
        if request.user.is_authenticated:
            return JsonResponse({"ok": True, "csrf": get_token(request)})
        return JsonResponse({"ok": False, "more": answer.get("Location", reverse("account_login"))})
    return answer


def _checked(
    request: HttpRequest, name: str, password: str
) -> tuple[Account | None, Sequence[Problem]]:
    """The account these open, or why none."""
    if not name or not password:
        return None, [Problem("PEOPLE_022")]
    address = client_address(request)
    locked = _locked(name, address)
    if locked:
        return None, locked
    account = authenticate(request, username=name, password=password)
    if isinstance(account, Account):
        return account, ()
    signing_in.failed(name, address)
    left = signing_in.left(name)
    return None, _locked(name, address) or [
        Problem("PEOPLE_020", {"left": left if left < 3 else "", "minutes": signing_in.LOCK // 60})
    ]


def _locked(name: str, address: str) -> list[Problem]:
    until = signing_in.locked_until(name, address)
    return [Problem("PEOPLE_021", {"until": f"{until:%H:%M}"})] if until is not None else []


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Leave."""
    logout(request, show_message=False)
    answer = redirect(f"{reverse('account_login')}?reason=out")
    answer.delete_cookie(HERE)
    return answer


def start(request: HttpRequest) -> HttpResponseBase:
    """The workbench of the unit somebody worked in last, if a post still reaches it, or of the first post."""
    visit = request.visit  # type: ignore[attr-defined]
    if not visit.actor.posts:
        return redirect("without-post")
    own = [p.organisation for p in visit.actor.posts]
    last = request.COOKIES.get(LAST_PLACE, "")
    return redirect(reverse("workbench", kwargs={"unit": last if last in own else own[0]}))


def without_post(request: HttpRequest) -> HttpResponseBase:
    """Signed in, but with nothing to do yet: whom to ask."""
    visit = request.visit  # type: ignore[attr-defined]
    if visit.actor.posts:
        return redirect("start")
    return page(
        request,
        "way_in/without_post.html",
        WithoutPost(visit.account.display, caretakers(visit.account)),
    )
