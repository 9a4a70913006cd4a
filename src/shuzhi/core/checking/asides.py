"""What in a report only looks like a figure: ordinals, quoted mechanisms, fixed names, times of day, numbers of lists.

Such characters are blanked before figures are read, so that places do not shift. Ranks (位居全县第3名), ratios (1:3) and frequencies
among many (20.66/10万) are picked out on the way, because they are written like names. Which names are fixed is data
(`catalogue/words/figures`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import ahocorasick

from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.numbers import BLANK, parse_chinese, share_of
from shuzhi.core.definitions import WordListKind

_NUMERAL: Final = "零〇一二两三四五六七八九十百千万亿0123456789"
_ORDINAL_NUMBER: Final = r"(?:\d{1,6}|[零〇一二三四五六七八九十百千]{1,7}|[Xx×*]{1,6})"
#: 成熟一个、发展一个: what is done with each, not how many.
_STAGES: Final = r"(?:成熟|发展|建设|建成|见效|巩固|培育|带动|解决|办结|整改|销号|验收|完成|达标|查处|发现|推进|储备|开工|申报|实施|谋划|化解|排查|纳入|识别|脱贫|竣工|投产|合格|打掉|突破|提升|拆除|清零)"
_ASIDE: Final = re.compile(
    rf"第\s?{_ORDINAL_NUMBER}(?:\s?[-—~至到、和]\s?第?{_ORDINAL_NUMBER})*"
    rf"|(?<!之)前\s?{_ORDINAL_NUMBER}(?=\s?(?:名|位|强|家|户|大))"
    r"|《[^《》\n]{1,60}》"
    r"|“[^“”\n，。；]{1,18}”|“[^“”\n]{0,30}[+＋][^“”\n]{0,30}”|‘[^‘’\n，。；]{1,18}’|「[^「」\n]{1,18}」|\"[^\"\n，。；]{1,18}\"|'[^'\n，。；]{1,18}'|'[^'“”\n，。；]{1,18}“"
    r"|“[^“”\n]{1,30}[、，][^“”\n]{1,30}”(?=[的等]?(?:目标|要求|标准|政策|原则|机制|制度|模式|工程|行动|工作法|思路|理念|措施|活动|布局|格局|战略|保障|问题|工作|思想|落实))"
    r"|(?<![\d.])\d{1,2}\s?[时点]\s?\d{1,2}\s?分(?!钟)"
    r"|(?<![\d.:：])\d{1,2}[:：]\d{2}(?![\d.:：])(?=\s?(?:[-—~至到]|前|后|许|左右|开始|，|。|、|$|分|准时))"
    r"|(?<=\n)[ \t　]*\d{1,2}\s?[.．、]\s?(?=\d)|^[ \t　]*\d{1,2}\s?[、]\s?(?=\d)"
    rf"|{_STAGES}一(?P<each>[个批户项件处家宗])[、，,]?{_STAGES}一(?P=each)(?:[、，,]?{_STAGES}一(?P=each))*"
    r"|[一每各逐][村户人县镇乡岗事项案企校家组社区品]{1,2}一[一-鿿]"
    rf"|{_ORDINAL_NUMBER}届[一-鿿\d]{{0,4}}[次中](?:会议|全会|全体)?"
    r"|(?<![\d.电量])(?:19|20)\d{2}(?=\s?(?:版|届|级|度))|(?<=[自从])\s?(?:19|20)\d{2}(?=\s?起)"
    r"|[两三四五六七八九十\d一二]{1,3}\s?个\s?\d{1,3}\s?%"
    r"|[7７]\s?[×xX*]\s?24\s?小时|24\s?小时"
    r"|(?:文号|电话|邮编|热线|身份证|账号|编号)[:：]?\s?[\d\-]{7,24}"
    r"|[〔\[（(【](?:19|20)\d{2}[〕\]）)】]\s?第?\s?\d+\s?号"
)
_ITEM: Final = re.compile(
    r"(?:^|\n)[ \t　]*(?P<mark>\d{1,2}\s?[.．])(?=\d+\s?[个户人名项家次件座处条支场期所只头辆台])"
)
_RANK: Final = re.compile(
    r"(?:全[国省市州县区镇乡]|排名|排在|位居|位列|名列|列|居|跃居|跃升至?|升至|荣获|取得|获得|获|夺得|排)(?P<among>[一-鿿“”\d]{0,14}?)(?P<rank>第\s?(?P<number>\d+|[一二三四五六七八九十]+)\s?(?P<unit>名|位)?)(?P<next>[，。；、,;）)\n和与的]|$)"
)
_RATIO: Final = re.compile(
    r"(?:比例|比重|配比|之比|比值|比率|人数比|师生比|床护比|按|比)[一-鿿]{0,6}?\s?(?P<ratio>(?P<first>\d+(?:\.\d+)?)\s?(?:[:：∶]|比)\s?(?P<second>\d+(?:\.\d+)?))(?!\d|\.\d|\s?[:：∶比]\s?\d)"
)
#: Deaths or cases among so many: 20.66/10万.
_PER_MANY: Final = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>[/／]\s?(?:10万|十万|万))(?!元)"
)
#: 居第一和… goes on with a name.
_GOES_ON: Final = frozenset("和与的")
_LISTS: Final[tuple[WordListKind, ...]] = ("name", "idiom")


@dataclass(frozen=True, slots=True)
class Special:
    """A rank, a ratio or a frequency among many."""

    start: int
    end: int
    number: str
    value: Decimal
    unit: str
    is_rank: bool = False


def names_of(lexicon: Lexicon) -> Any:
    """An automaton of the fixed names and idioms that hold numerals; None when there are none. Built once."""
    if "asides" not in lexicon.derived:
        names = ahocorasick.Automaton()
        for kind in _LISTS:
            for word in lexicon.words(kind):
                if any(one in _NUMERAL for one in word.text):
                    names.add_word(word.text, (word.text, word.unless))
        if len(names):
            names.make_automaton()
        lexicon.derived["asides"] = names if len(names) else None
    return lexicon.derived["asides"]


def put_aside(clean: str, lexicon: Lexicon) -> tuple[str, list[Special]]:
    """The text with everything blanked that is no figure, and the ranks, ratios and frequencies read on the way."""
    special = list(_read_special(clean))
    blanks = [(one.start, one.end) for one in special]
    blanks += [match.span() for match in _ASIDE.finditer(clean)]
    blanks += [match.span("mark") for match in _ITEM.finditer(clean)]
    names = names_of(lexicon)
    if names is not None:
        for last, (word, unless) in names.iter(clean):
            start = last + 1 - len(word)
            if any(clean.startswith(longer, start) for longer in unless):  # 万分之五
                continue
            # 三百名 is no 百名: a name that begins with a numeral must not continue one
            if not (word[0] in _NUMERAL and start and clean[start - 1] in _NUMERAL):
                blanks.append((start, last + 1))
    pieces: list[str] = []
    at = 0
    for start, end in sorted(blanks):
        if end > at:
            begin = max(start, at)
            pieces += [clean[at:begin], BLANK * (end - begin)]
            at = end
    pieces.append(clean[at:])
    return "".join(pieces), special


def _read_special(clean: str) -> Iterator[Special]:
    for match in _RANK.finditer(clean):
        if match["unit"] or match["next"] not in _GOES_ON:
            written = match["number"]
            value = Decimal(written) if written.isdigit() else parse_chinese(written)
            if value is not None:
                yield Special(*match.span("rank"), written, value, match["unit"] or "", True)
    for match in _RATIO.finditer(clean):
        second = Decimal(match["second"])
        if second:
            value = share_of(Decimal(match["first"]), second)
            yield Special(*match.span("ratio"), match["ratio"], value, "")
    for match in _PER_MANY.finditer(clean):
        yield Special(*match.span(), match["number"], Decimal(match["number"]), match["unit"])
