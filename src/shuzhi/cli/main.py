"""``shuzhi``: the command line. Every command acts as a named account; no user's mistake ever shows a traceback.

For the township clerk who works on a terminal, for scripts, and for the demonstration. Long work shows progress.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

import click

from shuzhi.cli.backup import backup, restore
from shuzhi.cli.book import book
from shuzhi.cli.catalogue import catalogue
from shuzhi.cli.check import check
from shuzhi.cli.demo import demo
from shuzhi.cli.figure import figure
from shuzhi.cli.finding import finding
from shuzhi.cli.ledger import ledger
from shuzhi.cli.office import account, init, post
from shuzhi.cli.organisation import org
from shuzhi.cli.record import record
from shuzhi.cli.report import report
from shuzhi.cli.serve import serve, worker
from shuzhi.cli.session import (
    EXIT_INTERRUPTED,
    EXIT_NO_RIGHT,
    EXIT_PROBLEMS,
    Session,
    database_url,
    no_right,
    shown_database,
)
from shuzhi.cli.usage import usage_problem
from shuzhi.core.problems import Problem, ProblemsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--database",
    metavar="URL|FILE",
    help="数据库：SQLite 文件或 postgres://… / database (or DATABASE_URL)",
)
@click.option(
    "--as",
    "actor",
    metavar="NAME",
    envvar="SHUZHI_ACTOR",
    default="",
    help="以哪个帐号操作 / the account that acts (or SHUZHI_ACTOR)",
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    envvar="SHUZHI_LANG",
    default="zh",
    help="语言 / language",
)
@click.version_option(package_name="shuzhi", prog_name="shuzhi")
@click.pass_context
def cli(context: click.Context, database: str | None, actor: str, lang: str) -> None:
    """述职：记一次账，过账、汇总、出报告，每个数都能查到行。

    Shuzhi: record once; post; roll up; write the report with every number traceable to its rows.
    """
    if database:
        os.environ["DATABASE_URL"] = database_url(database)
    context.obj = Session("en" if lang == "en" else "zh", actor)


for command in (
    init, demo, catalogue, org, account, post, ledger, record, book, figure, report, check, finding, serve, worker, backup, restore,
):  # fmt: skip
    cli.add_command(command)


def _say_both(command: click.Command) -> None:
    """Let lists of commands say in both languages what each is for; help texts are Chinese first, then English."""
    paragraphs = [" ".join(p.split()) for p in (command.help or "").split("\n\n")]
    english = next((p for p in paragraphs if not _HAN.search(p)), "")
    first = (paragraphs[0].split("。")[0], english.split(". ")[0].rstrip("."))
    command.short_help = " / ".join(filter(None, first))
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _say_both(inner)


_HAN = re.compile(r"[\u4e00-\u9fff]")
_say_both(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the only place where problems become exit codes."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    context: click.Context | None = None
    try:
        with cli.make_context("shuzhi", list(given)) as context:
            cli.invoke(context)
        sys.exit(0)
    except ProblemsError as error:
        _session(context, given).problems(error.problems)
        sys.exit(EXIT_NO_RIGHT if no_right(error.problems) else EXIT_PROBLEMS)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        _session(context, given).problems([usage_problem(error)])
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "已中断，未完成的改动没有写入 / interrupted, nothing unfinished was written", err=True
        )
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader (head, less) went away: not our mistake
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        problem = _trouble(error)
        if problem is None:
            raise  # a mistake of ours: the traceback says where
        _session(context, given).problems([problem])
        sys.exit(EXIT_PROBLEMS)


def _session(context: click.Context | None, given: Sequence[str]) -> Session:
    """The session of this run; one that only prints when the run ended before there was one."""
    session = context.find_object(Session) if context is not None else None
    session = session or Session("zh", "")
    # an error found while options are read comes before --json was looked at
    session.as_json = session.as_json or "--json" in given
    return session


def _trouble(error: Exception) -> Problem | None:
    """Files and databases that refuse, as a problem; None when the error is a mistake in the program."""
    if isinstance(error, OSError):
        return Problem(
            "CLI_005", {"file": error.filename or "—", "detail": error.strerror or error}
        )
    if "django.db" in sys.modules:
        from django.db import DataError, OperationalError

        # SQLite gives wrong statements of ours the same type as a full disk
        is_ours = "no such" in str(error) or "syntax" in str(error)
        if isinstance(error, DataError | OperationalError) and not is_ours:
            return Problem("OFFICE_007", {"database": shown_database(), "detail": error})
    return None


if __name__ == "__main__":
    main()
