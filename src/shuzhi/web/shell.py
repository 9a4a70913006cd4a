"""What belongs to no area: changing the language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from shuzhi.web.middleware import LANGUAGE_COOKIE
from shuzhi.web.pages import ANYONE, Page


def set_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to where the person was."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("start")
    response = redirect(target)
    chosen = "en" if request.POST.get("language") == "en" else "zh"
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True
    )
    return response


PAGES = [Page("language", "language/", {"POST": ANYONE}, set_language, fragment=True)]
