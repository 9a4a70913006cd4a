"""Pages of ledgers and of the search."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.support.office import FIRST, Office

_READERS = "clerk reviewer leader inspector auditor"

RIGHTS = {
    ("ledgers", "GET"): _READERS,
    ("ledger", "GET"): _READERS,
    ("ledger-totals", "GET"): _READERS,
    ("ledger-export", "POST"): "clerk reviewer leader",
    ("ledger-withdraw", "POST"): "clerk",
    ("ledger-unmask", "POST"): "clerk reviewer leader",
    ("ledger-view-save", "POST"): _READERS,
    ("ledger-view-remove", "POST"): _READERS,
    ("search", "GET"): _READERS,
    ("search", "POST"): "clerk reviewer leader",
    ("suggest", "GET"): _READERS,
}


_numbers = count(1)


def _withdraw(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    record = office.submit("tea", FIRST, by="村会计", date="2023-03-01", plot=f"T{next(_numbers)}")
    return {"ledger": "tea"}, {"record": record, "reason": "重复"}


SAMPLES = {
    "ledger": lambda office: {"ledger": "tea"},
    "ledger-totals": lambda office: {"ledger": "tea"},
    "ledger-export": lambda office: {"ledger": "tea"},
    "ledger-withdraw": _withdraw,
    "ledger-unmask": lambda office: ({"ledger": "tea"}, {"reason": "核对名单"}),
    "ledger-view-save": lambda office: (
        {"ledger": "tea"},
        {"name": "大块", "back": "f-area-from=5"},
    ),
    "ledger-view-remove": lambda office: ({"ledger": "tea"}, {"view": "1"}),
    "suggest": lambda office: {"ledger": "tea"},
}
