"""Years and days: the report's year against its body, days no calendar has, ranges written backwards.

The report's year is taken from its title or lead, else from the context; history told in passing is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from shuzhi.core.checking.arithmetic_view import View
from shuzhi.core.checking.model import Finding

_YEAR: Final = r"(?<![\d.])((?:19|20)\d\d)"
_DATE: Final = re.compile(
    r"(?:(?<!\d)((?:19|20)\d\d)年(?:度)?)?(?<![\d.—–\-~、第])(?<![^截]至)(\d{1,2})月(?:份)?(?:(\d{1,2})(?:日|号(?!楼|线|路|文|院|店)))?(?!\d)"
)
_CLOCK: Final = re.compile(r"(?<![\d.:：])(\d{1,2})[时点:：](\d{2})分?(?![\d:：])")
_CLOCK_CONTEXT: Final = re.compile(r"上午|下午|凌晨|晚上?|早上?|中午|夜|每[天日]|日")
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_YEAR_RANGE: Final = re.compile(rf"{_YEAR}年?(?:[—–\-~～]{{1,2}}|至|到)((?:19|20)\d\d)年")
_DASH: Final = r"(?:[—–－～~]{1,2}|-|至|到)"
_UNITS: Final = (
    "%|个百分点|公里|千米|毫米|厘米|平方米|立方米|米|万?亩|万[株只头羽尾盏户棵袋件]|万元|亿元|元|万人|人|户|岁|天|头|万?吨|公斤|万?斤|倍|名|个月|个|次|度"
    "|公顷|毫克|千克|克|分钟|小时|℃|摄氏度|只|株|盏|场|家|辆|件|组|批|里|层|孔|课时|万"
)
_RANGE: Final = re.compile(
    rf"(?<![\dA-Za-z.\-—–～~〔\[第“/时点由从自])(?<![^每][年月日])(\d+(?:\.\d+)?)({_UNITS})?{_DASH}(\d+(?:\.\d+)?)"
    rf"({_UNITS})(?!\d)"
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_FALLING: Final = re.compile(
    r"(?:由(?!于|村|镇|乡|县|政)|从(?!事|业)|降(?![水雨雪])|减(?![免灾排压])|缩|自(?![然来愿治主筹查建])|倒|比分|回落)[^，。；]{0,16}$"
)

_TITLE_YEAR: Final = re.compile(rf"{_YEAR}年?度?")
_REPORTED: Final = re.compile(
    rf"(?:现将|现就|下面[，,]?我?就|汇报|现把|将)[^，。；\n\d]{{0,24}}{_YEAR}年?度?[^，。；\n]{{0,40}}(?:汇报|报告|总结|述职)"
)
_REVIEW_HEADING: Final = re.compile(
    r"(?:^|(?<=\n))[ \t\u3000]{0,8}(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.．、])?[ \t\u3000]{0,8}((?:19|20)\d\d)年度?[^，。；\n\d]{0,16}(?:工作(?:开展|完成|落实)?(?:情况|回顾|总结)|主要(?:工作|成效|做法)|回顾|完成情况|履职情况)"
)
_PLAN_HEADING: Final = re.compile(
    r"(?:^|(?<=\n))[ \t\u3000]{0,8}(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.．、])?[ \t\u3000]{0,8}((?:19|20)\d\d)年度?[^，。；\n\d]{0,16}(?:重点工作(?!完成|开展|情况|推进|落实|进展)|目标任务(?!完成)|工作(?:打算|计划|安排|思路|谋划|目标|重点|要点|部署)|(?:主要|工作|重点)任务(?!完成|落实|推进|进展)|打算|计划|安排|思路|谋划)"
)
_REPORT_TITLE: Final = re.compile(r"总结|述职|汇报|工作报告|工作情况|履职|报告")
_PLAN_TITLE: Final = re.compile(r"计划|打算|要点|安排|方案|思路")
_BASE_YEAR: Final = re.compile(
    rf"(?:同比|比|较|相比|对比|与){_YEAR}年?(?:度|同期|全年|年底|末|底)?(?:同期|相比)?(?:[^，。；\n]{{0,3}})(?:增|下降|减|提高|提升|上升|翻|多|少|高|低|净增)"
)
_PLANNING: Final = re.compile(r"计划|力争|预计|目标|争取|确保|将|规划|打算|到20\d\d年")


def find_years(view: View) -> Iterator[Finding]:
    """Impossible days (018), ranges written backwards (019), years that do not fit the report (020, 021)."""
    yield from _find_dates(view)
    yield from _find_ranges(view)
    yield from _find_report_years(view)


def _find_dates(view: View) -> Iterator[Finding]:
    clean = view.clean
    for match in _dates(clean):
        month = int(match[2])
        day = int(match[3]) if match[3] else None
        span = (match.start(2), match.end())
        if clean[match.end() : match.end() + 1] == "龄" or (
            day is None and clean[match.end() - 1] != "月" and "份" not in match[0]
        ):
            continue
        if not 1 <= month <= 12:
            if day is None and not (match[1] or "份" in match[0] or 12 < month < 20):
                continue
            yield view.finding("ARITHMETIC_018", "wrong", span, {"found": clean[span[0] : span[1]]})
            continue
        if day is None:
            continue
        limit = _DAYS[month - 1]
        if month == 2 and match[1] is not None and not _is_leap(int(match[1])):
            limit = 28
        if not 1 <= day <= limit:
            yield view.finding("ARITHMETIC_018", "wrong", span, {"found": clean[span[0] : span[1]]})
    for match in _CLOCK.finditer(clean):
        hour, minute = int(match[1]), int(match[2])
        if hour <= 24 and minute <= 59:
            continue
        is_named = "分" in match[0] or match[0][len(match[1])] in "时点"
        if is_named and _CLOCK_CONTEXT.search(clean[max(match.start() - 8, 0) : match.start()]):
            yield view.finding("ARITHMETIC_018", "wrong", match.span(), {"found": match[0]})


def _dates(clean: str) -> Iterator[re.Match[str]]:
    """What _DATE matches, looked for only around 月: trying it at every character is what costs."""
    done, at = 0, clean.find("月")
    while at >= 0:
        match = _DATE.search(clean, max(done, at - 8), min(at + 8, len(clean)))
        if match is not None and match.end(2) <= at:
            yield match
            done = match.end()
        at = clean.find("月", at + 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _find_ranges(view: View) -> Iterator[Finding]:
    clean = view.clean
    for years in _YEAR_RANGE.finditer(clean):
        if int(years[1]) > int(years[2]):
            yield _reversed(view, years, f"{years[2]}", f"{years[1]}")
    for number in _NUMBER.finditer(clean):
        match = _RANGE.match(clean, number.start())
        if match is None:
            continue
        first, second = Decimal(match[1]), Decimal(match[3])
        if first <= second:
            continue
        head = clean[max(match.start() - 24, 0) : match.start()]
        if _FALLING.search(head) and not _is_change_between(match, head):
            continue
        if match[2] and match[2] not in {match[4], match[4].removesuffix("元")}:
            continue
        before = re.split(r"[，。；、]", clean[max(match.start() - 12, 0) : match.start()])[-1]
        connector = clean[match.end(2) if match[2] else match.end(1) : match.start(3)]
        if (
            connector == "-"
            and not match[2]
            and (
                match[1].startswith("0")
                or (first >= 100 and not re.search(r"海拔|高程|间距|价格?[在为]?$", before))
            )
        ):
            continue  # a telephone line or a file number before its unit
        if connector in "至到" and re.search(
            r"提|升|增至|达|调|改(?!造)|变|原|扩|发展(?!党员)|低|比例|缩|压|回", before
        ):
            continue
        yield _reversed(view, match, match[3], match[1])


def _is_change_between(match: re.Match[str], head: str) -> bool:
    """下降5—3%: the dash between two sizes of a fall is no fall from the one to the other."""
    return (
        match[4] in {"%", "个百分点"}
        and match[0][len(match[1]) + len(match[2] or "")] in "—–－～~-"
        and re.search(r"(?:下降|降低|减少|回落|缩减|压减)(?:约|了|近)?$", head) is not None
        and re.search(r"[由从自][^，。；]{0,16}$", head) is None
    )


def _reversed(view: View, match: re.Match[str], low: str, high: str) -> Finding:
    expected = match[0]
    first, second = (match.span(1), match.span(2) if match.re is _YEAR_RANGE else match.span(3))
    base = match.start()
    expected = (
        match[0][: first[0] - base]
        + low
        + match[0][first[1] - base : second[0] - base]
        + high
        + match[0][second[1] - base :]
    )
    return view.finding(
        "ARITHMETIC_019",
        "warning",
        match.span(),
        {"found": match[0], "expected": expected},
        expected=expected,
        has_replacement=True,
    )


# ── the report's own year ─────────────────────────────────────────────────────────────────────────────────────────────


def report_year(view: View) -> tuple[int, tuple[int, int]] | None:
    """The year the title names, with its place; None when no title names one year."""
    for start, end in view.study.reading.paragraphs[:3]:
        line = view.clean[start:end]
        if len(line) > 60 or not _REPORT_TITLE.search(line) or _PLAN_TITLE.search(line):
            continue
        found = list(_TITLE_YEAR.finditer(line))
        years = {int(match[1]) for match in found}
        if len(years) == 1:
            return years.pop(), (start + found[0].start(1), start + found[0].end(1))
        return None
    return None


def _find_report_years(view: View) -> Iterator[Finding]:
    clean = view.clean
    titled = report_year(view)
    reviewed = [(int(m[1]), m.span(1)) for m in _REVIEW_HEADING.finditer(clean)]
    # The first heading line may be the title itself.
    reviewed = [one for one in reviewed if titled is None or one[1] != titled[1]]
    planned = [(int(m[1]), m.span(1)) for m in _PLAN_HEADING.finditer(clean)]
    planned = [one for one in planned if titled is None or one[1][0] > titled[1][1]]
    told = [(int(m[1]), m.span(1)) for m in _REPORTED.finditer(clean, 0, min(len(clean), 3000))]
    is_government = titled is not None and "政府工作报告" in clean[:80]

    reporting = told + reviewed
    if titled is not None:
        year, place = titled
        for other, span in reporting[:4]:
            if other != year and not (
                is_government
                or (
                    other == year - 1
                    and (any(one == year for one, _ in planned) or _has_plan_year(clean, year))
                )
            ):
                yield _year_finding(view, span, other, year, place)
    years = {one for one, _ in reporting} or ({titled[0]} if titled else set())
    if len(years) == 1:
        year = years.pop()
        place = reporting[0][1] if reporting else (titled[1] if titled else (0, 0))
        for other, span in planned:
            if other < year or other > year + 1:
                yield _year_finding(view, span, other, year + 1, place)
        yield from _find_planned_years(view, planned, year)
        for match in _BASE_YEAR.finditer(clean):
            base = int(match[1])
            sentence_start = (
                max(
                    clean.rfind("。", max(match.start() - 300, 0), match.start()),
                    clean.rfind("\n", max(match.start() - 300, 0), match.start()),
                    match.start() - 300,
                    -1,
                )
                + 1
            )
            if base > year and not _PLANNING.search(clean[sentence_start : match.end()]):
                yield view.finding(
                    "ARITHMETIC_021",
                    "warning",
                    match.span(1),
                    {"base": match[1], "year": year, "expected": str(year - 1)},
                    [place],
                    str(year - 1),
                )


_PLANNED_FOR: Final = re.compile(
    r"(?:(?<=[\n。；])|(?<=[、.．）)]))[ \t\u3000]{0,4}(?<![\d.])((?:19|20)\d\d)年[，,]?(?:全[村镇乡县市区]|我[们村镇乡县市区局]?|村[\u4e00-\u9fff]{0,4}){0,2}[，,]?"
    r"(?:还?将(?!近)|计划(?!生育)(?![^，。；]{0,10}的)|力争|拟|打算|预计|争取(?!到|上级|资金)|要(?!求|素|点))(?![^，。；\n]{0,20}(?:已|了))"
)


def _find_planned_years(
    view: View, planned: list[tuple[int, tuple[int, int]]], year: int
) -> Iterator[Finding]:
    """Under 四、2018年工作思路 a sentence 2017年，计划完成…: what is planned for the year just reported."""
    for number, (headed, span) in enumerate(planned):
        if headed != year + 1:
            continue
        place = view.study.reading.back(*span)[0]
        ends = [
            node.body_end
            for node in view.study.outline
            if node.kind == "heading" and node.start <= place < node.end
        ]
        if not ends:
            continue
        end = view.study.reading.forth(max(ends))
        if number + 1 < len(planned):
            end = min(end, planned[number + 1][1][0])
        for match in _PLANNED_FOR.finditer(view.clean, span[1], end):
            if int(match[1]) == year:
                yield _year_finding(view, match.span(1), year, headed, span)


def _has_plan_year(clean: str, year: int) -> bool:
    return (
        re.search(rf"{year}年[^，。\n]{{0,6}}(?:工作)?(?:打算|计划|安排|思路|目标|总体要求)", clean)
        is not None
    )


def _year_finding(
    view: View, span: tuple[int, int], found: int, expected: int, place: tuple[int, int]
) -> Finding:
    return view.finding(
        "ARITHMETIC_020",
        "warning",
        span,
        {"found": str(found), "expected": str(expected), "place": view.clean[place[0] : place[1]]},
        [place],
        str(expected),
    )
