"""Recording: rows become records with sealed revisions, waiting for somebody else's approval.

An import is all or nothing: if any row has an error, nothing is written and everything that is wrong is reported. The same
file twice changes nothing; a row with a known natural key and other values becomes a revision.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import queries, sealing
from shuzhi.apps.office import area_of, definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import RowDraft, finish_rows, read_values
from shuzhi.core.problems import Place, Problem, ProblemsError, is_blocking
from shuzhi.core.searching import words_of

Progress = Callable[[str, int, int], None]  #: stage, done, of

_RECORD_COLUMNS = (
    "id", "ledger", "organisation_id", "key", "state", "number", "current", "approved", "author", "occurred_on", "batch",
    "content", "words", "private_words",
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


class Places:
    """Resolves the organisation each row belongs to, inside what the actor may write, and remembers problems."""

    def __init__(self, actor: Actor, ledger: LedgerDef, organisation: Organisation):
        self.actor, self.ledger, self.home = actor, ledger, organisation
        self._found: dict[str, tuple[int | None, Problem | None]] = {}
        self._below: dict[str, Organisation] | None = None

    def of(self, written: str) -> tuple[int | None, Problem | None]:
        """The id of the unit a row names (blank: the page's or file's own), or why it cannot be."""
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
        require(self.actor, "record.create", unit.path, unit.name, area=self.ledger.area)
        return unit.id, None


LEVEL_NAMES: Mapping[str, str] = {
    "province": "省", "prefecture": "市", "county": "县", "township": "乡镇", "village": "村", "group": "组",
}  # fmt: skip


def reference_problems(
    ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]], file: str
) -> list[Problem]:
    """Rows that speak of a household, person, … that is not in its register, or of an indicator or ledger that is not defined."""
    problems: list[Problem] = []
    catalogue = definitions().catalogue
    place_ids = sorted({organisation for _, organisation in located})
    for one in ledger.fields:
        if one.type == "reference" and one.ledger:
            named = {
                str(d.payload[one.key]) for d, _ in located if d.payload and one.key in d.payload
            }
            known = queries.keys(one.ledger, place_ids, named)
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


def settle(
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
    by_hand: bool = False,
    batch: str = "",
) -> Submission:
    """Turn read rows into records waiting for approval, in one transaction.

    Args:
        drafts: rows as read by `core.ledgers`; each may name its own organisation at or below `organisation_code`.
        source: where the rows come from, usually the file's name.
        by_hand: typed, not from a file: an event equal to one already recorded is another event, not the same one again.
        batch: name of this submission (a UUID), given by a page so that sending it twice records it once.

    Raises:
        ProblemsError: everything that is wrong; nothing was written.
    """
    ledger = get_ledger(ledger_key)
    with storage.without_cycle_search(), transaction.atomic():
        audit.hold()
        located, problems, warnings = _locate(actor, ledger, organisation_code, drafts, source)
        if is_blocking(problems):
            raise ProblemsError(problems)
        if batch:
            done = _submitted_before(ledger, located, batch)
            if done is not None:
                return done
        if by_hand and not ledger.identified_by:
            _number_events(ledger, located)
        submission = _write(actor, ledger, located, source, reason, progress, batch=batch)
        submission.warnings = warnings
        return submission


def _locate(
    actor: Actor, ledger: LedgerDef, organisation_code: str, drafts: Sequence[RowDraft], source: str
) -> tuple[list[tuple[RowDraft, int]], list[Problem], list[Problem]]:
    """The rows that can be read with the units that keep them, what is wrong, and what should be looked at. Nothing is written."""
    home = organisations.get(organisation_code)
    places = Places(actor, ledger, home)
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
    located, unclear = settle(ledger, located, home, source)
    problems += unclear
    problems += reference_problems(ledger, located, source)
    return located, problems, warnings


@dataclass(frozen=True, slots=True)
class Change:
    """What submitting a row would do: a new record, or new content of one that is there."""

    draft: RowDraft
    organisation: int
    record: int | None  #: of a revision
    state: str  #: of that record now
    before: str  #: its present content, canonical JSON


@dataclass(slots=True)
class Plan:
    """What submitting rows would do, without doing it."""

    changes: list[Change] = field(default_factory=list)  #: in the order of the rows
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def created(self) -> int:
        """Records that would be new."""
        return sum(1 for change in self.changes if change.record is None)

    @property
    def revised(self) -> int:
        """Records that would get other content."""
        return len(self.changes) - self.created


def plan_drafts(
    actor: Actor,
    ledger_key: str,
    organisation_code: str,
    drafts: Sequence[RowDraft],
    *,
    source: str = "",
) -> Plan:
    """What `submit_drafts` would do with these rows, and everything that stands in its way; writes and locks nothing.

    Raises:
        ProblemsError: PEOPLE_001 no right.
    """
    ledger = get_ledger(ledger_key)
    with storage.without_cycle_search():
        located, problems, warnings = _locate(actor, ledger, organisation_code, drafts, source)
        plan = Plan(problems=problems, warnings=warnings)
        existing = existing_records(ledger, located)
        for draft, organisation, _, present, same in _compare(ledger, located, existing):
            if same:
                plan.unchanged += 1
            elif present is None:
                plan.changes.append(Change(draft, organisation, None, "", ""))
            else:
                plan.changes.append(Change(draft, organisation, present[0], present[3], present[2]))
        return plan


def _compare(
    ledger: LedgerDef,
    located: Sequence[tuple[RowDraft, int]],
    existing: Mapping[tuple[int, str], tuple[Any, ...]],
    *,
    given: bool = False,
) -> Iterator[tuple[RowDraft, int, str, tuple[Any, ...] | None, bool]]:
    """Each row with its canonical text, the record that bears its key if any, and whether that already says so."""
    # an event without a natural key was found by what the file says; since then it was corrected, and the correction stands
    by_content = not given and not ledger.identified_by
    dump = sealing.canonical_json
    for draft, organisation in located:
        assert draft.payload is not None
        text = dump(draft.payload)
        present = existing.get((organisation, draft.key))
        same = (
            present is not None and present[3] != "withdrawn" and (by_content or present[2] == text)
        )
        yield draft, organisation, text, present, same


def _submitted_before(
    ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]], batch: str
) -> Submission | None:
    """What this very submission did when it came the first time, or None."""
    places = sorted({place for _, place in located})
    found: list[int] = []
    for chunk in storage.in_chunks(places):
        found += [
            row[0]
            for row in storage.fetch(
                f"SELECT id FROM record WHERE ledger = %s AND organisation_id IN ({storage.marks(chunk)}) AND batch = %s AND batch > '' ORDER BY id",
                [ledger.key, *chunk, batch],
            )
        ]
    return Submission(ledger.key, batch, created=len(found), records=found) if found else None


def _number_events(ledger: LedgerDef, located: Sequence[tuple[RowDraft, int]]) -> None:
    """Give events without a natural key the next running number behind their fingerprint, withdrawn ones counted too."""
    last: dict[tuple[int, str], int] = {}
    for place in sorted({place for _, place in located}):
        wanted = {draft.key for draft, where in located if where == place}
        query = "SELECT key FROM record WHERE ledger = %s AND organisation_id = %s"
        params: list[Any] = [ledger.key, place]
        if len(wanted) == 1:
            query, params = f"{query} AND key LIKE %s", [*params, next(iter(wanted)) + "#%"]
        for (key,) in storage.fetch(query, params):
            fingerprint, _, number = key.rpartition("#")
            if fingerprint in wanted and number.isdigit():
                last[place, fingerprint] = max(last.get((place, fingerprint), 0), int(number))
    for draft, place in located:
        last[place, draft.key] = number = last.get((place, draft.key), 0) + 1
        draft.key = f"{draft.key}#{number}"


def existing_records(
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
    *,
    batch: str = "",
    existing: Mapping[tuple[int, str], tuple[Any, ...]] | None = None,
) -> Submission:
    given = existing is not None
    if existing is None:
        existing = existing_records(ledger, located)
    batch = batch or str(uuid4())
    submission = Submission(ledger.key, batch)
    changed: list[tuple[RowDraft, int, str, tuple[Any, ...] | None]] = []
    for draft, organisation, text, present, same in _compare(
        ledger, located, existing, given=given
    ):
        if same:
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
    words = words_of(ledger)
    for seq, (draft, organisation, text, present) in enumerate(changed, first):
        where = f"{source}#{draft.row}" if source else ""
        assert draft.payload is not None
        public, private = words(draft.payload)
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
                    text,
                    public,
                    private,
                )
            )
        else:
            record, number, action = present[0], present[1] + 1, "revise"
            revised.append((number, number, name, draft.date, batch, text, public, private, record))
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
        "UPDATE record SET state = 'submitted', number = %s, current = %s, author = %s, occurred_on = %s, batch = %s, "
        "content = %s, words = %s, private_words = %s WHERE id = %s",
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
    record: int | None = None,
    expected: int | None = None,
    batch: str = "",
) -> Submission:
    """Record a single row given by field key; a known natural key makes it a revision.

    Args:
        record: the record to revise, whatever its natural key becomes.
        expected: with `record`, the number of the content the new values were made from (`record.current`).
        batch: name of this submission, so that sending it twice records it once.

    Raises:
        ProblemsError: everything that is wrong with the values.
        StaleError: RECORD_007, somebody else wrote other content meanwhile; it carries theirs.
    """
    ledger = get_ledger(ledger_key)
    draft = read_values(ledger, definitions().units, values)
    with transaction.atomic():
        audit.hold()  # or two clerks who enter the same event at once would count it as one
        if record is not None:
            return _revise(actor, ledger, draft, record, expected, reason, source)
        if ledger.identified_by:
            finish_rows(ledger, [draft])
        return submit_drafts(
            actor,
            ledger.key,
            organisation_code,
            [draft],
            source=source,
            reason=reason,
            by_hand=True,
            batch=batch,
        )


class StaleError(ProblemsError):
    """A revision made from content that is no longer the latest; carries what the other person wrote."""

    def __init__(self, problem: Problem, theirs: queries.EntryView, base: queries.EntryView | None):
        self.theirs = theirs  #: the latest content
        self.base = base  #: the content the revision was made from
        super().__init__([problem])


def _revise(
    actor: Actor,
    ledger: LedgerDef,
    draft: RowDraft,
    record: int,
    expected: int | None,
    reason: str,
    source: str,
) -> Submission:
    """Put new content on a given record. The clock must be held."""
    held = _lock([record])[0]
    require(actor, "record.revise", held.path, area=ledger.area)
    if held.ledger != ledger.key:
        raise ProblemsError([Problem("RECORD_001", {"record": record})])
    if held.state == "withdrawn":
        raise ProblemsError([Problem("RECORD_009", {"record": record})])
    if expected is not None and held.current != expected:
        entries = {e.number: e for e in queries.history(record)}
        theirs = entries[held.current]
        raise StaleError(
            Problem("RECORD_007", {"record": record, "author": theirs.actor, "at": theirs.at}),
            theirs,
            entries.get(expected),
        )
    located = [(draft, held.organisation_id)] if draft.payload is not None else []
    problems = [*draft.problems, *reference_problems(ledger, located, source)]
    if draft.payload is not None and ledger.identified_by:
        problems += _taken_key(ledger, draft, held)
    if is_blocking(problems):
        raise ProblemsError(problems)
    present = storage.fetch(
        "SELECT r.key, v.payload FROM record r JOIN revision v ON v.record_id = r.id AND v.number = r.current WHERE r.id = %s",
        [record],
    )[0]
    if not ledger.identified_by:
        draft.key = present[0]  # an event stays the one it was when its row is corrected
    submission = _write(
        actor,
        ledger,
        located,
        source,
        reason,
        None,
        existing={(held.organisation_id, draft.key): (record, held.number, present[1], held.state)},
    )
    if submission.revised and draft.key != present[0]:
        storage.execute("UPDATE record SET key = %s WHERE id = %s", [draft.key, record])
    submission.warnings = problems
    return submission


def _taken_key(ledger: LedgerDef, draft: RowDraft, held: _Locked) -> list[Problem]:
    """Why the record cannot bear the draft's natural key, if so; and a warning when rows elsewhere still name the old one."""
    rows = storage.fetch(
        "SELECT id, state FROM record WHERE ledger = %s AND organisation_id = %s AND key = %s AND id <> %s",
        [ledger.key, held.organisation_id, draft.key, held.id],
    )
    first = ledger.field(ledger.identified_by[0])
    fields = "、".join(ledger.field(k).title.zh for k in ledger.identified_by)
    if rows:
        params = {"fields": fields, "record": rows[0][0]}
        return [Problem("RECORD_008", params, Place(column=first.title.zh))]
    old = storage.fetch("SELECT key FROM record WHERE id = %s", [held.id])[0][0]
    if old == draft.key:
        return []
    referring = 0
    for other in definitions().catalogue.ledgers.values():
        named = [f.key for f in other.fields if f.type == "reference" and f.ledger == ledger.key]
        if named:
            referring += queries.count_referring(other.key, held.organisation_id, named, old)
    if not referring:
        return []
    params = {"fields": fields, "count": referring}
    return [Problem("RECORD_010", params, Place(column=first.title.zh), "warning")]


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
            require(actor, "record.return", record.path, area=area_of(record.ledger))
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
            require(actor, "record.withdraw", record.path, area=area_of(record.ledger))
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
            "SELECT id, current FROM record WHERE batch = %s AND batch > '' AND state <> 'withdrawn' ORDER BY id",
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
        require(actor, "record.revise", record.path, area=area_of(record.ledger))
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
        "UPDATE record SET state = 'submitted', number = %s, current = %s, author = %s, occurred_on = %s, batch = '', "
        "content = %s, words = %s, private_words = %s WHERE id = %s",
        [
            (
                r.number + 1,
                r.number + 1,
                actor.name,
                contents[r.id][0],
                contents[r.id][1],
                *queries.words(r.ledger, contents[r.id][1]),
                r.id,
            )
            for r in records
        ],
    )
