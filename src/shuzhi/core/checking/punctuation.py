"""Slips of the hand that need no understanding: doubled stops, brackets left open, stray spaces, words typed twice, a 年 left out.

What stands here follows GB/T 15834 where that leaves no choice; matters of taste are info. Where a draft does a thing all over
(straight quotes, half-width commas, spaces) it is a habit of the writer or of a conversion, and is said once, not at every place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from shuzhi.core.checking.confusions import frequency_of
from shuzhi.core.checking.model import Finding, FindingKind
from shuzhi.core.checking.placeholders import SURNAMES

if TYPE_CHECKING:
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("PUNCTUATION_001", "error", "punctuation"),  # doubled or clashing
    FindingKind(
        "PUNCTUATION_002", "error", "punctuation"
    ),  # bracket or quote without its other half
    FindingKind("PUNCTUATION_003", "error", "punctuation"),  # pairs that cross
    FindingKind("PUNCTUATION_004", "warning", "punctuation"),  # quote turned the wrong way
    FindingKind("PUNCTUATION_005", "warning", "punctuation"),  # straight quotes
    FindingKind(
        "PUNCTUATION_006", "warning", "punctuation"
    ),  # half-width , ; : . between Chinese characters
    FindingKind("PUNCTUATION_007", "info", "punctuation"),  # other mixed width
    FindingKind("PUNCTUATION_008", "warning", "punctuation"),  # stray space in a sentence
    FindingKind("PUNCTUATION_009", "error", "punctuation"),  # space just inside quotes
    FindingKind("PUNCTUATION_010", "warning", "punctuation"),  # paragraph without its full stop
    FindingKind("PUNCTUATION_011", "warning", "punctuation"),  # paragraph ending in a comma
    FindingKind("PUNCTUATION_012", "warning", "punctuation"),  # stop missing between clauses
    FindingKind("PUNCTUATION_013", "warning", "punctuation"),  # ， between parallel words
    FindingKind("PUNCTUATION_014", "warning", "punctuation"),  # 、 missing between parallel words
    FindingKind("PUNCTUATION_015", "warning", "punctuation"),  # character or word typed twice
    FindingKind("PUNCTUATION_016", "error", "punctuation"),  # 年 left out
    FindingKind("PUNCTUATION_017", "info", "punctuation"),  # 、 before 和
    FindingKind(
        "PUNCTUATION_018", "warning", "punctuation"
    ),  # ， or 、 between points or clauses of their own
    FindingKind("PUNCTUATION_019", "info", "punctuation"),  # other spaces and invisible characters
    FindingKind(
        "PUNCTUATION_020", "error", "punctuation"
    ),  # stop at the beginning of a line or bracket
)

_HAN: Final = "\u4e00-\u9fff"
_SPACE: Final = " \t\u3000\xa0\u2000-\u200a\u202f\u205f"

# ── doubled stops ─────────────────────────────────────────────────────────────────────────────────────────────────────

_DOUBLED: Final = re.compile(rf"[，。、；：！？,;:](?:[{_SPACE}]*[，。、；：！？,;:])+")
_ACROSS_QUOTE: Final = re.compile(r"(?P<one>[，。、；])[”’](?P=one)")
_MISPLACED: Final = re.compile(
    r"(?<=[（(“《〈【〔])[，。、；：]|[、，；](?=[）)》】〕])|(?m:^[ \u3000]*(?P<head>[，。、；：！？])(?=[^\n]))"
)
_STRENGTH: Final = "。！？；：，、"
_FULL: Final = str.maketrans(",;:!?.()", "，；：！？。（）")


def _doubled(clean: str) -> Iterator[Finding]:
    for match in _DOUBLED.finditer(clean):
        run = re.sub(rf"[{_SPACE}]", "", match[0])
        if not run.strip("！？!?"):
            continue  # ！！ and ？！ are emphasis
        if run in ("：：", "::") and clean[match.end() : match.end() + 1].isascii():
            continue
        wide = run.translate(_FULL)
        right = "……" if set(wide) == {"。"} and len(wide) >= 3 else min(wide, key=_STRENGTH.find)
        yield _error(
            "PUNCTUATION_001",
            match.start(),
            match.end(),
            {"text": match[0], "expected": right},
            right,
        )
    for match in _ACROSS_QUOTE.finditer(clean):
        right = "”" + match["one"] if match["one"] in "，；、" else match["one"] + "”"
        yield _error(
            "PUNCTUATION_001",
            match.start(),
            match.end(),
            {"text": match[0], "expected": right},
            right,
        )
    for match in _MISPLACED.finditer(clean):
        start = match.start("head") if match["head"] else match.start()
        if match["head"] and clean[match.end() - 1] == "：":
            continue
        yield _error(
            "PUNCTUATION_020", start, match.end(), {"text": clean[start : match.end()]}, ""
        )


def _error(code: str, start: int, end: int, params: dict[str, object], expected: str) -> Finding:
    return Finding(code, "error", start, end, params, expected, (), True)


def _warning(
    code: str,
    start: int,
    end: int,
    params: dict[str, object],
    expected: str = "",
    can_replace: bool = False,
) -> Finding:
    return Finding(code, "warning", start, end, params, expected, (), can_replace)


# ── pairs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_FAMILIES: Final = {
    "（": "）",
    "(": "）",
    "〔": "〕",
    "【": "】",
    "《": "》",
    "〈": "〉",
    "「": "」",
    "『": "』",
}
_CLOSER_OF: Final = {**{closer: closer for closer in _FAMILIES.values()}, ")": "）"}
_OPENER_OF: Final = {
    "）": "（",
    "〕": "〔",
    "】": "【",
    "》": "《",
    "〉": "〈",
    "」": "「",
    "』": "『",
    "”": "“",
}
_PAIR_SIGN: Final = re.compile(r"[（(〔【《〈「『）)〕】》〉」』“”\n]")
#: A half bracket that only numbers an item: 1） 一） a) 第一步)
_ITEM: Final = re.compile(
    rf"(?:^|[\s。；：，、！？:;，…（(”]|[{_HAN}](?=\d))(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}}|[a-zA-Z]|[①-⑳])$"
)
_CLAUSE_END: Final = re.compile(r"[，。；！？：\n]")
_LOOK_AHEAD_PARAGRAPHS: Final = 3
_MOST_PAIR_FINDINGS: Final = 50


@dataclass(slots=True)
class _Half:
    """Half a pair, unmatched."""

    at: int
    sign: str
    closer: str
    is_opener: bool
    paragraph: int


def _pairs(clean: str) -> Iterator[Finding]:
    """Halves without their other half, pairs that cross, and quotes turned the wrong way, paragraph by paragraph."""
    halves: list[_Half] = []
    crossed: list[tuple[int, int]] = []
    turned: list[Finding] = []
    stack: list[tuple[int, str, str]] = []
    quotes: list[tuple[int, str]] = []
    paragraph = 0

    def close_paragraph() -> None:
        nonlocal stack, quotes
        halves.extend(_Half(at, sign, closer, True, paragraph) for at, sign, closer in stack)
        if quotes:
            pairs = _quotes(clean, quotes, halves, turned, paragraph)
            crossed.extend(_crossings(pairs, matched))
        stack, quotes = [], []
        matched.clear()

    matched: list[tuple[int, int]] = []
    for match in _PAIR_SIGN.finditer(clean):
        sign, at = match[0], match.start()
        if sign == "\n":
            if stack or quotes:
                close_paragraph()
            matched.clear()
            paragraph += 1
        elif sign in "“”":
            quotes.append((at, sign))
        elif sign in _FAMILIES:
            stack.append((at, sign, _FAMILIES[sign]))
        else:
            closer = _CLOSER_OF[sign]
            if stack and stack[-1][2] == closer:
                matched.append((stack.pop()[0], at))
                continue
            if closer == "）" and _ITEM.search(clean[max(0, at - 5) : at]):
                continue
            depth = next(
                (
                    i
                    for i in range(len(stack) - 1, max(-1, len(stack) - 6), -1)
                    if stack[i][2] == closer
                ),
                None,
            )
            if depth is None:
                halves.append(_Half(at, sign, closer, False, paragraph))
            else:
                # what was opened inside and not closed is left over
                halves.extend(_Half(a, s, c, True, paragraph) for a, s, c in stack[depth + 1 :])
                matched.append((stack[depth][0], at))
                del stack[depth:]
    close_paragraph()
    # a text of nothing but quotes would give a finding for each of them
    yield from turned[:_MOST_PAIR_FINDINGS]
    for start, end in crossed[:_MOST_PAIR_FINDINGS]:
        yield Finding("PUNCTUATION_003", "error", start, end, {"text": _short(clean, start, end)})
    waiting: dict[str, _Half] = {}
    paired: set[int] = set()
    halves.sort(key=lambda one: one.at)
    for half in halves:
        if half.is_opener:
            waiting[half.closer] = half
            continue
        opener = waiting.pop(half.closer, None)
        # a quotation or a bracket may run over several paragraphs
        if opener is not None and 0 < half.paragraph - opener.paragraph <= _LOOK_AHEAD_PARAGRAPHS:
            paired |= {opener.at, half.at}
    for half in [one for one in halves if one.at not in paired][:_MOST_PAIR_FINDINGS]:
        # the missing half belongs somewhere in the clause that this half opens or closes
        if half.is_opener:
            pause = _CLAUSE_END.search(clean, half.at + 1, half.at + 40)
            start, end = half.at, pause.start() if pause else min(len(clean), half.at + 40)
        else:
            start = (
                max(clean.rfind(sign, max(0, half.at - 40), half.at) for sign in "，。；！？：\n")
                + 1
            )
            start, end = max(start, half.at - 40), half.at + 1
        missing = half.closer if half.is_opener else _OPENER_OF[half.closer]
        yield Finding(
            "PUNCTUATION_002",
            "error",
            start,
            max(end, half.at + 1),
            {"sign": half.sign, "missing": missing, "around": _around(clean, half.at, half.at + 1)},
        )


def _quotes(
    clean: str,
    quotes: Sequence[tuple[int, str]],
    halves: list[_Half],
    turned: list[Finding],
    paragraph: int,
) -> list[tuple[int, int]]:
    """Match the quotes of one paragraph; a quote inside a quote is allowed."""
    pairs: list[tuple[int, int]] = []
    open_quotes: list[int] = []
    index = 0
    while index < len(quotes):
        at, sign = quotes[index]
        following = quotes[index + 1][1] if index + 1 < len(quotes) else ""
        if sign == "“" and not open_quotes:
            open_quotes.append(at)
        elif sign == "“":
            after_next = quotes[index + 2][1] if index + 2 < len(quotes) else ""
            if following == "”" and after_next == "”":
                open_quotes.append(at)  # nested
            elif following == "”" and len(open_quotes) == 1:
                # “甲，“乙”: the first was never closed
                halves.append(_Half(open_quotes.pop(), "“", "”", True, paragraph))
                open_quotes.append(at)
            elif at - open_quotes[-1] <= 30:
                turned.append(
                    _warning(
                        "PUNCTUATION_004",
                        at,
                        at + 1,
                        {"text": clean[open_quotes[-1] : at + 1], "expected": "”"},
                        "”",
                        True,
                    )
                )
                pairs.append((open_quotes.pop(), at))
            else:
                halves.append(_Half(open_quotes.pop(), "“", "”", True, paragraph))
                open_quotes.append(at)
        elif open_quotes:
            pairs.append((open_quotes.pop(), at))
        elif following == "”" and quotes[index + 1][0] - at <= 30:
            text = clean[at : quotes[index + 1][0] + 1]
            turned.append(
                _warning("PUNCTUATION_004", at, at + 1, {"text": text, "expected": "“"}, "“", True)
            )
            open_quotes.append(at)
        else:
            halves.append(_Half(at, "”", "”", False, paragraph))
        index += 1
    halves.extend(_Half(at, "“", "”", True, paragraph) for at in open_quotes)
    return pairs


def _crossings(
    quotes: Sequence[tuple[int, int]], brackets: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Quotes and brackets of one paragraph that overlap without one holding the other."""
    if not brackets:
        return
    pairs = sorted([*quotes, *brackets])
    stack: list[tuple[int, int]] = []
    for start, end in pairs:
        while stack and stack[-1][1] < start:
            stack.pop()
        if stack and stack[-1][1] < end:
            yield stack[-1][0], end + 1
        else:
            stack.append((start, end))


def _short(clean: str, start: int, end: int) -> str:
    return (
        clean[start:end]
        if end - start <= 24
        else clean[start : start + 10] + "…" + clean[end - 10 : end]
    )


def _around(clean: str, start: int, end: int) -> str:
    return (
        clean[max(0, start - 8) : start].rpartition("\n")[2]
        + clean[start:end]
        + clean[end : end + 8].partition("\n")[0]
    )


# ── width ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_HALF_STOP: Final = re.compile(
    rf"(?<=[{_HAN}”》）％%\d])[,;](?=[{_HAN}“《（])|(?<=[{_HAN}”》）])[:](?=[{_HAN}“《（])|(?<=[{_HAN}]),(?=\d)|(?<![一二三四五六七八九十])(?<=[{_HAN}])\.(?=[{_HAN}\n]|$)"
)
_STRAIGHT: Final = re.compile(
    r"(?<!\d)\"([^\"“”\n]{1,60})\"|(?<![A-Za-z0-9])'([^'\"“”\n]{1,40})'(?![A-Za-z])"
)
_HALF_OTHER: Final = re.compile(
    rf"(?<=[{_HAN}])\((?=[^\n()]{{0,30}}[{_HAN}])|(?<=[{_HAN}])[!?](?=[{_HAN}\n”]|$)|(?<=[{_HAN}])[,;:](?=\s)"
)
_HAS_HAN: Final = re.compile(rf"[{_HAN}]")
_BEFORE_QUOTE: Final = re.compile(rf"[{_HAN}，。；：、（]")


def _folded(findings: Sequence[Finding], most: int = 3) -> Iterator[Finding]:
    """The findings, or the first of them with all places when there are more than `most`: then it is a habit."""
    if len(findings) <= most:
        yield from (replace(one, params={**one.params, "count": ""}) for one in findings)
        return
    places = tuple((one.start, one.end) for one in findings[1:200])
    yield replace(
        findings[0], params={**findings[0].params, "count": len(findings)}, related=places
    )


def _width(clean: str) -> Iterator[Finding]:
    half = [
        _warning(
            "PUNCTUATION_006",
            match.start(),
            match.end(),
            {
                "text": match[0],
                "expected": match[0].translate(_FULL),
                "around": _around(clean, *match.span()),
            },
            match[0].translate(_FULL),
            True,
        )
        for match in _HALF_STOP.finditer(clean)
    ]
    full = sum(clean.count(sign) for sign in "，；：")
    if len(half) * 3 > full and len(half) > 3:  # the whole draft is written so
        yield Finding(
            "PUNCTUATION_007",
            "info",
            half[0].start,
            half[0].end,
            {"text": half[0].params["text"], "count": len(half)},
        )
    else:
        yield from _folded(half)
    straight = []
    for match in _STRAIGHT.finditer(clean):
        inside = match[1] or match[2]
        is_between = bool(
            _BEFORE_QUOTE.match(clean, match.start() - 1) and _HAS_HAN.match(clean, match.end())
        )
        # 推行"1+3"机制; not 21"彩电, 6'或8'
        if _HAS_HAN.search(inside) or (match[1] and is_between):
            right = f"“{inside}”"
            straight.append(
                _warning(
                    "PUNCTUATION_005",
                    match.start(),
                    match.end(),
                    {"text": match[0], "expected": right},
                    right,
                    True,
                )
            )
    yield from _folded(straight)
    other = list(_HALF_OTHER.finditer(clean))
    if other:
        yield Finding(
            "PUNCTUATION_007",
            "info",
            other[0].start(),
            other[0].end(),
            {"text": other[0][0], "count": len(other)},
        )


# ── spaces ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_SPACE_BETWEEN: Final = re.compile(rf"(?<=[{_HAN}])[{_SPACE}]+(?=[{_HAN}])")
_SPACE_BEFORE_STOP: Final = re.compile(rf"(?<=[{_HAN}])[{_SPACE}]+(?=[，。、；：！？])")
_RARE_SPACE: Final = re.compile(
    rf"(?<=[{_HAN}])[\u2000-\u200a\u202f\u205f\xa0]+(?=[\dA-Za-z“（])|(?<=[\d%％])[\u2000-\u200a\u202f\u205f\xa0]+(?=[{_HAN}])"
)
_SPACE_IN_QUOTES: Final = re.compile(
    rf"(?<=[“‘《])[{_SPACE}]+(?=[^{_SPACE}”’》\n])|(?<=[^{_SPACE}“‘《\n])[{_SPACE}]+(?=[”’》])"
)
_WORD_BEFORE: Final = re.compile(rf"[{_HAN}]+$")
_WORD_AFTER: Final = re.compile(rf"[{_HAN}]+")


def _spaces(clean: str, is_page: bool) -> Iterator[Finding]:
    """Stray spaces; titles, names, signatures and tables are set with spaces on purpose."""
    stray = []
    for pattern in (_SPACE_BETWEEN, _SPACE_BEFORE_STOP, _RARE_SPACE):
        for match in pattern.finditer(clean):
            start, end = match.span()
            if pattern is _SPACE_BETWEEN and not _is_stray(clean, start, end):
                continue
            if pattern is not _SPACE_BETWEEN and not _is_prose(clean, start, end):
                continue
            stray.append(
                _warning(
                    "PUNCTUATION_008", start, end, {"around": _around(clean, start, end)}, "", True
                )
            )
    stray.sort(key=lambda one: one.start)
    if is_page or len(stray) > 12:
        if stray:
            yield Finding(
                "PUNCTUATION_019",
                "info",
                stray[0].start,
                stray[0].end,
                {"around": stray[0].params["around"], "count": len(stray)},
            )
    else:
        yield from _folded(stray)
    inside = [
        _error(
            "PUNCTUATION_009",
            match.start(),
            match.end(),
            {"around": _around(clean, *match.span())},
            "",
        )
        for match in _SPACE_IN_QUOTES.finditer(clean)
    ]
    yield from _folded(inside)


def _is_prose(clean: str, start: int, end: int) -> bool:
    """Whether a place stands inside a sentence: stops before or behind it on its line, and some length."""
    left = clean.rfind("\n", max(0, start - 120), start) + 1 or max(0, start - 120)
    right = clean.find("\n", end, end + 120)
    right = min(len(clean), end + 120) if right < 0 else right
    line = clean[left:right]
    return len(line) >= 24 and any(stop in line for stop in "。，；")


def _is_stray(clean: str, start: int, end: int) -> bool:
    if end - start > 1 or not _is_prose(clean, start, end):
        return False
    # a row of names or terms set with spaces
    if re.search(rf"[{_HAN}”）][{_SPACE}]", clean[max(0, start - 8) : start]) or re.search(
        rf"^[{_HAN}]{{1,8}}[{_SPACE}][{_HAN}]", clean[end : end + 12]
    ):
        return False
    before = _WORD_BEFORE.search(clean[max(0, start - 30) : start])
    after = _WORD_AFTER.match(clean, end, min(len(clean), end + 30))
    left, right = len(before[0]) if before else 0, len(after[0]) if after else 0
    named = _NAMED.search(clean, max(0, start - 4), start)
    if left == right == 1 or (named and named["surname"] in SURNAMES):
        return False  # 报 告, 村支书张 三
    if _is_split(clean, start, end):
        return True
    if left <= 2 or right <= 2:
        return False  # 张 三
    # a heading set off from its text by a space
    line_start = clean.rfind("\n", max(0, start - 60), start)
    return line_start < 0 or bool(re.search(r"[。，；]", clean[line_start:start]))


#: A word so usual in the general language is no accident of two that meet (的 确, 村 里).
_USUAL: Final = 1000
#: Whose surname a space may set off from the given name.
_NAMED: Final = re.compile(
    r"(?:书记|支书|主任|[镇乡村县市局院校组队站所]长|同志|委员|人|员|[：:、，])(?P<surname>.)$"
)


def _is_split(clean: str, start: int, end: int) -> bool:
    """Whether a space stands inside a usual word of two characters: 扎实开 展."""
    return frequency_of(clean[start - 1] + clean[end]) >= _USUAL


# ── paragraph ends ────────────────────────────────────────────────────────────────────────────────────────────────────

_ENDED: Final = re.compile(r"[。！？；：…”’）)》】.!?:;\"'—|>*～~]$")


def _paragraph_ends(study: Study) -> Iterator[Finding]:
    """Running paragraphs that break off; headings, lists, table cells and signatures have no full stop."""
    reading = study.reading
    clean = reading.clean
    cells = [(block.start, block.end) for block in study.draft.blocks if block.kind != "paragraph"]
    exempt = {
        node.start
        for node in study.outline
        if node.kind in ("title", "addressee", "signature", "date")
    }
    open_ends: list[tuple[int, str]] = []
    running = 0
    commas: list[int] = []
    for start, end in reading.paragraphs:
        words = clean[start:end].strip(" \t\u3000\xa0\n")
        if len(words) <= 30 or "|" in words or "\t" in words:
            continue
        stop = start + clean[start:end].rindex(words[-1])
        at = reading.offsets[stop]
        if (
            any(left <= at < right for left, right in cells)
            or reading.back(start, start + 1)[0] in exempt
        ):
            continue
        running += 1
        if words[-1] in "，、,":
            commas.append(stop)
        elif not _ENDED.search(words) and "。" in words and len(words) - words.rindex("。") > 6:
            open_ends.append((stop, words[-1]))
    if len(open_ends) <= max(1, running // 6):
        for stop, last in open_ends:
            yield _warning(
                "PUNCTUATION_010",
                stop,
                stop + 1,
                {"around": _around(clean, stop, stop + 1)},
                last + "。",
                True,
            )
    if len(commas) <= max(1, running // 6):
        for stop in commas:
            yield _warning(
                "PUNCTUATION_011",
                stop,
                stop + 1,
                {"text": clean[stop], "around": _around(clean, stop, stop + 1)},
                "。",
                True,
            )


# ── stops missing or of the wrong kind ────────────────────────────────────────────────────────────────────────────────

_AMOUNT: Final = r"[\dXx.]+[余多]?(?:万元|亿元|元|万|米|公里|亩|平方米|吨|千米|人|户|个|头|只|座|盏|处|项|件|场次|次|期)"
_BRACKETED_AMOUNT: Final = rf"（{_AMOUNT}）"
_MISSING_STOP: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # …（480米）某组道路（420米）: items of one list with their amounts in brackets
    (
        re.compile(rf"{_BRACKETED_AMOUNT}(?=[^，。、；：（）\n和及与]{{2,12}}{_BRACKETED_AMOUNT})"),
        "、",
    ),
    (re.compile(rf"{_BRACKETED_AMOUNT}(?=(?:累计|共计|合计|总计)[\dXx])"), "，"),
    # 25.9万元（……）通过……: an amount with its make-up in brackets, then a new clause
    (
        re.compile(
            r"(?<=[\d]元|万元|亿元|[\d]亩|[\d]户|[\d]人|万亩|公里)（[^（）\n]{8,120}）(?=通过|同时|积极|此外|另外|今年|全年|截至|按照|根据|认真|大力|扎实|深入|切实|不断|组织|开展|完成|实施)"
        ),
        "。",
    ),
    # 涉及71户331人补贴资金……元
    (
        re.compile(
            r"(?:涉及|惠及|覆盖|受益)(?:群众|农户|农民)?[\d.]+万?[余多]?户(?:[\d.]+万?[余多]?人)?(?=(?:补贴|补助|奖补|奖励|兑现|兑付|发放|落实|投入)[^，。；、\d]{0,8}\d)"
        ),
        "，",
    ),
    # 深入开展全民健身运动积极支持……
    (
        re.compile(
            rf"(?<=[，。；\n])(?:深入|广泛|扎实|积极|认真|持续|组织)?(?:组织)?(?:开展|举办)[{_HAN}]{{2,16}}(?:活动|运动|行动)"
            r"(?=(?:积极|大力|认真|努力)(?:支持|配合|协助|参与|动员|争取|落实|推广|宣传)[\u4e00-\u9fff]{2})"
        ),
        "，",
    ),
    # 举办培训班2期培训党员640余人
    (
        re.compile(
            r"培训班?[\d一二三四五六七八九十]+[余多]?(?:期|场次|场|次|批次)(?=培训[^，。；、\d]{0,8}\d)"
        ),
        "，",
    ),
    # …“两个确立”坚决做到“两个维护”
    (
        re.compile(
            r"“(?:四个意识|四个自信|两个确立|两个维护)”(?=(?:增强|坚定|做到|坚决做到|坚决拥护|坚决维护|深刻领悟|自觉做到|切实增强)“)"
        ),
        "、",
    ),
)
#: Words that go in threes and are written with 、 between them.
_QUALITIES: Final = r"(?:积极|主动|创造|自觉|针对|实效|时效|系统|预见|原则|规范|有效|严肃|权威|科学|全面|准确|及时|可操作|前瞻|战斗|政治|时代|斗争)性"
_FEELINGS: Final = r"(?:获得|幸福|安全|归属|认同|责任|荣誉|使命|紧迫|危机|自豪|满足|参与|成就)感"
_FORCES: Final = r"(?:凝聚|战斗|向心|号召|执行|组织|创造|影响|感召|领导)力(?!量)"
_MASSES: Final = r"(?:宣传|组织|教育|团结|服务|动员|发动|依靠|引导|带领|联系)群众"
_WORD_COMMA: Final = re.compile(
    rf"{_QUALITIES}(?:[，,]{_QUALITIES})+|{_FEELINGS}(?:[，,]{_FEELINGS})+|{_FORCES}(?:[，,]{_FORCES})+"
)
_WORD_NOTHING: Final = re.compile(
    rf"{_QUALITIES}(?:{_QUALITIES})+|{_FEELINGS}(?:{_FEELINGS})+|{_FORCES}(?:{_FORCES})+|(?:{_MASSES}|凝聚(?:力量|群众))(?:凝聚力量|凝聚群众|{_MASSES})+"
    rf"|[{_HAN}]{{2}}(?P<tail>[少差弱慢低])[{_HAN}]{{2}}(?P=tail)(?=[，。、；]|的问题|等)"
)
_WORD: Final = re.compile(rf"{_QUALITIES}|{_FEELINGS}|{_FORCES}|{_MASSES}|凝聚力量|凝聚群众")
_PAUSE_BEFORE_AND: Final = re.compile(
    r"、(?=和(?!平|谐|睦|美|气|解)|以及|及(?!时|早|其)|与(?!会|此|时))"
)
_POINT_COMMA: Final = re.compile(r"[，、,](?=[二三四五六七八九]是[^，。；\n])")
_CLAUSE_PAUSE: Final = re.compile(
    r"(?<=\d人|余人|多人|人次|\d名)、(?=(?:举办|召开)[^，。；、\n]{2,20}[期场次])"
)


def _missing_stops(clean: str) -> Iterator[Finding]:
    for pattern, sign in _MISSING_STOP:
        for match in pattern.finditer(clean):
            at = match.end()
            yield _warning(
                "PUNCTUATION_012",
                at - 1,
                at + 1,
                {"around": _around(clean, at - 1, at + 1), "expected": sign},
                f"{clean[at - 1]}{sign}{clean[at]}",
            )
    for match in _WORD_COMMA.finditer(clean):
        right = re.sub("[，,]", "、", match[0])
        if (
            len(re.findall("[，,]", match[0])) >= 2
            or clean[match.start() - 1 : match.start()] == "、"
        ):
            yield _warning(
                "PUNCTUATION_013", *match.span(), {"text": match[0], "expected": right}, right, True
            )
    for match in _WORD_NOTHING.finditer(clean):
        words = _WORD.findall(match[0])
        right = "、".join(words) if words and "".join(words) == match[0] else ""
        if match["tail"]:
            right = match[0][:-3] + "、" + match[0][-3:]
        yield _warning(
            "PUNCTUATION_014",
            *match.span(),
            {"text": match[0], "expected": right},
            right,
            bool(right),
        )
    for match in _PAUSE_BEFORE_AND.finditer(clean):
        yield Finding(
            "PUNCTUATION_017", "info", *match.span(), {"around": _around(clean, *match.span())}
        )
    for match in _CLAUSE_PAUSE.finditer(clean):
        yield _warning(
            "PUNCTUATION_018", *match.span(), {"text": match[0], "expected": "；"}, "；", True
        )
    points = [
        _warning("PUNCTUATION_018", *match.span(), {"text": match[0], "expected": "；"}, "；", True)
        for match in _POINT_COMMA.finditer(clean)
        if _is_long_point(clean, match.start())
    ]
    yield from points[:1]


def _is_long_point(clean: str, end: int) -> bool:
    """Whether the point before has commas of its own, so that a comma cannot end it."""
    start = max(
        (clean.rfind(f"{n}是", max(0, end - 200), end) for n in "一二三四五六七八九"), default=-1
    )
    words = clean[start:end] if start >= 0 else ""
    return words.count("，") >= 2 and not re.search(r"[。；\n]", words)


# ── typed twice ───────────────────────────────────────────────────────────────────────────────────────────────────────

#: Not where the second one belongs to a longer word (组织组织力, 工作工作者).
_TWICE: Final = re.compile(
    rf"(?P<word>[{_HAN}]{{2,6}})(?P=word)(?![力部者性化员度型会人法权体学局处科室长委组群])"
)
#: Words that Chinese repeats on purpose, and suffixes that stand next to the same word (中国中国人).
_REPEATED: Final = re.compile(
    r"^(?:一.|.一|研究|讨论|商量|学习|交流|打扫|考虑|非常|特别|许多|很多|好多|多多|谢谢|永远|一遍一遍|年年|日日|世世|代代|常常|哈哈|天天|人人|家家|户户|村村|组组|处处|时时|事事|件件|个个|句句|步步|层层|早早|好好|慢慢|轻轻|试试|看看)"
)
_FUNCTION: Final = re.compile(
    r"(?<!目)(?<![^目指达商坐招对]标)的的(?!确|士|卡)|了了(?![解然结却断]|不起)|(?<=一目)了了(?=然)|(?<=深入|全面|详细|充分|基本|主动|实地|亲自|准确|系统)了了(?=解)|们们"
    r"|(?<![现正存潜所内外实自])在在|(?<=存)在在(?![于校职编岗])|(?<=所)在在(?=[村地县乡镇市区])|(?<=正)在在(?=建设|实施|推进|进行|施工|筹备|申报|办理|加快|有序|抓紧|逐步)"
    r"|(?<![平总温缓饱柔暖调祥共随])(?<!碳中)和和(?![气睦美谐平谈解])|(?<![参给赠授])与与|(?<![一])把把(?![关握控手])|被被|(?<![自])我我(?![们])|(?<![可所难加得予足何用给])以以(?![及后来前内外上下])"
    r"|(?<!以|涉|普|顾|危|提|波|推)及及(?!时|其|早)|(?<![谦])让让|(?<![沿])着着(?![力手眼陆重装])|已已|(?<![即必终行])将将(?![军来要])|不不(?!了)|(?<=\d{4})年年(?![初底末度均终中报审检轻会])"
    r"|(?<=\d)(?:户户(?![均籍主型])|亩亩(?!均)|元元(?!旦)|人人(?![均次员口大民才])|个个(?![人体别])|米米|项项(?!目)|件件|场场(?![地所镇])|次次|头头|只只|吨吨|名名)"
    r"|(?<=[我本该])村村(?=“?两委)|(?<=[Xx×*\d])组组(?=[内际间道])"
)


def _twice(clean: str) -> Iterator[Finding]:
    known: set[int] = set()
    for match in _TWICE.finditer(clean):
        word = match["word"]
        if _REPEATED.match(word) or len(set(word)) == 1 or word[-1] == "一":
            continue
        if clean[match.end() : match.end() + 1] == "家" and _frequency(word + "家"):
            continue  # 企业企业家
        yield _warning(
            "PUNCTUATION_015", *match.span(), {"text": match[0], "expected": word}, word, True
        )
    places = [match.start() for match in _PAIR.finditer(clean)]
    for at in places:
        is_one = _FUNCTION.match(clean, at) is not None
        if not is_one or _is_fourfold(clean, at) or _is_in_a_word(clean, at):
            continue  # 的的确确, 不了了之
        known.add(at)
        yield _once(clean, at)
    for at in _stutters(clean, places):
        if at not in known:
            yield _once(clean, at)


def _once(clean: str, at: int) -> Finding:
    """A character stands twice where one is enough."""
    text, right = clean[at : at + 2], clean[at]
    return _warning("PUNCTUATION_015", at, at + 2, {"text": text, "expected": right}, right, True)


# ── a character typed twice, told by the words around it ──────────────────────────────────────────────────────────────

_PAIR: Final = re.compile(rf"([{_HAN}])\1")
#: Characters that may well stand twice: numerals, measures, kinds of place (沩水水闸, 示例村村民) and given names.
_OFTEN_TWICE: Final = frozenset(
    "一二三四五六七八九十百千万亿零两半几多个户人件项场次条处头只吨名亩元米年月日天时分秒岁级届期批轮组队班层代章节点步样句字声家门"
    "省市县区州盟旗乡镇村屯寨社街路道里巷弄港湾岛桥河江湖海山岭沟坪坝渠库塘堰井泉水田地林场厂店园馆校院所站室房楼厅局处科股部台"
    "哈呵啦啊嘛呀爸妈爷奶哥姐弟妹宝星亲妞丽娜莉芳婷媛莎珍红兰玲英萍娟丹晶晨佳琳露瑶"
)
#: Beside these a repeated measure begins: 一件件.
_DISTRIBUTIVE: Final = frozenset("一每逐各该本某两双")
#: Words of one character, behind which another word begins.
_SINGLE: Final = frozenset("的了和在是对把将为与及等并也都以从向由按就有要被使让给到于做抓")
#: How usual a word must be to tell that the character before it is one too many.
_TELLING: Final = 300
#: A doubled character that is a rare word (开开) is still one too many before a very usual one (开展).
_RARE: Final = 150
_VERY_USUAL: Final = 2000
#: More pairs than one in so many characters, and the text is no prose.
_PROSE: Final = 60


@lru_cache(maxsize=1 << 14)
def _frequency(word: str) -> int:
    return frequency_of(word)


def _is_fourfold(clean: str, at: int) -> bool:
    """Whether a pair is half of a word said twice over: 实实在在, 完完全全."""
    return clean[at + 2 : at + 3] == clean[at + 3 : at + 4] != "" or (
        at >= 2 and clean[at - 1] == clean[at - 2]
    )


def _is_in_a_word(clean: str, at: int) -> bool:
    """Whether the dictionary has a word around a pair: 钉钉子, 不了了之."""
    return any(
        _frequency(clean[start : start + length])
        for start in range(max(0, at - 2), at + 1)
        for length in (3, 4)
        if start + length >= at + 2
    )


def _stutters(clean: str, places: Sequence[int]) -> Iterator[int]:
    """Characters typed twice of which the second begins a usual word and the first ends none: 的工工作, but not 工作作风.

    What stands before must be a word of its own, or the pair may be half of a name that no dictionary has.
    """
    if len(places) * _PROSE > len(clean) and len(places) > _PROSE:
        return
    for at in places:
        one = clean[at]
        before, behind = clean[at - 1 : at], clean[at + 2 : at + 3]
        if one in _OFTEN_TWICE or one in _SINGLE or before in _DISTRIBUTIVE:
            continue
        usual, twice = _frequency(one + behind), _frequency(one * 2)
        if usual < _TELLING or (twice and (twice >= _RARE or usual < _VERY_USUAL)):
            continue
        if _is_fourfold(clean, at) or _is_in_a_word(clean, at):
            continue
        is_apart = (
            not _HAS_HAN.match(before)
            or before in _SINGLE
            or any(_frequency(clean[at - reach : at]) for reach in (2, 3, 4) if at >= reach)
        )
        is_end = any(_frequency(clean[at - reach : at + 1]) for reach in (1, 2, 3) if at >= reach)
        if is_apart and not is_end:
            yield at


_YEAR: Final = re.compile(
    rf"(?:(?<=[{_HAN}，。；（：、])|(?m:^))(?P<year>20[0-3]\d)(?=履行|履职|以来|上半年|下半年|全年|工作|度(?=[{_HAN}]{{2}})(?!的?电|以[上下]|左右|高温|低温|上下|[余多])|我[村镇乡县市区局]?|全[村镇乡县市区年局]|共(?![享创])|累计|计划|将|底(?![价线])|末|初(?!级|心)|一季度|二季度|三季度|四季度|前三季度|[1-9]月|1[0-2]月|完成|实现|村集体|本村|各村|新增|现有)"
)


def _year_signs(clean: str) -> Iterator[Finding]:
    for match in _YEAR.finditer(clean):
        left = clean[max(0, match.start() - 12) : match.start()]
        if "“" in left and "”" not in left[left.rfind("“") :]:
            continue  # “清风2023”: a name
        right = match["year"] + "年"
        yield _error("PUNCTUATION_016", *match.span(), {"text": match[0], "expected": right}, right)


# ── all of it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_punctuation_defects(study: Study) -> Iterator[Finding]:
    """Punctuation, spaces and slips of the hand, in places of the draft's text. Linear in its length."""
    reading = study.reading
    clean = reading.clean
    found: list[Finding] = [
        *_doubled(clean),
        *_pairs(clean),
        *_width(clean),
        *_spaces(clean, study.draft.format == "pdf"),
        *_paragraph_ends(study),
        *_missing_stops(clean),
        *_twice(clean),
        *_year_signs(clean),
    ]
    for one in found:
        start, end = reading.back(one.start, one.end)
        related = tuple(reading.back(left, right) for left, right in one.related)
        yield replace(one, start=start, end=end, related=related)
