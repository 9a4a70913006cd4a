"""Held-out drafts of the evaluation: how well figures are read, planted errors found and clean drafts left alone.

The full measurement is `make evaluate`; here a sample, with the thresholds that must not be undercut.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import pytest
from evaluation.composing import ERROR_KINDS, make_draft
from evaluation.model import KnownDraft
from evaluation.scoring import Tally, measure, table
from evaluation.wordings import wording_of

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking import lexicon_of

SAMPLE = range(60)


@pytest.fixture(scope="module", params=["held", "unseen"])
def drafts(request: pytest.FixtureRequest) -> list[KnownDraft]:
    return [make_draft(request.param, number) for number in SAMPLE]


@pytest.fixture(scope="module")
def tally(drafts: list[KnownDraft]) -> Tally:
    made = measure(drafts, lexicon_of(shipped_catalogue()))
    print("\n" + table(made))
    return made


def test_figures_are_read_where_they_stand_and_for_what_they_are_worth(tally: Tally) -> None:
    assert tally.f1 >= 0.95


def test_planted_errors_are_found(tally: Tally) -> None:
    assert tally.found_share >= 0.85


def test_a_clean_draft_raises_at_most_one_false_alarm(tally: Tally) -> None:
    assert tally.alarms_per_clean <= 1


# ── the drafts themselves ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_seed_always_gives_the_same_draft() -> None:
    first, again = make_draft("dev", 7), make_draft("dev", 7)

    assert first.draft.text == again.draft.text
    assert first.figures == again.figures
    assert first.planted == again.planted


def test_a_third_of_the_drafts_is_clean_and_the_rest_is_broken_in_many_ways() -> None:
    drafts = [make_draft("dev", number) for number in range(120)]

    kinds = Counter(error.kind for one in drafts for error in one.planted)

    assert sum(one.is_clean for one in drafts) == 40
    assert set(kinds) <= set(ERROR_KINDS)
    assert len(kinds) >= 40


def test_every_figure_stands_where_it_is_said_to(drafts: list[KnownDraft]) -> None:
    for one in drafts:
        text = one.draft.text
        for figure in one.figures:
            words = text[figure.start : figure.end]
            assert re.search(r"[\d０-９一二三四五六七八九十百两Xx×*%％]", words), (one.name, words)
            assert words == words.strip(), (one.name, words)
        for before, after in zip(one.figures, one.figures[1:], strict=False):
            assert before.end <= after.start, one.name


def test_the_two_sets_share_no_sentence_no_name_and_no_slip() -> None:
    dev, held = wording_of("dev"), wording_of("held")

    for part in dataclasses.fields(dev):
        ours, theirs = getattr(dev, part.name), getattr(held, part.name)
        if part.name == "sentences" or part.name == "heads":
            ours = [text for texts in ours.values() for text in texts]
            theirs = [text for texts in theirs.values() for text in texts]
        assert not {str(one) for one in ours} & {str(one) for one in theirs}, part.name


def test_the_sets_are_rich_enough_to_mean_something() -> None:
    sets = wording_of("dev"), wording_of("held")

    assert sum(len(texts) for one in sets for texts in one.sentences.values()) >= 250
    assert sum(len(one.slips) for one in sets) >= 60
    traps = {
        trap
        for one in sets
        for texts in [*one.sentences.values(), one.fillers, one.problems]
        for text in texts
        for trap in re.findall("«([^»]*)»", text)
    }
    assert len(traps) >= 80
