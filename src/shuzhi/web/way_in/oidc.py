"""Signing in with the government's identity provider (OpenID Connect), where one is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from requests import RequestException

from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.problems import not_found


@dataclass(frozen=True, slots=True)
class Provider:
    """One button of the sign-in page."""

    name: str
    address: str


def _apps() -> list[dict[str, Any]]:
    found: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {})
    return list(found.get("APPS", []))


def providers() -> list[Provider]:
    """The identity providers this office uses; mostly none."""
    return [
        Provider(
            app["name"],
            reverse("openid_connect_login", kwargs={"provider_id": app["provider_id"]}),
        )
        for app in _apps()
    ]


def _is_known(provider_id: str) -> bool:
    return any(app["provider_id"] == provider_id for app in _apps())


def leave(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the provider."""
    if not _is_known(provider_id):
        return not_found(request)
    try:
        return views.login(request, provider_id)
    except RequestException as error:
        raise ProblemsError([Problem("PEOPLE_023", {"detail": type(error).__name__})]) from error


def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """From the provider."""
    return views.callback(request, provider_id) if _is_known(provider_id) else not_found(request)
