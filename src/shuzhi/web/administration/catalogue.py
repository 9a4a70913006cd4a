"""Pages of the catalogue: every definition in plain words, with its basis, its cases and where it is used; standards with their dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from shuzhi.apps.administration import in_words, queries
from shuzhi.apps.audit.actions import today
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.catalogue.cases import Case
from shuzhi.catalogue.loader import KINDS
from shuzhi.catalogue.references import find_uses
from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    FieldDef,
    IndicatorDef,
    LedgerDef,
    ParameterDef,
    ParameterValueDef,
    RelationDef,
    ReportDef,
    SectionDef,
    UnitDef,
)
from shuzhi.core.quantities import canonical
from shuzhi.web.administration import words
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, language, listed, say, titled

#: kinds with a page of their own → its name
_PAGES = {
    "ledger": "ledger-definition",
    "indicator": "indicator-definition",
    "relation": "relation-definition",
    "report": "report-definition",
}
_FOLDERS = {kind.name: kind.folder for kind in KINDS}


# ── what pages share ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BasisView:
    """Why a definition is as it is."""

    source: str
    article: str
    effective: str
    trust: str


@dataclass(frozen=True, slots=True)
class Use:
    """Another definition that reads this one."""

    kind: str
    title: str
    key: str
    address: str


def _basis(found: Basis | None) -> BasisView | None:
    if found is None:
        return None
    trust = str(words.TRUST[found.trust]) if found.trust in words.TRUST else ""
    return BasisView(found.source, found.article, found.effective, trust)


def address_of(unit: Organisation, kind: str, key: str) -> str:
    """Where a definition is explained; empty for kinds without a page."""
    if kind == "parameter":
        return f"{reverse('parameters', kwargs={'unit': unit.code})}#{key}"
    if kind not in _PAGES:
        return ""
    try:
        return reverse(_PAGES[kind], kwargs={"unit": unit.code, "key": key})
    except NoReverseMatch:
        return ""


def _title(one: Any) -> str:
    if isinstance(one, UnitDef):
        return one.title_en if language() == "en" and one.title_en else one.key
    return titled(one)


def _uses(catalogue: Catalogue, unit: Organisation, kind: str, key: str) -> list[Use]:
    found = []
    for name, used in find_uses(catalogue, kind, key):
        one = getattr(catalogue, _FOLDERS[name])[used]
        found.append(Use(str(words.KINDS[name]), _title(one), used, address_of(unit, name, used)))
    return found


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Item:
    """One definition in the list."""

    kind: str
    kind_title: str
    key: str
    title: str
    detail: str
    address: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Definitions of one kind by line of work, or what a search found among all."""

    kinds: Sequence[tuple[str, Words, int]]
    kind: str
    text: str
    groups: Sequence[tuple[str, Sequence[Item]]]
    count: int
    may_upload: bool


def _matches(one: Any, text: str) -> bool:
    wanted = text.casefold()
    title = getattr(one, "title", None)
    texts = [
        one.key,
        *((title.zh, title.en) if title is not None else ()),
        getattr(one, "title_en", ""),
        *getattr(one, "synonyms", ()),
        *getattr(one, "aliases", ()),
        getattr(one, "description", ""),
    ]
    return any(wanted in t.casefold() for t in texts)


def _detail(kind: str, one: Any, catalogue: Catalogue) -> str:
    match one:
        case LedgerDef():
            levels = listed(str(words.LEVELS[level]) for level in one.kept_by)
            return say("{levels}级记账，{n} 个字段", "kept by: {levels}; {n} fields", levels=levels, n=len(one.fields))  # fmt: skip
        case IndicatorDef():
            text = in_words.indicator_in_words(one, catalogue, language())
            return say("{text}，{unit}", "{text}, {unit}", text=text, unit=one.unit)
        case RelationDef():
            return in_words.relation_in_words(one, catalogue, language())
        case ParameterDef():
            last = one.values[-1] if one.values else None
            return f"{canonical(last.value)} {one.unit}" if last is not None else ""
        case ReportDef():
            return str(words.LEVELS[one.level])
        case UnitDef():
            return (
                "" if one.base == one.key else f"1 {one.key} = {canonical(one.factor)} {one.base}"
            )
    return getattr(one, "description", "") or listed(getattr(one, "synonyms", ())[:6])


def _items(catalogue: Catalogue, unit: Organisation, kind: str, text: str, own: set[tuple[str, str]]) -> Iterator[tuple[str, Item]]:  # fmt: skip
    for one in getattr(catalogue, _FOLDERS[kind]).values():
        if not text or _matches(one, text):
            item = Item(
                kind, str(words.KINDS[kind]), one.key, _title(one), _detail(kind, one, catalogue),
                address_of(unit, kind, one.key), (kind, one.key) in own,
            )  # fmt: skip
            yield getattr(one, "area", ""), item


def catalogue_page(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """What is defined: by kind and line of work, with search."""
    catalogue = definitions().catalogue
    text = request.GET.get("q", "").strip()[:80]
    kind = request.GET.get("kind", "")
    kind = kind if kind in words.KINDS else "" if text else "ledger"
    own = queries.own_keys()
    groups: dict[str, list[Item]] = {}
    for name in [kind] if kind else list(words.KINDS):
        for area, item in _items(catalogue, unit, name, text, own):
            heading = words.area_title(area) if kind else str(words.KINDS[name])
            groups.setdefault(heading, []).append(item)
    kinds = [(k, w, len(getattr(catalogue, _FOLDERS[k]))) for k, w in words.KINDS.items()]
    may = request.visit.may("definition.change", unit)  # type: ignore[attr-defined]
    context = CataloguePage(kinds, kind, text, list(groups.items()), sum(map(len, groups.values())), may)  # fmt: skip
    return page(request, "administration/catalogue.html", context)


# ── a ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in words."""

    title: str
    key: str
    type: str
    unit: str
    required: bool
    personal: str
    details: Sequence[str]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words."""

    check: str
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A ledger in plain words."""

    ledger: LedgerDef
    area: str
    nature: str
    kept_by: str
    date: str
    until: str
    identified_by: str
    subject: str
    fields: Sequence[FieldRow]
    rules: Sequence[RuleRow]
    basis: BasisView | None
    uses: Sequence[Use]
    is_own: bool
    may_see_rows: bool


def _field_row(one: FieldDef, ledger: LedgerDef, catalogue: Catalogue) -> FieldRow:
    titles = in_words.field_titles(ledger, language())
    details = []
    if one.options:
        details.append(listed(one.options))
    if one.computed:
        details.append(say("自动计算：{text}", "computed: {text}", text=in_words.expression_in_words(one.computed, titles, language())))  # fmt: skip
    if one.ledger and one.ledger in catalogue.ledgers:
        details.append(say("填“{ledger}”里的编号", "a number of “{ledger}”", ledger=titled(catalogue.ledgers[one.ledger])))  # fmt: skip
    if one.min is not None:
        details.append(say("不小于 {n}", "at least {n}", n=canonical(one.min)))
    if one.max is not None:
        details.append(say("不大于 {n}", "at most {n}", n=canonical(one.max)))
    if one.note:
        details.append(one.note)
    if one.example:
        details.append(say("例：{text}", "example: {text}", text=one.example))
    personal = {
        "personal": say("个人信息", "personal"),
        "sensitive": say("敏感个人信息", "sensitive"),
    }.get(one.personal, "")
    return FieldRow(titled(one), one.key, str(words.FIELD_TYPES[one.type]), one.unit, one.required, personal, details)  # fmt: skip


def ledger_definition(request: HttpRequest, unit: Organisation, key: str) -> HttpResponse:
    """What a ledger asks for, who keeps it, and which figures come of it."""
    catalogue = definitions().catalogue
    ledger = catalogue.ledgers.get(key)
    if ledger is None:
        return not_found(request)
    titles = in_words.field_titles(ledger, language())
    context = LedgerPage(
        ledger,
        words.area_title(ledger.area),
        str(words.NATURES[ledger.nature]),
        listed(str(words.LEVELS[level]) for level in ledger.kept_by),
        titles(ledger.date),
        titles(ledger.until) if ledger.until else "",
        listed(titles(k) for k in ledger.identified_by),
        titles(ledger.subject) if ledger.subject else "",
        [_field_row(f, ledger, catalogue) for f in ledger.fields],
        [
            RuleRow(in_words.condition_in_words(r.check, titles, language()), r.message, r.severity == "error")
            for r in ledger.rules
        ],
        _basis(ledger.basis),
        _uses(catalogue, unit, "ledger", key),
        ("ledger", key) in queries.own_keys(),
        request.visit.may("record.read", unit),  # type: ignore[attr-defined]
    )  # fmt: skip
    return page(request, "administration/ledger_definition.html", context)


# ── an indicator ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case: rows that are given, figures that must come of them."""

    name: str
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]
    then: Sequence[tuple[str, str, str, str]]  #: unit, period, indicator, value


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """An indicator in plain words."""

    indicator: IndicatorDef
    area: str
    nature: str
    rule: str
    where: str
    month: str
    ledger: LedgerDef | None
    ledger_address: str
    inputs: Sequence[Use]
    basis: BasisView | None
    cases: Sequence[CaseView]
    uses: Sequence[Use]
    is_own: bool
    may_see_figures: bool
    year: int


def _case(case: Case, catalogue: Catalogue, indicator: str) -> CaseView:
    tables: dict[str, list[Any]] = {}
    for row in case.rows:
        tables.setdefault(row.ledger, []).append(row)
    shown = []
    for key, rows in tables.items():
        ledger = catalogue.ledgers.get(key)
        used = dict.fromkeys(field for row in rows for field in row.values)
        fields = [f for f in (ledger.fields if ledger else ()) if f.key in used]
        header = [
            say("单位", "Unit"),
            *(
                say("{name}（{unit}）", "{name} ({unit})", name=titled(f), unit=f.unit)
                if f.unit
                else titled(f)
                for f in fields
            ),
        ]
        body = [
            [
                row.organisation,
                *(row.values.get(f.key, "") for f in fields),
                *([say("撤回", "withdrawn")] if row.withdraw else []),
            ]
            for row in rows
        ]
        if any(row.withdraw for row in rows):
            header.append(say("状态", "State"))
            body = [[*line, *[""] * (len(header) - len(line))] for line in body]
        shown.append((titled(ledger) if ledger else key, header, body))
    then = [
        (
            e.organisation,
            e.period_text,
            titled(catalogue.indicators[e.indicator]) if e.indicator in catalogue.indicators else e.indicator,
            say("不详", "not known") if e.value is None else canonical(e.value),
        )
        for e in case.expectations
        if e.indicator == indicator
    ]  # fmt: skip
    return CaseView(case.name, shown, then)


def _inputs(one: IndicatorDef, catalogue: Catalogue, unit: Organisation) -> list[Use]:
    found = []
    for kind, key in in_words.inputs_of(one):
        known: Mapping[str, Any] = getattr(catalogue, _FOLDERS[kind])
        if key in known:
            found.append(Use(str(words.KINDS[kind]), _title(known[key]), key, address_of(unit, kind, key)))  # fmt: skip
    return found


def indicator_definition(request: HttpRequest, unit: Organisation, key: str) -> HttpResponse:
    """What an indicator counts, why, how that is tested, and where it is used."""
    catalogue = definitions().catalogue
    one = catalogue.indicators.get(key)
    if one is None:
        return not_found(request)
    ledger = catalogue.ledgers.get(one.source)
    titles = in_words.field_titles(ledger, language())
    context = IndicatorPage(
        one,
        words.area_title(one.area),
        str(words.NATURES[one.nature]),
        in_words.indicator_in_words(one, catalogue, language()),
        in_words.condition_in_words(one.where, titles, language()),
        titles(one.at) if one.at else titles(ledger.date) if ledger is not None else "",
        ledger,
        address_of(unit, "ledger", one.source) if ledger is not None else "",
        _inputs(one, catalogue, unit),
        _basis(one.basis),
        [_case(c, catalogue, key) for c in queries.cases_of(key)],
        _uses(catalogue, unit, "indicator", key),
        ("indicator", key) in queries.own_keys(),
        request.visit.may("figure.read", unit),  # type: ignore[attr-defined]
        int(today()[:4]),
    )
    return page(request, "administration/indicator_definition.html", context)


# ── relations and reports ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RelationPage:
    """A relation in plain words."""

    relation: RelationDef
    kind: str
    rule: str
    inputs: Sequence[Use]
    basis: BasisView | None
    is_own: bool


def relation_definition(request: HttpRequest, unit: Organisation, key: str) -> HttpResponse:
    """What must hold between figures, and what to look at when it does not."""
    catalogue = definitions().catalogue
    one = catalogue.relations.get(key)
    if one is None:
        return not_found(request)
    inputs = [
        Use(
            str(words.KINDS["indicator"]),
            titled(catalogue.indicators[k]),
            k,
            address_of(unit, "indicator", k),
        )
        for k in dict.fromkeys((one.total, *one.parts))
        if k in catalogue.indicators
    ]
    context = RelationPage(
        one,
        str(words.RELATION_KINDS[one.kind]),
        in_words.relation_in_words(one, catalogue, language()),
        inputs,
        _basis(one.basis),
        ("relation", key) in queries.own_keys(),
    )
    return page(request, "administration/relation_definition.html", context)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a template with the sentences below it."""

    depth: int
    text: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report template: its headings, its sentences, the figures it needs."""

    report: ReportDef
    level: str
    headings: Sequence[Heading]
    inputs: Sequence[Use]
    basis: BasisView | None
    is_own: bool


def _headings(sections: Sequence[SectionDef], depth: int = 1) -> Iterator[Heading]:
    for section in sections:
        texts = [
            text
            for paragraph in section.paragraphs
            for text in (
                *(s.text for s in paragraph.sentences),
                *(s.text for point in paragraph.points for s in point.sentences),
            )
        ]
        yield Heading(depth, section.heading, texts)
        yield from _headings(section.sections, depth + 1)


def report_definition(request: HttpRequest, unit: Organisation, key: str) -> HttpResponse:
    """What a report template says, and which figures it needs."""
    catalogue = definitions().catalogue
    one = catalogue.reports.get(key)
    if one is None:
        return not_found(request)
    inputs = []
    for kind, name in in_words.report_inputs(catalogue, key):
        known: Mapping[str, Any] = getattr(catalogue, _FOLDERS[kind])
        if name in known:
            inputs.append(Use(str(words.KINDS[kind]), _title(known[name]), name, address_of(unit, kind, name)))  # fmt: skip
    context = ReportPage(
        one,
        str(words.LEVELS[one.level]),
        list(_headings(one.sections)),
        inputs,
        _basis(one.basis),
        ("report", key) in queries.own_keys(),
    )
    return page(request, "administration/report_definition.html", context)


# ── standards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A dated value of a standard."""

    value: ParameterValueDef
    until: str  #: first day of the next one; empty: still
    is_current: bool
    basis: BasisView | None


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard with all its values, the present one marked."""

    parameter: ParameterDef
    area: str
    rows: Sequence[ValueRow]
    uses: Sequence[Use]
    is_own: bool


@dataclass(frozen=True, slots=True)
class ParametersPage:
    """Every standard with its dates and its basis."""

    standards: Sequence[Standard]
    may_upload: bool


def parameters(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Rates and thresholds: from when each value holds, and by which document."""
    catalogue = definitions().catalogue
    own = queries.own_keys()
    now = today()
    standards = []
    for one in sorted(catalogue.parameters.values(), key=lambda p: (p.area, p.key)):
        ends = [v.effective for v in one.values[1:]] + [""]
        rows = [
            ValueRow(v, end, v.effective <= now and (not end or now < end), _basis(v.basis))
            for v, end in zip(one.values, ends, strict=True)
        ]
        standards.append(
            Standard(
                one,
                words.area_title(one.area),
                rows[::-1],
                _uses(catalogue, unit, "parameter", one.key),
                ("parameter", one.key) in own,
            )
        )
    may = request.visit.may("definition.change", unit)  # type: ignore[attr-defined]
    return page(request, "administration/parameters.html", ParametersPage(standards, may))
