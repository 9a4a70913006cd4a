"""The sentences a person reads, in Chinese and English, by problem code.

Each area keeps its own module with a table ``MESSAGES: dict[str, Message]``; codes are never reused.
A sentence says: what was found, what was expected, how to mend it. The place is put in front by `render`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Literal

from shuzhi.core.problems import Place, Problem
from shuzhi.messages.message import Message

Language = Literal["zh", "en"]


@cache
def all_messages() -> dict[str, Message]:
    """Every message of every area, by code; a code declared twice is a programmer's error."""
    table: dict[str, Message] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for code, message in getattr(module, "MESSAGES", {}).items():
            if code in table:
                raise RuntimeError(f"message code declared twice: {code}")
            table[code] = message
    return table


def render_place(place: Place, language: Language = "zh") -> str:
    """The place as a person would say it, e.g. ``村一.xlsx·工作表“果园台账”第 12 行“挂果园面积”``."""
    zh = language == "zh"
    parts: list[str] = []
    if place.file:
        parts.append(place.file)
    if place.sheet:
        parts.append(f"工作表“{place.sheet}”" if zh else f"sheet “{place.sheet}”")
    if place.row is not None:
        parts.append(f"第 {place.row} 行" if zh else f"row {place.row}")
    if place.column:
        parts.append(f"“{place.column}”")
    if place.line is not None:
        parts.append(f"第 {place.line} 行" if zh else f"line {place.line}")
    if place.path:
        parts.append(place.path)
    return " · ".join(parts)


def render(problem: Problem, language: Language = "zh") -> str:
    """One problem as a full sentence with place and code. An unknown code or missing parameter raises KeyError."""
    message = all_messages()[problem.code]
    text = message.fill(language, problem.params)
    place = render_place(problem.place, language)
    if language == "zh":
        return f"{place}：{text}（{problem.code}）" if place else f"{text}（{problem.code}）"
    text = text.replace("、", ", ")  # lists among the parameters are joined the Chinese way
    return f"{place}: {text} ({problem.code})" if place else f"{text} ({problem.code})"
