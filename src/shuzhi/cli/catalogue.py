"""``shuzhi catalogue``: read, check, test and explain the definitions on the terminal.

For the person who keeps an office's ledgers and indicators: every mistake with file and line, every definition in
plain words. No record is read or written here. Exit codes: 0 all good, 1 problems found, 2 wrong usage.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shuzhi.catalogue.loader import KINDS, LoadedCatalogue, load_folders, shipped_folder
from shuzhi.catalogue.references import find_uses, lint
from shuzhi.catalogue.schema import similar
from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    FieldDef,
    IndicatorDef,
    LedgerDef,
    ParameterDef,
    RelationDef,
    ReportDef,
    UnitDef,
)
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.problems import Problem, is_blocking
from shuzhi.messages import Language, render
from shuzhi.messages.catalogue import LABELS

if TYPE_CHECKING:
    from shuzhi.catalogue.cases import CaseResult

Definition = UnitDef | LedgerDef | IndicatorDef | RelationDef | ParameterDef | ReportDef

_KIND_NAMES: Final = [kind.name for kind in KINDS]
_FOLDERS: Final = click.Path(path_type=Path)
_OWN: Final = (
    "SHUZHI_CATALOGUE"  #: the office's own folders lie on top here as in every other command
)
_PUNCTUATION: Final = str.maketrans(
    {"：": ": ", "（": " (", "）": ")", "、": ", ", "；": "; "},
)
_WORD: Final = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*")


class Words:
    """The terminal's words in the chosen language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, label: str, **params: Any) -> str:
        message = LABELS[label]
        return (message.zh if self.language == "zh" else message.en).format(**params)

    def set(self, text: str) -> str:
        """A line put together here, with the punctuation of the chosen language."""
        return text if self.language == "zh" else text.translate(_PUNCTUATION)

    def title(self, definition: Definition | FieldDef) -> str:
        """A definition's name; English falls back to Chinese."""
        if isinstance(definition, UnitDef):
            return definition.title_en if self.language == "en" else definition.key
        title = definition.title
        return (title.en or title.zh) if self.language == "en" else title.zh


def _words() -> Words:
    found = click.get_current_context().obj
    chosen = found.get("language") if isinstance(found, dict) else getattr(found, "language", "zh")
    return Words("en" if chosen == "en" else "zh")


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _console() -> Console:
    return Console(file=sys.stdout, soft_wrap=True, highlight=False)


def _load(folders: Iterable[Path]) -> LoadedCatalogue:
    return load_folders(shipped_folder(), *folders)


def _definitions(catalogue: Catalogue) -> Iterator[tuple[str, Definition]]:
    for kind in KINDS:
        for definition in getattr(catalogue, kind.folder).values():
            yield kind.name, definition


@click.group("catalogue")
def catalogue() -> None:
    """台账、指标、关系、参数和报告的定义：检查、测试、查看。

    Definitions of ledgers, indicators, relations, parameters and reports: check, test, read.
    """


# ── check ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@catalogue.command("check")
@click.argument("folders", nargs=-1, type=_FOLDERS, envvar=_OWN)
@click.option("--advice", is_flag=True, help="也列出建议 / list advice, too")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 / machine-readable output")
def check(folders: tuple[Path, ...], advice: bool, as_json: bool) -> None:
    """检查自带的定义和给出的文件夹，列出全部问题。

    Check the shipped definitions with the given folders laid over them, and report every problem.
    """
    from shuzhi.catalogue.cases import find_cases_files, indicators_tested, load_cases

    words = _words()
    loaded = _load(folders)
    problems = list(loaded.problems)
    tested: set[str] = set()
    for folder in (shipped_folder(), *folders):
        for path in find_cases_files(folder):
            cases, found = load_cases(path, loaded.catalogue)
            problems.extend(found)
            tested |= indicators_tested(cases)
    warnings = [one for one in problems if one.severity == "warning"]
    errors = [one for one in problems if one.severity == "error"]
    warnings.extend(lint(loaded, tested))
    if as_json:
        shown = [*errors, *warnings]
        _print_json(
            {
                "ok": not errors,
                "definitions": _counts(loaded.catalogue),
                "problems": [_problem_json(one, words.language) for one in shown],
            }
        )
    else:
        console = _console()
        for one in errors:
            console.print(f"[red]✗[/red] {escape(render(one, words.language))}")
        for one in warnings if advice else ():
            console.print(f"[yellow]·[/yellow] {escape(render(one, words.language))}")
        console.print(words("loaded", **_counts(loaded.catalogue)))
        console.print(words("errors", count=len(errors)) if errors else words("all_good"))
        if warnings:
            hint = "" if advice else words.set(f"（{words('show_advice')}）")
            console.print(words("advice", count=len(warnings)) + hint)
    if errors:
        sys.exit(1)


def _counts(found: Catalogue) -> dict[str, int]:
    return {kind.folder: len(getattr(found, kind.folder)) for kind in KINDS}


def _problem_json(problem: Problem, language: Language) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.params.get("column"),
        "path": problem.place.path,
        "message": render(problem, language),
    }


# ── test ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@catalogue.command("test")
@click.argument("folders", nargs=-1, type=_FOLDERS, envvar=_OWN)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 / machine-readable output")
def test(folders: tuple[Path, ...], as_json: bool) -> None:
    """运行指标旁的用例（*.cases.yaml）。

    Run the cases that stand beside the indicators.
    """
    from shuzhi.catalogue.cases import find_cases_files, load_cases, run_case

    words = _words()
    loaded = _load(folders)
    problems = [one for one in loaded.problems if one.severity == "error"]
    results: list[CaseResult] = []
    # Rows can only be approved into a sound catalogue.
    for folder in (shipped_folder(), *folders) if not problems else ():
        for path in find_cases_files(folder):
            cases, found = load_cases(path, loaded.catalogue)
            problems.extend(found)
            results.extend(one for case in cases for one in run_case(case, loaded.catalogue))
    failed = [one for one in results if not one.passed]
    if as_json:
        _print_json(
            {
                "ok": not failed and not problems,
                "passed": len(results) - len(failed),
                "failed": len(failed),
                "problems": [_problem_json(one, words.language) for one in problems],
                "results": [_result_json(one, words.language) for one in results],
            }
        )
    else:
        console = _console()
        for problem in [*problems, *(p for one in failed for p in one.problems)]:
            console.print(f"[red]✗[/red] {escape(render(problem, words.language))}")
        counts = {"passed": len(results) - len(failed), "failed": len(failed)}
        console.print(words("cases_run", count=len(results), **counts))
    if failed or is_blocking(problems):
        sys.exit(1)


def _result_json(result: CaseResult, language: Language) -> dict[str, Any]:
    return {
        "name": result.name,
        "file": result.file,
        "line": result.line,
        "passed": result.passed,
        "expected": result.expected,
        "found": result.found,
        "problems": [_problem_json(one, language) for one in result.problems],
    }


# ── list ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@catalogue.command("list")
@click.argument("kind", required=False, type=click.Choice(_KIND_NAMES))
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=_FOLDERS,
    envvar=_OWN,
    help="本单位的定义 / own folder",
)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 / machine-readable output")
def list_definitions(kind: str | None, folders: tuple[Path, ...], as_json: bool) -> None:
    """列出全部定义，或其中一种。

    List all definitions, or those of one kind.
    """
    words = _words()
    loaded = _load(folders)
    found = [(name, one) for name, one in _definitions(loaded.catalogue) if kind in (None, name)]
    if as_json:
        _print_json([_summary(name, one) for name, one in found])
        return
    table = Table()
    for label in ("kind", "area", "key", "title", "unit"):
        table.add_column(words(label), overflow="fold")
    for name, one in found:
        unit = getattr(one, "unit", "")
        area = getattr(one, "area", "")
        table.add_row(words(name), area, one.key, escape(words.title(one)), unit)
    _console().print(table)


def _summary(kind: str, one: Definition) -> dict[str, Any]:
    title: dict[str, str]
    if isinstance(one, UnitDef):
        title = {"zh": one.key, "en": one.title_en}
    else:
        title = {"zh": one.title.zh, "en": one.title.en}
    summary: dict[str, Any] = {"kind": kind, "key": one.key, "title": title}
    for name in ("area", "unit", "nature", "value"):
        if isinstance(value := getattr(one, name, None), str):
            summary[name] = value
    if isinstance(one, IndicatorDef):
        summary["from"] = one.source
    return summary


# ── show ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@catalogue.command("show")
@click.argument("key")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=_FOLDERS,
    envvar=_OWN,
    help="本单位的定义 / own folder",
)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 / machine-readable output")
def show(key: str, folders: tuple[Path, ...], as_json: bool) -> None:
    """用白话说明一个定义：字段、口径、依据、用在哪里。

    Explain one definition in plain words: fields, rule, basis, where it is used.
    """
    words = _words()
    loaded = _load(folders)
    found = [
        (kind, one)
        for kind, one in _definitions(loaded.catalogue)
        if key in (one.key, "" if isinstance(one, UnitDef) else one.title.zh)
    ]
    if not found:
        keys = [one.key for _, one in _definitions(loaded.catalogue)]
        problem = Problem("CATALOGUE_080", {"key": key, "similar": similar(key, keys)})
        if as_json:
            _print_json({"ok": False, "problems": [_problem_json(problem, words.language)]})
        else:
            click.echo(render(problem, words.language), err=True)
        sys.exit(1)
    if as_json:
        _print_json([_show_json(kind, one, loaded) for kind, one in found])
        return
    console = _console()
    for kind, one in found:
        _show(kind, one, loaded, words, console)


def _show_json(kind: str, one: Definition, loaded: LoadedCatalogue) -> dict[str, Any]:
    document = _summary(kind, one)
    place = loaded.sources[kind, one.key].place()
    document["file"], document["line"] = place.file, place.line
    if isinstance(one, LedgerDef):
        document["fields"] = [
            {
                "key": field.key,
                "title": {"zh": field.title.zh, "en": field.title.en},
                "type": field.type,
                "unit": field.unit,
                "required": field.required,
                "options": list(field.options),
                "computed": field.computed,
            }
            for field in one.fields
        ]
    basis = getattr(one, "basis", None)
    if isinstance(basis, Basis):
        document["basis"] = {
            "source": basis.source,
            "article": basis.article,
            "effective": basis.effective,
        }
    uses = find_uses(loaded.catalogue, kind, one.key)
    document["used_by"] = [{"kind": name, "key": used} for name, used in uses]
    return document


def _show(
    kind: str, one: Definition, loaded: LoadedCatalogue, words: Words, console: Console
) -> None:
    console.print(f"[bold]{escape(words.title(one))}[/bold] · {words(kind)} {one.key}")
    for label, text in _facts(one, loaded.catalogue, words):
        if text:
            console.print(words.set(f"  {words(label)}：{escape(text)}"))
    place = loaded.sources[kind, one.key].place()
    console.print(words.set(f"  {words('file')}：") + f"{escape(place.file)}:{place.line}")
    if isinstance(one, LedgerDef):
        console.print(_field_table(one, words))
        for rule in one.rules:
            console.print(
                words.set(f"  {words('rules')}：{escape(rule.message)}（{escape(rule.check)}）")
            )
    uses = find_uses(loaded.catalogue, kind, one.key)
    if not uses:
        console.print(f"  {words('unused')}")
        return
    console.print(words.set(f"  {words('used_by')}："))
    by_identity = {(name, it.key): it for name, it in _definitions(loaded.catalogue)}
    for identity in uses:
        title = escape(words.title(by_identity[identity]))
        console.print(f"    {words(identity[0])} {identity[1]} {title}")


def _facts(one: Definition, found: Catalogue, words: Words) -> Iterator[tuple[str, str]]:
    """The lines about a definition: label and text, blank texts included."""
    yield "area", getattr(one, "area", "")
    match one:
        case UnitDef():
            yield "base", f"1 {one.key} = {one.factor} {one.base}"
            yield "synonyms", "、".join(one.aliases)
        case LedgerDef():
            titles = {field.key: words.title(field) for field in one.fields}
            yield "nature", words(one.nature)
            yield "kept_by", "、".join(words(level) for level in one.kept_by)
            yield "date", titles.get(one.date, one.date)
            yield "until", titles.get(one.until, one.until)
            yield "identified_by", "、".join(titles.get(key, key) for key in one.identified_by)
            yield "subject", titles.get(one.subject, one.subject)
            yield "synonyms", "、".join(one.synonyms)
            yield "description", one.description
        case IndicatorDef():
            yield from _indicator_facts(one, found, words)
        case RelationDef():
            yield "nature", one.kind
            yield "total", _titles([one.total], found, words)
            yield "parts", _titles(one.parts, found, words)
            yield "factor", one.factor
            yield "by", one.by
            yield "description", one.message
        case ParameterDef():
            dated = (
                f"{value.effective}：{value.value} {one.unit}（{value.basis.source}）"
                for value in one.values
            )
            yield "values", "；".join(dated)
        case ReportDef():
            yield "level", words(one.level)
            yield "sections", "、".join(section.heading for section in one.sections)
    basis = getattr(one, "basis", None)
    if isinstance(basis, Basis):
        parts = (basis.source, basis.article, basis.effective)
        yield "basis", " · ".join(part for part in parts if part)


def _indicator_facts(
    one: IndicatorDef, found: Catalogue, words: Words
) -> Iterator[tuple[str, str]]:
    ledger = found.ledgers.get(one.source)
    titles = {field.key: words.title(field) for field in ledger.fields} if ledger else {}
    if one.nature == "derived":
        titles = {key: words.title(other) for key, other in found.indicators.items()}
    yield "nature", words(one.nature)
    yield "unit", one.unit
    yield "ledger", f"{words.title(ledger)}（{one.source}）" if ledger else one.source
    value = parse_indicator_value(one.value)
    match value.kind:
        case "count":
            text = words("count", ledger=words.title(ledger) if ledger else one.source)
        case "sum":
            text = words("sum", text=_in_words(one.value[4:-1].strip(), titles))
        case "distinct":
            text = words("distinct", field=titles.get(value.field, value.field))
        case "sum_distinct":
            summed = _titles([value.indicator], found, words)
            field = titles.get(value.field, value.field)
            text = words("sum_distinct", field=field, indicator=summed)
        case "derived":
            text = _in_words(one.value, titles)
    yield "value", f"{text}（{one.value}）"
    yield "where", _in_words(one.where, titles)
    yield "at", titles.get(one.at, one.at)
    yield "synonyms", "、".join(one.synonyms)
    yield "description", one.description


def _in_words(expression: str, titles: dict[str, str]) -> str:
    """An expression with titles in place of keys; quoted texts stay as they are."""
    return _WORD.sub(lambda found: titles.get(found[0], found[0]), expression)


def _titles(keys: Iterable[str], found: Catalogue, words: Words) -> str:
    shown = (
        f"{words.title(found.indicators[key])}（{key}）" if key in found.indicators else key
        for key in keys
    )
    return "、".join(shown)


def _field_table(ledger: LedgerDef, words: Words) -> Table:
    columns = ("title", "key", "type", "unit", "required", "details")
    table = Table(title=words("fields"))
    for label in columns:
        table.add_column(words(label), overflow="fold")
    titles = {field.key: words.title(field) for field in ledger.fields}
    for field in ledger.fields:
        details = words.set("、".join(field.options)) or field.note
        if field.computed:
            details = words("computed", text=_in_words(field.computed, titles))
        table.add_row(
            escape(words.title(field)),
            field.key,
            field.type + (f" → {field.ledger}" if field.ledger else ""),
            field.unit,
            words("yes") if field.required else "",
            escape(details),
        )
    return table


# ── schemas ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@catalogue.command("schemas")
@click.argument("folder", required=False, type=_FOLDERS)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 / machine-readable output")
def schemas(folder: Path | None, as_json: bool) -> None:
    """写出供编辑器使用的 JSON Schema。

    Write the JSON Schemas that editors use while a definition is typed.
    """
    from shuzhi.catalogue.json_schemas import schemas_folder, write_schemas

    changed = write_schemas(folder or schemas_folder())
    if as_json:
        _print_json({"ok": True, "written": [str(path) for path in changed]})
        return
    click.echo(_words()("written", count=len(changed)))
