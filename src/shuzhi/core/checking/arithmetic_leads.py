"""What the lead or the closing sums up, held against the sentence of the body that tells it again: 新建便民桥7座, later 共新建便民桥8座.

Only the same words about the same thing count: with 全年, 共 and 完成 taken away nothing may be left over on either side.
Where the body speaks of a place, a part, another year or a plan, it is not the same figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View
from shuzhi.core.checking.model import Finding

#: Words that only say that it is the whole of the year, and that it is done.
_WHOLE: Final = re.compile(
    r"^(?:今年以来|一年来|本年度?|今年|全年|年内|一年|全[村镇乡县市区]|(?:全|各)社区|我[村镇乡县]|[累总合]计|先后|已|共|总|又|并|还)+"
)
_DONE: Final = re.compile(
    r"完成|实现(?=[^，。]{3})|(?:累计|共计?|总计|合计|达到?了?|约|为|已|了|有)$|^(?:累计|共|已)"
)
_SUM: Final = re.compile(r"全年|今年|本年|一年|共|总|合计")
_OTHER: Final = re.compile(
    r"其中|上年|去年|前年|往年|历年|上半年|下半年|季度|\d+月|计划|力争|目标|预计|明年|来年|争取(?!上级)|拟|将|每|均|同比|比|较(?!好|快|大|为)|另|再|还|剩|累计"
    r"|(?<!20)\d\d年"
)
_PLACE: Final = re.compile(
    r"(?![全各我本该政农乡通进驻入到])[\u4e00-\u9fff](?:村|镇|乡|社区|街道|组|县|校|小学|中学|基地|合作社|公司|工地|小区)(?![民级集两干部庄容内务委级道路织])"
)
_PLAN: Final = re.compile(r"打算|计划|下一?步|明年|来年|思路|目标|任务|不足|问题|安排")


def find_leads(view: View) -> Iterator[Finding]:
    """A figure of the lead that the body gives another value (015)."""
    spans = [
        (view.study.reading.forth(node.start), view.study.reading.forth(node.end))
        for node in view.study.outline
        if node.kind == "lead"
    ]
    if not spans:
        return
    start, end = min(one for one, _ in spans), max(other for _, other in spans)
    wanted: dict[tuple[str, str], Item] = {}
    doubled: set[tuple[str, str]] = set()
    for item in view.items:
        if start <= item.start < end:
            key = _key(item)
            if key is None or _is_other(view, item, clauses=1):
                continue
            if key in wanted:
                doubled.add(key)
            wanted[key] = item
    if not wanted:
        return
    told: dict[tuple[str, str], list[Item]] = {}
    units = {unit for _, unit in wanted}
    for item in view.items:
        if item.start >= end and item.unit in units and not _is_amount_of_another(item):
            key = _key(item)
            if key in wanted and key not in doubled and not _is_other(view, item):
                told.setdefault(key, []).append(item)
    for key, again in told.items():
        first, item = wanted[key], again[0]
        if len(again) != 1 or _agree(first, item) or _is_planned(view, item):
            continue
        if item.value < first.value and not _SUM.search(item.local):
            continue  # one job of several: the lead tells them together
        yield view.finding(
            "ARITHMETIC_015",
            "wrong",
            (item.start, item.end),
            {"found": item.figure.text, "other": first.figure.text, "noun": key[0]},
            [(first.start, first.end)],
            first.figure.text,
        )


def _key(item: Item) -> tuple[str, str] | None:
    """What a figure tells, bare of how it is told; None when the words do not name one thing."""
    figure = item.figure
    if figure.upper is not None or figure.role not in {"achieved", "rate"}:
        return None
    words = _DONE.sub("", _WHOLE.sub("", item.local))
    words = _WHOLE.sub("", words)
    noun = re.match(r"[\u4e00-\u9fff]{0,8}", item.tail)
    behind = noun[0] if noun is not None and figure.raw_unit[-1:] in "个项" else ""
    if not re.fullmatch(r"[\u4e00-\u9fff]{4,12}", words):
        return None
    return words + behind, item.unit


def _is_amount_of_another(item: Item) -> bool:
    return item.is_percent or item.unit == "百分点"


def _is_other(view: View, item: Item, clauses: int = 2) -> bool:
    """Whether the words around speak of a part, a place, another time or a plan."""
    start = max(view.passages[item.passage][0], item.start - 60)
    recent = view.clean[start : item.start]
    clause = "，".join(re.split(r"[，,；;：:]", recent)[-clauses:])
    return (
        _OTHER.search(clause) is not None
        or _PLACE.search(clause) is not None
        or re.search(r"其中|[（(][^）)]*$", recent) is not None
    )


def _agree(first: Item, second: Item) -> bool:
    if first.is_vague or second.is_vague:
        wide = max(first.half, second.half)
        return first.low - wide <= second.high and second.low - wide <= first.high
    half = max(first.half, second.half)
    return abs(first.value - second.value) <= half or (
        not first.is_counted and abs(first.value - second.value) <= 2 * half
    )


def _is_planned(view: View, item: Item) -> bool:
    """Whether the section it stands in is one of plans or problems."""
    place = view.study.reading.back(item.start, item.end)[0]
    return any(
        node.kind == "heading"
        and node.start <= place < max(node.body_end, node.end)
        and _PLAN.search(node.text) is not None
        and not re.search(r"完成|回顾|情况", node.text)
        for node in view.study.outline
    )
