"""The pair of sentences behind one problem code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """`zh` and `en` are ``str.format`` templates over the problem's params; both are always there."""

    zh: str
    en: str
