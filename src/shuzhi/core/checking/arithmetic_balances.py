"""Income, expenditure and what is left of them in one sentence: 总收入1845.6万元，总支出1832.3万元，结余13.3万元.

Only where the sentence tells all three and nothing else that could come in between: no money carried over from the year
before, no funds moved, no sums per head.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View, in_unit_of
from shuzhi.core.checking.model import Finding

_SAID: Final = r"(?:总额|总计|合计|共计|累计|共|为|达到?|实现|完成|[:：])*$"
_INCOME: Final = re.compile(
    rf"(?<!纯)(?<!净)(?:总收入|收入|营收|进账|收款|收到[\u4e00-\u9fff]{{2,6}}){_SAID}"
)
_EXPENSE: Final = re.compile(rf"(?:支出|开支|花费|成本|[花使]用(?:资金)?){_SAID}")
_BALANCE: Final = re.compile(
    rf"(?:(?P<surplus>结余|盈余|节余|余额)|(?P<profit>净(?:利润?|收[入益])|纯(?:利润?|收[入益])|利润|盈利)|(?P<deficit>超支|赤字|亏[损空]|缺口)){_SAID}"
)
#: What comes in between, so that the three need not make one sum.
_OTHER: Final = re.compile(
    r"上年|上期|去年|结转|年初|期初|累计|滚存|历年|加上?[上级转]|另|转移|调入|上解|还本|基金|提[取留]|税|折旧|预算|财政收|[均每]|同比|增长|比|较|计划|预计|分配|借款|贷款|同期"
)
#: How far back the two sums may stand from what is left.
_REACH: Final = 140


def find_balances(view: View) -> Iterator[Finding]:
    """What is left (028) of an income and an expenditure beside it, and does not come out."""
    for item in view.items:
        if item.unit != "元" or item.index < 2 or item.passage in view.blocked:
            continue
        said = _BALANCE.search(item.local)
        if said is None or item.is_vague or item.figure.per:
            continue
        before = [
            one
            for one in view.items[max(item.index - 8, 0) : item.index]
            if one.passage == item.passage and item.start - one.end <= _REACH and one.unit == "元"
        ]
        finding = _judge(view, item, said, before)
        if finding is not None:
            yield finding


def _judge(view: View, item: Item, said: re.Match[str], before: Sequence[Item]) -> Finding | None:
    incomes = [one for one in before if _INCOME.search(one.local) and not _is_part(view, one)]
    expenses = [one for one in before if _EXPENSE.search(one.local) and not _is_part(view, one)]
    if len(incomes) != 1 or len(expenses) != 1:
        return None
    income, expense = incomes[0], expenses[0]
    start = min(income.start - len(income.local), expense.start - len(expense.local))
    if (
        income.is_vague
        or expense.is_vague
        or _OTHER.search(view.clean[start : item.start])
        or re.search(r"[；;。]", view.clean[max(income.end, expense.end) : item.start])
    ):
        return None
    low, high = income.low - expense.high, income.high - expense.low
    if said["deficit"]:
        low, high = -high, -low
    if low <= item.high and high >= item.low:
        return None
    is_cost = "成本" in expense.local
    if (said["profit"] or is_cost) and item.value < high:
        return None  # taxes and fees may have gone off before
    others = [one.value for one in before if one is not income and one is not expense]
    if _fits_with(others, income.value - expense.value, item):
        return None
    left = income.value - expense.value
    text = in_unit_of(abs(left), item)
    is_turned = (left < 0) is not bool(said["deficit"])
    return view.finding(
        "ARITHMETIC_028",
        "wrong",
        (item.start, item.end),
        {
            "income": view.written(income),
            "expense": view.written(expense),
            "surplus": text if left >= 0 else "",
            "deficit": text if left < 0 else "",
            "found": view.clean[item.start - len(said[0]) : item.end],
        },
        [(income.start, income.end), (expense.start, expense.end)],
        ("超支" if left < 0 else "结余") + text if is_turned else text,
    )


def _is_part(view: View, item: Item) -> bool:
    """Whether it stands behind 其中, up to the next semicolon."""
    start = max(view.passages[item.passage][0], item.start - 80)
    return "其中" in re.split(r"[；;]", view.clean[start : item.start])[-1]


def _fits_with(others: Sequence[Fraction], left: Fraction, item: Item) -> bool:
    """Whether some other sums of the sentence, added or taken away, make what is left."""
    return any(
        abs(abs(left + sign * sum(some, Fraction(0))) - item.value) <= 2 * item.half
        for size in (1, 2)
        for some in itertools.combinations(others[:6], size)
        for sign in (1, -1)
    )
