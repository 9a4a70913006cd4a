"""Rows of ledgers: from what a person typed or a workbook holds to a clean payload, with every problem found.

A payload maps field keys to canonical values (see `FieldDef`); a blank field has no key. The module knows fields, units and
rules from definitions, and no ledger by name; it knows neither workbooks nor the database.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.formulas import Evaluator, Value, parse_expression, round_half_up
from shuzhi.core.problems import Place, Problem, ProblemsError, Severity
from shuzhi.core.quantities import DECIMALS, Units, canonical

TEXT_LIMIT = 4000  #: characters of one text field; longer is surely a paste into the wrong cell
ORGANISATION_COLUMN = "@organisation"  #: `ColumnPlan.field` of the reserved 单位 column

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(\D{0,6})")
_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:,\d{3})+)(\.\d+)?(.*)", re.S)
_DATE = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
_PHONE = re.compile(r"(?:\+?86-?)?1\d{10}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|\d{7,8}|400-?\d{3}-?\d{4}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_TRUE = frozenset({"是", "有", "√", "✓", "对", "true", "yes", "y", "1"})
_FALSE = frozenset({"否", "无", "没有", "×", "✗", "false", "no", "n", "0"})
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
#: base units one row may amount to; a thousandth of what the books can add up
_LARGEST = Decimal(900_000_000_000)


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Which field a column of the sheet holds. `field` is empty for a column that is ignored."""

    field: str
    position: int  #: 0-based index in the row
    header: str  #: as written
    unit: str = ""  #: unit the header declares (万元 for a 元 field); empty = the field's own


@dataclass(slots=True)
class RowDraft:
    """One row as read: `payload` is None when a cell could not be read."""

    row: int
    payload: dict[str, Any] | None
    date: str = ""
    key: str = ""
    organisation: str = ""
    problems: list[Problem] = field(default_factory=list)


class _Bad:
    """A cell that could not be read: a problem code with its parameters."""

    __slots__ = ("code", "params", "severity")

    def __init__(self, code: str, severity: Severity = "error", **params: Any):
        self.code, self.params, self.severity = code, params, severity


Parsed = str | bool | _Bad | None
Parser = Callable[[object], Parsed]


# ── reading single values ─────────────────────────────────────────────────────────────────────────────────────────────


def plain_text(raw: object) -> str:
    """What a cell shows, trimmed, without invisible control characters; numbers as Excel shows them (1, not 1.0)."""
    if isinstance(raw, str):
        text = raw.strip()
        if text.isprintable():
            return text
        kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))
        return "".join(kept).strip()
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15g}"
    if isinstance(raw, datetime):
        return raw.date().isoformat() if not (raw.hour or raw.minute) else raw.isoformat(" ")
    return str(raw)


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as half-width (１２．５ → 12.5)."""
    return text.translate(_FULL_WIDTH)


def check_identity_number(text: str) -> bool:
    """Whether an 18-digit citizen identity number is well formed (GB 11643): real birth date, right check digit.

    >>> check_identity_number("11010519491231002X"), check_identity_number("620802199003071239")
    (True, False)
    """
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(d) * w for d, w in zip(text[:17], _IDENTITY_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17]


def _parse_text(raw: object) -> Parsed:
    if raw.__class__ is str:
        text = raw.strip()
        if text.isprintable() and len(text) <= TEXT_LIMIT:
            return text or None
    text = plain_text(raw)
    if len(text) > TEXT_LIMIT:
        return _Bad("LEDGER_009", found=len(text), limit=TEXT_LIMIT)
    return text or None


def _parse_day(year: str, month: str, day: str, shown: str) -> Parsed:
    if not _EARLIEST_YEAR <= int(year) <= _LATEST_YEAR:
        return _Bad("LEDGER_006", found=shown)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return _Bad("LEDGER_006", found=shown)


def parse_date(raw: object) -> Parsed:
    """A date cell, or text such as 2023-8-1, 2023.8.1, 2023年8月1日, 20230801."""
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        if not _EARLIEST_YEAR <= raw.year <= _LATEST_YEAR:
            return _Bad("LEDGER_006", found=raw.isoformat())
        return raw.isoformat()
    shown = plain_text(raw)
    text = half_width(shown)
    if not text:
        return None
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        return _Bad("LEDGER_006", found=shown)
    return _parse_day(match[1], match[2], match[3], shown)


def _parse_month(raw: object) -> Parsed:
    if isinstance(raw, datetime | date):
        return f"{raw.year:04d}-{raw.month:02d}"
    shown = plain_text(raw)
    text = half_width(shown)
    if not text:
        return None
    match = _MONTH.fullmatch(text) or _COMPACT_MONTH.fullmatch(text) or _DATE.fullmatch(text)
    if (
        match is None
        or not 1 <= int(match[2]) <= 12
        or not _EARLIEST_YEAR <= int(match[1]) <= _LATEST_YEAR
    ):
        return _Bad("LEDGER_007", found=shown)
    return f"{match[1]}-{int(match[2]):02d}"


def _parse_boolean(raw: object) -> Parsed:
    if isinstance(raw, bool):
        return raw
    if raw == "是" or raw == "否":
        return raw == "是"
    text = half_width(plain_text(raw)).lower()
    if not text:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    return _Bad("LEDGER_008", found=plain_text(raw))


def _parse_identity_number(raw: object) -> Parsed:
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        # Excel keeps 15 digits of a number: the last three are already lost
        return _Bad("LEDGER_011")
    text = half_width(plain_text(raw)).upper().replace(" ", "")
    if not text:
        return None
    return text if check_identity_number(text) else _Bad("LEDGER_010")


def _parse_phone(raw: object) -> Parsed:
    text = half_width(plain_text(raw)).replace(" ", "")
    if not text:
        return None
    return text if _PHONE.fullmatch(text) else _Bad("LEDGER_012")


def _choice_parser(definition: FieldDef) -> Parser:
    exact = frozenset(definition.options)
    options = {half_width(o): o for o in definition.options}
    listed = "、".join(definition.options)

    def parse(raw: object) -> Parsed:
        if raw.__class__ is str and raw in exact:
            return raw
        shown = plain_text(raw)
        if not shown:
            return None
        found = options.get(shown) or options.get(half_width(shown).replace(" ", ""))
        if found is not None:
            return found
        near = difflib.get_close_matches(shown, definition.options, 1, 0.5)
        return _Bad("LEDGER_005", found=shown, options=listed, suggestion=near[0] if near else "")

    return parse


def _number_text(
    raw: object, definition: FieldDef, units: Units, factor: Decimal | None
) -> str | _Bad | None:
    """The number of a text cell as decimal text in the field's unit."""
    shown = plain_text(raw)
    text = half_width(shown).replace(" ", "")
    if not text:
        return None
    grouped = _THOUSANDS.fullmatch(text)
    if grouped:
        text = grouped[1].replace(",", "") + (grouped[2] or "") + grouped[3]
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > 40:
        return _Bad("LEDGER_003", found=shown, unit=definition.unit)
    number, unit = match[1], match[2]
    if not unit:
        return number if factor is None else canonical(Decimal(number) * factor)
    if (
        units.get(unit) is None
        or not definition.unit
        or not units.is_convertible(unit, definition.unit)
    ):
        return _Bad("LEDGER_004", found=shown, unit=definition.unit, written=unit)
    return canonical(units.convert(Decimal(number), unit, definition.unit))


def _number_parser(definition: FieldDef, units: Units, header_unit: str) -> Parser:
    factor: Decimal | None = None
    if header_unit and definition.unit and header_unit != definition.unit:
        ratio = units.factor(header_unit) / units.factor(definition.unit)
        factor = None if ratio == 1 else ratio
    low, high = definition.min, definition.max
    whole = definition.type == "integer"
    own = units.factor(definition.unit) if definition.unit else Decimal(1)
    places = _places(own)
    largest = _LARGEST / own
    # so few digits never reach the limit and need no look
    safe = max(1, largest.adjusted())
    unit = definition.unit

    def parse(raw: object) -> Parsed:
        kind = raw.__class__
        if kind is float:
            if not (-1e15 < raw < 1e15):  # type: ignore[operator]
                return _Bad("LEDGER_003", found=str(raw), unit=unit)
            text = str(int(raw)) if raw.is_integer() else f"{raw:.15g}"  # type: ignore
            if factor is not None or "e" in text:
                text = canonical(Decimal(text) * (factor or 1))
        elif kind is int:
            text = str(raw)
            if factor is not None:
                text = canonical(Decimal(text) * factor)
        elif kind is bool or isinstance(raw, date | timedelta):
            return _Bad("LEDGER_003", found=plain_text(raw), unit=unit)
        else:
            found = _number_text(raw, definition, units, factor)
            if found is None or found.__class__ is _Bad:
                return found
            text = canonical(Decimal(found))  # type: ignore[arg-type]
        if "." in text:
            decimals = len(text) - text.index(".") - 1
            if whole:
                return _Bad("LEDGER_002", found=text, unit=unit)
            if decimals > places:
                return _Bad("LEDGER_013", found=text, unit=unit, places=places)
        if low is not None or high is not None:
            value = Decimal(text)
            if low is not None and value < low:
                return _Bad("LEDGER_014", found=text, limit=canonical(low), unit=unit)
            if high is not None and value > high:
                return _Bad("LEDGER_015", found=text, limit=canonical(high), unit=unit)
        if len(text) > 18:
            return _Bad("LEDGER_003", found=text, unit=unit)
        if len(text) > safe and abs(Decimal(text)) > largest:
            return _Bad("LEDGER_015", found=text, limit=canonical(largest), unit=unit)
        return text

    return parse


def _places(factor: Decimal) -> int:
    """Decimals of a unit with this factor that the books keep without rounding: 1/10000 of the base unit.

    >>> _places(Decimal(1)), _places(Decimal(10_000)), _places(Decimal(15))
    (4, 8, 4)
    """
    return max(0, DECIMALS + int(factor.normalize().as_tuple().exponent))


_PARSERS: dict[str, Parser] = {
    "text": _parse_text,
    "reference": _parse_text,
    "organisation": _parse_text,
    "indicator": _parse_text,
    "ledger": _parse_text,
    "date": parse_date,
    "month": _parse_month,
    "boolean": _parse_boolean,
    "identity_number": _parse_identity_number,
    "phone": _parse_phone,
}


def value_parser(definition: FieldDef, units: Units, header_unit: str = "") -> Parser:
    """The function that reads one cell of this field; `header_unit` is the unit its column declares."""
    if definition.type in ("integer", "quantity"):
        return _number_parser(definition, units, header_unit)
    if definition.type == "choice":
        return _choice_parser(definition)
    return _PARSERS[definition.type]


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def environment_builder(
    ledger: LedgerDef, units: Units, names: Iterable[str]
) -> Callable[[Mapping[str, Any]], dict[str, Value]]:
    """A function from payload to the values expressions see: quantities as `Decimal` in base units, the rest as kept."""
    numbers: list[tuple[str, Decimal | None]] = []
    others: list[str] = []
    wanted = set(names)
    for one in ledger.fields:
        if one.key not in wanted:
            continue
        if one.type in ("integer", "quantity"):
            factor = units.factor(one.unit) if one.unit else Decimal(1)
            numbers.append((one.key, None if factor == 1 else factor))
        else:
            others.append(one.key)

    def build(payload: Mapping[str, Any]) -> dict[str, Value]:
        environment: dict[str, Value] = {}
        for key in others:
            if key in payload:
                environment[key] = payload[key]
        for key, factor in numbers:
            text = payload.get(key)
            if text is not None:
                environment[key] = Decimal(text) if factor is None else Decimal(text) * factor
        return environment

    return build


class RowReader:
    """Reads rows of one sheet into drafts; made once per sheet by `compile_reader`."""

    def __init__(
        self, ledger: LedgerDef, units: Units, columns: Sequence[ColumnPlan], file: str, sheet: str
    ):
        self.ledger, self.units = ledger, units
        self._file, self._sheet = file, sheet
        self._organisation: int | None = None
        self._plan: list[tuple[int, str, Parser, str]] = []
        self._typed_computed: list[tuple[int, str, Parser, str]] = []
        headers: dict[str, tuple[str, int]] = {}
        for column in columns:
            if column.field == ORGANISATION_COLUMN:
                self._organisation = column.position
            elif column.field:
                definition = ledger.field(column.field)
                step = (
                    column.position,
                    definition.key,
                    value_parser(definition, units, column.unit),
                    column.header,
                )
                headers[definition.key] = (column.header, column.position)
                (self._typed_computed if definition.computed else self._plan).append(step)
        self._headers = headers
        self._computed = [
            (f.key, f, parse_expression(f.computed).compiled()) for f in ledger.fields if f.computed
        ]
        self._rules: list[tuple[Any, Evaluator]] = [
            (rule, parse_expression(rule.check).compiled()) for rule in ledger.rules
        ]
        names = {n for f in ledger.fields if f.computed for n in parse_expression(f.computed).names}
        names |= {n for rule in ledger.rules for n in parse_expression(rule.check).names}
        self._needs_environment = bool(self._computed or self._rules)
        self._environment = environment_builder(ledger, units, names)
        self._required = [
            f.key for f in ledger.fields if not f.computed and (f.required or f.key == ledger.date)
        ]
        self._keys = ledger.identified_by
        self._order = [f.key for f in ledger.fields if not f.computed]

    def _place(self, row: int, key: str) -> Place:
        header, position = self._headers.get(key, ("", None))
        return Place(
            self._file,
            self._sheet,
            row,
            header or (self.ledger.field(key).title.zh if key else ""),
            None if position is None else position + 1,
        )

    def read(self, cells: Sequence[object], row: int) -> RowDraft | None:
        """The draft of one row, or None for a blank row. `row` counts from 1."""
        payload: dict[str, Any] = {}
        problems: list[Problem] = []
        count = len(cells)
        for position, key, parse, _ in self._plan:
            if position >= count:
                continue
            raw = cells[position]
            if raw is None or raw == "":
                continue
            value = parse(raw)
            if value is None:
                continue
            if value.__class__ is _Bad:
                problems.append(self._problem(value, row, key))
            else:
                payload[key] = value
        if not payload and not problems:
            return None
        organisation = ""
        if self._organisation is not None and self._organisation < count:
            organisation = plain_text(cells[self._organisation] or "")
        return self._finish(payload, problems, row, organisation, cells)

    def _problem(self, bad: _Bad, row: int, key: str) -> Problem:
        params = {"field": self.ledger.field(key).title.zh, **bad.params}
        return Problem(bad.code, params, self._place(row, key), bad.severity)

    def _finish(
        self,
        payload: dict[str, Any],
        problems: list[Problem],
        row: int,
        organisation: str,
        cells: Sequence[object],
    ) -> RowDraft:
        unreadable = {p.place.column_number for p in problems}
        for key in self._required:
            if key not in payload and self._headers.get(key, ("", -2))[1] + 1 not in unreadable:
                problems.append(
                    Problem(
                        "LEDGER_001",
                        {"field": self.ledger.field(key).title.zh},
                        self._place(row, key),
                    )
                )
        if self._needs_environment:
            self._apply_formulas(payload, problems, row)
        for position, key, parse, _ in self._typed_computed:
            raw = cells[position] if position < len(cells) else None
            typed = None if raw is None or raw == "" else parse(raw)
            if typed is not None and key in payload and typed != payload[key]:
                found = "" if typed.__class__ is _Bad else str(typed)
                problems.append(
                    Problem(
                        "LEDGER_017",
                        {
                            "field": self.ledger.field(key).title.zh,
                            "found": found,
                            "expected": payload[key],
                        },
                        self._place(row, key),
                        "warning",
                    )
                )
        blocked = any(p.severity == "error" for p in problems)
        return RowDraft(
            row,
            None if blocked else payload,
            str(payload.get(self.ledger.date, "")),
            "" if blocked else self.key_of(payload),
            organisation,
            problems,
        )

    def _apply_formulas(self, payload: dict[str, Any], problems: list[Problem], row: int) -> None:
        environment = self._environment(payload)
        for key, definition, evaluator in self._computed:
            value = evaluator(environment)
            if value is None:
                continue
            environment[key] = value
            if isinstance(value, Decimal):
                try:
                    payload[key] = self._computed_text(value, definition)
                except ProblemsError as error:
                    problems.extend(
                        Problem(p.code, p.params, self._place(row, key), p.severity)
                        for p in error.problems
                    )
            else:
                payload[key] = value
        for rule, evaluator in self._rules:
            try:
                holds = evaluator(environment)
            except (TypeError, ValueError, InvalidOperation):
                holds = None  # a value the rule cannot speak of was already reported at its cell
            if holds is False:
                involved = sorted(parse_expression(rule.check).names, key=self._order_of)
                problems.append(
                    Problem(
                        "LEDGER_016",
                        {"message": rule.message, "rule": rule.key},
                        self._place(row, involved[0] if involved else ""),
                        rule.severity,
                    )
                )

    def _computed_text(self, value: Decimal, definition: FieldDef) -> str:
        """A computed amount in the field's unit, rounded half up to what the books keep. Raises ProblemsError LEDGER_015 beyond them."""
        own = self.units.factor(definition.unit) if definition.unit else Decimal(1)
        if abs(value) > _LARGEST:
            params = {
                "field": definition.title.zh,
                "found": str(value),
                "limit": canonical(_LARGEST / own),
                "unit": definition.unit,
            }
            raise ProblemsError([Problem("LEDGER_015", params)])
        in_unit = self.units.from_base(value, definition.unit) if definition.unit else value
        return canonical(round_half_up(in_unit, _places(own)))

    def _order_of(self, key: str) -> int:
        return self._order.index(key) if key in self._order else len(self._order)

    def key_of(self, payload: Mapping[str, Any]) -> str:
        """The natural key, or for ledgers without one a fingerprint of the content (made unique by `finish_rows`)."""
        if self._keys:
            return "|".join(str(payload.get(k, "")) for k in self._keys)
        content = "\x1f".join([str(payload.get(k, "")) for k in self._order])
        return blake2b(content.encode(), digest_size=10).hexdigest()


def compile_reader(
    ledger: LedgerDef,
    units: Units,
    columns: Sequence[ColumnPlan],
    *,
    file: str = "",
    sheet: str = "",
) -> RowReader:
    """A reader for rows whose columns are laid out as `columns` says."""
    return RowReader(ledger, units, columns, file, sheet)


def read_values(ledger: LedgerDef, units: Units, values: Mapping[str, object]) -> RowDraft:
    """The draft of a single row given by field key, as a form or the command line hands it over."""
    unknown = [key for key in values if key not in {f.key for f in ledger.fields}]
    keys = [f.key for f in ledger.fields if f.key in values]
    columns = [ColumnPlan(key, i, ledger.field(key).title.zh) for i, key in enumerate(keys)]
    reader = compile_reader(ledger, units, columns)
    draft = reader.read([values[k] for k in keys], 1)
    if draft is None:
        draft = RowDraft(1, None, problems=[Problem("LEDGER_018", {"ledger": ledger.title.zh})])
    near = [difflib.get_close_matches(k, [f.key for f in ledger.fields], 1) for k in unknown]
    draft.problems.extend(
        Problem("LEDGER_019", {"field": k, "suggestion": n[0] if n else ""})
        for k, n in zip(unknown, near, strict=True)
    )
    if unknown:
        draft.payload = None
    # a single row has no sheet and no row number
    draft.problems = [
        Problem(p.code, p.params, Place(column=p.place.column), p.severity) for p in draft.problems
    ]
    return draft


def finish_rows(ledger: LedgerDef, drafts: Iterable[RowDraft]) -> list[Problem]:
    """What only the whole sheet shows: the same natural key twice; equal rows of unkeyed ledgers get a running number."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    keyed = bool(ledger.identified_by)
    for draft in drafts:
        if draft.payload is None:
            continue
        identity = (draft.organisation, draft.key)
        earlier = seen.get(identity)
        if keyed:
            if earlier is None:
                seen[identity] = draft.row
            else:
                names = "、".join(ledger.field(k).title.zh for k in ledger.identified_by)
                problem = Problem(
                    "LEDGER_020",
                    {"fields": names, "key": _shown_key(ledger, draft), "first": earlier},
                    Place(
                        row=draft.row,
                        column=ledger.field(ledger.identified_by[0]).title.zh,
                    ),
                )
                draft.problems.append(problem)
                draft.payload = None
                problems.append(problem)
        else:
            number = (earlier or 0) + 1
            seen[identity] = number
            draft.key = f"{draft.key}#{number}"
    return problems


def _shown_key(ledger: LedgerDef, draft: RowDraft) -> str:
    hidden = any(ledger.field(k).personal for k in ledger.identified_by)
    return "***" if hidden else draft.key
