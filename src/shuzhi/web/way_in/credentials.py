"""What a browser sends as a passkey: anything may come, and what is none is a wrong one, never a fault of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError

_NO_CREDENTIAL = (KeyError, TypeError, AttributeError, IndexError, ValueError)


def _sound(check: Callable[[], Any]) -> Any:
    """What allauth's check gives; its parser trips over parts that are missing."""
    try:
        return check()
    except ValidationError:
        raise
    except _NO_CREDENTIAL as error:
        raise get_adapter().validation_error("incorrect_code") from error


class LoginForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of the password."""

    def clean_credential(self) -> Any:
        """The passkey it belongs to."""
        return _sound(super().clean_credential)


class StepForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """As the second step."""

    def clean_credential(self) -> Any:
        """The passkey it belongs to."""
        return _sound(super().clean_credential)


class AgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """To confirm who it is."""

    def clean_credential(self) -> Any:
        """The passkey it belongs to."""
        return _sound(super().clean_credential)


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    def clean(self) -> Any:
        """The new passkey with its name."""
        return _sound(super().clean)
