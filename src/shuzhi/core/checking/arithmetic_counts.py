"""Counted lists: 以下四个方面 against the （一）（二）（三） that follow, and 甲、乙、丙三村 against the names before it.

A claim is only held against a list that begins where the claim ends and is numbered from one; everything else about
numbering belongs to the outline.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator
from typing import Final

from shuzhi.core.checking.arithmetic_view import View
from shuzhi.core.checking.model import Finding
from shuzhi.core.numerals import parse_numeral, to_chinese

_N: Final = r"(?P<n>[二两三四五六七八九十]{1,3}|\d{1,2})"
#: A claim that a list of so many follows: 以下四个方面, 五项重点工作, 三点意见, at the end of its sentence or heading.
_CLAIM: Final = re.compile(
    rf"(?<![第\d.，、十]){_N}(?P<measure>个方面|方面|大方面|项(?:重点)?(?:工作|任务|措施|举措|内容)|条(?:措施|意见|建议|举措)?|点(?:意见|建议|要求|体会|打算)?|个(?:问题|环节|重点|坚持|强化|着力|突出|不足)|件(?:大事|实事|好事)|大(?:问题|任务|工程|行动)|[个项篇场大条点件类种招步关道批组张仗])"
    r"(?P<rest>[^，,。：:；;\n（(“\d]{0,14})(?P<stop>[：:。\n]|$)"
)
_INTRODUCES: Final = re.compile(
    r"以下|下列|如下|主要|重点|着[力重]|从|做[好到]|抓好|存在|围绕|表现|体现|还有|突出|坚持|讲|提|谈|办|体会|有$"
)

_HAN_NUMBER: Final = r"[一二三四五六七八九十]{1,3}"
#: How lists are numbered, from the highest level down.
_MARKS: Final = (
    re.compile(rf"(?:^|(?<=\n))[ \t\u3000]*({_HAN_NUMBER})、"),
    re.compile(rf"(?:^|(?<=[\n。；：:;]))[ \t\u3000]*[（(]({_HAN_NUMBER})[)）]"),
    re.compile(r"(?:^|(?<=\n))[ \t\u3000]*(\d{1,2})[.．、](?!\d)"),
    re.compile(r"(?:^|(?<=[\n。；：:;]))[ \t\u3000]*[（(](\d{1,2})[)）]"),
    re.compile(rf"(?:^|(?<=[\n。；：:;，,\u3000 ]))({_HAN_NUMBER})是"),
    re.compile(rf"(?:^|(?<=[\n。；：:;]))[ \t\u3000]*第({_HAN_NUMBER})[，、,]"),
)
#: A list is followed at most so far; a section of a report is shorter.
_REACH: Final = 12_000

#: 甲村、乙村、丙村三个村: names joined by 、 with their number straight behind.
_NAMED: Final = re.compile(
    r"(?P<n>(?<![、第十百千万几数余多分])[两三四五六七八九十]{1,2}|(?<![\d.、第])\d{1,2})(?P<measure>个?)(?P<noun>行政村|自然村|村(?![民级两干部委内务庄])|社区|乡镇|镇(?![区政党域])|县区|级(?![别以])|个方面|方面|大类|类(?!别))"
)
_NAME_STOP: Final = re.compile(r"[，,。；;：:\n！？（）()“”‘’\d]")
#: How far back from its number an enumeration is read.
_NAMES_REACH: Final = 160
_NAMES_BEHIND: Final = re.compile(
    r"(?<![第\d.一二三四五六七八九十百千万余多])(?P<n>[两三四五六七八九十]{1,2}|\d{1,2})个?(?P<noun>行政村|自然村|村|社区|乡镇|镇|县区)"
    r"(?:[（(]|[:：]|，?分别[为是])(?P<names>[^、，,。；;：:\n！？（）()“”‘’\d]{1,12}(?:、[^、，,。；;：:\n！？（）()“”‘’\d]{1,12}){1,20})(?P<stop>[）)，,。；;])"
)


def find_counts(view: View) -> Iterator[Finding]:
    """Claims of how many follow (013) and numbers of what was just named (014)."""
    yield from _find_claims(view)
    yield from _find_names(view)


def _number(text: str) -> int | None:
    value = parse_numeral(text)
    if value is None or value != value.to_integral_value():
        return None
    return int(value)


# ── 四个方面 … （一）（二）（三）────────────────────────────────────────────────────────────────────────────────────────


def _find_claims(view: View) -> Iterator[Finding]:
    clean = view.clean
    marks: list[list[re.Match[str]]] | None = None
    for claim in _CLAIM.finditer(clean):
        count = _number(claim["n"])
        if count is None or count < 2:
            continue
        line_start = max(
            clean.rfind("\n", max(claim.start() - 300, 0), claim.start()) + 1,
            claim.start() - 300,
            0,
        )
        sentence_start = max(
            line_start, *(clean.rfind(stop, line_start, claim.start()) + 1 for stop in "。；，：:")
        )
        before = clean[sentence_start : claim.start()]
        is_bare = len(claim["measure"]) == 1
        is_announced = _INTRODUCES.search(before + claim["rest"]) is not None
        if is_bare:
            is_announced = claim["stop"] in {":", "："}
        if not is_announced or "等" in claim["rest"]:
            continue
        if re.search(r"[\d一二三四五六七八九十]+个[^，。]*$", before[-6:]) and before.endswith(
            "的"
        ):
            continue
        if marks is None:
            marks = [list(mark.finditer(clean)) for mark in _MARKS]
        found = _list_after(clean, claim.end(), marks)
        if found is None:
            continue
        places, first = found
        heading_level = _level_of_line(clean, line_start)
        if heading_level is not None and first <= heading_level:
            continue
        if len(places) == count:
            continue
        kind = "ARITHMETIC_013"
        yield view.finding(
            kind,
            "wrong",
            (claim.start("n"), claim.end("measure")),
            {
                "claim": claim["n"] + claim["measure"],
                "claimed": count,
                "found": len(places),
            },
            places,
            _as_written(claim["n"], len(places)) + claim["measure"],
        )


def _as_written(example: str, number: int) -> str:
    if example.isdigit():
        return str(number)
    return "两" if number == 2 else to_chinese(number)


def _level_of_line(clean: str, line_start: int) -> int | None:
    for level, mark in enumerate(_MARKS):
        if mark.match(clean, line_start) is not None:
            return level
    return None


def _list_after(
    clean: str, position: int, marks: list[list[re.Match[str]]]
) -> tuple[list[tuple[int, int]], int] | None:
    """The list that begins at `position` (blanks apart): its marks' places and its level."""
    begin = position
    while begin < len(clean) and clean[begin] in " \t\u3000\n\r":
        begin += 1
    for level, found in enumerate(marks):
        index = bisect.bisect_left(found, begin, key=_place_of)
        first = index if index < len(found) and _place_of(found[index]) - 3 <= begin else None
        if first is None or _number(found[first][1]) != 1:
            continue
        end = min(_end_of_scope(clean, begin, level, marks), begin + _REACH)
        places: list[tuple[int, int]] = []
        last = 0
        for mark in itertools.islice(found, first, first + 60):
            if mark.start() >= end:
                break
            number = _number(mark[1])
            if number is None or (number == 1 and places):
                break  # the next list of the same level begins
            if number is not None and number > last + 2:
                break
            last = max(last, number or 0)
            places.append((mark.start(1), mark.end(1)))
        return (places, level) if len(places) >= 2 else None
    return None


def _place_of(mark: re.Match[str]) -> int:
    return mark.start(1)


def _end_of_scope(clean: str, begin: int, level: int, marks: list[list[re.Match[str]]]) -> int:
    """Where the next mark of a higher level stands. 一是 and 第一， end with their paragraph when they run inside one."""
    end = len(clean)
    for higher in range(level if level < 4 else 4):
        index = bisect.bisect_right(marks[higher], begin, key=_place_of)
        if index < len(marks[higher]):
            end = min(end, marks[higher][index].start())
    return end


# ── 甲、乙、丙三村 ────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_names(view: View) -> Iterator[Finding]:
    clean = view.clean
    for match in _NAMED.finditer(clean):
        start = max(match.start() - _NAMES_REACH, 0)
        head = clean[start : match.start()]
        if "、" not in head[-15:]:
            continue
        for stop in _NAME_STOP.finditer(head):
            start = max(match.start() - _NAMES_REACH, 0) + stop.end()
        yield from _judge_names(view, match, (start, match.start()), is_before=True)
    for match in _NAMES_BEHIND.finditer(clean):
        yield from _judge_names(view, match, match.span("names"), is_before=False)


def _judge_names(
    view: View, match: re.Match[str], names: tuple[int, int], *, is_before: bool
) -> Iterator[Finding]:
    count = _number(match["n"])
    entries = view.clean[names[0] : names[1]].split("、")
    noun = match["noun"]
    if count is None or count < 2 or len(entries) < 2 or not all(entries):
        return
    if any(len(entry) > 14 for entry in entries):
        return
    is_open = "等" in entries[-1]
    if is_open and not entries[-1].endswith("等"):
        return
    entries[-1] = entries[-1].removesuffix("等")
    joined = sum(len(re.findall(r"[和及与或]", entry)) for entry in entries)
    fewest, most = len(entries), len(entries) + joined
    is_likely = (
        _are_places(entries, is_before=is_before)
        if noun in _PLACES
        else _are_kinds(entries, noun, count)
    )
    if not is_likely or fewest <= count <= most or (is_open and (count >= fewest or joined)):
        return
    yield view.finding(
        "ARITHMETIC_014",
        "wrong",
        (match.start("n"), match.end("noun")),
        {
            "claim": match["n"] + clean_measure(match),
            "claimed": count,
            "found": fewest,
            "names": "、".join(entries),
        },
        [names],
        _as_written(match["n"], fewest) + clean_measure(match),
    )


_PLACES: Final = frozenset({"村", "行政村", "自然村", "社区", "乡镇", "镇", "县区"})


def _are_places(entries: list[str], *, is_before: bool) -> bool:
    """Whether the entries are names of such places; else the number counts something else (甲村、乙村5个合作社)."""
    tails = {entry[-1:] for entry in entries[1:]}
    lengths = {len(one) for one in entries[1:]}
    is_listed_by_kind = len(tails) == 1 and tails <= set("村区镇乡县")
    is_listed_by_name = len(lengths) == 1 and lengths <= {1, 2, 3}
    if is_before and not is_listed_by_kind and not is_listed_by_name:
        return False
    return not any(re.search(r"的|了|在|户|组$|为|并", one) for one in entries[1:])


def _are_kinds(entries: list[str], noun: str, count: int) -> bool:
    """Whether the entries can be what 级, 类 and 方面 count: 省、市、县、乡四级."""
    if any(len(one) > 6 for one in entries[1:]) or count > 9:
        return False
    return noun != "级" or re.search(r"[省市县区乡镇村国央州厅处组户]级?$", entries[-1]) is not None


def clean_measure(match: re.Match[str]) -> str:
    """What stands between the number and the end of the noun."""
    return match.string[match.end("n") : match.end("noun")]
