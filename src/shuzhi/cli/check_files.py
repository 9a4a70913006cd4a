"""Checks files one by one or in several processes, and writes the pages and Word files asked for.

What `shuzhi check` does behind its options; kept apart so that the command line starts without loading any of it. A file that
cannot be read gives a sheet with problems and never stops the others. Nothing here prints.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from shuzhi.catalogue.loader import WORDS_ONLY, load_catalogue, shipped_folder
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, EarlierText, FindingKind
from shuzhi.core.checking.pipeline import check_draft, finding_kinds
from shuzhi.core.problems import Place, Problem, ProblemsError, is_blocking
from shuzhi.exchange.checked_sheets import Sheet, make_sheet
from shuzhi.exchange.drafts import read_draft, read_draft_bytes
from shuzhi.messages import Language

if TYPE_CHECKING:
    from shuzhi.cli.check_books import BookChecker, Books

#: Endings of what `read_draft` reads; others in a folder are not looked at.
SUFFIXES: Final = (".docx", ".txt", ".md", ".html", ".htm", ".pdf", ".doc", ".wps", ".rtf", ".odt")
#: What our own results are called, which a folder may hold from the last time.
MARKS: Final = {"zh": "核对", "en": "checked"}
_RESULT: Final = re.compile(rf"-(?:{'|'.join(MARKS.values())})(?:（\d+）)?\Z")
#: So many files are worth a process of their own.
_FILES_PER_PROCESS: Final = 16


@dataclass(frozen=True, slots=True)
class Task:
    """One draft to be checked and where its results go."""

    path: str  #: as the user named it
    content: bytes | None = None  #: standard input; None = a file
    html: Path | None = None
    docx: Path | None = None
    index_link: str = ""  #: of the page over all, relative to `html`
    problem: Problem | None = None  #: known before reading


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of the drafts that are held against each other."""

    path: str
    text: EarlierText
    same_as: str = ""  #: path of an earlier one that has the same words


@dataclass(frozen=True, slots=True)
class Plan:
    """How drafts are checked; the same for all, and plain enough to travel to another process."""

    language: Language = "zh"
    with_notes: bool = False
    context: CheckingContext = field(default_factory=CheckingContext)
    #: the drafts checked together, held against each other
    neighbours: tuple[Neighbour, ...] = ()
    books: Books | None = None
    notes: tuple[Problem, ...] = ()  #: what is not done with any draft, and why
    moment: str = ""  #: for Word comments, ISO 8601


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a task."""

    sheet: Sheet
    written: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()  #: of writing; those of reading are in the sheet

    @property
    def is_wrong(self) -> bool:
        """Whether a script should stop."""
        return self.sheet.is_wrong or bool(self.problems)


def load_lexicon() -> Lexicon:
    """The words of the shipped catalogue and the office's own folders, without a database.

    Raises:
        ProblemsError: with everything that is wrong in the definitions.
    """
    own = os.environ.get("SHUZHI_CATALOGUE", "")
    folders = [Path(one) for one in own.split(os.pathsep) if one]
    catalogue, problems = load_catalogue(shipped_folder(), *folders, only=WORDS_ONLY)
    if is_blocking(problems):
        raise ProblemsError(problems)
    return lexicon_of(catalogue)


def all_kinds() -> dict[str, FindingKind]:
    """Every kind of finding there is, of the text and of the books, by code."""
    from shuzhi.core.checking import comparing

    return finding_kinds() | {kind.code: kind for kind in comparing.KINDS}


class Checker:
    """Checks drafts one after the other with one lexicon."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.kinds = finding_kinds() if plan.books is None else all_kinds()
        self.books: BookChecker | None = None
        self.lexicon: Lexicon | None = None
        if plan.books is None:
            self.lexicon = load_lexicon()
        else:
            from shuzhi.cli.check_books import BookChecker

            self.books = BookChecker(plan.books, plan, self.kinds)

    def run(self, task: Task) -> Result:
        """Read, check and write one draft."""
        if task.problem is not None:
            return Result(Sheet(task.path, self.plan.language, problems=(task.problem,)))
        try:
            draft = (
                read_draft(Path(task.path))
                if task.content is None
                else read_draft_bytes(task.content, PurePath(task.path).name)
            )
            sheet = self._sheet(draft, task.path)
        except ProblemsError as error:
            problems = tuple(_placed(one, task.path) for one in error.problems)
            return Result(Sheet(task.path, self.plan.language, problems=problems))
        return self._write(sheet, task)

    def _sheet(self, draft: Draft, path: str) -> Sheet:
        plan = self.plan
        context = plan.context
        own = next((one for one in plan.neighbours if one.path == path), None)
        same = own.same_as or own.path if own is not None else path
        others = tuple(one.text for one in plan.neighbours if one.path != same and not one.same_as)
        notes = plan.notes
        if own is not None and own.same_as:
            params = {"other": own.same_as}
            notes = (*notes, Problem("CHECK_012", params, severity="warning"))
        if others:
            context = replace(context, earlier=(*context.earlier, *others))
        if self.books is not None:
            return self.books.sheet(draft, path, context, notes)
        if self.lexicon is None:
            raise ValueError("a checker without books needs its lexicon")
        checked = check_draft(draft, self.lexicon, context)
        return make_sheet(
            path,
            draft,
            checked.figures,
            checked.findings,
            self.kinds,
            outline=checked.study.outline,
            language=plan.language,
            with_notes=plan.with_notes,
            silenced=checked.silenced,
            notes=notes,
        )

    def _write(self, sheet: Sheet, task: Task) -> Result:
        written: list[Path] = []
        problems: list[Problem] = []
        for target, make in ((task.html, self._page), (task.docx, self._word)):
            if target is None:
                continue
            from shuzhi.exchange.docx_reports import write_whole

            try:
                write_whole(target, make(sheet, task))
                written.append(target)
            except ProblemsError as error:
                problems += error.problems
        return Result(sheet, tuple(written), tuple(problems))

    def _page(self, sheet: Sheet, task: Task) -> bytes:
        from shuzhi.exchange.checked_pages import render_page

        return render_page(sheet, index_link=task.index_link).encode()

    def _word(self, sheet: Sheet, task: Task) -> bytes:
        from shuzhi.exchange.docx_comments import annotate

        content = task.content if task.content is not None else Path(task.path).read_bytes()
        # an old .doc comes to us converted; its own bytes take no comments
        own = content if sheet.draft.format == "docx" and content.startswith(b"PK") else None
        return annotate(sheet, own, moment=self.plan.moment)


def _placed(problem: Problem, path: str) -> Problem:
    """The problem with the file as the user named it, which tells two files of one name apart."""
    return replace(problem, place=Place(file=path, line=problem.place.line))


# ── several processes ─────────────────────────────────────────────────────────────────────────────────────────────────

# Only readings of single characters are used; the library's table of phrases takes longer to load than a report to check.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

_checker: list[Checker] = []


def _begin(plan: Plan) -> None:
    _checker[:] = [Checker(plan)]


def _run(task: Task) -> Result:
    return _checker[0].run(task)


def check_files(tasks: Sequence[Task], plan: Plan, jobs: int = 0) -> Iterator[Result]:
    """Check drafts and give the results in the order of the tasks.

    Args:
        tasks: What to check.
        plan: How.
        jobs: Processes; 0 = as many as the machine has and the number of files is worth.
    """
    count = jobs or min(os.cpu_count() or 1, len(tasks) // _FILES_PER_PROCESS)
    count = min(count, len(tasks))
    if count <= 1:
        checker = Checker(plan)
        yield from map(checker.run, tasks)
        return
    with ProcessPoolExecutor(count, initializer=_begin, initargs=(plan,)) as pool:
        yield from pool.map(_run, tasks, chunksize=max(1, min(8, len(tasks) // (4 * count))))


# ── what to check, and where results go ───────────────────────────────────────────────────────────────────────────────


def collect(given: Sequence[str]) -> list[Task]:
    """The files named by paths: files as they are, folders with everything in them that can be read, each once."""
    tasks: dict[str, Task] = {}
    for one in given:
        if one == "-":
            tasks.setdefault(one, Task(one))
            continue
        path = Path(one)
        if not path.is_dir():
            tasks.setdefault(str(path), Task(str(path)))
            continue
        found = [str(inner) for inner in sorted(path.rglob("*")) if _is_draft(inner, path)]
        if not found:
            params = {"file": one, "formats": "、".join(SUFFIXES)}
            tasks.setdefault(one, Task(one, problem=Problem("CHECK_001", params)))
        for name in found:
            tasks.setdefault(name, Task(name))
    return list(tasks.values())


def _is_draft(path: Path, folder: Path) -> bool:
    """Whether a file in a folder is meant; not hidden ones, the locks of Word and LibreOffice, nor our own results."""
    if path.suffix.lower() not in SUFFIXES or _RESULT.search(path.stem):
        return False
    inside = path.relative_to(folder).parts
    return not any(part.startswith((".", "~$")) for part in inside) and path.is_file()
