"""What was left open in a draft: XX for a number, ** for a name, blanks to be filled in, and advertisements copied along with a text.

A report that goes out with one of these is sent back. Signs that only look like a blank (A4纸, 3A级景区, “1+X”, 3×5 米, masked names
and telephone numbers) are known here; what a figure is, is not: the figures read elsewhere say which blanks stand for numbers.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.model import Finding, FindingKind, FindingSeverity
from shuzhi.core.checking.text import find_disguised, without_strewn

if TYPE_CHECKING:
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("PLACEHOLDER_001", "error", "placeholders"),  # a number
    FindingKind("PLACEHOLDER_002", "error", "placeholders"),  # the number of a party congress
    FindingKind("PLACEHOLDER_003", "error", "placeholders"),  # a leader's name
    FindingKind("PLACEHOLDER_004", "warning", "placeholders"),  # a name
    FindingKind("PLACEHOLDER_005", "warning", "placeholders"),  # xx among XX
    FindingKind("PLACEHOLDER_006", "error", "placeholders"),  # a blank: ____ （  ） 〔 〕
    FindingKind("PLACEHOLDER_007", "error", "placeholders"),  # a note to the writer: （待补）
    FindingKind("PLACEHOLDER_008", "error", "placeholders"),  # a date: 20XX年, X月X日
    FindingKind("PLACEHOLDER_009", "error", "placeholders"),  # a paid-content mark of a web page
    FindingKind("PLACEHOLDER_010", "error", "placeholders"),  # an advertisement
    FindingKind("PLACEHOLDER_011", "warning", "placeholders"),  # a link to a private site
)

# ── runs of signs ─────────────────────────────────────────────────────────────────────────────────────────────────────

_RUN: Final = re.compile(
    r"[Xx](?: ?[Xx])*(?:\.[Xx]+)?|\*(?: ?\*)*(?:\.\*+)?|×(?: ?×)*(?:\.×+)?|[○◯]{2,}|[?？]{2,}|某某|(?<![A-Za-z0-9])[A-Z]{1,2}(?![A-Za-z0-9])"
)
#: Measure words that leave no doubt that a number stood before them; others are known by the figures.
_COUNTED: Final = re.compile(
    r" ?(?:[余多几来] ?)?(?:万|亿|元|亩|公顷|公里|千米|米(?!粉|线|业)|平方|立方|吨|公斤|千克|斤|%|％|个(?!人|体|别)|户(?!籍|型|外|口|县)|人(?![民大社武才居口力事文])"
    r"|名(?![称誉单优特牌])|头(?!村|镇|乡)|只|座|盏|间(?!隔)|辆|篇|场(?!镇|所|地|村)|次(?!生)|期|条(?!件|例)|件|项(?!目)|处(?!长|室|置)|余|棵|株|岁|倍|成(?!立|果|效|员|为)|例|起|宗|套|台(?!镇|村|州|山)|份|支(?!部|行|队|书)|册|小时|天(?!水|津|台|然|河|山))"
)
_COUNTING_VERBS: Final = (
    "带动",
    "覆盖",
    "涉及",
    "惠及",
    "辐射",
    "联系",
    "走访",
    "打造",
    "建成",
    "有",
    "共",
)
_CONGRESS: Final = re.compile(
    r" ?大(?![队学道街厦型桥院户棚坝山河米力])|届(?=[一二三四五六七八九十XxＸ×*历全中]|代表大会)|次全国代表大会"
)
_LEADER: Final = re.compile(
    r" ?(?:总书记|(?:同志为核心)|新时代中国特色社会主义思想|新时代社会主义思想|(?:经济|法治|外交|强军|文化|生态文明)思想)"
)
_DATE: Final = re.compile(r" ?[年月日号](?![常产均用])")
_LEGIT_X: Final = re.compile(
    r" ?(?:光|射线|线(?!村|镇|路)|轴|形|型|染色体|片(?!区)|刀|证书|元素|档案|波段)"
)
#: Masked names in lists made public: the surname is left, the rest is hidden.
SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_LETTER_NAMES: Final = re.compile(
    r"(?:省(?!道)|自治区|市(?!场)|县(?!道)|乡(?!道|村|镇)|镇(?!村)|村(?!道)|社区|街道|公司|书记|镇长|县长|局长|主任|同志|支部)"
)

# ── blanks and notes ──────────────────────────────────────────────────────────────────────────────────────────────────

_BLANK: Final = re.compile(
    r"(?<![A-Za-z0-9_])_{2,}(?![A-Za-z0-9_])|＿+|﹍+|[（(][ \u3000\xa0]{2,}[）)]|（[ \u3000\xa0]*）|〔[ \u3000\xa0]*〕|《[ \u3000\xa0]*》|“[ \u3000\xa0]*”|【[ \u3000\xa0]*】"
    r"|年[ \u3000\xa0]{2,}月(?:[ \u3000\xa0]*日)?|\{\{[^{}\n]{1,40}\}\}|\$\{[^{}\n]{1,40}\}"
)
_BRACKETED: Final = re.compile(r"[（(【\[〔<＜]([^（）()【】\[\]〔〕<>＜＞\n]{1,24})[）)】\]〕>＞]")
_KEY: Final = "placeholders"


def _phrases(
    lexicon: Lexicon,
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str] | None]:
    """Patterns made of the word lists: notes inside brackets, notes anywhere, advertisements (also with signs strewn in)."""
    made = lexicon.derived.get(_KEY)
    if isinstance(made, tuple):
        return made
    bracketed: list[str] = []
    anywhere: list[str] = []
    advertising: list[str] = []
    for definition in lexicon.lists.get("placeholder", ()):
        is_advertising = definition.key.startswith("advertisement")
        for word in definition.words:
            pattern = "".join(
                r"[^\s，。；：！？、]{0,12}" if char == "…" else re.escape(char)
                for char in (without_strewn(word.text) if is_advertising else word.text)
            )
            if is_advertising:
                advertising.append(pattern)
            else:
                (anywhere if word.severity == "error" else bracketed).append(pattern)
    patterns = (
        re.compile(
            rf"(?:{'|'.join(bracketed)})(?:具体|有关|相关|数据|数字|数|内容|名称|情况|金额|时间|后|[:：…。]){{0,3}}$"
        )
        if bracketed
        else None,
        re.compile("|".join(anywhere)) if anywhere else None,
        re.compile("|".join(sorted(advertising, key=len, reverse=True))) if advertising else None,
    )
    lexicon.derived[_KEY] = patterns
    return patterns


def _is_mechanism(clean: str, start: int, end: int) -> bool:
    """Whether a run stands in a named mechanism: “1+X”, “1个中心+N个站点”."""
    if clean[start - 1 : start] in ("+", "＋") or clean[end : end + 1] in ("+", "＋"):
        return True
    left = max(
        clean.rfind("“", max(0, start - 24), start), clean.rfind('"', max(0, start - 24), start)
    )
    if left < 0 or "”" in clean[left:start]:
        return False
    right = clean.find("”", end, end + 24)
    return right > 0 and ("+" in clean[left:right] or "＋" in clean[left:right])


def _is_emphasis(clean: str, start: int, end: int) -> bool:
    """Whether stars are marks of a plain-text editor: **bold** lines, bullets, footnotes and rules of stars."""
    line = clean.rfind("\n", max(0, start - 120), start) + 1
    stop = clean.find("\n", end, end + 200)
    words = clean[line : stop if stop >= 0 else min(len(clean), end + 200)]
    if not words.strip("* \t\u3000-_"):
        return True
    before = clean[line:start]
    if start == line or not before.strip(" \t#>-"):
        if clean[end : end + 1] in (" ", "注", "为", "表", "号", "\t"):
            return True
        if re.match(r"\s*[#>-]*\s*\*\*[^*\n]{1,60}\*\*\s*(?:[：:，。]|$)", words):
            return True
    return bool(re.match(r"\s*[#>-]*\s*\*\*[^*\n]{1,60}\*\*$", words[: end - line]))


def _kind_of(clean: str, start: int, end: int, is_figure: bool) -> str:
    """What a run of signs stands for: number, congress, leader, date, name; empty when it is no placeholder."""
    run = clean[start:end]
    sign = run[0]
    before = clean[start - 1] if start else "\n"
    ahead = clean[end : end + 20]
    after = ahead[:1] or "\n"
    size = len(run.replace(" ", "").replace(".", ""))
    if run == "某某":
        return (
            "name"
            if re.match(r"村|镇|乡|县|市|区|局|社区|街道|同志|书记|单位|公司|支部|学校|省", ahead)
            else ""
        )
    if sign in "?？":
        return "number" if _COUNTED.match(ahead) and before not in "。！？”" else ""
    if sign.isascii() and sign.isalpha() and sign not in "Xx":
        if _LEADER.match(ahead):
            return "leader"
        if re.match(r"主席|总理|同志为核心", ahead) and size == 1:
            return "leader"
        if run == "N" and re.match(
            r"(?:余|多)?(?:户|人(?!民|大)|名|万元|亩|公里|元|个(?!人))", ahead
        ):
            return (
                ""
                if _is_mechanism(clean, start, end) or not "\u4e00" <= before <= "\u9fff"
                else "number"
            )
        if (
            size == 1
            and sign not in "EGKTV"
            and _LETTER_NAMES.match(ahead)
            and not _is_mechanism(clean, start, end)
        ):
            return "name" if not before.isdigit() else ""
        return ""
    if (before.isascii() and before.isalpha()) or (
        after.isascii() and after.isalpha() and after not in "Xx"
    ):
        return ""
    year = re.search(r"(?:^|\D)(?:20?|20\d|19)$", clean[max(0, start - 5) : start])
    if year and size <= 3 and re.match(r" ?(?:年|届|度|-|—|至)", ahead):
        return "date"
    if after.isdigit():
        return "name" if size > 1 and re.match(r"20\d\d年", ahead) and not before.isdigit() else ""
    if before.isdigit():
        if sign in "×*" and size == 1:
            return ""
        return "number" if is_figure or (_COUNTED.match(ahead) and sign in "Xx") else ""
    if sign in "Xx" and size == 1 and (_LEGIT_X.match(ahead) or before in "-/+" or after in "-/+"):
        return ""
    if size == 1 and _is_mechanism(clean, start, end):
        return ""
    if (
        sign == "×"
        and size == 1
        and (
            before in ")）” "
            or before.isascii()
            or not re.match(r"[年月日个户人名村镇乡县市组元万亩头只公项次场条]", ahead)
        )
    ):
        return ""
    if sign == "*":
        if _is_emphasis(clean, start, end):
            return ""
        if before in ")）" or after in "(（":
            return ""
    if sign in "*×Xx" and before in SURNAMES and size <= 2 and _is_masked_name(clean, start, end):
        return ""
    if sign in "○◯" and before in "一二三四五六七八九〇二":
        return ""
    left = clean[max(0, start - 6) : start]
    if _CONGRESS.match(ahead) and (
        left.endswith(("党的", "党", "中共"))
        or (ahead[:1] == "大" and re.match(r"大(?:精神|报告|以来|会议)", ahead))
    ):
        return "congress"
    if ahead[:1] == "届" and _CONGRESS.match(ahead):
        return "congress"
    if _LEADER.match(ahead):
        return "leader"
    if _DATE.match(ahead):
        return "date"
    # XX村 is a village left unnamed, unless something was done to so many of them
    if (is_figure and ahead[:1] not in "村组乡镇县") or _COUNTED.match(ahead):
        return "number"
    if (
        ahead[:1] == "村"
        and left.endswith(_COUNTING_VERBS)
        and not ahead.startswith(("村民", "村“", "村级"))
    ):
        return "number"
    return "name"


def _is_masked_name(clean: str, start: int, end: int) -> bool:
    """Whether stars behind a surname hide a person's given name."""
    ahead = clean[end : end + 2]
    two_before = clean[start - 2] if start > 1 else "\n"
    if ahead[:1] in "村镇乡县市区河山路组社":
        return False
    return not "\u4e00" <= two_before <= "\u9fff" or clean[max(0, start - 4) : start - 1].endswith(
        ("村民", "户主", "同志", "党员", "干部", "群众", "贫困户", "监测户", "书记", "主任")
    )


_CODES: Final[dict[str, tuple[str, FindingSeverity]]] = {
    "number": ("PLACEHOLDER_001", "error"),
    "congress": ("PLACEHOLDER_002", "error"),
    "leader": ("PLACEHOLDER_003", "error"),
    "name": ("PLACEHOLDER_004", "warning"),
    "date": ("PLACEHOLDER_008", "error"),
}


def _runs(study: Study) -> Iterator[Finding]:
    """A finding for each run of signs that stands for something else, and for lower case among capitals."""
    clean = study.reading.clean
    figures = [one.at for one in study.figures if one.role == "placeholder"]
    starts = [start for start, _ in figures]
    found: list[tuple[int, int, str]] = []
    for match in _RUN.finditer(clean):
        start, end = match.span()
        if clean[end - 1] == " ":
            end -= 1
        index = bisect.bisect_right(starts, start) - 1
        is_figure = index >= 0 and figures[index][1] > start
        kind = _kind_of(clean, start, end, is_figure)
        if kind:
            found.append((start, end, kind))
    has_capitals = any("X" in clean[start:end] for start, end, _ in found)
    for start, end, kind in found:
        code, severity = _CODES[kind]
        run = clean[start:end]
        around = (
            clean[max(0, start - 8) : start].rpartition("\n")[2]
            + run
            + clean[end : end + 8].partition("\n")[0]
        )
        is_whole = (
            clean[max(0, start - 1) : start] != "习" or clean[max(0, start - 2) : start] == "学习"
        )
        expected = "习近平" if kind == "leader" and is_whole else ""
        place = study.reading.back(start, end)
        yield Finding(
            code, severity, *place, {"text": run, "around": around}, expected, (), bool(expected)
        )
        if has_capitals and "x" in run and "X" not in run:
            yield Finding(
                "PLACEHOLDER_005",
                "warning",
                *place,
                {"text": run, "expected": run.upper()},
                run.upper(),
            )


def _blanks(study: Study) -> Iterator[Finding]:
    clean = study.reading.clean
    for match in _BLANK.finditer(clean):
        around = clean[max(0, match.start() - 10) : match.start()].rpartition("\n")[2] + match[0]
        around += clean[match.end() : match.end() + 10].partition("\n")[0]
        yield Finding(
            "PLACEHOLDER_006",
            "error",
            *study.reading.back(*match.span()),
            {"around": around.strip()},
        )
    bracketed, anywhere, _ = _phrases(study.lexicon)
    taken: list[tuple[int, int]] = []
    if bracketed:
        for match in _BRACKETED.finditer(clean):
            if bracketed.match(match[1].strip()):
                taken.append(match.span())
    if anywhere:
        for match in anywhere.finditer(clean):
            if not any(start <= match.start() < end for start, end in taken[-3:]):
                taken.append(match.span())
    for start, end in sorted(taken):
        yield Finding(
            "PLACEHOLDER_007", "error", *study.reading.back(start, end), {"text": clean[start:end]}
        )


def _residue(study: Study) -> Iterator[Finding]:
    """What a web page left behind; it may simply be taken out."""
    text = study.draft.text
    codes: dict[str, tuple[str, FindingSeverity]] = {
        "marker": ("PLACEHOLDER_009", "error"),
        "advertisement": ("PLACEHOLDER_010", "error"),
        "link": ("PLACEHOLDER_011", "warning"),
    }
    for one in study.reading.residue:
        code, severity = codes[one.kind]
        words = text[one.start : one.end]
        yield Finding(code, severity, one.start, one.end, {"text": words}, "", (), True)
    _, _, advertising = _phrases(study.lexicon)
    if advertising is None:
        return
    known = [(one.start, one.end) for one in study.reading.residue]
    at = 0
    for start, end in find_disguised(advertising, text):
        while at < len(known) and known[at][1] <= start:
            at += 1
        if at < len(known) and known[at][0] < end:
            continue
        yield Finding(
            "PLACEHOLDER_010", "error", start, end, {"text": text[start:end]}, "", (), True
        )


def find_placeholder_defects(study: Study) -> Iterator[Finding]:
    """Numbers, names and dates left open, notes to the writer, and what a web page left behind."""
    residue = sorted(_residue(study), key=lambda one: one.start)
    places = [(one.start, one.end) for one in residue]
    starts = [start for start, _ in places]
    for one in _runs(study):
        at = bisect.bisect_right(starts, one.start) - 1
        if at < 0 or places[at][1] <= one.start:  # not a sign strewn into an advertisement
            yield one
    yield from _blanks(study)
    yield from residue
