"""What every command needs: the database of the office, who acts, the language, and how results and problems are printed.

Exit codes: 0 done · 1 something is wrong with what was given or found · 2 wrong usage · 3 no right · 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.messages import Language, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shuzhi.apps.people.permissions import Actor

EXIT_PROBLEMS, EXIT_NO_RIGHT, EXIT_INTERRUPTED = 1, 3, 130
_NO_RIGHT_CODES = frozenset({"PEOPLE_001", "BOOK_010"})
_SHOWN_PROBLEMS = 50


def database_url(given: str) -> str:
    """A database URL from what the user wrote: a URL, or the path of an SQLite file."""
    return given if "://" in given else f"sqlite:///{Path(given).absolute()}"


@dataclass(slots=True)
class Session:
    """One run of the command line."""

    language: Language
    actor_name: str
    as_json: bool = False
    _connected: bool = field(default=False)

    def say(self, zh: str, en: str) -> str:
        """The sentence in the chosen language."""
        return zh if self.language == "zh" else en

    def console(self) -> Console:
        return Console(file=sys.stdout, soft_wrap=True, highlight=False)

    def print(self, zh: str, en: str) -> None:
        """Print a sentence, unless machine-readable output was asked for."""
        if not self.as_json:
            self.console().print(self.say(zh, en))

    def result(self, document: Any, show: Callable[[Console], None] | None = None) -> None:
        """Print a result: the document as JSON when asked, else `show`."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
        elif show is not None:
            show(self.console())

    def table(
        self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], title: str = ""
    ) -> Table:
        """A table; columns are (Chinese, English), those ending in ``>`` are set right."""
        made = Table(title=title or None, title_justify="left", header_style="bold")
        for zh, en in columns:
            text = self.say(zh, en)
            made.add_column(
                text.rstrip(">"), justify="right" if text.endswith(">") else "left", overflow="fold"
            )
        for row in rows:
            made.add_row(*(escape(str("" if cell is None else cell)) for cell in row))
        return made

    def problems(self, problems: Sequence[Problem]) -> None:
        """Print problems, errors first; in JSON as a document with a list."""
        ordered = sorted(problems, key=lambda p: p.severity)
        if self.as_json:
            document = {
                "ok": False,
                "problems": [
                    {
                        "code": p.code,
                        "severity": p.severity,
                        "file": p.place.file,
                        "sheet": p.place.sheet,
                        "row": p.place.row,
                        "column": p.place.column,
                        "message": render(p, self.language),
                    }
                    for p in ordered
                ],
            }
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
            return
        console = Console(file=sys.stderr, soft_wrap=True, highlight=False)
        for problem in ordered[:_SHOWN_PROBLEMS]:
            mark = "[red]✗[/red]" if problem.severity == "error" else "[yellow]![/yellow]"
            console.print(f"{mark} {escape(render(problem, self.language))}")
        if len(ordered) > _SHOWN_PROBLEMS:
            rest = len(ordered) - _SHOWN_PROBLEMS
            console.print(
                self.say(
                    f"……另有 {rest} 处，见标注副本或 --json",
                    f"… and {rest} more; see the marked copy or --json",
                )
            )

    def connect(self, *, made: bool = True) -> None:
        """Open the office's database. With `made`, it must have been initialised and be up to date.

        Raises:
            ProblemsError: OFFICE_001 not initialised, OFFICE_003 cannot be opened, OFFICE_004 older than the program.
        """
        if self._connected:
            return
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
        import django
        from django.db import DatabaseError, connection
        from django.db.migrations.executor import MigrationExecutor

        django.setup()
        try:
            connection.ensure_connection()
            if made:
                executor = MigrationExecutor(connection)
                pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
                if len(pending) == len(executor.loader.graph.nodes):
                    raise ProblemsError([Problem("OFFICE_001")])
                if pending:
                    raise ProblemsError([Problem("OFFICE_004", {"count": len(pending)})])
                from shuzhi.apps.audit import actions as audit

                audit.current()
        except DatabaseError as error:
            raise ProblemsError(
                [Problem("OFFICE_003", {"database": _shown_database(), "detail": error})]
            ) from error
        self._connected = True

    def actor(self) -> Actor:
        """Who acts, with posts in force. Raises ProblemsError OFFICE_005 when nobody was named."""
        self.connect()
        from shuzhi.apps.people.queries import get_actor

        if not self.actor_name:
            raise ProblemsError([Problem("OFFICE_005")])
        return get_actor(self.actor_name)

    @contextmanager
    def progress(self, zh: str, en: str) -> Iterator[Callable[[int, int | None], None]]:
        """A progress bar on the terminal; nothing when the output is not one or JSON was asked for."""
        if self.as_json or not sys.stderr.isatty():
            yield lambda done, total: None
            return
        console = Console(file=sys.stderr)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(self.say(zh, en), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _shown_database() -> str:
    from django.db import connection

    return str(connection.settings_dict["NAME"])  # without user and password


pass_session = click.make_pass_decorator(Session)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--json`` on a command: sets the session's output."""

    def set_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
        found = context.find_object(Session)
        if found is not None:
            found.as_json = value
        return value

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=set_json,
        help="JSON 输出 / machine-readable output",
    )(command)


def no_right(problems: Sequence[Problem]) -> bool:
    """Whether everything that is wrong is a missing right."""
    return bool(problems) and all(p.code in _NO_RIGHT_CODES for p in problems)
