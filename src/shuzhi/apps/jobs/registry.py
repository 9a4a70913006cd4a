"""The kinds of background work there are. An app declares its own in ``<app>/jobs.py``; nothing else can be started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from django.utils.module_loading import autodiscover_modules

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor
from shuzhi.core.definitions import Text


class Cancelled(Exception):
    """Raised inside a job when its person wants it stopped (or another worker has taken it over)."""


@dataclass(slots=True)
class JobContext:
    """What a piece of work knows and how it tells how far it is. Telling costs nothing; a helper thread writes it down."""

    number: str
    actor: Actor
    organisation: Organisation | None
    params: Mapping[str, Any]
    stage: str = ""
    done: int = 0
    total: int = 0
    stop: Event = field(default_factory=Event)

    def progress(self, done: int, total: int | None = 0, stage: str = "") -> None:
        """Say how far the work is; a good moment to be stopped.

        Args:
            done: pieces done.
            total: pieces in all; 0 or None when not known.
            stage: key of the kind's stages; empty keeps the present one.

        Raises:
            Cancelled: the person wants it stopped.
        """
        self.done, self.total = done, total or 0
        if stage:
            self.stage = stage
        if self.stop.is_set():
            raise Cancelled


Run = Callable[[JobContext], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work."""

    key: str
    run: Run
    title: Text
    stages: Mapping[str, Text]
    is_atomic: bool
    is_repeatable: bool


_kinds: dict[str, Kind] = {}
_housekeeping: list[Callable[[], object]] = []


def job(
    key: str,
    title: Text | None = None,
    *,
    stages: Mapping[str, Text] | None = None,
    atomic: bool = False,
    repeatable: bool = False,
) -> Callable[[Run], Run]:
    """Declare a kind of work: ``@job("import.commit", Text("导入台账", "import"), atomic=True)``.

    The function gets a `JobContext` and returns the result as plain JSON. A result with ``page`` and ``address`` (name of a page and
    what stands in its address) is shown with a link there.

    Args:
        key: dotted, noun and verb.
        title: how a person calls the work.
        stages: stage key → how a person calls it.
        atomic: one transaction around the work and its result, so that it happens exactly once or not at all.
        repeatable: may be begun anew after a worker died in the middle of it (atomic work always may).
    """

    def declare(run: Run) -> Run:
        if key in _kinds and _kinds[key].run.__qualname__ != run.__qualname__:
            raise RuntimeError(f"kind of job declared twice: {key}")
        _kinds[key] = Kind(
            key, run, title or Text(key, key), dict(stages or {}), atomic, atomic or repeatable
        )
        return run

    return declare


def hourly(task: Callable[[], object]) -> Callable[[], object]:
    """Declare something every worker does about once an hour: throwing away what is no longer needed."""
    if task not in _housekeeping:
        _housekeeping.append(task)
    return task


def _load() -> None:
    autodiscover_modules("jobs")


def get_kind(key: str) -> Kind:
    """The kind. Raises KeyError when no app declares it; a mistake in the program."""
    if key not in _kinds:
        _load()
    return _kinds[key]


def find_kind(key: str) -> Kind | None:
    """The kind, or None for one of an earlier version of the program."""
    if key not in _kinds:
        _load()
    return _kinds.get(key)


def housekeeping() -> list[Callable[[], object]]:
    """Everything declared with `hourly`."""
    _load()
    return list(_housekeeping)
