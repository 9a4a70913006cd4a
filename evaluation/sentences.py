"""From a worded sentence to pieces: its numbers drawn so that what it says holds, or broken on purpose in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from evaluation.model import Number, Piece, Plants
from evaluation.numbers import about, exact, in_chinese, plain, ranging
from evaluation.world import World

_YEARS = re.compile(r"@(\d{4})?-(\d{4})?\s?")
_MARKS = re.compile(
    r"\[(?P<key>\w+)(?P<flags>~|!|\.\.)? (?P<unit>[^\]\s]+)(?P<target> T)?\]"
    r"|«(?P<trap>[^»]*)»|⟨(?P<neutral>[^⟩]*)⟩|(?P<age>\d+岁)|\{(?P<name>\w+)\}"
)
_MAKERS = ("sum", "sub", "rate", "grow", "diff", "prod", "avg", "yield")
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")

#: Which ways of breaking a sentence suit what holds in it.
BREAKS: dict[str, tuple[str, ...]] = {
    "sum": ("wrong_total", "total_below_part"),
    "sub": ("part_above_whole",),
    "rate": ("wrong_rate", "rate_above_100"),
    "grow": ("wrong_growth",),
    "diff": ("wrong_difference",),
    "prod": ("wrong_product", "unit_slip"),
    "yield": ("wrong_product",),
    "avg": ("wrong_average",),
    "pair": ("more_households_than_persons",),
    "range": ("reversed_range",),
    "coverage": ("coverage_above_100",),
}


@dataclass(frozen=True)
class Slot:
    """A figure of a sentence before it has a value."""

    key: str
    flags: str
    unit: str
    is_target: bool


@dataclass(frozen=True)
class Sentence:
    """A worded sentence taken apart."""

    text: str  #: without what stands in front
    maker: str
    slots: tuple[Slot, ...]

    @property
    def ways(self) -> tuple[str, ...]:
        """How it may be broken."""
        found = list(BREAKS.get(self.maker, ()))
        keys = {slot.key for slot in self.slots}
        if self.maker == "sum" and len(keys) < 3:
            found = []
        if "h" in keys and "p" in keys:
            found += BREAKS["pair"]
        if any(slot.flags == ".." and slot.key not in {"t"} for slot in self.slots):
            found += BREAKS["range"]
        if any(slot.unit == "%c" and slot.flags != ".." for slot in self.slots):
            found += BREAKS["coverage"]
        return tuple(found)


def allowed_in(text: str, year: int) -> bool:
    """Whether a sentence may stand in a report of this year."""
    found = _YEARS.search(text)
    if not found:
        return True
    return int(found[1] or 0) <= year <= int(found[2] or 9999)


def parse(text: str) -> Sentence:
    """Take a worded sentence apart."""
    text = _YEARS.sub("", text).lstrip("|")
    head, bar, rest = text.partition("|")
    maker = head if bar and head in _MAKERS else ""
    body = (rest if maker else text).replace("pair:", "")
    slots = tuple(
        Slot(m["key"], m["flags"] or "", m["unit"], bool(m["target"]))
        for m in _MARKS.finditer(body)
        if m["key"]
    )
    return Sentence(body, maker, slots)


def unit_of(mark: str) -> str:
    """The unit without the letter that only says how large its numbers are."""
    return mark if mark == "km" else mark.rstrip("abcdefghijklmnopqrstuvwxyz0")


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _values(sentence: Sentence, world: World) -> dict[str, Decimal]:
    values = {slot.key: world.draw(slot.unit) for slot in sentence.slots}
    units = {slot.key: slot.unit for slot in sentence.slots}
    rng = world.rng
    if "h" in units and "p" in units:
        is_whole = (
            "总" in sentence.text
            or "{o}" in sentence.text
            or "在册" in sentence.text
            or "共有" in sentence.text
        )
        homes = Decimal(world.households) if is_whole else values["h"]
        values["h"] = homes
        values["p"] = (
            Decimal(world.persons)
            if is_whole
            else (homes * Decimal(repr(round(rng.uniform(2.2, 4.2), 2)))).to_integral_value()
        )
    maker = sentence.maker
    members = re.search(r"(应到|在村|登记|在册)?党员(?:共)?\[([tmb]) 名\]", sentence.text)
    if members:
        share = Decimal("0.8") if members[1] in {"应到", "在村"} else Decimal(1)
        values[members[2]] = (world.members * share).to_integral_value()
    if "劳动力[t 人]" in sentence.text:
        values["t"] = Decimal(world.persons // 2)
    if maker in {"sum", "sub"}:
        parts = [key for key in "abde" if key in units and units[key] == units["t"]]
        if maker == "sum":
            values["t"] = sum((values[key] for key in parts), Decimal(0))
        else:
            _fit_under(values, parts, world, "总人口" in sentence.text)

    elif maker == "rate":
        _set_rate(values, units, rng)
    elif maker in {"grow", "diff"}:
        _set_change(values, units, world, sentence)
    elif maker in {"prod", "avg"}:
        values["m"] = values["q"] * values["s"]
    elif maker == "yield":  # 公斤 to the 亩, and 吨: to a tenth of a ton
        values["m"] = (values["q"] * values["s"] / 1000).quantize(_TENTH, ROUND_HALF_UP)
    if (
        "总人口[e~" in sentence.text
        or "总人口[d~" in sentence.text
        or "户籍人口[e" in sentence.text
    ):
        key = next(slot.key for slot in sentence.slots if slot.flags == "~")
        values[key] = Decimal(world.persons)
    return values


def _fit_under(
    values: dict[str, Decimal], parts: list[str], world: World, is_population: bool
) -> None:
    rng = world.rng
    whole = Decimal(world.persons) if is_population else values["t"]
    whole = max(whole, Decimal(3 * len(parts) + 2))
    values["t"] = whole
    step = _CENT if whole != whole.to_integral_value() else Decimal(1)
    for key in parts:
        share = Decimal(repr(round(rng.uniform(0.08, 0.9 / len(parts)), 3)))
        values[key] = max((whole * share / step).to_integral_value() * step, step)


def _set_rate(values: dict[str, Decimal], units: dict[str, str], rng: Random) -> None:
    step = {"公里": _TENTH, "元y": Decimal(1000000), "元": Decimal(100)}.get(units["m"], Decimal(1))
    whole = max(values["m"], step * 8)
    over = units["r"] == "%o" and rng.random() < 0.6
    share = Decimal(repr(round(rng.uniform(1.02, 1.5) if over else rng.uniform(0.55, 0.99), 3)))
    part = max((whole * share / step).to_integral_value() * step, step)
    decimals = rng.choice([0, 1, 1, 2, 2])
    values["m"], values["n"] = whole, part
    values["r"] = (part / whole * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _set_change(
    values: dict[str, Decimal], units: dict[str, str], world: World, sentence: Sentence
) -> None:
    rng = world.rng
    unit = units["v"]
    falls = any(word in sentence.text for word in ("下降", "减少", "压减"))
    values.setdefault("o", values["v"])
    old = max(values["o"], Decimal(12) if unit_of(unit) not in {"元"} else values["o"])
    share = Decimal(repr(round(rng.uniform(0.03, 0.35), 3))) * (-1 if falls else 1)
    step = Decimal(1)
    if unit in {"元", "吨", "羽", "只", "亩"} and old > 1000:
        step = Decimal(100) if world.factor >= 10 else Decimal(10)
    if unit == "元y":
        step = Decimal(1000000)
    old = max((old / step).to_integral_value(), Decimal(1)) * step
    change = (old * share / step).to_integral_value() * step
    if not change:
        change = -step if falls else step
    values["o"], values["v"], values["d"] = old, old + change, abs(change)
    if "党员人数" in sentence.text:
        values["v"] = Decimal(world.members)
        values["d"] = Decimal(max(world.members // 20, 1))
        values["o"] = values["v"] - values["d"]
    if "g" in units:
        decimals = rng.choice([0, 1, 1, 2])
        values["g"] = (abs(change) / old * 100).quantize(
            Decimal(1).scaleb(-decimals), ROUND_HALF_UP
        )


# ── breaking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _break(
    way: str, sentence: Sentence, values: dict[str, Decimal], rng: Random
) -> tuple[set[str], str]:
    """Change `values` so that the sentence is wrong; the keys concerned and the right value."""
    units = {slot.key: slot.unit for slot in sentence.slots}
    parts = [key for key in "abde" if key in units and units[key] == units.get("t")]
    if way == "wrong_total":
        right = values["t"]
        only_below = "其中" in sentence.text or "组织中" in sentence.text
        share = Decimal(repr(round(rng.uniform(0.04, 0.3), 2)))
        step = Decimal(1) if right == right.to_integral_value() else _CENT
        if right >= 10000 and right % 100 == 0:
            step = Decimal(100)
        shift = max((right * share / step).to_integral_value(), Decimal(1)) * step
        values["t"] = right - shift if only_below or rng.random() < 0.6 else right + shift
        values["t"] = values["t"] if values["t"] > 0 else right - step
        return {"t", *parts}, plain(right)
    if way in {"total_below_part", "part_above_whole"}:
        largest = max(parts, key=lambda key: values[key])
        right = values["t"]
        if way == "total_below_part":
            values["t"] = (values[largest] * Decimal("0.7")).to_integral_value() or Decimal(1)
            return {"t", *parts}, plain(right)
        values[largest] = (values["t"] * Decimal("1.3")).to_integral_value() + 1
        return {"t", largest}, ""
    if way == "wrong_rate":
        right = values["r"]
        shift = Decimal(repr(round(rng.uniform(3, 12), 1)))
        values["r"] = right - shift if right - shift > 5 else right + shift
        return {"n", "m", "r"}, plain(right)
    if way == "rate_above_100":
        right = values["r"]
        values["r"] = Decimal(repr(round(rng.uniform(104, 160), 1)))
        return {"n", "m", "r"}, plain(right)
    if way == "coverage_above_100":
        key = next(one.key for one in sentence.slots if one.unit == "%c" and one.flags != "..")
        values[key] = Decimal(repr(round(rng.uniform(102, 130), 1)))
        return {key}, ""
    if way == "wrong_growth":
        right = values["g"]
        values["g"] = right + Decimal(repr(round(rng.uniform(2.5, 9), 1)))
        return {"o", "v", "d", "g"}, plain(right)
    if way == "wrong_difference":
        right = values["d"]
        off = (right * Decimal(rng.choice(["1.5", "1.3", "0.6"]))).to_integral_value() + 1
        values["d"] = off if off != right else right + 2
        return {"o", "v", "d"}, plain(right)
    if way in {"wrong_product", "wrong_average"}:
        right = values["m"]
        values["m"] = right * Decimal(rng.choice(["1.2", "0.9", "1.25", "0.75"]))
        if units["m"] == "吨":
            values["m"] = values["m"].quantize(_TENTH)
        return {"q", "s", "m"}, plain(right)
    if way == "unit_slip":
        right = values["m"]
        values["m"] = right * 10 if rng.random() < 0.5 else right / 10
        return {"q", "s", "m"}, plain(right)
    if way == "more_households_than_persons":
        values["h"], values["p"] = values["p"], values["h"]
        return {"h", "p"}, ""
    if way == "reversed_range":
        key = next(slot.key for slot in sentence.slots if slot.flags == "..")
        return {key}, ""
    raise ValueError(way)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(
    sentence: Sentence,
    world: World,
    plants: Plants | None = None,
    way: str = "",
    fixed: dict[str, Decimal] | None = None,
    extra: dict[str, str] | None = None,
) -> list[Piece]:
    """The pieces of a sentence; broken in `way` when one is given."""
    values = _values(sentence, world)
    values.update(fixed or {})
    concerned: set[str] = set()
    number = -1
    if way and plants is not None:
        concerned, right = _break(way, sentence, values, world.rng)
        number = plants.add(way, right)
    names = {**world.names, **(extra or {})}
    pieces: list[Piece] = []
    at = 0
    for mark in _MARKS.finditer(sentence.text):
        if mark.start() > at:
            pieces.append(Piece(sentence.text[at : mark.start()]))
        at = mark.end()
        if mark["trap"] is not None:
            pieces.append(Piece(mark["trap"], trap=True))
        elif mark["neutral"] or mark["age"]:
            pieces.append(Piece(mark["neutral"] or mark["age"], neutral=True))
        elif mark["name"]:
            pieces.append(Piece(names.get(mark["name"], "")))
        else:
            written = _write_slot(
                Slot(mark["key"], mark["flags"] or "", mark["unit"], bool(mark["target"])),
                values[mark["key"]],
                sentence,
                world,
                is_reversed=way == "reversed_range" and mark["key"] in concerned,
            )
            if mark["key"] in concerned:
                written = tuple(replace(one, plants=(number,)) for one in written)
            pieces.extend(written)
    if at < len(sentence.text):
        pieces.append(Piece(sentence.text[at:]))
    return _tailed([one for one in pieces if one.text])


def _tailed(pieces: list[Piece]) -> list[Piece]:
    """What behind a figure may be read as part of it: 元/亩, 头（只）."""
    for at in range(len(pieces) - 1):
        number = pieces[at].number
        tail = re.match(r"/[一-鿿]{1,2}|（[套只次]）", pieces[at + 1].text)
        if number is not None and tail:
            pieces[at] = replace(pieces[at], number=replace(number, tails=(tail[0],)))
    return pieces


def _role(slot: Slot, unit: str, sentence: Sentence) -> str:
    if slot.is_target:
        return "target"
    if unit == "百分点" or (unit == "%" and slot.key[0] == "g"):
        return "comparison"
    return "rate" if unit == "%" else "achieved"


def _write_slot(
    slot: Slot, value: Decimal, sentence: Sentence, world: World, *, is_reversed: bool
) -> tuple[Piece, ...]:
    unit = unit_of(slot.unit)
    role = _role(slot, unit, sentence)
    rng, habits = world.rng, world.habits
    if unit == "分之":
        below = rng.randint(3, 5)
        words = f"{in_chinese(below)}分之{in_chinese(rng.randint(1, below - 1))}"
        return (Piece(words, Number(Decimal(0), "", role, "fraction")),)
    if slot.flags == "..":
        step = Decimal("0.5") if value != value.to_integral_value() else Decimal(1)
        if value > 100:
            value = (value / 10).to_integral_value() * 10
            step = Decimal(10)
        more = ((value * Decimal("1.3")) / step).to_integral_value() * step
        high = max(more, value + step)
        if unit == "%":
            value = min(value, Decimal(95))
            high = min(high, Decimal(100), value + 6)
        ends = (high, value) if is_reversed else (value, high)
        written = ranging(ends[0], ends[1], unit, role, habits, rng)
        if is_reversed:  # one range or two figures: readers differ
            return tuple(replace(one, number=None, neutral=True) for one in written)
        return written
    if slot.flags == "~" and rng.random() < 0.75:
        return about(value, unit, role, habits, rng)
    free = sentence.maker == "" and slot.key in "bde" and unit in {"人次", "亩", "吨", "份"}
    if free and rng.random() < 0.12:
        return about(value, unit, role, habits, rng)
    written = exact(value, unit, role, habits, rng, may_scale=slot.flags != "!")
    if unit == "百分点":
        number = written[0].number
        if number is not None:
            both = replace(number, others=((value, "个百分点"),))
            written = (replace(written[0], number=both),)
    return written


def placeholder_of(piece: Piece, rng: Random) -> Piece:
    """The figure with its digits blotted out: XX万元."""
    match = re.match(r"[\d.,０-９．一二三四五六七八九十两]+", piece.text)
    assert piece.number is not None
    rest = piece.text[match.end() :] if match else piece.text
    blank = rng.choice(["XX", "X", "XXX", "**", "××", "xx"])
    number = Number(None, piece.number.unit, "placeholder", "placeholder")
    return replace(piece, text=blank + rest, number=number)


__all__ = ["BREAKS", "Sentence", "allowed_in", "parse", "placeholder_of", "write"]
