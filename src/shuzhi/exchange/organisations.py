"""Units from a workbook or CSV: the list an office imports when it is set up and when its tree grows.

Only reads what stands in the file; whether the units may be opened is decided by `apps.organisations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.exchange.workbooks import open_workbook

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "代码", "区划代码", "单位代码"),
    "name": ("name", "名称", "单位名称"),
    "level": ("level", "级别"),
    "parent": ("parent", "上级代码", "上级"),
    "full_name": ("full_name", "全称"),
    "opened_on": ("opened_on", "设立日期"),
}
_LEVELS = {
    "省": "province",
    "市": "prefecture",
    "县": "county",
    "乡": "township",
    "镇": "township",
    "乡镇": "township",
    "村": "village",
    "组": "group",
}


def read_units(path: Path) -> list[dict[str, str]]:
    """Units from a workbook or CSV with the columns code, name, level, parent (Chinese headers too).

    Raises:
        ProblemsError: the file cannot be read, or ORG_016 columns missing.
    """
    if not path.exists():
        raise ProblemsError([Problem("CLI_003", {"file": path})])
    sheets = open_workbook(path)
    rows = [
        [("" if c is None else str(c)).strip() for c in row]
        for row in sheets.load(sheets.names[0]).rows()
    ]
    header = rows[0] if rows else []
    positions = {
        key: next((i for i, text in enumerate(header) if text.lower() in names), None)
        for key, names in _COLUMNS.items()
    }
    missing = [_COLUMNS[k][1] for k in ("code", "name", "level", "parent") if positions[k] is None]
    if missing:
        raise ProblemsError([Problem("ORG_016", {"columns": "、".join(missing)}, Place(path.name))])
    units = []
    for row in rows[1:]:
        unit = {
            key: row[i] if i is not None and i < len(row) else "" for key, i in positions.items()
        }
        if any(unit.values()):
            unit["level"] = _LEVELS.get(unit["level"], unit["level"])
            unit["code"] = unit["code"].removesuffix(".0")
            unit["parent"] = unit["parent"].removesuffix(".0")
            units.append(unit)
    return units
