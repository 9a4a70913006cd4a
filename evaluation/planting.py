"""Errors planted in a draft that is already written: what gets lost or slips in between writing and handing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from evaluation.model import Piece, Plants
from evaluation.sentences import placeholder_of
from evaluation.wordings import Wording

if TYPE_CHECKING:
    from evaluation.composing import Line


@dataclass
class Errors:
    """Which kinds of error a draft is still to get, each once; one that finds no place stays out."""

    kinds: set[str]

    def open(self, kind: str) -> bool:
        """Whether this kind may still be planted."""
        return kind in self.kinds

    def take(self, kind: str) -> bool:
        """Use this kind up, when it is open."""
        if kind not in self.kinds:
            return False
        self.kinds.discard(kind)
        return True


Plant = Callable[["list[Line]", Plants, Wording, Random], bool]


def _plain_places(lines: list[Line]) -> list[tuple[list[Piece], int]]:
    """Pieces of ordinary words in the body, each with its sentence."""
    return [
        (sentence, at)
        for line in lines
        if line.kind in {"body", "lead"}
        for sentence in line.sentences
        for at, piece in enumerate(sentence)
        if piece.number is None and not (piece.neutral or piece.trap or piece.plants)
    ]


def _split_at(place: tuple[list[Piece], int], start: int, end: int, text: str, number: int) -> None:
    sentence, at = place
    whole = sentence[at].text
    parts = (Piece(whole[:start]), Piece(text, plants=(number,)), Piece(whole[end:]))
    sentence[at : at + 1] = [one for one in parts if one.text]


def _swap(pattern: str, kind: str, text: Callable[[re.Match[str]], str], right: str = "") -> Plant:
    """Plant by replacing one match of `pattern` in ordinary words."""
    compiled = re.compile(pattern)

    def plant(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
        found = [
            (place, match)
            for place in _plain_places(lines)
            for match in compiled.finditer(place[0][place[1]].text)
        ]
        if not found:
            return False
        place, match = rng.choice(found)
        number = plants.add(kind, right)
        _split_at(place, match.start(), match.end(), text(match), number)
        return True

    return plant


def _with_figure(
    kind: str,
    wanted: Callable[[Piece], bool],
    change: Callable[[Piece, int, Wording, Random], Piece],
) -> Plant:
    def plant(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
        found = [
            (sentence, at)
            for line in lines
            if line.kind in {"body", "lead"}
            for sentence in line.sentences
            for at, piece in enumerate(sentence)
            if piece.number is not None and not piece.plants and wanted(piece)
        ]
        if not found:
            return False
        sentence, at = rng.choice(found)
        number = plants.add(kind, sentence[at].text)
        sentence[at] = change(sentence[at], number, words, rng)
        return True

    return plant


def _blank(piece: Piece, number: int, words: Wording, rng: Random) -> Piece:
    return replace(placeholder_of(piece, rng), plants=(number,))


def _residue_in_number(piece: Piece, number: int, words: Wording, rng: Random) -> Piece:
    marker = rng.choice(words.markers)
    return replace(piece, text=piece.text[:1] + marker + piece.text[1:], plants=(number,))


def _without_yuan(piece: Piece, number: int, words: Wording, rng: Random) -> Piece:
    return replace(piece, text=piece.text.removesuffix("元"), plants=(number,))


def _residue_in_word(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    places = [one for one in _plain_places(lines) if len(one[0][one[1]].text) > 6]
    if not places:
        return False
    place = rng.choice(places)
    at = rng.randint(2, len(place[0][place[1]].text) - 3)
    number = plants.add("residue_in_word")
    _split_at(place, at, at, rng.choice(words.markers), number)
    return True


def _advertisement(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    bodies = [line for line in lines if line.kind in {"body", "lead"} and line.sentences]
    line = rng.choice(bodies)
    number = plants.add("advertisement")
    line.sentences.append([Piece(rng.choice(words.advertisements), plants=(number,))])
    return True


def _unmatched_quote(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    """Take one quotation mark away; the error is to be shown anywhere in its sentence."""
    found = []
    for line in lines:
        if line.kind != "body":
            continue
        for sentence in line.sentences:
            text = "".join(one.text for one in sentence)
            free = not any(one.plants or one.number for one in sentence)
            if free and text.count("“") == text.count("”") == 1:
                found.append(sentence)
    if not found:
        return False
    sentence = rng.choice(found)
    mark = rng.choice("“”")
    number = plants.add("unmatched_quote", mark)
    for at, piece in enumerate(sentence):
        sentence[at] = replace(piece, text=piece.text.replace(mark, ""), plants=(number,))
    return True


def _straight_quotes(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    found = []
    for line in lines:
        for sentence in line.sentences if line.kind == "body" else []:
            text = "".join(one.text for one in sentence)
            free = not any(one.plants for one in sentence)
            if free and text.count("“") == text.count("”") == 1:
                found.append(sentence)
    if not found:
        return False
    sentence = rng.choice(found)
    number = plants.add("straight_quotes")
    for at, piece in enumerate(sentence):
        changed = piece.text.replace("“", '"').replace("”", '"')
        if changed != piece.text:
            sentence[at] = replace(piece, text=changed, plants=(number,))
    return True


def _year_blank(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    for line in lines:
        for sentence in line.sentences if line.kind in {"title", "lead"} else []:
            for at, piece in enumerate(sentence):
                if re.fullmatch(r"20\d\d", piece.text) and not piece.plants and rng.random() < 0.6:
                    number = plants.add("year_blank", piece.text)
                    sentence[at] = Piece(rng.choice(["20XX", "20xx", "202X"]), plants=(number,))
                    return True
    return False


def _name_blank(lines: list[Line], plants: Plants, words: Wording, rng: Random) -> bool:
    places = {*words.villages, *words.towns}
    for line in lines:
        for sentence in line.sentences if line.kind in {"body", "lead"} else []:
            for at, piece in enumerate(sentence):
                if piece.text in places and not piece.plants:
                    number = plants.add("name_blank", piece.text)
                    blank = rng.choice(["XX", "XXX", "**", "××", "某某"][:4]) + piece.text[-1]
                    sentence[at] = Piece(blank, plants=(number,))
                    return True
    return False


def _money(piece: Piece) -> bool:
    return bool(re.fullmatch(r"[\d.]+万元", piece.text))


def _countable(piece: Piece) -> bool:
    number = piece.number
    return bool(
        number is not None
        and re.match(r"[\d０-９]", piece.text)
        and number.writing not in {"range", "percent"}
    )


def _long(piece: Piece) -> bool:
    return bool(re.match(r"\d\d", piece.text)) and piece.number is not None


#: Errors in the pieces of a line.
LINE_ERRORS: dict[str, Plant] = {
    "number_blank": _with_figure("number_blank", _countable, _blank),
    "residue_in_number": _with_figure("residue_in_number", _long, _residue_in_number),
    "wan_without_yuan": _with_figure("wan_without_yuan", _money, _without_yuan),
    "year_blank": _year_blank,
    "name_blank": _name_blank,
    "unmatched_quote": _unmatched_quote,
    "straight_quotes": _straight_quotes,
}
#: Errors in ordinary words.
TEXT_ERRORS: dict[str, Plant] = {
    "doubled_punctuation": _swap("[，。；]", "doubled_punctuation", lambda m: m[0] * 2),
    "clashing_punctuation": _swap("[，、]", "clashing_punctuation", lambda m: m[0] + "。"),
    "half_width": _swap("(?<=[一-鿿])，(?=[一-鿿])", "half_width", lambda m: ","),
    "doubled_character": _swap(
        "(?<=[一-鿿])[的了和在](?=[一-鿿])", "doubled_character", lambda m: m[0] * 2
    ),
    "doubled_word": _swap(
        "(?<=[一-鿿])(?:开展|推进|加强|完成|落实|群众)(?=[一-鿿])",
        "doubled_word",
        lambda m: m[0] * 2,
    ),
    "stray_space": _swap(
        "(?<=[一-鿿])(?:开展|推进|加强|完成|落实|建设)",
        "stray_space",
        lambda m: m[0][0] + " " + m[0][1],
    ),
    "residue_in_word": _residue_in_word,
    "advertisement": _advertisement,
}
