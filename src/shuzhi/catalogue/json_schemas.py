"""JSON Schemas of the definitions, so that an editor can complete keys and mark mistakes while one types.

They are generated from the dataclasses and the comments beside them, never written by hand and never read by the
loader: the strict reader in `schema` decides alone what is right.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

from shuzhi.catalogue.loader import KINDS, UNIT, Kind, shipped_folder
from shuzhi.catalogue.schema import KEY_PATTERN, attributes
from shuzhi.core.definitions import Text, UnitDef, WordDef

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_COMMENT: Final = re.compile(r"^    (\w+)\s*:.*?#: (.+)$", re.M)
_KEY: Final = KEY_PATTERN.pattern.removesuffix(r"\Z")

#: A text may look like a number or a truth value to an editor; to the loader it stays the text it is.
_SCALAR: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
_BLANK: Final[dict[str, Any]] = {"type": "null"}


def schemas_folder() -> Path:
    """Where the generated files are kept."""
    return shipped_folder() / "schemas"


def make_schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a file with definitions of this kind."""
    shapes: dict[str, Any] = {}
    one = _shape(kind.cls, shapes)
    # the folder's name stands in for an area that is not written
    shape = shapes[kind.cls.__name__]
    shape["required"] = [key for key in shape["required"] if key != "area"]
    root: dict[str, Any]
    if kind is UNIT:
        root = {
            "type": "object",
            "properties": {"units": {"type": "array", "items": one}},
            "required": ["units"],
            "additionalProperties": False,
        }
    else:
        root = {"oneOf": [one, {"type": "array", "items": one}]}
    return {
        "$schema": _DIALECT,
        "title": kind.folder,
        **root,
        "$defs": dict(sorted(shapes.items())),
    }


def render_schema(kind: Kind) -> str:
    """The schema as the text of its file."""
    return json.dumps(make_schema(kind), ensure_ascii=False, indent=2) + "\n"


def file_name(kind: Kind) -> str:
    """Name of the kind's file: ``ledger.json``; the units' is ``units.json`` like the file they stand in."""
    return f"{'units' if kind is UNIT else kind.name}.json"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`; returns the files whose text changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for kind in KINDS:
        path, text = folder / file_name(kind), render_schema(kind)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _shape(cls: type[Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """A reference to the class's schema, which is made on first use (sections hold sections)."""
    name = cls.__name__
    reference = {"$ref": f"#/$defs/{name}"}
    if name in shapes:
        return reference
    shape: dict[str, Any] = {"type": "object"}
    shapes[name] = shape
    if cls.__doc__:
        shape["description"] = inspect.cleandoc(cls.__doc__)
    comments = dict(_COMMENT.findall(inspect.getsource(cls)))
    properties: dict[str, Any] = {}
    for one in attributes(cls):
        written = _schema_of(one.annotation, shapes)
        if one.key == "key" and cls is not UnitDef:
            written = {"type": "string", "pattern": f"^{_KEY}$"}
        if not one.required:
            written = _or_blank(written)
        if one.name in comments:
            written = {"description": comments[one.name], **written}
        properties[one.key] = written
    shape["properties"] = properties
    shape["required"] = [one.key for one in attributes(cls) if one.required]
    shape["additionalProperties"] = False
    return reference


def _or_blank(written: dict[str, Any]) -> dict[str, Any]:
    """An attribute with a default may be written and left empty."""
    if "type" in written:
        kinds = written["type"] if isinstance(written["type"], list) else [written["type"]]
        return {**written, "type": [*kinds, "null"]}
    if "enum" in written:
        return {"enum": [*written["enum"], None]}
    return {"anyOf": [*written.get("anyOf", [written]), _BLANK]}


def _schema_of(annotation: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        inner = next(one for one in get_args(annotation) if one is not type(None))
        return _schema_of(inner, shapes)
    if origin is Literal:
        return {"enum": list(get_args(annotation))}
    if origin is tuple:
        item = get_args(annotation)[0]
        items = _schema_of(item, shapes)
        single = item is str or get_origin(item) is Literal
        listed = {"type": "array", "items": items}
        return {"anyOf": [listed, items]} if single else listed
    if annotation is Text:
        return {"anyOf": [{"type": "string"}, _shape(Text, shapes)]}
    if annotation is WordDef:
        return {"anyOf": [{"type": "string"}, _shape(WordDef, shapes)]}
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _shape(annotation, shapes)
    if annotation is bool:
        return {"type": "boolean"}
    if annotation is int:
        return {"type": "integer"}
    if annotation is Decimal:
        return {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
    return _SCALAR


if __name__ == "__main__":
    write_schemas(schemas_folder())
