"""Pages of approval."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.support.office import FIRST, Office

RIGHTS = {
    ("approval", "GET"): "reviewer leader",
    ("approval-ledger", "GET"): "reviewer leader",
    ("approval-ledger", "POST"): "reviewer leader",
    ("approval-done", "GET"): "镇办",  # one's own approval alone
}


def _record(office: Office) -> int:
    plot = f"T{uuid4().hex[:6]}"  # another one each time it is asked for
    return office.submit("tea", FIRST, by="村会计", date="2023-03-01", plot=plot, area=2)


def _ledger(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"ledger": "tea"}, {"do": "return", "r": f"{_record(office)}:1", "reason": "补佐证"}


def _done(office: Office) -> dict[str, Any]:
    from shuzhi.apps.books.approving import approve_seen
    from shuzhi.apps.organisations.queries import get

    made = approve_seen(office.actor("镇办"), get(FIRST), {_record(office): 1})
    return {"first": made.first, "last": made.last}


SAMPLES = {"approval-ledger": _ledger, "approval-done": _done}
