"""The shapes of the catalogue: units, ledgers, indicators, relations, parameters, report templates.

These frozen dataclasses are what the strict loader makes of YAML and what every other part of Shuzhi reads.
The code knows no ledger by name: whatever is particular to orchards or disputes stands in a definition.
Annotations and defaults here ARE the YAML schema (key ``from`` is read into ``source``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Level = Literal["province", "prefecture", "county", "township", "village", "group"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese (always) and English. YAML: a plain string is the Chinese alone, or ``{zh: …, en: …}``."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return self.zh


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a definition is as it is: document, article, date, and how far it can be trusted."""

    source: str
    article: str = ""
    effective: str = ""  #: ISO date or month from which it holds
    trust: Literal["", "V", "L", "K", "P", "S", "D"] = ""  #: mark of the domain handbook


@dataclass(frozen=True, slots=True)
class UnitDef:
    """One unit. `factor` × value = value in the base unit; a base unit names itself and has factor 1."""

    key: str  #: the unit as written: 亩, 公里, 万元
    base: str
    factor: Decimal = Decimal(1)
    dimension: str = ""
    title_en: str = ""
    aliases: tuple[str, ...] = ()  #: other ways to write it: 千米 for 公里, m for 米


FieldType = Literal[
    "text",
    "integer",
    "quantity",
    "date",
    "month",
    "choice",
    "boolean",
    "reference",
    "organisation",
    "identity_number",
    "phone",
    "indicator",
    "ledger",
]


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One column of a ledger.

    Values in a record's payload (JSON): text/choice/reference/… as strings, ``integer`` and ``quantity`` as
    canonical decimal strings in the field's unit ("2.5", never "2.50" or 2.5), ``date`` "YYYY-MM-DD", ``month`` "YYYY-MM",
    ``boolean`` true/false. A blank field has no key in the payload: blank is not zero.
    """

    key: str
    title: Text
    type: FieldType = "text"
    unit: str = ""  #: quantity and integer only
    required: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    options: tuple[str, ...] = ()  #: choice only; the Chinese words are the values
    ledger: str = ""  #: reference only: the ledger whose natural key this field holds
    computed: str = ""  #: expression over the other fields; never typed by a person
    personal: Literal["", "personal", "sensitive"] = (
        ""  #: masked on the server unless a right and a reason are given
    )
    synonyms: tuple[str, ...] = ()  #: other headers seen in the field
    note: str = ""  #: help for the clerk, shown in the Excel template
    example: str = ""  #: value of the template's example row, as a person types it


@dataclass(frozen=True, slots=True)
class RuleDef:
    """A check over one row. `check` must be true; unknown (blank inputs) passes."""

    key: str
    check: str
    message: str
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class TargetTrait:
    """This ledger's rows promise figures: each row posts `amount` to the indicator named in the row, as a target."""

    indicator: str = "indicator"  #: field of type indicator
    amount: str = "amount"  #: field with the promised figure, a number in the indicator's unit
    year: str = "year"  #: field (integer) with the year it is promised for


@dataclass(frozen=True, slots=True)
class NilTrait:
    """This ledger's rows are zero reports (零报告): each says that a ledger had no rows in a month."""

    ledger: str = "ledger"  #: field of type ledger
    month: str = "month"  #: field of type month


@dataclass(frozen=True, slots=True)
class LedgerDef:
    """A ledger (台账). register: a row stays current until revised · journal: a row is an event."""

    key: str
    title: Text
    area: str  #: catalogue area (the folder's name): industry, party, …
    kept_by: tuple[Level, ...]
    nature: Literal["register", "journal"]
    fields: tuple[FieldDef, ...]
    date: str = "date"  #: field of type date: when the event was / from when the row's values hold
    until: str = ""  #: register only: date field; from its month on the row counts no more
    identified_by: tuple[
        str, ...
    ] = ()  #: natural key within the organisation; empty: identical rows are told apart by count
    subject: str = ""  #: reference field naming whom the row is about
    rules: tuple[RuleDef, ...] = ()
    synonyms: tuple[str, ...] = ()  #: other names of the sheet
    description: str = ""
    targets: TargetTrait | None = None
    nil: NilTrait | None = None
    basis: Basis | None = None
    version: int = 1

    def field(self, key: str) -> FieldDef:
        """The field with this key. Raises KeyError."""
        for one in self.fields:
            if one.key == key:
                return one
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class IndicatorDef:
    """A figure's definition (指标).

    `value` is one of:
      * ``sum(<row expression>)``, ``count()``: additive over rows, months and organisations;
      * ``distinct(<reference field>)``: how many different subjects;
      * ``sum_distinct(<reference field>, <indicator>)``: the sum of another, `by`-keyed, indicator over those different subjects
        (71户 → 331人: the members of the distinct households);
      * with nature ``derived``, an expression over other indicators, recomputed at every level, with
        ``last_year(x)``, ``count_units('village', cond)``, ``min_units('village', expr)``, ``max_units(…)``, ``sum_units(…)``,
        ``parameter('key')``, ``coalesce(a, b)``, ``round(x, n)``.
    `where` filters rows. `at` names the date field whose month is posted to (default: the ledger's date). With `at`, a
    register row counts once, in that month, by its latest values.
    """

    key: str
    title: Text
    unit: str
    nature: Literal["stock", "flow", "derived"]
    value: str
    area: str = ""
    source: str = ""  #: YAML ``from``: the ledger read
    where: str = ""
    at: str = ""
    by: str = ""  #: reference field: amounts are also kept per subject, for sum_distinct
    decimals: int | None = None  #: derived only: places kept, half up
    forecast: bool = False  #: an expectation (预计), never to be printed as a result
    synonyms: tuple[str, ...] = ()
    basis: Basis | None = None
    description: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class RelationDef:
    """What must hold between figures of one organisation and period.

    sum: `total` = Σ `parts` · part: each of `parts` ≤ `total` · product: `total` = `parts[0]` × `factor` (a number or ``parameter('…')``)
    · rate: `total` = `parts[0]` / `parts[1]` × `scale` · growth: `total` = (parts[0] − last year) / last year × 100
    · breakdown: `total` = Σ of the same indicator by the row field `by`.
    A relation whose figures are not all known is not checked (unknown, not broken).
    """

    key: str
    title: Text
    kind: Literal["sum", "part", "product", "rate", "growth", "breakdown"]
    total: str
    parts: tuple[str, ...] = ()
    factor: str = ""
    scale: Decimal = Decimal(1)
    by: str = ""
    severity: Literal["error", "warning"] = "error"
    message: str = ""  #: in plain words, what a person should look at when it does not hold
    area: str = ""
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class ParameterValueDef:
    """One dated value of a parameter; holds from `effective` (ISO date) until the next."""

    effective: str
    value: Decimal
    basis: Basis


@dataclass(frozen=True, slots=True)
class ParameterDef:
    """A threshold or standard with its dates and legal basis; newest value last."""

    key: str
    title: Text
    unit: str
    values: tuple[ParameterValueDef, ...]
    area: str = ""


# ── reports ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EachDef:
    """A sentence part repeated: over a figure's parts by a row field, over rows, or over next year's targets.

    `over` is ``breakdown`` (needs `indicator`, `by`), ``rows`` (needs `ledger`) or ``targets``. `text` may use ``{label}`` and
    ``{value:unit}`` (breakdown, targets: also ``{title}``, ``{unit}``) or the row's field keys (rows).
    """

    over: Literal["breakdown", "rows", "targets"]
    text: str
    indicator: str = ""
    by: str = ""
    ledger: str = ""
    where: str = ""
    order: str = ""  #: rows: field to sort by
    unit: str = ""
    join: str = "、"
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SentenceDef:
    """A sentence with figure slots, left out (and listed as missing) when a figure is not known.

    Slot: ``{indicator@period!target:unit|style}``; everything after the key is optional.
    period: ``year`` (default) · ``h1`` · ``previous`` · ``next`` · ``since2019`` · ``total`` (all up to the period's end) · ``h1next`` (first half of the next year).
    style: ``余100`` ``多100`` (rounded down to the step, word set behind the number only where true) · ``以上10`` · ``近10`` (rounded up).
    ``{parameter.key:万元}`` prints a parameter. ``{organisation} {year} {next_year} {superior}`` are plain text.
    ``{each}`` is replaced by the `each` parts joined.
    """

    text: str
    when: str = ""  #: expression over indicators; the sentence appears only when it is true
    each: EachDef | None = None
    optional: bool = False  #: a missing figure leaves the sentence out without listing it


@dataclass(frozen=True, slots=True)
class PointDef:
    """One of 一是…二是…: `lead` is the bold or plain opening clause, kept only when a sentence stands."""

    sentences: tuple[SentenceDef, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class ParagraphDef:
    """A paragraph: sentences in a row, or points numbered 一是, 二是."""

    sentences: tuple[SentenceDef, ...] = ()
    points: tuple[PointDef, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class SectionDef:
    """A heading with paragraphs and sub-sections; numbering （一、（一）1.） is set by the renderer. Required sections stay even when empty."""

    heading: str
    paragraphs: tuple[ParagraphDef, ...] = ()
    sections: tuple[SectionDef, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class ReportDef:
    """A report template of one genre (体裁)."""

    key: str
    title: Text  #: name of the genre
    level: Level
    heading: str  #: the report's own title, e.g. ``{organisation}{year}年工作述职报告``
    sections: tuple[SectionDef, ...]
    lead: tuple[ParagraphDef, ...] = ()
    addressee: str = ""
    closing: tuple[ParagraphDef, ...] = ()
    signature: str = "{organisation}"
    version: int = 1
    basis: Basis | None = None


WordListKind = Literal[
    "measure", "name", "idiom", "confusion", "term", "collocation", "placeholder", "formula"
]


@dataclass(frozen=True, slots=True)
class WordDef:
    """One entry of a word list. `…` in `text` stands for up to 12 characters without punctuation (以…导向)."""

    text: str
    right: str = ""  #: what should stand instead; `…` carries over what the gap held
    unless: tuple[str, ...] = ()  #: longer wordings around it that are right (下大力气 for 下大力)
    note: str = ""  #: why, in a few words for the writer
    severity: Literal["", "error", "warning", "info"] = ""  #: "" = as the list's kind has it


@dataclass(frozen=True, slots=True)
class WordListDef:
    """Words that checking knows.

    measure: measure words besides units.yaml · name: fixed names holding numbers that count nothing (三会一课) · idiom: common
    words holding number characters (统一) · confusion: miswritten words · term: names that are wrong or have been replaced ·
    collocation: words that do not go together · placeholder: marks of a blank left open · formula: stock phrases of the genre.
    """

    key: str
    title: Text
    kind: WordListKind
    words: tuple[WordDef, ...]
    basis: Basis | None = None
    description: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class ProgrammeDef:
    """A campaign or special action (专项行动) with the time it ran; naming it as current work after `until` is stale."""

    key: str
    title: Text
    synonyms: tuple[str, ...] = ()
    since: str = ""  #: ISO date or month it began
    until: str = ""  #: ISO date or month it ended; "" = still running
    successor: str = ""  #: what is said instead today
    basis: Basis | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything defined, by key; overlaid definitions replace shipped ones."""

    units: dict[str, UnitDef] = field(default_factory=dict)
    ledgers: dict[str, LedgerDef] = field(default_factory=dict)
    indicators: dict[str, IndicatorDef] = field(default_factory=dict)
    relations: dict[str, RelationDef] = field(default_factory=dict)
    parameters: dict[str, ParameterDef] = field(default_factory=dict)
    reports: dict[str, ReportDef] = field(default_factory=dict)
    words: dict[str, WordListDef] = field(default_factory=dict)
    programmes: dict[str, ProgrammeDef] = field(default_factory=dict)
