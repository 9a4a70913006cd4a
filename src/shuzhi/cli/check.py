"""``shuzhi check``: drafts in, findings out: on the terminal, as JSON, as a page, as comments in Word.

Needs no database and loads none for a text alone; with books and a unit named, figures are held against them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from shuzhi.cli.session import (
    EXIT_PROBLEMS,
    Session,
    json_option,
    pass_session,
    session_options,
)
from shuzhi.cli.usage import POINT, YEAR
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.messages import render

if TYPE_CHECKING:
    from shuzhi.cli.check_books import Books
    from shuzhi.cli.check_files import Neighbour, Result, Task
    from shuzhi.core.checking.model import EarlierText, FindingSeverity
    from shuzhi.exchange.checked_sheets import Sheet, SheetFinding

#: With more drafts than this only the table is printed, unless details are asked for.
_DETAILED: Final = 10
#: So many findings that are alike are printed one by one, and of the others so many places, unless details are asked for.
_ALIKE: Final = 3
_PLACES: Final = 12
#: Notes that are the same for all drafts are told once.
_ABOUT_ALL: Final = frozenset({"CHECK_010", "CHECK_011"})
_STYLES: Final = {
    "wrong": "bold red",
    "error": "bold yellow",
    "unexplained": "magenta",
    "warning": "yellow",
    "info": "dim",
}


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@json_option
@click.option("--notes", is_flag=True, help="也列出写法上的提示 / also matters of style")
@click.option("--figures", is_flag=True, help="列出读到的数字 / list the figures read")
@click.option(
    "--details/--no-details",
    default=None,
    help="逐条全部列出；默认 10 份以内列出，同样的只列前几处 / print every finding (default: up to 10 drafts, like ones together)",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="写成网页 / write a page",
)
@click.option(
    "--docx",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="写成带批注的 Word 文件 / write a Word file with comments",
)
@click.option("--overwrite", is_flag=True, help="覆盖已有的文件 / write over existing files")
@click.option("--org", "organisation", default="", help="稿子是哪个单位的 / whose draft it is")
@click.option("--year", type=YEAR, default=None, help="哪一年的报告 / year of the report")
@click.option(
    "--as-of", type=POINT, default=None, help="按以前的时点对账 / an earlier point of the books"
)
@click.option(
    "--books/--no-books",
    default=None,
    help="是否与账核对，默认有账、写明 --org 和帐号时核对 / hold against the books (default: when there are books, --org and --as)",
)
@click.option(
    "--earlier",
    multiple=True,
    metavar="FILE",
    help="本单位往年的报告，可多个 / earlier reports of the same unit",
)
@click.option(
    "--beside",
    multiple=True,
    metavar="FILE",
    help="别的单位的报告，可多个 / reports of other units",
)
@click.option(
    "--compare", is_flag=True, help="这些稿子互相比对雷同 / hold the drafts against each other"
)
@click.option(
    "--known-org",
    "known",
    multiple=True,
    metavar="NAME",
    help="本地有哪些单位，没有数据库时用，可多个 / names of the units there are, without a database",
)
@click.option(
    "--silence",
    "silenced",
    multiple=True,
    metavar="CODE[:WORDS]",
    help="这一次不提示哪种疑点 / leave out a kind of finding this time",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 256),
    default=0,
    help="几个进程，默认自动 / processes, automatic by default",
)
@click.option(
    "--strict",
    is_flag=True,
    help="存疑的也算不通过（退出码 1） / unexplained findings fail, too (exit code 1)",
)
@session_options
@pass_session
def check(
    session: Session,
    files: tuple[str, ...],
    notes: bool,
    figures: bool,
    details: bool | None,
    html: Path | None,
    docx: Path | None,
    overwrite: bool,
    organisation: str,
    year: int | None,
    as_of: int | None,
    books: bool | None,
    earlier: tuple[str, ...],
    beside: tuple[str, ...],
    compare: bool,
    known: tuple[str, ...],
    silenced: tuple[str, ...],
    jobs: int,
    strict: bool,
) -> None:
    """核对稿子：逐个读出数字，重算，找错漏，有账的对账；可给文件、文件夹，- 为标准输入。

    有矛盾、错误或读不了的文件时退出码为 1；加 --strict 时，有存疑的也为 1。

    Check drafts: read every figure, redo the arithmetic, name defects, hold against the books. FILE is a file, a folder, or - for
    standard input. Exit code 1 when something is wrong, must not go out, or could not be read; with --strict also when something is unexplained.
    """
    from shuzhi.cli.check_files import Plan, check_files, collect
    from shuzhi.core.checking.model import CheckingContext

    _require_codes(silenced)
    tasks = [_from_input(one, session) if one.path == "-" else one for one in collect(files)]
    tasks, index = _with_targets(tasks, html, docx, session, overwrite=overwrite)
    held = _books(session, books, organisation, year, as_of)
    neighbours = _neighbours(tasks) if compare and len(tasks) > 1 else ()
    own = tuple(text for name in earlier for text in _texts(name, is_own=True))
    others = tuple(text for name in beside for text in _texts(name, is_own=False))
    plan = Plan(
        language=session.language,
        with_notes=notes,
        context=CheckingContext(
            organisation=organisation,
            organisations=frozenset(known),
            year=year,
            earlier=(*own, *others),
            silenced=frozenset(silenced),
        ),
        neighbours=neighbours,
        books=held,
        notes=_not_compared(held, organisation, books),
        moment=_moment() if docx is not None else "",
    )
    shows = details if details is not None else len(tasks) <= _DETAILED
    printer = _Printer(session, with_findings=shows, with_figures=figures, with_all=bool(details))
    results: list[Result] = []
    with session.progress("核对", "checking") as advance:
        for result in check_files(tasks, plan, jobs):
            results.append(result)
            advance(len(results), len(tasks))
            if not session.as_json and shows:
                printer.sheet(result)
    sheets = [one.sheet for one in results]
    if index is not None:
        _write_index(sheets, tasks, index)
    if session.as_json:
        _print_json(session, results, index)
    else:
        printer.summary(results, index)
    if any(one.is_wrong or (strict and one.sheet.count("unexplained")) for one in results):
        raise click.exceptions.Exit(EXIT_PROBLEMS)


# ── what was asked for ────────────────────────────────────────────────────────────────────────────────────────────────


def _require_codes(silenced: Sequence[str]) -> None:
    """Refuse codes that no finding has. Raises ProblemsError CHECK_004."""
    if not silenced:
        return
    import difflib

    from shuzhi.cli.check_files import all_kinds

    known = sorted(all_kinds())
    problems = []
    for one in silenced:
        code = one.partition(":")[0]
        if code not in known:
            near = "、".join(difflib.get_close_matches(code, known, 3, 0.5)) or "—"
            problems.append(Problem("CHECK_004", {"code": code, "near": near}))
    if problems:
        raise ProblemsError(problems)


def _from_input(task: Task, session: Session) -> Task:
    name = session.say("标准输入", "standard input")
    return replace(task, path=name, content=sys.stdin.buffer.read())


def _with_targets(
    tasks: Sequence[Task],
    html: Path | None,
    docx: Path | None,
    session: Session,
    *,
    overwrite: bool,
) -> tuple[list[Task], Path | None]:
    """The tasks with the files their results go to, and the page over all.

    Raises:
        ProblemsError: CHECK_002 one file for many drafts, CHECK_003 the draft itself, CHECK_005 a wrong ending.
    """
    from shuzhi.cli.check_files import MARKS

    taken = {Path(one.path).resolve() for one in tasks if one.content is None}
    mark = MARKS[session.language]
    stems = _stems([one.path for one in tasks])
    index: Path | None = None
    made = list(tasks)
    for option, target, suffix in (("--html", html, ".html"), ("--docx", docx, ".docx")):
        if target is None:
            continue
        is_file = bool(target.suffix) and not target.is_dir()
        if is_file:
            _require_file(option, target, suffix, tasks, taken)
        else:
            target.mkdir(parents=True, exist_ok=True)
            if suffix == ".html" and len(tasks) > 1:
                name = f"{session.say('汇总', 'summary')}-{mark}.html"
                index = _free(target / name, taken, overwrite=overwrite)
        for at, task in enumerate(made):
            name = f"{stems[task.path]}-{mark}{suffix}"
            path = _free(target if is_file else target / name, taken, overwrite=overwrite)
            if suffix == ".docx":
                made[at] = replace(task, docx=path)
            else:
                made[at] = replace(task, html=path, index_link=index.name if index else "")
    return made, index


def _stems(paths: Sequence[str]) -> dict[str, str]:
    """What results are called after: the draft's name, with its ending where 甲村.docx and 甲村.pdf are both checked."""
    endings: dict[str, set[str]] = {}
    for path in map(Path, paths):
        endings.setdefault(path.stem, set()).add(path.suffix)
    return {
        str(path): Path(path).name if len(endings[Path(path).stem]) > 1 else Path(path).stem
        for path in paths
    }


def _require_file(
    option: str, target: Path, suffix: str, tasks: Sequence[Task], drafts: set[Path]
) -> None:
    if target.suffix.lower() != suffix:
        params = {"option": option, "file": target, "found": target.suffix, "expected": suffix}
        raise ProblemsError([Problem("CHECK_005", params)])
    if len(tasks) > 1:
        count = len(tasks)
        params = {"option": option, "file": target, "count": count}
        raise ProblemsError([Problem("CHECK_002", params)])
    if target.resolve() in drafts:
        raise ProblemsError([Problem("CHECK_003", {"option": option, "file": target})])


def _free(path: Path, taken: set[Path], *, overwrite: bool) -> Path:
    """The path, or with （2）, （3）… behind its name when it is a draft, given to another result, or there and not to be overwritten."""
    found, number = path, 1
    while found.resolve() in taken or (found.exists() and not overwrite):
        number += 1
        found = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    taken.add(found.resolve())
    return found


def _texts(name: str, *, is_own: bool) -> list[EarlierText]:
    """The reports named by an option, to hold drafts against. Raises ProblemsError when one cannot be read."""
    from shuzhi.cli.check_files import collect
    from shuzhi.core.checking.model import EarlierText
    from shuzhi.exchange.drafts import read_draft

    return [
        EarlierText(Path(one.path).name, read_draft(Path(one.path)).text, is_own)
        for one in collect([name])
        if one.problem is None
    ]


def _neighbours(tasks: Sequence[Task]) -> tuple[Neighbour, ...]:
    """The drafts as each other's neighbours; those that cannot be read are told when their turn comes."""
    from shuzhi.cli.check_files import Neighbour
    from shuzhi.core.checking.model import EarlierText
    from shuzhi.exchange.checked_sheets import short_names
    from shuzhi.exchange.drafts import read_draft, read_draft_bytes

    names = short_names([one.path for one in tasks])
    first: dict[str, str] = {}
    found = []
    for one in tasks:
        if one.problem is not None:
            continue
        try:
            draft = (
                read_draft(Path(one.path))
                if one.content is None
                else read_draft_bytes(one.content, one.path)
            )
        except ProblemsError:
            continue
        # the same words saved as .doc and .docx differ in blanks and signs at most
        words = "".join(c for c in draft.text if c.isalnum())
        same = first.setdefault(words, one.path)
        text = EarlierText(names[one.path], draft.text)
        found.append(Neighbour(one.path, text, "" if same == one.path else same))
    return tuple(found)


def _not_compared(
    held: Books | None, organisation: str, wanted: bool | None
) -> tuple[Problem, ...]:
    """Says that a unit was named and its books were not looked into all the same."""
    if not organisation or wanted is False or (held is not None and held.actor):
        return ()
    code = "CHECK_011" if held is None else "CHECK_010"
    return (Problem(code, {"organisation": organisation}, severity="warning"),)


def _books(
    session: Session, wanted: bool | None, organisation: str, year: int | None, as_of: int | None
) -> Books | None:
    """The books to hold drafts against, or None.

    Raises:
        ProblemsError: CHECK_006 books were asked for and there are none, OFFICE_005 nobody was named.
        click.MissingParameter: books were asked for and no unit was named.
    """
    wants = wanted or as_of is not None
    if wanted is False or not (wants or organisation):
        return None
    if not _has_database():
        if wants:
            raise ProblemsError([Problem("CHECK_006")])
        return None
    if wants and not organisation:
        raise click.MissingParameter(param_hint="--org", param_type="option")
    if wants:
        session.actor()  # tells at once when nobody was named or the name is nobody's
        from django.db import connections

        connections.close_all()  # each process opens the books for itself
    from shuzhi.cli.check_books import Books

    return Books(session.actor_name, organisation, year, as_of)


def _has_database() -> bool:
    """Whether a database was named or stands where it would be looked for, without opening it."""
    from shuzhi.settings import DEFAULT_DATABASE

    url = os.environ.get("DATABASE_URL") or DEFAULT_DATABASE
    scheme, _, path = url.partition(":///")
    return not scheme.startswith("sqlite") or Path(path).exists()


def _moment() -> str:
    """Now, by the clock on the wall: word processors show a comment's time as it is written."""
    from datetime import UTC, datetime

    return datetime.now(UTC).astimezone().strftime("%Y-%m-%dT%H:%M:%S")


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _write_index(sheets: Sequence[Sheet], tasks: Sequence[Task], index: Path) -> None:
    from urllib.parse import quote

    from shuzhi.exchange.checked_pages import render_index
    from shuzhi.exchange.docx_reports import write_whole

    links = {one.path: quote(one.html.name) for one in tasks if one.html and one.html.exists()}
    write_whole(index, render_index(sheets, links, sheets[0].language).encode())


def _print_json(session: Session, results: Sequence[Result], index: Path | None) -> None:
    from shuzhi.exchange.checked_sheets import sheet_document

    files = []
    for one in results:
        document = sheet_document(one.sheet)
        if one.problems:
            document["problems"] = [session.problem_json(p) for p in one.problems]
        if one.written:
            document["written"] = [str(path) for path in one.written]
        files.append(document)
    session.result({"files": files} | ({"index": str(index)} if index else {}))


class _Printer:
    """Prints sheets to the terminal as they come in, and the summary."""

    def __init__(
        self, session: Session, *, with_findings: bool, with_figures: bool, with_all: bool
    ):
        self.session = session
        self.console = session.console()
        self.with_findings = with_findings
        self.with_figures = with_figures
        self.with_all = with_all

    def sheet(self, result: Result) -> None:
        """One draft: its name and counts, its findings, its figures."""
        from shuzhi.messages.checking import severity_word

        sheet, say = result.sheet, self.session.say
        if sheet.problems:
            self.session.problems(sheet.problems)
            return
        counts = [say(f"{len(sheet.figures)} 个数字", f"{len(sheet.figures)} figures")]
        counts += [
            f"{severity_word(severity, sheet.language)} {count}"
            for severity, count in _counts(sheet).items()
        ]
        line = Text(f"■ {sheet.path}", "bold")
        line.append("  " + " · ".join(counts), "dim")
        self.console.print(line)
        self._findings(sheet)
        if not sheet.findings:
            self.console.print(Text("  " + say("没有发现问题。", "Nothing was found."), "green"))
        for problem in sheet.notes:
            if problem.code not in _ABOUT_ALL:
                words = render(problem, sheet.language)
                self.console.print(Text(f"  {words}", "yellow"))
        if sheet.silenced:
            note = say(
                f"另有 {sheet.silenced} 处已设为不提示。", f"{sheet.silenced} more are silenced."
            )
            self.console.print(Text("  " + note, "dim"))
        if self.with_figures:
            self._figures(sheet)
        self.console.print()

    def _findings(self, sheet: Sheet) -> None:
        """The findings in order; of many that are alike the first few, then where the others stand."""
        alike: dict[tuple[str, str], list[SheetFinding]] = {}
        for one in sheet.findings:
            same = alike.setdefault((one.code, one.excerpt.words), [])
            same.append(one)
            if self.with_all or len(same) <= _ALIKE:
                self._finding(one, sheet)
        for (code, words), same in alike.items():
            rest = same[_ALIKE:]
            if self.with_all or not rest:
                continue
            places = list(dict.fromkeys(one.place_words for one in rest))
            shown = "、".join(places[:_PLACES]) + ("……" if len(places) > _PLACES else "")
            shown = shown if sheet.language == "zh" else shown.replace("、", ", ")
            line = self.session.say(
                f"  同样的“{words}”（{code}）还有 {len(rest)} 处：{shown}",
                f"  {len(rest)} more like “{words}” ({code}): {shown}",
            )
            self.console.print(Text(line, "dim"))

    def _finding(self, one: SheetFinding, sheet: Sheet) -> None:
        from shuzhi.messages.checking import page_word, severity_word

        style = _STYLES[one.severity]
        line = Text(
            f"  {one.place_words:　<5}" if sheet.language == "zh" else f"  {one.place_words:<9}",
            "dim",
        )
        line.append(f" {severity_word(one.severity, sheet.language)} ", style)
        line.append(one.sentence, "default")
        line.append(f"（{one.code}）" if sheet.language == "zh" else f" ({one.code})", "dim")
        self.console.print(line)
        if one.excerpt.words or one.excerpt.before or one.excerpt.after:
            # without colours the words are set off by brackets no report uses
            opening, closing = ("", "") if self.console.is_terminal else ("〖", "〗")
            quoted = Text("      ").append(one.excerpt.before, "dim")
            quoted.append(f"{opening}{one.excerpt.words}{closing}", f"{style} underline")
            self.console.print(quoted.append(one.excerpt.after, "dim"))
        if one.adds_expected:
            colon = "：" if sheet.language == "zh" else ": "
            said = one.expected or page_word("delete", sheet.language)
            head = Text(f"      {page_word('expected', sheet.language)}{colon}", "dim")
            self.console.print(head.append(said, "not dim green"))

    def _figures(self, sheet: Sheet) -> None:
        from shuzhi.messages.checking import ROLE_WORDS, page_word, word

        language = sheet.language
        has_books = any(one.book for one in sheet.figures)
        columns = [
            ("位置", "place"),
            ("原文", "as written"),
            ("数值>", "value>"),
            ("单位", "unit"),
            ("性质", "kind"),
            ("数的什么", "counted"),
            ("谁的", "whose"),
            ("期间", "period"),
        ]
        rows = []
        for one in sheet.figures:
            figure = one.figure
            about = " ".join(filter(None, (word(ROLE_WORDS[figure.role], language), figure.word)))
            row = [one.place_words, figure.text, one.value, figure.unit, about, figure.subject]
            row += [figure.organisation, figure.period]
            if has_books:
                book = one.book
                state = page_word(f"book_{book.outcome}", language) if book else ""
                row += [book.shown, book.title, state] if book else ["", "", ""]
            rows.append(row)
        if has_books:
            columns += [
                ("账上>", "in the books>"),
                ("指标", "indicator"),
                ("核对", "compared"),
            ]
        self.console.print(self.session.table(columns, rows))

    def summary(self, results: Sequence[Result], index: Path | None) -> None:
        """The table over many drafts, the worst first, and the files written."""
        from shuzhi.core.checking.model import SEVERITIES
        from shuzhi.exchange.checked_sheets import short_names
        from shuzhi.messages.checking import severity_word

        sheets, say = [one.sheet for one in results], self.session.say
        if len(sheets) > 1:
            shown = [s for s in SEVERITIES if s != "info" or any(one.count(s) for one in sheets)]
            columns = [("文件", "file"), ("数字>", "figures>")]
            columns += [(f"{severity_word(s)}>", f"{severity_word(s, 'en')}>") for s in shown]
            names = short_names([one.path for one in sheets])
            rows = [
                (names[one.path], say("读不了", "unreadable"), *("" for _ in shown))
                if one.problems
                else (names[one.path], len(one.figures), *(one.count(s) or "" for s in shown))
                for one in sorted(sheets, key=lambda one: one.rank)
            ]
            totals = (
                say(f"合计 {len(sheets)} 份", f"{len(sheets)} drafts"),
                sum(len(one.figures) for one in sheets),
                *(sum(one.count(s) for one in sheets) for s in shown),
            )
            table = self.session.table(columns, [*rows, totals])
            table.rows[-2].end_section = True
            self.console.print(table)
        if not self.with_findings:
            broken = [p for one in sheets for p in one.problems]
            if broken:
                self.session.problems(broken)
            self.session.print(
                "逐条列出用 --details；也可用 --html 文件夹、--docx 文件夹 或 --json。",
                "Every finding: --details, or --html FOLDER, --docx FOLDER, --json.",
                "dim",
            )
        for one in results:
            if one.problems:
                self.session.problems(one.problems)
        for problem in {n.code: n for one in sheets for n in one.notes}.values():
            if problem.code in _ABOUT_ALL:
                words = render(problem, self.session.language)
                self.console.print(Text(f"! {words}", "yellow"))
        written = [path for one in results for path in one.written]
        if len(written) > _DETAILED:
            folders = sorted({str(path.parent) for path in written})
            self.session.print(
                f"写出 {len(written)} 个文件，在 {'、'.join(folders)}",
                f"Written {len(written)} files in {', '.join(folders)}",
            )
        else:
            for path in written:
                self.session.print(f"写出 {path}", f"Written {path}")
        if index is not None:
            self.session.print(f"汇总页 {index}", f"Page over all: {index}")


def _counts(sheet: Sheet) -> dict[FindingSeverity, int]:
    from shuzhi.core.checking.model import SEVERITIES

    return {one: sheet.count(one) for one in SEVERITIES if sheet.count(one)}
