"""The words checking knows, taken from the catalogue: fixed names, measure words, confusions, terms, programmes.

An office extends them with its own folder of definitions; nothing here is read from files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shuzhi.core.definitions import Catalogue, ProgrammeDef, WordDef, WordListDef, WordListKind
from shuzhi.core.quantities import Units


@dataclass(frozen=True)
class Lexicon:
    """Word lists by kind, units and programmes; made once and used for any number of drafts."""

    units: Units
    lists: dict[WordListKind, tuple[WordListDef, ...]] = field(default_factory=dict)
    programmes: tuple[ProgrammeDef, ...] = ()
    #: what detectors derive from the lists once (automata, compiled patterns), by detector
    derived: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def words(self, kind: WordListKind) -> Iterator[WordDef]:
        """Every entry of every list of a kind."""
        for one in self.lists.get(kind, ()):
            yield from one.words


def lexicon_of(catalogue: Catalogue) -> Lexicon:
    """The lexicon of a catalogue (the shipped one, or one an office has laid its folder over)."""
    lists: dict[WordListKind, list[WordListDef]] = {}
    for definition in catalogue.words.values():
        lists.setdefault(definition.kind, []).append(definition)
    return Lexicon(
        units=Units(catalogue.units),
        lists={kind: tuple(found) for kind, found in lists.items()},
        programmes=tuple(catalogue.programmes.values()),
    )
