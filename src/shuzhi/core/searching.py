"""The searchable words of a row: what a person would type to find it, lower case and half-width.

Words of personal fields are kept apart, so that searching them can ask for another right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import half_width

#: kinds of fields whose values somebody searches by; dates and months are filtered, keys of definitions are not words
SEARCHABLE = frozenset(
    {"text", "choice", "reference", "organisation", "integer", "quantity", "identity_number", "phone"}
)  # fmt: skip

_WIDE = re.compile("[！-～\u3000\xa0]")


def normalised(text: str) -> str:
    """The text as it is searched: half-width, lower case, without the spaces around it.

    >>> normalised(" ＡＢ１２号 ")
    'ab12号'
    """
    if _WIDE.search(text):
        text = half_width(text)
    return text.strip().lower()


def words_of(ledger: LedgerDef | None) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    """A function from a payload to its (words, private words); of a ledger that is not defined any more everything is private.

    >>> from shuzhi.core.definitions import FieldDef, Text
    >>> fields = (FieldDef("name", Text("姓名"), personal="personal"), FieldDef("plot", Text("地块")))
    >>> ledger = LedgerDef("plot", Text("地块台账"), "industry", ("village",), "register", fields)
    >>> words_of(ledger)({"name": "张三", "plot": "Ａ-1"})
    ('a-1', '张三')
    """
    if ledger is None:
        return lambda payload: (
            "",
            normalised("\n".join(str(v) for v in payload.values() if isinstance(v, str))),
        )
    fields = [f for f in ledger.fields if f.type in SEARCHABLE]
    public = [f.key for f in fields if not f.personal]
    private = [f.key for f in fields if f.personal]

    def collect(payload: Mapping[str, Any]) -> tuple[str, str]:
        words = "\n".join([payload[k] for k in public if k in payload])
        hidden = "\n".join([payload[k] for k in private if k in payload]) if private else ""
        return normalised(words), normalised(hidden) if hidden else ""

    return collect
