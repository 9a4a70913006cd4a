"""Both languages of the pages, side by side where they are used: ``say("保存", "Save")``.

Definitions and messages already carry their pairs; so do the pages. There is no catalogue to extract and compile, and a sentence
without its English cannot be written (tests/web/test_words.py reads every template and module). See docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from shuzhi.core.definitions import Text
from shuzhi.core.problems import Problem
from shuzhi.messages import Language, render

_language: ContextVar[Language] = ContextVar("language", default="zh")


def language() -> Language:
    """The language of the page being made."""
    return _language.get()


def speak(chosen: Language) -> None:
    """Set the language for the rest of this request."""
    _language.set(chosen)


def say(zh: str, en: str, /, **values: Any) -> str:
    """The sentence in the page's language, ``{name}`` filled with `values`."""
    text = zh if _language.get() == "zh" else en
    return text.format(**values) if values else text


def titled(text: Text | Any) -> str:
    """A definition's title (or the definition itself) in the page's language; Chinese where there is no English."""
    found = text if isinstance(text, Text) else text.title
    return (found.en or found.zh) if _language.get() == "en" else found.zh


def sentence(problem: Problem) -> str:
    """A problem in the page's language."""
    return render(problem, _language.get())


def listed(items: Iterable[str]) -> str:
    """Things one after the other, as the page's language sets them apart."""
    return say("、", ", ").join(items)


def sentences(problems: Sequence[Problem]) -> list[str]:
    """Problems in the page's language, errors first."""
    return [sentence(p) for p in sorted(problems, key=lambda p: p.severity)]


@dataclass(frozen=True, slots=True)
class Words:
    """A pair that is chosen when it is shown: ``Words("台账", "Ledgers")`` in a table of data."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if _language.get() == "zh" else self.en
