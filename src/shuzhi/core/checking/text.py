"""The draft made readable: residue of web pages taken out, digits made plain, cut into sentences and clauses.

Every detector reads `Reading.clean`, where an advertisement or a line wrapped at the page's edge no longer cuts a number in two and
a full-width digit is a digit, and leads back to the draft with `Reading.back`. Only characters are dropped or put one for one, so
places never shift unseen.
"""

from __future__ import annotations

import bisect
import itertools
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

#: One for one: full-width digits, letters and signs that stand in numbers. Punctuation stays as the writer chose it.
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PLAIN: Final = str.maketrans(
    "０１２３４５６７８９．％＋－−～∼＊"
    + "".join(chr(ord(letter) + 0xFEE0) for letter in _LETTERS)
    + "\r\x0b\x0c\x85\u2028\u2029",
    "0123456789.%+--~~*" + _LETTERS + "\n" * 6,
)

# ── residue ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Marks that web pages and their editors leave in a text: paid content (##paidbegin##, [/paid]), page breaks (#p#…#e#, [NextPage]),
#: entities (&nbsp;), tags (<br/>) and bulletin-board code ([url=…]).
_MARKER: Final = re.compile(
    r"#{2,3}\s?/?[A-Za-z_]{2,20}\s?#{2,3}|[\[［<＜]/?(?:paid|pay|vip|hide|member)[A-Za-z]{0,8}[\]］>＞]"
    r"|#p#[^#\n]{0,20}#e#|#[pe]#|[\[［{<]!?-{0,2}/?(?:next[ _-]?page|page[ _-]?break|page|分页)(?:[ _=:-]?[\w#]{1,12})?-{0,2}[\]］}>]"
    r"|_ueditor_page_break_tag_|<!--[^\n]{0,60}?-->|&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});"
    r"|</?(?:p|br|div|span|strong|b|i|u|em|font|img|a|table|tr|td|th|h[1-6]|li|ul|ol|hr|center|section)(?:\s[^<>\n]{0,120})?/?>"
    r"|\[/?(?:url|img|quote|color|size|font|b|i|u|attach)(?:=[^\[\]\n]{0,60})?\]",
    re.IGNORECASE,
)
_BRACKETED: Final = re.compile(
    r"【[^【】\n]{1,60}】|[\[［][^\[\]［］\n]{1,60}[\]］]|（[^（）\n]{1,60}）"
)
_ADVERTISING: Final = re.compile(
    r"文库|更多(?:素材|资料|材料|范文|文章|公文|内容)|公众号[:：]|微信[:：号]|关注.{0,6}公众号|加群|QQ群?[:：]?\d|下载(?:地址|网址)"
    r"|www\.|https?:|\.com|\.cn|淘宝|扫码"
    r"|点击(?:查看|下载|阅读|展开|进入)|(?:查看|阅读|展开|下载|获取|解锁)(?:全文|原文|更多|剩余|完整版)|剩余.{0,6}(?:内容|部分|页|文字|全文)"
    r"|(?:会员|付费|VIP|vip).{0,6}(?:可见|可读|查看|阅读|下载|专享|免费|解锁)|(?:开通|购买).{0,4}(?:会员|VIP|vip)"
    r"|(?:写作|公文|范文|素材|材料|资料|文秘|秘书).{0,4}群|加.{0,2}(?:微信|QQ|V信)|(?:领取|索取)(?:资料|素材|范文|模板)"
)
#: What makes round brackets an advertisement: they also hold honest remarks, so less is enough only in black ones.
_ADVERTISING_PLAINLY: Final = re.compile(
    r"更多(?:素材|资料|材料|范文|公文)|尽在.{0,8}(?:文库|网)|下载(?:地址|网址)|(?:公文|范文|素材|材料|写作|文秘|秘书).{0,6}(?:公众号|微信号?[:：])"
    r"|加群|QQ群[:：]?\d|淘宝"
)
#: Signs put between the characters of an advertisement so that filters do not see it; at most three at a place.
_JUNK: Final = "~～%％&＆#＃@＠$＄*＊^|｜_- \u3000·•."
_NO_JUNK: Final = str.maketrans("", "", _JUNK)
_MOST_JUNK: Final = 3


def without_strewn(text: str) -> str:
    """A text without the signs that are strewn into advertisements."""
    return text.translate(_NO_JUNK)


def find_disguised(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where a pattern stands in a text, also with signs strewn between its characters (文~库).

    Args:
        pattern: what to look for; it must not ask for any of the strewn signs itself.
        text: the text.
    """
    squeezed = without_strewn(text)
    kept: Sequence[int] = ()
    for match in pattern.finditer(squeezed):
        if not kept:
            kept = [at for at, char in enumerate(text) if char not in _JUNK]
        places = kept[match.start() : match.end()]
        if all(other - one <= _MOST_JUNK + 1 for one, other in itertools.pairwise(places)):
            yield places[0], places[-1] + 1


_MATERIAL: Final = "(?:素材|材料|资料|范文|公文|文章|文档|模板|稿件|述职报告|工作总结)"
_OPEN_ADVERTISEMENT: Final = re.compile(
    # 更多素材尽在某某文库 · 素材尽在某某网
    rf"(?:更多|海量|精品|优质|全套|原创)?{_MATERIAL}"
    rf"(?:尽在|都在|全在|就在|请关注|请加|请搜索|请访问|请到|请上|关注|下载请|上)"
    rf"[^，。；！？、\n【】《》]{{0,14}}?(?:文库|范文网|公文网|材料网|文秘网|秘书网|素材网|公众号|知识星球|文档网|小程序)"
    # 本文由某某网整理 · 本文来源：某某文库
    rf"|(?:本文由|本资料由|本文档由)[^，。；\n]{{1,24}}?(?:整理|提供|上传|收集|分享|首发)(?:发布|并发布|编辑|上传)?"
    rf"|(?<![数据资金货源])(?:文章来源|本文来源|信息来源|材料来源|转载自|转自|摘自|出处|来源)[:：]\s?[^，。；\n]{{0,20}}?(?:文库|范文网|公文网|材料网|文秘网|秘书网|公众号|百度|知乎|豆丁|道客巴巴|网)(?![\u4e00-\u9fff])"
    rf"|(?:下载本文|下载全文|下载原文)|(?:点击下载|立即下载|免费下载)[^，。；\n]{{0,12}}?(?:文档|原文|全文|本文|资料|素材|范文|word|Word|WORD|完整版)"
    rf"|(?:关注公众号|微信公众号|公众号)\s?[:：]?\s?[“\"「]?[^，。；\n”\"」]{{0,8}}(?:公文|范文|素材|文秘|秘书|笔杆|材料写作)[^，。；\n”\"」]{{0,6}}[”\"」]?"
    rf"|剩余[^，。；\n]{{0,6}}(?:内容|部分|页|文字|全文)[^，。；\n]{{0,6}}(?:会员|付费|登录|购买|开通|VIP|vip)[^，。；！？\n]{{0,12}}"
    rf"|(?:欢迎加入|请加入|加入)[^，。；！？\n]{{0,8}}(?:写作|公文|范文|素材|文秘|秘书)[^，。；！？\n]{{0,4}}群(?:\s?[:：]?\s?(?:QQ群?|微信)?\s?[:：]?\s?[\dA-Za-z_]{{5,20}})?"
    rf"|QQ群?(?:号)?\s?[:：]\s?\d{{5,12}}"
    rf"|(?:开通|成为|购买)(?:本站)?(?:会员|VIP|vip)[^，。；！？\n]{{0,6}}(?:查看|阅读|下载|可见|解锁|免费)[^，。；！？\n]{{0,6}}"
    rf"|(?:付费阅读|付费后可见|会员可见|剩余内容需付费|转载请注明出处|侵权必究|版权归原作者所有)"
)
_LINK: Final = re.compile(r"(?:https?://|www\.)[A-Za-z0-9._~:/?#@!$&'()*+,;=%\-]{3,200}")
#: Addresses a report may name: offices, schools, the party's and the state's own media.
_OFFICIAL: Final = re.compile(
    r"\.gov\b|\.edu\b|\.org\b|\.mil\b|xuexi\.cn|12371|people\.com|xinhua|news\.cn|cctv|qstheory|政府|党委|门户|官方|管委会|日报|局官|发布厅"
)
_HAS_RESIDUE: Final = re.compile(
    r"[#\[［【<＜&{]|_ueditor|文.{0,3}库|公.{0,3}众|本.{0,3}[文资]|下.{0,3}载|付费|会员|侵权|版权|https?:|www\.|来源|转|摘自|出处|更多|材料|素材|资料|范文|公文|文章|文档|模板|稿件|述职|总结|扫码|剩余|全文|写作|文秘|秘书|QQ|VIP|vip"
)


@dataclass(frozen=True, slots=True)
class Residue:
    """Characters of the draft that belong to a web page, not to the report."""

    start: int
    end: int
    kind: str  #: marker, advertisement or link


def find_residue(text: str) -> list[Residue]:
    """Paid-content marks (##paidbegin##), advertisements with or without brackets, and links, in order and not overlapping.

    Links to offices and official media are left alone, and so are honest remarks about an office's own 公众号.
    """
    found = [Residue(m.start(), m.end(), "marker") for m in _MARKER.finditer(text)]
    for match in _BRACKETED.finditer(text):
        squeezed = re.sub(r"[^\w.:：/]", "", match[0])
        pattern = _ADVERTISING if match[0][0] == "【" else _ADVERTISING_PLAINLY
        if pattern.search(squeezed) and not _OFFICIAL.search(squeezed):
            found.append(Residue(match.start(), match.end(), "advertisement"))
    for start, end in find_disguised(_OPEN_ADVERTISEMENT, text):
        if not _OFFICIAL.search(text, start, end):
            found.append(Residue(start, end, "advertisement"))
    for match in _LINK.finditer(text):
        if not _OFFICIAL.search(match[0]):
            found.append(
                Residue(match.start(), match.start() + len(match[0].rstrip(".,;:!?)'")), "link")
            )
    found.sort(key=lambda one: (one.start, -one.end))
    apart: list[Residue] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


# ── lines that are no line ends ───────────────────────────────────────────────────────────────────────────────────────

#: Characters that no paragraph begins with: what stands before the line end goes on behind it.
_GOES_ON: Final = "，。、；：！？）”’》〉】〕」』%％…,;!?)]"
#: A line that begins a part of its own, whatever stood before.
_BEGINS: Final = re.compile(
    r"[ \t\u3000\xa0]|[一二三四五六七八九十]{1,3}[、.．是要）)]|[（(〔【][一二三四五六七八九十\d]{1,3}[）)〕】]|\d{1,2}[、.．）)](?!\d)"
    r"|[①-⑳⑴-⒇㈠-㈩]|第[一二三四五六七八九十]{1,3}[，、,章节部条]|[-*#•●◆■▪★—|]|$"
)
_INVISIBLE: Final = re.compile(r"[\ufeff\u200b-\u200f\u2060\u00ad]+|\r(?=\n)")
_WIDE: Final = re.compile(r"[^\x00-\xff]")


def _width(line: str) -> int:
    """Columns a line takes: a Chinese character counts two."""
    return len(line) + len(_WIDE.findall(line))


def _soft_line_ends(text: str) -> list[tuple[int, int]]:
    """Line ends that only wrap a paragraph: (start, end) of what stands between its halves.

    A file is wrapped when most of its lines are equally full; then a full line goes on in the next one unless that begins a
    part of its own. In any file a line that begins with closing punctuation belongs to the one before.
    """
    lines = text.split("\n")
    widths = [_width(line.rstrip()) for line in lines]
    written = sorted(width for width in widths if width)
    limit = 0
    if len(written) >= 4:
        edge = written[-1 - len(written) // 20]
        full = sum(edge - 4 <= width <= edge + 4 for width in written)
        ended = sum(
            line.rstrip()[-1:] in "。！？；："
            for line, width in zip(lines, widths, strict=True)
            if width
        )
        if 30 <= edge <= 160 and full * 2 >= len(written) and ended * 2 < len(written):
            limit = edge - 4
    soft: list[tuple[int, int]] = []
    at = 0
    for index in range(len(lines) - 1):
        line, following = lines[index], lines[index + 1]
        stop = at + len(line)
        if line and following:
            goes_on = following[0] in _GOES_ON and line.rstrip()[-1:] not in "。！？：:"
            if goes_on or (limit and widths[index] >= limit and not _BEGINS.match(following)):
                soft.append((at + len(line.rstrip()), stop + 1))
        at = stop + 1
    return soft


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#: A stop, with what closes behind it; not a question or call inside quotes that the sentence goes on behind (“怎么干？”的问题);
#: a half-width full stop counts between Chinese characters.
_SENTENCE_END: Final = re.compile(
    r"[？！?!]+[”’」』](?=[\u4e00-\u9fff“‘「『、，])"
    r"|(?P<stop>[。！？!?；;]+[”’」』）)】》\"]*|(?<![一二三四五六七八九十\d])(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff]|$)|\n+)",
    re.MULTILINE,
)
_CLAUSE: Final = re.compile(r"[^，,。！？!?；;：:\n]+")
_PARAGRAPH_END: Final = re.compile(r"\n+")


@dataclass(frozen=True)
class Reading:
    """The draft's text as detectors read it, and the way back.

    `sentences` and `clauses` are half-open ranges of `clean`; a sentence ends with 。！？； or a line end, a clause also with ，：.
    Sentences and paragraphs follow one another and carry their stops and line ends at their end.
    """

    original: str
    clean: str
    residue: tuple[Residue, ...]
    offsets: Sequence[int]  #: for each character of `clean` its place in `original`
    sentences: tuple[tuple[int, int], ...]
    paragraphs: tuple[tuple[int, int], ...]
    _sentence_starts: list[int] = field(default_factory=list)
    _paragraph_starts: list[int] = field(default_factory=list)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where characters of `clean` stand in the draft. An empty range stays empty."""
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else len(self.original)
            return at, at
        return self.offsets[start], self.offsets[end - 1] + 1

    def forth(self, offset: int) -> int:
        """The character of `clean` that stands at or next behind a place of the draft."""
        return bisect.bisect_left(self.offsets, offset)

    def sentence_at(self, position: int) -> int:
        """Index of the sentence a character of `clean` stands in."""
        return max(bisect.bisect_right(self._sentence_starts, position) - 1, 0)

    def paragraph_at(self, position: int) -> int:
        """Index of the paragraph a character of `clean` stands in."""
        return max(bisect.bisect_right(self._paragraph_starts, position) - 1, 0)

    def clauses(self, sentence: int) -> list[tuple[int, int]]:
        """The clauses of one sentence."""
        start, end = self.sentences[sentence]
        return [m.span() for m in _CLAUSE.finditer(self.clean, start, end)]


def read(text: str) -> Reading:
    """Prepare a draft's text for the detectors. Linear in its length.

    Dropped are residue, invisible characters and line ends that only wrap a paragraph.
    """
    residue = find_residue(text) if _HAS_RESIDUE.search(text) else []
    dropped = [(one.start, one.end) for one in residue]
    dropped.extend(match.span() for match in _INVISIBLE.finditer(text))
    dropped.extend(_soft_line_ends(text))
    dropped.sort()
    pieces: list[str] = []
    offsets: Sequence[int] = range(len(text))
    if dropped:
        kept = array("I")
        at = 0
        for start, end in dropped:
            if start > at:
                pieces.append(text[at:start])
                kept.extend(range(at, start))
            at = max(at, end)
        pieces.append(text[at:])
        kept.extend(range(at, len(text)))
        offsets = kept
    clean = ("".join(pieces) if dropped else text).translate(_PLAIN)
    sentences = _cut(clean, _SENTENCE_END)
    paragraphs = _cut(clean, _PARAGRAPH_END)
    return Reading(
        original=text,
        clean=clean,
        residue=tuple(residue),
        offsets=offsets,
        sentences=sentences,
        paragraphs=paragraphs,
        _sentence_starts=[start for start, _ in sentences],
        _paragraph_starts=[start for start, _ in paragraphs],
    )


def _cut(text: str, ends: re.Pattern[str]) -> tuple[tuple[int, int], ...]:
    """The text cut behind each match; a piece of nothing but line ends goes to the piece before it."""
    pieces: list[tuple[int, int]] = []
    at = 0
    has_groups = bool(ends.groups)
    for match in ends.finditer(text):
        if has_groups and match["stop"] is None:
            continue
        if match.start() == at and pieces:
            pieces[-1] = (pieces[-1][0], match.end())
        elif match.start() > at or not pieces:
            pieces.append((at, match.end()))
        at = match.end()
    if at < len(text):
        pieces.append((at, len(text)))
    return tuple(pieces) or ((0, len(text)),)
