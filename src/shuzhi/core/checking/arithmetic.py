"""The arithmetic a report does without saying so, done again: totals, parts, rates, growth, products, counts, repeats, years.

Every claim is recomputed exactly, within the rounding that the text itself shows. `wrong` means that it cannot be true as
written, `unexplained` that it does not follow from what is written, `warning` that units or years do not agree. Nothing
here knows what a village ought to have: only what the text says of itself.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shuzhi.core.checking.arithmetic_balances import find_balances
from shuzhi.core.checking.arithmetic_changes import find_changes
from shuzhi.core.checking.arithmetic_counts import find_counts
from shuzhi.core.checking.arithmetic_growth import find_growth
from shuzhi.core.checking.arithmetic_leads import find_leads
from shuzhi.core.checking.arithmetic_parts import find_parts
from shuzhi.core.checking.arithmetic_products import find_products
from shuzhi.core.checking.arithmetic_rates import find_rates
from shuzhi.core.checking.arithmetic_repeats import find_repeats
from shuzhi.core.checking.arithmetic_shares import (
    find_all_but,
    find_fractions,
    find_households,
    find_lists,
    find_named_shares,
    find_overfull,
    find_pairs,
    find_shares,
    find_taken_out,
)
from shuzhi.core.checking.arithmetic_standards import find_standards
from shuzhi.core.checking.arithmetic_sums import find_sums
from shuzhi.core.checking.arithmetic_units import find_units
from shuzhi.core.checking.arithmetic_view import make_view
from shuzhi.core.checking.arithmetic_years import find_years
from shuzhi.core.checking.model import Finding, FindingKind

if TYPE_CHECKING:
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("ARITHMETIC_001", "wrong", "arithmetic"),  # total smaller than its list
    FindingKind("ARITHMETIC_002", "unexplained", "arithmetic"),  # total larger than its list
    FindingKind("ARITHMETIC_003", "wrong", "arithmetic"),  # part larger than its whole
    FindingKind("ARITHMETIC_004", "wrong", "arithmetic"),  # fewer persons than households
    FindingKind("ARITHMETIC_005", "wrong", "arithmetic"),  # a share above 100 %
    FindingKind("ARITHMETIC_006", "wrong", "arithmetic"),  # rate against numerator and denominator
    FindingKind("ARITHMETIC_007", "wrong", "arithmetic"),  # growth rate against both ends
    FindingKind("ARITHMETIC_008", "wrong", "arithmetic"),  # increase against both ends
    FindingKind("ARITHMETIC_009", "wrong", "arithmetic"),  # word of growth against the direction
    FindingKind("ARITHMETIC_010", "wrong", "arithmetic"),  # quantity × standard against the total
    FindingKind("ARITHMETIC_011", "wrong", "arithmetic"),  # average against total and count
    FindingKind("ARITHMETIC_012", "wrong", "arithmetic"),  # remainder against whole and done
    FindingKind("ARITHMETIC_013", "wrong", "arithmetic"),  # 四个方面 against the list that follows
    FindingKind("ARITHMETIC_014", "wrong", "arithmetic"),  # 三村 against the names
    FindingKind("ARITHMETIC_015", "wrong", "arithmetic"),  # the same figure with two values
    FindingKind("ARITHMETIC_016", "wrong", "arithmetic"),  # half a year above the year
    FindingKind("ARITHMETIC_017", "wrong", "arithmetic"),  # all of them, and some left
    FindingKind("ARITHMETIC_018", "wrong", "arithmetic"),  # a day no calendar has
    FindingKind("ARITHMETIC_019", "warning", "arithmetic"),  # a range written backwards
    FindingKind("ARITHMETIC_020", "warning", "arithmetic"),  # a year that is not the report's
    FindingKind("ARITHMETIC_021", "warning", "arithmetic"),  # compared with a later year
    FindingKind("ARITHMETIC_022", "warning", "arithmetic"),  # 万 without 元
    FindingKind("ARITHMETIC_023", "warning", "arithmetic"),  # 元 and 万元 in one list
    FindingKind("ARITHMETIC_024", "info", "arithmetic"),  # 公里 and 千米 in one paragraph
    FindingKind("ARITHMETIC_025", "unexplained", "arithmetic"),  # an amount absurd by orders
    FindingKind("ARITHMETIC_026", "wrong", "arithmetic"),  # shares that do not make 100
    FindingKind("ARITHMETIC_027", "warning", "arithmetic"),  # % where percentage points are meant
    FindingKind(
        "ARITHMETIC_028", "wrong", "arithmetic"
    ),  # income less expenditure against the balance
)

_DETECTORS: Final = (
    find_balances,
    find_sums,
    find_parts,
    find_rates,
    find_growth,
    find_products,
    find_counts,
    find_repeats,
    find_years,
    find_units,
    find_shares,
    find_overfull,
    find_lists,
    find_taken_out,
    find_households,
    find_all_but,
    find_pairs,
    find_named_shares,
    find_fractions,
    find_changes,
    find_standards,
    find_leads,
)


#: Findings about units as written: 万 without 元, 元 beside 万元, 公里 beside 千米.
_WRITING: Final = frozenset({"ARITHMETIC_022", "ARITHMETIC_023", "ARITHMETIC_024"})


def find_arithmetic(study: Study) -> Iterator[Finding]:
    """Everything in a draft that does not come out; one finding for a relation, the first detector's."""
    view = make_view(study)
    seen: set[tuple[int, int]] = set()
    told: dict[tuple[int, int], list[set[tuple[int, int]]]] = {}
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for detector in _DETECTORS:
        for finding in detector(view):
            place = (finding.start, finding.end)
            figures = {place, *finding.related}
            # one slip is told once: two of three figures of a relation already told are the same relation
            near = (one for figure in figures for one in told.get(figure, ()))
            # those of one code lie apart, so only the last that begins before this one's end may reach into it
            same = spans[finding.code]
            behind = bisect.bisect_left(same, (place[1], 0))
            over = behind > 0 and same[behind - 1][1] > place[0]
            # how amounts are written is another matter than whether they add up
            is_told = finding.code not in _WRITING and any(len(figures & one) > 1 for one in near)
            if over or is_told or (place in seen and finding.code not in _WRITING):
                continue
            seen.add(place)
            same.insert(behind, place)
            for figure in figures:
                told.setdefault(figure, []).append(figures)
            yield finding
