"""Reconcile (对账): compute every posting again from the sealed revisions and compare. Verify: are the seals whole?

Nothing here trusts a cell or a posting; both must follow from the revisions and the catalogue alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from django.db import connection, transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.audit.report_seals import broken_versions
from shuzhi.apps.audit.sealing import missing_triggers
from shuzhi.apps.books.posting import IndicatorNumbers, Journal
from shuzhi.apps.ledgers import sealing
from shuzhi.apps.ledgers.attachments import broken_attachments
from shuzhi.apps.ledgers.contents import wrong_contents
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.indicators import TARGET_SUFFIX, Amount, PostingKey, Version, advance, difference
from shuzhi.core.periods import next_month
from shuzhi.core.problems import Problem
from shuzhi.core.quantities import canonical, from_scaled

Sums = dict[tuple[Any, ...], list[int]]


@dataclass(slots=True)
class Reconciliation:
    """What reconciling found; `problems` is empty when the books are right."""

    records: int = 0
    revisions: int = 0
    cells: int = 0
    postings: int = 0
    problems: list[Problem] = field(default_factory=list)


Advance = Callable[[int, int], None]  #: done, of


def _approvals(
    advance_to: Advance | None = None,
) -> Iterator[tuple[int, str, list[tuple[Any, ...]]]]:
    """(record, ledger, its decisions and transfers in order), record by record, in slices of bounded memory."""
    last = done = 0
    total = storage.fetch("SELECT COUNT(*) FROM record")[0][0] if advance_to else 0
    while True:
        if advance_to is not None:
            advance_to(min(done, total), total)
            done += 5000
        bounds = storage.fetch("SELECT id FROM record WHERE id > %s ORDER BY id LIMIT 5000", [last])
        if not bounds:
            return
        rows = storage.fetch(
            "SELECT d.record_id, r.ledger, d.action, d.organisation_id, d.locked_through, d.payload, c.action, c.occurred_on, c.payload "
            "FROM revision d JOIN record r ON r.id = d.record_id "
            "LEFT JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
            "WHERE d.record_id > %s AND d.record_id <= %s AND d.action IN ('approve', 'transfer') ORDER BY d.record_id, d.number",
            [last, bounds[-1][0]],
        )
        last = bounds[-1][0]
        for record, group in groupby(rows, key=lambda r: r[0]):
            entries = list(group)
            yield record, entries[0][1], entries


def _replay(ledger: str, entries: list[tuple[Any, ...]]) -> dict[tuple[int, PostingKey], list[int]]:
    """What a record has posted by now according to its sealed history: (organisation, key) → sums."""
    poster = definitions().posters.of(ledger)
    net: dict[PostingKey, list[int]] = {}
    versions: list[Version] = []
    place = 0
    spread: dict[tuple[int, PostingKey], list[int]] = {}
    for _, _, action, organisation, locked, _, content_action, date, payload in entries:
        place = organisation
        if action == "transfer":
            continue
        versions = (
            []
            if content_action == "withdraw"
            else advance(versions, Version(date, orjson.loads(payload)))
        )
        before = {k: Amount(*v) for k, v in net.items() if any(v)}
        for key, amount in difference(before, poster.timeline(versions)).items():
            month = key.month
            if month <= (locked or 0) and not key.indicator.endswith(TARGET_SUFFIX):
                month = next_month(locked)
            sums = net.setdefault(key._replace(month=month), [0, 0, 0])
            for index, part in enumerate(amount):
                sums[index] += part
    for key, sums in net.items():
        if any(sums):
            spread[place, key] = sums
    return spread


def reconcile(progress: Advance | None = None) -> Reconciliation:
    """Recompute all postings from the revisions and compare them with postings, cells and participations."""
    with storage.snapshot():
        return _reconcile(progress)


def _reconcile(progress: Advance | None) -> Reconciliation:
    result = Reconciliation()
    cells: Sums = defaultdict(lambda: [0, 0, 0])
    subjects: Sums = defaultdict(lambda: [0, 0])
    numbers = {key: number for number, key in storage.fetch("SELECT id, key FROM indicator")}
    for _, ledger, entries in _approvals(progress):
        result.records += 1
        result.revisions += len(entries)
        for (organisation, key), sums in _replay(ledger, entries).items():
            number = numbers.get(key.indicator, key.indicator)
            cell = cells[organisation, key.month, number]
            for index, part in enumerate(sums):
                cell[index] += part
            if key.subject:
                kept = subjects[number, organisation, key.month, key.subject]
                kept[0] += sums[0]
                kept[1] += sums[1]
    stored = _sums(
        'SELECT organisation_id, month, indicator_id, amount, "rows", blanks FROM cell', 3
    )
    from_postings = _sums(
        'SELECT organisation_id, month, indicator_id, SUM(amount), SUM("rows"), SUM(blanks) FROM posting GROUP BY organisation_id, month, indicator_id',
        3,
    )
    taking_part = _sums(
        'SELECT indicator_id, organisation_id, month, subject, amount, "rows" FROM participation', 4
    )
    by_subject = _sums(
        'SELECT indicator_id, organisation_id, month, subject, SUM(amount), SUM("rows") FROM posting '
        "WHERE subject <> '' GROUP BY indicator_id, organisation_id, month, subject",
        4,
    )
    result.cells = len(stored)
    result.postings = int(storage.fetch("SELECT COUNT(*) FROM posting")[0][0])
    titles = {number: key for key, number in numbers.items()}
    units = {i: (c, n) for i, c, n in storage.fetch("SELECT id, code, name FROM organisation")}

    def compare(
        expected: Sums, found: Sums, code: str, place: int, month: int, indicator: int
    ) -> None:
        for key in sorted(expected.keys() | found.keys(), key=str):
            want, have = expected.get(key), found.get(key)
            if (want or [0]) == (have or [0]) or not (any(want or [0]) or any(have or [0])):
                continue
            result.problems.append(
                Problem(
                    code,
                    {
                        "organisation": units.get(key[place], ("", key[place]))[1],
                        "unit": units.get(key[place], ("", ""))[0],
                        "month": key[month],
                        "indicator": titles.get(key[indicator], key[indicator]),
                        "expected": canonical(from_scaled((want or [0])[0])),
                        "found": canonical(from_scaled((have or [0])[0])),
                        "expected_rows": (want or [0, 0])[1],
                        "found_rows": (have or [0, 0])[1],
                    },
                )
            )

    compare(cells, stored, "RECONCILE_001", 0, 1, 2)
    compare(cells, from_postings, "RECONCILE_002", 0, 1, 2)
    compare(subjects, taking_part, "RECONCILE_003", 1, 2, 0)
    compare(subjects, by_subject, "RECONCILE_003", 1, 2, 0)
    return result


def _sums(query: str, keys: int) -> Sums:
    return {tuple(row[:keys]): [int(v) for v in row[keys:]] for row in storage.fetch(query)}


@dataclass(slots=True)
class Verification:
    """What verifying found."""

    revisions: int = 0
    chains: int = 0
    events: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify() -> Verification:
    """Check hash chains, events, sealing triggers, attachments and the records' pointers; the first broken revision of a chain is named."""
    with storage.snapshot():
        return _verify()


def _verify() -> Verification:
    result = Verification(
        revisions=int(storage.fetch("SELECT COUNT(*) FROM revision")[0][0]),
        chains=int(storage.fetch("SELECT COUNT(*) FROM chain")[0][0]),
        events=int(storage.fetch("SELECT COUNT(*) FROM event")[0][0]),
    )
    result.problems += [Problem("VERIFY_003", {"trigger": t}) for t in missing_triggers(connection)]
    result.problems += sealing.broken_chains()
    result.problems += audit.broken_events()
    result.problems += broken_versions()
    result.problems += broken_attachments()
    pointers = storage.fetch(
        "SELECT r.id FROM record r LEFT JOIN revision v ON v.record_id = r.id AND v.number = r.number "
        "LEFT JOIN revision c ON c.record_id = r.id AND c.number = r.current "
        "LEFT JOIN revision n ON n.record_id = r.id AND n.number = r.number + 1 "
        "WHERE v.seq IS NULL OR c.seq IS NULL OR n.seq IS NOT NULL OR c.action NOT IN ('create', 'revise', 'withdraw') ORDER BY r.id LIMIT 20"
    )
    result.problems += [Problem("VERIFY_006", {"record": r[0]}) for r in pointers]
    result.problems += wrong_contents()
    return result


def _posted_indicators(record: int) -> set[str]:
    rows = storage.fetch(
        "SELECT DISTINCT i.key FROM posting p JOIN revision v ON v.seq = p.seq JOIN indicator i ON i.id = p.indicator_id "
        "WHERE v.record_id = %s",
        [record],
    )
    return {r[0] for r in rows}


@transaction.atomic
def backfill(actor: Actor, organisation_code: str, *, reason: str) -> int:
    """Post what indicators new to the catalogue say of rows approved before they were defined.

    A record posts what it has not posted at all yet, in the months its rows belong to, closed ones too: no figure that was known
    changes. An indicator whose meaning changes gets a new key instead. Returns the number of records that posted.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "book.close", organisation.path, organisation.name)
    audit.hold()
    below = set(organisations.below(organisation))
    fresh: list[tuple[int, int, list[tuple[PostingKey, Amount]]]] = []
    ledgers: set[str] = set()
    for record, ledger, entries in _approvals():
        if entries[-1][3] not in below:
            continue
        ledgers.add(ledger)
        expected = sorted(_replay(ledger, entries).items())
        posted_before = _posted_indicators(record) if expected else set()
        amounts = [
            (key, Amount(*sums))
            for (_, key), sums in expected
            if key.indicator not in posted_before
        ]
        if amounts:
            fresh.append((record, entries[-1][3], amounts))
    numbers = IndicatorNumbers()
    for ledger in sorted(ledgers):
        numbers.register(definitions().posters.of(ledger).keys)
    if not fresh:
        return 0
    journal = Journal(numbers)
    first, at = audit.take(len(fresh)), audit.timestamp()
    sealed = []
    for seq, (record, place, amounts) in enumerate(fresh, first):
        number, approved = storage.fetch(
            "SELECT number, approved FROM record WHERE id = %s", [record]
        )[0]
        sealed.append(
            sealing.entry(
                seq,
                record,
                number + 1,
                "backfill",
                place,
                actor=actor.name,
                at=at,
                reason=reason,
                subject=approved,
            )
        )
        journal.add(seq, place, 0, amounts)
    sealing.append(sealed)
    storage.execute_many(
        "UPDATE record SET number = number + 1 WHERE id = %s", [(f[0],) for f in fresh]
    )
    journal.write()
    audit.note(
        "book.backfilled",
        actor=actor.name,
        organisation=organisation.code,
        reason=reason,
        count=len(fresh),
    )
    return len(fresh)
