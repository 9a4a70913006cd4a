"""The relations of the five gold reports: the broken ones must be found, none that holds may be called wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.arithmetic import find_arithmetic
from shuzhi.core.checking.lexicon import lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.study import study_draft

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
pytestmark = pytest.mark.skipif(
    not (SEEDS / "gold").is_dir(), reason="the gold reports are not here"
)
#: Found by the outline (numbering, doubled title) or not to be known from the text.
NOT_OURS = frozenset({"sequence", "same_title", "external"})


def relations() -> list[dict[str, Any]]:
    lines = (SEEDS / "gold" / "relations.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def spans(relation: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for one in (*relation["figures"], *relation["spans"]):
        yield one["start"], one["end"]


@pytest.fixture(scope="module")
def found() -> dict[str, list[Finding]]:
    lexicon = lexicon_of(shipped_catalogue())
    result = {}
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        result[path.name[:3]] = list(find_arithmetic(study_draft(Draft(text), lexicon)))
    return result


def touching(findings: list[Finding], relation: dict[str, Any]) -> list[Finding]:
    return [
        one
        for one in findings
        if any(one.start < end and start < one.end for start, end in spans(relation))
    ]


def test_every_broken_relation_of_the_text_is_found(found):
    broken = [
        one for one in relations() if one["verdict"] == "BROKEN" and one["type"] not in NOT_OURS
    ]

    missed = []
    for relation in broken:
        hits = touching(found[relation["doc"]], relation)
        print(f"{relation['id']:8} {relation['type']:18} {[one.code for one in hits] or 'MISSED'}")
        if not hits:
            missed.append(relation["id"])
    print(f"found {len(broken) - len(missed)} of {len(broken)}")
    assert missed == []


def test_no_relation_that_holds_is_called_wrong(found):
    by_doc: dict[str, list[dict[str, Any]]] = {}
    for relation in relations():
        by_doc.setdefault(relation["doc"], []).append(relation)

    called = []
    for doc, listed in by_doc.items():
        broken = [one for one in listed if one["verdict"] == "BROKEN"]
        for finding in found[doc]:
            if finding.severity != "wrong":
                continue
            if not any(touching([finding], one) for one in broken):
                called.append((doc, finding.code))
    print(f"wrong without a broken relation: {called}")
    assert called == []


def test_every_finding_is_justified_by_the_gold(found):
    extra = []
    for doc, listed in found.items():
        broken = [one for one in relations() if one["doc"] == doc and one["verdict"] == "BROKEN"]
        extra += [
            (doc, one.code, one.start)
            for one in listed
            if not any(touching([one], r) for r in broken)
        ]
    print(f"findings beyond the gold: {extra}")
    assert extra == []
