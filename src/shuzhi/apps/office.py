"""The definitions this office works with: the shipped catalogue overlaid by the office's own folders, compiled once.

Every app reads the catalogue here; tests put another one in its place with `use_catalogue`. Definitions taken into force in the
browser lie on top, as files of a numbered version; every process notices a new version at its next request.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.signals import request_started

from shuzhi.catalogue.loader import load_catalogue, shipped_folder
from shuzhi.core.definitions import Catalogue
from shuzhi.core.indicators import Posters
from shuzhi.core.problems import ProblemsError, is_blocking
from shuzhi.core.quantities import Units

logger = logging.getLogger("shuzhi.office")
Stamp = tuple[str, int, int, int] | None


@dataclass(slots=True)
class Definitions:
    """A catalogue with what is compiled from it."""

    catalogue: Catalogue
    units: Units = field(init=False)
    posters: Posters = field(init=False)

    def __post_init__(self) -> None:
        self.units = Units(self.catalogue.units)
        self.posters = Posters(self.catalogue, self.units)


_replaced: list[Definitions] = []  #: by tests, the last one counts
_latest: list[
    tuple[Stamp, Definitions]
] = []  #: what this process read last, and from which version
_pinned = threading.local()  #: what this thread works with until its next request or job
_reading = threading.Lock()


def own_folder() -> Path:
    """Where definitions taken into force in the browser are kept: `versions/`, and `current` naming the one in force."""
    return Path(settings.OFFICE_FILES) / "catalogue"


def own_version() -> str:
    """The version of the office's own definitions in force; empty when there is none."""
    try:
        return (own_folder() / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def version_folder(version: str) -> Path:
    """The folder of a version's files."""
    return own_folder() / "versions" / version


def folders_below() -> tuple[Path, ...]:
    """The folders that definitions taken into force in the browser are laid over."""
    return (shipped_folder(), *settings.OFFICE_CATALOGUES)


def _stamp() -> Stamp:
    try:
        found = (own_folder() / "current").stat()
    except FileNotFoundError:
        return None
    return (str(settings.OFFICE_FILES), found.st_mtime_ns, found.st_ino, found.st_size)


def _read() -> Definitions:
    version = own_version()
    own = (version_folder(version),) if version else ()
    catalogue, problems = load_catalogue(*folders_below(), *own)
    if is_blocking(problems):
        raise ProblemsError(problems)
    return Definitions(catalogue)


def definitions() -> Definitions:
    """The office's definitions; the same from a request's first line to its last. Raises ProblemsError when a definition is broken."""
    if _replaced:
        return _replaced[-1]
    found: Definitions | None = getattr(_pinned, "definitions", None)
    return found if found is not None else refresh()


def refresh() -> Definitions:
    """Notice another version taken into force, by this process or another one; at the beginning of each request and job.

    Costs one look at a file. A version that cannot be read leaves in force what was.
    """
    stamp = _stamp()
    if not _latest or _latest[-1][0] != stamp:
        with _reading:
            if not _latest or _latest[-1][0] != stamp:
                try:
                    _latest[:] = [(stamp, _read())]
                except ProblemsError as error:
                    if not _latest:
                        raise
                    logger.error("definitions not taken over: %d problems", len(error.problems))
                    _latest[:] = [(stamp, _latest[-1][1])]
    _pinned.definitions = _latest[-1][1]
    return _latest[-1][1]


def _begin(**_: object) -> None:
    if not _replaced:
        refresh()


request_started.connect(_begin, dispatch_uid="shuzhi.apps.office")


def area_of(ledger: str) -> str:
    """The area of a ledger by its key, for asking rights; nothing for one that is defined no more."""
    found = definitions().catalogue.ledgers.get(ledger)
    return found.area if found is not None else ""


@contextmanager
def use_catalogue(catalogue: Catalogue) -> Iterator[Definitions]:
    """Work with another catalogue inside the block."""
    _replaced.append(Definitions(catalogue))
    try:
        yield _replaced[-1]
    finally:
        _replaced.pop()
