"""One township with a million records: 23 villages, thirty of the shipped ledgers, written by the actions the office itself uses.

``python -m benchmarks.office_data sqlite:////tmp/big.sqlite3 --records 1000000`` makes it; households and persons first, because other
rows speak of them. A hundredth of the rows waits for approval, a few are returned or withdrawn. Every seal, posting and cell is whole.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: what a bench clerk keeps; the first two are what the others speak of
LEDGERS = (
    "household", "person", "orchard", "specialty_crop", "vegetable", "livestock", "grain", "greenhouse", "housing", "utilities", "toilet",
    "living_environment", "greening", "afforestation", "dispute", "volunteer_activity", "road", "water_works", "streetlight", "sewage",
    "insurance_roll", "labor_transfer", "loan", "temporary_relief", "disaster_relief", "income_survey", "meeting", "training",
    "rectification", "party_member",
)  # fmt: skip
TOWN, VILLAGES = "990101100000", 23
CLERK, REVIEWER, LEADER = "clerk", "reviewer", "leader"

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
_WORDS = (
    "东沟", "西坡", "南湾", "北塬", "上川", "下川", "新修", "维修", "改造", "硬化", "入户", "巡查", "培训", "会议", "帮扶", "整改",
    "花椒", "核桃", "苹果", "玉米", "饮水", "路灯", "护栏", "水渠", "广场", "学校", "卫生室", "河道", "林带", "公示",
)  # fmt: skip


def _identity(chance: random.Random, number: int) -> str:
    body = f"62080220{chance.randrange(10):02d}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    return body + check


class _Maker:
    """Invents rows of one ledger that pass its rules."""

    def __init__(self, ledger: Any, units: Any, chance: random.Random, year: int):
        from shuzhi.core.ledgers import ColumnPlan, compile_reader

        self.ledger, self.chance, self.year = ledger, chance, year
        self.fields = [f for f in ledger.fields if not f.computed]
        self.reader = compile_reader(
            ledger, units, [ColumnPlan(f.key, i, f.title.zh) for i, f in enumerate(self.fields)]
        )

    def _value(self, field: Any, number: int, known: dict[str, list[str]]) -> object:
        chance, key = self.chance, field.key
        is_key = key in self.ledger.identified_by
        if not (field.required or is_key or key == self.ledger.date) and chance.random() < 0.2:
            return None
        if field.type == "reference":
            keys = known.get(field.ledger)
            return keys[number % len(keys)] if keys else None
        if field.type == "choice":
            return field.options[chance.randrange(len(field.options))]
        if field.type in ("integer", "quantity"):
            low = int(field.min or 0)
            high = int(min(field.max, 400)) if field.max is not None else 400
            if is_key:
                return self.year
            whole = chance.randint(low, max(low, high))
            return whole if field.type == "integer" else f"{whole}.{chance.randrange(10)}"
        if field.type == "date":
            if key == self.ledger.until:
                return None
            return f"{self.year}-{1 + chance.randrange(12):02d}-{1 + chance.randrange(28):02d}"
        if field.type == "month":
            return f"{self.year}-{1 + number % 12:02d}"
        if field.type == "boolean":
            return chance.random() < 0.5
        if field.type == "identity_number":
            return _identity(chance, number)
        if field.type == "phone":
            return f"138{chance.randrange(10**8):08d}"
        if is_key:
            return f"{number:05d}"
        if field.personal:
            return chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
        return "".join(chance.choices(_WORDS, k=3))

    def rows(self, count: int, known: dict[str, list[str]]) -> Iterator[Any]:
        """At most `count` drafts that can be written."""
        number = misses = 0
        seen: set[str] = set()
        while len(seen) < count and misses < 200 + count // 2:
            number += 1
            draft = self.reader.read([self._value(f, number, known) for f in self.fields], number)
            if draft is None or draft.payload is None or (draft.key in seen):
                misses += 1
                continue
            seen.add(draft.key)
            yield draft


def fill(records: int, *, year: int = 2023, seed: int = 7) -> int:
    """Fill the empty database Django points at; returns how many records there are. Made anew, the same seed gives the same office."""
    from django.core.management import call_command
    from django.db import transaction

    from shuzhi.apps import storage
    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.books.actions import open_books
    from shuzhi.apps.books.posting import approve_records
    from shuzhi.apps.ledgers.actions import return_records, submit_drafts, withdraw_records
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.core.ledgers import finish_rows

    call_command("migrate", verbosity=0, interactive=False)
    county = "990101000000"
    units = [
        {"code": county, "name": "示例县", "level": "county", "parent": ""},
        {"code": TOWN, "name": "示范镇", "level": "township", "parent": county},
    ]
    villages = [f"{TOWN[:9]}{201 + i}" for i in range(VILLAGES)]
    units += [
        {"code": code, "name": f"村{i + 1}", "level": "village", "parent": TOWN}
        for i, code in enumerate(villages)
    ]
    with transaction.atomic():
        audit.start_clock()
    open_units(SYSTEM, units)
    for name in (CLERK, REVIEWER, LEADER):
        create_account(SYSTEM, name, name)
        give_post(SYSTEM, name, county, name, from_date="2020-01-01")
    for i, code in enumerate(villages):
        create_account(SYSTEM, f"{CLERK}{i + 1}", f"记账员{i + 1}")
        give_post(SYSTEM, f"{CLERK}{i + 1}", code, CLERK, from_date="2020-01-01")
    open_books(get_actor(LEADER), county, year)
    clerk, reviewer = get_actor(CLERK), get_actor(REVIEWER)
    defs, chance = definitions(), random.Random(seed)
    households = min(1000, max(5, records // (VILLAGES * 40)))
    plan = {"household": households, "person": households * 4}
    known: dict[str, dict[str, list[str]]] = {v: {} for v in villages}
    written = 0
    for index, key in enumerate(LEDGERS):
        # what a ledger of one row per household could not take, the later ones do
        each = max(3, (records - written) // (VILLAGES * (len(LEDGERS) - index)))
        ledger = defs.catalogue.ledgers[key]
        maker = _Maker(ledger, defs.units, chance, year)
        for village in villages:
            drafts = list(maker.rows(plan.get(key, each), known[village]))
            finish_rows(ledger, drafts)
            known[village][key] = [d.key for d in drafts]
            written += len(drafts)
            made = submit_drafts(clerk, key, village, drafts, source=f"{ledger.title.zh}.xlsx")
            waiting = made.records[:: 100 if key not in ("household", "person") else 10**9]
            kept = set(waiting)
            approve_records(reviewer, [r for r in made.records if r not in kept])
            if len(waiting) > 5:
                return_records(reviewer, waiting[:2], reason="日期与凭证不符")
                withdraw_records(clerk, waiting[2:4], reason="重复登记")
    storage.execute("ANALYZE")
    return int(storage.fetch("SELECT COUNT(*) FROM record")[0][0])


def main() -> None:
    """Make the office in the database a URL names."""
    parser = argparse.ArgumentParser(prog="benchmarks.office_data", description=__doc__)
    parser.add_argument("url", help="an empty database: sqlite:////tmp/big.sqlite3, postgresql://…")
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    os.environ["DATABASE_URL"] = given.url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
    import django

    django.setup()
    started = time.perf_counter()
    count = fill(given.records)
    size = Path(given.url.removeprefix("sqlite:///"))
    told = f", {size.stat().st_size / 2**20:,.0f} MB" if size.exists() else ""
    print(f"{count:,} records in {time.perf_counter() - started:.0f} s{told}")


if __name__ == "__main__":
    main()
