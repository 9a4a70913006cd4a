"""Hides what identifies a person before a value leaves the office: 张*三, 620802********1238, 138****5678.

Which fields are personal is said by the ledger's definition. A masked value is only for looking at; it can never be
turned back, and this module must not decide who may see the real one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shuzhi.core.definitions import FieldDef, LedgerDef

HIDDEN = "***"  #: stands for a value of which nothing may be shown

_LONG_NUMBER = re.compile(r"[\d\s-]{8,}")


def mask_name(name: str) -> str:
    """A person's name with only the first and last character left; of two characters only the first.

    >>> mask_name("张小三"), mask_name("张三"), mask_name("欧阳小明"), mask_name("阿依古丽·买买提")
    ('张*三', '张*', '欧**明', '阿******提')
    """
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_identity(number: str) -> str:
    """An identity number with region and last four characters left; anything too short for one is hidden whole.

    >>> mask_identity("620802199003071238"), mask_identity("12345")
    ('620802********1238', '*****')
    """
    number = number.strip()
    if len(number) < 15:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_phone(number: str) -> str:
    """A telephone number with its first three and last four digits left; of a short one only the last two.

    >>> mask_phone("13812345678"), mask_phone("0933-8212345"), mask_phone("8212345")
    ('138****5678', '093*****2345', '*****45')
    """
    number = number.strip()
    if len(number) < 11:
        return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 2 else "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_text(text: str) -> str:
    """A personal text of unknown kind: a short one is taken for a name, a long number keeps its last four digits.

    >>> mask_text("李四"), mask_text("6217 0000 1234 5678"), mask_text("某某镇甲村三组12号")
    ('李*', '***************5678', '某某镇***')
    """
    text = text.strip()
    if _LONG_NUMBER.fullmatch(text):
        return "*" * (len(text) - 4) + text[-4:]
    if len(text) <= 4 or "·" in text:
        return mask_name(text)
    return text[:3] + HIDDEN


def mask_value(field: FieldDef, value: Any) -> Any:
    """The value as it may be shown without a right to the real one; unchanged when the field is not personal.

    >>> from shuzhi.core.definitions import Text
    >>> mask_value(FieldDef("born", Text("出生日期"), type="date", personal="personal"), "1990-03-07")
    '1990-**-**'
    """
    if not field.personal or value is None or value == "":
        return value
    if field.type == "identity_number":
        return mask_identity(str(value))
    if field.type == "phone":
        return mask_phone(str(value))
    if field.personal == "sensitive":
        return HIDDEN
    if field.type == "date":
        return str(value)[:4] + "-**-**"
    if field.type == "month":
        return str(value)[:4] + "-**"
    if field.type in ("text", "reference", "organisation"):
        return mask_text(str(value))
    return HIDDEN


def mask_payload(ledger: LedgerDef, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a payload in which every personal field of the ledger is masked; other keys stay as they are."""
    masked = dict(payload)
    for field in ledger.fields:
        if field.personal and field.key in masked:
            masked[field.key] = mask_value(field, masked[field.key])
    return masked


def has_personal_fields(ledger: LedgerDef) -> bool:
    """Whether a masked copy of this ledger's rows differs from the real ones."""
    return any(field.personal for field in ledger.fields)
