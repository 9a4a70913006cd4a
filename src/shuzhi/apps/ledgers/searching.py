"""One search over a unit: ledgers, indicators, units below, and records of every ledger that may be read there.

Records are found by natural key anywhere in the unit, and by words among the newest ones of each unit below; a ledger's own table
searches all of its rows. Nothing outside the unit is ever looked at, and personal words only when the caller says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.ledgers import columns as c
from shuzhi.apps.ledgers.overview import kept_at
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef, LedgerDef
from shuzhi.core.masking import mask_payload
from shuzhi.core.searching import normalised

MOST = 20  #: of each kind
LOOKED_AT = 20_000  #: newest records whose words are searched, over all units
_SEEKS = (
    4000  #: (ledger, unit) pairs whose keys are looked up; above, only registers others speak of
)


@dataclass(frozen=True, slots=True)
class RecordFound:
    """A record with a few masked words to know it by."""

    id: int
    ledger: LedgerDef
    unit_name: str
    state: str
    date: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, of each kind at most `MOST`."""

    ledgers: Sequence[LedgerDef]
    indicators: Sequence[IndicatorDef]
    units: Sequence[Organisation]
    records: Sequence[RecordFound]
    has_more: bool  #: records; the search should be made narrower


def search(
    organisation: Organisation,
    text: str,
    *,
    areas: Collection[str] | None = None,
    with_private: bool = False,
) -> Found:
    """Search a unit and those below it.

    Args:
        areas: areas of ledgers that may be read; None = all.
        with_private: personal words are searched too; the caller has asked for the right.
    """
    wanted = normalised(text)
    if not wanted:
        return Found((), (), (), (), False)
    catalogue = definitions().catalogue
    ledgers = kept_at(organisation.level, areas)
    records, has_more = _records(organisation, wanted, ledgers, with_private)
    return Found(
        [d for d in ledgers if _names(wanted, d)][:MOST],
        [d for d in catalogue.indicators.values() if _names(wanted, d)][:MOST],
        list(
            Organisation.objects.filter(
                path__startswith=organisation.path, name__icontains=text.strip()
            ).order_by("path")[:MOST]
        ),
        records,
        has_more,
    )


def _names(wanted: str, definition: Any) -> bool:
    names = (definition.title.zh, definition.title.en, definition.key, *definition.synonyms)
    return any(wanted in normalised(name) for name in names)


def _records(
    organisation: Organisation, wanted: str, ledgers: Sequence[LedgerDef], with_private: bool
) -> tuple[list[RecordFound], bool]:
    units = organisations.below(organisation)
    ids = _by_key(units, wanted, ledgers, with_private)
    if len(ids) <= MOST:
        ids += [
            i
            for i in _by_words(units, wanted, [d.key for d in ledgers], with_private)
            if i not in ids
        ]
    has_more = len(ids) > MOST
    return _shown(ids[:MOST]), has_more


def _by_key(
    units: Sequence[int], wanted: str, ledgers: Sequence[LedgerDef], with_private: bool
) -> list[int]:
    """Records whose natural key is, or begins with, what is wanted: the exact ones first."""
    keyed = [
        d
        for d in ledgers
        if d.identified_by
        and (with_private or not any(d.field(k).personal for k in d.identified_by))
    ]
    spoken_of = Counter(f.ledger for d in ledgers for f in d.fields if f.type == "reference")
    if len(keyed) * len(units) > _SEEKS:
        keyed = [d for d in keyed if d.key in spoken_of]
    if not keyed:
        return []
    found: list[tuple[str, int, str]] = []
    spellings = sorted({wanted, wanted.upper()})
    for chunk in storage.in_chunks(units):
        for one in spellings:
            found += storage.fetch(
                'SELECT r."key", r.id, r.ledger FROM record r '
                f"WHERE r.ledger IN ({storage.marks(keyed)}) AND r.organisation_id IN ({storage.marks(chunk)}) "
                f'AND r."key" >= %s AND r."key" < %s AND r.state <> \'withdrawn\' LIMIT {10 * MOST}',
                [*(d.key for d in keyed), *chunk, one, one + "\uffff"],
            )
    # exact ones first, then what other rows speak of most: a household before the allowance paid to it
    found.sort(key=lambda f: (f[0].lower() != wanted, -spoken_of[f[2]], f[0], -f[1]))
    return list(dict.fromkeys(record for _, record, _ in found))


def _by_words(
    units: Sequence[int], wanted: str, ledgers: Sequence[str], with_private: bool
) -> list[int]:
    """The newest records that have all the words, of the newest ones of each unit."""
    words = wanted.split()
    test = " AND ".join([c.contains("t.words")] * len(words))
    params: list[Any] = list(words)
    if with_private:
        test = f"(({test}) OR ({' AND '.join([c.contains('t.private_words')] * len(words))}))"
        params += words
    each = max(200, LOOKED_AT // max(1, len(units)))
    found: list[int] = []
    for chunk in storage.in_chunks(units, 100):
        newest = " UNION ALL ".join(
            "SELECT * FROM (SELECT r.id, r.ledger, r.state, r.words, r.private_words FROM record r "
            f"WHERE r.organisation_id = %s ORDER BY r.id DESC LIMIT {each}) AS n{i}"
            for i in range(len(chunk))
        )
        rows = storage.fetch(
            f"SELECT t.id FROM ({newest}) AS t WHERE {test} AND t.state <> 'withdrawn' "
            f"AND t.ledger IN ({storage.marks(ledgers)}) ORDER BY t.id DESC LIMIT {MOST + 1}",
            [*chunk, *params, *ledgers],
        )
        found += [row[0] for row in rows]
    return sorted(found, reverse=True)[: MOST + 1]


def _shown(ids: Sequence[int]) -> list[RecordFound]:
    if not ids:
        return []
    catalogue = definitions().catalogue
    found: dict[int, RecordFound] = {}
    for record, ledger, name, state, date, content in storage.fetch(
        "SELECT r.id, r.ledger, o.name, r.state, r.occurred_on, r.content FROM record r "
        f"JOIN organisation o ON o.id = r.organisation_id WHERE r.id IN ({storage.marks(ids)})",
        ids,
    ):
        definition = catalogue.ledgers.get(ledger)
        if definition is not None:
            found[record] = RecordFound(
                record, definition, name, state, date, label_of(definition, orjson.loads(content))
            )
    return [found[i] for i in ids if i in found]


def label_of(ledger: LedgerDef, payload: dict[str, Any], limit: int = 4) -> str:
    """A few masked values to know a record by: its key first, then its first words and amounts."""
    masked = mask_payload(ledger, payload)
    fields = [f for f in ledger.fields if f.key in ledger.identified_by]
    fields += [
        f
        for f in ledger.fields
        if f.key not in ledger.identified_by
        and f.type in ("text", "choice", "reference", "quantity", "integer")
        and f.personal != "sensitive"
    ]
    told = []
    for one in fields:
        value = masked.get(one.key)
        if value not in (None, "") and not isinstance(value, bool):
            text = str(value)
            told.append((text if len(text) <= 24 else text[:23] + "…") + one.unit)
    return " · ".join(told[:limit])
