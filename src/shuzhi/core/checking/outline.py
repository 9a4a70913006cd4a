"""How a report is built: title, addressee, lead, numbered headings and points, closing, signature, date.

Reports come with headings run into their paragraphs, two headings on one line or the whole text in one line; so numbers are looked for
everywhere, and what stands before them decides. The words themselves are not judged here, nor is the layout of a Word file.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from shuzhi.core.checking.model import Block, Finding, FindingKind, OutlineKind, OutlineNode
from shuzhi.core.checking.text import Reading

if TYPE_CHECKING:
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("OUTLINE_001", "error", "outline"),  # number used twice
    FindingKind("OUTLINE_002", "error", "outline"),  # number skipped
    FindingKind("OUTLINE_003", "error", "outline"),  # number out of order
    FindingKind("OUTLINE_004", "warning", "outline"),  # sequence does not begin with one
    FindingKind("OUTLINE_005", "info", "outline"),  # same level in different forms
    FindingKind("OUTLINE_006", "warning", "outline"),  # two titles that nearly repeat each other
    FindingKind("OUTLINE_007", "warning", "outline"),  # heading with nothing below it
    FindingKind("OUTLINE_008", "info", "outline"),  # no year in the title
    FindingKind("OUTLINE_009", "info", "outline"),  # no closing
    FindingKind("OUTLINE_010", "info", "outline"),  # no signature
    FindingKind("OUTLINE_011", "info", "outline"),  # no date
)

# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Kinds of block that stand beside the report's own text.
_BESIDE: Final = frozenset({"header", "footer", "footnote"})
_NUMERALS: Final = "一二三四五六七八九十"
_DIGIT: Final = {char: value for value, char in enumerate(_NUMERALS, 1)}


class _Stretches:
    """Stretches of a text, in order and apart; asked whether a character stands in one of them."""

    def __init__(self, spans: Sequence[tuple[int, int]] = ()) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def __contains__(self, position: object) -> bool:
        if not self._starts or not isinstance(position, int):
            return False
        index = bisect.bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]


def _number(text: str) -> int:
    """一 → 1, 十二 → 12, 二十三 → 23, 7 → 7; 0 for what is no number (三五)."""
    if text.isdigit():
        return int(text)
    if len(text) == 1:
        return _DIGIT.get(text, 0)
    tens, ten, ones = text.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return _DIGIT.get(tens, 1) * 10 + _DIGIT.get(ones, 0)


def _chinese(number: int) -> str:
    """12 → 十二."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (_NUMERALS[ones - 1] if ones else "")


#: Every form of a number: its level, and how a number of this form is written.
_LEVELS: Final = {
    "part": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "half": 4,
    "circle": 5,
    "is": 5,
    "must": 5,
    "among": 5,
    "nth": 5,
    "first": 5,
    "side": 5,
}
#: Forms that are points only when they come in rows: 首先 alone is an adverb.
_IN_ROWS: Final = frozenset({"must", "among", "nth", "first", "side"})
_ORDER_WORDS: Final = {"首先": 1, "其次": 2, "再次": 3, "一方面": 1, "另一方面": 2}

_CANDIDATE: Final = re.compile(
    rf"第(?P<part>[{_NUMERALS}]{{1,3}})(?:部分|章|篇)"
    rf"|(?<![{_NUMERALS}])(?P<one>[{_NUMERALS}]{{1,3}})[ \u3000]?[、.．,，:：]"
    rf"|[（(〔【][ \u3000]?(?P<two>[{_NUMERALS}]{{1,3}})[ \u3000]?[）)〕】][、.．]?"
    rf"|(?<![{_NUMERALS}])(?P<twohalf>[{_NUMERALS}]{{1,3}})[）)]"
    r"|(?<![\d.．A-Za-z])(?P<three>\d{1,2})[ \u3000]?[、.．](?!\d)"
    r"|[（(][ \u3000]?(?P<four>\d{1,2})[ \u3000]?[）)]"
    r"|(?<![\d.．A-Za-z])(?P<half>\d{1,2})[）)]"
    r"|(?P<circle>[①-⑳])|(?P<threesign>[⒈-⒛])|(?P<foursign>[⑴-⒇])|(?P<twosign>[㈠-㈩])"
    rf"|(?<![{_NUMERALS}第之其统唯])(?P<is>[{_NUMERALS}]{{1,2}})[ \u3000]?是"
    rf"|(?<![{_NUMERALS}第之其统唯])(?P<must>[{_NUMERALS}]{{1,2}})要(?!素|求|件)"
    rf"|其(?P<among>[{_NUMERALS}])(?=[，,、是:：])"
    rf"|第(?P<nth>[{_NUMERALS}]{{1,2}})(?=[，,、:：]|是)"
    r"|(?P<first>首先|其次|再次)|(?P<side>另?一方面)"
)
_SIGNS: Final = {
    "circle": ("circle", "①"),
    "threesign": ("three", "⒈"),
    "foursign": ("four", "⑴"),
    "twosign": ("two", "㈠"),
}
#: Behind 二、: what makes it a coordination (二、三级, 一、二季度) and no heading.
_COORDINATION: Final = re.compile(
    rf"[ \u3000]?[{_NUMERALS}](?:[、和及]|级|产|季|线|期|组|批|类|等|次|号|标|楼|层|轮|孩|胎|届|队|村|社|区|大|两|月|日|年级|个|项|名|中|小)"
)
#: A numeral that ends a word: 统一、 之一、 第一、.
_WORDS_BEFORE: Final = frozenset(
    "统合之唯单第万逐划如不归同惟其专二分同十百千零〇初周星礼期高大小老五四三六七八九每"
)
_STOPS: Final = frozenset("。！？!?；;：:…")
_PAUSES: Final = frozenset("，,、 \u3000\t”’）)】》")
_ORNAMENT: Final = re.compile(r"[ \t\u3000\xa0#*>●•◆■▪★◎※☆—-]{0,60}")
_SENTENCE_STOP: Final = re.compile(r"[。！？!?\n]")
_PAUSE: Final = re.compile(r"[，,；;。！？!?：:\n]")


@dataclass(slots=True)
class _Mark:
    """A number found in the text."""

    start: int
    end: int  #: behind the number
    level: int
    form: str
    number: int
    at_line_start: bool
    is_trusted: bool = True  #: False: only when it fits into a row


def _marks(clean: str, elsewhere: _Stretches) -> list[_Mark]:
    """Every number that stands where a heading or a point may begin, in order.

    Args:
        clean: the text of the reading.
        elsewhere: table cells, headers and notes, whose numbers are not the report's.
    """
    found: list[_Mark] = []
    line_start = 0  # of the line the last candidate stood in
    seen = 0
    last: dict[
        int, int
    ] = {}  # the last number of each level, deeper levels forgotten when a higher one comes
    open_until = (
        -1
    )  # while a heading has not come to its first stop a further one may follow directly
    for match in _CANDIDATE.finditer(clean):
        form = match.lastgroup or ""
        start, end = match.span()
        if start in elsewhere:
            continue
        if form in _SIGNS:
            form, zero = _SIGNS[form]
            number = ord(match[0]) - ord(zero) + 1
        elif form in ("first", "side"):
            number = _ORDER_WORDS[match[0]]
        else:
            number = _number(match[form])
            if form == "twohalf":
                form = "two"
        if not number:
            continue
        level = _LEVELS[form]
        line_start = max(line_start, clean.rfind("\n", seen, start) + 1)
        seen = start
        ornament = _ORNAMENT.match(clean, line_start, start)
        at_line_start = ornament is not None and ornament.end() == start
        before = clean[start - 1] if start else "\n"
        if not at_line_start and before in " \u3000\t":
            before = clean[max(line_start, start - 20) : start].rstrip(" \u3000\t")[-1:] or "\n"
        following = clean[end : end + 4]
        fits = number == last.get(level, 0) + 1
        is_open = (
            start - open_until < 60
            and open_until >= 0
            and not _SENTENCE_STOP.search(clean, open_until, start)
        )
        is_spaced = fits and number > 1 and before != (clean[start - 1] if start else "\n")
        if not _is_accepted(
            form, match[0], number, at_line_start, before, following, fits, is_open, is_spaced
        ):
            continue
        found.append(_Mark(start, end, level, form, number, at_line_start, form not in _IN_ROWS))
        if form not in _IN_ROWS:
            last[level] = number
            for deeper in range(level + 1, 6):
                last.pop(deeper, None)
            open_until = end
        if form == "is" and number == 1:
            last[5] = 1
    return _in_rows(found)


def _is_accepted(
    form: str,
    mark: str,
    number: int,
    at_line_start: bool,
    before: str,
    following: str,
    fits: bool,
    is_open: bool,
    is_spaced: bool,
) -> bool:
    """Whether a number begins a heading or point, by what stands around it."""
    after_stop = before in _STOPS
    following_text = following.lstrip(" \u3000")
    if form == "part":
        return at_line_start
    if form == "one":
        if _COORDINATION.match(following) or following_text[:1] in "，。、；":
            return False
        if mark[-1] in ",，:：":
            return at_line_start and fits and following_text[:1] not in ("\n", "")
        if at_line_start:
            return True
        if after_stop:
            return following_text[:1] not in ("\n", "")
        return is_open and fits and before not in _WORDS_BEFORE and before not in _PAUSES
    if form in ("two", "four"):
        if following_text[:1] in "项款目条类班、，。；）":
            return False
        if at_line_start:
            return True
        if mark[0] not in "（(㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩〔【⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽":
            return False
        if after_stop:
            return True
        if before in _PAUSES:
            return fits and (number > 1 or before in "，, ”）")
        return fits and (is_open or number > 1) and before not in "第表图件注式例条款项及和"
    if form in ("three", "half"):
        if following_text[:1] in "%％元万" or following_text[:1] in "，。、；":
            return False
        if at_line_start:
            return following_text[:1] not in ("",)
        if after_stop or is_spaced:
            return number == 1 or fits
        return fits and is_open and number == 1 and form == "three" and before not in _PAUSES
    if form == "circle":
        return at_line_start or after_stop or before in _PAUSES or fits
    if form == "is":
        if following_text[:1] == mark[0] or following_text[:1] in "，。否非":
            return False
        if at_line_start or after_stop or before in _PAUSES:
            return True
        return (fits and number > 1) or (number == 1 and before in "为有即")
    # 首先, 其一, 第一，, 一要, 一方面
    if form == "must" and before not in _STOPS and before not in "，, ”）" and not at_line_start:
        return False
    if form == "nth" and following_text[:1] in "、" and not (at_line_start or after_stop):
        return False
    return at_line_start or after_stop or before in "，, ”）"


def _in_rows(marks: list[_Mark]) -> list[_Mark]:
    """The marks without those that are only trusted in rows and stand alone."""
    kept: set[int] = set()
    running: dict[str, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.level < 5 and mark.form in _LEVELS:
            running.clear()
        if mark.is_trusted:
            kept.add(index)
            continue
        row = running.get(mark.form)
        if mark.number == 1:
            running[mark.form] = [index]
        elif row is not None and marks[row[-1]].number < mark.number <= marks[row[-1]].number + 2:
            row.append(index)
            kept.update(row)
        else:
            running.pop(mark.form, None)
    return [mark for index, mark in enumerate(marks) if index in kept]


# ── the parts around the body ─────────────────────────────────────────────────────────────────────────────────────────

_GENRES: Final = (
    r"(?:述职述廉|述职|工作|总结|情况|调研|自查|整改|汇报|履职|述责述廉|年度|党建|专题|考核|述学|评议|实施|执行|分析|述法|政府)*"
    r"(?:报告|总结|汇报|述职|材料|讲话|发言|小结|要点|方案|计划|体会|说明|情况|纪要|综述|通报|提纲|清单|打算|公报)"
)
_TITLE: Final = re.compile(rf"{_GENRES}(?:[（(][^（）()\n]{{1,20}}[）)])?$")
_RUN_IN_TITLE: Final = re.compile(
    rf"(?!现将|根据|按照|下面|为)[^，。；：！？\n]{{2,50}}?{_GENRES}(?:[（(][^（）()\n]{{1,20}}[）)])?(?=[^的如，。；、：（(]|$)"
)
_DATE: Final = re.compile(
    r"[（(]?(?:\d{4}|[〇○零一二三四五六七八九]{4}|[Xx×*\d]{4})\s*年\s*(?:[\dXx×*]{1,2}|[一二三四五六七八九十]{1,3})\s*月(?:\s*(?:[\dXx×*]{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?[）)]?"
)
_ADDRESSEE: Final = re.compile(
    r"[^。；！？\n]{0,30}(?:各位|领导|同志|代表|委员|乡亲|党委|政府|支部|办公室|局|组织部|考核组|督导组|检查组|工作组|书记|镇长|主任|主席|朋友|村民|父老|居民|党员|来宾|党组|总支|街道办|办事处|评委|嘉宾)[^。；！？\n，]{0,12}[：:]"
)
_REPORTING: Final = re.compile(r"如下|汇报|报告|总结|述职|情况")
_LABEL: Final = re.compile(
    r"(?:(?:存在|主要|突出|具体|当前|面临|原因|整改|下一步|下步|工作|意见|改进|努力|今后|责任|完成|目标|问题|不足|困难|措施|剖析|分析|表现|思路|打算|方向|计划|建议|进展|成效|做法|经验|体会|启示|根源|任务|情况|对策|时限|领导|单位|人员|的|和|及|与|、|方面|举措|特色|亮点|短板|基本|总体)){2,7}[：:]"
)
_CLOSING: Final = re.compile(
    r"年关将至|新的一年|展望|各位(?:领导|代表|同志|委员)|同志们|以上|总之|今后|在今后|最后|谢谢|感谢|特此|此致|敬礼|(?:汇报|报告|述职)(?:到此)?(?:完毕|完了)|我的(?:述职|汇报|报告)|请[^，。]{0,10}(?:审议|审查|批评|指正|评议)|妥否|如有不|不[当妥足]之处|回顾|成绩属于|站在新|征程|面对新|新征程|奋进新|汇报人|述职人|下一步，我|一年来的"
)
_THANKS: Final = re.compile(
    r"谢谢|感谢|特此|此致|敬礼|(?:汇报|报告|述职)(?:到此)?(?:完毕|完了)|指正|审议|审查|评议|妥否|以上(?:是|报告|汇报|总结|述职)|不[当妥足]之处|而(?:不懈)?(?:努力)?奋斗[！。]|新(?:的)?(?:贡献|篇章|台阶|局面|成绩|辉煌|答卷)|美好明天|监督"
)
_SIGNER: Final = re.compile(
    r"(?:述职人|汇报人|报告人|述职述廉人|签名|总结人)[：:\s]|(?:委员会|党委|党支部|支部|总支|政府|村|社区|镇|乡|办公室|局|中心|街道|办事处|工作队|党组|委|公司|合作社|站|院|校|联合社|领导小组|班子)$"
)
_NAME: Final = re.compile(r"[\u4e00-\u9fffXx×*]{1,4}(?:[ \u3000]{1,4}[\u4e00-\u9fff]{1,2})?$")


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Written lines of a stretch, without the blanks around them."""
    lines = []
    for match in re.compile(r"[^\n]+").finditer(text, start, end):
        words = match[0]
        stripped = words.strip(" \t\u3000\xa0#*")
        if stripped:
            at = match.start() + words.index(stripped[0])
            lines.append((at, at + len(stripped)))
    return lines


@dataclass(slots=True)
class _Part:
    """A part found in the clean text, before its body's end is known."""

    kind: OutlineKind
    start: int
    end: int
    level: int = 0
    number: int | None = None
    mark: str = ""


def _front(clean: str, end: int) -> list[_Part]:
    """Title, addressee and lead: what stands before the first heading."""
    parts: list[_Part] = []
    lines = _lines(clean, 0, end)
    at = 0
    while at < len(lines) and at < 12:
        start, stop = lines[at]
        words = clean[start:stop]
        closed = re.sub(r"[ \u3000]", "", words)  # 工 作 报 告
        has_title = any(part.kind == "title" for part in parts)
        addressee = _ADDRESSEE.match(words)
        if addressee and not _REPORTING.search(addressee[0]) and (has_title or at < 3):
            parts.append(_Part("addressee", start, start + addressee.end()))
            if addressee.end() < len(words):
                parts.append(_Part("lead", start + addressee.end(), lines[-1][1]))
                return parts
        elif _DATE.fullmatch(words) and has_title:
            parts.append(_Part("date", start, stop))
        elif not has_title and len(words) <= 60 and not re.search(r"[。；！？:：]|，.*，", words):
            parts.append(_Part("title", start, stop))
        elif not has_title and (run_in := _RUN_IN_TITLE.match(words)):
            parts.append(_Part("title", start, start + run_in.end()))
            rest = start + run_in.end()
            addressee = _ADDRESSEE.match(clean, rest, stop)
            if addressee and not _REPORTING.search(addressee[0]):
                parts.append(_Part("addressee", rest, addressee.end()))
                rest = addressee.end()
            if rest < lines[-1][1]:
                parts.append(_Part("lead", rest, lines[-1][1]))
            return parts
        elif any(words == clean[part.start : part.end] for part in parts if part.kind == "title"):
            parts.append(_Part("title", start, stop))  # the same line again
        elif (
            has_title
            and len(words) <= 45
            and not re.search(r"[。；！？，：]", words)
            and (
                _TITLE.search(closed)
                or words[0] in "—（(-"
                or (at == 1 and parts[-1].kind != "addressee")
            )
        ):
            is_name = not _TITLE.search(closed) and len(words) <= 12 and words[0] not in "—（("
            parts.append(_Part("signature" if is_name else "title", start, stop))
        else:
            parts.append(_Part("lead", start, lines[-1][1]))
            return parts
        at += 1
    return parts


def _back(clean: str, start: int, end: int) -> list[_Part]:
    """Closing, signature and date: what stands behind the last heading or point, looked at from the end."""
    parts: list[_Part] = []
    lines = _lines(clean, start, end)
    tail = lines[-10:]
    at = len(tail) - 1
    while at >= 0:
        begin, stop = tail[at]
        words = clean[begin:stop]
        if at == 0 and len(lines) <= 10 and begin == start:
            break  # the heading's or point's own line
        if _DATE.fullmatch(words) and not parts:
            parts.append(_Part("date", begin, stop))
        elif (
            len(words) <= 30
            and not re.search(r"[。；！？，、：](?!\s*\S{1,8}$)|[。！？；]", words)
            and (
                _SIGNER.search(words)
                or (any(part.kind == "date" for part in parts) and _NAME.match(words))
            )
        ):
            parts.append(_Part("signature", begin, stop))
        else:
            break
        at -= 1
    first_closing = -1
    for reach, index in enumerate(range(at, -1, -1)):
        begin, stop = tail[index]
        if (index == 0 and begin == start) or stop - begin > 500:
            break
        words = clean[begin : begin + 40]
        if _CLOSING.match(words) or _THANKS.search(clean, max(begin, stop - 60), stop):
            first_closing = index
        elif reach >= 2:
            break
    if first_closing >= 0:
        parts.append(_Part("closing", tail[first_closing][0], tail[at][1]))
    return parts[::-1]


# ── the outline ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _heading_end(clean: str, mark: _Mark, limit: int) -> int:
    """Where a heading's or point's own words end: with its first sentence, at the latest where the next number stands."""
    stop = _SENTENCE_STOP.search(clean, mark.end, limit)
    end = limit if stop is None else stop.start() if stop[0] == "\n" else stop.end()
    while end < limit and clean[end] in "”’）)」』" and clean[end - 1] != "\n":
        end += 1
    if mark.level == 5 and end - mark.start > 40:
        pause = _PAUSE.search(clean, mark.end + 4, end)
        end = pause.start() if pause else end
    while end > mark.end and clean[end - 1] in " \t\u3000\xa0\n*":
        end -= 1
    return end


def _rank(part: _Part) -> int:
    """How high a part stands: what is not below a part ends it. Labels stand between headings and points."""
    if part.kind == "heading":
        return part.level * 2
    return {"label": 9, "point": 10}.get(part.kind, 0)


def _body_end(reading: Reading, blocks: Sequence[Block]) -> int:
    """Where the report's own text ends and the headers, footers and notes of the file begin, in the clean text."""
    end = len(reading.original)
    for block in reversed(blocks):
        if block.kind not in _BESIDE:
            break
        end = block.start
    return reading.forth(end) if end < len(reading.original) else len(reading.clean)


def _styled(
    reading: Reading, blocks: Sequence[Block], numbered: Sequence[_Part], elsewhere: _Stretches
) -> list[_Part]:
    """Headings without a number that the file itself marks as such (Word styles, # of Markdown, h1 of HTML).

    Their level is that of the numbered headings in the same style; where there are none the styles in use are counted off.
    """
    starts = [part.start for part in numbered]
    levels: dict[int, dict[int, int]] = {}  # of the file → of the numbered headings in it
    plain: list[tuple[int, int, int]] = []
    for block in blocks:
        if not block.level or block.kind != "paragraph":
            continue
        lines = _lines(reading.clean, reading.forth(block.start), reading.forth(block.end))
        if not lines or lines[0][0] in elsewhere:
            continue
        start, end = lines[0][0], lines[-1][1]
        at = bisect.bisect_left(starts, start)
        if at < len(starts) and starts[at] <= start + 1:
            if numbered[at].kind == "heading":
                found = levels.setdefault(block.level, {})
                found[numbered[at].level] = found.get(numbered[at].level, 0) + 1
        elif end - start <= 60:
            plain.append((start, end, block.level))
    plain = plain[_titles_among(reading.clean, plain) :]
    used = sorted({level for _, _, level in plain} | set(levels))
    if not plain:
        return []
    fixed = {level: max(found, key=lambda one: found[one]) for level, found in levels.items()}
    parts = []
    for start, end, level in plain:
        near = min(fixed, key=lambda one: abs(one - level), default=None)
        rank = (
            used.index(level) + 1
            if near is None
            else fixed[near] + used.index(level) - used.index(near)
        )
        parts.append(_Part("heading", start, end, min(max(rank, 1), 4)))
    return parts


def _titles_among(clean: str, styled: Sequence[tuple[int, int, int]]) -> int:
    """How many of the styled lines are the report's title: those at its very beginning, unless headings look the same."""
    count = 0
    behind = 0
    for start, end, level in styled:
        if level != styled[0][2] or clean[behind:start].strip(" \t\u3000\xa0\n#*"):
            break
        count += 1
        behind = end
    if any(level == styled[0][2] for _, _, level in styled[count:]) and not any(
        _TITLE.search(clean[start:end]) for start, end, _ in styled[:count]
    ):
        return 0
    return count


def find_outline(reading: Reading, blocks: Sequence[Block] = ()) -> tuple[OutlineNode, ...]:
    """The parts of a draft in the order of the text; their offsets are in `Draft.text`. Linear in the text's length.

    Args:
        reading: the draft's text as detectors read it.
        blocks: the draft's blocks, where the file has any: headers, footers and notes are no part of the report, numbers in
            table cells no headings, and lines that the file marks as headings are such without a number too.
    """
    clean = reading.clean
    whole = _body_end(reading, blocks)
    elsewhere = _Stretches(
        [
            (reading.forth(block.start), reading.forth(block.end))
            for block in blocks
            if block.kind in _BESIDE or block.kind == "cell"
        ]
    )
    marks = _marks(clean, elsewhere)
    numbered: list[_Part] = []
    for index, mark in enumerate(marks):
        limit = marks[index + 1].start if index + 1 < len(marks) else whole
        numbered.append(
            _Part(
                "point" if mark.level == 5 else "heading",
                mark.start,
                _heading_end(clean, mark, limit),
                mark.level,
                mark.number,
                clean[mark.start : mark.end],
            )
        )
    styled = _styled(reading, blocks, numbered, elsewhere) if blocks else []
    if styled:
        numbered = sorted([*numbered, *styled], key=lambda part: part.start)
    headings = [part for part in numbered if part.kind == "heading"]
    first = headings[0].start if headings else numbered[0].start if numbered else whole
    last = numbered[-1].start if numbered else 0
    front = _front(clean, first)
    if not numbered and front and front[-1].kind == "lead":
        front[-1].end = _lines(clean, front[-1].start, whole)[0][1]
    body_start = front[-1].end if front else 0
    back = _back(clean, max(last, body_start if not numbered else 0), whole)
    labels = [
        _Part("label", match.start(), match.end(), mark=match[0])
        for match in _LABEL.finditer(clean, min(first, whole), whole)
        if match.start() == 0 or clean[match.start() - 1] in "\n。；\u3000 \t"
    ]
    parts = sorted([*front, *numbered, *labels, *back], key=lambda part: (part.start, part.end))
    # body ends: a stack of open parts, closed by the next that is not below them
    ends = [whole] * len(parts)
    open_parts: list[int] = []
    for index, part in enumerate(parts):
        while open_parts and _rank(parts[open_parts[-1]]) >= _rank(part):
            ends[open_parts.pop()] = part.start
        open_parts.append(index)
    nodes = []
    for part, body_end in zip(parts, ends, strict=True):
        start, end = reading.back(part.start, part.end)
        body = reading.back(part.start, body_end)[1] if body_end > part.start else end
        nodes.append(
            OutlineNode(
                part.kind,
                start,
                end,
                part.level,
                part.number,
                part.mark,
                clean[part.start : part.end],
                max(body, end) if part.kind in ("heading", "point", "label") else end,
            )
        )
    return tuple(nodes)


# ── defects ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _form(mark: str) -> str:
    """What a number's form is, whichever number it is: （三） → （#）."""
    return re.sub(rf"[{_NUMERALS}]+|\d+|[①-⑳⑴-⒇㈠-㈩⒈-⒛]", "#", mark.strip()).replace(" ", "")


def _as_mark(mark: str, number: int) -> str:
    """The mark of another number in the same form; empty where the form has none."""
    if re.search(r"\d", mark):
        return re.sub(r"\d+", str(number), mark)
    if re.search(rf"[{_NUMERALS}]", mark):
        return re.sub(rf"[{_NUMERALS}]+", _chinese(number), mark, count=1)
    return ""


@dataclass(slots=True)
class _Row:
    """A run of numbers of one level under one parent."""

    nodes: list[OutlineNode]
    since: int  #: behind the number before the first: where a missing number one would stand

    @property
    def numbers(self) -> list[int]:
        return [node.number or 0 for node in self.nodes]


def _rows(nodes: Sequence[OutlineNode], text: str) -> list[_Row]:
    """The rows of numbers; a row ends with its parent, a new one begins with a number one."""
    rows: list[_Row] = []
    current: dict[tuple[int, str], _Row] = {}
    behind = 0
    for at, node in enumerate(nodes):
        if node.kind in ("label", "closing"):
            for key in [key for key in current if key[0] >= 5]:
                del current[key]
            continue
        if node.kind not in ("heading", "point"):
            continue
        since, behind = behind, node.start + len(node.mark)
        for key in [key for key in current if key[0] > node.level]:
            del current[key]
        if node.number is None:
            continue
        form = _form(node.mark)
        # points in different words (一是, 首先, 一要) are rows of their own, one inside the other
        key = (node.level, re.sub(r"[^是要其第①首再一方]", "", form) if node.level == 5 else "")
        row = current.get(key)
        if row is None:
            row = current[key] = _Row([node], since)
            rows.append(row)
            continue
        previous = row.nodes[-1]
        fits = node.number == (previous.number or 0) + 1
        if not fits:
            # a row in another form, or inside a paragraph, may stand between the headings of this level
            same = next(
                (
                    other
                    for other in reversed(rows[-40:])
                    if other is not row
                    and other.nodes[0].level == node.level
                    and other.nodes[-1].number == node.number - 1
                    and other.nodes[-1].body_end >= row.nodes[0].start
                    and (
                        _form(other.nodes[-1].mark) == form != _form(previous.mark)
                        or not _begins_line(row.nodes[0], text)
                        # 一、…… directly followed by 一、……: a level inside another in the same form
                        or not text[other.nodes[-1].end : other.nodes[-1].body_end].strip()
                    )
                ),
                None,
            )
            if same is not None:
                same.nodes.append(node)
                current[key] = same
                continue
        if node.number == 1 and _is_new_row(previous, at, nodes, text):
            row = current[key] = _Row([node], since)
            rows.append(row)
        else:
            row.nodes.append(node)
    return rows


def _begins_line(node: OutlineNode, text: str) -> bool:
    """Whether nothing but indentation stands before a node on its line."""
    before = text[max(0, node.start - 40) : node.start].rstrip(" \t\u3000\xa0#*")
    return not before or before[-1] == "\n"


def _is_new_row(previous: OutlineNode, at: int, nodes: Sequence[OutlineNode], text: str) -> bool:
    """Whether a number one begins a new row, or is a slip for the number that should follow."""
    node = nodes[at]
    if (previous.number or 0) > 1:
        return True
    following = []
    for index in range(at + 1, min(at + 200, len(nodes))):
        other = nodes[index]
        if other.kind == node.kind and other.level <= node.level:
            if other.level < node.level:
                break
            following.append(other.number or 0)
            if following[-1] != len(following) + 1:
                break
    if not following:
        return False
    if node.level < 5 and _are_alike(previous, node, text):
        # one list that runs on as if there were no second number one
        return following != list(range(2, len(following) + 2)) and following[0] in (1, 2)
    return following[0] in (1, 2) or (node.level == 5 and following[0] != 3)


def _are_alike(one: OutlineNode, other: OutlineNode, text: str) -> bool:
    """Whether two headings are written alike, each on a line of its own, with text between them."""
    return (
        _form(one.mark) == _form(other.mark)
        and _begins_line(one, text)
        and _begins_line(other, text)
        and bool(text[one.end : other.start].strip())
    )


@cache
def _written_forms(number: int, is_point: bool) -> re.Pattern[str]:
    """Every form in which a number may stand in a list."""
    word = _chinese(number)
    forms = (
        rf"(?<![{_NUMERALS}\w]){word}[ \u3000]?[、.．,，:：]|[（(][ \u3000]?{word}[ \u3000]?[）)]|(?<![{_NUMERALS}]){word}[）)]"
        rf"|第{word}(?:部分|章|篇)|(?<![^。！？；：\s])第{word}[，、,:：是]|(?<![\d.．]){number}[、.．)）](?!\d)"
    )
    if number <= 20:
        forms += f"|{chr(ord('①') + number - 1)}|{chr(ord('⒈') + number - 1)}|{chr(ord('⑴') + number - 1)}"
    if is_point:
        forms += rf"|(?<![{_NUMERALS}]){word}(?: ?是|要|则)|其{word}|其次|再次"
    return re.compile(forms)


def _is_written(
    number: int, is_point: bool, text: str, start: int, end: int, placed: _Stretches
) -> bool:
    """Whether a number that seems skipped stands between in a form that was not taken for a mark of this row.

    Args:
        number: the number looked for.
        is_point: whether the row is one of points (一是), for which more forms are usual.
        text: the draft's text.
        start: where to look from.
        end: where to look to.
        placed: the marks that have their place in other rows.
    """
    return any(
        match.start() not in placed and match.end() - 1 not in placed
        for match in _written_forms(number, is_point).finditer(text, start, end)
    )


def _sequence_findings(row: _Row, text: str, placed: _Stretches) -> Iterator[Finding]:
    nodes = row.nodes
    level = nodes[0].level
    numbers = row.numbers
    first = nodes[0]
    is_point = level == 5
    is_late = numbers[0] > 1 and (not is_point or numbers[0] == 2)
    if (
        is_late
        and len(nodes) > 1
        and not _is_written(1, is_point, text, row.since, first.start, placed)
    ):
        right = _as_mark(first.mark, 1)
        yield Finding(
            "OUTLINE_004",
            "warning",
            first.start,
            first.start + len(first.mark),
            {"mark": first.mark, "expected": right},
            right,
        )
    accepted = {numbers[0] + 1}
    at = 1
    while at < len(nodes):
        node, number, previous = nodes[at], numbers[at], nodes[at - 1]
        expected = min(accepted)
        span = (node.start, node.start + len(node.mark))
        related = ((previous.start, previous.start + len(previous.mark)),)
        right = _as_mark(node.mark, expected)
        params = {"mark": node.mark, "previous": previous.mark, "expected": right}
        if number in accepted:
            accepted = {number + 1}
        elif number == previous.number:
            yield Finding("OUTLINE_001", "error", *span, params, right, related, bool(right))
            accepted = {number + 1, number + 2}
        elif number > expected:
            if (
                at + 1 < len(nodes) and numbers[at + 1] == expected
            ):  # 一、三、二、: two numbers in the wrong places
                yield Finding("OUTLINE_003", "error", *span, params, right, related)
                accepted = {number + 1, expected + 2}
                at += 1
            elif number - expected > 3 and level != 1:
                accepted = {number + 1}  # another row that was not seen to begin
            elif not _is_written(
                expected,
                is_point,
                text,
                previous.start + len(previous.mark),
                node.start,
                placed,
            ):
                yield Finding("OUTLINE_002", "error", *span, params, right, related)
                accepted = {number + 1, expected + 1}
            else:
                accepted = {number + 1}
        elif number == 1 and level == 5:
            accepted = {2}
        else:
            yield Finding("OUTLINE_003", "error", *span, params, right, related)
            accepted = {number + 1, expected + 1}
        at += 1


def _bare(title: str) -> str:
    return re.sub(r"[（(【\[].*?[）)】\]]|[\W_]", "", title)


_YEAR: Final = re.compile(r"[12][\dXx×*]{3}")


def _title_findings(nodes: Sequence[OutlineNode]) -> Iterator[Finding]:
    titles = [node for node in nodes if node.kind == "title"]
    for at, other in enumerate(titles):
        if other.text[0] in "—（(-":
            continue
        second = _bare(other.text)
        for back, one in enumerate(reversed(titles[:at])):
            first = _bare(one.text)
            if back == 0:
                is_same = fuzz.ratio(first, second) >= 75
            else:  # a title of two lines comes again as a whole; 20XX may have been filled in once
                is_same = _YEAR.sub("", first) == _YEAR.sub("", second)
            if is_same and min(len(first), len(second)) >= 6:
                yield Finding(
                    "OUTLINE_006",
                    "warning",
                    one.start,
                    other.end,
                    {"first": one.text, "second": other.text},
                )
                return
    if titles and not any(re.search(r"年|\d{4}", node.text) for node in titles):
        yield Finding(
            "OUTLINE_008", "info", titles[0].start, titles[0].end, {"title": titles[0].text}
        )


def _empty_headings(nodes: Sequence[OutlineNode], text: str) -> Iterator[Finding]:
    """A heading directly followed by one of the same or a higher level, where its siblings have text."""
    numbered = [
        node for node in nodes if node.kind in ("heading", "point", "closing", "signature", "date")
    ]
    filled: dict[int, list[bool]] = {}
    empty: list[OutlineNode] = []
    for index, node in enumerate(numbered):
        if node.kind != "heading":
            continue
        body = text[node.end : node.body_end]
        has_body = len(body.strip()) > 0
        filled.setdefault(node.level, []).append(has_body)
        following = numbered[index + 1] if index + 1 < len(numbered) else None
        words = node.text[len(node.mark) :].strip()
        if (
            not has_body
            and following is not None
            and following.kind == "heading"
            and following.level <= node.level <= 2
            and 0 < len(words) <= 20
            and not re.search(r"[。，；：、\d]", words)
            and "\n" in text[node.end : following.start]
        ):
            empty.append(node)
    counts = {level: (len(siblings), sum(siblings)) for level, siblings in filled.items()}
    for node in empty:
        total, with_text = counts[node.level]
        if total >= 3 and with_text >= total - 1:
            yield Finding("OUTLINE_007", "warning", node.start, node.end, {"heading": node.text})


def _mixed_forms(nodes: Sequence[OutlineNode], text: str) -> Iterator[Finding]:
    """Numbers of one level in a form that is not the one most of its kind have."""
    for level in (1, 2, 3, 4):
        own = [
            node
            for node in nodes
            if node.kind == "heading" and node.level == level and _begins_line(node, text)
        ]
        forms: dict[str, int] = {}
        for node in own:
            form = _form(node.mark)
            forms[form] = forms.get(form, 0) + 1
        if len(forms) < 2:
            continue
        usual = max(forms, key=lambda form: forms[form])
        for node in own:
            if _form(node.mark) != usual:
                yield Finding(
                    "OUTLINE_005",
                    "info",
                    node.start,
                    node.start + len(node.mark),
                    {
                        "mark": node.mark,
                        "usual": usual.replace(
                            "#", _chinese(node.number or 1) if level < 3 else str(node.number)
                        ),
                    },
                )


def find_outline_defects(study: Study) -> Iterator[Finding]:
    """Numbers skipped, doubled or out of order; titles that repeat each other; parts that are missing."""
    nodes = study.outline
    text = study.draft.text
    rows = _rows(nodes, text)
    # what follows its forerunner in a row of its own is not the number that another row lacks
    following = sorted(
        (node.start, node.start + len(node.mark))
        for row in rows
        for before, node in itertools.pairwise(row.nodes)
        if node.number == (before.number or 0) + 1
    )
    placed = _Stretches(following)
    for row in rows:
        yield from _sequence_findings(row, text, placed)
    yield from _title_findings(nodes)
    yield from _empty_headings(nodes, text)
    yield from _mixed_forms(nodes, text)
    if not any(node.kind == "heading" for node in nodes) or len(text) < 300:
        return
    end = _body_end(study.reading, study.draft.blocks)
    written = len(study.reading.clean[:end].rstrip())
    place = study.reading.back(max(0, written - 1), written)
    for kind, code in (
        ("closing", "OUTLINE_009"),
        ("signature", "OUTLINE_010"),
        ("date", "OUTLINE_011"),
    ):
        if not any(node.kind == kind for node in nodes):
            yield Finding(code, "info", *place, {})
