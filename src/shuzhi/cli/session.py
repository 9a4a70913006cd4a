"""What every command needs: the database of the office, who acts, the language, and how results and problems are printed.

Exit codes: 0 done · 1 something is wrong with what was given or found · 2 wrong usage · 3 no right · 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shuzhi.core.definitions import Text
from shuzhi.core.formatting import format_date
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import canonical
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


class Titled(Protocol):
    """A definition that has a title in two languages."""

    @property
    def title(self) -> Text: ...


@dataclass(slots=True)
class Session:
    """One run of the command line."""

    language: Language
    actor_name: str
    as_json: bool = False
    _connected: bool = field(default=False)
    _names: dict[str, str] = field(default_factory=dict)
    _actor: Actor | None = field(default=None)

    def say(self, zh: str, en: str) -> str:
        """The sentence in the chosen language."""
        return zh if self.language == "zh" else en

    def console(self) -> Console:
        """The terminal for results."""
        return Console(file=sys.stdout, soft_wrap=True, highlight=False, emoji=False)

    def print(self, zh: str, en: str, style: str | None = None) -> None:
        """Print a sentence as it is (names may hold brackets), unless machine-readable output was asked for."""
        if not self.as_json:
            self.console().print(self.say(zh, en), style=style, markup=False)

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
                "problems": [self.problem_json(p) for p in ordered],
            }
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
            return
        console = Console(file=sys.stderr, soft_wrap=True, highlight=False, emoji=False)
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

    def problem_json(self, problem: Problem) -> dict[str, Any]:
        """A problem as a JSON document."""
        place = problem.place
        return {
            "code": problem.code,
            "severity": problem.severity,
            "file": place.file,
            "sheet": place.sheet,
            "row": place.row,
            "column": place.column,
            "message": render(problem, self.language),
        }

    def configure(self) -> None:
        """Read the settings; enough for what needs definitions and no database.

        Raises:
            ProblemsError: OFFICE_006 the database's address cannot be understood.
        """
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
        import django
        from django.core.exceptions import ImproperlyConfigured

        try:
            django.setup()
        except (ValueError, ImproperlyConfigured) as error:
            # the rest of the address may hold a password
            scheme = os.environ.get("DATABASE_URL", "").partition("://")[0]
            raise ProblemsError([Problem("OFFICE_006", {"scheme": scheme})]) from error

    def connect(self, *, made: bool = True) -> None:
        """Open the office's database. With `made`, it must have been initialised and be up to date.

        Raises:
            ProblemsError: OFFICE_001 not initialised, OFFICE_003 cannot be opened, OFFICE_004 older than the program, OFFICE_006 the
                address cannot be understood.
        """
        if self._connected:
            return
        self.configure()
        from django.db import DatabaseError, connection

        if made and _is_missing_file(connection.settings_dict):
            raise ProblemsError([Problem("OFFICE_001")])  # looking must not make an empty file
        try:
            connection.ensure_connection()
            if made:
                pending, total = pending_migrations()
                if pending == total:
                    raise ProblemsError([Problem("OFFICE_001")])
                if pending:
                    raise ProblemsError([Problem("OFFICE_004", {"count": pending})])
                from shuzhi.apps.audit import actions as audit

                audit.current()
        except DatabaseError as error:
            raise ProblemsError(
                [Problem("OFFICE_003", {"database": shown_database(), "detail": error})]
            ) from error
        self._connected = True
        if made and self.actor_name:
            self.actor()  # a name that is nobody's is told at once, also where reading needs no right

    def actor(self) -> Actor:
        """Who acts, with posts in force. Raises ProblemsError OFFICE_005 when nobody was named."""
        self.connect()
        from shuzhi.apps.people.queries import get_actor

        if not self.actor_name:
            raise ProblemsError([Problem("OFFICE_005")])
        if self._actor is None:
            self._actor = get_actor(self.actor_name)
        return self._actor

    def point(self, given: int | None) -> int | None:
        """A point of the books as given. Raises ProblemsError CLI_006 when the books have not come to it yet."""
        from shuzhi.apps.audit.actions import current

        if given is not None and given > current():
            raise ProblemsError([Problem("CLI_006", {"found": given, "current": current()})])
        return given

    def title_of(self, definition: Titled) -> str:
        """A definition's title in the chosen language; Chinese where there is no English one."""
        title = definition.title
        return (title.en or title.zh) if self.language == "en" else title.zh

    def name_of(self, code: str) -> str:
        """A unit's name, or its code when it is not known."""
        if code not in self._names:
            from shuzhi.apps.organisations.queries import find

            found = find(code)
            self._names[code] = found.name if found is not None else code
        return self._names[code]

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
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def shown_database() -> str:
    """The database as it may be shown: without user and password."""
    from django.db import connection

    return str(connection.settings_dict["NAME"])


def pending_migrations() -> tuple[int, int]:
    """How many steps the database lacks, of how many; all of them when it is empty."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return len(pending), len(executor.loader.graph.nodes)


def _is_missing_file(described: Mapping[str, Any]) -> bool:
    """Whether an SQLite file is meant that could be there and is not."""
    if not described["ENGINE"].endswith("sqlite3"):
        return False
    file = Path(described["NAME"])
    return not file.exists() and file.parent.is_dir() and str(file) != ":memory:"


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
        is_eager=True,  # before any other value is found wrong
        expose_value=False,
        callback=set_json,
        help="JSON 输出 / machine-readable output",
    )(command)


def session_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--as``, ``--lang`` and ``--database`` behind the command as well as before it, where people write them."""

    def set_actor(context: click.Context, _: click.Parameter, value: str | None) -> None:
        found = context.find_object(Session)
        if found is not None and value is not None:
            found.actor_name = value

    def set_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
        found = context.find_object(Session)
        if found is not None and value is not None:
            found.language = "en" if value == "en" else "zh"

    def set_database(_: click.Context, __: click.Parameter, value: str | None) -> None:
        if value:
            os.environ["DATABASE_URL"] = database_url(value)

    for option in (
        click.option(
            "--database",
            metavar="URL|FILE",
            expose_value=False,
            callback=set_database,
            help="数据库，同写在命令前 / database, as before the command",
        ),
        click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            is_eager=True,
            expose_value=False,
            callback=set_language,
            help="语言，同写在命令前 / language, as before the command",
        ),
        click.option(
            "--as",
            "actor",
            metavar="NAME",
            expose_value=False,
            callback=set_actor,
            help="以哪个帐号操作，同写在命令前 / the account that acts, as before the command",
        ),
    ):
        command = option(command)
    return command


class Day(click.ParamType):
    """A day of the calendar, ISO."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> str:
        """The day as kept. Raises ProblemsError QUANTITY_011 when there is no such day."""
        text = str(value).strip()
        return format_date(text, "code") if text else ""


DAY = Day()


def no_right(problems: Sequence[Problem]) -> bool:
    """Whether everything that is wrong is a missing right."""
    return bool(problems) and all(p.code in _NO_RIGHT_CODES for p in problems)
