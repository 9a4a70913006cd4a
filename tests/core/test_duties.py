"""Which months a ledger that is kept month by month still owes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core.duties import ENOUGH, REACH, WINDOW, is_due, missing_months
from shuzhi.core.periods import add_months

MONTHS = st.sets(st.integers(0, 47).map(lambda n: add_months(202001, n)))


def test_three_of_six_months_make_the_next_one_due() -> None:
    assert is_due({202207, 202209, 202211}, 202301)
    assert not is_due({202207, 202209}, 202301)
    assert not is_due({202206, 202207, 202209}, 202301), "June is seven months back"


def test_a_ledger_given_up_is_due_no_more_after_half_a_year() -> None:
    kept = {202301, 202302, 202303}

    assert missing_months(kept, range(202301, 202313)) == [202304, 202305, 202306, 202307]


def test_what_paused_in_the_same_month_last_year_is_not_due() -> None:
    sowing = {202203, 202204, 202205, 202303, 202304, 202305}

    assert missing_months(sowing, range(202306, 202309)) == []


def test_an_office_that_began_late_last_year_owes_every_month_of_this_one() -> None:
    kept = {202211, 202212, 202301}

    assert missing_months(kept, [202302, 202303]) == [202302, 202303]


def test_a_month_forgotten_between_kept_ones_is_missing() -> None:
    kept = set(range(202201, 202213)) | {202301, 202303}

    assert missing_months(kept, range(202301, 202304)) == [202302]


@given(MONTHS, st.integers(16, 47).map(lambda n: add_months(202001, n)))
def test_only_the_months_within_reach_decide(kept: set[int], month: int) -> None:
    near = {m for m in kept if add_months(month, -REACH) <= m < month}

    assert is_due(kept, month) == is_due(near, month)


@given(MONTHS)
def test_nothing_is_missing_where_it_was_kept(kept: set[int]) -> None:
    months = [add_months(202101, n) for n in range(24)]

    assert not set(missing_months(kept, months)) & kept
    assert ENOUGH <= WINDOW
