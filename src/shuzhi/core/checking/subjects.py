"""What a number in a report speaks of: the thing counted, the organisation, the time, and whether it is done or only planned.

Works on the words around the number alone; which ledger or indicator that is, is proposed elsewhere.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shuzhi.core.checking.model import CheckingContext, FigureRole, OutlineNode
from shuzhi.core.checking.text import Reading

# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_YEAR: Final = r"(?:19|20)\d{2}"
_TIME: Final = re.compile(
    rf"(?P<from>{_YEAR})\s?年?(?:度)?\s?(?:[-—–~至到]|——|--)+\s?(?P<until>{_YEAR}|\d{{2}}(?=\s?(?:年|学年)))\s?(?:年|学年)?"
    rf"|(?P<year>{_YEAR})\s?(?:学年|年)(?:度)?(?P<rest>\s?(?:上半年|下半年|第?[一二三四1234]季度|前?[一二三四1234]个?季度|(?P<m1>\d{{1,2}})\s?(?:月|[-—–~至到]\s?\d{{1,2}}\s?月)?(?=\s?[月\-—–~至到])?(?:\s?[-—–~至到]\s?(?P<m2>\d{{1,2}})\s?月)?)?)"
    r"|(?P<relative>今年|本年度?|去年|上年度?|前年|明年|下一年|下年度)(?P<part>上半年|下半年|第?[一二三四]季度)?"
    r"|(?P<whole>全年)|(?P<half>上半年|下半年)|(?P<quarter>第?[一二三四]季度)"
    r"|(?<![\d.])(?P<a>1)\s?[-—–~至到]\s?(?P<b>\d{1,2})月"
    r"|(?<![\d.\-—至到])(?P<month>1[0-2]|[1-9])月(?:份|底|末|初|中旬|上旬|下旬|\d{1,2}[日号])?"
)
_NOT_OWN_TIME: Final = re.compile(r"(?:比|较|与|同|跟|和|超过|相比|高于|低于|在|对比)\s?$")
#: A day something began or was appointed; what follows it in the sentence is not from then.
_SINCE_WHEN: Final = re.compile(
    r"(?:始建|始创|创办|创建|创立|组建|成立|建成|建立|建|设立|生|出生|毕业|入伍|开业|投产|通车|竣工|合并|并入|撤并|改制|更名|迁|批复|获批|[于自从])(?:于|自|在)?\s?$"
)
_EVENT_NEXT: Final = re.compile(
    r"\s?(?:\d{1,2}[日号])?[^，。；：\n\d]{0,8}?(?:任|担任|就任|到任|上任|当选|创办|成立|创建|参加工作|入党|入伍|出生|建校|建成|建立|建制|设立|组建|始建|启用|开业|开工|竣工|通车|投产|挂牌|合并|撤|更名|改制|毕业|退休|调入|调任|来到|到村|派驻|被评为|被授予|被确定|被列|荣获|获评|脱贫摘帽|启动)"
)
_DEADLINE: Final = re.compile(r"(?:底|末|初)?(?:之?前|以前)")
#: Where the base of a change ends: 由上年的580公斤｜提高到610公斤, （上年200件｜）.
_BASE_END: Final = re.compile(
    r"[，,。；;、）)\n]|[增提升下降减扩缩压上](?![半年])|发展到|达到|到|至(?!今)|调整|跃"
)
_BASE_OF_CHANGE: Final = re.compile(r"(?:末|底)?(?:同期|同月|全年)?的(?:约|近)?\s?\d")
_BASE_NEXT: Final = re.compile(r"(?:末|底)?(?:同期|同月|全年)?(?:的|为|是)?(?:约|近)?\s?\d")
_REACH: Final = 200
_DIGIT: Final = re.compile(r"\d+")
_CLAUSE_END: Final = re.compile(r"[，,。；;！？\n]")
_POINT_END: Final = re.compile(r"[；;][一二三四五六七八九十]是|[。\n]")
_OPENING: Final = re.compile(r"[（(][^（）()\n]{0,12}$")
_BRACKET_END: Final = re.compile(r"[）)\n]")
_QUARTERS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MONTHS_OF: Final = re.compile(r"(\d{1,2})\s?月")
_LINE_YEAR: Final = re.compile(rf"({_YEAR})\s?(?:年|学年|-)")
_STRONG_STOP: Final = re.compile(r"[。！？!?\n]")


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    period: str
    year: int
    names_year: bool
    until: int  #: what stands behind is not from then
    is_passing: bool = False  #: said of one thing only: never carried into the next sentence


def _quarter(text: str) -> str:
    found = re.search(r"([一二三四1234])", text)
    return f"Q{_QUARTERS[found[1]]}" if found else ""


def _part(text: str) -> str:
    if "上半年" in text:
        return "H1"
    if "下半年" in text:
        return "H2"
    if "季度" in text:
        return _quarter(text) if "前" not in text else ""
    return ""


def _months(first: int, last: int) -> str:
    if not 1 <= first <= last <= 12:
        return ""
    whole = {(1, 3): "Q1", (4, 6): "Q2", (7, 9): "Q3", (10, 12): "Q4", (1, 6): "H1", (7, 12): "H2"}
    if first == last:
        return f"-{first:02d}"
    return whole.get((first, last), "")


def _first(mark: re.Pattern[str], clean: str, start: int) -> int:
    """Where a mark first stands behind a place; within reach of a sentence."""
    found = mark.search(clean, start, start + _REACH)
    return found.start() if found else min(start + _REACH, len(clean))


class Times:
    """When the figures of a draft are from: explicit words first, then its section, then its title."""

    def __init__(
        self, reading: Reading, outline: Sequence[OutlineNode], context: CheckingContext
    ) -> None:
        self._clean = reading.clean
        self.title_year = _title_year(reading)
        self.year = self.title_year or context.year
        self._default = str(self.title_year or context.year or "")
        self._sections = _sections(reading, self.year)
        self._section_starts = [start for start, _, _ in self._sections]
        self._mentions = list(self._read(self.year))
        years = Counter(one.year for one in self._mentions if not one.is_passing)
        self._usual_year = max(years, key=lambda year: (years[year], year), default=None)
        self._starts = [one.start for one in self._mentions]
        self._stops = [match.end() for match in _STRONG_STOP.finditer(self._clean)]

    def _read(self, year: int | None) -> list[_Mention]:
        found: list[_Mention] = []
        last = year
        at_paragraph = 0
        for match in _TIME.finditer(self._clean):
            before = self._clean[max(match.start() - 3, 0) : match.start()]
            is_compared = _NOT_OWN_TIME.search(before) is not None
            if is_compared and not _BASE_OF_CHANGE.match(self._clean, match.end()):
                continue
            paragraph = self._clean.rfind("\n", at_paragraph, match.start()) + 1
            if year is not None and paragraph > at_paragraph:  # months count from the report's year
                at_paragraph = paragraph
                last = self._section_year(match.start()) or year
            is_joined = bool(found) and found[-1].end == match.start()  # 去年12月, 今年1至9月
            period, at, names = "", found[-1].year if is_joined else last, False
            if match["from"]:
                first = int(match["from"])
                end = match["until"]
                at = int(end) if len(end) == 4 else first // 100 * 100 + int(end)
                if at < first:
                    continue
                period, names = f"{first}-{at}", True
            elif match["year"]:
                at, names = int(match["year"]), True
                rest = match["rest"] or ""
                part = _part(rest)
                if not part and match["m1"]:
                    months = [int(one) for one in _MONTHS_OF.findall(rest)]
                    if months:
                        first_month = int(match["m1"])
                        part = _months(
                            first_month
                            if len(months) == 1 and first_month <= months[0]
                            else months[0],
                            months[-1],
                        )
                period = f"{at}{part}"
            elif match["relative"]:
                shift = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "下": 1}[
                    match["relative"][0]
                ]
                if last is None:
                    continue
                base = year or last
                at = base + shift
                period = f"{at}{_part(match['part'] or '')}"
            elif last is None:
                continue
            elif match["whole"]:
                at = year or last
                period = str(at)
            elif match["half"]:
                period = f"{at}{_part(match['half'])}"
            elif match["quarter"]:
                period = f"{at}{_quarter(match['quarter'])}"
            elif match["b"]:
                period = f"{at}{_months(int(match['a']), int(match['b']))}"
            else:
                period = f"{at}-{int(match['month']):02d}"
            if at is None:
                continue
            until, is_passing = self._reach(match, is_compared)
            if match["year"] and not is_passing:
                last = at
            found.append(_Mention(match.start(), match.end(), period, at, names, until, is_passing))
        return found

    def _reach(self, match: re.Match[str], is_compared: bool) -> tuple[int, bool]:
        """How far a time is meant: to the end of its bracket, of the base of a change, of its clause, or as far as it goes."""
        clean, end = self._clean, match.end()
        before = clean[max(match.start() - 13, 0) : match.start()]
        if _OPENING.search(before):
            return _first(_BRACKET_END, clean, end), True
        is_past = bool(match["relative"]) and match["relative"][0] in "去上前"
        is_base = _BASE_NEXT.match(clean, end) is not None and (
            is_past or before.endswith(("由", "从"))
        )
        if is_compared or is_base:
            number = _DIGIT.search(clean, end)
            return _first(_BASE_END, clean, number.end() if number else end), True
        if match["from"] is None and (
            _DEADLINE.match(clean, end)
            or (match["year"] and (_SINCE_WHEN.search(before) or _EVENT_NEXT.match(clean, end)))
        ):
            return _first(_CLAUSE_END, clean, end), True
        if match["month"]:
            return _first(_POINT_END, clean, end), False
        return len(clean), False

    def sentence_start(self, position: int) -> int:
        """Where the sentence (up to 。 or a line end) a character stands in begins."""
        index = bisect.bisect_right(self._stops, position) - 1
        return self._stops[index] if index >= 0 else 0

    def of(self, position: int) -> tuple[str, int | None]:
        """The period of what stands at a place, and its year."""
        start = self.sentence_start(position)
        index = bisect.bisect_left(self._starts, position) - 1
        while index >= 0 and self._mentions[index].start >= start:
            if position < self._mentions[index].until:
                return self._mentions[index].period, self._mentions[index].year
            index -= 1
        if not self._default:
            carried = self._carried(index, start)
            if carried is not None:
                return str(carried.year), carried.year
        year = self._section_year(position)
        return (str(year), year) if year else (self._default, self.year)

    def _section_year(self, position: int) -> int | None:
        """The year the heading above a place names."""
        at = bisect.bisect_right(self._section_starts, position) - 1
        return self._sections[at][1] if at >= 0 else None

    def _carried(self, index: int, start: int) -> _Mention | None:
        """The time an earlier sentence of the paragraph names, for a draft without a year of its own."""
        edge = self._clean.rfind("\n", 0, start) + 1
        while index >= 0 and self._mentions[index].start >= edge:
            one = self._mentions[index]
            if not one.is_passing:
                return one if one.year == self._usual_year else None
            index -= 1
        return None

    def is_plan(self, position: int) -> bool:
        """Whether a place lies in a section about what is still to be done."""
        at = bisect.bisect_right(self._section_starts, position) - 1
        return at >= 0 and self._sections[at][2]


def _title_year(reading: Reading) -> int | None:
    """The year a draft is about: of its title, else of its lead."""
    seen = 0
    for start, end in reading.paragraphs[:8]:
        line = reading.clean[start:end].strip()
        if not line:
            continue
        seen += 1
        found = _LINE_YEAR.search(line)
        if found is not None and (len(line) <= 45 or found.start() <= 2):
            return int(found[1])
        if len(line) > 45 or seen > 4:
            lead = re.search(
                rf"(?:^|[，。：])\s*(?:现将|现就|将)?(?:本人|我|我村|我镇|我乡)?({_YEAR})\s?年",
                line[:400],
            )
            return int(lead[1]) if lead else None
    return None


_TOP: Final = re.compile(r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:[、.．：:]|部分)|#{1,2}\s)")
_PLAN: Final = re.compile(
    r"下一?步|下一?阶段|下半年(?:工作)?(?:打算|安排|计划|重点)|下一年|明年|来年|今后|未来|打算|工作计划|工作安排|工作思路|工作重点|重点工作安排|目标任务|工作目标|奋斗目标|努力方向|展望|工作建议|改进措施|整改措施|总体要求|预期目标|发展目标|主要目标"
)
_SUB: Final = re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]")
_HEADING_END: Final = re.compile(r"[。：:]")
_PLAN_START: Final = re.compile(
    r"\s*(?:下一?步|下一?阶段|明年|来年|今后|下一年|下一?学年|下一?学期)"
)
#: A sentence in the middle of a paragraph that turns to what is next; all behind it is planned.
_PLAN_TURN: Final = re.compile(
    r"(?<=。)\s?(?:下一步|下步|下一?阶段|明年|来年|下一年|下一?学年|下一?学期)(?=[，,：:]|我|将|要|的?工作|全|计划|力争|重点)"
)
#: A heading about plans that has no number of its own kind: 2025年工作打算, 8.下一步工作思路.
_PLAN_HEADING: Final = re.compile(
    r"(?:\d{1,2}[.．、]\s?)?(?:(?:19|20)\d\d年度?|下一?步|明年|今后|下一?阶段|来年|下半年)?的?(?:主要|重点|总体)?(?:工作)?(?:的)?(?:打算|计划|思路|安排|展望|目标|谋划|努力方向)(?:[和与及、][一-鿿]{2,8})?"
)
_LATER_HEADING: Final = re.compile(r"(?:\d{1,2}[.．、]\s?)?((?:19|20)\d\d)年度?[一-鿿]{0,4}工作")
_MARGIN: Final = 6  #: marks and spaces around a heading that stands alone
#: 问题与打算, 存在问题及下一步计划: what is wrong comes first.
_MIXED: Final = re.compile(r"问题|不足|困难|短板|差距|体会|教训|薄弱")
_PLAN_TITLE: Final = re.compile(
    r"^.{0,60}(?:工作计划|工作要点|工作安排|工作打算|工作方案|实施方案|行动方案|工作思路)$"
)
_REPORT_TITLE: Final = re.compile(r"^.{0,60}(?:总结|述职|汇报|回顾|情况|成效|报告|小结)")
_DONE: Final = re.compile(
    r"完成情况|开展情况|进展|回顾|总结|成效|落实情况|履职情况|做法|工作情况|存在"
)


def _sections(reading: Reading, year: int | None) -> list[tuple[int, int | None, bool]]:
    """Where each part of the text begins, the year its section's heading names, and whether it is about plans.

    A part is a paragraph, or the rest of one from the sentence on that turns to what is next (下一步, 下学年).
    """
    found: list[tuple[int, int | None, bool]] = []
    top_year: int | None = None
    titles = [reading.clean[start:end].strip() for start, end in reading.paragraphs[:2]]
    whole = any(_PLAN_TITLE.search(title) for title in titles)
    whole = whole and not any(_REPORT_TITLE.search(title) for title in titles)
    top = sub = whole
    turns = False  #: under 问题与打算 the plans begin somewhere
    for start, end in reading.paragraphs:
        line = reading.clean[start : min(end, start + 60)]
        is_top = _TOP.match(line) is not None
        is_sub = not is_top and _SUB.match(line) is not None
        own = False
        if is_top or is_sub:
            heading = _HEADING_END.split(line, maxsplit=1)[0]
            named = [int(one) for one in _LINE_YEAR.findall(heading)]
            plan = bool(_PLAN.search(heading)) and not _DONE.search(heading)
            if named and year and named[0] > year:
                plan = True
            is_mixed = plan and _MIXED.search(heading) is not None
            plan = plan and not is_mixed
            if is_top:
                top_year = named[0] if named else None
                top = sub = plan or whole
                turns = is_mixed
            else:
                sub = top or plan
                turns = turns or is_mixed
        else:
            heading = _HEADING_END.split(line.strip(), maxsplit=1)[0]
            is_headed = _PLAN_HEADING.fullmatch(heading) is not None
            later = _LATER_HEADING.fullmatch(heading)
            if later is not None and year and int(later[1]) > year:
                is_headed = True
            own = is_headed or _PLAN_START.match(line) is not None
            if is_headed and end - start <= len(heading) + _MARGIN:
                top = sub = True
        is_plan = top or sub or own
        if own and turns:
            top = sub = True
        found.append((start, top_year, is_plan))
        if is_plan:
            continue
        turn = _PLAN_TURN.search(reading.clean, start, end)
        if turn is not None:
            found.append((turn.start(), top_year, True))
            if turns:
                top = sub = True
    return found


# ── done or planned, level or change ──────────────────────────────────────────────────────────────────────────────────

_TARGET: Final = re.compile(
    r"(?<![导行动度雨露划按照超培育资体])(?<![全五]年)计划(?=总?投资|投入|新|建|完|实|在|用|到|年|培|种|发|开|举|引|打|修|改|安|争|推|对|再|流|硬|组|于|今|明|20|至)"
    r"|力争|争取(?=在|于|实现|完成|达到|新增|新建|建成|年内|今年|明年|再|到20|全年|用|尽早|早日|年底)|预计|预期(?!寿命)|拟(?=建|投|新|实|在|用|于|发|安|引|申|对|流|打)|目标(?:是|为)"
    r"|确保(?=[^，。；]{0,12}\d)|确保(?=[^，。；]{0,24}(?:达到|完成|实现|增长|以上|不低于|不少于|控制在|突破))|将(?=新建|建成|达到|完成|实现|投资|投入|继续|进一步|新增|突破|超过|再)"
    r"|明年|下一年|下一步|打算|规划(?=建设|投资|新建|种植|到|实施)|有望|预估|努力(?=实现|完成|达到)|任务(?:为|是)|要(?=达到|完成|实现|新建|建成)|即将|全力争取|奋力实现"
)
_GROWTH: Final = re.compile(
    r"同比|环比|增长率|增长|增幅|增速|增收|增加|增产|增量|净增|多增|上升|上涨|提高|提升|下降|降低|减少|降幅|减幅|下滑|压减|压降|压缩|缩减|削减|下浮|上浮|多收|少收|回升|回落|涨幅|比(?:上年|去年|上一年|上月|上季度|\d{4}年|年初|同期|往年)|较(?:上年|去年|上一年|上月|年初|\d{4}年|同期|往年)|(?<!不)高于|(?<!不)低于|高出|超额|(?<!不)少于|(?<!不)多于|超出|翻了?|(?:比|较)[^，。；]{1,14}(?:高|低|多|少|快|慢|大|小)(?:了|出)?$|再降|再增|扩大|扩面|扩种|缩小|节本|多出"
)
#: Always changes, even with 达 behind them: 增幅达12%.
_SPEEDS: Final = frozenset({"同比", "环比", "增幅", "增速", "降幅", "减幅", "涨幅", "增长率"})
#: Behind these stands what is compared with, unless a verb comes first: 比上年171人次提高15%.
_COMPARING: Final = tuple("高低多少快慢大小了出")
_BASES: Final = ("比", "较", "同期", "往年")
#: What a change is measured against.
_COMPARED: Final = re.compile(
    r"[比较](?!例|重|如|好|为|强|大|多|高|赛|武|拟|照|对|试)|同比|环比|相比|高于|低于"
)
_PROMISE_END: Final = re.compile(r"[；;]")
#: Ends a promise: 计划投资3亿元，实际完成2亿元.
_DONE_SINCE: Final = re.compile(r"实际|已完成|已建成|已到位|现已|已实现|完成率")
_REACHED: Final = re.compile(r"(?:到|至|达|达到|为|成|是)(?:了)?(?:约|近|超过|超)?\s?$")
_CHANGE_TO: Final = re.compile(
    r"(?:增长|增加|提高|提升|上升|下降|降低|减少|压缩|缩短|扩大|上涨|发展|增|升|降|降|减|壮大|调整|优化|突破)(?:了)?(?:到|至|为|达到?)(?:约|近)?\s?$"
)


def role_of_amount(words: str, unit: str, *, is_share: bool) -> FigureRole:
    """rate, comparison or achieved, from the unit and the words before the figure in its clause.

    A share is compared where a change stands before it (增长5%); an amount only where the text also says with what (比去年增收2万元).
    """
    if unit in {"百分点", "基点", "倍"}:
        return "comparison"
    level: FigureRole = "rate" if is_share else "achieved"
    change = next(reversed(list(_GROWTH.finditer(words))), None)
    if change is None or (not is_share and _COMPARED.search(words) is None):
        return level
    behind = words[change.end() :]
    if not is_share and change[0].startswith(_BASES) and not change[0].endswith(_COMPARING):
        return level
    is_reached = len(behind) <= 6 and _REACHED.search(behind) is not None
    if change[0] in _SPEEDS or "幅度" in behind:
        is_reached = False
    is_near = len(behind) <= (12 if is_share else 6)
    if not is_near or is_reached or behind.endswith("的") or _CHANGE_TO.search(words):
        return level
    return "comparison"


def is_target(words: str) -> bool:
    """Whether the words before a figure in its sentence make it a promise or a forecast."""
    words = _PROMISE_END.split(words)[-1]
    promise = next(reversed(list(_TARGET.finditer(words))), None)
    return promise is not None and _DONE_SINCE.search(words, promise.end()) is None


# ── words around ──────────────────────────────────────────────────────────────────────────────────────────────────────

QUALIFIER: Final = re.compile(
    r"其中|共计|总计|合计|累计|一共|共有|共|总(?=[^结体之书支理监局部则队站])|现有|新增|全年|年内|计划|预计|力争|同比|环比|比去年|比上年|较去年|较上年|较上年同期|增长|增加|下降|减少|提高|降低|上升|分别|全部|达到|只有|仅|由|从|人均|户均|平均|约|近|超|不足|至少|已|目前|每|各|另|净增|占|完成率|以上"
)


def qualifiers_in(words: str) -> tuple[str, ...]:
    """The words before a figure that say how it is meant, in order, each once."""
    return tuple(dict.fromkeys(QUALIFIER.findall(words)))


_LEADING: Final = re.compile(
    r"^(?:[\s、，,的和及与并、“”）)]|(?:同比|比|较|与)(?:去年|上年|上一年|往年|年初|上月|同期|\d{4}年)?(?:同期)?(?:相比)?(?:增加|增长|减少|下降|提高|净增)?了?$|预计|计划|力争|确保|年底|到年底|辖|下辖|(?:19|20)\d\d年(?:度|以来|上半年|下半年|\d{1,2}月份?|底)?|\d{1,2}月份?|上半年|下半年|比如|例如|进行|开展过|其中|共计|总计|合计|累计|一共|共有|共|全年|年内|今年以来|今年|截至目前|截止目前|目前|现有|现|已经|已|先后|同时|还|另有|另外|另|并且|并|以及|通过|积极|主动|大力|全面|扎实|切实|及时|认真|共计|分别|完成了?|实现了?|开展了?|组织开展|组织|达到|达|为|是|有|对|把|将|全镇|全乡|全村|全县|全市|全区|全省|我村|我镇|我乡|我县|本村|落实了?|做到|成功|顺利|涉及|合计|投入使用|按照|每|由|从|到|至|约|近|超过|超|过|不足|仅|只有|各|均|其|该)"
)
_TRAILING: Final = re.compile(
    r"(?:[\s、，,:：（(“”]|(?:由|从|到|至)?(?:19|20)\d\d年的?|(?:比|较)(?:去年|上年|上一年|往年|年初|上月|同期)(?:同期)?|(?:由|从)$|同期|增加|增长|下降|减少|提高|上升|降低|共计|总计|合计|累计|共有|共|一共|达到了?|达|已达|为|是|有|约|大约|近|将近|超过|超|突破|逾|不足|不到|不少于|不低于|至少|多达|高达|了|各|分别|均|也|仅|只有|只|就|即|到|至|在|以|上|每|计|同比|较去年|较上年|增长了?|下降了?|增加了?|减少了?|提高了?|能|其中|以来|≥|>|＞)$"
)
_VERBS: Final = re.compile(
    r"^(?:新建|建成|建设|修建|改建|扩建|举办|召开|开展|组织|发放|发展|安装|购置|购买|采购|配备|投资|实施|打造|培育|引进|化解|调解|排查|整治|整改|清理|拆除|种植|流转|硬化|维修|更换|聘用|聘请|选派|吸纳|吸收|培训|带动|覆盖|涉及|惠及|辐射|投入|争取|落实|解决|帮助|走访|慰问|接待|受理|办理|查处|立案|破获|抓获|处理|处置|新增|新|增加|减少|创建|设立|成立|安置|拥有|建有|设有|下辖|辖|下设|现有|完成|实现|召集|参与|参加|建立|选举|推荐|择优|整合|盘活|植|栽植|补植|出动|悬挂|张贴|印发|制作|领取|享受|发布|投送|推送|接受|完善|制定|出台|收集|征集|上报|登记|核查|检查|巡查|改造|提升|绿化|消除|新识别|识别|认定|评选|表彰|奖励|资助|救助|减免|筹集|募集|募捐|捐赠|收缴|追回|签订|签约|洽谈|对接|转移|输出|输送|生产|加工|销售|出栏|存栏|播种|收获|预计|计划|力争|确保|达到|依托|包括|包含|还|已|共|个|只|仅|等|并|成功|给予|补助|建|修|打|挖|选树|选出|选拔|推选|发动|动员)+$"
)
_AFTER: Final = re.compile(
    r"(?:以上|以下|左右|以内|之多)?\s?(?:的)?(?P<noun>[一-鿿A-Za-z“”《》\-]{1,24})"
)
_AFTER_STOP: Final = re.compile(
    r"参加|参与|用于|进行|得到|获得|被|已|均|全部|纳入|享受|完成|开展|涉及|投入|覆盖|实现|达到|通过|加入|脱贫|受益|受到|得以|按时|以及|及其|并|和|与|，|在|为|等(?=$|[一-鿿])|共|正在|冲锋|带头|组成|增收|率先|积极"
)
_NOT_NOUN: Final = re.compile(
    r"^(?:以上|以下|以内|左右|和|及|与|并|等|至|到|或|的$|，|增加|提高|下降|增长|减少|是|为|在|其中|，|均|都|已|占|同比|较|比|来|起|内|外|后|前|中|余|多|上|下|共)"
)

_LONG_NOUN: Final = 8
#: What households and persons with no noun of their own are (5个村民小组，326户1210人).
_HEADS: Final = {"户": "农户", "人": "人口"}
_OPENED: Final = re.compile(r"[（(][^（）()]*$")
_BOUNDARY: Final = re.compile(r"[，,。；;：:！？!?\n]")


@dataclass
class Surroundings:
    """The words around the figures of one draft, read from left to right."""

    clean: str
    spans: list[tuple[int, int]]
    units: list[str]
    subjects: list[str] = field(default_factory=list)
    _taken: int = 0  #: words up to here belong to a figure before
    _ends: list[int] = field(default_factory=list)  #: behind each mark that ends a clause

    def __post_init__(self) -> None:
        self._ends = [match.end() for match in _BOUNDARY.finditer(self.clean)]

    def subject_of(self, index: int, sentence_start: int, organisation: str) -> str:
        """What figure number `index` counts, the organisation's name left out."""
        start, after = self.spans[index]
        previous = self.spans[index - 1][1] if index else 0
        is_chained = index > 0 and previous == start and previous > sentence_start
        left = max(self.clause_start(start), previous, self._taken)
        words = self.clean[left:start]
        opens = _OPENED.search(words)
        inside = ""
        if opens is not None:
            inside, words = words[opens.start() + 1 :], words[: opens.start()]
        unit = self.units[index]
        if organisation:
            _, named, rest = words.rpartition(organisation)
            words = rest if named else words
        subject = strip_phrase(inside)
        if not subject or _VERBS.match(subject):
            subject = strip_phrase(words)
        verb = ""
        if subject and _VERBS.match(subject):
            verb, subject = subject, ""
        elif subject and words.rstrip().endswith(("的", "等")):
            behind = self._noun_after(index, after)
            subject = behind or subject
        if not subject and is_chained:
            subject = self.subjects[index - 1]
        if not subject:
            noun = self._noun_after(index, after)
            if noun:
                subject = verb + noun if verb and len(verb) <= 4 else noun
        if not subject and index and previous >= sentence_start:
            subject = self.subjects[index - 1]
            if verb and unit == "元":
                subject = f"{subject}{verb}"
            elif (
                unit in _HEADS
                and self.units[index - 1] not in _HEADS
                and not words.strip("，,、 共")
            ):
                subject = _HEADS[unit]
        if not subject and left > sentence_start:
            edge = previous if previous < left - 1 else 0
            earlier = max(self.clause_start(left - 1), sentence_start, edge)
            subject = strip_phrase(self.clean[earlier : left - 1])
        subject = subject or verb
        self.subjects.append(subject[-30:])
        return self.subjects[-1]

    def clause_start(self, position: int) -> int:
        """Behind the last mark that ends a clause before a place."""
        edge = max(position - 80, 0)
        index = bisect.bisect_right(self._ends, position) - 1
        return max(edge, self._ends[index]) if index >= 0 else edge

    def _noun_after(self, index: int, after: int) -> str:
        """The noun behind a figure, or behind the figures that follow it without a gap (全镇12户36人划入网格)."""
        last = index
        while last + 1 < len(self.spans) and last - index < 3 and self.spans[last + 1][0] == after:
            last += 1
            after = self.spans[last][1]
        found = _AFTER.match(self.clean, after)
        if found is None:
            return ""
        noun, begin = found["noun"], found.start("noun")
        following = self.spans[last + 1][0] if last + 1 < len(self.spans) else len(self.clean)
        if following <= begin + len(noun):
            if last > index:  # 71户331人补贴资金113870元: the noun is of the next figure
                return ""
            noun = noun[: following - begin]
            if len(noun) > _LONG_NOUN:  # more than a noun: what the next figure counts is in it too
                return noun[:_LONG_NOUN]
        if _NOT_NOUN.match(noun):
            return ""
        stop = _AFTER_STOP.search(noun)
        if stop is not None:
            noun = noun[: stop.start()]
        if noun and last == index:
            self._taken = begin + len(noun)
        return noun.strip("“”")


def strip_phrase(words: str) -> str:
    """A phrase without the words that carry no meaning at its ends."""
    words = words.strip()
    for _ in range(8):
        shorter = _LEADING.sub("", words, count=1)
        if shorter == words or not shorter:
            break
        words = shorter
    for _ in range(8):
        shorter = _TRAILING.sub("", words, count=1)
        if shorter == words:
            break
        words = shorter
    for _ in range(3):
        shorter = _LEADING.sub("", words, count=1)
        if shorter == words or not shorter:
            break
        words = shorter
    return "" if _LEADING.fullmatch(words) else words


# ── whom it speaks of ─────────────────────────────────────────────────────────────────────────────────────────────────

_ORGANISATION: Final = re.compile(
    r"(?:^|(?<=[，,。；;：:、（(\s和及与由对为于从在])|(?<=最[高低大小多少好差]的))(?:其中|完成|实施|在)?(?P<name>[一-鿿XxＸ*×]{1,5}?(?:村|镇|乡|街道|社区|嘎查|苏木|组))(?![民级委内外容庄屯务集两干公道长织建合成史镇组社][^\d]|[民级委内外容庄屯务集两干公道长织建合成史镇组]|村)"
)
#: Verbs and other words before a name, which are no part of it: 选派甲村, 四是甲村.
_BEFORE_NAME: Final = re.compile(
    r"^(?:[一二三四五六七八九十]是|其中|完成|实施|建成|新建|建设|建立|培育|撤销|撤并|合并|选派|选聘|聘用|聘请|发放|打造|创建|争创|开展|组织|带动|覆盖|涉及|惠及|辐射|帮扶|走访|慰问|投入|整治|改造|提升|推进|安排|设立|成立|指导|督促|协调|服务|深入|召开|举办|通过|针对|围绕|依托|联系|包联|推动|抓好|落实|引导|鼓励|动员|发动|支持|培养|评选|表彰|确定|选定|选择|纳入|列入|申报|获评|荣获|评为|获得|调整|配备|配齐|选优|配强|补齐|健全|完善|清理|巡查|检查|硬化|绿化|亮化|美化|拆除|流转|盘活|整合|保留|新增|新设|增设|开设|优化|调配|下派|下沉|入驻|实现|占|设|辖|派|聘|个|条|位|余|把|使|让|到|至|从|在|由|给|向|以|及|并|且|将|被|按|最[高低大小多少好差远近]的|共|另|还|仅|已|均|地处|位于|属于|原|现)"
)
#: What no name of a unit begins with, or holds.
_COMMON: Final = re.compile(
    r"^(?:全|我|本|各|该|每|行政|建制|贫困|脱贫|出列|摘帽|深度|一般|空壳|示范|自然|农(?!场|科)|乡(?=村|镇)|中心|城(?=镇|乡|中|市|郊|区)|小(?=村|镇|乡|城|社|组|集)|村民|工作|党|互助|[一两二三四五六七八九十多几]个?(?:村|镇|乡|街|社|组|嘎|苏)|所有|其他|其余|重点|美丽|试点|先进|后进|薄弱|易地|搬迁|驻(?=村|镇|乡|社|街)|帮扶|联(?=村|组|镇|乡)|包(?=村|组|联|片)|新农|文明|某(?=村|镇|乡|社|街|组)|整治|领导|专班|邻(?=村|镇)|近郊|城中|空心|移民|古(?=村|镇)|老(?=村|镇)|新(?=村|镇)|大(?=村|镇|乡)|名(?=村|镇)|特色|旅游|乡镇|村镇|村|镇|街道|社区|嘎查|苏木|第|达标|合格|省|市|县|区|干部|党员|非|同|产业|相关|有关|部分|山区|边境|少数民族)"
    r"|^(?:[东南西北][靠邻接临连抵距至起]|距|毗邻|紧邻|相邻)|个|条|占|[党小]组|小组|[工专班].组|项目组|督导|检查|会在|以上|以下|任务|比|目前|积极|解决|转移|[全农乡城各本该场返入下到进集的外](?:村|镇|乡|街道|社区|嘎查|苏木|组)$"
)


_SHORTEST, _LONGEST = 2, 6  #: characters of a unit's name


_UNIT_NAME: Final = re.compile(r"[一-鿿XxＸ*×]{1,5}(?:村|镇|乡|街道|社区|嘎查|苏木|组)")


def names_a_unit(words: str) -> bool:
    """Whether words are the name of a village, town or group and nothing else."""
    return _UNIT_NAME.fullmatch(words) is not None and _COMMON.search(words) is None


def organisation_before(
    clean: str, start: int, sentence_start: int, known: re.Pattern[str] | None
) -> str:
    """The village, town or group named nearest before a figure in its clause; "" when none is."""
    left = max(sentence_start, start - 60)
    words = clean[left:start]
    if known is not None:
        named = ""
        for match in known.finditer(words):
            named = match[0]
        if named:
            return named
    last, end = "", 0
    for match in _ORGANISATION.finditer(words):
        name = match["name"]
        shorter = _BEFORE_NAME.sub("", name, count=1)
        while shorter != name:
            name, shorter = shorter, _BEFORE_NAME.sub("", shorter, count=1)
        if len(name) >= _SHORTEST and len(name) <= _LONGEST and not _COMMON.search(name):
            last, end = name, match.end()
    return "" if last and _is_closed(words[end:]) else last


def _is_closed(words: str) -> bool:
    """Whether a bracket opened before them ends in these words: 2个（甲村、乙村），市级…3个 is of neither."""
    close = min((at for at in (words.find("）"), words.find(")")) if at >= 0), default=-1)
    opened = max(words.rfind("（", 0, max(close, 0)), words.rfind("(", 0, max(close, 0)))
    return close >= 0 and opened < 0


def known_organisations(context: CheckingContext) -> re.Pattern[str] | None:
    """A pattern for the names of the organisation tree, longest first."""
    names = sorted((one for one in context.organisations if len(one) >= 2), key=len, reverse=True)
    return re.compile("|".join(re.escape(one) for one in names)) if names else None
