"""The pair of sentences behind one problem code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CLAUSE = re.compile(r"\[\[(.*?)\]\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NOTHING = ("", "—", None)


@dataclass(frozen=True, slots=True)
class Message:
    """`zh` and `en` are ``str.format`` templates over the problem's params; both are always there."""

    zh: str
    en: str

    def fill(self, language: str, params: Mapping[str, Any]) -> str:
        """The sentence with its parameters. A clause in ``[[…]]`` is left out when one of its parameters is empty.

        Raises:
            KeyError: a parameter the sentence needs is missing.

        Example:
            >>> Message("没有“{name}”[[；相近的有：{near}]]。", "").fill("zh", {"name": "甲", "near": ""})
            '没有“甲”。'
        """

        def clause(match: re.Match[str]) -> str:
            names = _PLACEHOLDER.findall(match[1])
            return "" if any(params[n] in _NOTHING for n in names) else match[1]

        template = _CLAUSE.sub(clause, self.zh if language == "zh" else self.en)
        return template.format_map(dict(params))
