"""Looking at a ledger's personal values for a while: who said why, until when, and what is searched in them. Kept in the session,
so that nothing of it ever stands in an address."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed
from shuzhi.core.definitions import LedgerDef

MINUTES = 15


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Personal values of one ledger at one unit, shown for a reason."""

    reason: str
    until: str  #: hours and minutes, as on the wall
    text: str = ""  #: searched in personal fields


def _name(unit: Organisation, ledger: LedgerDef) -> str:
    return f"unmasked {unit.code} {ledger.key}"


def begin(request: HttpRequest, unit: Organisation, ledger: LedgerDef, reason: str) -> None:
    """Show personal values for `MINUTES`; the reason has been noted."""
    request.session[_name(unit, ledger)] = {"reason": reason, "until": int(time.time()) + 60 * MINUTES}  # fmt: skip


def look_for(request: HttpRequest, unit: Organisation, ledger: LedgerDef, text: str) -> None:
    """Search personal fields for a text, while they are shown."""
    kept = request.session.get(_name(unit, ledger))
    if kept is not None:
        request.session[_name(unit, ledger)] = {**kept, "text": text.strip()[:100]}


def end(request: HttpRequest, unit: Organisation, ledger: LedgerDef) -> None:
    """Mask everything again."""
    request.session.pop(_name(unit, ledger), None)


def present(request: HttpRequest, unit: Organisation, ledger: LedgerDef) -> Unmasking | None:
    """What is in force now; the right is asked again each time."""
    kept = request.session.get(_name(unit, ledger))
    actor = request.visit.actor  # type: ignore[attr-defined]
    if kept is None:
        return None
    if kept["until"] < time.time() or not is_allowed(
        actor, "record.unmask", unit.path, ledger.area
    ):
        end(request, unit, ledger)
        return None
    wall = datetime.fromtimestamp(kept["until"], timezone.get_current_timezone())
    return Unmasking(kept["reason"], f"{wall:%H:%M}", kept.get("text", ""))
