"""Shares that add up: how the demonstration's totals are told over households, plots and months.

A village's 480 亩 stand in the books as ninety unequal orchards; the parts here are uneven like real ones, the same on
every run, and sum to the total exactly. Nothing here knows what is being shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

#: how much larger or smaller than its neighbours a share is
_WEIGHTS = (7, 5, 9, 6, 8, 4, 10, 6, 5, 8, 11, 7, 6)


def spread(
    total: Decimal | int | str, count: int, step: str = "0.01", turn: int = 0
) -> list[Decimal]:
    """`count` uneven parts of `total`, each a multiple of `step` but the last, which takes what is left.

    `turn` begins the pattern elsewhere, so that two villages do not look alike.

    >>> spread(10, 3, "1")
    [Decimal('3'), Decimal('2'), Decimal('5')]
    """
    whole, unit = Decimal(total), Decimal(step)
    weights = [_WEIGHTS[(index + turn) % len(_WEIGHTS)] for index in range(count)]
    parts = [whole * weight / sum(weights) // unit * unit for weight in weights[:-1]]
    return [*parts, whole - sum(parts, Decimal(0))]


def spread_whole(total: int, count: int, turn: int = 0) -> list[int]:
    """`count` uneven whole parts of `total`.

    >>> sum(spread_whole(398, 12))
    398
    """
    return [int(part) for part in spread(total, count, "1", turn)]


def day(year: int, month: int, index: int = 0) -> str:
    """An ISO date in the month; `index` moves it about.

    >>> day(2023, 5, 2)
    '2023-05-13'
    """
    return f"{year}-{month:02d}-{3 + index * 5 % 25:02d}"


def month_end(year: int, month: int) -> str:
    """The month's last day, on which monthly rows are dated.

    >>> month_end(2023, 2)
    '2023-02-28'
    """
    last = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return f"{year}-{month:02d}-{last}"


def pick(items: Sequence[T], index: int) -> T:
    """The item at `index`, beginning again after the last."""
    return items[index % len(items)]
