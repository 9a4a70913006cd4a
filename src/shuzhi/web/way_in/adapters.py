"""How allauth is told about this office: nobody signs up, every way in is noted, its sentences are ours in both languages.

allauth brings the second step, passkeys and the identity provider; accounts, passwords and the lock-out are ours (apps/people).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.people import signing_in
from shuzhi.apps.people.models import Account
from shuzhi.core.problems import Problem
from shuzhi.web.way_in.visitors import browser_of, client_address
from shuzhi.web.words import Words, sentence

#: allauth's messages that are worth saying, in our words
_SAID: Mapping[str, Words] = {
    "mfa/messages/totp_activated.txt": Words("已启用验证码登录", "Codes at sign-in are on"),
    "mfa/messages/totp_deactivated.txt": Words("已停用验证码登录", "Codes at sign-in are off"),
    "mfa/messages/recovery_codes_generated.txt": Words("已生成恢复码，请保存好", "Recovery codes were made; keep them safe"),
    "mfa/messages/webauthn_added.txt": Words("已添加通行密钥", "The passkey was added"),
    "mfa/messages/webauthn_removed.txt": Words("已删除通行密钥", "The passkey was removed"),
}  # fmt: skip

_WRONG_CODE = Words("验证码不对，或已用过、已过期；请看手机上现在的六位数", "The code is wrong, used or out of date; take the six digits the phone shows now")  # fmt: skip
_TOO_OFTEN = Words("试得太多次了；请过几分钟再试", "Too many attempts; try again in a few minutes")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by administrators; coming in and leaving is noted."""

    error_messages = {  # noqa: RUF012 - the form allauth asks for
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
        "incorrect_password": Words(
            "密码不对，请重新输入", "The password is not right; type it again"
        ),
        "too_many_login_attempts": _TOO_OFTEN,
        "rate_limited": _TOO_OFTEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what is worth saying."""
        said = message or str(_SAID.get(message_template or "", ""))
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: accounts have no addresses."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let the account in and note it."""
        methods = [
            m.get("type") or m.get("method", "") for m in get_authentication_records(request, user)
        ]
        super().login(request, user)
        signing_in.signed_in(
            user,
            request.session.session_key or "",
            client_address(request),
            browser_of(request),
            "+".join(dict.fromkeys(filter(None, methods))) or "password",
        )

    def logout(self, request: HttpRequest) -> None:
        """Let the account out and note it."""
        signing_in.signed_out(request.user, request.session.session_key or "")  # type: ignore[arg-type]
        super().logout(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A closed account that still has a passkey or an identity."""
        messages.error(request, sentence(Problem("PEOPLE_002", {"name": user.name, "near": ""})))
        return redirect("account_login")


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step at sign-in."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
    }

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.name)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """A name for a new passkey, with a running number."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"{Words('通行密钥', 'Passkey')} {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """This office, as a passkey's dialog names it."""
        return super().get_public_key_credential_rp_entity() | {
            "name": str(Words("述职", "Shuzhi"))
        }


class Identities(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in with the government's identity provider: who it vouches for must have an account of that name here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account the provider names; nobody else's name opens it."""
        data = sociallogin.account.extra_data
        claims = {
            **data.get("id_token", {}),
            **data.get("userinfo", {}),
            **{k: v for k, v in data.items() if isinstance(v, str)},
        }
        name = str(claims.get(settings.OIDC_CLAIM, ""))
        account = (
            Account.objects.filter(name=name, is_active=True, is_system=False).first()
            if name
            else None
        )
        known = sociallogin.user if sociallogin.is_existing else None
        if account is None or (known is not None and known.pk != account.pk):
            _refuse(request, Problem("PEOPLE_024", {"name": name or "—"}))
        elif known is None:
            with transaction.atomic():
                sociallogin.account.extra_data = {}  # what else the provider tells is none of our business
                sociallogin.connect(request, account)
                audit.note("account.factor_added", actor=account.name, kind="identity")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """The provider said no, or could not be reached."""
        detail = getattr(error, "value", None) or error or "—"
        _refuse(request, Problem("PEOPLE_023", {"detail": detail}))


def _refuse(request: HttpRequest, problem: Problem) -> None:
    messages.error(request, sentence(problem))
    raise ImmediateHttpResponse(redirect(reverse("account_login")))


@receiver(authentication_failed)
def _code_failed(user: Any, request: HttpRequest, **rest: Any) -> None:
    signing_in.failed(user.name, client_address(request), "code")


@receiver(authenticator_added)
def _factor_added(user: Any, authenticator: Authenticator, **rest: Any) -> None:
    with transaction.atomic():
        audit.note("account.factor_added", actor=user.name, kind=authenticator.type)


@receiver(authenticator_removed)
def _factor_removed(user: Any, authenticator: Authenticator, **rest: Any) -> None:
    with transaction.atomic():
        audit.note(
            "account.factor_removed", actor=user.name, name=user.name, kind=authenticator.type
        )
