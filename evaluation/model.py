"""A draft of which everything is known: where its figures stand, what they are worth, and what was broken in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from shuzhi.core.checking import CheckingContext, Draft


@dataclass(frozen=True)
class Number:
    """A figure as it is to be read: value in the unit as written without 万 and 亿, lengths in 米."""

    value: Decimal | None  #: None for a placeholder
    unit: str
    role: str  #: achieved, target, rate, comparison, placeholder
    writing: str  #: how it is written, for the breakdown: arabic, 万, chinese, range …
    tails: tuple[str, ...] = ()  #: words behind it that may or may not be taken in: /亩
    heads: tuple[str, ...] = ()  #: words before it that may or may not be taken in: 上
    others: tuple[tuple[Decimal, str], ...] = ()  #: other values and units that are as good


@dataclass(frozen=True)
class Piece:
    """Some characters of a draft, and what they are."""

    text: str
    number: Number | None = None
    neutral: bool = False  #: numerals on which careful readers differ
    trap: bool = False  #: numerals that count nothing
    plants: tuple[int, ...] = ()  #: the planted errors they belong to


@dataclass(frozen=True)
class KnownFigure:
    """A figure at its place in the draft."""

    start: int
    end: int
    number: Number


@dataclass(frozen=True)
class Planted:
    """An error that was put in: its kind, where it may be shown, and what should stand there."""

    kind: str
    right: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class KnownDraft:
    """A draft and all that is known of it."""

    name: str
    draft: Draft
    context: CheckingContext
    figures: tuple[KnownFigure, ...]
    neutral: tuple[tuple[int, int], ...]
    traps: tuple[tuple[int, int], ...]
    planted: tuple[Planted, ...]
    genre: str = ""
    year: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was planted."""
        return not self.planted


@dataclass
class Plants:
    """The errors planted in one draft while it is written."""

    kinds: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, right: str = "") -> int:
        """Note a planted error; its number goes onto the pieces it concerns."""
        self.kinds.append((kind, right))
        return len(self.kinds) - 1
