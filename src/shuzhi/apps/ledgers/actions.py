"""Recording: rows become records with sealed revisions, waiting for somebody else's approval.

An import is all or nothing: if any row has an error, nothing is written and everything that is wrong is reported. The same
file twice changes nothing; a row with a known natural key and other values becomes a revision.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import queries, sealing
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import RowDraft, finish_rows, read_values
from shuzhi.core.problems import Place, Problem, ProblemsError, is_blocking

Progress = Callable[[str, int, int], None]  #: stage, done, of

_RECORD_COLUMNS = (
    "id", "ledger", "organisation_id", "key", "state", "number", "current", "approved", "author", "occurred_on", "batch",
)  # fmt: skip


@dataclass(slots=True)
class Submission:
    """What an import or a single entry did."""

    ledger: str
    batch: str
    created: int = 0
    revised: int = 0
    unchanged: int = 0
    records: list[int] = field(
        default_factory=list
    )  #: ids created or revised, in order of the rows
    warnings: list[Problem] = field(default_factory=list)


def get_ledger(key: str) -> LedgerDef:
    """The ledger with this key or Chinese title. Raises ProblemsError LEDGER_030 with the nearest names."""
    ledgers = definitions().catalogue.ledgers
    found = ledgers.get(key) or next((d for d in ledgers.values() if d.title.zh == key), None)
    if found is None:
        near = difflib.get_close_matches(
            key, [*ledgers, *(d.title.zh for d in ledgers.values())], 3, 0.4
        )
        raise ProblemsError(
            [Problem("LEDGER_030", {"ledger": key, "near": "、".join(near) or "—"})]
        )
    return found


class _Places:
    """Resolves the organisation each row belongs to, inside what the actor may write, and remembers problems."""

    def __init__(self, actor: Actor, ledger: LedgerDef, organisation: Organisation):
        self.actor, self.ledger, self.home = actor, ledger, organisation
        self._found: dict[str, tuple[int | None, Problem | None]] = {}
        self._below: dict[str, Organisation] | None = None

    def of(self, written: str) -> tuple[int | None, Problem | None]:
        found = self._found.get(written)
        if found is None:
            found = self._found[written] = self._resolve(written)
        return found

    def _resolve(self, written: str) -> tuple[int | None, Problem | None]:
        unit: Organisation | None = self.home
        if written:
            if self._below is None:
                self._below = {}
                for one in Organisation.objects.filter(path__startswith=self.home.path):
                    for name in (one.code, one.name, one.full_name):
                        self._below.setdefault(name, one)
            unit = self._below.get(written)
            if unit is None:
                near = difflib.get_close_matches(written, list(self._below), 1, 0.4)
                return None, Problem(
                    "ORG_013",
                    {"name": written, "home": self.home.name, "near": near[0] if near else "—"},
                )
        assert unit is not None
        if unit.level not in self.ledger.kept_by:
            return None, Problem(
                "LEDGER_031",
                {
                    "ledger": self.ledger.title.zh,
                    "name": unit.name,
                    "levels": "、".join(LEVEL_NAMES[level] for level in self.ledger.kept_by),
                },
            )
        # the rows of a merged unit still stand there, as part of its successor, and can be corrected
        standing = unit
        while standing.merged_into is not None:
            standing = standing.merged_into
        if standing.closed_on:
            return None, Problem("ORG_011", {"name": unit.name})
        require(self.actor, "record.create", unit.path, unit.name)
        return unit.id, None


LEVEL_NAMES: Mapping[str, str] = {
    "province": "省", "prefecture": "市", "county": "县", "township": "乡镇", "village": "村", "group": "组",
}  # fmt: skip


def _reference_problems(
    ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]], file: str
) -> list[Problem]:
    """Rows that speak of a household, person, … that is not in its register, or of an indicator or ledger that is not defined."""
    problems: list[Problem] = []
    catalogue = definitions().catalogue
    place_ids = sorted({organisation for _, organisation in located})
    for one in ledger.fields:
        if one.type == "reference" and one.ledger:
            known = queries.keys(one.ledger, place_ids)
            title = catalogue.ledgers[one.ledger].title.zh
            for draft, organisation in located:
                value = draft.payload.get(one.key) if draft.payload else None
                if value is not None and (organisation, value) not in known:
                    shown = "***" if one.personal else value
                    problems.append(
                        Problem(
                            "LEDGER_032",
                            {"field": one.title.zh, "found": shown, "ledger": title},
                            Place(file, row=draft.row, column=one.title.zh),
                        )
                    )
        elif one.type in ("indicator", "ledger"):
            allowed: Mapping[str, Any] = (
                catalogue.indicators if one.type == "indicator" else catalogue.ledgers
            )
            for draft, _ in located:
                value = draft.payload.get(one.key) if draft.payload else None
                if value is not None and value not in allowed:
                    near = difflib.get_close_matches(str(value), list(allowed), 1, 0.4)
                    problems.append(
                        Problem(
                            "LEDGER_033",
                            {
                                "field": one.title.zh,
                                "found": value,
                                "near": near[0] if near else "—",
                            },
                            Place(file, row=draft.row, column=one.title.zh),
                        )
                    )
    return problems


def _settle(
    ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]], home: Organisation, file: str
) -> tuple[list[tuple[RowDraft, int]], list[Problem]]:
    """Put rows written for a merged unit where their subjects stand.

    After a merger the same 户号 may stand in two of the former villages. A row of the successor goes to the former village that has its
    key or what it refers to; when several have, the clerk must say which; what nobody has is new and stays with the successor.
    """
    former: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    merged = Organisation.objects.filter(path__startswith=home.path, merged_into__isnull=False)
    for one in merged:
        names[one.id] = one.name
        for part in one.path.strip("/").split("/")[:-1]:
            former.setdefault(int(part), []).append(one.id)
    affected = {place for _, place in located if place in former}
    if not affected:
        return list(located), []
    family = sorted(affected | {u for place in affected for u in former[place]})
    known: dict[str, set[tuple[int, str]]] = {}
    for key in {ledger.key, *(f.ledger for f in ledger.fields if f.type == "reference")} - {""}:
        known[key] = queries.keys(key, family)
    settled: list[tuple[RowDraft, int]] = []
    problems: list[Problem] = []
    for draft, place in located:
        wanted = [(ledger.key, draft.key)] if ledger.identified_by else []
        assert draft.payload is not None
        wanted += [
            (f.ledger, str(draft.payload[f.key]))
            for f in ledger.fields
            if f.type == "reference" and f.key in draft.payload
        ]
        for kind, value in wanted if place in former else ():
            holders = [u for u in (place, *former[place]) if (u, value) in known[kind]]
            if not holders:
                continue
            if len(holders) > 1 and place not in holders:
                problems.append(
                    Problem(
                        "LEDGER_034",
                        {"units": "、".join(names[u] for u in holders)},
                        Place(file, row=draft.row),
                    )
                )
            place = holders[0]
            break
        settled.append((draft, place))
    return settled, problems


def submit_drafts(
    actor: Actor,
    ledger_key: str,
    organisation_code: str,
    drafts: Sequence[RowDraft],
    *,
    source: str = "",
    reason: str = "",
    progress: Progress | None = None,
) -> Submission:
    """Turn read rows into records waiting for approval, in one transaction.

    Args:
        drafts: rows as read by `core.ledgers`; each may name its own organisation at or below `organisation_code`.
        source: where the rows come from, usually the file's name.

    Raises:
        ProblemsError: everything that is wrong; nothing was written.
    """
    ledger = get_ledger(ledger_key)
    with storage.without_cycle_search(), transaction.atomic():
        audit.hold()
        home = organisations.get(organisation_code)
        places = _Places(actor, ledger, home)
        located: list[tuple[RowDraft, int]] = []
        problems: list[Problem] = []
        warnings: list[Problem] = []
        for draft in drafts:
            for problem in draft.problems:
                (problems if problem.severity == "error" else warnings).append(problem)
            place, trouble = places.of(draft.organisation)
            if trouble is not None:
                if trouble not in problems:
                    problems.append(trouble)
            elif draft.payload is not None and place is not None:
                located.append((draft, place))
        if not drafts:
            places.of("")  # rights are asked even when there is nothing to write
        located, unclear = _settle(ledger, located, home, source)
        problems += unclear
        problems += _reference_problems(ledger, located, source)
        if is_blocking(problems):
            raise ProblemsError(problems)
        submission = _write(actor, ledger, located, source, reason, progress)
        submission.warnings = warnings
        return submission


def _existing(
    ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]]
) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Records that bear the keys of the drafts: (organisation, key) → (id, number, current payload, state)."""
    query = (
        "SELECT r.organisation_id, r.key, r.id, r.number, v.payload, r.state FROM record r "
        "JOIN revision v ON v.record_id = r.id AND v.number = r.current WHERE r.ledger = %s AND r.organisation_id = %s"
    )
    by_place: dict[int, list[str]] = {}
    for draft, organisation in located:
        by_place.setdefault(organisation, []).append(draft.key)
    found: dict[tuple[int, str], tuple[Any, ...]] = {}
    for organisation, keys in by_place.items():
        if len(keys) > 2000:
            rows = storage.fetch(query, [ledger.key, organisation])
        else:
            rows = []
            for chunk in storage.in_chunks(keys):
                rows += storage.fetch(
                    f"{query} AND r.key IN ({storage.marks(chunk)})",
                    [ledger.key, organisation, *chunk],
                )
        for row in rows:
            found[row[0], row[1]] = row[2:]
    return found


def _write(
    actor: Actor,
    ledger: LedgerDef,
    located: Sequence[tuple[RowDraft, int]],
    source: str,
    reason: str,
    progress: Progress | None,
) -> Submission:
    existing = _existing(ledger, located)
    batch = str(uuid4())
    submission = Submission(ledger.key, batch)
    changed: list[tuple[RowDraft, int, str, tuple[Any, ...] | None]] = []
    dump = sealing.canonical_json
    for draft, organisation in located:
        assert draft.payload is not None
        text = dump(draft.payload)
        present = existing.get((organisation, draft.key))
        if present is not None and present[2] == text and present[3] != "withdrawn":
            submission.unchanged += 1
        else:
            changed.append((draft, organisation, text, present))
    if not changed:
        return submission
    first = audit.take(len(changed))
    at = audit.timestamp()
    year = int(at[:4])
    entries: list[
        tuple[Any, ...]
    ] = []  # `Entry` fields as plain tuples: this loop is an import's time
    created: list[tuple[Any, ...]] = []
    revised: list[tuple[Any, ...]] = []
    version, name, key = ledger.version, actor.name, ledger.key
    for seq, (draft, organisation, text, present) in enumerate(changed, first):
        where = f"{source}#{draft.row}" if source else ""
        if present is None:
            record, number, action = seq, 1, "create"
            created.append(
                (
                    record,
                    key,
                    organisation,
                    draft.key,
                    "submitted",
                    1,
                    1,
                    None,
                    name,
                    draft.date,
                    batch,
                )
            )
        else:
            record, number, action = present[0], present[1] + 1, "revise"
            revised.append((number, number, name, draft.date, batch, record))
        submission.records.append(record)
        entries.append(
            (
                seq,
                record,
                number,
                action,
                None,
                organisation,
                year,
                draft.date,
                text,
                version,
                None,
                name,
                at,
                reason,
                where,
            )
        )
    if progress:
        progress("write", 0, len(entries))
    storage.insert_rows("record", _RECORD_COLUMNS, created)
    storage.execute_many(
        "UPDATE record SET state = 'submitted', number = %s, current = %s, author = %s, occurred_on = %s, batch = %s WHERE id = %s",
        revised,
    )
    sealing.append(entries)
    if progress:
        progress("write", len(entries), len(entries))
    submission.created, submission.revised = len(created), len(revised)
    return submission


def submit_values(
    actor: Actor,
    ledger_key: str,
    organisation_code: str,
    values: Mapping[str, object],
    *,
    reason: str = "",
    source: str = "",
) -> Submission:
    """Record a single row given by field key; a known natural key makes it a revision."""
    ledger = get_ledger(ledger_key)
    draft = read_values(ledger, definitions().units, values)
    with transaction.atomic():
        audit.hold()  # or two clerks who enter the same event at once would count it as one
        if not ledger.identified_by and draft.payload is not None:
            # the n-th equal event entered by hand is another event, not the same one again
            home = organisations.get(organisation_code)
            taken = storage.fetch(
                "SELECT COUNT(*) FROM record WHERE ledger = %s AND organisation_id = %s AND key LIKE %s",
                [ledger.key, home.id, draft.key + "#%"],
            )
            draft.key = f"{draft.key}#{taken[0][0] + 1}"
        else:
            finish_rows(ledger, [draft])
        return submit_drafts(
            actor, ledger.key, organisation_code, [draft], source=source, reason=reason
        )


@dataclass(frozen=True, slots=True)
class _Locked:
    """A record held for a decision."""

    id: int
    ledger: str
    organisation_id: int
    path: str
    state: str
    number: int
    current: int
    approved: int | None
    author: str


def _lock(record_ids: Sequence[int]) -> list[_Locked]:
    record_ids = list(dict.fromkeys(record_ids))
    found: dict[int, _Locked] = {}
    for chunk in storage.in_chunks(record_ids):
        for row in storage.fetch(
            "SELECT r.id, r.ledger, r.organisation_id, o.path, r.state, r.number, r.current, r.approved, r.author FROM record r "
            f"JOIN organisation o ON o.id = r.organisation_id WHERE r.id IN ({storage.marks(chunk)})",
            chunk,
        ):
            found[row[0]] = _Locked(*row)
    missing = [r for r in record_ids if r not in found]
    if missing:
        raise ProblemsError([Problem("RECORD_001", {"record": r}) for r in missing])
    return [found[r] for r in record_ids]


def return_records(actor: Actor, record_ids: Sequence[int], *, reason: str) -> int:
    """Send submitted records back to their author with a reason; what was approved before stays posted.

    Raises:
        ProblemsError: RECORD_002 no reason given, RECORD_003 not waiting for approval.
    """
    if not reason.strip():
        raise ProblemsError([Problem("RECORD_002")])
    with transaction.atomic():
        audit.hold()
        records = _lock(record_ids)
        problems = [
            Problem("RECORD_003", {"record": r.id, "state": r.state})
            for r in records
            if r.state != "submitted"
        ]
        if problems:
            raise ProblemsError(problems)
        for record in records:
            require(actor, "record.return", record.path)
        first, at = audit.take(len(records)), audit.timestamp()
        entries = [
            sealing.entry(
                seq,
                r.id,
                r.number + 1,
                "return",
                r.organisation_id,
                actor=actor.name,
                at=at,
                reason=reason,
                subject=r.current,
            )
            for seq, r in enumerate(records, first)
        ]
        sealing.append(entries)
        storage.execute_many(
            "UPDATE record SET state = 'returned', number = number + 1 WHERE id = %s",
            [(r.id,) for r in records],
        )
        return len(records)


def withdraw_records(actor: Actor, record_ids: Sequence[int], *, reason: str) -> int:
    """Take records back. One that was never approved is withdrawn at once; an approved one waits for approval of its withdrawal.

    Raises:
        ProblemsError: RECORD_002 no reason given, RECORD_004 already withdrawn.
    """
    if not reason.strip():
        raise ProblemsError([Problem("RECORD_002")])
    with transaction.atomic():
        audit.hold()
        records = _lock(record_ids)
        problems = [
            Problem("RECORD_004", {"record": r.id}) for r in records if r.state == "withdrawn"
        ]
        if problems:
            raise ProblemsError(problems)
        for record in records:
            require(actor, "record.withdraw", record.path)
        first, at = audit.take(len(records)), audit.timestamp()
        entries = [
            sealing.entry(
                seq,
                r.id,
                r.number + 1,
                "withdraw",
                r.organisation_id,
                actor=actor.name,
                at=at,
                reason=reason,
            )
            for seq, r in enumerate(records, first)
        ]
        sealing.append(entries)
        storage.execute_many(
            "UPDATE record SET state = %s, number = %s, current = %s, author = %s WHERE id = %s",
            [
                (
                    "withdrawn" if r.approved is None else "submitted",
                    r.number + 1,
                    r.number + 1,
                    actor.name,
                    r.id,
                )
                for r in records
            ],
        )
        return len(records)


def withdraw_batch(actor: Actor, batch: str, *, reason: str) -> int:
    """Undo a whole import as one: rows it made are withdrawn, rows it revised go back to what was approved before it.

    Like any other change, what was approved before the undoing stays posted until the undoing is approved.

    Raises:
        ProblemsError: RECORD_002 no reason given, RECORD_005 no such import or nothing left of it.
    """
    with transaction.atomic():
        audit.hold()
        rows = storage.fetch(
            "SELECT id, current FROM record WHERE batch = %s AND state <> 'withdrawn' ORDER BY id",
            [batch],
        )
        if not rows:
            raise ProblemsError([Problem("RECORD_005", {"batch": batch})])
        before = _approved_before(dict(rows))
        made = [record for record, _ in rows if record not in before]
        if made:
            withdraw_records(actor, made, reason=reason)
        if before:
            _restore(actor, before, reason)
        return len(rows)


def _approved_before(current: Mapping[int, int]) -> dict[int, tuple[str, str, int]]:
    """By record, the content (date, payload, ledger version) that was approved last before its present one, if any is."""
    found: dict[int, tuple[str, str, int]] = {}
    for chunk in storage.in_chunks(sorted(current)):
        for record, number, action, date, payload, version in storage.fetch(
            "SELECT d.record_id, c.number, c.action, c.occurred_on, c.payload, c.ledger_version FROM revision d "
            "JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
            f"WHERE d.action = 'approve' AND d.record_id IN ({storage.marks(chunk)}) ORDER BY d.record_id, d.number",
            chunk,
        ):
            if number >= current[record]:
                continue
            if action == "withdraw":
                found.pop(record, None)
            else:
                found[record] = (date, payload, version)
    return found


def _restore(actor: Actor, contents: Mapping[int, tuple[str, str, int]], reason: str) -> None:
    """Submit earlier contents again, each as a revision of its record."""
    if not reason.strip():
        raise ProblemsError([Problem("RECORD_002")])
    records = _lock(sorted(contents))
    for record in records:
        require(actor, "record.revise", record.path)
    first, at = audit.take(len(records)), audit.timestamp()
    entries = []
    for seq, r in enumerate(records, first):
        date, payload, version = contents[r.id]
        entries.append(
            sealing.entry(
                seq,
                r.id,
                r.number + 1,
                "revise",
                r.organisation_id,
                actor=actor.name,
                at=at,
                reason=reason,
                date=date,
                payload=payload,
                version=version,
            )
        )
    sealing.append(entries)
    storage.execute_many(
        "UPDATE record SET state = 'submitted', number = %s, current = %s, author = %s, occurred_on = %s, batch = '' WHERE id = %s",
        [(r.number + 1, r.number + 1, actor.name, contents[r.id][0], r.id) for r in records],
    )
