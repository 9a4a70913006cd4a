"""Totals and their lists: 共 X，其中 A、B、C; X（A、B、C）; A、B、C，合计 X; and the money of a chapter.

A list that cannot add up is wrong; a total larger than a list that looks complete is unexplained. A list with 等, with
categories that overlap (女党员, 35岁以下), or an incomplete 其中 is neither, and is left alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import (
    Item,
    View,
    finest,
    in_unit_of,
    is_one_thing,
    item_factor,
    shown,
)
from shuzhi.core.checking.model import Finding
from shuzhi.core.numerals import parse_numeral

#: How far before 其中 or a bracket its total may stand, and how long a list may go on, in characters.
_BACK: Final = 70
_LIST: Final = 400

_OPENER: Final = re.compile(
    r"其中|分别[为是有]|分解为|包括|[（(](?:其中|分别[为是]|包括|包含|含|即)?[:：,，]?|主要(?:是|有|包括)|[:：]"
)
#: Words after which what follows is no longer a part of the list.
_LIST_ENDS: Final = re.compile(
    r"[。！？\n]|合计|共计|总计|累计|总共|一共|[，,]共|另外|此外|同时|其中|同比|比上年|较上年|每|下一步|力争|预计"
    r"|(?:[，,；;]|^)[^，,；;、]{0,4}(?:收入达|收入突破|带动|惠及|受益|覆盖|涉及|实现|产值|计划|截[至止]|存在|解决|服务(?!员|业|费|站|中心)|完成|达到|吸纳|帮助|建立|开展|召开|组织)"
)
#: A list that says of itself that it is not whole, or that picks out.
_OPEN_LIST: Final = re.compile(
    r"等|主要|包括|如[:：]?|例如|比如|以及其他|最[高大长多低小]|重点|特别是|尤其|仅|含|左右|约"
)
#: Categories that lie across others: a person can be in several.
OVERLAPPING: Final = re.compile(
    r"女|民族|预备|流动|岁|大专|本科|学历|文化|文盲|高中|初中|以上|以下|困难|重点|新[增建入]|本年|今年|当年|老|退[役伍休]|返乡|优秀|示范|先进|双重|长期|连续"
    r"|残疾|低保|五保|特困|监测|脱贫|贫困|团员|党员干部|代表|无职|在职|留守|独生|因[病残学灾]|持证|骨干|务工|外出|就业|在家|劳动|学生|入党|表彰|流入|流出|规上|规模|上市|签约|开工|竣工|投产|在建|完工|完成|建成|续建|党纪|政务处分|政纪"
)
#: Two categories that together are everything; only then does a list of two claim to be whole.
_COMPLEMENTS: Final = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (r"男", r"女"),
        (r"挂果|丰产|投产|盛果", r"幼[园林树]|未挂果|未投产|新植|新栽"),
        (r"行政(?!村)|党政", r"事业"),
        (r"水[田浇地]", r"旱地|旱田|山地|坡地"),
        (r"农业(?!户)|农村|乡村", r"非农|城镇|城市|社区"),
        (r"财政|上级|争取|专项|扶持|补助|中央|省级", r"自筹|自有|配套|群众|社会|企业"),
        (r"公办", r"民办"),
        (r"国有", r"民营|非公|集体"),
        (r"行政村|村委会", r"社区|居委会"),
        (r"常住", r"外出|流动"),
        (r"正式", r"预备"),
        (r"续建", r"新建|新开工"),
        (r"脱贫户", r"监测户|边缘"),
        (r"集中供养", r"分散供养"),
        (r"乡级|镇级|县级", r"村级|乡级|镇级"),
        (r"一般户|一般农户", r"脱贫|低保|贫困"),
        (r"税收", r"非税"),
        (r"省内", r"省外"),
        (r"县内|区内|市内|本地", r"县外|区外|市外|外地|外出"),
    )
)
#: Units whose things may be counted in two classes at once.
_CROSSABLE: Final = frozenset({"人", "户", "个", "项", "件", "次", "人次", "起"})
_OVERLAPPING_THINGS: Final = re.compile(
    r"新[增建]|本年|今年|以上|以下|示范|重点|标准|优质|有机|覆盖|签约|开工|竣工|投产|在建|完工|建成|续建|规模"
)
#: Those of them that no enumeration ever is divided by completely.
_ACROSS: Final = re.compile(
    r"女|民族|岁|学历|文化|大专|本科|以上|以下|双重|新增|今年|本年|流动|预备|党员|重点|在家|外出|持证|示范"
)
_TOTAL_BEFORE: Final = re.compile(
    r"(共计|合计|总计|总共|一共|累计|共|总(?=量|产量|面积|投资|里程|长度|人数|户数|金额))[^，,。；;、]{0,8}$"
)
_ONGOING: Final = re.compile(r"现|全[县镇乡村市区省]|截|目前|历年|以来|今年|本年|当年|新增|辖|已")


def find_sums(view: View) -> Iterator[Finding]:
    """Totals against their lists (001, 002) and parts against wholes named by 其中 (003)."""
    reported: set[int] = set()
    for finding, whole in _find_opened_lists(view):
        if whole.index not in reported:
            reported.add(whole.index)
            yield finding
    for finding, whole in _find_closing_totals(view):
        if whole.index not in reported:
            reported.add(whole.index)
            yield finding
    for finding, whole in _find_named_lists(view):
        if whole.index not in reported:
            reported.add(whole.index)
            yield finding
    for finding, whole in _find_chapter_totals(view):
        if whole.index not in reported:
            reported.add(whole.index)
            yield finding


# ── 共 X，其中 …; X（…）─────────────────────────────────────────────────────────────────────────────────────────────


def _find_opened_lists(view: View) -> Iterator[tuple[Finding, Item]]:
    clean = view.clean
    items = view.items
    cursor = 0
    for opener in _OPENER.finditer(clean):
        while cursor < len(items) and items[cursor].end <= opener.start():
            cursor += 1
        if cursor == 0 or cursor >= len(items):
            continue
        if items[cursor].start < opener.end():
            continue
        is_bracket = opener[0][0] in "（("
        end = _region_end(clean, opener.start(), opener.end(), is_bracket=is_bracket)
        if items[cursor].start >= end:
            continue
        members = []
        index = cursor
        while index < len(items) and items[index].start < end:
            members.append(items[index])
            index += 1
        passage = members[0].passage
        if passage in view.blocked:
            continue
        yield from _judge_region(view, opener, members, items[max(cursor - 8, 0) : cursor], end)


def _region_end(clean: str, start: int, inside: int, *, is_bracket: bool) -> int:
    limit = min(len(clean), inside + _LIST)
    depth = 1 if is_bracket else 0
    for position in range(inside, limit):
        character = clean[position]
        if character in "（(":
            depth += 1
        elif character in "）)":
            depth -= 1
            if depth < 0 or (is_bracket and depth == 0):
                return position
        elif character in "。！？\n" and not (is_bracket and depth):
            return position
        elif character == "\n":
            return inside
    return inside if is_bracket else limit


def _judge_region(
    view: View, opener: re.Match[str], members: Sequence[Item], before: Sequence[Item], end: int
) -> Iterator[tuple[Finding, Item]]:
    word = opener[0]
    is_bracket = word[0] in "（("
    is_colon = word in {":", "："}
    is_among = "其中" in word or "包" in word or "含" in word or "主要" in word
    units: list[str] = []
    for member in members:
        if member.unit not in units and member.is_amount:
            units.append(member.unit)
    for unit in units:
        whole = _whole_before(view, opener, before, unit, is_bracket=is_bracket, is_colon=is_colon)
        if whole is None:
            continue
        parts = _parts(view, opener, members, unit)
        longer = _parts(view, opener, members, unit, is_long=True)
        if any(fits(whole, longer[:count]) for count in range(len(parts) + 1, len(longer) + 1)):
            continue
        if _goes_on(view, whole, parts, longer):
            parts = longer
        if not parts or (whole.is_vague and len(parts) < 2):
            continue
        parts = [part for part in parts if is_one_thing(whole, part)]
        if not parts:
            continue
        if "其中" in word or word == "包括":
            bigger = _part_above_whole(view, whole, parts, before)
            if bigger is not None:
                yield bigger, whole
                continue
        if len(parts) < 2:
            continue
        if is_bracket and any(re.search(r"总分|满分|底线|及格线", one.local) for one in parts):
            continue  # 887 分（总分 1000 分，底线 750 分）: a scale, not a list
        text = view.clean[opener.start() : max(parts[-1].end, min(end, parts[-1].end + 6))]
        is_open = _OPEN_LIST.search(text.replace("其中", "").lstrip("（(")) is not None
        if "包" in word or "含" in word or "主要" in word:
            is_open = True
        is_whole_list = (
            (is_bracket and not is_among and _covers(view, opener, parts, end))
            or "分别" in word
            or "分解" in word
            or (is_colon and _covers(view, opener, parts, end))
        )
        found = _judge_sum(
            view, whole, parts, claims_whole=is_whole_list, is_open=is_open
        )  # fmt: skip
        if found is not None:
            yield found, whole


def _whole_before(
    view: View,
    opener: re.Match[str],
    before: Sequence[Item],
    unit: str,
    *,
    is_bracket: bool,
    is_colon: bool,
) -> Item | None:
    """The total an opened list belongs to: the nearest amount in the same unit before it."""
    position = opener.start()
    is_sentence = view.clean[position - 1 : position] == "。" and opener[0] == "其中"
    compared = False
    for item in reversed(before):
        if position - item.end > _BACK:
            return None
        between = view.clean[item.end : position]
        if re.search(r"[。！？\n]", between.rstrip("。；;")):
            return None
        if item.unit == unit and not is_bracket and _is_compared(view, item):
            compared = True
            continue
        if between.count("）") + between.count(")") > between.count("（") + between.count("("):
            continue  # a remark in brackets: 造林17015亩（任务14815亩），其中…
        if is_bracket or is_colon or "分" in opener[0]:
            # Only what stands straight before it: 663户1932人（…）, 补贴资金25.9万元：…
            bare = re.sub(r"[\d.]+[\u4e00-\u9fff]{1,2}", "", between)
            if len(bare) > 10 or re.search(r"[，,；;。：:）)]", between.rstrip("，,")):
                return None
        elif ("。" in between and not is_sentence) or (
            re.search(r"[；;]", between) and len(between) > 3
        ):
            return None
        if item.unit == unit:
            if not (item.is_amount or _is_total(item)):
                return None
            if (is_sentence or compared) and not _is_alone(view, item):
                return None
            return item
    return None


#: 比2022年的25.6万元, 占年度计划6亿元的, 增加7.2万元: held beside a total, not totals themselves.
_COMPARED: Final = re.compile(
    r"(?:比|较|占|为|同比|增加|增收|增长|净增|减少|减收|下降|上年|去年|同期|年度计划|年初预算|预算|目标任务)[^，。；、]{0,10}$"
)


def _is_compared(view: View, item: Item) -> bool:
    if item.figure.role == "comparison":
        return True
    if not _COMPARED.search(item.local):
        return False
    return (
        re.search(r"(?:增加|增收|净增|减少|减收|下降)(?:了|约)?$", item.local) is not None
        or re.search(r"[比较占为].*(?:年|期|计划|预算|任务|目标)", item.local) is not None
    )


def _is_alone(view: View, whole: Item) -> bool:
    """Whether a total is the only amount of its unit in its sentence, comparisons and what is behind apart."""
    start = max(
        view.passages[whole.passage][0],
        view.clean.rfind("；", max(whole.start - 200, 0), whole.start),
    )
    before = [
        one
        for one in view.items[max(whole.index - 8, 0) : whole.index]
        if one.start >= start and one.unit == whole.unit
    ]
    return all(_is_compared(view, one) for one in before)


def _is_total(item: Item) -> bool:
    return (
        item.figure.role in {"achieved", "target"} and not item.figure.per and not item.is_percent
    )


def _goes_on(view: View, whole: Item, parts: Sequence[Item], longer: Sequence[Item]) -> bool:
    """Whether the one short entry behind ， that ends the sentence belongs to a list of 、: A、B、C，D。"""
    if len(parts) < 2 or len(longer) != len(parts) + 1:
        return False
    last = longer[-1]
    gap = view.gap(parts[-1], last)
    short, long = (sum((one.value for one in row), Fraction(0)) for row in (parts, longer))
    return (
        re.fullmatch(r"[，,](?!支|结|剩|欠|利)[\u4e00-\u9fff]{2,6}", gap) is not None
        and not _DOING.match(gap[1:])
        and view.clean[last.end : last.end + 1] in {"", "。", "；", "\n"}
        and last.figure.raw_unit == parts[-1].figure.raw_unit
        and abs(long - whole.value) < abs(short - whole.value)
        and abs(long - whole.value) <= whole.value / 10
    )


def _parts(
    view: View, opener: re.Match[str], members: Sequence[Item], unit: str, *, is_long: bool = False
) -> list[Item]:
    """The run of amounts in `unit` from the opener on, up to the first word that leaves the list.

    A list whose entries are not set off by ； ends at one, and a list of 、 at a ，; `is_long` reads on over both.
    """
    is_set_off = opener[0][-1] in "：:（("
    parts: list[Item] = []
    at = opener.end()
    depth_from = opener.end()
    for member in members:
        between = view.clean[at : member.start]
        inner = view.clean[depth_from : member.start]
        if inner.count("（") + inner.count("(") > inner.count("）") + inner.count(")"):
            continue  # a remark inside the list, not a member of it
        if _LIST_ENDS.search(between) or len(between) > 60:
            break
        if (
            not is_long
            and parts
            and re.match(r"[^，,、]{0,6}[；;]", between)
            and "其中" in opener[0]
            and not (is_set_off and len(parts) == 1)
            and not any(
                re.search(r"[；;]", view.gap(one, other))
                for one, other in itertools.pairwise(parts)
            )
        ):
            break  # 其中水田 A、旱地 B；山林 C: the list is over
        if (
            not is_long
            and "其中" in opener[0]
            and between[:1] in {"，", ","}
            and any(view.gap(one, other)[:1] == "、" for one, other in itertools.pairwise(parts))
        ):
            break  # 其中小麦 A、玉米 B，蔬菜产量 C: the list is over
        if member.unit == unit:
            if not member.is_amount:
                if parts:
                    break
                return []
            parts.append(member)
        at = member.end
    return parts


def _covers(view: View, opener: re.Match[str], parts: Sequence[Item], end: int) -> bool:
    """Whether every entry of the list carries one of the parts, so that none is left out."""
    stop = end
    if opener[0][0] not in "（(":
        tail = re.search(r"[，,。；;]", view.clean[parts[-1].end : end])
        stop = parts[-1].end + tail.start() if tail else end
    text = view.clean[opener.end() : stop]
    entries = [one for one in re.split(r"[、，,；;]|和(?=[^，、]{0,12}\d)", text) if one.strip()]
    return 0 < len(entries) <= len(parts) * 2 and len(entries) - len(parts) <= len(parts) // 2 + (
        1 if len(parts) > 2 else 0
    )


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _part_above_whole(
    view: View, whole: Item, parts: Sequence[Item], before: Sequence[Item]
) -> Finding | None:
    for number, part in enumerate(parts):
        if number > 1 and fits(whole, parts[:number]):
            return None  # the list is whole already; what follows is something else
        if part.low <= whole.high or (whole.is_vague and part.value <= whole.high):
            continue
        if number and (
            len(view.gap(parts[number - 1], part)) > 18
            or re.search(r"[；;%]", view.gap(parts[number - 1], part))
            or part.figure.raw_unit != whole.figure.raw_unit
        ):
            # Further down the list the words may have gone over to something else.
            return None
        if re.search(r"突破|超过|(?:19|20)\d\d年", part.lead) or "其中" in whole.local:
            return None
        others = [
            one
            for one in before
            if one.unit == part.unit and one.index != whole.index and one.passage == part.passage
        ]
        if any(one.high >= part.low for one in others):
            return None
        return view.finding(
            "ARITHMETIC_003",
            "wrong",
            (part.start, part.end),
            {"part": view.written(part), "whole": view.written(whole)},
            [(whole.start, whole.end)],
        )
    return None


def sum_bounds(parts: Sequence[Item]) -> tuple[Fraction, Fraction]:
    """Between which values the parts add up, by the rounding each of them shows.

    A list that writes 4.5万元 and 19万元 side by side is written to a tenth of 万: the finest place counts for all.
    """
    low = high = Fraction(0)
    measured = [one for one in parts if not one.is_counted and not one.is_vague]
    half = finest(measured)
    for part in parts:
        if part.is_vague or part.is_counted:
            lower, upper = part.low, part.high
        else:
            lower, upper = part.value - half, part.value + half
        low += lower
        high += upper
    return low, high


def fits(whole: Item, parts: Sequence[Item]) -> bool:
    """Whether the parts can add up to the whole within the rounding both show."""
    low, high = sum_bounds(parts)
    return low <= whole.high and high >= whole.low


def _judge_sum(
    view: View, whole: Item, parts: list[Item], *, claims_whole: bool, is_open: bool
) -> Finding | None:
    for count in range(2, len(parts) + 1):
        if fits(whole, parts[:count]):
            return None
    if fits(whole, parts[:1]):
        return None
    if len(parts) > 2 and any(
        fits(whole, [*parts[:skip], *parts[skip + 1 :]]) for skip in range(len(parts))
    ):
        # One entry is not a part of the total (a subtotal, a category across the others).
        names = [_name(part) for part in parts]
        if (
            whole.unit in _CROSSABLE
            and not claims_whole
            and not (_are_parallel(names) and not OVERLAPPING.search("".join(names)))
        ):
            return None
    if any(part.is_vague for part in parts) and whole.is_vague:
        return None
    total = sum((part.value for part in parts), Fraction(0))
    low, high = sum_bounds(parts)
    labels = [_name(part) for part in parts]
    crossing = OVERLAPPING if whole.unit in _CROSSABLE else _OVERLAPPING_THINGS
    overlapping = [label for label in labels if crossing.search(label)]
    # Overlapping adjectives matter only where they cut across; 脱贫户、监测户 are exclusive of each other.
    has_rest = len(parts) > 2 and re.match(r"其[他它余]", labels[-1]) is not None
    is_exclusive = (
        has_rest or _are_complements(labels) or (not overlapping and _are_parallel(labels))
    )
    claims_whole = claims_whole or has_rest
    if has_rest:
        overlapping = []
    if low > whole.high:
        is_near = len(parts) >= 3 and not overlapping and total <= whole.value * Fraction(11, 10)
        is_across = any(_ACROSS.search(label) for label in labels)
        if claims_whole and len(parts) >= 3 and not is_across and _are_parallel(labels):
            is_near = total <= whole.value * Fraction(11, 10)
        gaps = [view.gap(one, other) for one, other in itertools.pairwise(parts)]
        is_one_list = all(len(gap) <= 18 and not re.search(r"[；;%]", gap) for gap in gaps)
        if whole.unit not in _CROSSABLE and is_one_list and not overlapping:
            is_near = (
                True  # land, money, animals and buildings are not counted in two classes at once
            )
        if is_exclusive or is_near or (claims_whole and not overlapping):
            return sum_finding(view, whole, parts, total)
        return None
    if high >= whole.low or (is_open and not _are_complements(labels)):
        return None
    ratio = total / whole.value if whole.value else Fraction(0)
    is_close = Fraction(9, 10) <= ratio <= Fraction(11, 10)
    is_across = any(_ACROSS.search(label) for label in labels)
    if claims_whole and len(parts) >= 3 and is_close and not is_across and _are_parallel(labels):
        return sum_finding(view, whole, parts, total)
    if claims_whole and not overlapping and ratio >= Fraction(1, 2):
        return sum_finding(view, whole, parts, total)
    if _are_complements(labels) and ratio >= Fraction(1, 2):
        return sum_finding(view, whole, parts, total)
    if is_exclusive and len(parts) >= 3 and ratio >= Fraction(4, 5):
        return sum_finding(view, whole, parts, total)
    return None


def _name(item: Item) -> str:
    label = item.label
    for word in ("其中", "分别为", "分别是", "包括"):
        label = label.removeprefix(word)
    label = re.sub(r"(?:共有|现有|分别|达到|约为|有|为|达|共|约|近|计)++$", "", label)
    if not label:
        head = re.match(r"[\u4e00-\u9fff]{1,8}", item.tail)
        return head[0] if head else ""
    return label


def _are_parallel(labels: Sequence[str]) -> bool:
    """Whether the entries are named alike: 保洁员、护林员、管理员; 水田、旱田."""
    if any(not label for label in labels) or len(set(labels)) != len(labels):
        return False
    return len({label[-1] for label in labels}) == 1


def _are_complements(labels: Sequence[str]) -> bool:
    if len(labels) != 2:
        return False
    first, second = labels
    for one, other in _COMPLEMENTS:
        if (one.search(first) and other.search(second) and not one.search(second)) or (
            one.search(second) and other.search(first) and not one.search(first)
        ):
            return True
    return False


def expression_of(view: View, parts: Sequence[Item], total: Fraction, whole: Item) -> str:
    """The reckoning in words: 113870＋71545＋259000＝444415元; in one unit where the parts mix units."""
    if len({part.figure.raw_unit for part in parts}) == 1 and item_factor(parts[0]) == item_factor(
        whole
    ):
        factor = item_factor(parts[0])
        terms = "＋".join(part.figure.number for part in parts)
        return f"{terms}＝{shown(total / factor)}{parts[0].figure.raw_unit}"
    factor = Fraction(1)
    unit = whole.figure.unit
    if len({part.unit for part in parts}) > 1 and item_factor(whole) == 1:
        unit = whole.figure.raw_unit
    elif whole.unit != whole.figure.unit:
        factor = Fraction(1)
        unit = whole.unit
    terms = "＋".join(shown(part.value / factor) for part in parts)
    return f"{terms}＝{shown(total / factor)}{unit}"


def sum_finding(view: View, whole: Item, parts: Sequence[Item], total: Fraction) -> Finding:
    """Total larger than its list: unexplained (002). Smaller: wrong (001)."""
    related = [(part.start, part.end) for part in parts]
    expected = in_unit_of(total, whole)
    params = {
        "whole": view.written(whole),
        "expression": expression_of(view, parts, total, whole),
        "computed": expected,
    }
    span = (whole.start, whole.end)
    if total > whole.value:
        return view.finding("ARITHMETIC_001", "wrong", span, params, related, expected)
    params["difference"] = in_unit_of(whole.value - total, whole)
    return view.finding("ARITHMETIC_002", "unexplained", span, params, related, expected)


# ── A、B、C，合计 X ────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_closing_totals(view: View) -> Iterator[tuple[Finding, Item]]:
    for item in view.items:
        marker = _TOTAL_BEFORE.search(item.local)
        if marker is None or item.passage in view.blocked or not _is_total(item):
            continue
        if _OF_SEASONS.search(item.local):
            continue
        counted = counted_before(view, item)
        if counted is not None:
            if not fits(item, counted) and not any(one.is_vague for one in (*counted, item)):
                total = sum((one.value for one in counted), Fraction(0))
                yield sum_finding(view, item, counted, total), item
            continue
        if re.search(r"人均|户均|亩均|平均|每|同比|增长|超过|比", item.local):
            continue
        parts = _list_before(view, item)
        if len(parts) < 2 or said_number(item) not in {None, len(parts)}:
            continue
        finding = _judge_closing(view, item, parts, marker[1])
        if finding is not None:
            yield finding, item


#: 早晚两季合计: the total is of seasons, not of the crops before it.
_OF_SEASONS: Final = re.compile(r"[一两二三四]季|[两二]茬|早晚|春秋|夏秋|上下半年")
#: Units of measure: only things that are counted add up whatever their measure words.
_MEASURED: Final = frozenset(
    [
        "元",
        "亩",
        "斤",
        "克",
        "米",
        "千米",
        "公里",
        "里",
        "平方米",
        "平方公里",
        "立方米",
        "立方",
        "方",
        "升",
        "度",
        "千瓦",
        "千瓦时",
        "千伏安",
        "天",
        "年",
        "月",
        "小时",
        "分钟",
        "分",
        "人",
        "户",
        "人次",
    ]
)
_SO_MANY: Final = re.compile(
    r"(?:^|以上|上述|这|前)(?P<n>[两二三四五六七八九十]|\d{1,2})[项类者种笔块](?:[\u4e00-\u9fff]{0,4})(?:合计|共计|总计|相加|加起来|共|总和)[^，。；、]{0,6}$"
)


def said_number(total: Item) -> int | None:
    """The N of 三项合计 before a total, 2 to 12; None where nothing of the kind is said."""
    said = _SO_MANY.search(total.local)
    number = parse_numeral(said["n"]) if said is not None else None
    return int(number) if number is not None and 2 <= number <= 12 else None


def counted_before(view: View, total: Item) -> list[Item] | None:
    """The N figures straight before 三项合计, whatever their measure words; None where it is not said or not so many stand there."""
    number = said_number(total)
    if number is None or total.index < number:
        return None
    parts = list(view.items[total.index - number : total.index])
    gaps = [view.gap(one, other) for one, other in itertools.pairwise((*parts, total))]
    is_money = total.unit == "元"
    if (
        any(not one.is_amount or (one.unit == "元") is not is_money for one in parts)
        or any(one.passage not in {total.passage, total.passage - 1} for one in parts)
        or any(len(gap) > 24 or re.search(r"其中|[（(]|等", gap) for gap in gaps)
    ):
        return None
    row = (*parts, total)
    is_mixed = len({one.unit for one in row}) > 1
    if is_mixed and any(one.unit in _MEASURED or "." in one.figure.number for one in row):
        return None
    return parts


def _list_before(view: View, total: Item) -> list[Item]:
    """Amounts in the same unit straight before a total, near each other, within its passage."""
    parts: list[Item] = []
    follower = total
    for index in range(total.index - 1, max(total.index - 25, -1), -1):
        item = view.items[index]
        if item.passage != total.passage:
            break
        between = view.clean[item.end : follower.start]
        if len(between) > 45 or re.search(r"；|;|其中|同比|带动|截至", between):
            break
        if follower is not total and re.search(r"合计|共计|总计", between):
            break
        if item.unit == total.unit:
            if not item.is_amount:
                return []  # the list goes on with something that cannot be added
            parts.append(item)
            if _TOTAL_BEFORE.search(item.local):
                break
        follower = item
    parts.reverse()
    if parts:
        # A member written in characters that was not read as a figure would make the list too short.
        head = view.clean[max(parts[0].start - 14, 0) : parts[0].start]
        measure = re.escape(parts[0].figure.raw_unit[-1:])
        if re.search(rf"[一二两三四五六七八九十百千万半]{measure}[、，]", head):
            return []
    return parts


def _judge_closing(view: View, whole: Item, parts: list[Item], marker: str) -> Finding | None:
    # 股室19个、单位13个，共13个机构: in one enumeration the last member alone is no total
    is_one_list = all(
        view.gap(one, other).startswith("、") for one, other in itertools.pairwise(parts)
    )
    for start in range(len(parts) - 1 if is_one_list else len(parts)):
        if fits(whole, parts[start:]):
            return None
    first_total = _TOTAL_BEFORE.search(parts[0].local)
    if first_total is not None:
        parts = parts[1:]
    if len(parts) < 2 or any(part.is_vague for part in parts) or whole.is_vague:
        return None
    last_gap = view.gap(parts[-1], whole)
    if len(last_gap) > 24 or not _is_tight(view, parts, last_gap):
        return None
    # 内设股室35个、下属单位8个，共43个机构: the marker and the number stand together, nothing else is counted
    is_adjacent = re.search(rf"{marker}(?:实现|完成|支出|投入|约|为|达)?$", whole.local) is not None
    if marker == "累计" and not is_adjacent and len(whole.local.rpartition(marker)[2]) > 3:
        return None  # 存栏母牛 A、肉牛 B，累计补贴见犊母牛 C: the sum of something else, over the years
    total = sum((part.value for part in parts), Fraction(0))
    is_named_sum = (
        is_adjacent
        or marker in {"合计", "共计", "总计"}
        or (marker == "总" and total > whole.value)
    )
    if not is_adjacent and not all(is_one_thing(whole, part) for part in parts):
        return None
    if re.search(r"发现|解决|带动|惠及|吸纳|服务|受益|培训|覆盖|收到|整改|查处", whole.local):
        return None
    ratio = total / whole.value if whole.value else Fraction(0)
    is_far = not Fraction(1, 2) <= ratio <= 2 or whole.value <= max(part.value for part in parts)
    if is_far and (not is_named_sum or ratio < Fraction(1, 3)):
        return None
    if marker == "总" and (
        ratio < Fraction(4, 5) or whole.figure.raw_unit != parts[0].figure.raw_unit
    ):
        return None
    text = view.clean[parts[0].start : whole.start]
    text_from = parts[0].start - len(parts[0].local)
    if re.search(r"等", text):
        return None
    is_ongoing = _ONGOING.search(view.clean[text_from : whole.start]) is not None
    if marker == "累计" and is_ongoing and total <= whole.value:
        return None
    return sum_finding(view, whole, parts, total)


def _is_tight(view: View, parts: Sequence[Item], last_gap: str) -> bool:
    """Whether the parts stand in one enumeration and nothing else happens before the total."""
    gaps = [view.gap(one, other) for one, other in itertools.pairwise(parts)]
    if any(
        len(re.sub(r"\d", "", gap)) > 22 or re.search(r"其中|带动|同比|增长", gap) for gap in gaps
    ):
        return False
    bare = re.sub(r"[、，,）)（(：:]", "", last_gap)
    return len(bare) <= 12


# ── 共设党支部 X 个，农村党支部 A 个，机关党支部 B 个 ──────────────────────────────────────────────────────────────────────


#: Classes that are whole by themselves: 集中供养、分散供养; 第一种形态…第四种形态.
_CLASSED: Final = re.compile(
    r"(?:集中供养|分散供养|第?[一二三四]种形态|男性|女性|城镇低保|农村低保)$"
)


def _find_named_lists(view: View) -> Iterator[tuple[Finding, Item]]:
    """A total whose parts follow without 其中, each called by the total's own name."""
    for whole in view.items:
        if not whole.is_amount or whole.is_vague or whole.passage in view.blocked:
            continue
        label = whole.label
        if _CLASSED.search(label):
            continue
        name = label[-3:] if len(label) >= 3 else "—"
        is_called = re.search(r"共|总", whole.local) is not None and not re.search(
            r"[共总有设数为达]", name
        )
        parts: list[Item] = []
        for item in view.items[whole.index + 1 : whole.index + 8]:
            previous = parts[-1] if parts else whole
            if (
                item.passage != whole.passage
                or item.unit != whole.unit
                or not ((is_called and item.label.endswith(name)) or _CLASSED.search(item.label))
                or len(view.gap(previous, item)) > 20
                or not item.is_amount
                or item.is_vague
            ):
                break
            parts.append(item)
        if not parts:
            parts = _bare_list(view, whole)
        if len(parts) < 2 or fits(whole, parts):
            continue
        labels = [_name(part) for part in parts]
        text = view.clean[whole.end : parts[-1].end + 2]
        is_classed = all(_CLASSED.search(part.label) for part in parts)
        if not is_classed and OVERLAPPING.search("".join(labels)):
            continue
        if re.search(r"等|其中|另|还|同时", text):
            continue
        total = sum((part.value for part in parts), Fraction(0))
        is_form = any("形态" in part.label for part in parts)
        if is_form and total < whole.value and len(parts) < 4:
            continue  # the rarer forms may have been left out
        if total > whole.value or total >= whole.value * Fraction(4, 5):
            yield sum_finding(view, whole, parts, total), whole


_DOING: Final = re.compile(
    r"^(?:新|改|维|建|修|完|培|发|整|清|拆|种|栽|硬|投|办|召|开|购|安|铺|实|争|引|带|解|查|化|走|慰|补|落|调|已|受|覆|涉|惠|其|占|较|比|增|减|户|人|村)"
)


def _bare_list(view: View, whole: Item) -> list[Item]:
    """The rest of a sentence that is nothing but short names with amounts in the total's unit.

    编制总数299名，行政65名，事业50名，工勤136名; 开发岗位38个，保洁24个、护林13个; 全村17户：东组8户，西组2户.
    """
    start, end = view.passages[whole.passage]
    same: list[Item] = []
    at = whole.end
    for item in view.items[whole.index + 1 : whole.index + 10]:
        if item.passage != whole.passage:
            break
        gap = view.clean[at : item.start]
        if item.unit != whole.unit or not item.is_amount or item.is_vague:
            return []
        if re.search(r"合计|共|总", gap) and same:
            return []
        if re.fullmatch(r"[，,、：:和][\u4e00-\u9fff]{1,7}", gap) is None or _DOING.match(gap[1:]):
            return []
        same.append(item)
        at = item.end
    if (
        len(same) < 2
        or view.clean[at : min(end, at + 4)].strip("。！\n ")
        or whole.start - start > 60
    ):
        return []
    separators = {view.clean[one.end] for one in same[:-1]}
    is_weight = whole.unit in {"斤", "克", "升", "立方米"}
    is_marked = (
        re.search(r"总|共|产量" if is_weight else r"总数|全[年村镇乡县]|共", whole.local)
        is not None
    )
    is_set_off = separators == {"、"} and view.clean[whole.end] != "、"
    if not is_marked and not is_set_off:
        return []
    total = sum((one.value for one in same), Fraction(0))
    most = 4 if is_set_off or re.search(r"总[数量]$", whole.label) else Fraction(5, 3)
    if not whole.value * Fraction(3, 5) <= total <= whole.value * most:
        return []
    return same


# ── the money of a chapter ────────────────────────────────────────────────────────────────────────────────────────────

#: Longer than any sentence that draws up an account.
_SENTENCE: Final = 1_000
_FUNDS: Final = re.compile(r"资金|补贴|补助|奖补|投资|经费")
_INVESTED: Final = re.compile(
    r"(?:共|累计|总共|合计|总)(?:计)?(?:投入|筹集|争取|发放|落实|兑现|整合|到位)[^，。；、]{0,12}$"
)


def _find_chapter_totals(view: View) -> Iterator[tuple[Finding, Item]]:
    """共投入产业资金 X元 at the head of a passage whose other sums of money nearly make it up."""
    for items in view.by_passage.values():
        money = [one for one in items if one.unit == "元" and one.is_amount and not one.is_vague]
        if len(money) < 4 or items[0].passage in view.blocked:
            continue
        whole = money[0]
        if (
            money[-1].end - whole.start > _SENTENCE
            or not _INVESTED.search(whole.local)
            or not _FUNDS.search(whole.local)
        ):
            continue
        parts = [one for one in money[1:] if not _is_in_bracket(view, whole, one)]
        if len(parts) < 3 or not all(_FUNDS.search(part.local) for part in parts):
            continue
        text = view.clean[whole.end : parts[-1].end]
        if re.search(r"等|累计|同时|此外|其余|剩余|上年|去年", text):
            continue
        if fits(whole, parts):
            continue
        total = sum((part.value for part in parts), Fraction(0))
        if Fraction(4, 5) <= total / whole.value <= Fraction(5, 4):
            yield sum_finding(view, whole, parts, total), whole


def _is_in_bracket(view: View, whole: Item, item: Item) -> bool:
    text = view.clean[whole.end : item.start]
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")
