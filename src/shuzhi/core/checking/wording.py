"""Words that are miswritten, renamed, badly joined or missing: what a sub-editor marks with a red pen.

Most of it is data: the catalogue's lists of confusions, terms and collocations, matched by one automaton. Three methods go beyond
the lists: near misses of fixed phrases (`confusions`), 的, 地 and 得 (`particles`), and a few constructions that hang on a number
or a long stretch of text. Nothing here knows offices, files or the books; whose names stand in a text is `names`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import ahocorasick

from shuzhi.core.checking.confusions import (
    find_near_misses,
    find_omissions,
    find_orphans,
    is_usual_word,
)
from shuzhi.core.checking.model import Finding, FindingKind, FindingSeverity
from shuzhi.core.checking.particles import find_particles

if TYPE_CHECKING:
    from shuzhi.core.checking.lexicon import Lexicon
    from shuzhi.core.checking.study import Study
    from shuzhi.core.definitions import WordDef

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("WORDING_001", "error", "wording"),
    FindingKind("WORDING_002", "warning", "wording"),
    FindingKind("WORDING_003", "info", "wording"),
    FindingKind("WORDING_004", "error", "wording"),
    FindingKind("WORDING_005", "warning", "wording"),
    FindingKind("WORDING_006", "info", "wording"),
    FindingKind("WORDING_007", "error", "wording"),
    FindingKind("WORDING_008", "warning", "wording"),
    FindingKind("WORDING_009", "info", "wording"),
    FindingKind("WORDING_010", "error", "wording"),
    FindingKind("WORDING_011", "error", "wording"),
    FindingKind("WORDING_012", "warning", "wording"),
    FindingKind("WORDING_013", "warning", "wording"),
    FindingKind("WORDING_014", "warning", "wording"),
    FindingKind("WORDING_015", "warning", "wording"),
    FindingKind("WORDING_016", "error", "wording"),
    FindingKind("WORDING_017", "error", "wording"),
    FindingKind("WORDING_018", "warning", "wording"),
    FindingKind("WORDING_019", "warning", "wording"),
    FindingKind("WORDING_020", "warning", "wording"),
    FindingKind("WORDING_021", "warning", "wording"),
    FindingKind("WORDING_022", "warning", "wording"),
    FindingKind("WORDING_023", "warning", "wording"),
    FindingKind("WORDING_024", "error", "wording"),
)

ListedKind = Literal["confusion", "term", "collocation"]

#: Code of a hit by the kind of its list and its severity; the first of each kind is what an entry has by itself.
_CODES: Final[dict[ListedKind, dict[FindingSeverity, str]]] = {
    "confusion": {"error": "WORDING_001", "warning": "WORDING_002", "info": "WORDING_003"},
    "term": {"warning": "WORDING_005", "error": "WORDING_004", "info": "WORDING_006"},
    "collocation": {"warning": "WORDING_008", "error": "WORDING_007", "info": "WORDING_009"},
}

GAP: Final = "…"
_PUNCTUATION: Final = "，。！？；：、,.!?;:“”‘’\"'（）()《》〈〉【】「」『』\\n"
_GAP_PATTERN: Final = f"[^{_PUNCTUATION}]{{0,12}}?"
#: How far around a hit a longer right wording may begin or end.
_REACH: Final = 24
#: How far back the beginning of a clause or of a document's name is looked for.
_CLAUSE: Final = 80

# ── the word lists ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a list, ready to match: its first literal part is in the automaton, the rest is a pattern."""

    kind: ListedKind
    severity: FindingSeverity
    pattern: re.Pattern[str] | None  #: None = the first part is all there is
    right: str
    unless: re.Pattern[str] | None
    note: str


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    entry: _Entry
    expected: str


def _pattern_of(text: str, *, keep_gaps: bool) -> str:
    gap = f"({_GAP_PATTERN})" if keep_gaps else _GAP_PATTERN
    return gap.join(re.escape(part) for part in text.split(GAP))


def _entry_of(kind: ListedKind, word: WordDef) -> _Entry:
    severity: FindingSeverity = word.severity if word.severity else next(iter(_CODES[kind]))
    return _Entry(
        kind=kind,
        severity=severity,
        pattern=re.compile(_pattern_of(word.text, keep_gaps=True)) if GAP in word.text else None,
        right=word.right,
        unless=(
            re.compile("|".join(_pattern_of(one, keep_gaps=False) for one in word.unless))
            if word.unless
            else None
        ),
        note=word.note,
    )


def _automaton_of(lexicon: Lexicon) -> ahocorasick.Automaton:
    """The automaton over the first literal part of every entry; made once for a lexicon."""
    made = lexicon.derived.get("wording")
    if isinstance(made, ahocorasick.Automaton):
        return made
    by_part: dict[str, list[_Entry]] = {}
    for kind in _CODES:
        for word in lexicon.words(kind):
            first = word.text.split(GAP)[0]
            if first:
                by_part.setdefault(first, []).append(_entry_of(kind, word))
    automaton = ahocorasick.Automaton()
    for part, entries in by_part.items():
        automaton.add_word(part, (len(part), tuple(entries)))
    if by_part:
        automaton.make_automaton()
    lexicon.derived["wording"] = automaton
    return automaton


def _hits(text: str, lexicon: Lexicon) -> Iterator[_Hit]:
    automaton = _automaton_of(lexicon)
    if not len(automaton):
        return
    for last, (length, entries) in automaton.iter(text):
        start = last - length + 1
        for entry in entries:
            end, expected = last + 1, entry.right
            if entry.pattern is not None:
                match = entry.pattern.match(text, start)
                if match is None:
                    continue
                end = match.end()
                for held in match.groups():
                    expected = expected.replace(GAP, held, 1)
            if not _is_right(text, start, end, entry.unless) and not (
                entry.kind == "confusion" and _joins_two_words(text, start, end, entry)
            ):
                yield _Hit(start, end, entry, expected)


def _joins_two_words(text: str, start: int, end: int, entry: _Entry) -> bool:
    """Whether the two characters are the end of one usual word and the beginning of another: 公布 and 署名 are not 布署.

    Where an entry names no longer right wordings of its own, one such word is enough.
    """
    if end - start != 2:
        return False
    before = start > 0 and is_usual_word(text[start - 1 : start + 1])
    behind = is_usual_word(text[end - 1 : end + 1])
    return before and behind if entry.unless else before or behind


def _is_right(text: str, start: int, end: int, unless: re.Pattern[str] | None) -> bool:
    """Whether one of the longer right wordings overlaps [start, end)."""
    if unless is None:
        return False
    at, stop = max(start - _REACH, 0), end + _REACH
    while match := unless.search(text, at, stop):
        if match.start() >= end:
            return False
        if match.end() > start:
            return True
        at = match.start() + 1
    return False


def _without_overlaps(hits: Iterable[_Hit]) -> list[_Hit]:
    """Of hits that overlap the graver one is kept, else the longer one; it knows more of the context."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if kept and hit.start < kept[-1].end:
            if _weight(hit) > _weight(kept[-1]):
                kept[-1] = hit
        else:
            kept.append(hit)
    return kept


def _weight(hit: _Hit) -> tuple[bool, int]:
    return hit.entry.severity != "info", hit.end - hit.start


def _listed(study: Study) -> Iterator[Finding]:
    reading = study.reading
    text = reading.clean
    for hit in _without_overlaps(_hits(text, study.lexicon)):
        if hit.entry.kind == "term" and _in_title(text, hit.start):
            continue  # the name of a document is quoted as it was given
        start, end = reading.back(hit.start, hit.end)
        found = text[hit.start : hit.end]
        is_whole = end - start == len(found)
        yield Finding(
            _CODES[hit.entry.kind][hit.entry.severity],
            hit.entry.severity,
            start,
            end,
            {"found": found, "right": hit.expected, "note": hit.entry.note},
            expected=hit.expected,
            has_replacement=bool(hit.expected) and is_whole,
        )


def _in_title(text: str, position: int) -> bool:
    """Whether a 《 is still open; names of documents are short."""
    first = max(position - _CLAUSE, 0)
    return text.rfind("《", first, position) > text.rfind("》", first, position)


def _clause_start(text: str, position: int) -> int:
    """Where the clause around a position begins, looked for only as far back as clauses are long."""
    first = max(position - _CLAUSE, 0)
    found = max(text.rfind(mark, first, position) for mark in "，。；：、（(\n")
    return found + 1 if found >= 0 else first


# ── constructions that hang on a number or a longer stretch ───────────────────────────────────────────────────────────

_NUMBER: Final = r"[\dXx*×]{1,8}|[一二三四五六七八九十两]{1,3}"
_CUT_OFF: Final = re.compile(
    r"截止(?=到?(?:20\d\d|\d{1,2}月|\d{1,2}日|目前|今年|去年|本年|上年|年底|年末|现在|当前|[一二三四]季度|[上下]半年|报告期))"
)
_CUT_OFF_RIGHT: Final = re.compile(
    r"(?:报名|申报|受理|征集|投稿|登记|缴费|提交|报送|时间|日期|时限|活动|办理|期限)(?:于|时间|日期)?$"
)
_CHOSEN: Final = re.compile(rf"择优(?=(?:{_NUMBER})[名人位个])")
_AGED: Final = re.compile(rf"办理高龄(?=(?:{_NUMBER})[人名])")
_YEAR: Final = re.compile(
    r"(?:补助|补贴|奖补|奖励|补偿)(?:资金|金)?(?P<year>20\d\d年)(?=\d{1,9}(?:\.\d{1,6})?[万亿]?元)"
)
_YEAR_PAIR: Final = re.compile(r"20\d\d年\d")
_VEHICLE: Final = re.compile(
    r"(?P<use>利用|依托|通过)(?P<means>[^，,。；;：:\n以作]{2,48}?)为(?P<noun>载体|契机|抓手|依托|平台|阵地)(?=[，,。；;、])"
)
_STRAY: Final = re.compile(
    r"(?:方案|办法|制度|意见|机制|措施|细则|规划)(?P<stray>元|万元|亩|公里)(?=[，。；、])"
)
_NO_YEAR: Final = re.compile(
    r"(?:本人|现将|就|我|我村|我镇|我乡|总结|汇报)(?P<year>20[12]\d)(?=履行|工作|抓|以来|全年|度|上半年|述职)(?!年)"
)
_FOUNDED: Final = re.compile(
    r"(?:(?<=[。；\n])|^)成了(?=[^，。；\n]{2,30}(?:工作站|服务站|领导小组|工作组|专班|合作社|服务队|委员会|指挥部))"
)
_VARIANTS: Final = (("理论中心组", "理论学习中心组"),)
_TWICE: Final = re.compile(
    r"(?P<verb>打造|创建|开展|实施|建设|推进|举办|成立)[^，。；：“”\n]{0,10}“(?P<object>[^“”\n]{4,20})”"
)
#: Matters that a report claims to be done for all, and what says that they are not.
_MATTERS: Final = "硬化|饮水|自来水|改厕|光纤|宽带|路灯|亮化|网格"
_ALL_DONE: Final = re.compile(
    rf"(?P<matter>{_MATTERS})[^，。；：\n]{{0,6}}(?:全覆盖|全部完成|全部到位|率达?到?100[%％])"
)
_NOT_DONE: Final = re.compile(
    rf"(?:没有|尚未|还未|未能|仍未|未)(?:全部|完全|全面)?(?P<matter>{_MATTERS})(?:完成|完|到位|全覆盖)?"
)
#: A part or another sort of road may well be open while the whole sort claimed is done.
_A_PART: Final = re.compile(
    r"部分|个别|少数|有的|一些|入户|田间|产业路|机耕|巷道|小巷|通村|通组|主干|建制村|自然村|通户|断头|组内|几个|\d"
)


def _constructions(study: Study) -> Iterator[Finding]:
    text = study.reading.clean
    for match in _CUT_OFF.finditer(text):
        if not _CUT_OFF_RIGHT.search(text, max(match.start() - 8, 0), match.start()):
            yield _finding(study, "WORDING_015", match.start(), match.end(), "截至")
    for match in _CHOSEN.finditer(text):
        yield _finding(study, "WORDING_016", match.start(), match.end(), "择优推荐")
    for match in _AGED.finditer(text):
        yield _finding(study, "WORDING_018", match.start(), match.end(), "办理高龄津贴")
    for match in _FOUNDED.finditer(text):
        yield _finding(study, "WORDING_016", match.start(), match.end(), "成立了")
    for match in _STRAY.finditer(text):
        yield _finding(study, "WORDING_017", *match.span("stray"), "")
    for match in _NO_YEAR.finditer(text):
        year = match["year"]
        tail = "" if text[match.end() :].startswith("度") else "年"
        yield _finding(study, "WORDING_016", *match.span("year"), f"{year}{tail or '年'}")
    yield from _years_between(study)
    yield from _mixed_constructions(study)
    yield from _variants(study)
    yield from _said_twice(study)
    yield from _contradictions(study)


def _finding(
    study: Study, code: str, start: int, end: int, right: str, *, is_sure: bool = True
) -> Finding:
    first, last = study.reading.back(start, end)
    found = study.reading.clean[start:end]
    return Finding(
        code,
        _SEVERITY[code],
        first,
        last,
        {"found": found, "right": right},
        expected=right,
        has_replacement=is_sure and last - first == end - start,
    )


def _years_between(study: Study) -> Iterator[Finding]:
    """`补助2023年2.4万元`: the year belongs before the name, unless years are being listed side by side."""
    text = study.reading.clean
    for match in _YEAR.finditer(text):
        around = text[max(match.start() - 24, 0) : match.end() + 30]
        if len(_YEAR_PAIR.findall(around)) > 1:
            continue
        head = _clause_start(text, match.start())
        name = text[head : match.start("year")]
        yield _finding(
            study, "WORDING_014", head, match.end(), f"{match['year']}{name}", is_sure=False
        )


def _mixed_constructions(study: Study) -> Iterator[Finding]:
    text = study.reading.clean
    for match in _VEHICLE.finditer(text):
        right = f"以{match['means']}为{match['noun']}"
        yield _finding(study, "WORDING_019", match.start(), match.end(), right)


def _variants(study: Study) -> Iterator[Finding]:
    """One body under two names in one text: the short form beside the full one."""
    text = study.reading.clean
    for short, full in _VARIANTS:
        if full not in text:
            continue
        for match in re.finditer(re.escape(short), text):
            yield _finding(study, "WORDING_020", match.start(), match.end(), full)


def _said_twice(study: Study) -> Iterator[Finding]:
    """The same thing done to the same object twice in one sentence."""
    text = study.reading.clean
    seen: dict[tuple[int, str, str], tuple[int, int]] = {}
    for match in _TWICE.finditer(text):
        sentence = study.reading.sentence_at(match.start())
        first = seen.setdefault((sentence, match["verb"], match["object"]), match.span())
        if first == match.span():
            continue
        start, end = study.reading.back(*match.span())
        yield Finding(
            "WORDING_022",
            _SEVERITY["WORDING_022"],
            start,
            end,
            {"found": match[0], "first": text[first[0] : first[1]]},
            related=(study.reading.back(*first),),
        )


def _contradictions(study: Study) -> Iterator[Finding]:
    """A matter told as done for all in one place and as not done in another."""
    text = study.reading.clean
    claims = _first_by_matter(text, _ALL_DONE)
    denials = _first_by_matter(text, _NOT_DONE) if claims else {}
    for matter in claims.keys() & denials.keys():
        for one, other in (
            (claims[matter], denials[matter]),
            (denials[matter], claims[matter]),
        ):
            start, end = study.reading.back(*one.span())
            yield Finding(
                "WORDING_023",
                _SEVERITY["WORDING_023"],
                start,
                end,
                {"found": one[0], "other": other[0]},
                related=(study.reading.back(*other.span()),),
            )


def _first_by_matter(text: str, pattern: re.Pattern[str]) -> dict[str, re.Match[str]]:
    """The first statement on each matter that does not speak of a part only."""
    found: dict[str, re.Match[str]] = {}
    for match in pattern.finditer(text):
        if not _A_PART.search(text, _clause_start(text, match.start()), match.start()):
            found.setdefault(match["matter"], match)
    return found


_SEVERITY: Final[dict[str, FindingSeverity]] = {kind.code: kind.severity for kind in KINDS}

# ── all together ──────────────────────────────────────────────────────────────────────────────────────────────────────


def find_wording_defects(study: Study) -> Iterator[Finding]:
    """Miswritten, renamed and badly joined words, near misses of fixed phrases, and particles.

    Args:
        study: the draft laid open; its lexicon gives the lists.

    Returns:
        Findings, at most one for the same characters; the lists come first, being surer than the methods.
    """
    taken = bytearray(len(study.draft.text))
    for group in (_listed, _constructions, _near_misses, _omissions, _particles):
        for finding in group(study):
            if any(taken[finding.start : finding.end]):
                continue
            taken[finding.start : finding.end] = b"\x01" * (finding.end - finding.start)
            yield finding


def _near_misses(study: Study) -> Iterator[Finding]:
    text, lexicon = study.reading.clean, study.lexicon
    found = [("", near) for near in find_near_misses(text, lexicon)]
    found += [("WORDING_021", near) for near in find_orphans(text, lexicon)]
    for code, near in found:
        start, end = study.reading.back(near.start, near.end)
        code = code or ("WORDING_010" if near.reason == "sound" else "WORDING_011")
        yield Finding(
            code,
            _SEVERITY[code],
            start,
            end,
            {
                "found": near.found,
                "right": near.right,
                "wrong_character": near.wrong_character,
                "right_character": near.right_character,
            },
            expected=near.right,
            has_replacement=end - start == len(near.found),
        )


def _omissions(study: Study) -> Iterator[Finding]:
    for left in find_omissions(study.reading.clean, study.lexicon):
        yield _finding(study, "WORDING_024", left.start, left.end, left.right)


def _particles(study: Study) -> Iterator[Finding]:
    for slip in find_particles(study.reading.clean):
        start, end = study.reading.back(slip.start, slip.end)
        code = "WORDING_012" if slip.right == "地" else "WORDING_013"
        yield Finding(
            code,
            _SEVERITY[code],
            start,
            end,
            {"found": slip.found, "right": slip.wording},
            expected=slip.right,
            has_replacement=end - start == 1,
        )
