"""Checking: whoever may read a unit's figures may have drafts checked against them."""

from __future__ import annotations

from typing import Any

from tests.support.office import FIRST, Office

READERS = "clerk reviewer leader inspector auditor"


def a_check(office: Office) -> dict[str, str]:
    """A draft of the first village that was checked."""
    from shuzhi.apps.checking import checks

    actor = office.actor("村会计")
    made = checks.hand_in(actor, FIRST, "稿子.txt", "全村茶园面积1200亩，共计3户。".encode())
    return {"number": checks.run(actor, made).number}


def _silenced(office: Office) -> tuple[dict[str, str], dict[str, Any]]:
    return a_check(office), {"code": "BOOKS_001", "reason": "本县不用"}


def _confirmed(office: Office) -> tuple[dict[str, str], dict[str, Any]]:
    return a_check(office), {
        "subject": "茶园|亩|",
        "indicator": "tea_area",
        "text": "茶园面积1200亩",
    }


def _taken_back(office: Office) -> tuple[dict[str, str], dict[str, Any]]:
    """A confirmed meaning of the first village, to be taken back."""
    from shuzhi.apps.checking.actions import confirm_match

    confirm_match(office.actor("村会计"), FIRST, "茶园|亩|", "tea_area", excerpt="茶园面积1200亩")
    return {}, {"subject": "茶园|亩|"}


RIGHTS = {
    ("checking", "GET"): READERS,
    ("checking", "POST"): READERS,
    ("check", "GET"): READERS,
    ("check-accept", "POST"): READERS,
    ("check-confirm", "POST"): "clerk reviewer leader",
    ("check-silence", "POST"): "reviewer leader",
    ("check-remove", "POST"): "clerk leader",
    ("check-download", "GET"): READERS,
    ("checking-memory", "GET"): READERS,
    ("checking-memory", "POST"): "clerk reviewer leader",
}
SAMPLES = {
    "check": a_check,
    "check-accept": a_check,
    "check-confirm": _confirmed,
    "check-silence": _silenced,
    "check-remove": a_check,
    "checking-memory": _taken_back,
    "check-download": lambda office: {**a_check(office), "what": "comments"},
}
