"""What was counted or added up, remembered by this process until anybody writes anything.

Every write takes a number from the clock, so an answer holds as long as the clock stands still. Inside a transaction nothing is
remembered: what it wrote may be taken back, and its numbers given out again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from shuzhi.apps.audit import actions as audit

_T = TypeVar("_T")
_MOST = 500
_kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
_lock = Lock()


def remembered(key: tuple[Hashable, ...], make: Callable[[], _T]) -> _T:
    """The answer made at this point of the clock, or made now."""
    if connection.in_atomic_block:
        return make()
    settings = connection.settings_dict
    where = (settings["ENGINE"], settings.get("HOST"), settings.get("PORT"), settings["NAME"], *key)
    now = audit.current()
    with _lock:
        found = _kept.get(where)
        if found is not None and found[0] == now:
            _kept.move_to_end(where)
            return found[1]  # type: ignore[no-any-return]
    made = make()
    with _lock:
        _kept[where] = (now, made)
        _kept.move_to_end(where)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made
