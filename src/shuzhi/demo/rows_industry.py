"""Demonstration rows of the industry ledgers: orchards, vegetables, sheds, animals, crops, plants, visitors.

What the reports say (480 亩 of orchard, 71 households with 331 persons, 61 head of cattle …) is told here over single
households and plots of `shuzhi.demo.world`, so that every figure of a report ends in rows. One fund of 乙村 has no
purpose written down, as in real books; the relation over the industry funds must find it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from shuzhi.demo.shares import day, month_end, pick, spread, spread_whole
from shuzhi.demo.world import (
    TOWN,
    TOWNSHIP,
    VILLAGE_A,
    VILLAGE_B,
    VILLAGE_C,
    Household,
    choose,
    groups,
    households,
    villages,
)

Row = dict[str, object]
Batch = tuple[str, str, list[Row]]

_STANDARD = Decimal(500)
_TOWN_VILLAGES = tuple(v.code for v in villages(TOWN))
_TOWNSHIP_VILLAGES = tuple(v.code for v in villages(TOWNSHIP))


def _turn(village: str) -> int:
    return int(village[9:]) - 200


# ── orchards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#: village → plots, bearing, young, prime area
_ORCHARDS = {
    VILLAGE_A: (70, "240.5", "361", "183"),
    VILLAGE_B: (90, "210", "270", "96.5"),
    VILLAGE_C: (40, "128.4", "61.2", "74.8"),
}


def _orchard_rows(village: str) -> list[Row]:
    turn = _turn(village)
    count, bearing, young, prime = _ORCHARDS.get(
        village, (18, f"{40 + turn * 6}", f"{22 + turn * 3}", f"{21 + turn * 2}")
    )
    keepers = households(village)
    parts = zip(spread(bearing, count), spread(young, count), spread(prime, count), strict=True)
    return [
        {
            "date": "2021-12-31",
            "plot": f"G{index + 1:03d}",
            "household": pick(keepers, index).number,
            "place": f"{pick(keepers, index).group}{pick(('塬上', '坡台', '沟口'), index)}",
            "variety": pick(("苹果", "苹果", "梨", "核桃"), index + turn),
            "bearing_area": bearing_area,
            "young_area": young_area,
            "prime_area": prime_area,
        }
        for index, (bearing_area, young_area, prime_area) in enumerate(parts)
    ]


def _management_rows(village: str, year: int, keepers: Sequence[Household], area: str) -> list[Row]:
    """One row for each household, and a second one for every sixth, which did both kinds of work."""
    works = [
        (keeper, pick(("标准化管理", "间作套种"), index)) for index, keeper in enumerate(keepers)
    ]
    works += [
        (keeper, pick(("间作套种", "标准化管理"), index * 6))
        for index, keeper in enumerate(keepers[::6])
    ]
    return [
        {
            "date": day(year, 9, index),
            "household": keeper.number,
            "work": work,
            "declared_area": part + (Decimal("0.2") if index % 9 == 0 else 0),
            "verified_area": part,
            "standard": _STANDARD,
            "pay_state": "已付",
        }
        for index, ((keeper, work), part) in enumerate(
            zip(works, spread(area, len(works), turn=_turn(village)), strict=True)
        )
    ]


def _orchard_management(village: str) -> list[Row]:
    found = households(village)
    if village == VILLAGE_B:
        last_year = _management_rows(village, 2022, found[3:43], "118.6")
        return last_year + _management_rows(village, 2023, choose(found, 71, 331), "227.74")
    count = 28 if village == VILLAGE_A else 14
    return _management_rows(village, 2023, found[5 : 5 + count], f"{count * 3 + _turn(village)}.35")


# ── vegetables and sheds ──────────────────────────────────────────────────────────────────────────────────────────────

_CROPS = ("甘蓝", "大白菜", "西红柿", "辣椒", "芹菜", "洋芋")


def _open_field_rows(
    village: str, year: int, keepers: Sequence[Household], area: str, *, subsidised: bool
) -> list[Row]:
    rows: list[Row] = []
    for index, (keeper, part) in enumerate(
        zip(keepers, spread(area, len(keepers), turn=_turn(village)), strict=True)
    ):
        row: Row = {
            "date": day(year, 4 + index % 3, index),
            "household": keeper.number,
            "facility": "露地",
            "crop": pick(_CROPS, index),
            "area": part,
        }
        if subsidised:
            row |= {"verified_area": part, "standard": _STANDARD, "pay_state": "已付"}
        rows.append(row)
    return rows


def _shed_crop_rows(village: str, keepers: Sequence[Household], area: str) -> list[Row]:
    return [
        {
            "date": day(2023, 2 + index % 2, index),
            "household": keeper.number,
            "facility": "拱棚",
            "crop": pick(_CROPS, index + 2),
            "area": part,
        }
        for index, (keeper, part) in enumerate(
            zip(keepers, spread(area, len(keepers), turn=_turn(village)), strict=True)
        )
    ]


def _vegetable(village: str) -> list[Row]:
    found = households(village)
    if village == VILLAGE_A:
        return [
            *_open_field_rows(village, 2023, found[10:58], "180", subsidised=False),
            *_shed_crop_rows(village, found[60:106], "96.6"),
        ]
    if village == VILLAGE_B:
        return [
            *_open_field_rows(village, 2022, found[20:60], "86.3", subsidised=True),
            *_open_field_rows(
                village, 2023, choose(found[8:] + found[:8], 66, 322), "143.09", subsidised=True
            ),
            *_shed_crop_rows(village, found[70:82], "25.2"),
        ]
    turn = _turn(village)
    return [
        *_open_field_rows(village, 2023, found[2:14], f"{24 + turn}.5", subsidised=True),
        *_shed_crop_rows(village, found[20:28], f"{15 + turn}.2"),
    ]


#: village → sheds and the rows they stand in, solar greenhouses
_SHEDS = {VILLAGE_A: (92, 46, 18), VILLAGE_B: (24, 12, 6)}


def _greenhouse(village: str) -> list[Row]:
    found = households(village)
    sheds, shed_rows, solar = _SHEDS.get(village, (16, 8, 2))
    rows: list[Row] = []
    for index in range(solar):
        row: Row = {
            "date": "2021-12-31",
            "number": f"W{index + 1:03d}",
            "household": found[100 % len(found) - index - 1].number,
            "kind": "日光温室",
            "units": 1,
            "area": pick((Decimal("1.2"), Decimal("1.1"), Decimal("1.3")), index),
            "site": f"{groups(village)[0]}温室园区",
            "built_on": day(2018 + index % 3, 10, index),
            "roof": "棉帘",
            "state": "在用",
        }
        if village == VILLAGE_A and index < 8:
            row["refit_on"] = day(2023, 10, index)
        rows.append(row)
    for index, units in enumerate(spread_whole(sheds, shed_rows, _turn(village))):
        built = day(2022, 3, index) if index % 8 == 5 else day(2017 + index % 4, 3, index)
        rows.append(
            {
                "date": max(built, "2021-12-31"),
                "number": f"P{index + 1:03d}",
                "household": pick(found, 60 + index).number,
                "kind": "钢架大拱棚",
                "units": units,
                "area": units * Decimal("1.05"),
                "site": f"{pick(groups(village), index)}大棚区",
                "built_on": built,
                "roof": "薄膜",
                "state": "在用",
            }
        )
    return rows


# ── animals ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _movements(
    keepers: Sequence[Household],
    species: str,
    breed: str,
    purpose: str,
    movement: str,
    dates: Sequence[str],
    heads: Sequence[int],
) -> list[Row]:
    return [
        {
            "date": pick(dates, index),
            "household": keeper.number,
            "species": species,
            "breed": breed,
            "purpose": purpose,
            "movement": movement,
            "heads": count,
        }
        for index, (keeper, count) in enumerate(zip(keepers, heads, strict=True))
        if count
    ]


def _herd(
    keepers: Sequence[Household],
    species: str,
    breed: str,
    flows: Sequence[tuple[str, str, int]],
    *,
    year: int = 2023,
) -> list[Row]:
    """Rows of one species: each flow (purpose, movement, heads) shared over the keepers in the same proportions."""
    rows: list[Row] = []
    for purpose, movement, heads in flows:
        dates = (
            ["2021-12-31"]
            if movement == "期初"
            else [day(year, month, month) for month in (3, 6, 9, 11)]
        )
        rows += _movements(
            keepers, species, breed, purpose, movement, dates, spread_whole(heads, len(keepers))
        )
    return rows


def _livestock_of_b(found: Sequence[Household]) -> list[Row]:
    bought = [
        *_movements(found[:19], "牛", "红安格斯牛", "能繁母畜", "购入", [day(2023, 5)], [1] * 19),
        *_movements(found[19:28], "牛", "平凉红牛", "能繁母畜", "购入", [day(2023, 5, 2)], [1] * 9),
    ]
    return [
        *_herd(found[30:37], "牛", "平凉红牛", [("能繁母畜", "期初", 14)]),
        *_herd(found[40:45], "牛", "平凉红牛", [("育肥", "期初", 10), ("育肥", "出栏", 5)]),
        *bought,
        *_herd(found[30:35], "牛", "平凉红牛", [("幼畜", "繁殖", 15)]),
        *_herd(found[41:42], "牛", "平凉红牛", [("育肥", "死亡", 1)]),
        *_herd(
            found[50:62],
            "猪",
            "本地猪",
            [
                ("育肥", "期初", 280),
                ("幼畜", "繁殖", 420),
                ("育肥", "出栏", 260),
                ("幼畜", "出栏", 30),
                ("育肥", "自宰", 6),
                ("幼畜", "死亡", 6),
            ],
        ),
        *_herd(
            found[64:72],
            "羊",
            "绒山羊",
            [
                ("能繁母畜", "期初", 96),
                ("幼畜", "繁殖", 58),
                ("幼畜", "出栏", 31),
                ("幼畜", "死亡", 5),
            ],
        ),
    ]


def _livestock_of_town_village(village: str, found: Sequence[Household]) -> list[Row]:
    turn = _turn(village)
    return [
        *_herd(
            found[:6],
            "牛",
            "平凉红牛",
            [("能繁母畜", "期初", 20 + turn), ("幼畜", "繁殖", 12 + turn), ("幼畜", "出栏", 4)],
        ),
        *_herd(
            found[6:11],
            "牛",
            "西门塔尔牛",
            [("育肥", "期初", 18 + turn), ("育肥", "购入", 9), ("育肥", "出栏", 12)],
        ),
        *_herd(
            found[12:18],
            "猪",
            "本地猪",
            [("育肥", "期初", 70), ("育肥", "繁殖", 90 + turn), ("育肥", "出栏", 84)],
        ),
        *_herd(
            found[18:23],
            "羊",
            "绒山羊",
            [("能繁母畜", "期初", 44 + turn), ("幼畜", "繁殖", 25), ("幼畜", "出栏", 16)],
        ),
    ]


#: what the township's villages sold in 2023: species, breed, heads
_SOLD = (("羊", "黑山羊", 48200), ("猪", "本地猪", 37100), ("牛", "本地黄牛", 5400))


def _livestock_of_township(index: int, found: Sequence[Household]) -> list[Row]:
    rows: list[Row] = []
    for place, (species, breed, total) in enumerate(_SOLD):
        sold = spread_whole(total, len(_TOWNSHIP_VILLAGES), place)[index]
        keepers = found[place * 14 : place * 14 + 12]
        rows += _herd(
            keepers,
            species,
            breed,
            [
                ("育肥", "期初", sold * 6 // 10),
                ("能繁母畜", "期初", sold * 2 // 10),
                ("育肥", "繁殖", sold * 11 // 10),
                ("育肥", "出栏", sold),
            ],
        )
    return rows


# ── cattle subsidies ──────────────────────────────────────────────────────────────────────────────────────────────────


def _cattle_rows(
    keepers: Sequence[Household],
    item: str,
    breed: str,
    standard: int,
    heads: Sequence[int],
    when: tuple[int, int],
) -> list[Row]:
    year, month = when
    return [
        {
            "date": day(year, month, index),
            "policy": f"示农〔{year}〕{7 + len(item)}号",
            "item": item,
            "breed": breed,
            "household": keeper.number,
            "ear_tag": f"T{year % 100}{keeper.number}",
            "verified_heads": count,
            "standard": standard,
            "pay_state": "已付",
        }
        for index, (keeper, count) in enumerate(zip(keepers, heads, strict=True))
    ]


def _livestock_subsidy(village: str) -> list[Row]:
    found = households(village)
    if village == VILLAGE_B:
        return [
            *_cattle_rows(found[:19], "购牛补助", "红安格斯牛", 10000, [1] * 19, (2023, 6)),
            *_cattle_rows(found[19:28], "购牛补助", "平凉红牛", 5000, [1] * 9, (2023, 6)),
            *_cattle_rows(
                found[28:44], "基础母牛补助", "平凉红牛", 1000, spread_whole(24, 16), (2023, 10)
            ),
        ]
    turn = _turn(village)
    return [
        *_cattle_rows(found[:2], "购牛补助", "红安格斯牛", 10000, [1, 1], (2023, 6)),
        *_cattle_rows(found[2:4], "购牛补助", "平凉红牛", 5000, [1, 1], (2023, 6)),
        *_cattle_rows(found[4:8], "基础母牛补助", "平凉红牛", 1000, [1, 2, 1, 2], (2023, 10)),
        *_cattle_rows(
            found[:5], "见犊补母", "平凉红牛", 800, spread_whole(8 + turn, 5), (2022, 11)
        ),
        *_cattle_rows(
            found[1:7], "见犊补母", "平凉红牛", 800, spread_whole(9 + turn, 6), (2023, 11)
        ),
    ]


def _amounts(rows: Sequence[Row], quantity: str) -> dict[int, Decimal]:
    """Subsidies by year, the way the ledger computes them."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.get(quantity) is not None and row.get("standard") is not None:
            sums[int(str(row["date"])[:4])] += Decimal(str(row[quantity])) * Decimal(
                str(row["standard"])
            )
    return sums


def _industry_fund(village: str) -> list[Row]:
    """The funds that came in: exactly what was paid out, and in 乙村 one more whose purpose nobody wrote down."""
    cattle = [row for row in _livestock_subsidy(village) if row["item"] != "见犊补母"]
    items = (
        ("果园", 9, _amounts(_orchard_management(village), "verified_area")),
        ("露地蔬菜", 6, _amounts(_vegetable(village), "verified_area")),
        ("养牛", 7, _amounts(cattle, "verified_heads")),
    )
    rows: list[Row] = []
    for number, (purpose, month, sums) in enumerate(items, 1):
        for year, amount in sorted(sums.items()):
            rows.append(
                {
                    "date": day(year, month, number),
                    "batch": f"{year}-{number:02d}",
                    "purpose": purpose,
                    "source": pick(("衔接资金", "县级资金", "衔接资金"), number),
                    "policy": f"示财〔{year}〕{10 + number}号",
                    "amount": amount,
                }
            )
    if village == VILLAGE_B:
        rows.append(
            {
                "date": day(2023, 11),
                "batch": "2023-04",
                "source": "帮扶资金",
                "amount": Decimal(38460),
            }
        )
    return rows


# ── crops, bases, plants, visitors ────────────────────────────────────────────────────────────────────────────────────


def _grain_rows(village: str, crops: Sequence[tuple[str, str, int, str]], turn: int) -> list[Row]:
    """Rows of one village: (crop, season, month of sowing, area) shared over its groups."""
    found = groups(village)
    return [
        {
            "date": day(2023, month, index),
            "group": group,
            "crop": crop,
            "season": season,
            "area": part,
        }
        for crop, season, month, area in crops
        for index, (group, part) in enumerate(
            zip(found, spread(area, len(found), "0.1", turn), strict=True)
        )
    ]


def _grain() -> Iterator[Batch]:
    for village in _TOWN_VILLAGES:
        turn = _turn(village)
        crops = [
            ("小麦", "夏粮", 3, f"{180 + turn * 15}"),
            ("籽粒玉米", "秋粮", 4, f"{320 + turn * 22}.5"),
            ("小杂粮", "秋粮", 5, f"{90 + turn * 8}.2"),
        ]
        yield "grain", village, _grain_rows(village, crops, turn)
    shares = spread("52700", len(_TOWNSHIP_VILLAGES), "0.1")
    for village, share in zip(_TOWNSHIP_VILLAGES, shares, strict=True):
        turn = _turn(village)
        rice, maize, wheat, beans = spread(share, 4, "0.1", turn)
        crops = [
            ("水稻", "秋粮", 5, str(rice)),
            ("籽粒玉米", "秋粮", 5, str(maize)),
            ("小麦", "夏粮", 2, str(wheat)),
            ("豆类", "秋粮", 6, str(beans)),
        ]
        yield "grain", village, _grain_rows(village, crops, turn)


def _tobacco() -> Iterator[Batch]:
    growing = _TOWNSHIP_VILLAGES[:8]
    areas, sales = spread("6777", len(growing), "0.5"), spread("25709800", len(growing), "10")
    for place, village in enumerate(growing):
        keepers = households(village)[20:38]
        count = len(keepers)
        parts = zip(
            keepers,
            spread(areas[place], count, "0.1", place),
            spread(sales[place], count, "0.01", place),
            strict=True,
        )
        yield (
            "tobacco",
            village,
            [
                {
                    "date": day(2023, 9 + index % 3, index),
                    "household": keeper.number,
                    "kind": "白肋烟" if index % 6 == 5 else "烤烟",
                    "area": area,
                    "output": int(amount / 29),
                    "sales": amount,
                }
                for index, (keeper, area, amount) in enumerate(parts)
            ],
        )


#: crop, category, area in the township, places of the villages that grow it
_SPECIALTIES = (
    ("西葫芦", "蔬菜", "126.5", (0, 3, 7)),
    ("贝贝瓜", "瓜类", "94", (1, 4)),
    ("蜜本南瓜", "瓜类", "276.3", (0, 2, 5, 9)),
    ("京都三号百香果", "水果", "187", (6, 8, 10)),
    ("反季节人参果", "水果", "218.6", (3, 6, 11)),
    ("嫁接燕窝果", "水果", "180", (8, 10)),
)


def _specialty_crop() -> Iterator[Batch]:
    grown: dict[str, list[Row]] = defaultdict(list)
    for number, (crop, category, area, places) in enumerate(_SPECIALTIES):
        for place, share in zip(places, spread(area, len(places), "0.1", number), strict=True):
            village = _TOWNSHIP_VILLAGES[place]
            where = groups(village)[:3]
            for index, (group, part) in enumerate(
                zip(where, spread(share, len(where), "0.1", number), strict=True)
            ):
                grown[village].append(
                    {
                        "date": day(2023, 2 + number, index),
                        "group": group,
                        "grower": f"{group}种植合作社",
                        "crop": crop,
                        "category": category,
                        "area": part,
                    }
                )
    for village in _TOWN_VILLAGES:
        turn = _turn(village)
        for index, group in enumerate(groups(village)):
            herb = {
                "crop": pick(("黄芪", "柴胡", "板蓝根"), index),
                "category": "中药材",
                "area": Decimal(28 + turn * 2 + index),
            }
            grown[village].append({"date": day(2023, 4, index), "group": group, **herb})
    for village in (*_TOWN_VILLAGES, *_TOWNSHIP_VILLAGES):
        if grown[village]:
            yield "specialty_crop", village, grown[village]


def _production_base() -> list[Row]:
    bases = [
        ("果蔬种植基地", "area", 10800),
        ("果蔬种植基地", "area", 10250),
        ("粮食种植基地", "area", 3200),
        ("中药材种植基地", "area", 1450),
    ]
    bases += [
        ("肉牛养殖基地", "heads", 1260),
        ("养殖示范园", "heads", 320),
        ("养殖示范园", "heads", 265),
        ("养殖示范园", "heads", 210),
    ]
    return [
        {
            "date": day(2020 + index % 3, 5, index),
            "number": f"J{index + 1:02d}",
            "name": f"{'一二三四五六七八'[index]}号{kind}",
            "kind": kind,
            field: size,
            "state": "在用",
        }
        for index, (kind, field, size) in enumerate(bases)
    ]


def _processing() -> Iterator[Batch]:
    ham: Row = {
        "date": day(2022, 6),
        "number": "C01",
        "name": "火腿加工厂",
        "product": "火腿",
        "investment": Decimal(185),
        "started_on": day(2021, 3),
        "state": "已投产",
        "stock": 1860,
        "forecast_sales": Decimal("103.6"),
    }
    walnut: Row = {
        "date": day(2023, 4),
        "number": "C01",
        "name": "核桃加工厂",
        "product": "核桃油",
        "investment": Decimal(230),
        "started_on": day(2023, 4),
        "state": "已建成",
    }
    yield "agro_processing", _TOWNSHIP_VILLAGES[0], [ham]
    yield "agro_processing", _TOWNSHIP_VILLAGES[1], [walnut]
    for place, village in enumerate(_TOWNSHIP_VILLAGES[:4]):
        rows: list[Row] = [
            {
                "date": day(2023, 10 + index % 2, index),
                "household": keeper.number,
                "plant": "火腿加工厂",
                "product": "火腿",
                "goods": "生猪",
                "amount": Decimal(3800 + 260 * (index % 7) + 90 * place),
            }
            for index, keeper in enumerate(households(village)[6 : 22 + place])
        ]
        yield "agro_supply", village, rows


def _tourism() -> Iterator[Batch]:
    spots = (
        (4, "山楂园", "12600", "1298000"),
        (7, "峡谷观景台", "11200", "1065000"),
        (11, "民俗文化节", "7200", "797000"),
    )
    for place, spot, visitors, revenue in spots:
        parts = zip(
            spread_whole(int(visitors), 12, place), spread(revenue, 12, "1", place), strict=True
        )
        rows: list[Row] = [
            {
                "date": month_end(2023, month),
                "spot": spot,
                "visitors": visits,
                "revenue": amount,
                "method": pick(("登记", "门票", "车辆折算"), place),
            }
            for month, (visits, amount) in enumerate(parts, 1)
        ]
        yield "tourism", _TOWNSHIP_VILLAGES[place], rows


def rows() -> Iterator[Batch]:
    """All rows of the industry ledgers: (ledger key, organisation code, rows as a person types them)."""
    for village in _TOWN_VILLAGES:
        found = households(village)
        yield "orchard", village, _orchard_rows(village)
        yield "orchard_management", village, _orchard_management(village)
        yield "vegetable", village, _vegetable(village)
        yield "greenhouse", village, _greenhouse(village)
        animals = (
            _livestock_of_b(found)
            if village == VILLAGE_B
            else _livestock_of_town_village(village, found)
        )
        yield "livestock", village, animals
        yield "livestock_subsidy", village, _livestock_subsidy(village)
        yield "industry_fund", village, _industry_fund(village)
    for index, village in enumerate(_TOWNSHIP_VILLAGES):
        yield "livestock", village, _livestock_of_township(index, households(village))
    yield "production_base", TOWN, _production_base()
    yield from _grain()
    yield from _tobacco()
    yield from _specialty_crop()
    yield from _processing()
    yield from _tourism()
