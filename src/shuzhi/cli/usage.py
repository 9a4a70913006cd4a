"""What is wrong in the way a command was written, as problems with a code like all others.

For the clerk who mistyped an option and for the script that reads ``--json``: both get the same sentence shape as for a bad row.
Nothing here knows what a command does.
"""

from __future__ import annotations

import difflib
import re

import click

from shuzhi.core.periods import FIRST_YEAR, LAST_YEAR
from shuzhi.core.problems import Problem

#: numbers that fit both databases, so that a slip of the finger is a sentence and no overflow
NUMBER = click.IntRange(1, 2**63 - 1)
YEAR = click.IntRange(FIRST_YEAR, LAST_YEAR)
POINT = click.IntRange(0, 2**63 - 1)

_NEAR = 3


def usage_problem(error: click.UsageError) -> Problem:
    """The problem that a usage error is."""
    command = error.ctx.command_path if error.ctx is not None else "shuzhi"
    if isinstance(error, click.NoSuchOption):
        near = _near(error.option_name, _options(error.ctx))
        return Problem("CLI_010", {"option": error.option_name, "near": near, "command": command})
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _value_problem(error, error.param, command)
    unknown = re.match(r"No such command '(.*?)'", error.message)
    if unknown is not None and error.ctx is not None:
        group = error.ctx.command
        commands = list(group.commands) if isinstance(group, click.Group) else []
        near = _near(unknown[1], commands) if commands else "—"
        return Problem("CLI_011", {"name": unknown[1], "near": near, "command": command})
    return Problem("CLI_015", {"detail": error.format_message().rstrip("."), "command": command})


def _value_problem(error: click.BadParameter, param: click.Parameter, command: str) -> Problem:
    name = param.get_error_hint(error.ctx).replace("'", "")
    if isinstance(error, click.MissingParameter):
        return Problem("CLI_012", {"name": name, "command": command})
    # click keeps what was typed only inside its sentence: "'x' is not one of …", "0 is not in the range …"
    said = re.match(r"'?(.*?)'? is not ", error.message)
    found = said[1] if said is not None else ""
    if isinstance(param.type, click.Choice) and said is not None:
        choices = "、".join(str(c) for c in param.type.choices)
        params = {"name": name, "found": found, "choices": choices, "command": command}
        return Problem("CLI_013", params)
    if isinstance(param.type, click.IntRange) and said is not None:
        low, high = param.type.min, param.type.max
        params = {"name": name, "found": found, "low": low, "high": high, "command": command}
        return Problem("CLI_014", params)
    return Problem("CLI_015", {"detail": error.format_message().rstrip("."), "command": command})


def _options(context: click.Context | None) -> list[str]:
    return [o for p in context.command.params for o in p.opts] if context is not None else []


def _near(written: str, known: list[str]) -> str:
    return "、".join(difflib.get_close_matches(written, known, _NEAR, 0.3) or known[:_NEAR]) or "—"
