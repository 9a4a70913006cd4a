"""Reads folders of definitions into one catalogue and reports everything that is wrong with them at once.

A folder holds ``units.yaml`` and the folders ledgers, indicators, relations, parameters, reports, words and programmes; an office's own
folder is laid over the shipped one, so that a definition with the same key replaces it. What a definition means for
records, figures or pages is not known here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from shuzhi.catalogue.cases import CASES_SUFFIX
from shuzhi.catalogue.references import check_references
from shuzhi.catalogue.schema import (
    FAILED,
    Conversion,
    MappingNode,
    Node,
    Reporter,
    ScalarNode,
    SequenceNode,
    definition_nodes,
    excerpt,
    read_nodes,
)
from shuzhi.core.definitions import (
    Catalogue,
    IndicatorDef,
    LedgerDef,
    ParameterDef,
    ProgrammeDef,
    RelationDef,
    ReportDef,
    UnitDef,
    WordListDef,
)
from shuzhi.core.problems import Place, Problem, ProblemsError, is_blocking


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of definition: its name, its folder (also the catalogue's attribute) and its shape."""

    name: str
    folder: str
    cls: type[Any]

    @property
    def has_area(self) -> bool:
        """True when definitions of this kind belong to an area, by default the folder's name."""
        return any(one.name == "area" for one in fields(self.cls))


UNIT: Final = Kind("unit", "units", UnitDef)
KINDS: Final[tuple[Kind, ...]] = (
    UNIT,
    Kind("ledger", "ledgers", LedgerDef),
    Kind("indicator", "indicators", IndicatorDef),
    Kind("relation", "relations", RelationDef),
    Kind("parameter", "parameters", ParameterDef),
    Kind("report", "reports", ReportDef),
    Kind("wordlist", "words", WordListDef),
    Kind("programme", "programmes", ProgrammeDef),
)
_BY_FOLDER: Final = {kind.folder: kind for kind in KINDS if kind is not UNIT}

#: Folders that are no definitions of this reader's.
_OTHER_FOLDERS: Final = frozenset({"schemas", "procedures", "duties", "disclosure"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a definition stands: its file, and the line and column of each of its keys."""

    file: Path
    folder: Path  #: the catalogue folder the file was found in
    positions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: str = "") -> Place:
        """The place of a key path; of its nearest written ancestor when that very key was not written."""
        return Place(file=str(self.file), line=self._position(path)[0], path=path)

    def column(self, path: str = "") -> int:
        """The column belonging to `place`."""
        return self._position(path)[1]

    def _position(self, path: str) -> tuple[int, int]:
        at = path
        while at and at not in self.positions:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        return self.positions[at]


@dataclass(slots=True)
class LoadedCatalogue:
    """A catalogue together with where each definition came from and what was wrong.

    `broken` names definitions that are written but could not be read, so that nothing pointing at them is reported
    a second time as missing.
    """

    catalogue: Catalogue = field(default_factory=Catalogue)
    sources: dict[tuple[str, str], Origin] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def origins(self) -> dict[tuple[str, str], Place]:
        """(kind, key) → file and line where the definition begins."""
        return {identity: origin.place() for identity, origin in self.sources.items()}


def shipped_folder() -> Path:
    """The folder of the definitions that come with Shuzhi."""
    return Path(__file__).parent


@cache
def shipped_catalogue() -> Catalogue:
    """The definitions that come with Shuzhi, read once.

    Raises:
        ProblemsError: with everything found, when a shipped definition is broken.
    """
    catalogue, problems = load_catalogue(shipped_folder())
    if is_blocking(problems):
        raise ProblemsError(problems)
    return catalogue


#: What checking a text alone needs, and what points at nothing else.
WORDS_ONLY: Final = frozenset({"units.yaml", "words", "programmes"})


def load_catalogue(
    *folders: Path, only: frozenset[str] | None = None
) -> tuple[Catalogue, list[Problem]]:
    """Read folders, later ones over earlier ones, into a catalogue and the problems found.

    Definitions that could not be read are left out; with blocking problems the catalogue is for inspection only.

    Args:
        folders: Where definitions are kept.
        only: Names of the files and folders in them that are read (`WORDS_ONLY`); everything when None.
    """
    loaded = load_folders(*folders, only=only)
    return loaded.catalogue, loaded.problems


def load_folders(*folders: Path, only: frozenset[str] | None = None) -> LoadedCatalogue:
    """Like `load_catalogue`, keeping the origin of every definition."""
    loaded = LoadedCatalogue()
    for folder in folders:
        _load_folder(folder, loaded, only)
    loaded.problems.extend(check_references(loaded))
    return loaded


# ── one folder ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _load_folder(folder: Path, loaded: LoadedCatalogue, only: frozenset[str] | None) -> None:
    if not folder.is_dir():
        Reporter(str(folder), loaded.problems).add("CATALOGUE_001", path="", file=str(folder))
        return
    seen: dict[tuple[str, str], Place] = {}
    wanted = [folder] if only is None else [folder / name for name in sorted(only)]
    found = (path for one in wanted for path in ([one] if one.is_file() else one.rglob("*")))
    for path in sorted(found):
        if path.suffix not in (".yaml", ".yml") or not path.is_file():
            continue
        parts = path.relative_to(folder).parts
        reporter = Reporter(str(path), loaded.problems)
        if path.suffix == ".yml":
            reporter.add("CATALOGUE_009", file=path.name)
        elif path.name.endswith(CASES_SUFFIX) or parts[0] in _OTHER_FOLDERS:
            continue
        elif parts == ("units.yaml",):
            for node in _unit_nodes(read_nodes(path, reporter), reporter):
                _define(UNIT, node, folder, {}, reporter, loaded, seen)
        elif len(parts) > 1 and parts[0] in _BY_FOLDER:
            kind = _BY_FOLDER[parts[0]]
            defaults = {"area": parts[1]} if kind.has_area and len(parts) > 2 else {}
            for node in definition_nodes(read_nodes(path, reporter)):
                _define(kind, node, folder, defaults, reporter, loaded, seen)
        else:
            known = ["units.yaml", *_BY_FOLDER]
            near = difflib.get_close_matches(parts[0], known, n=1, cutoff=0)
            reporter.add("CATALOGUE_025", found=parts[0], similar=near[0], allowed="、".join(known))


def _unit_nodes(documents: list[Node], reporter: Reporter) -> Iterator[Node]:
    for document in documents:
        units = document.get("units") if isinstance(document, MappingNode) else None
        if not isinstance(units, SequenceNode):
            reporter.add("CATALOGUE_028", document, "units", found=excerpt(document))
            continue
        yield from units.items


def _define(
    kind: Kind,
    node: Node,
    folder: Path,
    defaults: dict[str, str],
    reporter: Reporter,
    loaded: LoadedCatalogue,
    seen: dict[tuple[str, str], Place],
) -> None:
    conversion = Conversion(reporter)
    conversion.positions[""] = (node.line, node.column)
    definition = conversion.dataclass(kind.cls, node, "", defaults)
    key_node = node.get("key") if isinstance(node, MappingNode) else None
    if not isinstance(key_node, ScalarNode):
        return  # reported by the conversion: a definition without a key has no identity
    key = key_node.text.strip()
    identity = (kind.name, key)
    if identity in seen:
        first = seen[identity]
        reporter.add("CATALOGUE_020", key_node, "key", key=key, file=first.file, first=first.line)
        return
    origin = Origin(Path(reporter.file), folder, conversion.positions)
    seen[identity] = origin.place()
    loaded.sources[identity] = origin
    if definition is FAILED:
        loaded.broken.add(identity)
        getattr(loaded.catalogue, kind.folder).pop(key, None)
        return
    loaded.broken.discard(identity)
    getattr(loaded.catalogue, kind.folder)[key] = definition
