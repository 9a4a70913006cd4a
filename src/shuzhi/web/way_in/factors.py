"""The second step at sign-in: codes of a phone, passkeys, recovery codes, and typing the password again before changing them.

What is checked and kept is allauth's; the pages are ours. Each class only says which template shows it and what is in its dataclass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ListWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shuzhi.apps.people import signing_in
from shuzhi.core.problems import Problem
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.way_in.credentials import AddForm, AgainForm, LoginForm, StepForm
from shuzhi.web.way_in.visitors import client_address
from shuzhi.web.words import say, sentence

Context = Mapping[str, Any]


class _Ours(ABC):
    """Shows allauth's view with our template and a dataclass."""

    template: str
    request: HttpRequest

    @abstractmethod
    def made(self, context: Context) -> Any:
        """The page's dataclass out of allauth's context."""

    def render_to_response(self, context: Context, **rest: Any) -> HttpResponse:
        """The page; 422 when what was sent was not right."""
        form = context.get("form")
        status = 422 if self.request.method == "POST" and form is not None and form.errors else 200
        return page(self.request, f"way_in/{self.template}.html", self.made(context), status=status)


def _errors(*forms: Any) -> list[str]:
    """Every sentence of the forms, once."""
    found: list[str] = []
    for form in forms:
        for errors in form.errors.values() if form is not None and form.is_bound else ():
            found += [str(e) for e in errors if str(e) not in found]
    return found


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner knows it."""

    id: int
    name: str
    added: datetime
    used: datetime | None


def _passkeys(request: HttpRequest) -> list[Passkey]:
    return [
        Passkey(
            one.pk,
            one.wrap().name,
            timezone.localtime(one.created_at),
            timezone.localtime(one.last_used_at) if one.last_used_at else None,
        )
        for one in Authenticator.objects.filter(
            user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN
        ).order_by("id")
    ]


# ── what is set up ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FactorsPage:
    """Which second steps the account has."""

    has_codes: bool
    passkeys: Sequence[Passkey]
    recovery_left: int | None  #: None = none were made


def factors_of(request: HttpRequest) -> FactorsPage:
    """For the own account page and the list of second steps."""
    found = Authenticator.objects.filter(user_id=request.user.pk)
    recovery = next((a for a in found if a.type == Authenticator.Type.RECOVERY_CODES), None)
    return FactorsPage(
        any(a.type == Authenticator.Type.TOTP for a in found),
        _passkeys(request),
        len(recovery.wrap().get_unused_codes()) if recovery is not None else None,
    )


class Index(_Ours, IndexView):  # type: ignore[misc]
    """The second steps of the own account."""

    template = "factors"

    def made(self, context: Context) -> FactorsPage:
        """Which there are."""
        return factors_of(self.request)


# ── codes of a phone ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CodesPage:
    """Setting up codes: the picture to be photographed, the secret to be typed."""

    picture: SafeString
    secret: str
    errors: Sequence[str]


class ActivateCodes(_Ours, ActivateTOTPView):  # type: ignore[misc]
    """Set up codes."""

    template = "codes"

    def made(self, context: Context) -> CodesPage:
        """The picture is an element of the page: no address, no request."""
        drawing = context["totp_svg"].split("?>", 1)[-1].lstrip()
        label = format_html('<svg role="img" aria-label="{}" ', say("二维码，用手机上的验证器扫描", "QR code for the authenticator on the phone"))  # fmt: skip
        secret = context["form"].secret
        grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        picture = mark_safe(
            drawing.replace("<svg ", label, 1)
        )  # drawn by the qrcode library from a secret of ours
        return CodesPage(picture, grouped, _errors(context["form"]))


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """A question before something is taken away or made anew."""

    title: str
    text: str
    button: str
    back: str
    is_dangerous: bool = True
    errors: Sequence[str] = ()


class DeactivateCodes(_Ours, DeactivateTOTPView):  # type: ignore[misc]
    """Take the codes away."""

    template = "confirm"

    def made(self, context: Context) -> ConfirmPage:
        """The question."""
        return ConfirmPage(
            say("停用验证码", "Turn codes off"),
            say("停用后，登录只凭密码（或通行密钥）。换手机时，请先停用、再在新手机上启用。", "After this the password alone (or a passkey) is enough to sign in. For a new phone, turn codes off and set them up again there."),
            say("停用", "Turn off"),
            reverse("mfa_index"),
            errors=_errors(context.get("form")),
        )  # fmt: skip


# ── recovery codes ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RecoveryPage:
    """The recovery codes that are left."""

    codes: Sequence[str]
    total: int


class ViewRecovery(_Ours, ViewRecoveryCodesView):  # type: ignore[misc]
    """See the recovery codes."""

    template = "recovery"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 where none were made."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return not_found(request)

    def made(self, context: Context) -> RecoveryPage:
        """Those that are left."""
        return RecoveryPage(context["unused_codes"], context["total_count"])


class GenerateRecovery(_Ours, GenerateRecoveryCodesView):  # type: ignore[misc]
    """Make new recovery codes."""

    template = "confirm"

    def made(self, context: Context) -> ConfirmPage:
        """The question."""
        left = context["unused_code_count"]
        return ConfirmPage(
            say("生成恢复码", "Make recovery codes"),
            say("恢复码在手机不在身边时用，一个只能用一次。生成新的以后，原来的（还剩 {n} 个）全部作废。", "A recovery code opens the account when the phone is not at hand, each once. New ones make the old ones ({n} left) void.", n=left),
            say("生成", "Make them"),
            reverse("mfa_index"),
            is_dangerous=bool(left),
            errors=_errors(context.get("form")),
        )  # fmt: skip


class DownloadRecovery(DownloadRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes as a text file."""

    def render_to_response(self, context: Context, **rest: Any) -> HttpResponse:
        """One code a line, under what they are for."""
        heading = say("述职 恢复码 {name}（每个只能用一次，请妥善保管）", "Shuzhi recovery codes of {name} (each works once; keep them safe)", name=self.request.user.name)  # type: ignore[union-attr]  # fmt: skip
        lines = "\r\n".join([heading, "", *context["unused_codes"], ""])
        return HttpResponse(
            "\ufeff" + lines,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
        )


def download_recovery(request: HttpRequest) -> HttpResponseBase:
    """The file, or 404 where there are no codes."""
    try:
        answer: HttpResponseBase = DownloadRecovery.as_view()(request)
    except Http404:
        return not_found(request)
    return answer


# ── passkeys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PasskeysPage:
    """The account's passkeys."""

    passkeys: Sequence[Passkey]


class ListPasskeys(_Ours, ListWebAuthnView):  # type: ignore[misc]
    """The account's passkeys."""

    template = "passkeys"

    def made(self, context: Context) -> PasskeysPage:
        """All of them."""
        return PasskeysPage(_passkeys(self.request))


@dataclass(frozen=True, slots=True)
class AddPasskeyPage:
    """Adding a passkey: what the browser is asked to make."""

    name: str
    options: Mapping[str, Any]
    errors: Sequence[str]


class AddPasskey(_Ours, AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey."""

    template = "passkey_add"
    form_class = AddForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keeps the form that was not right, which allauth's view drops."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | kwargs

    def made(self, context: Context) -> AddPasskeyPage:
        """The options and a name."""
        form = context["form"]
        return AddPasskeyPage(
            str(form["name"].value() or ""), context["js_data"]["creation_options"], _errors(form)
        )


@dataclass(frozen=True, slots=True)
class RenamePasskeyPage:
    """Another name for a passkey."""

    name: str
    errors: Sequence[str]


class RenamePasskey(_Ours, EditWebAuthnView):  # type: ignore[misc]
    """Rename a passkey."""

    template = "passkey_rename"

    def made(self, context: Context) -> RenamePasskeyPage:
        """Its name."""
        form = context["form"]
        return RenamePasskeyPage(str(form["name"].value() or ""), _errors(form))


class RemovePasskey(_Ours, RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a passkey."""

    template = "confirm"

    def made(self, context: Context) -> ConfirmPage:
        """The question."""
        return ConfirmPage(
            say("删除通行密钥“{name}”", "Remove the passkey “{name}”", name=self.object.wrap().name),
            say("删除后不能再用它登录。设备里保存的那一份，请在设备的密码管理中另行删除。", "It opens this account no more. The copy on the device is removed in the device's own list of passwords."),
            say("删除", "Remove"),
            reverse("mfa_list_webauthn"),
        )  # fmt: skip


def own_passkey(view: Any) -> Any:
    """A view of one passkey that answers 404 for somebody else's."""

    def guarded(request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = view(request, pk=pk)
        except Http404:
            return not_found(request)
        return answer

    return guarded


class LoginPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey alone; it asks for the finger or PIN itself."""

    form_class = LoginForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the form, and counted against the address."""
        signing_in.failed("", client_address(self.request), "passkey")
        return super().form_invalid(form)  # type: ignore[no-any-return]


# ── the second step itself ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SecondStepPage:
    """The second step."""

    has_codes: bool
    options: Mapping[str, Any] | None  #: what the browser is asked, where the account has a passkey
    errors: Sequence[str]


class SecondStep(_Ours, AuthenticateView):  # type: ignore[misc]
    """The second step after the password."""

    template = "second_step"
    webauthn_form_class = StepForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever was locked meanwhile starts again later."""
        login = unstash_login(request, peek=True)
        if login is not None and login.user is not None:
            until = signing_in.locked_until(login.user.name, client_address(request))
            if until is not None:
                clear_login(request)
                messages.error(
                    request, sentence(Problem("PEOPLE_021", {"until": f"{until:%H:%M}"}))
                )
                return redirect("account_login")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def made(self, context: Context) -> SecondStepPage:
        """What the account has."""
        types = set(
            Authenticator.objects.filter(user_id=self.stage.login.user.pk).values_list(
                "type", flat=True
            )
        )
        options = context["js_data"]["request_options"] if "webauthn" in types else None
        forms = (context["form"], context.get("webauthn_form"))
        return SecondStepPage(bool(types - {"webauthn"}), options, _errors(*forms))


# ── the password again ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AgainPage:
    """Who is it? – before something important is changed."""

    kind: str  #: password, code or passkey
    next: str
    others: Sequence[tuple[str, str]] = field(default_factory=tuple)  #: other ways: address, words
    options: Mapping[str, Any] | None = None
    errors: Sequence[str] = ()


class _Again(_Ours):
    template = "again"
    kind = "password"

    def made(self, context: Context) -> AgainPage:
        """This way, and the others the account has."""
        words = {
            "reauthenticate": say("改用密码", "Use the password"),
            "mfa_reauthenticate": say("改用验证码", "Use a code"),
            "mfa_reauthenticate:webauthn": say("改用通行密钥", "Use a passkey"),
        }
        others = [
            (alt["url"], words.get(alt["id"], alt["description"]))
            for alt in context["reauthentication_alternatives"]
        ]
        options = context.get("js_data", {}).get("request_options")
        return AgainPage(
            self.kind,
            context["redirect_field_value"] or "",
            others,
            options,
            _errors(context["form"]),
        )


class AgainByPassword(_Again, ReauthenticateView):  # type: ignore[misc]
    """By the password."""


class AgainByCode(_Again, CodeReauthenticateView):  # type: ignore[misc]
    """By a code."""

    kind = "code"


class AgainByPasskey(_Again, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """By a passkey."""

    kind = "passkey"
    form_class = AgainForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the alternatives, which allauth's view makes without the form."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"form": self.get_form()} | context | kwargs


def turn_codes_off(request: HttpRequest) -> HttpResponseBase:
    """Take the codes away, or 404 where there are none."""
    try:
        answer: HttpResponseBase = DeactivateCodes.as_view()(request)
    except Http404:
        return not_found(request)
    return answer
