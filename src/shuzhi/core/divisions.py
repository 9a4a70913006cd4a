"""Division codes, organisation paths and the names of places.

Villages and townships carry 12-digit statistical codes without a check digit, groups two digits more; organisations hang
in a tree whose materialised paths must never confuse 11 with 110; and the same village is written 示例村, 示例村委会 or
示例村村民委员会. Which organisations exist, and whether a code is in use this year, is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from shuzhi.core.definitions import Level
from shuzhi.core.problems import Problem, ProblemsError

# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_LEVELS: tuple[tuple[Level, int, int], ...] = (
    ("province", 0, 2),
    ("prefecture", 2, 4),
    ("county", 4, 6),
    ("township", 6, 9),
    ("village", 9, 12),
)
_CODE_LENGTH = 12
_GROUP_LENGTH = 14  # 12 digits and two of the group, as in land-contract coding (GB/T 35958-2018); 00 = whole village

#: Prefectures whose townships hang directly below them: 东莞, 中山, 儋州, 嘉峪关. Their county digits are 00 without a gap.
PREFECTURES_WITHOUT_COUNTIES = frozenset({"4419", "4420", "4604", "6202"})

#: Placeholders of the statistics bureau (虚拟社区, 虚拟生活区); never offered to a clerk.
VIRTUAL_SEGMENTS = frozenset({"498", "598"})

#: Last number of each range → what it stands for, and the endings its names have. Real data breaks these ranges, so they warn only.
_TOWN_RANGES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (99, "街道", ("街道",)),
    (199, "镇", ("镇",)),
    (399, "乡", ("乡", "苏木")),
    (599, "类似乡级单位", ()),
)
_VILLAGE_RANGES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (199, "居委会", ("社区",)),
    (399, "村委会", ("村", "嘎查")),
    (499, "类似居委会", ("社区",)),
    (599, "类似村委会", ("村", "嘎查")),
)

_WIDE = str.maketrans("０１２３４５６７８９（）　", "0123456789() ")


@dataclass(frozen=True, order=True)
class DivisionCode:
    """A valid code: 12 digits, or 14 for a villagers' group. Made by `parse_code`."""

    code: str

    @property
    def level(self) -> Level:
        """The level that the trailing zeros leave."""
        return _level_of(self.code)

    @cached_property
    def prefix(self) -> str:
        """The digits that count, without the trailing zero segments: 620802102000 → 620802102."""
        if self.level == "group":
            return self.code
        return self.code[: next(end for level, _, end in _LEVELS if level == self.level)]

    @property
    def parent(self) -> DivisionCode | None:
        """The code one level up; None for a province."""
        ancestors = self.ancestors
        return ancestors[-1] if ancestors else None

    @cached_property
    def ancestors(self) -> tuple[DivisionCode, ...]:
        """All codes above, province first. 东莞 and its like have no county between."""
        found: list[DivisionCode] = []
        for _, start, end in _LEVELS:
            if end > len(self.prefix):
                break
            is_self = end == len(self.prefix)
            is_skipped = not int(self.code[start:end])
            if not is_self and not is_skipped:
                found.append(DivisionCode(self.code[:end].ljust(_CODE_LENGTH, "0")))
        return tuple(found)

    @property
    def is_virtual(self) -> bool:
        """True for the statistics bureau's placeholders ending in 498 and 598."""
        return self.code[9:12] in VIRTUAL_SEGMENTS

    def is_within(self, other: DivisionCode) -> bool:
        """True when this is `other` or lies below it."""
        return self == other or other in self.ancestors

    def __str__(self) -> str:
        return self.code


def _level_of(code: str) -> Level:
    if len(code) == _GROUP_LENGTH:
        return "group"
    return [level for level, start, end in _LEVELS if int(code[start:end])][-1]


def parse_code(text: str) -> DivisionCode:
    """Read a division code; raises ProblemsError with everything that is wrong with it.

    A 14-digit code ending in 00 is the village itself.

    >>> code = parse_code("620802102203")
    >>> code.level, str(code.parent)
    ('village', '620802102000')
    """
    plain = _clean_code(text)
    problems = _problems_of_code(plain, text)
    if problems:
        raise ProblemsError(problems)
    if len(plain) == _GROUP_LENGTH and plain.endswith("00"):
        plain = plain[:_CODE_LENGTH]
    return DivisionCode(plain)


def _clean_code(text: str) -> str:
    return re.sub(r"\s", "", text.translate(_WIDE))


def _problems_of_code(plain: str, text: str) -> list[Problem]:
    problems: list[Problem] = []
    strange = "".join(dict.fromkeys(re.findall(r"[^0-9]", plain)))
    if strange:
        problems.append(Problem("DIVISION_002", {"code": text, "characters": strange}))
    if len(plain) not in (_CODE_LENGTH, _GROUP_LENGTH):
        problems.append(Problem("DIVISION_001", {"code": text, "length": len(plain)}))
    if problems:
        return problems  # segments of such a text would be guessed
    if plain[:2] == "00":
        problems.append(Problem("DIVISION_004", {"code": text}))
    segments = [(start, end, plain[start:end]) for _, start, end in _LEVELS]
    for start, end, segment in segments[1:-1]:
        is_county = end == 6
        has_no_counties = is_county and plain[:4] in PREFECTURES_WITHOUT_COUNTIES
        if int(segment) == 0 and int(plain[end:_CODE_LENGTH]) and not has_no_counties:
            params = {"code": text, "first": start + 1, "last": end}
            problems.append(Problem("DIVISION_003", params))
    if len(plain) == _GROUP_LENGTH and plain[12:] != "00" and plain[9:12] == "000":
        problems.append(Problem("DIVISION_005", {"code": text}))
    return problems


def warnings_of_code(code: DivisionCode, name: str = "") -> list[Problem]:
    """What is unusual about a code, and about its fitting the name; warnings only, for real codes break the ranges."""
    warnings: list[Problem] = []
    if code.is_virtual:
        warnings.append(Problem("DIVISION_008", {"code": str(code)}, severity="warning"))
        return warnings
    segment, ranges = {
        "township": (code.code[6:9], _TOWN_RANGES),
        "village": (code.code[9:12], _VILLAGE_RANGES),
    }.get(code.level, ("", ()))
    if not segment:
        return warnings
    kind = next((entry for entry in ranges if int(segment) <= entry[0]), None)
    if kind is None:
        params = {"code": str(code), "segment": segment, "limit": ranges[-1][0]}
        warnings.append(Problem("DIVISION_006", params, severity="warning"))
        return warnings
    _, title, endings = kind
    stem = normalise_name(name)
    known = {ending for entry in ranges for ending in entry[2]}
    # A name without any ending of its level says nothing about the range.
    if endings and stem.endswith(tuple(known)) and not stem.endswith(endings):
        params = {"code": str(code), "segment": segment, "kind": title, "name": name}
        warnings.append(Problem("DIVISION_007", params, severity="warning"))
    return warnings


# ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SEPARATOR = "/"
ROOT = "/"  #: path above every organisation


def build_path(parent_path: str, key: str) -> str:
    """The path of the organisation `key` below `parent_path` (`ROOT` or empty for a top one).

    Raises ProblemsError (DIVISION_009) when the key is empty or holds a separator or blanks.

    >>> build_path(build_path("", "62"), "6208")
    '/62/6208/'
    """
    if not key or SEPARATOR in key or re.search(r"\s", key):
        raise ProblemsError([Problem("DIVISION_009", {"key": key})])
    return _require_path(parent_path or ROOT) + key + SEPARATOR


def is_within(path: str, ancestor: str) -> bool:
    """True when `path` is `ancestor` or lies below it; /110/ is not within /11/.

    >>> is_within("/62/6208/", "/62/"), is_within("/110/", "/11/")
    (True, False)
    """
    return _require_path(path).startswith(_require_path(ancestor))


def keys_of(path: str) -> tuple[str, ...]:
    """The keys along a path, top first.

    >>> keys_of("/62/6208/")
    ('62', '6208')
    """
    return tuple(_require_path(path).strip(SEPARATOR).split(SEPARATOR)) if path != ROOT else ()


def ancestors(path: str) -> tuple[str, ...]:
    """The paths above, top first, without the path itself and without `ROOT`.

    >>> ancestors("/62/6208/620802/")
    ('/62/', '/62/6208/')
    """
    keys = keys_of(path)
    return tuple(
        SEPARATOR + SEPARATOR.join(keys[:count]) + SEPARATOR for count in range(1, len(keys))
    )


def _require_path(path: str) -> str:
    # Without both separators a prefix comparison would let 11 match 110, so such a path is a programmer's error.
    if not (path.startswith(SEPARATOR) and path.endswith(SEPARATOR)) or "//" in path:
        raise ValueError(f"not a materialised path: {path!r}")
    return path


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_VILLAGE_COMMITTEE = re.compile(r"(村民委员会|村委会|村委)$")
_RESIDENT_COMMITTEE = re.compile(r"(居民委员会|居委会|居委)$")
_OFFICES = (
    (re.compile(r"(?<=[省市区县旗乡镇木])人民政府$"), ""),
    (re.compile(r"街道(办事处|办)$"), "街道"),
    (re.compile(r"(?<=嘎查)(委员会|嘎查委)$"), ""),
)


def normalise_name(name: str) -> str:
    """A place's name without the committee or office that stands for it, for matching only.

    >>> normalise_name("示例村村民委员会"), normalise_name("示例村委会"), normalise_name("示例居委会")
    ('示例村', '示例村', '示例社区')
    """
    stem = re.sub(r"\s", "", name.translate(_WIDE))
    for pattern, replacement in _OFFICES:
        stem = pattern.sub(replacement, stem)
    for pattern, ending, others in (
        (_VILLAGE_COMMITTEE, "村", ("村", "嘎查")),
        (_RESIDENT_COMMITTEE, "社区", ("社区",)),
    ):
        short = pattern.sub("", stem)
        if short and short != stem:
            return short if short.endswith(others) else short + ending
    return stem


def names_match(a: str, b: str) -> bool:
    """True when both names mean the same place, however the committee is written; empty names match nothing.

    >>> names_match("示例村村委会", "示例村民委员会"), names_match("示例村", "示例社区")
    (True, False)
    """
    first = normalise_name(a)
    return bool(first) and first == normalise_name(b)
