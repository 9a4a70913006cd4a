"""The household and person registers of the demonstration county, drawn from `shuzhi.demo.world`.

Every other ledger of the demonstration refers to these households and people by their numbers. Which of them live in the
village all year is decided here by their place in the list; nothing here knows what the indicators make of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.demo.world import Household, households, villages

#: every household was entered when the registers were set up, long before the first book was opened
_SET_UP = "2019-01-01"
#: one household in this many has left as a whole
_AWAY_HOUSEHOLDS = 11
#: among households that stay, one grown-up son or daughter in this many works away
_AWAY_PERSONS = 3


def is_away(household: Household) -> bool:
    """Whether the whole household lives elsewhere for most of the year."""
    return int(household.number) % _AWAY_HOUSEHOLDS == 0


def was_poor(household: Household) -> bool:
    """Whether the household stood on the list of poor households before the villages left poverty."""
    return int(household.number) % 9 == 4


def registered_on(birth: str) -> str:
    """The day a person was entered: with the first registers, or at birth when born later."""
    return max(_SET_UP, birth)


def _household_row(household: Household) -> dict[str, object]:
    return {
        "number": household.number,
        "group": household.group,
        "head": household.members[0].name,
        "address": f"{household.group}{int(household.number)}号",
        "category": "脱贫户" if was_poor(household) else "一般农户",
        "residence": "全家外出" if is_away(household) else "常住",
        "registered_on": _SET_UP,
    }


def _person_rows(household: Household) -> Iterator[dict[str, object]]:
    for place, member in enumerate(household.members):
        grown_child = member.relation in ("之子", "之女") and member.birth < "2004"
        away = is_away(household) or (
            grown_child and (int(household.number) + place) % _AWAY_PERSONS == 0
        )
        yield {
            "number": member.number,
            "household": household.number,
            "name": member.name,
            "identity_number": member.identity_number,
            "relation": member.relation,
            "sex": member.sex,
            "birth": member.birth,
            "residence": "外出" if away else "常住",
            "registered_on": registered_on(member.birth),
        }


def rows() -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    """All rows of the registers: (ledger key, organisation code, rows as a person types them)."""
    for village in villages():
        found = households(village.code)
        yield "household", village.code, [_household_row(h) for h in found]
        yield "person", village.code, [row for h in found for row in _person_rows(h)]
