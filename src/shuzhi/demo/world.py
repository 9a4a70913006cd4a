"""The invented county of the demonstration: its units, groups, households and people, made deterministically.

Names are the heavenly stems and earthly branches so that nobody takes them for a real place; the division codes begin with 99,
which no province has. Row generators in this folder draw on these households, so that every ledger speaks of the same people.
Nothing here reads a clock or a random source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

COUNTY = "990101000000"
TOWN = "990101100000"  #: 示范镇: the party committee's report (genre of seed 002)
TOWNSHIP = "990101200000"  #: 样板乡: the leading team's report (genre of seed 003)
VILLAGE_A = "990101100201"  #: 甲村: both committees' report 2023 (genre of seed 000)
VILLAGE_B = "990101100202"  #: 乙村: the branch secretary's summary 2023 (genre of seed 001)
VILLAGE_C = "990101100203"  #: 丙村: the general branch secretary's report 2022 (genre of seed 004)


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation of the demonstration county."""

    code: str
    name: str
    full_name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class Person:
    """A villager; the identity number has a valid check digit and an impossible region code (99…)."""

    number: str  #: household number + two digits
    name: str
    relation: str
    sex: str
    birth: str
    identity_number: str


@dataclass(frozen=True, slots=True)
class Household:
    """A household with its members; the first member is the head."""

    number: str  #: unique in the village, "001" …
    group: str
    members: tuple[Person, ...]

    @property
    def size(self) -> int:
        return len(self.members)


_TOWN_VILLAGES = "甲乙丙丁戊己庚辛"
_TOWNSHIP_VILLAGES = "子丑寅卯辰巳午未申酉戌亥"
_GROUPS = ("一组", "二组", "三组", "四组", "五组", "六组")
#: how many households each village registers; every village is small enough to read through by hand
_HOUSEHOLDS = {VILLAGE_A: 150, VILLAGE_B: 180, VILLAGE_C: 120}
_SIZES = (5, 4, 6, 3, 5, 4, 7, 2, 5, 6, 4, 3, 5, 1, 6, 4)
_SURNAMES = "东南西北春夏秋冬金木水火土天地山"
_GIVEN = "一二三四五六七八九十百千万"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@cache
def units() -> tuple[Unit, ...]:
    """County, two townships and their villages, parents first."""
    found = [
        Unit(COUNTY, "示例县", "示例县", "county", ""),
        Unit(TOWN, "示范镇", "示例县示范镇", "township", COUNTY),
        Unit(TOWNSHIP, "样板乡", "示例县样板乡", "township", COUNTY),
    ]
    for names, parent, prefix in (
        (_TOWN_VILLAGES, TOWN, "示范镇"),
        (_TOWNSHIP_VILLAGES, TOWNSHIP, "样板乡"),
    ):
        for index, name in enumerate(names, 201):
            code = f"{parent[:9]}{index}"
            found.append(Unit(code, f"{name}村", f"示例县{prefix}{name}村", "village", parent))
    return tuple(found)


def villages(parent: str | None = None) -> tuple[Unit, ...]:
    """All villages, or those of one township."""
    return tuple(u for u in units() if u.level == "village" and parent in (None, u.parent))


def groups(village: str) -> tuple[str, ...]:
    """The villagers' groups (村民小组) of a village: three to six of them."""
    return _GROUPS[: 3 + int(village[9:]) % 4]


def _identity_number(village: str, index: int, birth: str, male: bool) -> str:
    order = (index * 2 + (1 if male else 0)) % 1000
    body = f"99{village[6]}{village[9:]}{birth.replace('-', '')}{order:03d}"
    check = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[check]


@cache
def households(village: str) -> tuple[Household, ...]:
    """The village's registered households with their members."""
    count = _HOUSEHOLDS.get(village, 60 + int(village[9:]) % 7 * 5)
    offset = int(village[8:]) * 7
    found = []
    order = 0
    for index in range(count):
        number = f"{index + 1:03d}"
        size = _SIZES[(index + offset) % len(_SIZES)]
        surname = _SURNAMES[(index * 5 + offset) % len(_SURNAMES)]
        members = []
        for place in range(size):
            relation, male, age = (
                ("户主", index % 5 != 0, 38 + index % 30),
                ("配偶", index % 5 == 0, 36 + index % 30),
                ("之子", True, 8 + index % 20),
                ("之女", False, 6 + index % 18),
                ("之父", True, 64 + index % 20),
                ("之母", False, 62 + index % 20),
                ("之孙", True, 1 + index % 5),
            )[place]
            birth = (
                f"{2022 - age}-{1 + (index + place) % 12:02d}-{1 + (index * 3 + place) % 28:02d}"
            )
            given = (
                _GIVEN[(index + place * 3) % len(_GIVEN)]
                + _GIVEN[(index // len(_GIVEN) + place) % len(_GIVEN)]
            )
            order += 1
            members.append(
                Person(
                    f"{number}{place + 1:02d}",
                    surname + given,
                    relation,
                    "男" if male else "女",
                    birth,
                    _identity_number(village, order, birth, male),
                )
            )
        found.append(
            Household(number, groups(village)[index % len(groups(village))], tuple(members))
        )
    return tuple(found)


def choose(candidates: Sequence[Household], count: int, persons: int) -> list[Household]:
    """Exactly `count` households with exactly `persons` members together, in order of number.

    Starts from the first `count` and swaps single households until the sum fits. Raises ValueError when it cannot.
    """
    chosen = list(candidates[:count])
    rest = list(candidates[count:])
    difference = persons - sum(h.size for h in chosen)
    while difference:
        best: tuple[int, int, int] | None = None
        for i, inside in enumerate(chosen):
            for j, outside in enumerate(rest):
                left = abs(difference - (outside.size - inside.size))
                if left < abs(difference) and (best is None or left < best[0]):
                    best = (left, i, j)
        if best is None or len(chosen) != count:
            raise ValueError(
                f"no {count} households with {persons} persons among {len(candidates)}"
            )
        _, i, j = best
        chosen[i], rest[j] = rest[j], chosen[i]
        difference = persons - sum(h.size for h in chosen)
    return sorted(chosen, key=lambda h: h.number)
