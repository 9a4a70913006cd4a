"""Around every request: the language, who visits, the session's clock, and the headers that let nothing in from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from shuzhi.apps.people.queries import actor_of
from shuzhi.web.context import Visit
from shuzhi.web.words import speak

Handler = Callable[[HttpRequest], HttpResponseBase]

LANGUAGE_COOKIE = "shuzhi_language"
#: nothing from any other host, no inline script or style, no frame around the pages
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
_TOUCH_EVERY = 60  #: seconds between writes of a session that is only used


def security_headers(handler: Handler) -> Handler:
    """Content security policy and friends on every answer; pages with data are never kept by caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = handler(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(), microphone=(), interest-cohort=()"
        )
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def visit(handler: Handler) -> Handler:
    """``request.visit``: the account as an actor with the posts in force, and the language of the pages."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "zh")
        speak("en" if chosen == "en" else "zh")
        with translation.override("en" if chosen == "en" else "zh-hans"):
            account = request.user if request.user.is_authenticated else None
            request.visit = Visit(actor_of(account) if account is not None else None, account)  # type: ignore[attr-defined]
            if (
                account is not None
                and time.time() - request.session.get("touched", 0) > _TOUCH_EVERY
            ):
                request.session["touched"] = int(
                    time.time()
                )  # written, so that the time-out starts anew
            return handler(request)

    return middleware
