"""Signing in, the own account, the set-up."""

from __future__ import annotations

from typing import Any

from tests.support.office import Office
from tests.web.rights import ANYONE, SIGNED_IN

#: not while there is an office, or where nothing is configured: 404 for everybody
NOBODY = ""
#: the passkey and the session of the samples are 安全员's, the only one of this role
ITS_OWNER = "security_administrator"

_SIGNED_IN = (
    ("start", "GET"), ("without-post", "GET"), ("account_logout", "POST"), ("me", "GET"), ("account_change_password", "GET"),
    ("account_change_password", "POST"), ("sessions-end", "POST"), ("account_reauthenticate", "GET"), ("account_reauthenticate", "POST"),
    ("mfa_reauthenticate", "GET"), ("mfa_reauthenticate", "POST"), ("mfa_reauthenticate_webauthn", "GET"),
    ("mfa_reauthenticate_webauthn", "POST"), ("mfa_index", "GET"), ("mfa_activate_totp", "GET"), ("mfa_activate_totp", "POST"),
    ("mfa_deactivate_totp", "GET"), ("mfa_deactivate_totp", "POST"), ("mfa_view_recovery_codes", "GET"),
    ("mfa_generate_recovery_codes", "GET"), ("mfa_generate_recovery_codes", "POST"), ("mfa_download_recovery_codes", "GET"),
    ("mfa_list_webauthn", "GET"), ("mfa_add_webauthn", "GET"), ("mfa_add_webauthn", "POST"),
)  # fmt: skip

RIGHTS = {
    **dict.fromkeys(_SIGNED_IN, SIGNED_IN),
    ("account_login", "GET"): ANYONE,
    ("account_login", "POST"): ANYONE,
    ("mfa_authenticate", "GET"): ANYONE,
    ("mfa_authenticate", "POST"): ANYONE,
    ("mfa_login_webauthn", "GET"): ANYONE,
    ("mfa_login_webauthn", "POST"): ANYONE,
    ("openid_connect_login", "GET"): NOBODY,
    ("openid_connect_callback", "GET"): NOBODY,
    ("session-end", "POST"): ITS_OWNER,
    ("mfa_edit_webauthn", "GET"): ITS_OWNER,
    ("mfa_edit_webauthn", "POST"): ITS_OWNER,
    ("mfa_remove_webauthn", "GET"): ITS_OWNER,
    ("mfa_remove_webauthn", "POST"): ITS_OWNER,
    ("setup", "GET"): NOBODY,
    ("setup", "POST"): NOBODY,
    ("setup-search", "GET"): NOBODY,
    ("setup-template", "GET"): NOBODY,
    ("setup-units", "GET"): NOBODY,
    ("setup-units", "POST"): NOBODY,
    ("setup-administrator", "GET"): NOBODY,
    ("setup-administrator", "POST"): NOBODY,
    ("setup-progress", "GET"): NOBODY,
}


def _second_steps(office: Office) -> dict[str, Any]:
    """Codes and recovery codes for every account."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from shuzhi.apps.people.models import Account

    for account in Account.objects.filter(authenticator=None):
        TOTP.activate(account, generate_totp_secret())
        RecoveryCodes.activate(account)
    return {}


def _passkey(office: Office) -> dict[str, Any]:
    from allauth.mfa.models import Authenticator

    from shuzhi.apps.people.models import Account

    made = Authenticator.objects.create(
        user=Account.objects.get(name="安全员"), type="webauthn", data={"name": "办公室电脑", "credential": {}}
    )  # fmt: skip
    return {"pk": made.pk}


def _session(office: Office) -> dict[str, Any]:
    from django.contrib.sessions.backends.db import SessionStore

    from shuzhi.apps.people.models import Account, SignIn

    for _ in range(2):  # one of them for a second persona of the same role, if there ever is one
        store = SessionStore()
        store.create()
        made = SignIn.objects.create(
            account=Account.objects.get(name="安全员"), session=store.session_key, address="10.0.0.8", browser="6|Windows"
        )  # fmt: skip
    return {"number": made.pk}


SAMPLES = {
    "mfa_deactivate_totp": _second_steps,
    "mfa_view_recovery_codes": _second_steps,
    "mfa_generate_recovery_codes": _second_steps,
    "mfa_download_recovery_codes": _second_steps,
    "mfa_reauthenticate": _second_steps,
    "mfa_reauthenticate_webauthn": _second_steps,
    "account_reauthenticate": _second_steps,
    "mfa_edit_webauthn": _passkey,
    "mfa_remove_webauthn": _passkey,
    "session-end": _session,
    "openid_connect_login": lambda office: {"provider_id": "office"},
    "openid_connect_callback": lambda office: {"provider_id": "office"},
}
