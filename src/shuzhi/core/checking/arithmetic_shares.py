"""Shares, totals and parts known by where the figures stand, not by set phrases: m, n and p% side by side; a list and its sum.

Figures that stand close together in one sentence are tried in every reading that their units allow. One reading that
comes out is enough for silence; a finding needs words that say a relation is meant: a rate named after its part, a word of
adding, a word of taking out. Nothing here may know what the report is about.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_rates import ASKED, PLANNED, quotient_fits, rate_finding
from shuzhi.core.checking.arithmetic_sums import (
    OVERLAPPING,
    counted_before,
    fits,
    said_number,
    sum_bounds,
    sum_finding,
)
from shuzhi.core.checking.arithmetic_view import GENERIC, Item, View
from shuzhi.core.checking.model import Finding

#: How much text may stand between two figures of one cluster.
_GAP: Final = 28

_SENTENCE_END: Final = re.compile(r"[；;。！？\n]")
_CLAUSE_CUT: Final = re.compile(r"[，,。；;：:（(、！？\n]")

# ── shares ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_CHANGE: Final = re.compile(
    r"增长|增幅|增速|同比|提高|上升|下降|减少|降低|降幅|超过|超额|年均|环比|提升|贡献|拉动|利率|税率|折|比上|较|比去|缩短|压缩|压减|节约|节省|优惠|加息|贴息|补贴比例|补助比例|资助|奖励|提取|让利|同期|往年|去年|上年"
)
#: A name of a share at the end of the words before a percentage.
_NAME: Final = re.compile(
    r"(?P<stem>[\u4e00-\u9fffA-Za-z0-9“”]{0,10}?)(?P<kind>率|比[例重]|占比|占|水平|程度|度|进度|面|覆盖|已|完成|保障)(?:由此)?"
    r"(?:情况)?(?:为|是|达到?了?|达成|约|约为|已达|高达|均为|就?有|仅有?|只有|到)*$"
)
#: Characters of a rate's name that say nothing of which rate it is.
_EMPTY: Final = frozenset(
    "的了为是达到约已有率比例重占度面水平成完覆盖程全总数及和与综合人户村县“”"
)
_DUE: Final = re.compile(
    r"应|计划|任务|目标|预算|需|须|适龄|列入|总|共|在册|核定|登记|申报|申请|抽查|抽检|监测|检测|测试|调查|规划|意愿|批复|年度|授信|交办|受理|转办|立案"
)
#: 占总户数的, 占党员总数的: the whole is named.
_OF_WHOLE: Final = re.compile(r"占(?P<of>[\u4e00-\u9fff]{2,12})的(?:比[例重])?(?:为|达到?|约)*$")
_OF_PLAN: Final = re.compile(
    r"(?:完成|达到?|为|实现|占)[^，。；]{0,8}(?:计划|任务|目标|预算|指标)[^，。；]{0,4}的(?:约)?$"
)
#: Words that say a rate is of more than the figures beside it.
_OF_ALL: Final = re.compile(
    r"全[村镇乡县区市省国局校]|总体|综合|整体|平均|均(?:为|达|在|实现)?|分别|保持|稳定|巩固(?!率)|始终"
)
_OTHER_BASE: Final = re.compile(
    r"新增|净增|新发展|新[入参办]|本月|剩余?|尚|未(?!成年)|每[人户亩]|人均|户均|平均|累计"
)


def find_shares(view: View) -> Iterator[Finding]:
    """Rates beside two figures they are not the quotient of (006)."""
    for rate in view.items:
        if (
            not rate.is_percent
            or rate.figure.upper is not None
            or rate.figure.word not in {"", "约", "左右", "大约"}
            or rate.passage in view.blocked
            or rate.value == 0
            or rate.tail.startswith(("以上", "以下", "以内"))
        ):
            continue
        pair = _pair_beside(view, rate)
        if pair is None:
            continue
        part, whole = pair
        computed = part.value / whole.value * 100
        if rate.value <= 100 and abs(computed - rate.value) > 40:
            continue
        if rate.value == 100 and not (
            _DUE.search(_words_around(view, whole)) or "占" in _words_before(view, rate)
        ):
            continue  # 孤儿 8 人、留守儿童 11 人，建档率 100%: all of the last, not a quotient
        if _any_reading_fits(view, rate, part.unit):
            continue
        yield rate_finding(view, rate, part, whole)


def _is_plain_amount(item: Item) -> bool:
    """A quantity that can be a part or a whole: no rate, standard, range, comparison."""
    return (
        item.unit not in {"%", "百分点", "‰", "倍", "成", "年", "月", "天", "岁"}
        and not item.figure.per
        and item.figure.upper is None
        and item.figure.role not in {"rate", "comparison", "placeholder"}
        and item.value > 0
    )


def _same_sentence(view: View, first: Item, second: Item, gap: int = _GAP) -> bool:
    text = view.clean[first.end : second.start]
    return (
        first.passage == second.passage and len(text) <= gap and _SENTENCE_END.search(text) is None
    )


def _is_near(view: View, first: Item, second: Item, steps: int) -> bool:
    """Within one sentence, or in short clauses set off by ；: 应参保 m 人；实参保 n 人；参保率 p%."""
    gap = view.clean[first.end : second.start]
    if len(gap) > _GAP * steps or re.search(r"[！？\n]", gap):
        return False
    cuts = _SENTENCE_END.findall(gap)
    return not cuts or (len(cuts) == 1 and len(gap) <= 16 and gap[0] == cuts[0])


def _words_before(view: View, item: Item) -> str:
    """The words of the item's own clause before it, quotes left in, and the clause's words behind it up to 6."""
    return _CLAUSE_CUT.split(item.lead)[-1]


def _words_around(view: View, item: Item) -> str:
    behind = re.split(r"[，,。；;：:（()）、]", item.tail, maxsplit=1)[0]
    before = [one for one in re.split(r"[，,。；;：:（()）]", item.lead) if one]
    return (before[-1] if before and item.lead[-1:] not in "，,。；;：:" else "") + behind


def _pair_beside(view: View, rate: Item) -> tuple[Item, Item] | None:
    items = view.items
    clause = _words_before(view, rate)
    if _CHANGE.search(clause) or _CHANGE.search(rate.tail[:8]):
        return None
    asked = ASKED.search(clause)
    if asked is not None and not any(
        asked[0] in _words_around(view, one)
        for one in view.items[max(rate.index - 3, 0) : rate.index + 3]
        if one is not rate and not one.is_percent
    ):
        return None
    index = rate.index
    for first, second in _candidates(view, rate):
        found = _pair_before(view, rate, first, second, clause)
        if found is not None:
            return found
    if index + 2 < len(items):
        return _pair_behind(view, rate, items[index + 1], items[index + 2], clause)
    return None


def _candidates(view: View, rate: Item) -> list[tuple[Item, Item]]:
    """The last two quantities of a unit before a rate; 45 户 120 人, 40 户 110 人: of either unit, unless one of them fits."""
    near = [
        one
        for one in view.items[max(rate.index - 4, 0) : rate.index]
        if one.passage >= rate.passage - 1 and _is_plain_amount(one)
    ]
    pairs: list[tuple[Item, Item]] = []
    for unit in dict.fromkeys(one.unit for one in reversed(near)):
        same = [one for one in near if one.unit == unit]
        if len(same) < 2 or rate.index - same[-1].index > 2:
            continue
        if _any_reading_fits(view, rate, unit):
            return []
        pairs.append((same[-2], same[-1]))
    return pairs


def _can_pair(first: Item, second: Item) -> bool:
    return (
        _is_plain_amount(first)
        and _is_plain_amount(second)
        and first.unit == second.unit
        and first.figure.raw_unit.lstrip("万亿") == second.figure.raw_unit.lstrip("万亿")
        and not first.is_vague
        and not second.is_vague
    )


#: Between a whole and its share: 15 个村的 80%, 2184 名（含寄宿生）学生总数的 90%.
_SHARE_OF: Final = re.compile(
    r"[\u4e00-\u9fff“”]{0,10}(?:[（(][\u4e00-\u9fff]{1,8}[）)])?[\u4e00-\u9fff]{0,6}的(?:约)?"
)


def _pair_before(
    view: View, rate: Item, first: Item, second: Item, clause: str
) -> tuple[Item, Item] | None:
    is_said = (
        _is_plain_amount(first)
        and _is_plain_amount(second)
        and not first.is_vague
        and not second.is_vague
        and _SHARE_OF.fullmatch(view.gap(second, rate)) is not None
        and re.search(r"[，,](?:约|只|仅)?(?:占|为|达|是|相当于)", view.gap(first, second))
        is not None
    )
    if not (
        (is_said or _can_pair(first, second))
        and _is_near(view, first, second, second.index - first.index)
        and _is_near(view, second, rate, rate.index - second.index)
    ):
        return None
    gap = view.gap(second, rate)
    if _SHARE_OF.fullmatch(gap):
        # n，占应持证人员 m 的 p%
        if (
            re.search(r"(?:占|为|达到?|是|完成|相当于)[^，。；]{0,18}$", view.gap(first, second))
            is None
        ):
            return None
        if re.search(r"[上去前]年|同期", view.gap(first, second)):
            return None
        return first, second
    if gap.count("，") + gap.count(",") > 1:
        return None
    if not _is_named(view, rate, first, second, clause):
        return None
    if (
        first.value == second.value
        and rate.value <= 100
        and not _names_part(clause, _words_around(view, second))
    ):
        return None  # 农户 m 户，已认定 m 户，达标率 p%: all were looked at, not all were good
    return _ordered(first, second, view)


def _pair_behind(
    view: View, rate: Item, first: Item, second: Item, clause: str
) -> tuple[Item, Item] | None:
    """The rate stands first: 机械化水平 p%，应作业 m 亩，实际作业 n 亩; p% 的低产田 …（应治理 m，达标 n）."""
    if not (
        _can_pair(first, second)
        and _same_sentence(view, rate, first)
        and _same_sentence(view, first, second)
    ):
        return None
    words = _words_around(view, first) + _words_around(view, second)
    if re.search(r"应|计划|任务|需", _words_around(view, first)) is None:
        opened = view.gap(rate, first)
        if "（" not in opened and "(" not in opened:
            return None
    if not _NAME.search(clause) and not rate.tail.startswith("的"):
        return None
    name = _NAME.search(clause)
    if name is not None and not set(name["stem"][-2:]) - _EMPTY & set(words):
        return None
    if _OTHER_BASE.search(words):
        return None
    return _ordered(first, second, view)


def _ordered(first: Item, second: Item, view: View) -> tuple[Item, Item]:
    """Part and whole: what is due is the whole; without such a word, the larger."""
    due_first = _DUE.search(_words_around(view, first)) is not None
    due_second = _DUE.search(_words_around(view, second)) is not None
    if due_first != due_second:
        return (second, first) if due_first else (first, second)
    return (second, first) if first.value >= second.value else (first, second)


def _is_named(view: View, rate: Item, first: Item, second: Item, clause: str) -> bool:
    """Whether the words before the percentage name the share of just these two figures."""
    name = _NAME.search(clause)
    around_first, around_second = _words_around(view, first), _words_around(view, second)
    if not clause and view.clean[rate.start - 1] in "（(，,、":
        # 应改造 m 户，已改造 n 户（p%）
        return (
            _DUE.search(around_first) is not None
            and re.search(r"已|实|完成|到位", around_second) is not None
            and _OTHER_BASE.search(around_second) is None
        )
    if view.gap(first, second)[:1] in set("、和及与"):
        return False  # two of one rank, no whole and part
    planned = _OF_PLAN.search(clause)
    if planned is not None:
        return (
            PLANNED.search(around_first) is not None
            and PLANNED.search(around_second) is None
            and "累计" not in around_second
        )
    of = _OF_WHOLE.search(clause)
    if of is not None:
        if re.search(r"全[省市国]|计划|任务|目标|同类|[上去]年", of["of"]):
            return False
        called = set(of["of"]) - _EMPTY
        if len(called & set(around_first)) < min(2, len(called)):
            return False
        if "人口" in of["of"] and "人口" not in around_first:
            return False
        if "户" in of["of"] and (first.unit != "户" or "户" not in around_first):
            return False
    elif name is None:
        return False
    if _OTHER_BASE.search(around_second) and not _OTHER_BASE.search(around_first):
        return False
    if re.search(r"占(?!地)|同比|比", around_second + around_first):
        return False
    if (
        second.value < first.value
        and _DUE.search(around_second) is not None
        and _DUE.search(around_first) is None
    ):
        return False  # 诉求 36 件，其中热线转办 31 件，办结率 p%: the rate is of another done
    is_third = any(
        0 <= at < len(view.items)
        and view.items[at].passage == rate.passage
        and view.items[at].unit == first.unit
        and _is_plain_amount(view.items[at])
        and _SENTENCE_END.search(
            view.clean[min(view.items[at].end, rate.end) : max(view.items[at].start, first.start)]
            if at < first.index
            else view.clean[rate.end : view.items[at].start]
        )
        is None
        for at in (first.index - 1, first.index - 2)
    )
    is_among = re.search(r"其中|[中里][，,]?|内有", view.gap(first, second)) is not None
    if of is not None:
        return is_among or (not is_third and first.value > second.value)
    if name is None:
        return False
    stem = set(name["stem"]) - _EMPTY
    if _OF_ALL.search(clause) and not _OF_ALL.search(around_first):
        return False  # 全镇参保率, 综合完成率: of more than the figures beside it
    if not stem and re.search(r"总投|总额|概算|累计|总造价", around_first + around_second):
        return False
    if not stem:
        if first.value < second.value and _DUE.search(around_first) is None:
            return False
        if re.search(r"占", clause) is None and not (
            _DUE.search(around_first)
            or re.search(r"已|实|完成|的|成立|其中", view.gap(first, second))
        ):
            return False  # 建成服务中心 15 个，快递点 12 个，覆盖率 100%
        return not is_third or is_among
    in_first, in_second = stem & set(around_first), stem & set(around_second)
    is_done = re.search(r"已|实|完成|完", around_second) is not None
    if re.search(r"[；;。]", view.clean[first.end : rate.start]) and not (
        len(in_second) >= 2 or (_DUE.search(around_first) and (is_done or in_second))
    ):
        return False
    if name["kind"] in {"占比", "比重", "占"} and len(in_second) * 4 < len(stem) * (
        2 if name["kind"] == "占" else 3
    ):
        return False  # 一般公共预算支出 42 亿元，民生支出占比
    if is_among and len(in_second) < min(2, len(stem)) and not is_done:
        return False  # 诉求 36 件，其中热线转办 31 件，办结率 p%
    if is_third:
        return (len(in_second) >= 2 and not in_first) or (
            bool(in_second) and _DUE.search(around_first) is not None and is_done
        )
    if in_second and second.value > first.value and not in_first:
        return False
    if in_second and not in_second - in_first and _DUE.search(around_first) is None:
        return False
    is_alone = not is_third and re.fullmatch(
        r"[，,][\u4e00-\u9fff“”]{2,12}", view.gap(second, rate)
    )
    if is_alone and not in_second and name["kind"] in {"率", "比例"}:
        if _DUE.search(around_first) is not None and is_done:
            return True
        if re.fullmatch(r"[，,][^，,]{2,12}的有?", view.gap(first, second)):
            return True  # 符合条件的老人 m 人，领取补贴的 n 人，享受率 p%
    if in_first and not in_second:
        # 法定期限内审结 n 件，全年收案 m 件，结案率
        return first.value < second.value
    if len(in_first) >= 2 and len(in_second) >= 2:
        return _DUE.search(around_first) is not None
    return bool(in_second)


def _names_part(rate_clause: str, words: str) -> bool:
    name = _NAME.search(rate_clause)
    return name is not None and len((set(name["stem"][-2:]) - _EMPTY) & set(words)) >= 1


def _any_reading_fits(view: View, rate: Item, unit: str) -> bool:
    around = [
        one
        for one in view.items[max(rate.index - 6, 0) : rate.index + 4]
        if one.unit == unit and one.value > 0 and abs(one.passage - rate.passage) <= 1
    ]
    for first, second in itertools.permutations(around, 2):
        if quotient_fits(first, second, rate):
            return True
        if first.passage != rate.passage or second.passage != rate.passage:
            continue
        if second.value > first.value:
            rest = (second.value - first.value) / second.value * 100
            if rate.low - rate.half <= rest <= rate.high + rate.half:
                return True
        both = first.value / (first.value + second.value) * 100
        if rate.low - rate.half <= both <= rate.high + rate.half:
            return True
    same = [one for one in around if one.passage == rate.passage]
    for first, second, third in itertools.permutations(same[:6], 3):
        if first.index < second.index:
            ratio = (first.value + second.value) / third.value * 100
            if rate.low - rate.half <= ratio <= rate.high + rate.half:
                return True
    return False


# ── shares above all ──────────────────────────────────────────────────────────────────────────────────────────────────

#: Rates that may well be above 100 %.
_OPEN_RATE: Final = re.compile(
    r"(?:增长|增|完成|达产|产销|保值增值|增值|拨备覆盖|拨备|覆盖倍|出栏|繁殖|繁育|产羔|复种|利用|使用|负债|收益|回报|赔付|贡献|杠杆|流动比|速动比|倍|毛入学|入园毛|毛入园|利润|毛利|净利"
    r"|周转|负荷|执行|推进|超额|溢价|资本充足|偿付|偿债|置换|补充|占补平衡|收入|产出|投入产出|转化|交付|履约保证|备付|库存|满足|保障|自给|超收|征收|清收|返还|支付|产能|上座|换手|成交|同比|环比|支出)率"
)
_SHARE_NAME: Final = re.compile(
    r"(?:率|占比|(?<!完成)(?<!分红)(?<!补助)(?<!配资)比例|化水平|覆盖面|普及面|受益面|参与面|占[^，。；、]{0,10}(?:总[数量额]|人口|面积|户数)的|(?:人口|面积|户数|人数)(?:的)?比[例重]|覆盖|满意度|知晓度|到位|入户)"
    r"(?:已|均|平均|稳定在|保持在|保持|维持在|为|是|达到?了?|高达|约|约为|已达|在|实现|上升到|提高到|提升到|提升至|提高至)*$"
)
_OF_WHOM: Final = re.compile(
    r"^的(?!基础|标准|目标|任务|幅度|速度|比例|补|增|涨|利|收益|出资|股|价|水平)"
    r"[\u4e00-\u9fff]{0,8}(?:户|村民|群众|居民|家庭|党员|干部|人员|人口|职工|学生|儿童|老人|村|组|社区|支部|农民|面积|耕地|田|企业|问题|村庄|道路|网格|小区|单位)"
)


def find_overfull(view: View) -> Iterator[Finding]:
    """Shares of a whole above 100 % (005)."""
    for item in view.items:
        if not item.is_percent or item.low <= 100 or item.figure.role == "comparison":
            continue
        clause = _words_before(view, item)
        if _CHANGE.search(clause) or re.search(
            r"计划|任务|目标|预算|预期|指标|翻|相当|原来|倍|全年|序时|年初", clause
        ):
            continue
        if _OPEN_RATE.search(clause[-12:]):
            continue
        if _SHARE_NAME.search(clause) or (
            _OF_WHOM.match(item.tail) and not re.search(r"[为达是超占]$|完成", clause)
        ):
            yield view.finding(
                "ARITHMETIC_005",
                "wrong",
                (item.start, item.end),
                {"found": view.written(item)},
            )


# ── lists and their sums ──────────────────────────────────────────────────────────────────────────────────────────────

_ADDING: Final = re.compile(
    r"合计|共计|总计|总共|一共|统共|加起来|加在一起|相加|加总|合起来|合在一起|合并|构成|组成|总和|总数|总量|总额|总产|总[人户场件面]|总规模|总面积|总株|总任务|总收入|总投入|汇总"
    r"|(?<!第)[两三四五六七八九](?:[项类种批节块笔套]|大(?!专)|个项目|方面|处)(?!村|组|月|年|季度)|共(?!同|产|享|建|治|管|青|有产)|累计"
)
#: What a total of a sentence of its own is called: 三种形式累计…; 全年农作物播种总面积….
_ADDS_ACROSS: Final = re.compile(
    r"^(?:以上)?[两三四五六七八九](?:[项类种批节块笔套]|方面)|^(?:以上)?(?:合计|共计|总计|累计)|总(?:面积|产量|规模|数|投资|量)(?:为|达|达到|约)*$"
)
_WEAK_ADDING: Final = re.compile(
    r"总|达|在册|登记|盘子|团队|队伍|规模|各[类项]|入账|进账|“进账”|全[年部]"
)
_REACHING_OUT: Final = re.compile(
    r"带动|惠及|覆盖|服务(?!业|量)|受益|涉及|吸纳|解决|帮助|辐射|发现|整改|查处|直接|每|人均|户均|平均|同比|增长|超过|比|剩余|还有|计划|力争|目标|预计|力求|确保|新增就业|实现增收|增收|上年|去年|节约|减少"
)
#: Words between a head figure and its list.
_OPENING: Final = re.compile(r"[：:（(]|即|由|分|构成|组成|这里面|其一|按.{1,6}分")
_AMONG: Final = re.compile(r"其中|内有|含|包括")
_CROSSING: Final = re.compile(
    r"女|民族|预备|流动|大专|本科|学历|文化|以上|以下|困难|重点|老党员|返乡|优秀(?!共产党员|党务)|示范|先进|长期|残疾|留守|持证|骨干|外出|入党|规上|规模|上市|签约|开工|竣工|投产|在建|完工|完成|建成|续建|已|达标|合格|覆盖|参加|享受|整改|办结|的$|的有"
)
_ETC: Final = re.compile(r"等|例如|比如|如[:：]|另|还|此外|其余|以及其他")


def _runs(view: View) -> Iterator[list[Item]]:
    """Neighbouring quantities of one unit with little between them, three or more."""
    run: list[Item] = []
    for item in view.items:
        if item.unit == "岁":
            continue  # 35岁及以下12名、36岁至59岁20名: ages name the members
        if run and (
            item.unit != run[-1].unit
            or not _is_plain_amount(item)
            or item.start - run[-1].end > _GAP
            or "\n" in view.clean[run[-1].end : item.start]
            or item.passage in view.blocked
            or item.passage - run[0].passage > 1
        ):
            if len(run) >= 3:
                yield run
            run = []
        if _is_plain_amount(item) and item.passage not in view.blocked:
            run.append(item)
    if len(run) >= 3:
        yield run


def find_lists(view: View) -> Iterator[Finding]:
    """Lists that do not make the total at their end or at their head (001, 002)."""
    for run in _runs(view):
        finding = _closing(view, run)
        if finding is not None:
            yield finding
            continue
        for _, sentence in itertools.groupby(run, key=lambda one: one.passage):
            members = list(sentence)
            if len(members) >= 3:
                finding = _opening(view, members)
                if finding is not None:
                    yield finding


def _any_sum_fits(whole: Item, others: Sequence[Item]) -> bool:
    """Whether any row of neighbours, or all of them but one, makes the total."""
    count = len(others)
    if count > 12:
        return True
    for start in range(count):
        for stop in range(start + 2, count + 1):
            if fits(whole, others[start:stop]):
                return True
    return count > 3 and any(
        fits(whole, [*others[:skip], *others[skip + 1 :]]) for skip in range(count)
    )


def _holds_somewhere(view: View, run: Sequence[Item]) -> bool:
    """Whether any figure of the run, or the one straight behind it, is the sum of others: then the run is explained."""
    if len(run) > 14:
        return True
    last = run[-1].index + 1
    items = list(run)
    if (
        last < len(view.items)
        and view.items[last].unit == run[0].unit
        and view.items[last].passage <= run[-1].passage + 1
    ):
        items.append(view.items[last])
    for at, whole in enumerate(items):
        if at >= 2 and _any_sum_fits(whole, items[:at]):
            return True
        is_head = at == 0 or items[at - 1].passage != whole.passage
        if is_head and _any_sum_fits(whole, items[at + 1 :]):
            return True
    return False


def _closing(view: View, run: list[Item]) -> Finding | None:
    """A、B、C，合计 T; A 亩，B 亩。播种总面积 T 亩."""
    for position in range(len(run) - 1, 1, -1):
        whole = run[position]
        gap = view.gap(run[position - 1], whole)
        words = re.split(r"[，,。；;：:、]", gap)[-1]
        around = gap + whole.tail[:10]
        if _REACHING_OUT.search(words) or re.search(r"其中|占|率|另", gap):
            continue
        adding = _ADDING.search(gap)
        if adding is None and (not _WEAK_ADDING.search(words) or _CROSSING.search(words)):
            continue  # 三星级以上党组织达到 8 个 is another class, not the sum
        if counted_before(view, whole) is not None or re.search(r"[两二三四]季|早晚|春秋", words):
            continue
        if adding is None and (gap[:1] in "、。；" or len(words) < 2):
            continue
        if words.startswith("累计") and len(words) > 5:
            continue  # 存栏母牛 A、肉牛 B，累计补贴见犊母牛 C: over the years, and of something else
        if position + 1 < len(run) and view.gap(whole, run[position + 1])[:1] in set("、和及与"):
            continue
        parts = _list_until(view, run[:position])
        if len(parts) < 2 or (adding is None and len(parts) < 3):
            continue
        if said_number(whole) not in {None, len(parts)}:
            continue
        if any(one.is_vague for one in (*parts, whole)):
            return None
        total = sum((one.value for one in parts), Fraction(0))
        ratio = total / whole.value
        text = view.clean[parts[0].start : whole.start]
        head = view.clean[max(parts[0].start - 30, 0) : parts[0].start]
        if _ETC.search(text) or _are_crossing(view, parts):
            return None
        if _AMONG.search(view.clean[max(parts[0].start - 14, 0) : parts[0].start]):
            return None
        if _has_unread_number(view, whole, parts):
            return None
        if "。" in gap and not (len(parts) >= 3 and _ADDS_ACROSS.search(words)):
            return None
        if "；" in around and "。" not in gap and adding is None:
            return None
        most = Fraction(5) if adding is not None else Fraction(8, 5)
        least = Fraction(3, 5)
        if not least <= ratio <= most:
            return None
        if re.search(r"截至|历年|以来|截止|目前|建[成立]", text + head) and total < whole.value:
            return None
        if adding is None and whole.value < max(one.value for one in parts) and "总" not in words:
            continue
        return None if _holds_somewhere(view, run) else sum_finding(view, whole, parts, total)
    return None


def _list_until(view: View, before: Sequence[Item]) -> list[Item]:
    """The last members of a run that stand in one enumeration with like separators."""
    parts = [before[-1]]
    for item in reversed(before[:-1]):
        gap = view.gap(item, parts[0])
        if "。" in gap or re.search(r"合计|共计|总计|其中|占", gap) or len(gap) > 20:
            break
        parts.insert(0, item)
    return parts


def _are_crossing(view: View, parts: Sequence[Item]) -> bool:
    return any(_AMONG.search(view.gap(one, other)) for one, other in itertools.pairwise(parts))


def _has_unread_number(view: View, whole: Item, parts: Sequence[Item]) -> bool:
    """Whether a member in Chinese characters (专题研讨七次) was perhaps not read as a figure."""
    start = max(min(whole.start, parts[0].start) - 16, 0)
    text = view.clean[start : max(whole.end, parts[-1].end) + 16]
    for item in sorted((whole, *parts), key=lambda one: -one.start):
        text = text[: max(item.start - start, 0)] + " " + text[item.end - start :]
    measure = re.escape(whole.figure.raw_unit.lstrip("万亿余")[:1] or "个")
    return re.search(rf"[一二两三四五六七八九十百千半几数]{measure}", text) is not None


def _label(view: View, item: Item) -> str:
    return _words_around(view, item)


def _opening(view: View, run: list[Item]) -> Finding | None:
    """T：A、B、C; 由 A、B 和 C 组成; 资助学生 T 人，学前 A 人，义务教育 B 人，高中 C 人."""
    whole = run[0]
    before = view.items[whole.index - 1] if whole.index else None
    parts: list[Item] = []
    for item in run[1:]:
        gap = view.gap(parts[-1] if parts else whole, item)
        if "。" in gap or (parts and (_AMONG.search(gap) or len(gap) > 20)):
            break
        if (
            parts
            and re.search(r"[；;]", gap)
            and "其中" in view.gap(whole, parts[0])
            and not re.search(r"其中[：:]", view.gap(whole, parts[0]))
        ):
            break  # 其中党员 A；下设支部 B: the list is over
        if gap[:1] in {"，", ","} and any(
            view.gap(one, other)[:1] == "、" for one, other in itertools.pairwise(parts)
        ):
            break  # 其中小麦 A、玉米 B，蔬菜产量 C: the list is over
        if parts and re.search(r"合计|共|总", gap):
            return None
        parts.append(item)
    if len(parts) < 2 or any(one.is_vague for one in (whole, *parts)):
        return None
    if whole.tail[:1] in {"）", ")"}:
        return None
    if re.search(
        r"占|率|同比|较|比[上去前年]|[上去]年|年初|增|减|降|每|未|剩",
        "".join(_label(view, one) for one in (whole, *parts)),
    ):
        return None
    if "其中" in whole.local and not re.match(r"[^，,。]{0,6}[：:（(]", view.gap(whole, parts[0])):
        return None  # 其中光伏 A，分红 B，租金 C: the first is one of them
    if re.search(r"总分|满分|底线|及格线", "".join(_label(view, one) for one in parts)):
        return None
    total = sum((one.value for one in parts), Fraction(0))
    low, _ = sum_bounds(parts)
    ratio = total / whole.value
    opened = view.gap(whole, parts[0])
    if opened[:1] in set("、和及与") or _has_unread_number(view, whole, parts):
        return None
    labels = [_label(view, one) for one in parts]
    is_among = _AMONG.search(opened) is not None
    is_opened = _OPENING.search(opened) is not None and not is_among
    is_set_off = re.match(r"[\u4e00-\u9fff]{0,6}[，,：:（(]", opened) is not None and all(
        "、" in view.gap(one, other)[:8] or view.gap(one, other)[:1] in "和及"
        for one, other in itertools.pairwise(parts)
    )
    is_parallel = (
        all(labels) and len({one[-1] for one in labels}) == 1 and len(set(labels)) == len(labels)
    )
    head = _words_before(view, whole)
    if head and labels[0] and re.search(r"共|总", head) is None and not is_opened:
        is_parallel = is_parallel and labels[0][-2:] != head[-2:]
    if (
        not is_opened
        and not is_among
        and head
        and all(one[-1:] == head[-1] for one in labels)
        and not all(one.endswith(head[-2:]) for one in labels)
    ):
        return None  # 运动员 A、教练员 B、裁判员 C: the first is one of them
    # The head opens its sentence: nothing of the same kind stands before it.
    is_head = (
        before is None
        or before.passage != whole.passage
        or _SENTENCE_END.search(view.gap(before, whole)) is not None
    )
    behind = view.clean[parts[-1].end : parts[-1].end + 16]
    is_closed = (
        re.match(
            r"(?:[\u4e00-\u9fff]{0,6}|[）)])[\u4e00-\u9fff]{0,8}(?:[。；;\n！）)]|$|，[^\d]{0,12}[。；\n])",
            behind,
        )
        is not None
    )
    text = view.clean[whole.end : parts[-1].end] + behind[:3]
    words = "".join(labels)
    crossing = (
        re.search(r"女|民族|岁|以上|以下|学历|大专|预备", words) is not None
        if is_opened
        else _CROSSING.search(words) is not None or OVERLAPPING.search(words) is not None
    )
    if not is_head and not is_opened:
        return None
    if low > whole.high:
        if crossing and not (is_opened and not is_among and len(parts) >= 3):
            return None
        is_sure = is_opened or is_set_off or is_parallel or is_among
        if not is_sure and not (len(parts) >= 3 and is_closed and _is_headed(view, whole, parts)):
            return None
        if len(parts) == 2 and not (is_opened or is_parallel):
            return None
        if ratio > Fraction(9, 2):
            return None
        return None if _holds_somewhere(view, run) else sum_finding(view, whole, parts, total)
    if crossing or not is_closed or len(parts) < 3 or _ETC.search(text) or ratio < Fraction(1, 2):
        return None
    if is_among and not re.search(r"其中[：:]", opened):
        return None
    if (
        is_opened
        or is_set_off
        or is_parallel
        or (is_head and _is_headed(view, whole, parts) and ratio > Fraction(7, 10))
    ):
        return None if _holds_somewhere(view, run) else sum_finding(view, whole, parts, total)
    return None


#: Words that make a first figure the head of its sentence.
_IN_ALL: Final = re.compile(
    r"共|总|全[年村镇乡县市区]|各[类级]|本年|今年|年内|登记|立案|受理|接受|在册|累计|损失"
)


def _is_headed(view: View, whole: Item, parts: Sequence[Item]) -> bool:
    """Whether the first figure can only be the head of what follows: the whole sentence is it and its short entries."""
    start = view.passages[whole.passage][0]
    head = view.clean[start : whole.start]
    if re.search(r"\d", re.split(r"[。；;\n]", head)[-1]):
        return False
    if not _IN_ALL.search(_words_before(view, whole)):
        return False  # 新建公厕 30 座，垃圾房 20 座，凉亭 5 座: one thing beside another
    if whole.unit in {"斤", "克", "升", "立方米"} and "总" not in head:
        return False  # 削减化学需氧量 A 吨，氨氮 B 吨，二氧化硫 C 吨: weights of different things
    labels = [_words_before(view, one) for one in parts]
    return all(1 <= len(one) <= 7 for one in labels) and len(labels) >= 3


# ── parts larger than their wholes ────────────────────────────────────────────────────────────────────────────────────


def find_taken_out(view: View) -> Iterator[Finding]:
    """Parts larger than the figure they are taken out of (003)."""
    items = view.items
    for index, whole in enumerate(items):
        if not _is_plain_amount(whole) or whole.passage in view.blocked or whole.is_vague:
            continue
        if (
            index
            and items[index - 1].unit == whole.unit
            and items[index - 1].passage == whole.passage
        ):
            between = view.gap(items[index - 1], whole)
            if _SENTENCE_END.search(between) is None:
                continue  # not the head of its sentence
        for part in items[index + 1 : index + 4]:
            if part.unit != whole.unit or not _is_plain_amount(part):
                break
            previous = items[part.index - 1]
            gap = view.gap(previous, part)
            if (
                part.passage != whole.passage
                or len(gap) > 22
                or (gap[:1] in {"，", ","} and "、" in view.clean[whole.end : previous.start])
                or _SENTENCE_END.search(gap.replace("；", "", 1) if "其中" in gap else gap)
                or re.search(
                    r"累计|截至|总|共(?!产|同|青)|合计|全[县市省镇乡村]|较|比|增|另|扩|升|降|变|现在|到(?!岗|位|人)",
                    gap,
                )
                or re.search(r"由|从|原|起步|上年|去年|年初", whole.local)
            ):
                break
            if part.low <= whole.high or part.is_vague:
                continue
            if (
                part.index + 1 < len(items)
                and items[part.index + 1].is_percent
                and _SHARE_OF.fullmatch(view.gap(part, items[part.index + 1]))
            ):
                break  # 占 2184 名学生的 90%: this is the whole
            if part.figure.raw_unit.lstrip("万亿") != whole.figure.raw_unit.lstrip("万亿"):
                break
            if part.value > whole.value * 3:
                break
            if _is_taken_out(view, whole, part):
                yield view.finding(
                    "ARITHMETIC_003",
                    "wrong",
                    (part.start, part.end),
                    {"part": view.written(part), "whole": view.written(whole)},
                    [(whole.start, whole.end)],
                )
                break


def _is_taken_out(view: View, whole: Item, part: Item) -> bool:
    text = view.clean[whole.end : part.start]
    gap = view.gap(view.items[part.index - 1], part)
    words = _words_before(view, part)
    head = _words_before(view, whole)
    of_whole = re.match(r"[\u4e00-\u9fff]{2,6}", whole.tail)
    of_part = re.match(r"[\u4e00-\u9fff]{2,6}", part.tail)
    if of_whole and of_part and not set(of_whole[0]) & set(of_part[0]):
        return False  # 5 个村民小组，其中甲村有 12 个合作社
    is_marked = (
        _AMONG.search(text) is not None
        or re.match(r"[\u4e00-\u9fff”’》]{0,10}[中里内][，,]", text) is not None
    )
    if is_marked or re.search(r"占(?:其中的?|了)?$", words):
        return True
    if re.search(r"^[（(][\u4e00-\u9fff]*的", gap):
        return True
    if re.search(r"应|计划|任务|目标|预算", head):
        return False
    behind = re.match(r"[\u4e00-\u9fff]{1,10}", whole.tail)
    noun = behind[0] if behind and whole.figure.raw_unit[-1:] in GENERIC else head
    # 规模养殖场 13 家，…通过验收的 18 家: what has the property is of the things just counted
    if re.search(r"的(?:就?有|就?占|达|约)?$", words) and len(words) >= 4:
        return True
    # 行政村 30 个，民族村 6 个，边境村 40 个
    is_kind = (
        len(words) <= 8
        and noun[-1:] == words[-1:]
        and noun != words
        and (noun[-1:] not in "员师" or noun[-2:] == words[-2:])
        and gap[:1] in {"，", ","}
        and re.search(r"共|总|现有|辖|在册", head) is not None
    )
    return is_kind or (
        re.match(r"已|经[省市县]|获|参加|持|抽查", words) is not None
        and re.search(r"累计", words) is None
    )


# ── fewer people than homes ───────────────────────────────────────────────────────────────────────────────────────────

_INHABITANTS: Final = re.compile(
    r"^[、，,（(]?(?:(?:总|农业|常住|户籍|在籍|现有|全[村镇乡县]|农村|乡村|居住|实有|共|合计|涉及|在册)*(?:人口|居民|村民|人数|人口数)|共|计)?(?:数)?(?:为|有|共|约|达|计)*$"
)
_NO_HOMES: Final = re.compile(
    r"企业|商户|个体|工商|经营|店|用户|业主|公司|合作社|大户|主体|门面|次"
)


def find_households(view: View) -> Iterator[Finding]:
    """Households with fewer people than there are households (004)."""
    for homes, people in itertools.pairwise(view.items):
        if (
            homes.unit == "户"
            and people.unit == "人"
            and people.high < homes.low
            and homes.passage == people.passage
            and not homes.is_vague
            and not people.is_vague
            and people.figure.raw_unit[-1:] in {"人", "口"}
            and not homes.figure.per
            and not people.figure.per
            and homes.figure.role == people.figure.role
            and not _NO_HOMES.search(homes.lead[-20:])
            and _INHABITANTS.match(view.gap(homes, people))
        ):
            yield view.finding(
                "ARITHMETIC_004",
                "wrong",
                (homes.start, people.end),
                {"households": view.written(homes), "persons": view.written(people)},
                [(homes.start, homes.end), (people.start, people.end)],
            )


# ── all of them, and some left ────────────────────────────────────────────────────────────────────────────────────────

_ALL_BUT: Final = re.compile(
    r"(?P<all>全部|所有|全都|全数|悉数|均已|[1１][0０][0０]\s?[%％]|百分之一?百|全覆盖|清零|应[\u4e00-\u9fff]尽[\u4e00-\u9fff]|一[个户人件]不[少落漏]|无一[遗漏])"
    r"(?P<rest>[^，,。；;\d\n]{0,20})[，,；;](?P<left>(?:但是?|不过|只是|然而|其中|目前|现)?(?:"
    r"(?P<sure>剩余|剩下|余下|其余|尚有|仍有|尚余|仍剩|还剩|只剩|仅剩|尚剩|空缺|缺[口额少]?|还差|尚差|还缺|尚缺|未[\u4e00-\u9fff]{1,5}的?(?:还有|尚有|仍有|有)?)"
    r"|(?P<open>[\u4e00-\u9fff]{0,4}(?:还有|另有|有)))(?:的|约|近|为)?)\s?$"
)
_NOT_DONE: Final = re.compile(
    r"未|没有?|尚|仍|待|正在|辍学|逾期|拖欠|空缺|靠|不能|无法|难以|明年|下[一]?年|收尾|整改中|办理中|推进中|招录"
)
_WISHED: Final = re.compile(
    r"力争|确保|计划|目标|去年|上年|年初|要(?!求|素|道)|除|将(?!军)|争取|原|此前"
)


def find_all_but(view: View) -> Iterator[Finding]:
    """All of them are done, and so many are not (017)."""
    for item in view.items:
        if item.value <= 0 or not item.lead or item.passage in view.blocked:
            continue
        if item.lead[-1] in "，,。；;、：（(":
            continue
        start = max(view.passages[item.passage][0], item.start - 48)
        found = _ALL_BUT.search(view.clean[start : item.start])
        if found is None or _WISHED.search(view.clean[start : start + found.start()][-16:]):
            continue
        behind = re.split(r"[，,。；;\n]", item.tail, maxsplit=1)[0]
        if found["open"]:
            if not re.search(r"未|没|尚|仍|不[能到]|无法|难以|待|辍学|逾期|拖欠", behind):
                continue
        elif found["sure"].startswith(("其余", "余下", "剩")) and not _NOT_DONE.search(behind):
            if behind or found["sure"] == "其余":
                continue
        elif found["sure"][:1] == "缺" and not behind:
            continue
        yield view.finding(
            "ARITHMETIC_017",
            "wrong",
            (start + found.start("all"), start + found.end("rest")),
            {
                "claim": found["all"] + found["rest"],
                "left": view.clean[start + found.start("left") : item.end] + behind,
            },
            [(start + found.start("left"), item.end)],
        )


# ── 监测对象 62 户 187 人，已消除 41 户 126 人，未消除 21 户 63 人 ─────────────────────────────────────────────────────────────


def find_pairs(view: View) -> Iterator[Finding]:
    """Lists of pairs that add up in one unit and not in the other (001, 002)."""
    items = view.items
    twins = {
        one.index
        for one, other in itertools.pairwise(items)
        if one.passage == other.passage
        and one.unit != other.unit
        and re.fullmatch(r"[、，,]?(?:共|计)?", view.gap(one, other)) is not None
        and _is_plain_amount(one)
        and _is_plain_amount(other)
        and not one.is_vague
        and not other.is_vague
        and one.passage not in view.blocked
    }
    for head in sorted(twins):
        units = items[head].unit, items[head + 1].unit
        rows: list[int] = []
        at = head + 2
        while (
            at in twins
            and len(rows) < 12
            and (items[at].unit, items[at + 1].unit) == units
            and items[at].passage == items[head].passage
            and len(view.gap(items[at - 1], items[at])) <= 24
        ):
            rows.append(at)
            at += 2
        for count in range(len(rows), 1, -1):
            finding = _judge_pairs(view, head, rows[:count])
            if finding is not None:
                yield finding
                break


def _judge_pairs(view: View, head: int, rows: Sequence[int]) -> Finding | None:
    items = view.items
    for one, other in ((0, 1), (1, 0)):
        sure, doubted = items[head + one], items[head + other]
        of_sure = [items[row + one] for row in rows]
        of_doubted = [items[row + other] for row in rows]
        if sure.value != sum(part.value for part in of_sure) or sure.value < 5:
            continue
        total = sum((part.value for part in of_doubted), Fraction(0))
        if fits(doubted, of_doubted) or abs(total - doubted.value) > doubted.value / 4:
            return None
        return sum_finding(view, doubted, of_doubted, total)
    return None


# ── 占学生总数的 98.7%, the total standing elsewhere ──────────────────────────────────────────────────────────────────────

_OF_NAMED: Final = re.compile(
    r"占(?P<level>(?:全|本)[村镇乡县区市校院局社]|辖区|在校|在籍|在册)?(?P<name>[\u4e00-\u9fff]{2,6}?)(?P<total>总数|总人数|总户数|总量|总额)的(?:约)?$"
)
_NAMED_TOTAL: Final = (
    r"(?:^|[^\u4e00-\u9fff])(?:{level})?(?:现|共|总|有|在校|在籍|在册|户籍|常住|年末|实有|各类)*"
    r"{name}(?:总数|总人数|总量|总额|数)?(?:为|共|有|达|计|约)*$"
)


#: So many different totals are looked for in one draft: each costs a pass over its figures.
_MOST_NAMES: Final = 60


def find_named_shares(view: View) -> Iterator[Finding]:
    """Shares of a total that the text gives once, in another place (006)."""
    known: dict[tuple[str, str, str], tuple[list[Item], list[Item]]] = {}
    for rate in view.items:
        if not rate.is_percent or rate.is_vague or rate.passage in view.blocked or not rate.index:
            continue
        said = _OF_NAMED.search(rate.local)
        part = view.items[rate.index - 1]
        if (
            said is None
            or part.passage != rate.passage
            or not part.is_amount
            or part.is_vague
            or not re.fullmatch(r"[^\d。；;]{0,4}[，,（(]?占[^，。；]{2,16}", view.gap(part, rate))
        ):
            continue
        key = (said["name"], said["level"] or "", part.unit)
        if key not in known:
            if len(known) >= _MOST_NAMES:
                continue
            known[key] = _named(view, *key)
        totals, mentions = known[key]
        totals = [one for one in totals if one.index != part.index]
        if len(totals) != 1 or totals[0].is_vague or totals[0].value < part.value:
            continue
        whole = totals[0]
        if quotient_fits(part, whole, rate) or _any_reading_fits(view, rate, part.unit):
            continue
        # Any other figure of that name may be the one that was meant.
        if any(quotient_fits(part, one, rate) for one in mentions):
            continue
        yield rate_finding(view, rate, part, whole)


def _named(view: View, name: str, level: str, unit: str) -> tuple[list[Item], list[Item]]:
    """The figures that give the total of this name, and all that stand behind the name."""
    called = re.escape(name)
    before = re.compile(
        _NAMED_TOTAL.format(level=level or "全[村镇乡县区市校]|本[村镇乡县区校]", name=called)
    )
    behind = re.compile(rf"^(?:在校|在籍|在册)?{called}(?![\u4e00-\u9fff])")
    same = [one for one in view.items if one.unit == unit]
    totals = [
        one
        for one in same
        if one.is_amount and (before.search(one.local) or behind.match(one.tail))
    ]
    # few are enough: a name that stands everywhere settles nothing
    return totals[:3], [one for one in same if name in one.local][:40]


def find_fractions(view: View) -> Iterator[Finding]:
    """占三分之一以上，共 652 人: a fraction, its number, and the one whole before it (006)."""
    for share, part in itertools.pairwise(view.items):
        if (
            share.figure.role != "rate"
            or "分之" not in share.figure.text
            or not 0 < share.value < 1
            or not share.local.endswith("占")
            or part.passage != share.passage
            or not part.is_amount
            or part.is_vague
            or re.fullmatch(
                r"(?:以上|左右|多)?[，,]?(?:即|共有?|有|达|为|计|共计)?", view.gap(share, part)
            )
            is None
        ):
            continue
        wholes = [
            one
            for one in view.items[max(share.index - 6, 0) : share.index]
            if one.unit == part.unit
            and one.passage >= share.passage - 1
            and one.is_amount
            and not one.is_vague
            and one.value > part.value
        ]
        if not wholes:
            continue
        tolerance = Fraction(1, 20) if share.figure.approx else Fraction(1, 50)
        is_least = view.clean[share.end : share.end + 2] == "以上" or share.figure.word in {
            "以上",
            "超过",
            "超",
        }
        ratios = [part.value / one.value for one in wholes]
        if any(
            (is_least and ratio >= share.value)
            or abs(ratio - share.value) <= share.value * tolerance
            for ratio in ratios
        ):
            continue
        # Only the whole that opens what is being said.
        whole = wholes[0]
        if part.value / whole.value < share.value / 2:
            continue
        yield rate_finding(view, share, part, whole)
