"""What is wrong with something a person gave us, as a value.

A clerk's mistake is never an exception: it is collected as a `Problem` with a code, its parameters and
its place, so that all problems of a file are reported together. Rendering into Chinese or English happens
last, in `shuzhi.messages`; nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands: in a workbook (file, sheet, row, column) or a definition (file, line, key path).

    `row`, `line` and `column_number` count from 1, as Excel and editors show them.
    """

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""  #: the header as a person reads it
    column_number: int | None = None
    line: int | None = None
    path: str = ""  #: key path in a definition, e.g. ``fields[2].unit``


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable `code`, the `params` its sentence needs, and the `place`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    place: Place = Place()
    severity: Severity = "error"


class ProblemsError(Exception):
    """Aborts an action with everything that was found; the command line shows the problems, never a traceback."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(p.code for p in self.problems))


def is_blocking(problems: Iterable[Problem]) -> bool:
    """True when at least one problem is an error (warnings do not stop an import)."""
    return any(p.severity == "error" for p in problems)
