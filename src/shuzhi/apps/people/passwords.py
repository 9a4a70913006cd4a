"""What a password must be: long enough, not one that everybody tries first, not the name. Pure rules; nothing is kept here.

At least 10 characters, or 8 of three kinds (capital letters, small letters, digits, others), following GB/T 22239-2019 (等保二级).
"""

from __future__ import annotations

import secrets
from functools import cache
from itertools import pairwise
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from shuzhi.core.problems import Problem
from shuzhi.messages import Language, render

LONG, SHORT, KINDS = 10, 8, 3
_LONGEST = 128


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _kinds(password: str) -> int:
    return sum(
        (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
    )


def _is_run(password: str) -> bool:
    """One character or a straight run of them: 11111111, 12345678, abcdefgh."""
    steps = {ord(b) - ord(a) for a, b in pairwise(password)}
    return len(steps) <= 1 and steps <= {-1, 0, 1}


def password_problems(password: str, name: str = "", display: str = "") -> list[Problem]:
    """Everything that is wrong with a password for the account `name`; the password itself is in no problem."""
    if len(password) > _LONGEST:
        return [Problem("PEOPLE_014", {"longest": _LONGEST})]
    problems = []
    if len(password) < SHORT:
        problems.append(Problem("PEOPLE_010", {"short": SHORT, "long": LONG}))
    elif len(password) < LONG and _kinds(password) < KINDS:
        problems.append(Problem("PEOPLE_011", {"short": SHORT, "long": LONG}))
    lower = password.lower().strip()
    if lower in _common() or (password and _is_run(lower)):
        problems.append(Problem("PEOPLE_012"))
    for own in {name.lower(), display.lower()} - {""}:
        if own == lower or (len(own) > 2 and own in lower and len(own) * 2 > len(lower)):
            problems.append(Problem("PEOPLE_013"))
            break
    return problems


def first_password() -> str:
    """A password to give to somebody, easy to read out: three groups of four, no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


class Policy:
    """The rules to Django and allauth, which ask for a class in AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with every sentence that applies."""
        found = password_problems(password, getattr(user, "name", ""), getattr(user, "display", ""))
        if found:
            language: Language = "en" if (get_language() or "").startswith("en") else "zh"
            raise ValidationError([render(p, language) for p in found])

    def get_help_text(self) -> str:
        """The rules in a sentence."""
        return render(Problem("PEOPLE_010", {"short": SHORT, "long": LONG}))
