"""Quantities with units: how many 亩, 元 or 人, exactly.

A clerk writes 5.27万亩, 48.2875万元 or 1.3公里; the books keep 64-bit integers of 1/10000 of the base unit, so sums are
exact on every database. Which units exist is data (`catalogue/units.yaml`); this module must not know any of them by
name, except that a 亩 is 2000/3 square metres, which only an explicit call ever uses.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction

from shuzhi.core.definitions import UnitDef
from shuzhi.core.problems import Problem, ProblemsError

SCALE = 10_000  #: the books count in 1/10000 of the base unit
DECIMALS = 4  #: decimals of the base unit that the books can keep
LIMIT = 2**63  #: a scaled amount lies strictly between -LIMIT and LIMIT

#: Magnitudes that may stand before any unit, longest first so that 百万 is not read as 百 before 万….
PREFIXES: Mapping[str, Decimal] = {
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "十万": Decimal(100_000),
    "亿": Decimal(100_000_000),
    "万": Decimal(10_000),
    "千": Decimal(1_000),
    "百": Decimal(100),
}

#: Square metres in one 亩: 1 公顷 = 15 亩 = 10000 平方米. No finite decimal, hence a fraction.
SQUARE_METRES_PER_MU = Fraction(2000, 3)

# Multiplication of what people type is exact far below this precision; whatever is longer is refused, not rounded.
_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero])
_SCALE = Decimal(SCALE)
_MAX_EXPONENT = (
    30  # above any amount the books hold; keeps 1E+999999 from being written out in full
)
_DIVISION = Context(prec=28)


def _require_number(value: Decimal) -> None:
    if not value.is_finite():
        raise ProblemsError([Problem("QUANTITY_005", {"value": str(value)})])


def canonical(value: Decimal) -> str:
    """The one way a number is written in payloads: no exponent, no trailing zeros, no negative zero.

    Raises ProblemsError (QUANTITY_005) for NaN and infinities, (QUANTITY_004) for absurdly long numbers.

    >>> canonical(Decimal("2.50")), canonical(Decimal("1E+2")), canonical(Decimal("-0.0"))
    ('2.5', '100', '0')
    """
    _require_number(value)
    if not value:
        return "0"
    if value.adjusted() > _MAX_EXPONENT:
        raise ProblemsError([Problem("QUANTITY_004", {"value": str(value)})])
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_scaled(value: Decimal) -> int:
    """The integer of 1/10000 units that the books keep.

    Raises ProblemsError: QUANTITY_003 when more than four decimals would be needed, QUANTITY_004 when the amount does not
    fit 63 bits, QUANTITY_005 when it is no number.

    >>> to_scaled(Decimal("227.74"))
    2277400
    """
    _require_number(value)
    if value and value.adjusted() > _MAX_EXPONENT:
        raise ProblemsError([Problem("QUANTITY_004", {"value": str(value)})])
    try:
        scaled = _EXACT.multiply(value, _SCALE)
    except Inexact:
        raise ProblemsError([Problem("QUANTITY_003", {"value": str(value)})]) from None
    integer = int(scaled)
    if integer != scaled:
        raise ProblemsError([Problem("QUANTITY_003", {"value": format(value, "f")[:60]})])
    if not -LIMIT < integer < LIMIT:
        raise ProblemsError([Problem("QUANTITY_004", {"value": canonical(value)})])
    return integer


def from_scaled(scaled: int) -> Decimal:
    """The value behind a kept integer, in its shortest form without exponent.

    >>> from_scaled(2277400), from_scaled(1_000_000)
    (Decimal('227.74'), Decimal('100'))
    """
    whole, rest = divmod(scaled, SCALE)
    if rest == 0:
        return Decimal(whole)
    return Decimal(scaled).scaleb(-DECIMALS).normalize()


def is_terminating(value: Fraction) -> bool:
    """True when the fraction is a finite decimal (its denominator has no primes but 2 and 5)."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_of(value: Fraction) -> Decimal:
    """The fraction as a decimal: exact when it ends within 400 digits, else to 28 significant digits."""
    context = _EXACT if is_terminating(value) else _DIVISION
    return Decimal(canonical(context.divide(Decimal(value.numerator), Decimal(value.denominator))))


def square_metres_of_mu(mu: Decimal) -> Fraction:
    """Exactly how many 平方米 so many 亩 are; never done silently, because surveyed areas are kept as measured.

    >>> square_metres_of_mu(Decimal("1.5"))
    Fraction(1000, 1)
    """
    return Fraction(mu) * SQUARE_METRES_PER_MU


def mu_of_square_metres(square_metres: Decimal) -> Fraction:
    """Exactly how many 亩 so many 平方米 are.

    >>> mu_of_square_metres(Decimal(1_000_000))
    Fraction(1500, 1)
    """
    return Fraction(square_metres) / SQUARE_METRES_PER_MU


class Units:
    """The units an office knows, found by any of their spellings, with 万, 亿, … before any of them.

    Raises ProblemsError on construction when the definitions contradict each other (QUANTITY_006 to QUANTITY_009).
    """

    def __init__(self, definitions: Mapping[str, UnitDef]) -> None:
        problems = list(problems_of_units(definitions))
        if problems:
            raise ProblemsError(problems)
        self.definitions: dict[str, UnitDef] = dict(definitions)
        self._known: dict[str, UnitDef] = {}
        for definition in definitions.values():
            self._known[definition.key] = definition
            for alias in definition.aliases:
                self._known[alias] = definition
        self._declared = frozenset(self._known)

    def get(self, unit: str) -> UnitDef | None:
        """The unit as written, by key, alias, or magnitude prefix + unit; None when unknown.

        A declared spelling wins over a prefix: 千米 is the kilometre, not a thousand of anything declared as 米.
        """
        found = self._known.get(unit)
        if found is not None:
            return found
        return self._derive(unit.strip())

    def _derive(self, unit: str) -> UnitDef | None:
        known = self._known.get(unit)
        if known is not None:
            return known
        for prefix, magnitude in PREFIXES.items():
            rest = unit.removeprefix(prefix)
            # One magnitude only: 万 before an already derived 万亩 would be 万万亩, which nobody writes.
            inner = self._known[rest] if rest != unit and rest in self._declared else None
            if inner is not None:
                derived = UnitDef(
                    key=prefix + inner.key,
                    base=inner.base,
                    factor=_EXACT.multiply(magnitude, inner.factor),
                    dimension=inner.dimension,
                    title_en=_english_magnitude(magnitude, inner.title_en),
                )
                # Only declared units can be derived from, so this grows to their spellings × prefixes (and spaces) at most.
                self._known[unit] = derived
                return derived
        return None

    def spellings(self) -> frozenset[str]:
        """Every declared spelling: keys and aliases, without magnitudes put before them."""
        return self._declared

    def require(self, unit: str) -> UnitDef:
        """Like `get`, but raises ProblemsError (QUANTITY_001) with the nearest spellings for an unknown unit."""
        found = self.get(unit)
        if found is None:
            near = difflib.get_close_matches(unit, self._declared, n=3, cutoff=0.5) or list(
                self.definitions
            )
            raise ProblemsError(
                [Problem("QUANTITY_001", {"unit": unit, "known": "、".join(near[:5])})]
            )
        return found

    def base_of(self, unit: str) -> str:
        """The base unit's key: 万元 → 元. Raises ProblemsError for an unknown unit."""
        return self.require(unit).base

    def factor(self, unit: str) -> Decimal:
        """How many base units one `unit` is: 万元 → 10000. Raises ProblemsError for an unknown unit."""
        return self.require(unit).factor

    def is_convertible(self, a: str, b: str) -> bool:
        """True when both units are known and have the same base."""
        first, second = self.get(a), self.get(b)
        return first is not None and second is not None and first.base == second.base

    def to_base(self, value: Decimal, unit: str) -> Decimal:
        """`value` in the base unit, exactly, in its shortest form: 5.27 万亩 → 52700 (亩)."""
        definition = self.require(unit)
        _require_number(value)
        if definition.factor == 1:
            return Decimal(canonical(value))
        try:
            return Decimal(canonical(_EXACT.multiply(value, definition.factor)))
        except (Inexact, Overflow):
            raise ProblemsError([Problem("QUANTITY_003", {"value": str(value)[:60]})]) from None

    def from_base(self, value: Decimal, unit: str) -> Decimal:
        """`value` (in the base unit) expressed in `unit`.

        Exact when the result is a finite decimal; otherwise (亩 → 公顷) to 28 significant digits: use `from_base_exactly`
        where that matters.
        """
        definition = self.require(unit)
        _require_number(value)
        if definition.factor == 1:
            return Decimal(canonical(value))
        return decimal_of(Fraction(value) / Fraction(definition.factor))

    def from_base_exactly(self, value: Decimal, unit: str) -> Fraction:
        """`value` (in the base unit) in `unit`, as an exact fraction: 1 亩 → 1/15 公顷."""
        definition = self.require(unit)
        _require_number(value)
        return Fraction(value) / Fraction(definition.factor)

    def convert(self, value: Decimal, unit: str, to: str) -> Decimal:
        """From one unit to another of the same base; raises ProblemsError (QUANTITY_002) when the bases differ."""
        if self.base_of(unit) != self.base_of(to):
            raise ProblemsError([Problem("QUANTITY_002", {"unit": unit, "expected": to})])
        return self.from_base(self.to_base(value, unit), to)

    def __contains__(self, unit: object) -> bool:
        return isinstance(unit, str) and self.get(unit) is not None


def _english_magnitude(magnitude: Decimal, title: str) -> str:
    return f"{magnitude:,} {title}" if title else ""


def problems_of_units(definitions: Mapping[str, UnitDef]) -> list[Problem]:
    """Everything wrong with a set of unit definitions, so that the loader can report all of it at once."""
    problems: list[Problem] = []
    spelled: dict[str, str] = {}
    for key, definition in definitions.items():
        if definition.factor <= 0 or not definition.factor.is_finite():
            params = {"unit": key, "factor": str(definition.factor)}
            problems.append(Problem("QUANTITY_006", params))
        base = definitions.get(definition.base)
        if base is None:
            problems.append(Problem("QUANTITY_007", {"unit": key, "base": definition.base}))
        elif base.base != base.key or base.factor != 1:
            problems.append(Problem("QUANTITY_008", {"unit": key, "base": definition.base}))
        for spelling in (definition.key, *definition.aliases):
            if spelling in spelled:
                params = {"spelling": spelling, "unit": key, "other": spelled[spelling]}
                problems.append(Problem("QUANTITY_009", params))
            else:
                spelled[spelling] = key
    return problems
