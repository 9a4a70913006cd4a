"""How many of the hand-found wording defects of the five seed reports are found, by severity; the figures are printed."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.names import find_name_defects
from shuzhi.core.checking.study import study_draft
from shuzhi.core.checking.wording import find_wording_defects

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
GOLD = SEEDS / "gold" / "defects.jsonl"

#: What a finding about words must find; blanks, punctuation, numbering and arithmetic have tests of their own.
OURS = frozenset(
    {
        "collocation",
        "contradiction",
        "de_particle",
        "extra_char",
        "grammar",
        "missing_char",
        "missing_word",
        "redundant",
        "sentence_fragment",
        "term_inconsistent",
        "word_order",
        "wrong_char",
        "wrong_term",
        "wrong_word",
    }
)

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="the seed reports are not here")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


@pytest.fixture(scope="module")
def found(lexicon: Lexicon) -> dict[str, list[Finding]]:
    findings = {}
    for path in sorted(SEEDS.glob("*.txt")):
        study = study_draft(Draft(path.read_text(encoding="utf-8")), lexicon)
        findings[path.name[:3]] = [*find_wording_defects(study), *find_name_defects(study)]
    return findings


def _rows() -> list[dict[str, object]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def _overlaps(row: dict[str, object], finding: Finding) -> bool:
    return int(str(row["start"])) < finding.end and finding.start < int(str(row["end"]))


@pytest.mark.parametrize(("severity", "least"), [("error", 0.95), ("warning", 0.75)])
def test_hand_found_defects_are_found(
    found: dict[str, list[Finding]], severity: str, least: float
) -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    missed = []
    for row in _rows():
        if row["type"] not in OURS or row["severity"] != severity:
            continue
        is_found = any(_overlaps(row, one) for one in found[str(row["doc"])])
        hits[str(row["type"])].append(is_found)
        if not is_found:
            missed.append(f"{row['id']} {row['text']}")

    total = sum(len(one) for one in hits.values())
    recall = sum(sum(one) for one in hits.values()) / total
    print(f"\n{severity}: {recall:.3f} of {total}")
    for kind, values in sorted(hits.items()):
        print(f"  {kind:20} {sum(values)}/{len(values)}")
    print("  missed:", "; ".join(missed) or "none")
    assert recall >= least


def test_hardly_anything_is_found_that_the_gold_set_does_not_know(
    found: dict[str, list[Finding]],
) -> None:
    rows = _rows()
    extra = [
        (doc, one.code, one.severity, dict(one.params))
        for doc, findings in found.items()
        for one in findings
        if one.severity != "info"
        and not any(row["doc"] == doc and _overlaps(row, one) for row in rows)
    ]

    print("\nnot in the gold set:", extra)
    assert [one for one in extra if one[2] == "error"] == []
    assert len(extra) <= 2
