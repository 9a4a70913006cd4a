"""The figures of the five seed reports against their annotation, measured and printed."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.figures import read_figures
from shuzhi.core.checking.lexicon import lexicon_of
from shuzhi.core.checking.model import CheckingContext, TextFigure
from shuzhi.core.checking.outline import find_outline
from shuzhi.core.checking.text import read

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason="the seed reports are not here")

_NO_PERIOD = {"现状", "未注明", "累计"}
_COUNTING_END = re.compile(r"(?:总数|总额|总|户数|人数|面积|数量|数|额)$")


def rows(name: str) -> list[dict[str, Any]]:
    lines = (SEEDS / "gold" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def figures_of_seeds() -> dict[str, tuple[TextFigure, ...]]:
    lexicon = lexicon_of(shipped_catalogue())
    found = {}
    for path in sorted(SEEDS.glob("*.txt")):
        reading = read(path.read_bytes().decode("utf-8"))
        outline = find_outline(reading)
        found[path.name[:3]] = read_figures(reading, outline, lexicon, CheckingContext())
    return found


def wanted_role(row: dict[str, Any]) -> str:
    if row["kind"] == "quantity":
        return "achieved"
    is_bound = row["kind"] == "comparison" and row["measure"] == "threshold"
    return "threshold" if is_bound else str(row["kind"])


def wanted_period(row: dict[str, Any]) -> str:
    return "" if row["period"] in _NO_PERIOD else re.sub("计划|预计", "", row["period"])


def overlap(found: str, wanted: str) -> float:
    """Share of the shorter one's characters that stand in the other."""
    first, second = Counter(found), Counter(_COUNTING_END.sub("", wanted) or wanted)
    return (first & second).total() / max(1, min(first.total(), second.total()))


def test_figures_of_the_seeds() -> None:
    found = figures_of_seeds()
    gold = {(row["doc"], row["start"], row["end"]): row for row in rows("figures.jsonl")}

    right: list[tuple[TextFigure, dict[str, Any]]] = []
    for document, figures in found.items():
        for one in figures:
            row = gold.get((document, one.start, one.end))
            if row is not None:
                value = None if row["value"] is None else Decimal(row["value"])
                if one.value == value:
                    right.append((one, row))
    total = sum(len(figures) for figures in found.values())
    precision, recall = len(right) / total, len(right) / len(gold)
    share = {
        "unit": sum(one.unit == row["unit"] for one, row in right),
        "unit as written": sum(one.raw_unit == row["raw_unit"] for one, row in right),
        "role": sum(one.role == wanted_role(row) for one, row in right),
        "approximate": sum(one.approx == row["approx"] for one, row in right),
        "period": sum(one.period == wanted_period(row) for one, row in right),
        "subject": sum(overlap(one.subject, row["subject"]) for one, row in right),
    }
    print(f"\nfigures: precision {precision:.4f}, recall {recall:.4f} of {len(gold)}")
    for name, count in share.items():
        print(f"  {name}: {count / len(right):.3f}")

    assert precision >= 0.99
    assert recall >= 0.99
    for name, least in {
        "unit": 0.99,
        "role": 0.98,
        "approximate": 0.99,
        "period": 0.95,
        "subject": 0.93,
    }.items():
        assert share[name] / len(right) >= least, name


def test_non_figures_of_the_seeds() -> None:
    found = figures_of_seeds()
    non_figures = rows("non_figures.jsonl")

    taken = [
        row["text"]
        for row in non_figures
        if any(one.start < row["end"] and row["start"] < one.end for one in found[row["doc"]])
    ]
    print(f"\nnon-figures taken for figures: {len(taken)} of {len(non_figures)} {taken}")

    assert len(taken) <= 4
