"""Finds the sheet, the header row and the field behind each header of a table that people laid out themselves.

Titles, unit lines and notes above the header, headers on two lines, brackets, other names and other units are normal in
the field and are understood; whatever is not understood is said, with the nearest name. A caller that asked a person may
pass corrections. This module must not read values or know which ledgers exist.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN, ColumnPlan, plain_text
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.exchange.workbooks import Cell, MergedRange, Sheet, Sheets

HEAD_ROWS = 40  #: the header must begin within so many rows

#: headers of the reserved column that says which organisation keeps the row
ORGANISATION_HEADERS = (
    "单位", "单位名称", "填报单位", "所属单位", "组织", "组织名称", "行政村", "村", "村名", "村名称", "所在村",
    "所属村", "村(社区)", "村居", "村组", "村(社)", "社区", "镇村", "organisation", "organization", "village",
)  # fmt: skip
#: headers of columns that only number the rows
_COUNTING_HEADERS = frozenset({"序号", "行号", "no", "no.", "№", "#", "序", "顺序号"})
#: notes in brackets that say nothing about the unit
_HARMLESS_NOTE = re.compile(
    r"必填|选填|可选|可空|必选|下拉|保留|小数|整数|数字|数值|如|例|含|截至|截止|年|月|日|填|以内|以上|以下|大写|小写|yyyy"
)
_BRACKETS = str.maketrans("[]{}<>〔〕【】「」《》", "()()()()()()()")
_GROUP = re.compile(r"\(([^()]*)\)")
_DECORATION = re.compile(r"[*★☆:?!。,;\"'“”‘’`~·]+")
_UNIT_LINE = re.compile(r"(?P<before>\S{0,6}?)(?:计量|计算)?单位\s*[::]\s*(?P<units>[^::]+)")
_ORGANISATION_LINE = re.compile(
    r"(?:填报|填表|报送|上报|编制|所属)?(?:单位|村|村名)(?:名称|\(盖章\)|\(公章\))?\s*:\s*(\S+)"
)
_REPORTING = ("填报", "填表", "报送", "上报", "编制", "所属", "制表", "主管", "建设", "施工")

How = Literal[
    "correction", "title", "key", "synonym", "organisation", "counting", "ignored", "unknown", "blank"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnExplanation:
    """Why a column was read the way it was; the import page shows it and lets the clerk correct it."""

    position: int  #: from 0
    header: str
    field: str  #: as in `ColumnPlan.field`
    how: How
    unit: str = ""  #: the unit its numbers are taken to be in
    unit_from: Literal["", "header", "unit_line"] = ""
    suggestion: str = ""  #: title of the nearest field, for an unknown header


@dataclass(slots=True)
class ColumnMatch:
    """How one sheet is laid out. Row numbers count from 1."""

    sheet: str
    header_row: int  #: the last line of the header; data begin below. 0 when no header was found
    columns: list[ColumnPlan] = field(default_factory=list)
    explanations: list[ColumnExplanation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    organisation: str = ""  #: from a line such as 填报单位：某某村 above the header
    matched: int = 0  #: distinct fields found
    missing: list[str] = field(default_factory=list)  #: keys of required fields without a column

    @property
    def unknown(self) -> list[ColumnExplanation]:
        """Columns with a header that means nothing to the ledger."""
        return [one for one in self.explanations if one.how == "unknown"]


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def normalise(text: str) -> str:
    """A header or name for comparison: half width, one kind of brackets, no spaces, stars or quotes, lower case.

    >>> normalise("＊ 补贴 金额（万元）"), normalise("姓　名：")
    ('补贴金额(万元)', '姓名')
    """
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _DECORATION.sub("", "".join(folded.split())).lower()


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """A header taken apart."""

    full: str  #: normalised, brackets and all
    base: str  #: without brackets and unit
    unit: str = ""
    notes: tuple[str, ...] = ()  #: bracket contents that are no unit


def read_header(text: str, units: Units) -> HeaderReading:
    """Take a header apart into name, unit and notes: 补贴金额（万元）, 面积/亩, 面积 亩, 金额（单位：元）."""
    full = normalise(text)
    unit, notes = "", []
    for content in _GROUP.findall(full):
        stated = content.removeprefix("计量").removeprefix("单位")
        if stated and units.get(stated) is not None:
            unit = unit or stated
        elif content:
            notes.append(content)
    base = _GROUP.sub("", full)
    if not unit:
        for pattern in (r"(.+)[/_\-|、](.{1,5})", r"(.+)单位(.{1,5})"):
            found = re.fullmatch(pattern, base)
            if found and units.get(found[2]) is not None:
                base, unit = found[1], found[2]
                break
        else:
            words = unicodedata.normalize("NFKC", text).translate(_BRACKETS).split()
            if len(words) > 1 and units.get(normalise(words[-1])) is not None:
                unit = normalise(words[-1])
                base = base.removesuffix(unit)
    return HeaderReading(full, base or full, unit, tuple(notes))


class FieldNames:
    """All the names a ledger's fields go by."""

    def __init__(self, ledger: LedgerDef, units: Units, organisation_column: bool):
        self.ledger, self.units = ledger, units
        self._known: dict[str, tuple[str, How]] = {}
        for how, names_of in (
            ("title", lambda f: (f.title.zh, f.title.en)),
            ("key", lambda f: (f.key, f.key.replace("_", ""))),
            ("synonym", lambda f: f.synonyms),
        ):
            for one in ledger.fields:
                for name in names_of(one):
                    if name:
                        self._known.setdefault(normalise(name), (one.key, how))  # type: ignore[arg-type]
        if organisation_column:
            for name in ORGANISATION_HEADERS:
                self._known.setdefault(normalise(name), (ORGANISATION_COLUMN, "organisation"))
        self._titles = {normalise(f.title.zh): f.title.zh for f in ledger.fields}
        for one in ledger.fields:
            for name in one.synonyms:
                self._titles.setdefault(normalise(name), one.title.zh)

    def find(self, text: str) -> tuple[str, How, HeaderReading] | None:
        """The field behind a header, or None."""
        reading = read_header(text, self.units)
        if not reading.full:
            return None
        known = self._known.get(reading.full)
        if known is not None:
            # a title that itself ends in its unit, 面积（亩）, matches whole; the unit still counts
            return (*known, reading)
        known = self._known.get(reading.base)
        if known is not None:
            return (*known, reading)
        for name, (key, how) in self._known.items():
            rest = reading.base.removeprefix(name)
            if rest != reading.base and len(rest) <= 4 and self.units.get(rest) is not None:
                definition = self._definition(key)
                if definition is not None and definition.unit:
                    return key, how, HeaderReading(reading.full, name, rest, reading.notes)
        return None

    def nearest(self, text: str) -> str:
        """Title of the field with the likeliest name, or an empty text."""
        base = read_header(text, self.units).base
        near = difflib.get_close_matches(base, self._titles, n=1, cutoff=0.5)
        return self._titles[near[0]] if near else ""

    def _definition(self, key: str) -> FieldDef | None:
        return None if key == ORGANISATION_COLUMN else self.ledger.field(key)


def cell_text(cell: Cell) -> str:
    """A cell of the head as text; blank for nothing."""
    return "" if cell is None or cell == "" else plain_text(cell)


# ── the header row ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Header:
    """One or two rows taken as the header."""

    first: int  #: index in the head, from 0
    lines: int
    texts: tuple[str, ...]
    score: int


def _find_header(
    head: Sequence[Sequence[Cell]],
    merged: Sequence[MergedRange],
    names: FieldNames,
    corrections: Mapping[str, str | None],
) -> _Header | None:
    best: _Header | None = None
    lines = [[cell_text(cell) for cell in row] for row in head]
    for index, texts in enumerate(lines):
        if not any(texts):
            continue
        single = _Header(index, 1, tuple(texts), _score(texts, names, corrections))
        candidates = [single]
        if index + 1 < len(lines) and any(lines[index + 1]):
            double = _two_lines(index, texts, lines[index + 1], merged)
            candidates.append(_Header(index, 2, double, _score(double, names, corrections)))
        for one in candidates:
            # at equal score one line is the simpler reading: the line above is a note
            if best is None or (one.score, -one.lines) > (best.score, -best.lines):
                best = one
    if best is None or best.score < min(2, len(names.ledger.fields)):
        return None
    return best


def _score(texts: Sequence[str], names: FieldNames, corrections: Mapping[str, str | None]) -> int:
    keys: set[str] = set()
    for text in texts:
        if text in corrections or normalise(text) in corrections:
            keys.add(corrections.get(text) or corrections.get(normalise(text)) or text)
        elif len(text) <= 40:
            found = next(filter(None, map(names.find, _spellings(text))), None)
            if found is not None:
                keys.add(found[0])
    # a lone 单位： line must not look like a header
    return len(keys - {ORGANISATION_COLUMN})


def _two_lines(
    index: int, upper: Sequence[str], lower: Sequence[str], merged: Sequence[MergedRange]
) -> tuple[str, ...]:
    """One header per column from two lines: 面积（亩）above 挂果园 and 幼园 gives 挂果园面积（亩）."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    tall: set[int] = set()
    for (top, left), (bottom, right) in merged:
        if top <= index <= bottom and left < width:
            for column in range(left, min(right, width - 1) + 1):
                above[column] = above[left]
                if bottom > index:
                    tall.add(column)
    combined: list[str] = []
    last = ""
    for column in range(width):
        parent, child = above[column], below[column]
        if parent:
            last = parent
        elif child and last and not merged:
            parent = last  # text files have no merged cells; a blank above a sub-header continues its neighbour
        if column in tall or not child:
            combined.append(parent)
        elif not parent or parent == child:
            combined.append(child)
        else:
            combined.append(f"{parent}\n{child}")
    return tuple(combined)


def _spellings(text: str) -> list[str]:
    """The ways a two-line header may be meant."""
    if "\n" not in text:
        return [text]
    parent, child = text.split("\n", 1)
    bare = _GROUP.sub("", unicodedata.normalize("NFKC", parent).translate(_BRACKETS))
    unit = "".join(
        f"({content})"
        for content in _GROUP.findall(unicodedata.normalize("NFKC", parent).translate(_BRACKETS))
    )
    return [text, f"{bare}{child}{unit}", f"{child}{bare}{unit}", f"{child}{unit}", child]


# ── units and organisation above the header ───────────────────────────────────────────────────────────────────────────


def _read_lines_above(
    head: Sequence[Sequence[Cell]], until: int, units: Units
) -> tuple[list[str], str]:
    stated: list[str] = []
    organisation = ""
    for row in head[:until]:
        texts = [cell_text(cell) for cell in row]
        for text, beside in zip(texts, [*texts[1:], ""], strict=True):
            if "单位" not in text and "村" not in text:
                continue
            folded = unicodedata.normalize("NFKC", text).strip("() ")
            if folded.endswith(":") and beside:
                folded += unicodedata.normalize("NFKC", beside)
            found_units: list[str] = []
            for found in _UNIT_LINE.finditer(folded):
                if found["before"].endswith(_REPORTING):
                    continue
                parts = re.split(r"[、,，/;；\s]+|和|及", found["units"].strip("() "))
                found_units.extend(part for part in parts if part and units.get(part) is not None)
            stated.extend(found_units)
            if not found_units and not organisation:
                line = _ORGANISATION_LINE.search(folded)
                if line and units.get(line[1]) is None:
                    organisation = line[1].strip("()")
    return stated, organisation


# ── columns of one sheet ──────────────────────────────────────────────────────────────────────────────────────────────


def match_sheet(
    sheet: Sheet,
    ledger: LedgerDef,
    units: Units,
    *,
    organisation_column: bool = True,
    corrections: Mapping[str, str | None] | None = None,
) -> ColumnMatch:
    """How one sheet maps to a ledger. `header_row` is 0 when nothing in it looks like the ledger's header.

    Args:
        sheet: the sheet; its first rows are read.
        ledger: the ledger it should hold.
        units: for units in headers.
        organisation_column: whether a 单位 column is recognised.
        corrections: header as written → field key, "@organisation", or None to leave the column out.
    """
    corrections = dict(corrections or {})
    wanted = {normalise(header): key for header, key in corrections.items()}
    names = FieldNames(ledger, units, organisation_column)
    head = sheet.head(HEAD_ROWS)
    match = ColumnMatch(sheet.name, 0)
    header = _find_header(head, sheet.merged, names, {**wanted, **corrections})
    if header is None:
        return match
    match.header_row = header.first + header.lines
    line_units, match.organisation = _read_lines_above(head, header.first, units)
    below = head[match.header_row :]
    taken: dict[str, ColumnPlan] = {}
    for position, text in enumerate(header.texts):
        place = Place(sheet.file, sheet.name, match.header_row, _one_line(text), position + 1)
        if not normalise(text):
            if any(len(row) > position and cell_text(row[position]) for row in below):
                match.problems.append(
                    Problem("EXCHANGE_026", {"letter": column_letter(position)}, place, "warning")
                )
            match.explanations.append(ColumnExplanation(position, "", "", "blank"))
            continue
        key, how, reading = _decide(text, names, wanted, units)
        shown = _one_line(text)
        if key and key != ORGANISATION_COLUMN and not any(f.key == key for f in ledger.fields):
            match.problems.append(Problem("EXCHANGE_028", {"header": shown, "field": key}, place))
            key, how = "", "ignored"
        suggestion = ""
        if how == "unknown":
            suggestion = names.nearest(text)
            code = "EXCHANGE_023" if suggestion else "EXCHANGE_022"
            params = {"header": shown, "suggestion": suggestion}
            match.problems.append(Problem(code, params, place, "warning"))
        unit, unit_from = "", ""
        if key and key != ORGANISATION_COLUMN:
            unit, unit_from = _unit_of(
                ledger.field(key), reading, line_units, units, shown, place, match.problems
            )
        plan = ColumnPlan(key, position, shown, unit)
        if key and key in taken:
            match.problems.append(
                Problem(
                    "EXCHANGE_024",
                    {
                        "first": taken[key].header,
                        "first_letter": column_letter(taken[key].position),
                        "second": shown,
                        "second_letter": column_letter(position),
                        "field": _title(ledger, key),
                    },
                    place,
                )
            )
            plan = ColumnPlan("", position, shown)
        elif key:
            taken[key] = plan
        match.columns.append(plan)
        match.explanations.append(
            ColumnExplanation(position, shown, key, how, unit, unit_from, suggestion)  # type: ignore[arg-type]
        )
    match.matched = len(taken.keys() - {ORGANISATION_COLUMN})
    unknown = "、".join(one.header for one in match.unknown)
    for one in ledger.fields:
        if one.computed or one.key in taken or not (one.required or one.key == ledger.date):
            continue
        match.missing.append(one.key)
        match.problems.append(
            Problem(
                "EXCHANGE_021",
                {"field": one.title.zh, "unknown": unknown or "—"},
                Place(sheet.file, sheet.name, match.header_row),
            )
        )
    return match


def _decide(
    text: str, names: FieldNames, wanted: Mapping[str, str | None], units: Units
) -> tuple[str, How, HeaderReading]:
    reading = read_header(text.replace("\n", ""), units)
    if normalise(text) in wanted:
        key = wanted[normalise(text)]
        return key or "", "correction" if key else "ignored", reading
    for spelling in _spellings(text):
        found = names.find(spelling)
        if found is not None:
            return found
    if reading.base in _COUNTING_HEADERS or reading.full in _COUNTING_HEADERS:
        return "", "counting", reading
    return "", "unknown", reading


def _unit_of(
    definition: FieldDef,
    reading: HeaderReading,
    line_units: Sequence[str],
    units: Units,
    header: str,
    place: Place,
    problems: list[Problem],
) -> tuple[str, str]:
    """(unit its numbers are in when that is not the field's own, where it was stated)."""
    if not definition.unit:
        return "", ""
    if reading.unit:
        if not units.is_convertible(reading.unit, definition.unit):
            problems.append(
                Problem(
                    "EXCHANGE_025",
                    {"header": header, "unit": reading.unit, "expected": definition.unit},
                    place,
                )
            )
            return "", ""
        return _if_other(reading.unit, definition.unit, units), "header"
    notes = [note for note in reading.notes if not _HARMLESS_NOTE.search(note)]
    own = normalise(definition.title.zh)
    notes = [note for note in notes if note not in own]
    if notes:
        problems.append(
            Problem(
                "EXCHANGE_029",
                {"header": header, "note": notes[0], "unit": definition.unit},
                place,
                "warning",
            )
        )
    fitting = list(
        dict.fromkeys(
            found.key
            for unit in line_units
            if units.is_convertible(unit, definition.unit) and (found := units.get(unit))
        )
    )
    own_unit = units.require(definition.unit).key
    if not fitting or own_unit in fitting:
        return "", "unit_line" if fitting else ""
    if len(fitting) > 1:
        problems.append(
            Problem(
                "EXCHANGE_030",
                {"header": header, "units": "、".join(fitting), "expected": definition.unit},
                place,
            )
        )
        return "", ""
    return fitting[0], "unit_line"


def _if_other(unit: str, own: str, units: Units) -> str:
    return "" if units.require(unit).key == units.require(own).key else unit


def _one_line(text: str) -> str:
    """A header as it is shown to people: on one line and without the star of required columns."""
    return " ".join(text.split()).strip("*＊ ").replace(" （", "（").replace(" (", "(")


def _title(ledger: LedgerDef, key: str) -> str:
    return "单位" if key == ORGANISATION_COLUMN else ledger.field(key).title.zh


def column_letter(position: int) -> str:
    """Excel's name of a column: 0 → A, 26 → AA."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ── the sheet ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def names_of_ledger(ledger: LedgerDef) -> set[str]:
    """Normalised names a sheet of this ledger may carry."""
    names = {ledger.title.zh, ledger.title.en, ledger.key, *ledger.synonyms}
    return {normalise(name) for name in names if name}


def match_columns(
    sheets: Sheets,
    ledger: LedgerDef,
    units: Units,
    *,
    organisation_column: bool = True,
    corrections: Mapping[str, str | None] | None = None,
    chosen: str = "",
) -> tuple[Sheet | None, ColumnMatch]:
    """Pick the sheet that holds the ledger, by its name and its headers, and map its columns.

    With `chosen`, the name of a sheet that a person picked, only that sheet is looked at.

    Returns:
        The sheet and its mapping; no sheet, and a mapping with the problem, when none of them fits.

    Raises:
        ProblemsError: when no sheet fits and some could not be read.
    """
    names = [name for name in sheets.names if name == chosen] or sheets.names
    named = [name for name in names if _fits(name, ledger)]
    visible = [name for name in names if name not in named and name not in sheets.hidden]
    hidden = [name for name in names if name not in named and name in sheets.hidden]
    best: tuple[Sheet, ColumnMatch] | None = None
    unreadable: list[Problem] = []
    for group in (named, visible, hidden):
        for name in group:
            try:
                sheet = sheets.load(name)
            except ProblemsError as error:
                # a sheet that cannot be read matters only when it would have been the one
                unreadable.extend(error.problems)
                continue
            match = match_sheet(
                sheet,
                ledger,
                units,
                organisation_column=organisation_column,
                corrections=corrections,
            )
            if match.header_row and (best is None or _rank(match) > _rank(best[1])):
                best = (sheet, match)
        # only when no sheet of the right name has a usable header are the others read at all
        if best is not None and not (best[1].missing and group is named):
            break
    if best is not None:
        return best
    if unreadable:
        raise ProblemsError(unreadable)
    expected = [f.title.zh for f in ledger.fields if not f.computed][:8]
    problem = Problem(
        "EXCHANGE_020",
        {
            "ledger": ledger.title.zh,
            "sheets": "、".join(name or sheets.file for name in sheets.names),
            "expected": "、".join(expected),
        },
        Place(file=sheets.file),
    )
    return None, ColumnMatch(sheets.names[0] if sheets.names else "", 0, problems=[problem])


def _fits(name: str, ledger: LedgerDef) -> bool:
    plain = normalise(name)
    return bool(plain) and any(
        one == plain or (len(one) > 2 and one in plain) for one in names_of_ledger(ledger)
    )


def _rank(match: ColumnMatch) -> tuple[int, int]:
    return match.matched - len(match.missing), match.matched
