"""The JSON Schemas for editors say what the dataclasses say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shuzhi.catalogue.json_schemas import (
    file_name,
    make_schema,
    render_schema,
    schemas_folder,
    write_schemas,
)
from shuzhi.catalogue.loader import KINDS, Kind
from shuzhi.catalogue.schema import attributes


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_the_committed_schema_is_the_generated_one(kind: Kind) -> None:
    committed = (schemas_folder() / file_name(kind)).read_text(encoding="utf-8")

    assert committed == render_schema(kind), "run: shuzhi catalogue schemas"


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_schema_knows_exactly_the_keys_of_the_class(kind: Kind) -> None:
    shape = make_schema(kind)["$defs"][kind.cls.__name__]

    assert list(shape["properties"]) == [one.key for one in attributes(kind.cls)]
    assert shape["additionalProperties"] is False


def test_the_key_from_and_the_words_of_a_choice_are_in_the_schema() -> None:
    indicator = next(kind for kind in KINDS if kind.name == "indicator")
    properties = make_schema(indicator)["$defs"]["IndicatorDef"]["properties"]

    assert "from" in properties
    assert "source" not in properties
    assert properties["nature"] == {"enum": ["stock", "flow", "derived"]}
    assert "ledger" in properties["from"]["description"]


def test_the_area_may_be_left_to_the_folder() -> None:
    ledger = next(kind for kind in KINDS if kind.name == "ledger")

    assert "area" not in make_schema(ledger)["$defs"]["LedgerDef"]["required"]


def test_every_reference_in_a_schema_leads_to_a_shape() -> None:
    for kind in KINDS:
        document = make_schema(kind)
        names = {part.split('"')[0] for part in json.dumps(document).split('"#/$defs/')[1:]}
        assert names <= set(document["$defs"])


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    assert len(write_schemas(tmp_path)) == len(KINDS)
    assert write_schemas(tmp_path) == []
