"""Which indicator, whose and of when a number in a draft is: by content control first, by what the office confirmed, by wording last.

Wording only proposes: each proposal has a confidence and the next best candidates, and a person decides. Nothing here reads
figures from the books or knows what they say.

Words are compared as pairs of characters, each weighted by how few indicators it occurs in: 日光温室 says much, 面积 next to
nothing. All scores are whole numbers; a likeness of two wordings is no quantity.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

from shuzhi.core.checking.model import Control, OutlineNode, TextFigure
from shuzhi.core.checking.study import Study
from shuzhi.core.definitions import Catalogue, IndicatorDef, ParagraphDef, SectionDef, SentenceDef
from shuzhi.core.divisions import normalise_name
from shuzhi.core.figures import FigureId, FigureKind
from shuzhi.core.periods import Period, half, parse_period, up_to, year
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import SlotIdentity, is_tag, parse_tag, parse_template

#: control: Shuzhi's own content control · confirmed: a person of the office said so · wording: proposed · none: nothing fits
How = Literal["control", "confirmed", "wording", "none"]

#: From here on a proposal is acted upon: it is compared, and a difference is reported. See `_CALIBRATION` for what it means.
LIKELY: Final = Decimal("0.8")
#: Below this a proposal is not even shown: nothing of the books is behind the number.
POSSIBLE: Final = Decimal("0.3")
#: How many of the next best candidates are kept.
CANDIDATES: Final = 4


# ── what is matched with what ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as a draft may name it."""

    code: str
    name: str
    level: str
    parent: str = ""  #: code


@dataclass(frozen=True)
class Tree:
    """The organisations a draft may speak of: its writer, those above and below, and their neighbours."""

    writer: str  #: code
    units: tuple[Unit, ...]

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The organisations by code."""
        return {one.code: one for one in self.units}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.units:
            for name in {one.name, normalise_name(one.name)}:
                found[name].append(one.code)
        return found

    def name_of(self, code: str) -> str:
        """The organisation's name, or the code of one that is not in the tree."""
        found = self.by_code.get(code)
        return found.name if found else code

    def ancestors(self, code: str) -> Iterator[Unit]:
        """The organisation itself and those above it, nearest first."""
        found = self.by_code.get(code)
        while found is not None:
            yield found
            found = self.by_code.get(found.parent)

    def neighbours(self, code: str) -> list[str]:
        """Those with the same superior, and the superior and the subordinates: whose figure may have been copied."""
        here = self.by_code.get(code)
        if here is None:
            return []
        above = [here.parent] if here.parent in self.by_code else []
        below = [one.code for one in self.units if one.parent == code]
        beside = [
            one.code
            for one in self.units
            if one.parent == here.parent and one.code != code and here.parent
        ]
        return [*above, *below, *beside]

    def resolve(self, words: str) -> str | None:
        """The code of the organisation a text names; the writer for none, None for one that is not known.

        全镇 in a village's report is its township; a name that several bear is the nearest to the writer.
        """
        words = words.strip()
        if not words:
            return self.writer
        level = _OWN.get(words)
        if level is not None:
            return next((u.code for u in self.ancestors(self.writer) if u.level == level), None)
        codes = self._by_name.get(words) or self._by_name.get(normalise_name(words)) or []
        if not codes and _NO_NAME.search(words):
            return self.writer
        if len(codes) <= 1:
            return codes[0] if codes else None
        own = {u.code for u in self.ancestors(self.writer)}
        near = [c for c in codes if own & {u.code for u in self.ancestors(c)} - {c}] or codes
        beneath = [c for c in codes if self.writer in {u.code for u in self.ancestors(c)}]
        best = beneath or near
        return best[0] if len(best) == 1 else None


def _own_words() -> dict[str, str]:
    """全镇, 本镇, 我镇, 镇 → township, and so for each level."""
    places = {
        "county": ("县", "区", "市", "旗", "县域"),
        "township": ("镇", "乡", "街道", "苏木", "镇域", "乡域"),
        "village": ("村", "社区", "嘎查", "村里"),
    }
    return {
        before + place: level
        for level, names in places.items()
        for place in names
        for before in ("全", "本", "我", "")
    }


_OWN: Final = _own_words()
#: What reads like a place and names none: 各村 and 农村, and a verb run into 镇 or 乡 (依托镇劳务工作站, 举办乡村振兴培训班).
_NO_NAME: Final = re.compile(
    r"(?:各|农|返|一|每个?|所有|聘用|发放|依托|按照|根据|举办|培训|建成|建立|指导|组织|开展|推[动进]|实施|建设|新建|帮助|协助|争取|带领|服务|选派|安排|全面|促进|助力|巩固|向|在|对|把|为|由)"
    r"(?:全|本|我)?(?:[县区市镇乡村]|街道|社区)+$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One figure of the books that the words may mean."""

    identity: FigureId
    title: str  #: the indicator's Chinese title, with the part it is narrowed to
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """A number of the draft with the figure of the books it is taken for."""

    start: int  #: of the number or of the control's characters, in Draft.text
    end: int
    text: str
    figure: TextFigure | None  #: None when a control holds no readable number
    identity: FigureId | None  #: None when nothing fits
    confidence: Decimal
    how: How
    title: str = ""  #: of the figure it is taken for
    candidates: tuple[Candidate, ...] = ()  #: the next best ones, best first, without the one taken
    subject: str = ""  #: under which a person's word on it is remembered
    other_periods: tuple[
        Period, ...
    ] = ()  #: which the words around it allow as well (累计, 上半年)
    control: Control | None = None
    slot: SlotIdentity | None = None  #: what the control's tag says, and how it was printed

    @property
    def indicator(self) -> str:
        """Key of the indicator (or parameter); "" when nothing fits."""
        return self.identity.indicator if self.identity else ""

    @property
    def organisation(self) -> str:
        """Code of the organisation it speaks of; "" when nothing fits."""
        return self.identity.organisation if self.identity else ""

    @property
    def period(self) -> Period | None:
        """The months it speaks of."""
        return self.identity.period if self.identity else None

    @property
    def is_certain(self) -> bool:
        """Whether it rests on a content control or on a person's word, not on wording alone."""
        return self.how in ("control", "confirmed")


# ── the indicators by their words ─────────────────────────────────────────────────────────────────────────────────────

#: Endings of titles that say no more than the unit does: 植树面积 is what is planted, in 亩.
_ENDINGS: Final = re.compile(
    r"(?:个数|户数|人数|头数|次数|座数|株数|件数|期数|条数|篇数|场次|人次|户次|处数|盏数|天数|房间数|工日数|村数|事项数|数量|总数|数|长度|面积|金额|总额|发放额|额|存栏量|出栏量|量)$"
)
#: … and the unit each of them is said in.
_ENDING_KEEPS: Final = {"存栏量": "存栏", "出栏量": "出栏", "村数": "村", "事项数": "事项"}
_NOISE: Final = re.compile(r"[^\u3400-\u9fffA-Za-z0-9一二三四五六七八九十]+")
_CHANGE: Final = re.compile(r"增[长幅速收加]|下降|减少|同比")

#: What is counted by measure words of its own.
_LIVING: Final = frozenset({"cattle_and_pigs", "small_animals", "horses", "poultry", "trees"})

#: Dimensions within which alone figures are compared; whatever else is counted may be counted by any measure word (18栋, 18座).
_CLASSES: Final = {
    "land_area": "land", "area": "area", "length": "length", "volume": "volume", "mass": "mass", "money": "money",
    "households": "households", "visits": "households", "persons": "persons", "attendances": "persons",
    "percentage": "share", "percentage_points": "points", "days": "days", "months": "months", "years": "years",
    "hours": "hours", "labour": "labour", "electricity": "electricity",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Target:
    """An indicator or parameter as it can be found."""

    key: str
    kind: FigureKind  #: parameter or actual
    title: str
    unit: str  #: base unit
    nature: str
    is_change: bool  #: it says how much something grew
    area: str
    is_forecast: bool = False
    source: str = ""  #: ledger
    where: str = ""
    parts: tuple[tuple[str, str], ...] = ()  #: (field, choice) its rows can be narrowed to


@dataclass(frozen=True, slots=True)
class _Phrase:
    target: int
    words: str
    weight: int  #: Σ of the weights of its pairs
    penalty: int = 0  #: taken from its score: words of a template stand for the definition's own


@dataclass(frozen=True)
class WordingIndex:
    """The indicators and parameters of a catalogue by the pairs of characters in their names. Made once, used for any draft."""

    targets: tuple[_Target, ...]
    phrases: tuple[_Phrase, ...]
    weights: Mapping[str, int]
    by_gram: Mapping[str, Mapping[str, tuple[int, ...]]]  #: class of unit → pair → phrases
    classes: Mapping[str, str]  #: base unit → class of units
    numbers: Mapping[str, int]  #: key → place in `targets`
    units: Units = field(repr=False, compare=False)

    def number_of(self, key: str) -> int | None:
        """The place of an indicator or parameter in `targets`."""
        return self.numbers.get(key)

    def strangeness(self, said: str, own: str) -> int:
        """How much speaks against a number in one unit being an indicator in another of the same class."""
        if said == own:
            return 0
        first, second = self.units.get(said) if said else None, self.units.get(own) if own else None
        if first is None or second is None:
            return 6
        if first.base == second.base:
            return 0
        # 8头 are no 基地, whatever stands before; 8座 may be 8个.
        if {first.dimension, second.dimension} & _LIVING:
            return 25
        # Who came 152 times need not be 152 people; a careless 人 for 人次 is common.
        return 16 if first.dimension in ("attendances", "visits") else 8

    def class_of(self, unit: str) -> str:
        """The class of units a figure's unit belongs to; an unknown measure word counts things."""
        definition = self.units.get(unit) if unit else None
        return self.classes.get(definition.base, "count") if definition else "count"


def build_index(
    catalogue: Catalogue, units: Units, templates: Iterable[str] | None = None
) -> WordingIndex:
    """The words of every indicator and parameter.

    Args:
        catalogue: Indicators, ledgers, parameters, report templates.
        units: The units in force.
        templates: Keys of the report templates whose sentences also teach how an indicator is said; all when None.
    """
    targets: list[_Target] = []
    raw: list[tuple[int, str, int]] = []
    numbers: dict[tuple[str, str], int] = {}
    for key, indicator in catalogue.indicators.items():
        numbers[key, "actual"] = len(targets)
        targets.append(_target_of(indicator, catalogue, units))
        for words in {indicator.title.zh, *indicator.synonyms}:
            raw += [(len(targets) - 1, one, 0) for one in _forms(words)]
    for key, parameter in catalogue.parameters.items():
        numbers[key, "parameter"] = len(targets)
        base = units.base_of(parameter.unit)
        targets.append(_Target(key, "parameter", parameter.title.zh, base, "", False, ""))
        raw.append((len(targets) - 1, parameter.title.zh, 0))
    chosen = catalogue.reports if templates is None else set(templates)
    taught: dict[str, set[int]] = defaultdict(set)
    for report_key in chosen:
        for key, kind, words in _template_words(catalogue, report_key):
            number = numbers.get((key, kind))
            if number is not None:
                taught[words].add(number)
    # Words that stand before two different figures (补贴资金) tell neither.
    raw += [
        (numbers_of.pop(), words, 8) for words, numbers_of in taught.items() if len(numbers_of) == 1
    ]
    return _index_of(targets, raw, units)


def _target_of(indicator: IndicatorDef, catalogue: Catalogue, units: Units) -> _Target:
    parts: list[tuple[str, str]] = []
    ledger = catalogue.ledgers.get(indicator.source)
    if ledger is not None:
        for one in ledger.fields:
            if one.key not in indicator.where:
                parts += [(one.key, option) for option in one.options]
            if one.key == "group":
                parts.append(("group", ""))
    return _Target(
        key=indicator.key,
        kind="actual",
        title=indicator.title.zh,
        unit=units.base_of(indicator.unit) if indicator.unit else "",
        nature=indicator.nature,
        is_change="last_year(" in indicator.value,
        area=indicator.area,
        is_forecast=indicator.forecast,
        source=indicator.source,
        where=indicator.where,
        parts=tuple(parts),
    )


def _forms(words: str) -> set[str]:
    """A title as texts say it: 卫生厕所户数 is said 卫生厕所 … 户."""
    found = _ENDINGS.search(words)
    if not found:
        return {words}
    stem = words[: found.start()] + _ENDING_KEEPS.get(found[0], "")
    return {stem if len(stem) >= 2 else words}


def _template_words(catalogue: Catalogue, report: str) -> Iterator[tuple[str, str, str]]:
    """(key, kind, words) of each slot of a report template: the words right before and behind it."""
    definition = catalogue.reports.get(report)
    if definition is None:
        return
    for sentence in _sentences(definition.sections, (*definition.lead, *definition.closing)):
        if sentence.each is not None:
            continue
        parts = parse_template(sentence.text)
        for place, slot in enumerate(parts):
            if isinstance(slot, str):
                continue
            before = parts[place - 1] if place else ""
            behind = parts[place + 1] if place + 1 < len(parts) else ""
            left = _tail(before) if isinstance(before, str) else ""
            right = _head(behind) if isinstance(behind, str) else ""
            words = left + right
            if len(_without_empty(words)) >= 3:
                key, is_parameter = (
                    slot.key.removeprefix("parameter."),
                    slot.key.startswith("param"),
                )
                yield key, "parameter" if is_parameter else "actual", words


def _sentences(
    sections: Iterable[SectionDef], paragraphs: Iterable[ParagraphDef]
) -> Iterator[SentenceDef]:
    for paragraph in paragraphs:
        yield from paragraph.sentences
        for point in paragraph.points:
            yield from point.sentences
    for section in sections:
        yield from _sentences(section.sections, section.paragraphs)


_BREAK: Final = re.compile(r"[，。；：、！？,;:!?\n（）()“”\"]")


def _tail(text: str, limit: int = 14) -> str:
    """The words right before a number: what stands behind the last mark."""
    pieces = [piece for piece in _BREAK.split(text) if piece]
    return pieces[-1][-limit:] if pieces and not _BREAK.match(text[-1]) else ""


def _head(text: str, limit: int = 10) -> str:
    """The words right behind a number: what stands before the next mark."""
    return _BREAK.split(text, maxsplit=1)[0][:limit]


def _pairs(text: str) -> list[str]:
    """Pairs of neighbouring characters."""
    plain = _NOISE.sub("", text)
    return [plain[i : i + 2] for i in range(len(plain) - 1)]


def _grams(text: str) -> list[str]:
    """Pairs of neighbouring characters, and the characters themselves."""
    plain = _NOISE.sub("", text)
    return [plain[i : i + 2] for i in range(len(plain) - 1)] + list(plain)


def _index_of(
    targets: Sequence[_Target], raw: Sequence[tuple[int, str, int]], units: Units
) -> WordingIndex:
    holders: dict[str, set[int]] = defaultdict(set)
    for number, words, penalty in raw:
        if not penalty:
            for gram in _grams(words):
                holders[gram].add(number)
    for number, words, penalty in raw:
        if penalty:
            for gram in _grams(words):
                holders[gram].add(number)
    count = max(len(targets), 2)
    weights = {
        gram: max(round(100 * math.log2(count / len(found))), 20) * (1 if len(gram) == 2 else 0)
        or max(round(25 * math.log2(count / len(found))), 5)
        for gram, found in holders.items()
        if len(gram) == 2 or len(found) <= _COMMON
    }
    classes = {one.unit: _class_of(one.unit, units) for one in targets}
    for definition in units.definitions.values():
        classes.setdefault(definition.base, _class_of(definition.base, units))
    phrases: list[_Phrase] = []
    by_gram: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, words, penalty in dict.fromkeys(raw):
        grams = {gram for gram in _grams(words) if gram in weights}
        if not grams:
            continue
        phrases.append(_Phrase(number, words, sum(weights[g] for g in grams), penalty))
        table = by_gram[classes[targets[number].unit]]
        for gram in grams:
            table[gram].append(len(phrases) - 1)
    return WordingIndex(
        targets=tuple(targets),
        phrases=tuple(phrases),
        weights=weights,
        by_gram={
            kind: {gram: tuple(found) for gram, found in table.items()}
            for kind, table in by_gram.items()
        },
        classes=classes,
        numbers={one.key: number for number, one in enumerate(targets)},
        units=units,
    )


def _class_of(unit: str, units: Units) -> str:
    definition = units.get(unit) if unit else None
    return _CLASSES.get(definition.dimension, "count") if definition else "count"


# ── the words around a number ─────────────────────────────────────────────────────────────────────────────────────────

#: How much words count by where they stand, in hundredths.
_LOCAL, _NEAR, _SENTENCE, _FAR, _HEADING = 100, 70, 45, 25, 25

_STOCK_WORDS: Final = frozenset(
    {"现有", "存栏", "在册", "共有", "现存", "目前", "累计", "年末", "截至"}
)
_FLOW_WORDS: Final = frozenset(
    {"新增", "新建", "全年", "完成", "建成", "年内", "当年", "本年", "今年", "开展", "实施"}
)
#: Words that stand around any number and say nothing of what it counts.
_EMPTY: Final = re.compile(
    r"其中|分别|涉及|惠及|带动|以上的?|以下的?|全年|今年|本年|当年|年内|去年|目前|现有|累计|共计|合计|总计|实际|计划|目标|任务|完成|实现|达到|达|共|约|近|为|有|了|的|等|各|均|均为|已|新增"
    r"|[比较][上去]年|同比|增[长加幅]|面积|长度|人数|户数|金额|[全我本][村镇乡县市区]|把"
    r"|第?[一二三四五六七八九十]{1,3}组"
)


@dataclass(slots=True)
class _Words:
    """What is said around one number."""

    local: str  #: in its own clause, up to the next number or mark
    near: str = ""  #: of the number before, when next to nothing stands between
    sentence: str = ""
    far: str = ""  #: earlier in the sentence
    so_far: str = ""  #: the paragraph up to the number
    is_chained: bool = False  #: nothing of its own but the unit: 71户331人
    before: int = 0  #: how many characters of `sentence` stand before the number
    promised: str = ""  #: 村庄绿化计划8公里: the words that make it a target
    heading: str = ""


class _Surroundings:
    """Finds the words around each figure of a draft."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.text = study.reading.clean
        self.figures = study.figures
        self._headings = _heading_at(study.outline, study)
        self._made: dict[int, _Words] = {}

    def of(self, index: int) -> _Words:
        """The words around the figure with this index."""
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._find(index)
        return found

    def said(self, index: int) -> tuple[str, str]:
        """The words in a figure's own clause, and those of the number before."""
        found = self.of(index)
        return found.local, found.near

    def _find(self, index: int) -> _Words:
        figure = self.figures[index]
        start, end = figure.at
        first, last = self.study.reading.sentences[figure.sentence]
        first, last = min(first, start), max(last, end)
        before = self.figures[index - 1].at[1] if index else 0
        behind, beyond = self._next(index)
        left = self.text[max(first, before) : start]
        right = self.text[behind : min(last, beyond)]
        tail, head = _last_clause(left), _first_clause(right)
        own = _without_empty(tail)
        is_adjacent = index > 0 and before == start
        is_followed = beyond <= last and behind + len(head) >= beyond
        if is_adjacent or (is_followed and len(own) >= 2):
            # 种植露地蔬菜180亩、果园90亩: what stands before the next number belongs to that one.
            head = ""
        subject = figure.subject if figure.subject not in tail + head else ""
        near = ""
        if tail.endswith(_JOINING) and _without_empty(head):
            # 1个软弱涣散党总支和13个后进支部: the words before 和 belong to the number before.
            tail, near, subject = "", tail, ""
        words = _Words(local=f"{tail} {head} {subject}".strip(), near=near)
        if (is_adjacent or len(own) < 2) and before > first and index:
            previous = self.of(index - 1)
            words.near = f"{near} {previous.local} {previous.near}"[:80]
            words.is_chained = is_adjacent or len(_without_empty(head)) < 2
            if words.is_chained:
                words.local = f"{tail} {head}".strip()
        elif len(own) < 2 and not _without_empty(head):
            # 年内完成危房改造，共22户: nothing but the clause before says what.
            words.near = f"{near} {left[: len(left) - len(tail)][-24:]}"
        words.sentence = self.text[max(first, start - 40) : start] + " " + right
        words.before = start - max(first, start - 40)
        words.far = self.text[max(first, start - 100) : max(first, start - 40)]
        words.heading = self._headings(start)
        promised = _PROMISED.search(tail)
        words.promised = promised[0] if promised else ""
        paragraph = self.study.reading.paragraphs[self.study.reading.paragraph_at(start)]
        words.so_far = self.text[max(paragraph[0], start - 400) : start]
        return words

    def _next(self, index: int) -> tuple[int, int]:
        """Where the words behind a number begin (behind 825户3613人 for 825户) and where the next number stands."""
        while index + 1 < len(self.figures):
            end, following = self.figures[index].at[1], self.figures[index + 1].at[0]
            if end != following:
                return end, following
            index += 1
        return self.figures[index].at[1], len(self.text)


_PROMISED: Final = re.compile(r".{0,2}(?:计划|目标|任务|力争|预期)[数为是]*$")

#: Words that join two nouns before a number.
_JOINING: Final = ("和", "及", "与", "以及", "或")


def _last_clause(text: str) -> str:
    """What stands behind the last mark before a number; a bracket that opens right before it is passed over."""
    stripped = text.rstrip('（(“"：:')
    pieces = _BREAK.split(stripped)
    return pieces[-1][-24:]


def _first_clause(text: str) -> str:
    return _BREAK.split(text, maxsplit=1)[0][:16]


def _without_empty(text: str) -> str:
    return _EMPTY.sub("", _NOISE.sub("", text))


def _heading_at(outline: Sequence[OutlineNode], study: Study) -> Callable[[int], str]:
    """The words of the headings and points that stand over a place of the clean text."""
    starts: list[int] = []
    standing: list[str] = []
    over: dict[int, str] = {}
    for node in outline:
        if node.kind in ("heading", "point", "label") and node.text:
            over = {level: text for level, text in over.items() if level < node.level}
            over[node.level] = node.text[:20]
            starts.append(study.reading.forth(node.start))
            standing.append(" ".join(over.values()))

    def find(place: int) -> str:
        index = bisect.bisect_right(starts, place) - 1
        return standing[index] if index >= 0 else ""

    return find


# ── proposing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


_LONG: Final = 7
#: An indicator of whose name less than this share (in hundredths) is said is not looked at.
_HOPELESS: Final = 12
#: What a pair of characters weighs that stands right beside the number and in no indicator's name: it speaks of something else.
_STRANGE: Final = 150
#: A single character that occurs in more names than this tells nothing.
_COMMON: Final = 12


@dataclass(frozen=True, slots=True)
class _Scored:
    target: int
    score: int  #: 0–100


def _score(
    index: WordingIndex, figure: TextFigure, words: _Words, previous: _Target | None = None
) -> list[_Scored]:
    """Indicators by how well the words around a number fit theirs, best first.

    `previous` is what the number before in the sentence was taken for: 71户331人 are one ledger's households and persons.
    """
    kind = index.class_of(figure.unit)
    table = index.by_gram.get(kind)
    if table is None:
        return []
    weights = index.weights
    places: dict[str, int] = {}
    local_weight = 0
    for gram in _grams(words.local):
        if gram not in places and gram in weights:
            places[gram] = _LOCAL
            local_weight += weights[gram]
    strange = {gram for gram in _pairs(_EMPTY.sub("", words.local)) if gram not in weights}
    local_weight += _STRANGE * len(strange)
    for text, place in (
        (words.near, _NEAR),
        (words.sentence, _SENTENCE),
        (words.far, _FAR),
        (words.heading, _HEADING),
    ):
        for gram in _pairs(text):
            if gram in weights:
                places.setdefault(gram, place)
    covered: dict[int, int] = defaultdict(int)
    explained: dict[int, int] = defaultdict(int)
    present: dict[int, int] = defaultdict(int)
    for gram, place in places.items():
        numbers = table.get(gram)
        if numbers is None:
            continue
        weight = weights[gram]
        weighted = weight * place
        for number in numbers:
            covered[number] += weighted
            present[number] += weight
        if place == _LOCAL:
            for number in numbers:
                explained[number] += weight
    best: dict[int, int] = {}
    adjusted: dict[int, int] = {}
    for number, sum_covered in covered.items():
        phrase = index.phrases[number]
        coverage = sum_covered // phrase.weight  # 0–100
        if coverage < _HOPELESS:
            continue
        here = explained.get(number, 0)
        is_whole = present[number] * 100 >= phrase.weight * 90 and len(phrase.words) >= _LONG
        if is_whole and local_weight and here * 100 >= local_weight * 80 and not words.is_chained:
            # All words of a long name are there, if apart: 消除风险 … 脱贫不稳定户.
            coverage = max(coverage, 88)
        share = here * 100 // local_weight if local_weight else 50
        points = adjusted.get(phrase.target)
        if points is None:
            target = index.targets[phrase.target]
            points = _adjust(index, target, figure, words)
            if previous is not None and target.source and target.source == previous.source:
                is_partner = target.where == previous.where and target.key != previous.key
                points += (
                    (18 if is_partner else 6) if words.is_chained else (6 if is_partner else 3)
                )
            adjusted[phrase.target] = points
        score = coverage * (50 + share * 50 // 100) // 100 - phrase.penalty + points
        if score > best.get(phrase.target, 0):
            best[phrase.target] = score
    return sorted(
        (_Scored(target, min(score, 100)) for target, score in best.items()),
        key=lambda one: (-one.score, one.target),
    )


#: Part of those who are counted: 女党员, 35岁以下党员.
_NARROWED: Final = re.compile(r"岁|女|男|少数民族|大专|本科|高中|初中|困难|优秀|先进")


def _adjust(index: WordingIndex, target: _Target, figure: TextFigure, words: _Words) -> int:
    """What besides the words speaks for or against an indicator: its unit, its nature, what kind of number stands there."""
    points = -index.strangeness(figure.unit, target.unit)
    said = set(figure.qualifiers)
    if target.nature == "stock" and said & _STOCK_WORDS:
        points += 4
    if target.nature == "flow" and said & _STOCK_WORDS - {"累计"}:
        points -= 6
    if target.nature == "flow" and said & _FLOW_WORDS:
        points += 3
    if target.nature == "stock" and "新增" in said:
        points -= 8
    is_change = figure.role == "comparison" or bool(_CHANGE.search(words.local[-30:]))
    if target.is_change != is_change:
        points -= 15
    narrowed = _NARROWED.search(words.sentence, max(0, words.before - 12), words.before)
    if narrowed and narrowed[0] not in target.title:
        points -= 25
    if (target.kind == "parameter") != (figure.role == "threshold" or bool(figure.per)):
        points -= 20
    return points


# ── matching a draft ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MatchingContext:
    """Who wrote the draft and on what, and what the office has said of its wordings before."""

    tree: Tree
    period: Period  #: the report's own: usually a year
    confirmed: Mapping[str, str] = field(
        default_factory=dict
    )  #: subject key → indicator, "" = none
    identities: Mapping[str, SlotIdentity] = field(default_factory=dict)  #: digest tag → identity


def match_draft(study: Study, index: WordingIndex, known: MatchingContext) -> tuple[Match, ...]:
    """What each figure and each of Shuzhi's content controls of a draft is taken for, in the order of the text.

    Args:
        study: The draft with its figures.
        index: Of the office's catalogue, see `build_index`.
        known: Writer, period, confirmations.

    Returns:
        One match for each control of ours and each figure outside them. A figure nothing fits has no identity.
    """
    return _Matcher(study, index, known).run()


_REPORT_PERIOD: Final = re.compile(
    r"(20\d\d)年(?:度)?(上半年|下半年|第?[一二三四1-4]季度|1[-—–~至到]6月|1[-—–~至到]9月)?"
)


def report_period(study: Study) -> Period | None:
    """What a draft reports on: the period its title names, else the first its opening names; None when neither names any."""
    text = study.reading.clean
    titles = [node for node in study.outline if node.kind == "title"]
    for node in titles:
        found = _REPORT_PERIOD.search(
            text, study.reading.forth(node.start), study.reading.forth(node.end)
        )
        if found:
            return _period_said(found)
    found = _REPORT_PERIOD.search(text, 0, 400)
    return _period_said(found) if found else None


def title_of(study: Study) -> tuple[int, int]:
    """The characters of a draft's title, or of its first line that is not empty."""
    for node in study.outline:
        if node.kind == "title":
            return node.start, node.end
    text = study.draft.text
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end


def _period_said(found: re.Match[str]) -> Period:
    part = found[2] or ""
    if part.startswith("1") and "6" in part:
        part = "上半年"
    elif part.startswith("1") and "9" in part:
        return parse_period(f"{found[1]}-01..{found[1]}-09")
    return parse_period(f"{found[1]}年{part}")


class _Matcher:
    def __init__(self, study: Study, index: WordingIndex, known: MatchingContext) -> None:
        self.study = study
        self.index = index
        self.known = known
        self.surroundings = _Surroundings(study)

    def run(self) -> tuple[Match, ...]:
        figures = self.study.figures
        owners = self._owners()
        found: list[Match] = [
            self._by_control(control, slot, None) for control, slot in owners.empty
        ]
        previous: tuple[int, _Target | None] = (-1, None)
        for number, figure in enumerate(figures):
            before = previous[1] if previous[0] == figure.sentence else None
            owner = owners.by_figure.get(number)
            if owner is not None:
                subject = subject_key(figure, *self.surroundings.said(number))
                made = replace(self._by_control(*owner, figure), subject=subject)
            else:
                made = self._by_words(number, figure, before)
            found.append(made)
            previous = (figure.sentence, self._target(made))
        found.sort(key=lambda one: (one.start, one.end))
        return tuple(_without_rivals(found))

    # controls

    def _owners(self) -> _Owners:
        """Which figures stand in a content control of ours; a control that holds none is kept as well."""
        owners = _Owners()
        spans = [(one.start, one.end) for one in self.study.figures]
        starts = [start for start, _ in spans]
        for control in self.study.draft.controls:
            if not is_tag(control.tag):
                continue
            slot = parse_tag(control.tag) or self.known.identities.get(control.tag)
            if slot is None:
                continue
            number = max(bisect.bisect_right(starts, control.start) - 1, 0)
            inside = []
            while number < len(spans) and spans[number][0] < control.end:
                if spans[number][1] > control.start:
                    inside.append(number)
                number += 1
            if inside:
                owners.by_figure[inside[0]] = (control, slot)
            else:
                owners.empty.append((control, slot))
        return owners

    def _by_control(self, control: Control, slot: SlotIdentity, figure: TextFigure | None) -> Match:
        start = min(control.start, figure.start) if figure else control.start
        end = max(control.end, figure.end) if figure else control.end
        return Match(
            start=start,
            end=end,
            text=self.study.draft.text[start:end],
            figure=figure,
            identity=slot.figure,
            confidence=Decimal(1),
            how="control",
            title=self._title(slot.figure),
            control=control,
            slot=slot,
        )

    # words

    def _by_words(self, number: int, figure: TextFigure, before: _Target | None) -> Match:
        words = self.surroundings.of(number)
        subject = subject_key(figure, *self.surroundings.said(number))
        base = Match(
            start=figure.start,
            end=figure.end,
            text=figure.text,
            figure=figure,
            identity=None,
            confidence=Decimal(0),
            how="none",
            subject=subject,
        )
        scored = _score(self.index, figure, words, before)
        said = self.known.confirmed.get(subject)
        if said is not None:
            return self._by_confirmation(base, said, scored, words)
        if not scored:
            return base
        second = scored[1].score if len(scored) > 1 else 0
        sure = _confidence(scored[0].score, second)
        identity, doubt = self._identify(scored[0].target, figure, words)
        confidence = min(sure, doubt)
        if confidence < POSSIBLE:
            return replace(base, candidates=self._candidates(scored, figure, words))
        return replace(
            base,
            identity=identity,
            confidence=confidence,
            how="wording",
            title=self._title(identity),
            candidates=self._candidates(scored[1:], figure, words),
            other_periods=self._other_periods(identity, words),
        )

    def _by_confirmation(
        self, base: Match, said: str, scored: Sequence[_Scored], words: _Words
    ) -> Match:
        figure = base.figure
        assert figure is not None
        target = self.index.number_of(said)
        if not said or target is None:
            return replace(base, how="confirmed", confidence=Decimal(1))
        identity, _ = self._identify(target, figure, words)
        others = [one for one in scored if one.target != target]
        return replace(
            base,
            identity=identity,
            confidence=Decimal(1),
            how="confirmed",
            title=self._title(identity),
            candidates=self._candidates(others, figure, words),
            other_periods=self._other_periods(identity, words),
        )

    def _candidates(
        self, scored: Sequence[_Scored], figure: TextFigure, words: _Words
    ) -> tuple[Candidate, ...]:
        """The next best ones; none of them is more likely than not."""
        found = []
        for one in scored[:CANDIDATES]:
            identity, doubt = self._identify(one.target, figure, words, is_narrowed=False)
            sure = min(_confidence(one.score, one.score), doubt, _NEXT_BEST)
            found.append(Candidate(identity, self._title(identity), sure))
        return tuple(found)

    def _identify(
        self, number: int, figure: TextFigure, words: _Words, *, is_narrowed: bool = True
    ) -> tuple[FigureId, Decimal]:
        """The figure of the books, and how far organisation, period and part let it be trusted."""
        target = self.index.targets[number]
        trust = Decimal(1)
        part: tuple[str, str] | None = None
        organisation = self.known.tree.resolve(figure.organisation)
        if organisation is None:
            trust = Decimal("0.5")
            organisation = self.known.tree.writer
        group = _GROUP.search(words.local) or _GROUP.search(figure.organisation)
        if group and ("group", "") in target.parts:
            part, trust = ("group", group[0]), Decimal("0.7")
        elif group:
            trust = Decimal("0.5")
        elif is_narrowed:
            part = next(
                (one for one in target.parts if one[1] and self._names_part(one[1], target, words)),
                None,
            )
            trust = Decimal("0.7") if part else trust
        kind: FigureKind = target.kind
        # 雨露计划 is a programme's name, 绿化计划 a target.
        is_promised = bool(words.promised) and words.promised not in target.title
        is_promised = is_promised or figure.role == "target"
        if kind == "actual" and is_promised and not target.is_forecast:
            kind = "target"
        period = self._period(figure, target)
        return FigureId(target.key, organisation, period, kind, part), trust

    def _other_periods(self, identity: FigureId, words: _Words) -> tuple[Period, ...]:
        """Periods that words further off allow: 累计 may go back to the beginning, 上半年 reach over a whole paragraph."""
        here = identity.period
        if identity.kind != "actual":
            return ()
        found: list[Period] = []
        if _SO_FAR.search(words.so_far):
            found.append(up_to(here))
        if "上半年" in words.so_far:
            found += [half(here.year, 1), year(here.year)]
        spans = [_span(one) for one in _SPAN.finditer(words.so_far)]
        return tuple(dict.fromkeys(one for one in (*found, *filter(None, spans)) if one != here))

    @staticmethod
    def _names_part(option: str, target: _Target, words: _Words) -> bool:
        """Whether the text narrows an indicator to one choice of its rows: 花椒园120亩."""
        return len(option) >= 2 and option in words.local and option not in target.title

    def _period(self, figure: TextFigure, target: _Target) -> Period:
        report = self.known.period
        years = _YEARS.match(figure.period)
        is_named = bool(figure.period) and figure.period[:4] in target.title
        if not figure.period or is_named:
            # 2021—2022年耕地流出图斑: the years belong to the name.
            return report
        code = f"{years[1]}..{years[2]}" if years else figure.period
        try:
            return parse_period(code)
        except ProblemsError:
            return report

    # shared

    def _target(self, match: Match) -> _Target | None:
        if match.identity is None:
            return None
        number = self.index.number_of(match.identity.indicator)
        return None if number is None else self.index.targets[number]

    def _title(self, identity: FigureId) -> str:
        number = self.index.number_of(identity.indicator)
        title = identity.indicator if number is None else self.index.targets[number].title
        return f"{title}（{identity.breakdown[1] or '未注明'}）" if identity.breakdown else title


@dataclass(slots=True)
class _Owners:
    """Figures in content controls, and controls without one."""

    by_figure: dict[int, tuple[Control, SlotIdentity]] = field(default_factory=dict)
    empty: list[tuple[Control, SlotIdentity]] = field(default_factory=list)


_NEXT_BEST: Final = Decimal("0.5")
_SO_FAR: Final = re.compile(r"累计|以来|截[至止]|历年|共有|先后|已|总共")
_SPAN: Final = re.compile(r"(20\d\d)年?[-—–~至到]+(20\d\d)年")


def _span(found: re.Match[str]) -> Period | None:
    return parse_period(f"{found[1]}..{found[2]}") if found[1] < found[2] else None


_GROUP: Final = re.compile(r"(?:第?[一二三四五六七八九十]{1,3}|\d{1,2})(?:组|社|队)(?!织)")
_YEARS: Final = re.compile(r"(\d{4})-(\d{4})$")

#: A proposal's quality (its score, less what the next best comes too near) → confidence in hundredths. Measured on rendered reports and
#: on annotated real ones, each against an index that had not seen their sentences: of the proposals at 0.8 and more, at least 95 in 100
#: were right; between 0.5 and 0.8 about three in four; below 0.5 about half.
_CALIBRATION: Final = ((0, 10), (30, 40), (50, 65), (65, 80), (80, 93), (100, 99))
_MARGIN: Final = 30


def _confidence(score: int, next_best: int) -> Decimal:
    quality = score - max(0, _MARGIN - (score - next_best))
    low_at, low = _CALIBRATION[0]
    if quality <= low_at:
        return Decimal(low) / 100
    for at, value in _CALIBRATION[1:]:
        if quality <= at:
            return Decimal(low + (value - low) * (quality - low_at) // (at - low_at)) / 100
        low_at, low = at, value
    return Decimal(low) / 100


def _without_rivals(found: Sequence[Match]) -> list[Match]:
    """Two numbers of different size taken for one figure by wording cannot both be it: the less likely one is doubted."""
    best: dict[FigureId, Match] = {}
    for one in found:
        if one.identity is None or one.figure is None or one.figure.value is None:
            continue
        rival = best.get(one.identity)
        if rival is None or one.confidence > rival.confidence:
            best[one.identity] = one
    made = []
    for one in found:
        rival = best.get(one.identity) if one.identity else None
        is_rival = (
            rival is not None
            and rival is not one
            and one.how == "wording"
            and one.figure is not None
            and rival.figure is not None
            and one.figure.value != rival.figure.value
        )
        made.append(
            replace(one, confidence=min(one.confidence, Decimal("0.6"))) if is_rival else one
        )
    return made


_REMEMBERED: Final = 20  #: characters of the words of a number before


def _lasting(words: str) -> str:
    """Words without what changes from year to year."""
    return re.sub(r"\d+年?", "", _without_empty(words))


def subject_key(figure: TextFigure, local: str = "", near: str = "") -> str:
    """Under which wording a person's word on a number is remembered: what is counted, in which unit, new or at hand.

    Figures, places and periods are left out, so that the same words of next year's report are known again.
    """
    words = _lasting(figure.subject)
    if len(words) < 3:
        words = _lasting(local) or words
    if len(words) < 2:
        # 输转富余劳动力820人次，实现就业353人: nothing but the words of the number before says what
        words = _lasting(near)[-_REMEMBERED:] or words
    said = "target" if figure.role == "target" else ""
    if set(figure.qualifiers) & {"新增", "新建"}:
        said = f"{said}+" if said else "+"
    return f"{words[:40]}|{figure.unit}|{said}"
