"""The same figure told twice: 粮食播种面积 here 5.27万亩, there 5.72万亩; half a year above the whole; 全部 beside a remainder.

Two figures are the same only when their words say so: same noun, same scope, same qualifiers (现有, 新增, 累计, 计划), same
year. Whatever leaves a doubt is taken for two different things.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View, shown
from shuzhi.core.checking.model import Finding

_SCOPE: Final = re.compile(
    r"[全我本]?(?:村|镇|乡|县|市|区|街道|社区|省|局|州|旗|校|院|公司)(?:共|总)?(?=$|[^民级集两干部庄组容内务口])|全国"
)
_TIME: Final = re.compile(
    r"(?:19|20)\d\d年(?:度|底|末|以来)?|今年(?:以来)?|本年度?|当年|全年|年内|目前|截[止至]目前|截[止至]|到目前为止|一年来|年末|年底|现"
)
_QUALIFIER: Final = re.compile(
    r"新增|新建|新[发种植栽]|现有|在册|累计|计划|完成|上年|去年|上半年|下半年|前三季度|[一二三四]季度|第[一二三四]季度|\d{1,2}月|其中|预计|力争|目标|增加|减少|增长|下降|同比|历年|原|改造|硬化|剩余|超过|突破"
    r"|争取|落实|投[入资]|发放|投保|流转|参加|培训|示范|标准化|高标准|核心|带动|十[二三四五]五|末|初"
)
_FILLER: Final = re.compile(
    r"(?:已?经?(?:达到了?|达|实现|共有|共计|共|有|为|约为|约|近|超过|计|是|稳定在|保持在|发展到|总计|合计|分别[为是]|全部|突破|了))++$"
)
_LEADING: Final = re.compile(
    r"^(?:其中|并且?|且|使|让|实现了?|共有|共|全部|总|有|现|达到|完成|确保|推动|带动|已|和|及|与|以及|主要|预计|的)++"
)
#: Nouns that name one definite quantity of an organisation in a year.
_DEFINITE: Final = re.compile(
    r"(?:面积|到位资金|总量|产量|产值|总[户人]?数|户数|人数|总投资|里程|存栏量?|出栏量?|总收入|纯收入|可支配收入|集体(?:经济|经营性)?收入|总值|总额|总人口|户籍人口|常住人口|覆盖率|普及率|参保率|入学率|城镇化率|发生率|收入|人口|劳动力)$"
)
#: Measures of whatever was named last: without its owner such a noun names no one quantity.
_BARE: Final = re.compile(
    r"总?(?:建筑|占地|用地|使用|经营|绿化|硬化|改造)(?:总?面积)|(?:计划|项目)?总?投资总?额?|到位资金|建设总?里程|总里程"
)
#: N个行政村, N名党员 behind 辖, 共有, 全村: what an organisation has just one number of.
_HOLDING: Final = re.compile(
    r"(?:(?P<scope>[全我](?:村|镇|乡|县|街道|社区))|下辖|辖|管辖)(?:共?现?有|共|现)?$"
)
_HELD: Final = re.compile(
    r"^(?P<noun>行政村|村民小组|村小组|自然村|村居|居委会|党支部|基层党组织|党小组|党员|脱贫户|建档立卡贫困户|监测户|网格员)(?![\u4e00-\u9fff]?[\u4e00-\u9fff]*率)"
)
#: The same, named before the number: 全村共有党员56名.
_HELD_BEFORE: Final = re.compile(
    r"^(?P<scope>[全我](?:村|镇|乡|县|街道|社区))(?:现?共?有|共|现)?(?P<noun>党员|脱贫户|建档立卡贫困户|监测户|网格员|行政村|村民小组|自然村|党支部)(?:共?有?|总?数(?:为|达)?)$"
)
_HELD_UNITS: Final = frozenset({"人", "户", "个"})
_PARTIAL: Final = re.compile(r"[在对选从为向组动发给让][^，。；]{0,4}$")
_PLACE: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z某]{1,6}?(?:村|社区|镇|乡|县|街道)(?![民级集两干部庄组容内务口])"
)
_FUTURE: Final = re.compile(r"力争|计划|预计|目标(?!任务)|确保|争取|打算|明年|来年|下一?步|下年")


@dataclass(frozen=True, slots=True)
class _Key:
    noun: str
    unit: str
    scope: str
    qualifiers: frozenset[str]
    years: frozenset[str]


def find_repeats(view: View) -> Iterator[Finding]:
    """Same figure, two values (015); part of a year above the year (016); all of them, and yet some left (017)."""
    yield from _find_doubled(view)
    yield from _find_universals(view)
    yield from _find_structure(view)


def _key_of(view: View, item: Item) -> _Key | None:
    held = _HELD.match(item.tail)
    local = item.local
    named = _HELD_BEFORE.match(local)
    if (
        named is not None
        and item.unit in _HELD_UNITS
        and item.figure.upper is None
        and item.figure.role == "achieved"
        and re.match(r"[^，。；]*(?:参加|学习|培训|以上|左右|享受|缴)", item.tail) is None
    ):
        scope = named["scope"].replace("我", "全")
        return _Key(named["noun"], item.unit, scope, frozenset(), frozenset())
    if held is None and not _DEFINITE.search(_FILLER.sub("", local)):
        return None
    start, end = view.passages[item.passage]
    sentence = view.clean[max(start, item.start - 60) : item.start]
    is_income = re.search(r"人均(?:可支配|纯)收入", local) is not None
    if (
        (item.figure.per and not is_income)
        or item.unit in {"百分点", "倍"}
        or item.figure.upper is not None
    ):
        return None
    recent = "，".join(re.split(r"[，,；;]", sentence)[-2:])
    if item.figure.role in {"target", "comparison", "threshold"} or _FUTURE.search(recent):
        return None
    if _FUTURE.search(view.clean[item.end : min(item.end + 8, end)]):
        return None
    qualifiers = frozenset(_QUALIFIER.findall(local))
    years = frozenset(re.findall(r"(?:19|20)\d\d(?=年)", sentence)) | frozenset(
        re.findall(r"(?:20\d\d)", item.figure.period)
    )
    if held is not None:
        holding = _HOLDING.search(local)
        if holding is None or _PARTIAL.search(local[: holding.start()]) or qualifiers:
            return None
        return _Key(
            held["noun"],
            item.unit,
            (holding["scope"] or "").replace("我", "全"),
            frozenset(),
            frozenset(),
        )
    inside = view.clean[max(start, item.start - 200) : item.start]
    if re.search(r"其中|[:：]", inside) or re.search(r"按[^，。]{0,8}分|从[^，。]{0,8}看", inside):
        return None  # a part of something else: what it is a part of would have to be the same, too
    months = re.findall(r"\d{1,2}(?:[—–\-~～至]\d{1,2})?月", sentence)
    qualifiers |= frozenset(months)
    noun = _LEADING.sub("", _FILLER.sub("", local))
    noun = _TIME.sub("", noun)
    scope_match = _SCOPE.match(_LEADING.sub("", noun))
    scope = ""
    if scope_match is not None:
        scope = scope_match[0].replace("我", "全").replace("本", "全")
        noun = noun.replace(scope_match[0], "", 1)
    noun = _LEADING.sub("", noun)
    for word in qualifiers:
        noun = noun.replace(word, "")
    if noun.startswith("村集体"):
        noun = noun[1:]
    if len(noun) < 4 or len(noun) > 16 or _BARE.fullmatch(noun) or not _DEFINITE.search(noun):
        return None
    places = _PLACE.findall(recent)
    own = view.clean[: min(80, view.passages[min(2, len(view.passages) - 1)][1])]
    elsewhere = {
        one
        for one in places
        if one[:1] not in "全我本各该"
        and one not in own
        and not one.startswith(("农村", "乡镇", "行政", "脱贫", "贫困"))
    }
    if elsewhere:
        scope = "、".join(sorted(elsewhere))
    return _Key(noun, item.unit, scope, qualifiers, years)


def _find_doubled(view: View) -> Iterator[Finding]:
    groups: dict[tuple[str, str, frozenset[str]], list[tuple[_Key, Item]]] = {}
    for item in view.items:
        key = _key_of(view, item)
        if key is not None:
            groups.setdefault((key.noun, key.unit, key.qualifiers - {"上半年", "完成"}), []).append(
                (key, item)
            )
    for found in groups.values():
        if len(found) < 2:
            continue
        if len(found) > 12:
            continue
        yield from _judge_group(view, found)


def _judge_group(view: View, found: list[tuple[_Key, Item]]) -> Iterator[Finding]:
    values = {item.value for _, item in found}
    if len(values) < 2:
        return
    for number, (key, item) in enumerate(found):
        for other_key, other in found[:number]:
            if other.passage == item.passage:
                continue
            if not _same_scope(key, other_key):
                continue
            half, whole = _half_and_whole(key, item, other_key, other)
            if half is not None and whole is not None:
                if half.low > whole.high and not half.is_percent:
                    yield view.finding(
                        "ARITHMETIC_016",
                        "wrong",
                        (half.start, half.end),
                        {"half": half.figure.text, "whole": whole.figure.text, "noun": key.noun},
                        [(whole.start, whole.end)],
                    )
                    return
                continue
            if key.qualifiers != other_key.qualifiers or not _same_years(key, other_key):
                continue
            if len(values) > 2 or _overlap(item, other):
                continue
            yield view.finding(
                "ARITHMETIC_015",
                "wrong",
                (item.start, item.end),
                {"found": item.figure.text, "other": other.figure.text, "noun": key.noun},
                [(other.start, other.end)],
                other.figure.text,
            )
            return


def _same_scope(one: _Key, other: _Key) -> bool:
    return one.scope == other.scope or (
        (not one.scope or not other.scope) and "、" not in one.scope + other.scope
        and (one.scope + other.scope)[:1] == "全"
    )  # fmt: skip


def _same_years(one: _Key, other: _Key) -> bool:
    return one.years == other.years or not one.years or not other.years


def _half_and_whole(
    key: _Key, item: Item, other_key: _Key, other: Item
) -> tuple[Item | None, Item | None]:
    first, second = "上半年" in key.qualifiers, "上半年" in other_key.qualifiers
    if first and not second:
        return item, other
    if second and not first:
        return other, item
    return None, None


def _overlap(one: Item, other: Item) -> bool:
    """Whether both can be writings of one value; 26.3% and 26.34% can, and 5.2万 and 5.27万."""
    wide = max(one.half, other.half)
    return one.low - wide <= other.high and other.low - wide <= one.high


# ── all of them, and yet some left ────────────────────────────────────────────────────────────────────────────────────

_ALL: Final = re.compile(
    r"(?:全部|均已?|全都|100%|百分之百)(?:按期|如期|稳定|实现|完成|得到|顺利|及时|已)?(?P<verb>脱贫|参保|化解|整改|完成|办结|入学|签约|缴费|搬迁|入住|销号|达标|硬化|安装|接种|兑现|发放|改造|通水|通电|到位|验收)"
)
_LEFT: Final = re.compile(
    r"(?:剩余|尚有|仍有|还有|另有|只有|余下|还剩|有)\s?(?P<n>\d+|[一二两三四五六七八九十]+)\s?(?P<unit>户|人|个|件|条|项|起|处|座|村|名|亩)(?P<noun>[^，。；\n]{0,8}?)(?:未|没有?|尚未|暂未|仍未)(?P<verb>脱贫|参保|化解|整改|完成|办结|入学|签约|缴费|搬迁|入住|销号|达标|硬化|安装|接种|兑现|发放|改造|通水|通电|到位|验收)"
)
#: 全部…，剩余29户计划明年实施: something is left within the same sentence.
_ALL_THEN_LEFT: Final = re.compile(
    r"(?P<all>(?:全部|100%|百分之一?百)(?:已|按期|如期)?(?:完成|消除|实现|得到)?[\u4e00-\u9fff]{2,12})[，,](?P<left>但?(?:剩余|另有|尚有|还有|仍有|其余|还剩|只剩|仅剩|余下)(?:的)?\s?"
    r"(?:\d+|[一二两三四五六七八九十百]+)\s?(?:户|人|个|件|条|项|起|处|座|村|名|亩|家)[\u4e00-\u9fff]{0,6}(?:计划明年|计划下年|拟于明年|尚未|未|待|没有|仍[靠未没]))"
)
_RATE_ALL: Final = re.compile(
    r"(?P<verb>脱贫|参保|化解|整改|完成|办结|入学|签约|缴费|搬迁|入住|达标|接种)率(?:达到了?|达|为)?(?:100%|百分之百)"
)


def _find_universals(view: View) -> Iterator[Finding]:
    clean = view.clean
    for both in _ALL_THEN_LEFT.finditer(clean):
        yield view.finding(
            "ARITHMETIC_017",
            "wrong",
            both.span("all"),
            {"claim": both["all"], "left": both["left"]},
            [both.span("left")],
        )
    lefts = list(_LEFT.finditer(clean))
    if not lefts:
        return
    alls = [*_ALL.finditer(clean), *_RATE_ALL.finditer(clean)]
    alls.sort(key=_start_of)
    for left in lefts:
        paragraph = view.study.reading.paragraph_at(left.start())
        near = bisect.bisect_left(alls, left.start() - 160, key=_start_of)
        for every in itertools.islice(alls, near, near + 8):
            if (
                every["verb"] == left["verb"]
                and abs(every.start() - left.start()) <= 160
                and view.study.reading.paragraph_at(every.start()) == paragraph
                and not _NOT_NOW.search(clean[max(every.start() - 30, 0) : every.start()])
                and not _BEFORE.search(clean[max(left.start() - 12, 0) : left.start()])
            ):
                yield view.finding(
                    "ARITHMETIC_017",
                    "wrong",
                    every.span(),
                    {"claim": every[0], "left": left[0]},
                    [left.span()],
                )
                break


_NOT_NOW: Final = re.compile(r"去年|上年|力争|确保|计划|除|要(?!求)")
_BEFORE: Final = re.compile(r"去年|上年|年初|此前|当时|原")


def _start_of(match: re.Match[str]) -> int:
    return match.start()


# ── shares that must make a hundred ───────────────────────────────────────────────────────────────────────────────────

_RATIO: Final = re.compile(
    r"(?<![\d.:：∶])(\d{1,2}(?:\.\d+)?)[:：∶](\d{1,2}(?:\.\d+)?)[:：∶](\d{1,2}(?:\.\d+)?)(?![\d:：∶])"
)
_SECTORS: Final = re.compile(
    r"(?:一、?二、?三(?:次|大)?产业?|三(?:次|大)产业)[^。；\n%]{0,24}?(?:占|比重|构成|结构)[^。；\n%]{0,12}?"
    r"(\d{1,2}(?:\.\d+)?)%?、(\d{1,2}(?:\.\d+)?)%?(?:、|和)(\d{1,2}(?:\.\d+)?)%"
)
_STRUCTURE: Final = re.compile(r"三次产业|三产|产业结构|产业比|一二三产|三大产业|收入结构|投资结构")


def _find_structure(view: View) -> Iterator[Finding]:
    """三次产业结构比 10.2:40.3:49.5 adds up to 100."""
    clean = view.clean
    for match in (*_RATIO.finditer(clean), *_SECTORS.finditer(clean)):
        is_ratio = match.re is _RATIO
        if is_ratio and not _STRUCTURE.search(clean[max(match.start() - 40, 0) : match.start()]):
            continue
        numbers = [Decimal(match[group]) for group in (1, 2, 3)]
        total = sum(numbers, Decimal(0))
        if total < 30:
            continue
        places = max(len(match[group].partition(".")[2]) for group in (1, 2, 3))
        slack = Fraction(3, 2 * 10**places)
        if abs(Fraction(total) - 100) > slack:
            yield view.finding(
                "ARITHMETIC_026",
                "wrong",
                (match.start(1), match.end()),
                {
                    "found": clean[match.start(1) : match.end()],
                    "computed": shown(Fraction(total), places),
                },
            )
