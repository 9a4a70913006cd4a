"""The invented office a draft is about: its names, its size, its year, and numbers that fit it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from evaluation.numbers import Habits, habits_of
from evaluation.wordings import Wording


@dataclass(frozen=True)
class Genre:
    """A kind of report: who writes it, what it is called, what it speaks of."""

    key: str
    level: str  #: village, town, county, unit, community, coop
    titles: tuple[str, ...]
    topics: tuple[str, ...]
    unit_name: str = ""  #: 农业农村局, for departments


GENRES: tuple[Genre, ...] = (
    Genre(
        "村党支部书记述职",
        "village",
        ("党支部书记述职报告", "党支部书记抓党建述职报告"),
        ("party", "crop", "income", "infra", "env", "poverty", "stock"),
    ),
    Genre(
        "村委会总结",
        "village",
        ("村委会工作总结", "工作总结", "村民委员会工作报告"),
        ("crop", "stock", "infra", "env", "relief", "safety", "income", "water"),
    ),
    Genre(
        "驻村第一书记",
        "village",
        ("驻村第一书记述职报告", "驻村工作总结"),
        ("party", "poverty", "income", "infra", "job", "crop"),
    ),
    Genre(
        "乡镇党委报告",
        "town",
        ("党委工作报告", "党委书记述职报告"),
        ("party", "crop", "poverty", "discipline", "safety", "infra", "income"),
    ),
    Genre(
        "乡镇政府报告",
        "town",
        ("政府工作报告", "人民政府工作总结"),
        ("crop", "stock", "econ", "infra", "env", "health", "edu", "job", "culture"),
    ),
    Genre(
        "县政府报告",
        "county",
        ("政府工作报告", "人民政府工作报告"),
        ("econ", "crop", "infra", "edu", "health", "job", "culture", "forest"),
    ),
    Genre(
        "农业农村局", "unit", ("工作总结",), ("crop", "stock", "income", "poverty"), "农业农村局"
    ),
    Genre("民政局", "unit", ("工作总结", "工作报告"), ("relief", "community"), "民政局"),
    Genre("教育局", "unit", ("工作总结",), ("edu", "party", "safety"), "教育局"),
    Genre("卫生健康局", "unit", ("工作总结",), ("health", "party"), "卫生健康局"),
    Genre("公安派出所", "town", ("派出所工作总结",), ("safety", "party")),
    Genre("林业和草原局", "unit", ("工作总结",), ("forest", "stock"), "林业和草原局"),
    Genre("水利局", "unit", ("工作总结", "工作情况汇报"), ("water", "party"), "水利局"),
    Genre(
        "人力资源和社会保障局",
        "unit",
        ("工作总结",),
        ("job", "poverty"),
        "人力资源和社会保障局",
    ),
    Genre("海洋与渔业", "unit", ("工作总结",), ("fish", "econ", "env"), "海洋发展局"),
    Genre("纪委", "unit", ("工作报告",), ("discipline", "party"), "纪委监委"),
    Genre(
        "社区",
        "community",
        ("工作总结", "党支部书记述职报告"),
        ("community", "party", "safety", "relief", "health", "env"),
    ),
    Genre("合作社", "coop", ("工作总结", "理事长述职报告"), ("coop", "crop", "income", "party")),
)

_SIZE = {
    "village": 1.0,
    "coop": 0.5,
    "community": 1.2,
    "town": 12.0,
    "unit": 100.0,
    "county": 120.0,
}
#: Units whose numbers grow with the office; the rest grow with the root of it or not at all.
_GROWING = frozenset(
    [
        "亩",
        "户",
        "人",
        "人次",
        "头",
        "只",
        "羽",
        "吨",
        "公斤",
        "斤",
        "株",
        "棵",
        "元",
        "户次",
        "担",
        "尾",
        "亩次",
        "公顷",
        "份",
        "册",
        "千瓦",
        "千瓦时",
        "立方米",
        "平方米",
        "剂次",
        "张",
        "小时",
    ]
)
_STEADY = frozenset({"%", "百分点", "公斤", "米", "次", "倍", "km", "㎡", "m³"})
#: per unit: from, to, step — for a village
_SPAN: dict[str, tuple[float, float, str]] = {
    "亩": (40, 2600, "1"),
    "公顷": (12, 300, "0.1"),
    "亩次": (200, 3000, "1"),
    "户次": (60, 900, "1"),
    "人次": (60, 2400, "1"),
    "头": (30, 900, "1"),
    "只": (60, 3000, "1"),
    "羽": (300, 9000, "10"),
    "吨": (15, 1800, "1"),
    "公斤": (800, 26000, "10"),
    "斤": (900, 30000, "10"),
    "担": (300, 3000, "1"),
    "株": (300, 9000, "10"),
    "棵": (200, 4000, "10"),
    "尾": (3000, 90000, "100"),
    "元": (8000, 900000, "100"),
    "元y": (2e6, 9e7, "1000000"),
    "元l": (4000, 60000, "100"),
    "元p": (3200, 32000, "1"),
    "元q": (2000, 9000, "100"),
    "元s": (60, 980, "10"),
    "元t": (5000000, 50000000, "5000000"),
    "元w": (1200, 26000, "100"),
    "亩p": (0.6, 9, "0.1"),
    "倍": (1.2, 6, "0.1"),
    "km": (2, 40, "0.1"),
    "㎡": (20, 400, "1"),
    "m³": (20, 900, "10"),
    "元k": (1, 28, "0.5"),
    "公斤a": (280, 760, "1"),
    "斤a": (300, 1600, "10"),
    "吨t": (2, 30, "0.5"),
    "米": (120, 4800, "10"),
    "米h": (500, 2600, "10"),
    "米w": (3, 9, "0.5"),
    "平方米": (60, 2800, "10"),
    "平方米s": (60, 130, "1"),
    "平方公里": (4, 60, "0.1"),
    "公里": (1, 26, "0.1"),
    "立方米": (200, 6000, "10"),
    "千瓦": (60, 900, "10"),
    "千瓦时": (40000, 800000, "1000"),
    "剂次": (300, 2400, "1"),
    "份": (60, 1400, "10"),
    "册": (60, 2400, "10"),
    "只s": (4, 60, "1"),
    "头t": (50, 500, "50"),
    "人x": (2, 24, "1"),
    "名x": (1, 9, "1"),
    "张": (12, 80, "1"),
    "名": (8, 90, "1"),
    "个": (2, 26, "1"),
    "盏": (20, 220, "1"),
    "次": (4, 40, "1"),
    "期": (2, 12, "1"),
    "场": (3, 30, "1"),
    "座": (2, 60, "1"),
    "辆": (1, 9, "1"),
    "辆次": (10, 90, "1"),
    "笔": (4, 90, "1"),
    "百分点": (0.3, 5, "0.1"),
    "小时": (200, 4000, "10"),
    "卷": (60, 900, "10"),
    "箱": (40, 900, "1"),
    "具": (20, 300, "1"),
    "%": (8, 92, "0.1"),
    "%c": (86, 99, "0.1"),
    "%f": (100, 100, "1"),
    "%g": (2, 24, "0.1"),
    "%o": (80, 140, "0.1"),
    "%t": (12, 28, "0.1"),
    "%u": (1, 4, "0.1"),
}


@dataclass
class World:
    """The office, and the words that stand for it."""

    genre: Genre
    year: int
    names: dict[str, str]
    places: tuple[str, ...]  #: every place the draft may name
    households: int
    persons: int
    members: int  #: of the Party
    factor: float
    habits: Habits
    rng: Random

    def draw(self, unit: str) -> Decimal:
        """A value that fits the office, in the unit without 万."""
        low, high, step_text = _SPAN.get(unit, (3, 48, "1"))
        step = Decimal(step_text)
        plain_unit = unit if unit == "km" else unit.rstrip("abcdefghijklmnopqrstuvwxyz0")
        if unit in _GROWING or unit == "元y":
            growth = self.factor
        elif unit == plain_unit and plain_unit not in _STEADY:
            growth = max(min(self.factor**0.35, 5.0), 1.0)
        else:
            growth = 1.0
        low, high = low * growth, high * growth
        if plain_unit == "户":
            high = min(high, 0.3 * self.households) if unit == "户" else high
            low = min(low, high / 2)
        if plain_unit == "人" and unit == "人":
            high = min(max(high, 20), 0.25 * self.persons)
            low = min(3 + low / 6, high / 2)
        if (
            growth >= 10
            and unit in _GROWING
            and step >= 1
            and unit not in {"户", "人", "头", "人次"}
        ):
            step *= 100
        if unit in {"%", "%c", "%g"} and self.rng.random() < 0.3:
            step = Decimal(1) if self.rng.random() < 0.6 else Decimal("0.01")
        if unit in {"亩", "公里"} and growth < 10 and self.rng.random() < 0.25:
            step = Decimal("0.01") if self.rng.random() < 0.5 else Decimal("0.1")
        if unit == "公里":
            step = min(step, Decimal("0.1"))
        if unit.endswith("0"):
            return Decimal(0)
        # small numbers are commoner than large ones
        value = Decimal(repr(round(low + (high - low) * self.rng.random() ** 1.7, 4)))
        return max((value / step).to_integral_value() * step, step)


def make_world(rng: Random, words: Wording) -> World:
    """An office of any kind and year."""
    genre = rng.choice(GENRES)
    year = rng.randint(2015, 2026)
    if genre.key in {"农业农村局", "卫生健康局", "林业和草原局", "海洋与渔业"}:
        year = max(year, 2019)
    if genre.key == "纪委":
        year = max(year, 2018)
    county, town = rng.choice(words.counties), rng.choice(words.towns)
    villages = rng.sample(words.villages, 5)
    office, self_name, whole = {
        "village": (villages[4], "我村", "全村"),
        "town": (
            town,
            "我镇" if town.endswith("镇") else "我乡",
            "全镇" if town.endswith("镇") else "全乡",
        ),
        "county": (county, "我县", "全县"),
        "unit": (county + genre.unit_name, "我局", "全县"),
        "community": (rng.choice(words.communities), "社区", "辖区"),
        "coop": (rng.choice(words.cooperatives), "我社", "全社"),
    }[genre.level]
    if genre.key == "驻村第一书记" and rng.random() < 0.3:
        office = town + office
    if genre.key == "公安派出所":
        self_name, whole = "我所", "辖区"
    if county.endswith("旗"):
        self_name, whole = self_name.replace("县", "旗"), whole.replace("县", "旗")
    crops, beast = rng.sample(words.crops, 3), rng.choice(words.beasts)
    names = {
        "o": office,
        "w": self_name,
        "g": whole,
        "t": town,
        "c": county,
        "v1": villages[0],
        "v2": villages[1],
        "v3": villages[2],
        "side": rng.choice(["东", "南", "西", "北", "东南", "西北"]),
        "crop": crops[0],
        "crop2": crops[1],
        "crop3": crops[2],
        "beast": beast,
        "y": str(year),
        "ly": str(year - 1),
        "ny": str(year + 1),
    }
    factor = _SIZE[genre.level] * rng.uniform(0.6, 1.3)
    households = int(rng.randint(220, 900) * (factor if factor > 1 else 1))
    return World(
        genre=genre,
        year=year,
        names=names,
        places=(county, town, *villages, office),
        households=households,
        persons=int(households * rng.uniform(2.6, 4.1)),
        members=max(int(households * rng.uniform(0.08, 0.16)), 12),
        factor=factor,
        habits=habits_of(rng),
        rng=rng,
    )
