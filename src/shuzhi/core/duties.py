"""Duties (定期事项): which ledgers a unit keeps month by month, and in which months nothing was handed in.

No definition says how often a ledger is kept; what the unit has done so far does. A month counts as kept when a row or a nil report
(零报告) is dated in it. The module knows months only, not units or tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shuzhi.core.periods import add_months

WINDOW = 6  #: months looked back
ENOUGH = 3  #: months kept among those, from which the next one is due
SEASON = 3  #: months before the same month of last year that show whether the ledger paused there
REACH = 12 + SEASON  #: how many months before a month have to be known


def is_due(kept: Collection[int], month: int) -> bool:
    """Whether a row or a nil report is due in a month, given the months kept before.

    What follows the seasons is not due when it paused in the same month of last year as well: sowing ends in June every year.

    >>> is_due({202301, 202302, 202303}, 202304)
    True
    >>> is_due({202301, 202303}, 202304)
    False
    >>> is_due({202203, 202204, 202205, 202303, 202304, 202305}, 202306)
    False
    """
    if sum(add_months(month, -back) in kept for back in range(1, WINDOW + 1)) < ENOUGH:
        return False
    then = add_months(month, -12)
    paused = then not in kept and any(
        add_months(then, -back) in kept for back in range(1, SEASON + 1)
    )
    return not paused


def missing_months(kept: Collection[int], months: Iterable[int]) -> list[int]:
    """The months in which something was due and nothing was kept.

    >>> missing_months({202301, 202302, 202303, 202305}, range(202301, 202307))
    [202304, 202306]
    """
    return [month for month in months if month not in kept and is_due(kept, month)]
