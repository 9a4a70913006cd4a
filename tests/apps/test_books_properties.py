"""What must hold of the books whatever people do, in whatever order, on both engines.

Random sequences of recording, revising, approving, returning, withdrawing, closing, reopening, merging, splitting, moving and
renaming; the promises of docs/algorithms/posting.md are asserted at the end of each.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shuzhi.apps import storage
from tests.apps.play import ALL_TIME, CLOSINGS, LOOK, REFORMS, ROWS, Play, sequences
from tests.support.office import ENGINES, office

#: PostgreSQL makes a database for each example, which costs a tenth of a second and more
EXAMPLES = {"sqlite": 40, "postgresql": 8}


def _settings(engine: str, times: int = 1) -> settings:
    return settings(
        max_examples=EXAMPLES[engine] * times,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_figures_are_what_counting_the_rows_gives(engine: str, tmp_path: Path) -> None:
    @_settings(engine)
    @given(sequences())
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office(engine, tmp_path) as made:
            play = Play(made)

            play.play(acts)

            play.check_by_hand()
            play.check_memory()
            play.check_parents()
            play.check_traces(by_hand=True)
            assert made.is_sound()

    check()


@pytest.mark.parametrize("engine", ENGINES)
def test_closing_moves_corrections_but_loses_nothing(engine: str, tmp_path: Path) -> None:
    @_settings(engine)
    @given(sequences(CLOSINGS, CLOSINGS, LOOK))
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office(engine, tmp_path) as made:
            play = Play(made)

            play.play(acts)

            play.check_by_hand(periods=[ALL_TIME], known=False)
            play.check_parents()
            play.check_traces(by_hand=False)
            play.check_looks()
            assert made.is_sound()

    check()


@pytest.mark.parametrize("engine", ENGINES)
def test_reforms_add_up_again_and_leave_the_past_alone(engine: str, tmp_path: Path) -> None:
    @_settings(engine)
    @given(sequences(REFORMS, LOOK))
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office(engine, tmp_path) as made:
            play = Play(made)

            play.play(acts)

            play.check_by_hand()
            if not play.was_split:  # the book in memory knows no transfers
                play.check_memory()
            play.check_parents()
            play.check_traces(by_hand=False)
            play.check_looks()
            assert made.is_sound()

    check()


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_together_stays_sound(engine: str, tmp_path: Path) -> None:
    @_settings(engine)
    @given(sequences(CLOSINGS, REFORMS, LOOK))
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office(engine, tmp_path) as made:
            play = Play(made)

            play.play(acts)

            play.check_by_hand(periods=[ALL_TIME], known=False)
            play.check_parents()
            play.check_traces(by_hand=False)
            play.check_looks()
            assert made.is_sound()

    check()


def _cells() -> dict[str, Any]:
    """Cells and participations that are not empty, by names that do not depend on the order of work."""
    names = dict(storage.fetch("SELECT id, key FROM indicator"))
    cells = storage.fetch(
        'SELECT organisation_id, month, indicator_id, amount, "rows", blanks FROM cell'
    )
    subjects = storage.fetch(
        'SELECT organisation_id, month, indicator_id, subject, amount, "rows" FROM participation'
    )
    return {
        "cells": sorted((o, m, names[i], *v) for o, m, i, *v in cells if any(v)),
        "subjects": sorted((o, m, names[i], s, *v) for o, m, i, s, *v in subjects if any(v)),
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_approvals_does_not_matter(engine: str, tmp_path: Path) -> None:
    @_settings(engine)
    @given(
        st.lists(st.lists(ROWS, min_size=2, max_size=10), min_size=1, max_size=3),
        st.randoms(use_true_random=False),
    )
    def check(rounds: list[list[tuple[Any, ...]]], chance: random.Random) -> None:
        seed = chance.random()
        results = []
        for shuffled in (False, True):
            with office(engine, tmp_path) as made:
                play = Play(made)
                order = random.Random(seed)
                for rows in rounds:
                    play.play(rows)
                    waiting = [r.id for r in play._waiting()]
                    if shuffled:
                        order.shuffle(waiting)
                        for record in waiting:
                            made.approve(record)
                    elif waiting:
                        made.approve(*waiting)
                    for record in waiting:
                        play.rows[record].approve()
                results.append(_cells())

        assert results[0] == results[1]

    check()
