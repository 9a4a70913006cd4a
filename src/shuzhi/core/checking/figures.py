"""Every number of a draft that counts something, with its unit, its worth and what it speaks of.

A grammar of how Chinese reports write figures: what only looks like a number is put aside (`asides`), numbers are read with their
units (`numbers`, `measures`, `amounts`), and each is described by the words around it (`subjects`). Nothing here knows the books;
`comparing` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shuzhi.core.checking.amounts import (
    ONE,
    Amount,
    are_listed,
    begins_from,
    read_amounts,
)
from shuzhi.core.checking.asides import Special, put_aside
from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.measures import measures_of
from shuzhi.core.checking.model import CheckingContext, FigureRole, OutlineNode, TextFigure
from shuzhi.core.checking.numbers import NumberToken
from shuzhi.core.checking.subjects import (
    Surroundings,
    Times,
    is_target,
    known_organisations,
    names_a_unit,
    organisation_before,
    qualifiers_in,
    role_of_amount,
    strip_phrase,
)
from shuzhi.core.checking.text import Reading


def read_figures(
    reading: Reading, outline: Sequence[OutlineNode], lexicon: Lexicon, context: CheckingContext
) -> tuple[TextFigure, ...]:
    """Every number of the draft that counts something, in order, not overlapping. Linear in the draft's length.

    Args:
        reading: the draft's text made readable.
        outline: its parts; a section about next steps makes targets of what stands in it.
        lexicon: units, measure words and fixed names.
        context: what the office knows; its year and its organisations' names are used.
    """
    plain, special = put_aside(reading.clean, lexicon)
    found = read_amounts(plain, reading.clean, measures_of(lexicon))
    found.extend(_amount_of(one) for one in special)
    found.sort(key=lambda one: one.start)
    return tuple(_Describer(list(_apart(found)), reading, outline, context).describe())


def _amount_of(one: Special) -> Amount:
    token = NumberToken(one.start, one.end, "arabic", one.number, one.value)
    return Amount(
        token, one.start, one.end, one.unit, one.unit, ONE, one.value, one.end, one.number, is_rank=one.is_rank
    )  # fmt: skip


def _apart(found: Iterable[Amount]) -> Iterator[Amount]:
    end = 0
    for one in found:
        if one.start >= end:
            yield one
            end = one.end


# ── description ───────────────────────────────────────────────────────────────────────────────────────────────────────

#: What a standard is counted by: 每亩, 人均, 亩产.
_EACH: Final = re.compile(
    r"(?:每(?P<many>\d{0,4})(?:一)?(?:个)?(?P<per>贫困村|行政村|自然村|脱贫村|示范村|试点村|重点村|薄弱村|村民小组|千瓦时|网格|支部|党小组|小组|贫困户|脱贫户|农户|党员|干部|民警|教师|老人|孩子|儿童|家庭|企业|项目|单位|岗位|班级|学校|街道|乡镇|站点|点位|小区|楼栋|平方米|平方公里|公斤|公里|公顷|立方米|人次|学期|季度|星期|小时|工日|人|户|亩|头|只|村|月|年|天|日|名|位|次|吨|斤|组|社区|学生|生|班|校|周|场|期|家|株|棵|米|套|间|座|台|辆|羽|件|份|口|季|车|镇|乡|箱|度|盏|支|块|处|所|幢|栋|眼|艘|匹|尾|根|篇|本|册|条|项|队|桶|袋|瓶|盘|张|床|顶|扇|副|对|节|门|课时|届|餐|单|笔|例|起|桌|孔|级)"
    r"|每(?P<any>个)"
    r"|(?P<average>人|户|亩|头|日|月|年|生|公里|平方公里)均(?!衡|等|匀|势)"
    r"|(?<![各每全个两三四五六七八九十\d有等家])(?P<mean>村|校|县|镇|乡|班|单位|地|车|台|床|辆|件|场|次|所|组|桌|社区|支部|企业|网格|街道|株|棵|座|店|台次)均(?!衡|等|匀|已|建|实|完|有|通|设|配|纳|成|开|制|按|安|覆|能|可|无|未|得到|获|被|以|在|属|是|脱|为优|为良|达标|达到[^，。\d]|由|取|不)"
    r"|(?P<yield>亩|公顷)产)"
)
#: The same standard at another time: 由580公斤提高到610公斤, 13650元，比上年的12720元增加930元.
_SAME_STANDARD: Final = re.compile(
    r"\s?(?:以上|左右)?[，,]?(?:比|较|由|从|同比)?(?:上年度?|去年|上一年|前年|年初|\d{4}年)?(?:同期)?的?(?P<change>(?:增加|增长|提高|减少|下降|净增|增收|提升|上升|降低)了?(?!到|至))?(?:增加|增长|提高|提升|下降|降低|增|降|升)?(?:到|至|达到|达|为)?约?\s?"
)
_ALIKE: Final = 3  #: how many times larger the same standard may be at another time
#: Words right before a number that make it less than exact …
_BEFORE_WORD: Final = re.compile(
    r"(不少于|不低于|不超过|不高于|不多于|最多|最高|将近|接近|大约|大概|约|近|超过|超|逾|突破|不足|不满|不到|少于|低于|高于|大于|小于|至少|最少|≥|>|＞|≤|<|＜|上|过|破)(?:了)?\s?$"
)
#: … and the word of `formatting.is_consistent` each is held against.
_WORDS: Final = {
    "以上": "以上", "以下": "以下", "以内": "以内", "左右": "左右", "上下": "左右", "不少于": "不少于", "不低于": "不低于",
    "不超过": "不超过", "不高于": "不超过", "不多于": "不超过", "最多": "不超过", "最高": "不超过", "将近": "近", "接近": "近", "大约": "大约",
    "大概": "大约", "约": "约", "近": "近", "超过": "超过", "超": "超", "逾": "超", "突破": "突破", "不足": "不足", "不满": "不满", "不到": "不到",
    "少于": "不足", "低于": "不足", "小于": "不足", "高于": "超", "大于": "超", "至少": "至少", "最少": "至少", "≥": "以上", ">": "超", "＞": "超",
    "≤": "不超过", "<": "不足", "＜": "不足", "上": "以上", "过": "超", "破": "超",
}  # fmt: skip
_AFTER_WORD: Final = re.compile(r"\s?(?:[（(]含[）)])?(以上|以下|以内|左右|上下)")
_ROUNDING: Final = frozenset({"上", "过", "破"})  #: only before 百, 千, 万: 上百户, 过万
_TO: Final = re.compile(r"^[^，。；]{0,16}?(?:到|至|为|成|达)[^，。；]{0,16}$")
_BOUND: Final = re.compile(r"\s?(?:以上|以下|以内|及以上)(?P<rest>[^，。；、！,;\n][^\n]{0,12})")
_NEAR: Final = re.compile(r"[^，。；]{0,14}")
_LIMIT: Final = re.compile(r"(?:高于|低于|超过|不足|不到|大于|小于|不低于|不少于|达到|超)$")
_LIMITED: Final = re.compile(r"的[一-鿿]{1,8}(?:有|共|达)?\s?$")
_CLASSED: Final = re.compile(
    r"(?:的)?(?!资金|投资)[一-鿿]{1,10}?(?:户|村|企业|园|场|合作社|老人|人员|项目|工业|党组织|基地|单位|干部|学校|群众|家庭)"
)


class _Describer:
    """Says of each amount what it counts, whose and when it is, and whether it is done, promised or compared."""

    def __init__(
        self,
        found: list[Amount],
        reading: Reading,
        outline: Sequence[OutlineNode],
        context: CheckingContext,
    ) -> None:
        self.found, self.reading, self.clean = found, reading, reading.clean
        self.times = Times(reading, outline, context)
        self.begins = [self.times.sentence_start(one.start) for one in found]
        known = known_organisations(context)
        self.owners = [
            organisation_before(self.clean, one.start, begin, known)
            for one, begin in zip(found, self.begins, strict=True)
        ]
        self.around = Surroundings(
            self.clean, [(one.start, one.after) for one in found], [one.unit for one in found]
        )
        self.subjects = [
            self.around.subject_of(index, self.begins[index], self.owners[index])
            for index in range(len(found))
        ]
        _distribute(found, self.clean, self.subjects, self.owners)

    def describe(self) -> Iterator[TextFigure]:
        """The figures in order."""
        last_role: FigureRole = "achieved"
        pers: list[str] = []
        for index, one in enumerate(self.found):
            start, end = self.reading.back(one.start, one.end)
            text = self.reading.original[start:end]
            period, year = self.times.of(one.start)
            word, approx = self._approximation(one)
            clause = max(self.around.clause_start(one.start), self.begins[index])
            previous = self.found[index - 1].after if index else 0
            own = max(clause, previous)
            role = self._role(index, self.clean[own : one.start], year)
            if role in {"rate", "achieved"} and index and self._is_listed(index):
                role = last_role if last_role in {"comparison", "target"} else role
            last_role = role
            is_wide = "％" in text
            pers.append(self._per(index, own, pers))
            yield TextFigure(
                start=start,
                end=end,
                at=(one.start, one.end),
                text=text,
                value=one.value,
                unit="％" if is_wide and one.unit == "%" else one.unit,
                raw_unit=one.raw_unit.replace("%", "％") if is_wide else one.raw_unit,
                number=one.number,
                role=role,
                approx=approx,
                word=word,
                upper=one.upper,
                step=one.step,
                subject=self.subjects[index],
                organisation=self.owners[index],
                period=period,
                per=pers[-1],
                qualifiers=qualifiers_in(self.clean[clause : one.start]),
                sentence=self.reading.sentence_at(one.start),
            )

    def _is_listed(self, index: int) -> bool:
        """Whether a figure goes on a list of the same unit: 增长18.8%、23.7%."""
        before, one = self.found[index - 1], self.found[index]
        return before.unit == one.unit and are_listed(self.clean, before.after, one.start)

    def _per(self, index: int, left: int, before: list[str]) -> str:
        """人均, 每亩, 每人每月: what a standard is counted by; a change of one in per cent is counted by nothing."""
        one = self.found[index]
        if one.per or one.is_share or one.unit in {"百分点", "基点", "倍"}:
            return one.per
        units = [
            each["per"] or each["average"] or each["mean"] or each["yield"] or each["any"]
            for each in _EACH.finditer(self.clean, left, one.start)
        ]
        if units:
            return "·".join(dict.fromkeys(units))
        former = self.found[index - 1] if index else None
        if former is None or former.unit != one.unit or not before[-1]:
            return ""
        is_same = _SAME_STANDARD.fullmatch(self.clean, former.end, one.start)
        if is_same is None or one.start - former.end < 2 or one.value is None:
            return ""
        is_change = is_same["change"] is not None
        is_near = former.value is not None and (
            former.value < one.value * _ALIKE and one.value < former.value * _ALIKE
        )
        return before[-1] if is_change or is_near else ""  # 日均12起，比上年的4866起 is a total

    def _approximation(self, one: Amount) -> tuple[str, bool]:
        """The word that makes a figure less than exact, if any."""
        if one.token.inner:
            return (one.token.inner if one.token.inner in {"余", "多"} else "余"), True
        after = _AFTER_WORD.match(self.clean, one.end)
        if after is not None:
            return _WORDS[after[1]], True
        before = _BEFORE_WORD.search(self.clean, max(one.start - 5, 0), one.start)
        is_rough = one.token.is_bare or one.token.is_vague
        if before is not None and (before[1] not in _ROUNDING or is_rough):
            return _WORDS[before[1]], True
        return ("约", True) if one.token.is_vague else ("", False)

    def _role(self, index: int, words: str, year: int | None) -> FigureRole:
        """What kind of figure it is; `words` stand before it in its clause."""
        one, begin = self.found[index], self.begins[index]
        if one.value is None:
            return "placeholder"
        if one.is_rank:
            return "comparison"
        if not one.is_share and self._is_threshold(index):
            return "threshold"
        is_later = year is not None and self.times.year is not None and year > self.times.year
        if is_later or self.times.is_plan(one.start):
            return "target"
        if is_target(self.clean[max(begin, one.start - 60) : one.start]):
            return "target"
        if self._is_former(index):
            return "rate" if one.is_share else "achieved"
        return role_of_amount(words, one.unit, is_share=one.is_share)

    def _is_former(self, index: int) -> bool:
        """The 8.2% of 由8.2%提高到12%: a level, whatever change is spoken of."""
        one = self.found[index]
        if one.is_former or index + 1 >= len(self.found):
            return one.is_former
        following = self.found[index + 1]
        between = self.clean[one.after : following.start]
        is_same = following.unit == one.unit and begins_from(self.clean, one.start)
        return is_same and _TO.match(between) is not None

    def _is_threshold(self, index: int) -> bool:
        """100万元以上的村3个, X头以上养殖示范园, 60岁以上老人: a bound that classifies what is counted beside it."""
        one = self.found[index]
        following = self.found[index + 1] if index + 1 < len(self.found) else None
        bound = _BOUND.match(self.clean, one.end)
        if bound is None:
            if one.unit in {"岁", "周岁"}:
                return _AFTER_WORD.match(self.clean, one.end) is not None
            is_limit = _LIMIT.search(self.clean, max(one.start - 4, 0), one.start) is not None
            if not is_limit or following is None or following.start - one.end > 12:
                return False
            return _LIMITED.match(self.clean[one.end : following.start]) is not None
        if one.unit in {"岁", "周岁"}:
            return True
        if following is not None and _NEAR.fullmatch(self.clean, one.after, following.start):
            return True
        if index and self.found[index - 1].end == one.start:
            return True
        return _CLASSED.match(bound["rest"]) is not None


# ── lists whose numbers come together ─────────────────────────────────────────────────────────────────────────────────

_COMMON_HEAD: Final = re.compile(
    r"^(?:[一-鿿]{0,6}?(?:出栏|存栏|种植|栽植|完成|实现|发放|补贴|投入|新建|建成|改造|安装|全年|全镇|全乡|全村|其中|培训|种))+"
)
#: … 丙三村新增脱贫户分别: how many, of what kind, and what they have in common.
_SEVERAL: Final = re.compile(
    r"(?P<count>[两三四五六七八九十]|\d{1,3})个?(?P<kind>村|镇|乡|社区|街道|组)(?P<tail>[一-鿿]{0,10}?)(?:分别|各)"
)
_RESPECTIVELY: Final = re.compile(r"(?:分别|各)")
_ITEMS: Final = re.compile(r"[、和及与]")


def _distribute(found: list[Amount], clean: str, subjects: list[str], owners: list[str]) -> None:
    """羊、生猪、肉牛4.82万只、3.71万头、0.54万头: the first figure is of the first thing named, and so on.

    Puts what each figure of such a list counts, or whose it is (甲、乙两村分别…), into `subjects` and `owners`.
    """
    index = 0
    while index < len(found):
        first = index
        while index + 1 < len(found) and are_listed(
            clean, found[index].after, found[index + 1].start
        ):
            index += 1
        index += 1
        if index - first < 2:
            continue
        edge = max(found[first].start - 90, 0)
        marks = (clean.rfind(mark, edge, found[first].start) for mark in "。；：\n，")
        words = clean[max(edge - 1, *marks) + 1 : found[first].start]
        items = _ITEMS.split(words)
        if "分别" not in words:
            items = items[first - index :]
        if len(items) != index - first:
            continue
        kind, common, end = "", "", items[-1]
        several = _SEVERAL.search(end)
        if several is not None:
            kind, common, end = several["kind"], several["tail"], end[: several.start()]
        else:
            end = _RESPECTIVELY.split(end, maxsplit=1)[0]
        bare = _COMMON_HEAD.sub("", items[0])
        head = strip_phrase(items[0].removesuffix(bare)) if bare else ""
        parts = [part.strip() for part in (bare or items[0], *items[1:-1], end)]
        if not all(parts):
            continue
        if not kind and all(names_a_unit(part) for part in parts):  # 甲镇、乙镇分别完成…
            for place, part in zip(range(first, index), parts, strict=True):
                owners[place], subjects[place] = part, subjects[first]
            continue
        for place, part in zip(range(first, index), parts, strict=True):
            if kind:
                owners[place] = part.removesuffix(kind) + kind
                subjects[place] = common or subjects[first]
            else:
                label = strip_phrase(part) or part
                subjects[place] = label if head in label else head + label
