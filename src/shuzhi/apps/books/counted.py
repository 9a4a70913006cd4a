"""Distinct counts that were formed before and still hold: each is proved against the postings every time it is used.

Counting the different households behind a million rows takes most of a second. A count is kept with the point at which it was
formed, and used again only when the books show that nothing was posted to its indicator since, and that they are the same books:
the seal of the last entry before that point must be the one seen then (a restored backup has another). Nothing here can be stale,
and nothing is lost when a process ends.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db import connection

from shuzhi.apps import storage

_KEPT = 600  #: counts, each of at most some hundred units
_WORTH = 2000  #: subjects from which a count is worth keeping
_FAR = (
    10_000  #: entries since then beyond which it is quicker to count anew than to look through them
)


@dataclass(frozen=True, slots=True)
class _Count:
    """A result with the last entry of the books when it was formed."""

    mark: int
    seal: str
    units: tuple[int, ...]
    result: Any


_counts: OrderedDict[Hashable, _Count] = OrderedDict()
_lock = Lock()


class Counted:
    """The counts kept for one set of units, as of one point of the books; three small queries, whatever is kept."""

    def __init__(self, units: Iterable[int], now: int, as_of: int | None) -> None:
        self._units = tuple(units)
        self._as_of = as_of
        self._place = str(connection.settings_dict["NAME"])
        rows = storage.fetch(
            "SELECT seq, hash FROM revision WHERE seq <= %s ORDER BY seq DESC LIMIT 1",
            [now if as_of is None else as_of],
        )
        #: postings come with entries alone, so the last entry says how far the postings reach
        self._mark, self._seal = (int(rows[0][0]), str(rows[0][1])) if rows else (0, "")

    def _key(self, what: Hashable) -> Hashable:
        return (self._place, self._units[:1], self._as_of, what)

    def held(self, wanted: Mapping[Hashable, Iterable[int]]) -> dict[Hashable, Any]:
        """Those of the counts that still hold. `wanted`: what is counted → numbers of the indicators it is formed from."""
        with _lock:
            found = {
                what: kept
                for what in wanted
                if (kept := _counts.get(self._key(what))) is not None
                and kept.units == self._units
                and self._mark - _FAR <= kept.mark <= self._mark
            }
        marks = sorted({kept.mark for kept in found.values()}) or [0]
        seals = dict(
            storage.fetch(
                f"SELECT seq, hash FROM revision WHERE seq IN ({storage.marks(marks)})", marks
            )
        )
        # the plus keeps the engine from reading by figure: only the few postings since then are looked at
        latest = dict(
            storage.fetch(
                "SELECT +indicator_id, MAX(seq) FROM posting WHERE seq > %s AND seq <= %s GROUP BY +indicator_id",
                [marks[0] if found else self._mark, self._mark],
            )
        )
        return {
            what: kept.result
            for what, kept in found.items()
            if seals.get(kept.mark) == kept.seal
            and all(latest.get(number, 0) <= kept.mark for number in wanted[what])
        }

    def keep(self, results: Mapping[Hashable, tuple[int, Any]]) -> None:
        """Keep counts just formed: what → (how many were counted, result)."""
        if not self._mark:
            return
        with _lock:
            for what, (size, result) in results.items():
                if size >= _WORTH:
                    _counts[self._key(what)] = _Count(self._mark, self._seal, self._units, result)
                    _counts.move_to_end(self._key(what))
            while len(_counts) > _KEPT:
                _counts.popitem(last=False)
