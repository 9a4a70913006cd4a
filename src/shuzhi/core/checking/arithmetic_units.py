"""Units within a paragraph: 4.5万 among sums in 万元, 元 beside 万元 in one list, 公里 beside 千米, amounts absurd by orders.

The value is not in doubt here, only how it is written, except where no village could have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from shuzhi.core.checking.arithmetic_view import View, shown
from shuzhi.core.checking.model import Finding, TextFigure

_MONEY_BEFORE: Final = re.compile(
    r"资金|补[贴助偿]|投[入资]|出[资物]|收入|产值|奖[励补]|贷款|款|费|经费|捐|增收|工资|金额?|预算|享受|损失|止付|造价|支出|开支|[额利税赔罚缴债险保损]|花[去费了销]|到账|贴息|授信|回款|拨|争取|融资|销售|总价|[收付]$|追回|挽[回损]|[售租单]价|账|[募筹]|税|价值|计划[^，。]{0,4}$"
)
_STOPS_BEHIND: Final = re.compile(
    r"^[，。；、！）)\n,;”]|^左右|^以[上下]|^$|^(?:改造|建设|新建|修建|实施|用于|购置|维修|硬化|购买|完成|元|的|上下|帮助|资助|救助|分红|奖补|补[贴助]|资金|[:：])"
)
_FUND: Final = re.compile(r"资金|补贴|补助|奖补")
_EACH: Final = re.compile(
    r"人均|户均|亩均|每|均|标准|单价|收入|工资|价|最[高低]|以上|以下|不[超低]"
)


def find_units(view: View) -> Iterator[Finding]:
    """万 without 元 (022), 元 and 万元 in one list (023), 公里 and 千米 (024), absurd amounts (025)."""
    yield from _find_bare_magnitudes(view)
    yield from _find_mixed_money(view)
    yield from _find_mixed_lengths(view)
    yield from _find_absurd(view)


def _find_bare_magnitudes(view: View) -> Iterator[Finding]:
    figures = view.study.figures
    clean = view.clean
    if not any(one.raw_unit.endswith("元") for one in figures):
        return  # a text that writes all its money without 元 has its own way
    for position, figure in enumerate(figures):
        if figure.raw_unit.strip("余多几来") not in {"万", "亿"} or figure.unit != "元":
            continue
        start, end = figure.at
        if not _STOPS_BEHIND.match(clean[end : end + 3]):
            continue
        head = (
            max(clean.rfind(stop, max(start - 24, 0), start) for stop in "，。；、！：（(\n,;") + 1
        )
        before = clean[max(head, start - 24) : start]
        near = [
            one
            for one in (
                *figures[max(position - 4, 0) : position],
                *figures[position + 1 : position + 5],
            )
            if abs(one.at[0] - start) <= 90
            and one.raw_unit.strip("余多") in {"万元", "亿元"}
            and "\n" not in clean[min(one.at[1], end) : max(one.at[0], start)]
        ]
        behind = figures[position + 1] if position + 1 < len(figures) else None
        if behind is not None and _shares_unit(clean, figure, behind):
            continue
        if not _MONEY_BEFORE.search(before) and not near:
            continue
        magnitude = figure.raw_unit.strip("余多几来")
        expected = (
            figure.text.replace(magnitude, magnitude + "元")
            if figure.text.endswith(magnitude)
            else figure.text + "元"
        )
        yield view.finding(
            "ARITHMETIC_022",
            "warning",
            (start, end),
            {"found": figure.text, "expected": expected},
            [one.at for one in near[:3]],
            expected,
            has_replacement=True,
        )


def _shares_unit(clean: str, figure: TextFigure, behind: TextFigure) -> bool:
    """5万、6万、7万元: the last unit speaks for all."""
    gap = clean[figure.at[1] : behind.at[0]]
    return (
        gap in {"、", "和", "或", "到", "至", "—", "-", "～", "~", "，"}
        and behind.unit == figure.unit
    )


def _find_mixed_money(view: View) -> Iterator[Finding]:
    """Funds of one sentence, some in 元 and some in 万元."""
    for items in view.by_passage.values():
        funds = [
            one
            for one in items
            if one.unit == "元"
            and not one.figure.per
            and one.figure.upper is None
            and one.value >= 10_000
            and _FUND.search(one.local)
            and not _EACH.search(one.local)
        ]
        plain = [one for one in funds if one.figure.raw_unit == "元" and not one.is_vague]
        myriad = [one for one in funds if one.figure.raw_unit == "万元"]
        if not plain or not myriad or len(funds) < 3:
            continue
        first = plain[0]
        expected = shown(first.value / 10_000) + "万元"
        yield view.finding(
            "ARITHMETIC_023",
            "warning",
            (first.start, first.end),
            {"found": first.figure.text, "other": myriad[0].figure.text, "expected": expected},
            [(one.start, one.end) for one in funds if one is not first],
            expected,
        )


def _find_mixed_lengths(view: View) -> Iterator[Finding]:
    """公里 and 千米 in one paragraph, told once."""
    seen: dict[int, dict[str, TextFigure]] = {}
    for figure in view.study.figures:
        raw = figure.raw_unit.strip("余多")
        if raw not in {"公里", "千米"}:
            continue
        paragraph = view.study.reading.paragraph_at(figure.at[0])
        here = seen.setdefault(paragraph, {})
        here.setdefault(raw, figure)
        if len(here) == 2:
            odd = here["千米"]
            expected = odd.text.replace("千米", "公里")
            yield view.finding(
                "ARITHMETIC_024",
                "info",
                odd.at,
                {"found": odd.text, "other": here["公里"].text, "expected": expected},
                [here["公里"].at],
                expected,
                has_replacement=True,
            )
            return


_INCOME_EACH: Final = re.compile(r"(?:人均|农民)[^，。；]{0,8}(?:收入|纯收入)[^，。；\d]{0,6}$")
_VILLAGE_INCOME: Final = re.compile(r"村集体(?:经济|经营性)?(?:总)?收入[^，。；\d]{0,6}$")


def _find_absurd(view: View) -> Iterator[Finding]:
    for item in view.items:
        if item.unit != "元":
            continue
        what = ""
        if _INCOME_EACH.search(item.local) and not re.search(r"增|同比|减|差", item.local):
            if item.value > 1_000_000 or item.value < 100:
                what = "人均收入"
        elif _VILLAGE_INCOME.search(item.local) and item.value > 10**10:
            what = "村集体收入"
        if what:
            yield view.finding(
                "ARITHMETIC_025",
                "unexplained",
                (item.start, item.end),
                {"found": view.written(item), "what": what},
            )
