"""Parts and wholes said in passing: 12个村中有15个, 71户31人, a rate of coverage above 100%, 30人20人次.

Only what the words make certain: a household has at least one person, a share of something is at most all of it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View
from shuzhi.core.checking.model import Finding

_AMONG: Final = re.compile(r"^[\u4e00-\u9fff]{0,8}(?:中|里)[,，]?(?:已?有|仅有?|只有|共有|现有)?$")
_HOUSEHOLDS_THEN_PERSONS: Final = re.compile(
    r"^(?:家庭|农户|村民|群众|农民)?[、，,]?(?:共|计|合计|涉及|人口|总?人口)?$"
)
_FIRMS: Final = re.compile(r"企业|商户|个体|工商|经营|店|用户|业主|公司|合作社|大户|主体|门面")
#: Rates that are shares of a whole: none can be above 100 %.
_SHARES: Final = re.compile(
    r"(?<!拨备)(?<!毛)(?:覆盖|入户|普及|参保|参合|合格|入学|巩固|就业|签约|达标|满意|知晓|到位|入住|通达|通畅|参与|接种|回收|处理|化解|办结|及格|优良|优秀|硬化|绿化|城镇化|缴费"
    r"|收缴|脱贫|贫困发生|失业|出勤|走访|调解|调解成功|调处|成功|成活|保存|检出|安装|响应|整改|兑现|受理|回复|答复|入网|通过|升学|辍学|死亡|感染|完好|持证|建档|免疫"
    r"|登记|公开|录入|采集|公示|见面|培训|随访|管护|治愈|救治|自来水|卫生厕所|清运|无害化处理|综合利用|资源化利用|化验|抽检合格|破案|发案|监管|检查|排查|参会|到会|在线|上线|机械化|良种|森林覆盖|植被覆盖|管理|建档立卡|体检|筛查|检测|录取|上线|升学|中签|消除|出栏成活)率|满意度|免疫密度|群众知晓度"
)


def find_parts(view: View) -> Iterator[Finding]:
    """Wholes smaller than what is in them (003), persons fewer than households (004), shares above 100 % (005)."""
    items = view.items
    for first, second in itertools.pairwise(items):
        if first.passage != second.passage:
            continue
        gap = view.gap(first, second)
        if (
            first.unit == second.unit
            and not first.is_percent
            and first.figure.raw_unit == second.figure.raw_unit
            and _AMONG.match(gap)
            and second.low > first.high
            and second.figure.role != "rate"
        ):
            yield view.finding(
                "ARITHMETIC_003",
                "wrong",
                (second.start, second.end),
                {"part": view.written(second), "whole": view.written(first)},
                [(first.start, first.end)],
            )
        if _is_said_part(view, first, second, gap):
            yield view.finding(
                "ARITHMETIC_003",
                "wrong",
                (second.start, second.end),
                {"part": view.written(second), "whole": view.written(first)},
                [(first.start, first.end)],
            )
        if _are_household_and_persons(first, second, gap):
            yield view.finding(
                "ARITHMETIC_004",
                "wrong",
                (first.start, second.end),
                {"households": view.written(first), "persons": view.written(second)},
                [(first.start, first.end), (second.start, second.end)],
            )
        if (
            first.unit == "人"
            and second.unit == "人次"
            and gap in {"", "、", "，", "/"}
            and second.high < first.low
        ):
            yield view.finding(
                "ARITHMETIC_003",
                "wrong",
                (first.start, second.end),
                {"part": view.written(first), "whole": view.written(second)},
                [(first.start, first.end), (second.start, second.end)],
            )
    for item in items:
        if item.is_percent and item.low > 100 and _is_share(item):
            yield view.finding(
                "ARITHMETIC_005",
                "wrong",
                (item.start, item.end),
                {"found": view.written(item)},
            )


def _is_said_part(view: View, first: Item, second: Item, gap: str) -> bool:
    """保洁队伍5人，女性7人: women of a group just counted, with or without 其中."""
    return (
        first.unit == second.unit == "人"
        and second.low > first.high
        and re.fullmatch(r"[，、](?:其中)?女(?:性|党员|同志|职工|干部|队员|代表|委员|成员)?", gap)
        is not None
        and re.search(r"男|女|岁|以[上下]|大专|本科|民族|预备", first.local) is None
        # Inside a list each member stands by itself: 其中35岁以下12名，女党员15名.
        and "其中"
        not in view.clean[max(view.passages[first.passage][0], first.start - 60) : first.start]
        and first.is_amount
        and second.is_amount
    )


def _are_household_and_persons(first: Item, second: Item, gap: str) -> bool:
    return (
        first.unit == "户"
        and second.unit == "人"
        and second.figure.raw_unit in {"人", "口", "万人", "余人"}
        and second.high < first.low
        and _HOUSEHOLDS_THEN_PERSONS.match(gap) is not None
        and not _FIRMS.search(first.lead[-20:])
        and not first.is_vague
        and first.figure.role == second.figure.role
        and not first.figure.per
        and (gap == "" or not re.search(r"干部|党员|员$", second.tail[:6]))
    )


def _is_share(item: Item) -> bool:
    local = item.local
    if re.search(
        r"增长|提高|提升|上升|同比|完成|计划|任务|目标|超额|年均|下降|为(?:上年|去年)|是", local
    ):
        return False
    return _SHARES.search(local[-14:]) is not None
