"""A whole draft: title, lead, sections, problems, plans, closing — laid out in one of the many ways offices do it.

A draft is a list of lines, a line a list of sentences, a sentence a list of pieces; only at the end are they put together
and the places of figures, traps and planted errors counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from evaluation.files import through_a_file
from evaluation.model import KnownDraft, KnownFigure, Piece, Planted, Plants
from evaluation.numbers import in_chinese, plain
from evaluation.planting import LINE_ERRORS, TEXT_ERRORS, Errors
from evaluation.sentences import allowed_in, parse, write
from evaluation.wordings import SetName, Wording, wording_of
from evaluation.world import World, make_world
from shuzhi.core.checking import CheckingContext, Draft

#: Every kind of error that can be planted, by where in the making it is.
SENTENCE_ERRORS = (
    "wrong_total", "total_below_part", "part_above_whole", "wrong_rate", "rate_above_100", "coverage_above_100",
    "wrong_growth", "wrong_difference", "wrong_product", "unit_slip", "wrong_average", "more_households_than_persons", "reversed_range",
)  # fmt: skip
COMPOSED_ERRORS = (
    "stated_twice", "wrong_count", "all_but_some_left", "wrong_year", "wrong_plan_year", "impossible_date", "missing_nian",
    "number_doubled", "number_skipped", "point_skipped", "unmatched_bracket", "congress_blank", "wrong_character", "missing_character",
    "outdated_term", "other_place", "title_twice",
)  # fmt: skip
ERROR_KINDS = (*SENTENCE_ERRORS, *COMPOSED_ERRORS, *LINE_ERRORS, *TEXT_ERRORS)


#: Topics that only their own kind of office speaks of.
_SPECIAL = frozenset({"fish", "coop", "community", "discipline", "econ"})


#: What a report gives one figure of only, however it is called: a second sentence on it would contradict the first.
_SUBJECTS = {
    "collective income": "集体(?:经济)?(?:全年)?收入|村级(?:集体)?收入|总收入",
    "income per head": "人均(?:可支配|纯)收入",
    "grain": "粮食",
    "fruit": "水果总产",
    "labour": "劳务输出|输转|新增就业|转移就业",
    "toilets": "户厕|改厕|厕所改造",
    "roads": "农村公路|通村公路",
    "key projects": "重点项目",
    "moved": "搬迁入住",
    "services": "民生实事",
    "pigs": "生猪出栏|{beast}存栏|存栏",
    "planting": "造林",
    "visitors": "游客",
    "investment": "招商引资",
    "schools": "在校学生|在校生",
    "staff": "干部职工|编制",
    "crops by name": "{crop}、{crop2}|{crop}\\[",
    "Party branches": "党支部(?:数量|\\[)|基层党组织",
}


@dataclass
class Line:
    """One paragraph: its mark and its sentences."""

    kind: str  #: title, lead, heading, body, closing, signature
    sentences: list[list[Piece]] = field(default_factory=list)
    run_on: bool = False  #: set on the line before it (a heading run into its paragraph)


@dataclass(frozen=True)
class Layout:
    """How the draft is numbered and set."""

    top: str  #: 一、 or 1. or （一）
    inner: str  #: paragraphs, points (一是), subheads
    half_brackets: bool
    heading_ends: str  #: what ends a heading: nothing or 。
    run_in: bool
    indent: str
    blank_lines: bool
    newline: str


def _layout(rng: Random) -> Layout:
    return Layout(
        top=rng.choice(["一、"] * 6 + ["1."] + ["（一）"]),
        inner=rng.choice(["paragraph", "points", "points", "subheads", "subheads", "figures"]),
        half_brackets=rng.random() < 0.1,
        heading_ends=rng.choice(["", "", "", "。"]),
        run_in=rng.random() < 0.12,
        indent="　　" if rng.random() < 0.35 else "",
        blank_lines=rng.random() < 0.2,
        newline="\n",
    )


class Composer:
    """Writes one draft."""

    def __init__(self, set_name: SetName, seed: int) -> None:
        # a string seeds the same way in every Python, and the two sets never share a stream
        self.rng = Random(f"{set_name}-{seed}")
        self.words: Wording = wording_of(set_name)
        self.world: World = make_world(self.rng, self.words)
        self.plants = Plants()
        self.layout = _layout(self.rng)
        self.lines: list[Line] = []
        self.used: set[str] = set()
        self.crops: list[str] = []
        chosen: list[str] = []
        if seed % 3:  # every third draft is clean
            others = [one for one in ERROR_KINDS if one not in SENTENCE_ERRORS]
            chosen = self.rng.sample(SENTENCE_ERRORS, 4) + self.rng.sample(others, 4)
        self.wanted = Errors(set(chosen))

    # ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _say(self, text: str, way: str = "", **extra: str) -> list[Piece]:
        return write(parse(text), self.world, self.plants, way, extra=extra)

    def _fits(self, text: str) -> bool:
        """Not said before: no figure of the same name and unit may be given twice with two values."""
        if text in self.used or not allowed_in(text, self.world.year):
            return False
        if not re.search("力争|确保|计划|预计", text):
            about = {name for name, words in _SUBJECTS.items() if re.search(words, text)}
            if about & self.used:
                return False
            self.used |= about
        keys = set(
            re.findall(
                r"([一-鿿]{2})(?:达到|由|从|共|已|为|的|有|分别为|分别)?\[\w+[~!.]* ([^\]\s]+)",
                text,
            )
        )
        if any(f"{word}{unit}" in self.used for word, unit in keys):
            return False
        self.used.update(f"{word}{unit}" for word, unit in keys)
        self.used.add(text)
        return True

    def _pick(self, pool: Iterable[str], count: int) -> list[str]:
        found: list[str] = []
        shuffled = list(pool)
        self.rng.shuffle(shuffled)
        for text in shuffled:
            if len(found) == count:
                break
            if self._fits(text):
                found.append(text)
        return found

    def _sentence(self, text: str) -> list[Piece]:
        if "{crop" in text:  # another crop each time, so that no area is given twice
            for name in ("crop", "crop2", "crop3"):
                self.crops = self.crops or self.rng.sample(self.words.crops, len(self.words.crops))
                self.world.names[name] = self.crops.pop()
        ways = [way for way in parse(text).ways if self.wanted.open(way)]
        if ways:
            way = self.rng.choice(ways)
            self.wanted.take(way)
            return self._say(text, way)
        return self._say(text)

    def _topic(self, topic: str) -> list[list[Piece]]:
        chosen = self._pick(self.words.sentences[topic], self.rng.randint(4, 8))
        made = [self._sentence(text) for text in chosen]
        for text in self._pick(self.words.fillers, self.rng.randint(2, 5)):
            made.insert(self.rng.randint(0, len(made)), self._say(text))
        return made

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> KnownDraft:
        """Write the draft and count its places."""
        self._title()
        headlines = self._lead()
        topics = self._topics()
        base = "base_" + self.world.genre.level
        sections = [("基本情况", [base])] if self.rng.random() < 0.75 else []
        groups = self._grouped(topics)
        sections += [(self.rng.choice(self.words.heads[group[0]]), group) for group in groups]
        self._sections(sections, headlines)
        self._closing()
        return self._finish()

    def _title(self) -> None:
        kind = self.rng.choice(self.world.genre.titles)
        title = self.rng.choice(self.words.titles)
        for words in title.split("\n"):
            self.lines.append(Line("title", [self._say(words, kind=kind)]))
        if self.wanted.take("title_twice"):
            number = self.plants.add("title_twice")
            title_lines = self.lines[:]
            for line in title_lines:
                again = [[_planted(one, number) for one in part] for part in line.sentences]
                self.lines.append(Line("title", again))

    def _topics(self) -> list[str]:
        topics = list(self.world.genre.topics)
        self.rng.shuffle(topics)
        topics = topics[: self.rng.randint(5, 8)]
        guests = [one for one in self.words.heads if one not in topics and one not in _SPECIAL]
        if self.world.genre.level in {"unit", "community", "coop"}:
            guests = [one for one in guests if one in {"party", "safety", "job", "culture", "env"}]
        few = 6 if self.rng.random() < 0.85 else 12
        wanted = max(self.rng.randint(5, few + 2) - len(topics), 0)
        return topics + self.rng.sample(guests, min(wanted, len(guests)))

    def _grouped(self, topics: list[str]) -> list[list[str]]:
        if self.layout.inner == "subheads" and len(topics) > 3:
            return [topics[:1], topics[1:]] if self.rng.random() < 0.5 else [topics]
        return [[topic] for topic in topics]

    def _lead(self) -> list[list[Piece]]:
        """Addressee and lead; gives back the sentences that say the lead's figures again in the body."""
        if self.rng.random() < 0.3:
            greeting = self.rng.choice(["各位领导、同志们：", "各位党员、各位代表：", "各位代表："])
            self.lines.append(Line("body", [[Piece(greeting)]]))
        text = self.rng.choice(self.words.leads)
        said: list[Piece] = []
        bodies: list[list[Piece]] = []
        chosen = self.rng.sample(self.words.headlines, self.rng.randint(0, 2))
        chosen = [one for one in chosen if self._fits(one[2])]
        for unit, lead, body in chosen:
            value = self.world.draw(unit)
            shown = value
            is_broken = self.wanted.take("stated_twice")
            if is_broken:
                number = self.plants.add("stated_twice")
                shown = value + max((value * 3 / 20).to_integral_value(), Decimal(1))
                if value >= 10000:
                    shown = value + (value * 3 / 20 / 100).to_integral_value() * 100 + 100
            first = write(parse(lead), self.world, fixed={"x": value})
            again = write(parse(body), self.world, fixed={"x": shown})
            if is_broken:
                first = [_planted(one, number) if one.number else one for one in first]
                again = [_planted(one, number) if one.number else one for one in again]
            said += [Piece("，"), *first]
            bodies.append(again)
        lead_year = str(self.world.year)
        pieces: list[Piece] = []
        before, _, after = text.partition("{head}")
        pieces += self._year_slips(before, lead_year) + said + self._year_slips(after, lead_year)
        self.lines.append(Line("lead", [[one for one in pieces if one.text]]))
        return bodies

    def _year_slips(self, text: str, year: str) -> list[Piece]:
        """A part of the lead, its year perhaps copied from last year or without 年."""
        marks = list(re.finditer(r"\{y\}年", text))
        kind = ""
        if marks and text.startswith("。现将") | ("现将{y}" in text) | ("就{y}" in text):
            kind = next(
                (one for one in ("wrong_year", "missing_nian") if self.wanted.take(one)), ""
            )
        if not kind:
            return self._say(text)
        at = marks[-1]
        number = self.plants.add(kind, f"{year}年")
        shown = f"{int(year) - 1}年" if kind == "wrong_year" else year
        return [
            *self._say(text[: at.start()]),
            Piece(shown, plants=(number,)),
            *self._say(text[at.end() :]),
        ]

    def _sections(
        self, sections: list[tuple[str, list[str]]], headlines: list[list[Piece]]
    ) -> None:
        number = 0
        marks = self._marks(len(sections) + 2)
        for heading, topics in sections:
            self._heading(marks[number], heading)
            number += 1
            blocks = [self._topic(topic) for topic in topics if topic in self.words.sentences]
            if headlines and not topics[0].startswith("base"):
                blocks[0].insert(self.rng.randint(0, len(blocks[0])), headlines.pop())
            self._blocks(topics, blocks)
        if self.rng.random() < 0.07:
            self._table()
        for left in headlines:
            self.lines.append(Line("body", [left]))
        self._extras()
        if self.rng.random() < 0.7:
            self._heading(marks[number], self.rng.choice(self.words.problem_heads))
            number += 1
            self._problems()
        self._plan(marks[number])

    def _marks(self, count: int) -> list[tuple[str, int]]:
        """The numbers of the headings; one doubled or left out when that is planted."""
        order = list(range(1, count + 1))
        broken, plant = -1, -1
        for kind in ("number_doubled", "number_skipped"):
            if count > 3 and broken < 0 and self.wanted.take(kind):
                broken = self.rng.randint(1, count - 3)
                plant = self.plants.add(kind)
                shift = -1 if kind == "number_doubled" else 1
                order = order[:broken] + [one + shift for one in order[broken:]]
        return [(self._mark(one), plant if at == broken else -1) for at, one in enumerate(order)]

    def _mark(self, number: int) -> str:
        if self.layout.top == "1.":
            return f"{number}."
        word = in_chinese(number)
        if self.layout.top == "（一）":
            return f"({word})" if self.layout.half_brackets else f"（{word}）"
        return f"{word}、"

    def _heading(self, mark: tuple[str, int], text: str) -> None:
        plants = (mark[1],) if mark[1] >= 0 else ()
        ends = "。" if self.layout.run_in else self.layout.heading_ends
        pieces = [Piece(mark[0], plants=plants), *self._say(text + ends)]
        self.lines.append(Line("heading", [pieces]))

    def _blocks(self, topics: list[str], blocks: list[list[list[Piece]]]) -> None:
        inner = self.layout.inner
        if inner == "points" and len(blocks) == 1 and len(blocks[0]) > 1:
            self._body(self._points(blocks[0]))
            return
        if inner in {"subheads", "figures"} and len(blocks) > 1:
            for at, (topic, block) in enumerate(zip(topics, blocks, strict=True), start=1):
                mark = self._inner_mark(at, with_figures=inner == "figures")
                head = self.rng.choice(self.words.heads.get(topic, ["基本情况"])) + "。"
                self.lines.append(Line("body", [[Piece(mark), Piece(head)], *block]))
            return
        for block in blocks:
            self._body(block)

    def _inner_mark(self, number: int, *, with_figures: bool = False) -> str:
        """The number of a part within a part."""
        if self.layout.top == "（一）" or (with_figures and self.layout.top != "1."):
            return f"{number}."
        word = str(number) if self.layout.top == "1." else in_chinese(number)
        return f"({word})" if self.layout.half_brackets else f"（{word}）"

    def _points(self, sentences: list[list[Piece]]) -> list[list[Piece]]:
        """一是 … 二是 …; one left out when that is planted."""
        broken, plant = 0, -1
        if len(sentences) > 2 and self.wanted.take("point_skipped"):
            broken = self.rng.randint(2, len(sentences) - 1)
            plant = self.plants.add("point_skipped")
        made = []
        for at, sentence in enumerate(sentences, start=1):
            number = at + 1 if broken and at >= broken else at
            mark = Piece(f"{in_chinese(number)}是", plants=(plant,) if at == broken else ())
            made.append([mark, *sentence])
        return made

    def _table(self) -> None:
        """A table that lost its lines: figures without units, asked for by nobody."""
        rng, world = self.rng, self.world
        self.lines.append(Line("table", [[Piece("项目\t单位\t数量")]]))
        for _ in range(rng.randint(2, 5)):
            unit = rng.choice(["亩", "吨", "头", "户", "人次"])
            value = Piece(plain(world.draw(unit)), neutral=True)
            name = rng.choice([*self.words.crops, *self.words.beasts])
            self.lines.append(Line("table", [[Piece(f"{name}\t{unit}\t"), value]]))

    def _body(self, sentences: list[list[Piece]]) -> None:
        if not sentences:
            return
        line = Line("body", sentences)
        line.run_on = self.layout.run_in and self.lines[-1].kind == "heading"
        self.lines.append(line)

    def _extras(self) -> None:
        """Sentences that carry errors of wording, and their sound twins in every draft."""
        rng, words, year = self.rng, self.words, self.world.year
        made: list[list[Piece]] = []
        for right, wrong, text in rng.sample(words.slips, rng.randint(1, 3)):
            made.append(self._slip("wrong_character", right, wrong, text))
        for whole, lacking, text in rng.sample(words.missing, rng.randint(0, 2)):
            if year < 2018:
                continue
            made.append(self._slip("missing_character", whole, lacking, text))
        old = [one for one in words.outdated if year >= one[1]]
        if old and self.wanted.take("outdated_term"):
            term, _, text = rng.choice(old)
            number = self.plants.add("outdated_term")
            made.append(_around(text, term, term, number))
        made.append(self._dated())
        if rng.random() < 0.4 or self.wanted.open("unmatched_bracket"):
            text = rng.choice(words.bracketed)
            if self.wanted.take("unmatched_bracket"):
                number = self.plants.add("unmatched_bracket", "）")
                made.append(_around(text, text[text.index("（") : text.index("）") + 1], text[text.index("（") : text.index("）")], number))  # fmt: skip
            else:
                made.append([Piece(text)])
        if self.wanted.take("congress_blank"):
            number = self.plants.add("congress_blank", "二十")
            made.append(
                [
                    Piece("认真学习贯彻党的"),
                    Piece("XX", plants=(number,)),
                    Piece("大精神，统一思想、凝聚力量。"),
                ]
            )
        if self.wanted.take("other_place"):
            number = self.plants.add("other_place")
            alien = rng.choice(words.aliens)
            made.append(_around(rng.choice(words.alien).format(alien=alien), alien, alien, number))
        if self.wanted.take("all_but_some_left"):
            made.append(self._remainder())
        rng.shuffle(made)
        self._body(made)

    def _slip(self, kind: str, right: str, wrong: str, text: str) -> list[Piece]:
        text = text.replace("{y}", str(self.world.year))
        if right not in text or not self.wanted.take(kind):
            return [Piece(text)]
        return _around(text, right, wrong, self.plants.add(kind, right))

    def _dated(self) -> list[Piece]:
        text = self.rng.choice(self.words.dated)
        month, day = self.rng.randint(1, 11), self.rng.randint(1, 28)
        date = f"{month}月{day}日"
        number = -1
        if self.wanted.take("impossible_date"):
            date = self.rng.choice(["6月31日", "2月30日", "13月5日", "9月31日", "11月32日"])
            number = self.plants.add("impossible_date")
        before, _, after = text.partition("{date}")
        mark = Piece(date, plants=(number,)) if number >= 0 else Piece(date)
        return [one for one in (Piece(before), mark, Piece(after)) if one.text]

    def _remainder(self) -> list[Piece]:
        number = self.plants.add("all_but_some_left")
        text = self.rng.choice(self.words.remainders)
        pieces: list[Piece] = []
        for at, part in enumerate(re.split("[‹›]", text)):
            made = self._say(part)
            pieces += [_planted(one, number) for one in made] if at % 2 else made
        return pieces

    def _problems(self) -> None:
        chosen = self._pick(self.words.problems, self.rng.randint(2, 4))
        made = []
        for at, text in enumerate(chosen, start=1):
            mark = f"{in_chinese(at)}是" if len(chosen) > 1 else ""
            made.append([Piece(mark), *self._say(text)] if mark else self._say(text))
        self._body(made)

    def _plan(self, mark: tuple[str, int]) -> None:
        heading = self.rng.choice(self.words.plan_heads)
        if "{ny}" in heading and self.wanted.take("wrong_plan_year"):
            number = self.plants.add("wrong_plan_year", f"{self.world.year + 1}年")
            ends = "。" if self.layout.run_in else self.layout.heading_ends
            rest = heading.removeprefix("{ny}年") + ends
            plants = (mark[1],) if mark[1] >= 0 else ()
            year = Piece(f"{self.world.year - 1}年", plants=(number,))
            self.lines.append(Line("heading", [[Piece(mark[0], plants=plants), year, Piece(rest)]]))
        else:
            self._heading(mark, heading)
        made = [
            self._sentence(text) for text in self._pick(self.words.plans, self.rng.randint(2, 4))
        ]
        if self.rng.random() < 0.5 or self.wanted.open("wrong_count"):
            self._body(made)
            self._counted()
        else:
            self._body(made)

    def _counted(self) -> None:
        clause, items = self.rng.choice(self.words.counted)
        count = self.rng.randint(3, len(items))
        said, number = count, -1
        if self.wanted.take("wrong_count"):
            said = count + self.rng.choice([1, 1, 2, -1])
            number = self.plants.add("wrong_count", in_chinese(count))
        before, _, after = clause.partition("{n}")
        word = in_chinese(said)
        pieces = [
            Piece(before),
            Piece(word + after[0], neutral=True, plants=(number,) if number >= 0 else ()),
            Piece(after[1:]),
        ]
        if self.rng.random() < 0.5:
            listed = "；".join(
                f"{in_chinese(at)}是{item}" for at, item in enumerate(items[:count], 1)
            )
            pieces.append(Piece(listed + "。"))
            self._body([pieces])
            return
        self._body([pieces])
        for at, item in enumerate(items[:count], 1):
            mark = self._inner_mark(at)
            body = self._pick(self.words.fillers, 1)
            sentence = self._say(body[0]) if body else [Piece("抓细抓实，务求实效。")]
            self.lines.append(Line("body", [[Piece(mark), Piece(item + "。")], sentence]))

    def _closing(self) -> None:
        if self.rng.random() < 0.8:
            self.lines.append(Line("closing", [[Piece(self.rng.choice(self.words.closings))]]))
        if self.rng.random() < 0.6:
            self.lines.append(Line("signature", [[Piece(self.world.names["o"])]]))
            year = self.world.year
            date = (
                f"{year}年12月{self.rng.randint(5, 31)}日"
                if self.rng.random() < 0.7
                else f"{year + 1}年1月{self.rng.randint(2, 20)}日"
            )
            self.lines.append(Line("signature", [[Piece(date)]]))

    # ── together ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _finish(self) -> KnownDraft:
        for kind, plant in LINE_ERRORS.items():
            if self.wanted.open(kind) and plant(self.lines, self.plants, self.words, self.rng):
                self.wanted.take(kind)
        for kind, blot in TEXT_ERRORS.items():
            if self.wanted.open(kind) and blot(self.lines, self.plants, self.words, self.rng):
                self.wanted.take(kind)
        pieces: list[Piece] = []
        for at, line in enumerate(self.lines):
            if at and not line.run_on:
                pieces.append(Piece("\n\n" if self.layout.blank_lines else "\n"))
            is_indented = line.kind in {"lead", "body", "closing", "heading"} and not line.run_on
            if self.layout.indent and is_indented:
                pieces.append(Piece(self.layout.indent))
            for sentence in line.sentences:
                pieces += sentence
        return self._placed(pieces)

    def _placed(self, pieces: list[Piece]) -> KnownDraft:
        text, at = "", 0
        figures, neutral, traps = [], [], []
        spans: dict[int, list[tuple[int, int]]] = {}
        for piece in pieces:
            end = at + len(piece.text)
            if piece.number is not None:
                figures.append(KnownFigure(at, end, piece.number))
            if piece.neutral:
                neutral.append((at, end))
            if piece.trap:
                traps.append((at, end))
            for number in piece.plants:
                spans.setdefault(number, []).append((at, end))
            text += piece.text
            at = end
        planted = tuple(
            Planted(kind, right, tuple(spans[number]))
            for number, (kind, right) in enumerate(self.plants.kinds)
            if number in spans
        )
        world = self.world
        has_tree = self.rng.random() < 0.5 or any(one.kind == "other_place" for one in planted)
        context = CheckingContext(
            organisation=world.names["o"],
            organisations=frozenset(world.places) if has_tree else frozenset(),
            year=world.year if self.rng.random() < 0.5 else None,
        )
        return KnownDraft(
            name="",
            draft=Draft(text=text),
            context=context,
            figures=tuple(figures),
            neutral=tuple(neutral),
            traps=tuple(traps),
            planted=planted,
            genre=world.genre.key,
            year=world.year,
        )


def _planted(piece: Piece, number: int) -> Piece:
    return Piece(piece.text, piece.number, piece.neutral, piece.trap, (*piece.plants, number))


def _around(text: str, old: str, new: str, number: int) -> list[Piece]:
    """The clause with `old` replaced by a planted `new`."""
    before, _, after = text.partition(old)
    made = (Piece(before), Piece(new, plants=(number,)), Piece(after))
    return [one for one in made if one.text]


def make_draft(set_name: SetName, seed: int) -> KnownDraft:
    """The draft of a seed: always the same."""
    made = replace(Composer(set_name, seed).compose(), name=f"{set_name}-{seed:04d}")
    return through_a_file(made, Random(f"{made.name}-file"))
