"""The page of the documentation that lists every kind of finding, made from the code so that it cannot fall behind.

Knows only kinds and sentences; nothing about how anything is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shuzhi.core.checking.model import SEVERITIES, FindingKind
from shuzhi.messages import all_messages
from shuzhi.messages.checking import AREA_WORDS, SEVERITY_MEANINGS, SEVERITY_WORDS

_HEAD: Final = """# Kinds of finding 疑点一览

Made by `shuzhi finding kinds --page`; do not edit. Codes are never reused. A code can be silenced for an office (`shuzhi finding silence`) or for one
run (`shuzhi check --silence`), and so can one wording of it: `CODE:words`.

| severity | 轻重 | meaning | 含义 |
| --- | --- | --- | --- |
"""


def plain_sentence(template: str) -> str:
    """A sentence as a reader of the list sees it: names for what is filled in, optional clauses shown.

    Examples:
        >>> plain_sentence("读到“{found}”[[；应为{expected}]]，写作 {{甲}}")
        '读到“‹found›”；应为‹expected›，写作 {甲}'
    """
    plain = template.replace("[[", "").replace("]]", "")
    plain = plain.replace("{{", "\x00").replace("}}", "\x01")
    plain = re.sub(r"\{(\w+)(?:[!:][^{}]*)?\}", r"‹\1›", plain)
    return plain.replace("\x00", "{").replace("\x01", "}")


def render_findings_page(kinds: Sequence[FindingKind]) -> str:
    """The page as Markdown."""
    messages = all_messages()
    lines = [_HEAD.rstrip("\n")]
    for severity in SEVERITIES:
        zh, en = SEVERITY_WORDS[severity]
        meaning = SEVERITY_MEANINGS[severity]
        lines.append(
            f"| `{severity}`{'' if en == severity else f' ({en})'} | {zh} | {meaning[1]} | {meaning[0]} |"
        )
    areas = [area for area in AREA_WORDS if any(kind.area == area for kind in kinds)]
    areas += sorted({kind.area for kind in kinds} - set(areas))
    for area in areas:
        zh, en = AREA_WORDS.get(area, (area, area))
        lines += [
            "",
            f"## {en} {zh}",
            "",
            "| code | severity | sentence | 句子 |",
            "| --- | --- | --- | --- |",
        ]
        for kind in sorted((one for one in kinds if one.area == area), key=lambda one: one.code):
            message = messages[kind.code]
            cells = [_cell(plain_sentence(text)) for text in (message.en, message.zh)]
            lines.append(f"| {kind.code} | {kind.severity} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text that cannot break a table or be taken for markup."""
    return re.sub(r"([|*_`<>])", r"\\\1", text).replace("\n", " ")
