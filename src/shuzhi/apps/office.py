"""The definitions this office works with: the shipped catalogue overlaid by the office's own folders, compiled once.

Every app reads the catalogue here; tests put another one in its place with `use_catalogue`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from shuzhi.catalogue.loader import load_catalogue, shipped_folder
from shuzhi.core.definitions import Catalogue
from shuzhi.core.indicators import Posters
from shuzhi.core.problems import ProblemsError, is_blocking
from shuzhi.core.quantities import Units


@dataclass(slots=True)
class Definitions:
    """A catalogue with what is compiled from it."""

    catalogue: Catalogue
    units: Units = field(init=False)
    posters: Posters = field(init=False)

    def __post_init__(self) -> None:
        self.units = Units(self.catalogue.units)
        self.posters = Posters(self.catalogue, self.units)


_current: list[Definitions] = []


def definitions() -> Definitions:
    """The office's definitions. Raises ProblemsError when a definition is broken."""
    if not _current:
        catalogue, problems = load_catalogue(shipped_folder(), *settings.OFFICE_CATALOGUES)
        if is_blocking(problems):
            raise ProblemsError(problems)
        _current.append(Definitions(catalogue))
    return _current[-1]


@contextmanager
def use_catalogue(catalogue: Catalogue) -> Iterator[Definitions]:
    """Work with another catalogue inside the block."""
    _current.append(Definitions(catalogue))
    try:
        yield _current[-1]
    finally:
        _current.pop()
