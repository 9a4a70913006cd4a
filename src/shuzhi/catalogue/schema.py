"""From YAML text to typed definitions: the part of the loader that knows shapes but no folders.

A clerk who writes ``no``, ``0110`` or ``2023-01`` means exactly those characters, so YAML is read as a tree of
texts with their lines and columns, and only the annotations of `shuzhi.core.definitions` decide what a text
becomes. Nothing here knows what a ledger means or whether the names in it exist.
"""

from __future__ import annotations

import difflib
import keyword
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import yaml

from shuzhi.core.definitions import IndicatorDef, Text, UnitDef, WordDef
from shuzhi.core.problems import Place, Problem

#: Attribute name behind a YAML key that Python does not allow as a name.
YAML_NAMES: Final[Mapping[type, Mapping[str, str]]] = {IndicatorDef: {"source": "from"}}

#: Deeper nesting than any definition needs; beyond it a file is refused before it can exhaust the reader.
MAX_DEPTH: Final = 40

#: A definition is a page of text; a larger file is refused before it is parsed.
MAX_BYTES: Final = 2_000_000

KEY_PATTERN: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_WORD: Final = re.compile(r"[\w -]+\Z")
_INTEGER: Final = re.compile(r"-?[0-9]+\Z")
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_BLANK: Final = frozenset({"", "~", "null", "Null", "NULL"})

#: Words of the expression language besides Python's own keywords; no key may be one of them.
_RESERVED: Final = frozenset({"true", "false", "none"})


class Failed:
    """What a conversion gives back when it has already reported a problem."""


FAILED: Final = Failed()

T = TypeVar("T")


# ── the tree of texts ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class ScalarNode:
    """A text as it stands in the file; `plain` means written without quotes."""

    text: str
    plain: bool
    line: int
    column: int

    @property
    def is_blank(self) -> bool:
        """True for an empty place: nothing, ``~`` or ``null`` without quotes."""
        return self.plain and self.text in _BLANK


@dataclass(slots=True)
class SequenceNode:
    """A YAML list."""

    items: list[Node]
    line: int
    column: int


@dataclass(slots=True)
class MappingNode:
    """A YAML mapping in written order; a key written twice has been reported and is kept once."""

    entries: dict[str, tuple[ScalarNode, Node]]
    line: int
    column: int

    def get(self, key: str) -> Node | None:
        """The value under `key`; None when the key is absent or left blank."""
        entry = self.entries.get(key)
        if entry is None or (isinstance(entry[1], ScalarNode) and entry[1].is_blank):
            return None
        return entry[1]


Node = ScalarNode | SequenceNode | MappingNode


def excerpt(node: Node) -> str:
    """What stands there, short enough for a sentence and the same in every language."""
    if isinstance(node, SequenceNode):
        return f"[… {len(node.items)}]"
    if isinstance(node, MappingNode):
        return "{" + ", ".join(node.entries) + "}"
    return node.text if len(node.text) <= 60 else node.text[:60] + "…"


def similar(name: str, known: Iterable[str], count: int = 5) -> str:
    """The known names nearest to `name`, joined for a sentence; ``—`` when nothing is known."""
    candidates = sorted(set(known))
    nearest = difflib.get_close_matches(name, candidates, n=count, cutoff=0.4) or candidates[:count]
    return "、".join(nearest) or "—"


class Reporter:
    """Collects the problems of one file, each with line, column and key path."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def add(
        self,
        code: str,
        node: Node | tuple[int, int] | None = None,
        path: str = "",
        severity: Literal["error", "warning"] = "error",
        **params: Any,
    ) -> None:
        """Report `code` at the node's place (or at a pair of line and column)."""
        if isinstance(node, tuple):
            line, column = node
        elif node is None:
            line, column = None, None
        else:
            line, column = node.line, node.column
        self.problems.append(
            Problem(
                code=code,
                params={**params, "column": column},
                place=Place(file=self.file, line=line, path=path),
                severity=severity,
            )
        )


def parse_documents(text: str, reporter: Reporter) -> list[Node] | None:
    """The documents of a YAML text, or None when the text is not YAML at all.

    The tree is made from the parser's events and never by YAML's own typing, so that every scalar stays
    text and anchors, aliases, tags, merge keys and doubled keys are seen and reported.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(_build(yaml.parse(text, Loader=loader), reporter))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else None
        reporter.add("CATALOGUE_003", place, detail=error.problem or str(error))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reporter.add("CATALOGUE_003", (line, 1), detail=error.reason)
    except _TooDeep as error:
        reporter.add("CATALOGUE_008", error.place, limit=MAX_DEPTH)
    return None


class _TooDeep(Exception):
    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__("too deep")
        self.place = place


def _build(events: Iterable[Any], reporter: Reporter) -> Iterator[Node]:
    """Turn parser events into nodes with a stack of its own: depth is bounded, not recursion."""
    stack: list[SequenceNode | MappingNode] = []
    pending: list[ScalarNode | None] = []  # per open mapping: the key waiting for its value
    root: Node | None = None

    def place(node: Node) -> None:
        nonlocal root
        if not stack:
            root = node
            return
        parent = stack[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
            return
        waiting = pending[-1]
        if waiting is None:
            if isinstance(node, ScalarNode):
                if node.plain and node.text == "<<":
                    reporter.add("CATALOGUE_007", node)
                pending[-1] = node
            else:
                reporter.add("CATALOGUE_010", node, found=excerpt(node))
                pending[-1] = ScalarNode("", True, node.line, node.column)
            return
        pending[-1] = None
        if waiting.text in parent.entries:
            first = parent.entries[waiting.text][0]
            reporter.add("CATALOGUE_004", waiting, key=waiting.text, first=first.line)
        elif waiting.text or not waiting.plain:
            parent.entries[waiting.text] = (waiting, node)

    for event in events:
        mark = getattr(event, "start_mark", None)
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            root = None
        elif isinstance(event, yaml.DocumentEndEvent):
            if root is not None and not (isinstance(root, ScalarNode) and root.is_blank):
                yield root
        elif isinstance(event, yaml.AliasEvent):
            reporter.add("CATALOGUE_005", at, name=event.anchor)
            place(ScalarNode("", True, *at))
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor is not None:
                reporter.add("CATALOGUE_005", at, name=event.anchor)
            tag = getattr(event, "tag", None)
            if tag is not None:
                reporter.add("CATALOGUE_006", at, tag=tag)
            if isinstance(event, yaml.ScalarEvent):
                place(ScalarNode(event.value, event.style in (None, ""), *at))
            else:
                if len(stack) >= MAX_DEPTH:
                    raise _TooDeep(at)
                opened: SequenceNode | MappingNode
                if isinstance(event, yaml.SequenceStartEvent):
                    opened = SequenceNode([], *at)
                else:
                    opened = MappingNode({}, *at)
                stack.append(opened)
                pending.append(None)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            pending.pop()
            place(stack.pop())


def read_nodes(path: Path, reporter: Reporter) -> list[Node]:
    """The YAML documents of a file as trees of texts; none when it could not be read, which is reported."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reporter.add("CATALOGUE_026", detail=error.strerror or str(error))
        return []
    if len(data) > MAX_BYTES:
        reporter.add("CATALOGUE_027", size=len(data), limit=MAX_BYTES)
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reporter.add("CATALOGUE_002", (data.count(b"\n", 0, error.start) + 1, 1))
        return []
    return parse_documents(text, reporter) or []


def definition_nodes(documents: list[Node]) -> Iterator[Node]:
    """One definition, a list of them, or several documents: each definition in turn."""
    for document in documents:
        if isinstance(document, SequenceNode):
            yield from document.items
        else:
            yield document


# ── conversion by annotation ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a definition class as YAML sees it."""

    name: str  #: name in Python
    key: str  #: key in YAML
    annotation: Any
    required: bool
    default: Any


_ATTRIBUTES: Final[dict[type[Any], tuple[Attribute, ...]]] = {}


def attributes(cls: type[Any]) -> tuple[Attribute, ...]:
    """The attributes of a definition dataclass in declared order."""
    if cls not in _ATTRIBUTES:
        _ATTRIBUTES[cls] = _read_attributes(cls)
    return _ATTRIBUTES[cls]


def _read_attributes(cls: type[Any]) -> tuple[Attribute, ...]:
    hints = typing.get_type_hints(cls)
    renamed = YAML_NAMES.get(cls, {})

    def make(one: Field[Any]) -> Attribute:
        required = one.default is MISSING and one.default_factory is MISSING
        default = None if one.default is MISSING else one.default
        return Attribute(
            one.name, renamed.get(one.name, one.name), hints[one.name], required, default
        )

    return tuple(make(one) for one in fields(cls))


def report_unknown_keys(
    reporter: Reporter,
    node: MappingNode,
    known: Iterable[str],
    path: str = "",
    renamed: Mapping[str, str] | None = None,
) -> bool:
    """Report every key of a mapping that is none of `known`, with the nearest known one.

    Returns True when a known key's content went astray with it, so that the rest cannot be trusted: a name `renamed`
    in YAML, or a text that a comma cut in two.
    """
    allowed = list(known)
    astray = False
    for key, (key_node, _) in node.entries.items():
        if key in allowed or key == "<<":
            continue
        below = f"{path}.{key}" if path else key
        near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.6)
        if renamed and key in renamed:
            reporter.add("CATALOGUE_011", key_node, below, key=key, similar=renamed[key])
            astray = True
        elif near:
            reporter.add("CATALOGUE_011", key_node, below, key=key, similar=near[0])
        elif not _WORD.match(key):
            reporter.add("CATALOGUE_029", key_node, below, key=key)
            astray = True
        else:
            reporter.add("CATALOGUE_021", key_node, below, key=key, allowed="、".join(allowed))
    return astray


class Conversion:
    """Turns the nodes of one definition into its dataclass and remembers where every key stood."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.positions: dict[str, tuple[int, int]] = {}

    def convert(self, annotation: Any, node: Node, path: str) -> Any:
        """`node` as `annotation` asks for it, or FAILED after reporting why not."""
        self.positions[path] = (node.line, node.column)
        origin = get_origin(annotation)
        if origin is Union or origin is types.UnionType:
            inner = [one for one in get_args(annotation) if one is not type(None)]
            return self.convert(inner[0], node, path)
        if origin is tuple:
            return self._tuple(get_args(annotation)[0], node, path)
        if annotation is Text:
            return self._text(node, path)
        if annotation is WordDef and isinstance(node, ScalarNode):
            return WordDef(text=node.text.strip())  # a list of words is mostly just words
        if isinstance(annotation, type) and is_dataclass(annotation):
            return self.dataclass(annotation, node, path)
        if not isinstance(node, ScalarNode):
            self.reporter.add("CATALOGUE_013", node, path, found=excerpt(node))
            return FAILED
        if origin is Literal:
            return self._literal(get_args(annotation), node, path)
        if annotation is bool:
            return self._checked(
                node, path, node.text in ("true", "false"), "CATALOGUE_016", lambda t: t == "true"
            )
        if annotation is int:
            return self._checked(
                node, path, bool(_INTEGER.match(node.text)), "CATALOGUE_015", lambda t: int(t)
            )
        if annotation is Decimal:
            return self._checked(
                node, path, bool(_DECIMAL.match(node.text)), "CATALOGUE_014", lambda t: Decimal(t)
            )
        if annotation is str:
            return node.text.strip()
        raise TypeError(f"the loader has no rule for {annotation!r}")

    def dataclass(
        self, cls: type[T], node: Node, path: str, defaults: Mapping[str, str] | None = None
    ) -> T | Failed:
        """A mapping as `cls`; `defaults` fill keys the file leaves out (the folder's area)."""
        if not isinstance(node, MappingNode):
            self.reporter.add(
                "CATALOGUE_018",
                node,
                path,
                found=excerpt(node),
                allowed="、".join(one.key for one in attributes(cls)),
            )
            return FAILED
        known = {one.key: one for one in attributes(cls)}
        failed = report_unknown_keys(self.reporter, node, known, path, YAML_NAMES.get(cls))
        values: dict[str, Any] = {}
        for key, attribute in known.items():
            below = f"{path}.{key}" if path else key
            value = node.get(key)
            if value is not None:
                converted = self.convert(attribute.annotation, value, below)
                if converted is FAILED:
                    failed = True
                elif attribute.required and converted in ("", ()):
                    self.reporter.add("CATALOGUE_012", value, below, key=key)
                    failed = True
                else:
                    values[attribute.name] = converted
            elif defaults and key in defaults:
                values[attribute.name] = defaults[key]
            elif attribute.required:
                self.reporter.add("CATALOGUE_012", node, below, key=key)
                failed = True
        if "key" in values and cls is not UnitDef:
            failed |= not self._check_key(values["key"], node, path)
        return FAILED if failed else cls(**values)

    def _check_key(self, key: str, node: MappingNode, path: str) -> bool:
        if KEY_PATTERN.match(key) and not keyword.iskeyword(key) and key not in _RESERVED:
            return True
        below = f"{path}.key" if path else "key"
        self.reporter.add("CATALOGUE_019", node.get("key") or node, below, key=key)
        return False

    def _tuple(self, item: Any, node: Node, path: str) -> Any:
        if isinstance(node, ScalarNode) and (item is str or get_origin(item) is Literal):
            value = self.convert(item, node, path)
            return FAILED if value is FAILED else (value,)
        if not isinstance(node, SequenceNode):
            self.reporter.add("CATALOGUE_017", node, path, found=excerpt(node))
            return FAILED
        values: list[Any] = []
        failed = False
        for number, one in enumerate(node.items):
            below = f"{path}[{number}]"
            if isinstance(one, ScalarNode) and one.is_blank:
                self.reporter.add("CATALOGUE_024", one, below)
                failed = True
                continue
            value = self.convert(item, one, below)
            if value is FAILED:
                failed = True
            values.append(value)
        return FAILED if failed else tuple(values)

    def _text(self, node: Node, path: str) -> Any:
        if isinstance(node, ScalarNode):
            return Text(zh=node.text.strip())
        return self.dataclass(Text, node, path)

    def _literal(self, allowed: tuple[Any, ...], node: ScalarNode, path: str) -> Any:
        if node.text in allowed:
            return node.text
        words = "、".join(repr(one) if one == "" else str(one) for one in allowed)
        near = difflib.get_close_matches(node.text, [str(one) for one in allowed], n=1, cutoff=0.6)
        code = "CATALOGUE_023" if near and near[0] else "CATALOGUE_022"
        self.reporter.add(
            code, node, path, found=node.text, allowed=words, similar=near[0] if near else ""
        )
        return FAILED

    def _checked(self, node: ScalarNode, path: str, good: bool, code: str, make: Any) -> Any:
        if good:
            return make(node.text)
        self.reporter.add(code, node, path, found=excerpt(node))
        return FAILED
