"""How much of a draft stood in another report before: last year's own, or a neighbour's.

Sentences are compared by overlapping runs of characters with their numbers masked, so that a copied sentence with new figures is
seen as copied and its figures are then looked at. Stock phrases of the genre count for nothing. Linear in the length of the texts;
which texts to hold against is the caller's choice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import ahocorasick

from shuzhi.core.checking.model import EarlierText, Finding, FindingKind, FindingSeverity
from shuzhi.core.checking.text import Reading, read

if TYPE_CHECKING:
    from shuzhi.core.checking.lexicon import Lexicon
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("SIMILARITY_001", "warning", "similarity"),
    FindingKind("SIMILARITY_002", "unexplained", "similarity"),
    FindingKind("SIMILARITY_003", "warning", "similarity"),
    FindingKind("SIMILARITY_004", "info", "similarity"),
    FindingKind("SIMILARITY_005", "info", "similarity"),
    FindingKind("SIMILARITY_006", "warning", "similarity"),
)
_SEVERITY: Final[dict[str, FindingSeverity]] = {kind.code: kind.severity for kind in KINDS}

#: Characters of a shingle; six Chinese characters are two to three words.
_SHINGLE: Final = 6
#: A sentence with fewer shingles of its own is too short to be anybody's.
_LEAST: Final = 10
#: A shorter stock phrase is just a word; a shingle with so many characters of stock phrases is not its writer's own.
_STOCK: Final = 4
_MOSTLY_STOCK: Final = 4
#: From this share on a sentence counts as copied.
_COPIED: Final = Decimal("0.8")
#: A neighbour's passage without names or figures is only told when it is so long.
_LONG: Final = 80
#: From this share of the whole draft on the draft itself is a copy.
_MOSTLY: Final = Decimal("0.5")
#: A shingle that stands in so many of the texts is the genre's, not a writer's.
_COMMON_TEXTS: Final = 3
_EXCERPT: Final = 160

_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SKIPPED: Final = re.compile(r"[^\u4e00-\u9fff#A-Za-z]+")
#: Years and ordinals say nothing about a sentence's figures.
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?=年|—|－|-|–)")
_UNIT_NAME: Final = re.compile(r"[\u4e00-\u9fff]{1,3}(?:村|镇|乡|社区|街道)")


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    masked: str  #: its characters without punctuation, each number as #
    shingles: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Other:
    source: EarlierText
    reading: Reading
    sentences: tuple[_Sentence, ...]
    #: the sentence a shingle stands in first
    places: dict[str, int]


@dataclass(slots=True)
class _Passage:
    """Sentences in a row that stand in one other text."""

    start: int
    end: int
    other: _Other
    others: list[int]
    numbers: list[str]
    shares: list[Decimal]

    @property
    def share(self) -> int:
        """Percent of its shingles found in the other text."""
        return int(sum(self.shares, Decimal(0)) / len(self.shares) * 100)


def _sentences(reading: Reading) -> tuple[_Sentence, ...]:
    found = []
    for start, end in reading.sentences:
        words = reading.clean[start:end]
        plain = _YEAR.sub("#", words)
        numbers = tuple(_NUMBER.findall(plain))
        masked = _SKIPPED.sub("", _NUMBER.sub("#", plain))
        shingles = tuple(masked[i : i + _SHINGLE] for i in range(len(masked) - _SHINGLE + 1))
        last = start + len(words.rstrip())
        found.append(_Sentence(start, last, masked, shingles, numbers))
    return tuple(found)


def _lay_open(source: EarlierText) -> _Other:
    reading = read(source.text)
    sentences = _sentences(reading)
    places: dict[str, int] = {}
    for number, sentence in enumerate(sentences):
        for shingle in sentence.shingles:
            places.setdefault(shingle, number)
    return _Other(source, reading, sentences, places)


def _formulas_of(lexicon: Lexicon) -> ahocorasick.Automaton:
    """The automaton over the stock phrases of the genre; made once for a lexicon."""
    made = lexicon.derived.get("similarity")
    if isinstance(made, ahocorasick.Automaton):
        return made
    automaton = ahocorasick.Automaton()
    for word in lexicon.words("formula"):
        plain = _SKIPPED.sub("", word.text)
        if len(plain) >= _STOCK:
            automaton.add_word(plain, len(plain))
    if len(automaton):
        automaton.make_automaton()
    lexicon.derived["similarity"] = automaton
    return automaton


def _own_shingles(
    sentence: _Sentence, formulas: ahocorasick.Automaton, common: frozenset[str]
) -> list[str]:
    """The shingles of a sentence that are mostly its writer's own words."""
    masked = sentence.masked
    stock = bytearray(len(masked))
    if len(formulas):
        for last, length in formulas.iter(masked):
            stock[last - length + 1 : last + 1] = b"\x01" * length
    return [
        shingle
        for at, shingle in enumerate(sentence.shingles)
        if sum(stock[at : at + _SHINGLE]) < _MOSTLY_STOCK and shingle not in common
    ]


def _common_shingles(others: Sequence[_Other]) -> frozenset[str]:
    """What stands in several of the texts; with few texts nothing can be told to be common."""
    if len(others) <= _COMMON_TEXTS:
        return frozenset()
    counts = Counter(shingle for other in others for shingle in other.places)
    return frozenset(one for one, count in counts.items() if count >= _COMMON_TEXTS)


def _passages(
    sentences: Sequence[_Sentence], owns: Sequence[Sequence[str]], other: _Other
) -> Iterator[_Passage]:
    current: _Passage | None = None
    for sentence, own in zip(sentences, owns, strict=True):
        if len(own) < _LEAST:
            continue
        votes = Counter(other.places[one] for one in own if one in other.places)
        share = Decimal(sum(votes.values())) / len(own)
        if share < _COPIED:
            if current:
                yield current
                current = None
            continue
        place = votes.most_common(1)[0][0]
        if current and current.others[-1] <= place <= current.others[-1] + 2:
            current.end = sentence.end
            current.others.append(place)
            current.numbers.extend(sentence.numbers)
            current.shares.append(share)
            continue
        if current:
            yield current
        current = _Passage(
            sentence.start, sentence.end, other, [place], list(sentence.numbers), [share]
        )
    if current:
        yield current


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _EXCERPT else plain[: _EXCERPT - 1] + "…"


def find_similarities(study: Study) -> Iterator[Finding]:
    """Passages of the draft that stand in an earlier text, and how much of the draft they are.

    Args:
        study: the draft laid open; `context.earlier` holds the texts to compare it with.
    """
    if not study.context.earlier:
        return
    sentences = _sentences(study.reading)
    others = [_lay_open(one) for one in study.context.earlier if one.text.strip()]
    formulas, common = _formulas_of(study.lexicon), _common_shingles(others)
    owns = [_own_shingles(one, formulas, common) for one in sentences]
    whole = sum(one.end - one.start for one in sentences) or 1
    for other in others:
        passages = list(_passages(sentences, owns, other))
        for passage in passages:
            yield from _told(study, passage)
        copied = Decimal(sum(one.end - one.start for one in passages)) / whole
        if copied:
            code = (
                "SIMILARITY_006"
                if copied >= _MOSTLY and not other.source.is_own
                else "SIMILARITY_005"
            )
            start, end = study.reading.back(passages[0].start, passages[0].end)
            yield Finding(
                code,
                _SEVERITY[code],
                start,
                end,
                {
                    "name": other.source.name,
                    "percent": int(copied * 100),
                    "count": len(passages),
                },
                related=tuple(study.reading.back(one.start, one.end) for one in passages[1:]),
            )


def _told(study: Study, passage: _Passage) -> Iterator[Finding]:
    other = passage.other
    chosen = [other.sentences[number] for number in sorted(set(passage.others))]
    theirs = other.reading.clean[chosen[0].start : chosen[-1].end]
    ours = study.reading.clean[passage.start : passage.end]
    their_numbers = [number for sentence in chosen for number in sentence.numbers]
    same = bool(passage.numbers) and passage.numbers == their_numbers
    changed = [
        f"{before}→{after}"
        for before, after in zip(their_numbers, passage.numbers, strict=False)
        if before != after
    ]
    if other.source.is_own:
        code = "SIMILARITY_003" if same else "SIMILARITY_004"
    elif same or _carries_their_names(ours, study, other):
        code = "SIMILARITY_001"
    elif len(ours) >= _LONG:
        code = "SIMILARITY_002"
    else:
        return
    start, end = study.reading.back(passage.start, passage.end)
    yield Finding(
        code,
        _SEVERITY[code],
        start,
        end,
        {
            "name": other.source.name,
            "passage": _excerpt(theirs),
            "percent": passage.share,
            "changed": "、".join(changed[:6]),
        },
    )


def _carries_their_names(words: str, study: Study, other: _Other) -> bool:
    """Whether the copied words still name the other unit."""
    name = other.source.name
    own = study.context.organisation
    return any(match[0] in name and match[0] not in own for match in _UNIT_NAME.finditer(words))
