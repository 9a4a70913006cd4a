"""Approval: the moment a record's content is posted and its cells move, in one transaction.

What is posted is always the difference between what the record should stand for now and what it has actually posted so far,
so corrections, closed periods and reopened ones come out right without special cases (docs/algorithms/posting.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import sealing
from shuzhi.apps.ledgers.actions import Progress
from shuzhi.apps.office import area_of, definitions
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed, permitted_areas, require
from shuzhi.core.indicators import (
    TARGET_SUFFIX,
    Amount,
    Contribution,
    PostingKey,
    Version,
    advance,
    difference,
)
from shuzhi.core.periods import next_month
from shuzhi.core.problems import Problem, ProblemsError

POSTING_COLUMNS = (
    "seq", "line", "indicator_id", "organisation_id", "month", "amount", "rows", "blanks", "subject", "adjusting",
)  # fmt: skip
CHUNK = 20_000  #: records approved in one go; bounds the memory a large import needs


@dataclass(slots=True)
class Approval:
    """What an approval did."""

    approved: int = 0
    postings: int = 0
    adjusting: int = 0  #: postings that went to the open period because theirs is closed
    passed_over: int = 0  #: records that were not approved
    refused: list[Problem] = field(default_factory=list)  #: why, each reason once


class Waiting(NamedTuple):
    """A submitted record with the content that would be approved."""

    id: int
    ledger: str
    organisation_id: int
    path: str
    number: int
    current: int
    approved: int | None
    author: str
    action: str
    occurred_on: str
    payload: str


class IndicatorNumbers:
    """Numbers of indicators' posting keys, made when first posted."""

    def __init__(self) -> None:
        self.known = {key: number for number, key in storage.fetch("SELECT id, key FROM indicator")}

    def of(self, key: str, seq: int) -> int:
        """The key's number; a new one is known from `seq` on."""
        number = self.known.get(key)
        if number is None:
            number = max(self.known.values(), default=0) + 1
            storage.insert_rows("indicator", ("id", "key", "from_seq"), [(number, key, seq)])
            self.known[key] = number
        return number

    def register(self, keys: Iterable[str]) -> None:
        """Give every one of these a number, posted or not: from then on nothing posted means none, not unknown."""
        fresh = [key for key in keys if key not in self.known]
        if fresh:
            seq = audit.current() + 1
            for key in fresh:
                self.of(key, seq)


@dataclass(frozen=True, slots=True)
class BookState:
    """Which months of a unit take postings."""

    years: frozenset[int]
    locked_through: int  #: last closed month, 0 = none

    def problem(self, date: str, name: str) -> Problem | None:
        """Why a row of this date cannot be posted, if so."""
        year = int(date[:4])
        if not self.years:
            return Problem("BOOK_001", {"name": name, "year": year})
        if year > max(self.years):
            return Problem("BOOK_002", {"name": name, "year": year, "last": max(self.years)})
        if int(date[:4] + date[5:7]) <= self.locked_through:
            return self.problem_of_withdrawal(date, name)
        return None

    def problem_of_withdrawal(self, date: str, name: str) -> Problem | None:
        """Why what was posted cannot be taken back, if so: everything is closed and no book is open to take the correction."""
        if self.locked_through and next_month(self.locked_through) // 100 not in self.years:
            return Problem(
                "BOOK_003",
                {"name": name, "date": date, "year": next_month(self.locked_through) // 100},
            )
        return None


def book_states(units: Iterable[tuple[int, str]]) -> dict[int, BookState]:
    """The state of the books of units given as (id, path); units without any are there with none.

    What a superior or a successor closed is closed for everything below: a unit that was opened, moved or merged after that, and has
    no such book of its own, must not change a closed figure. A closed unit gets no more books; what is taken back there goes to
    the books of those above it.
    """
    lines = {i: [int(part) for part in path.split("/") if part] for i, path in dict(units).items()}
    wanted = sorted({one for line in lines.values() for one in line})
    years: dict[int, set[int]] = {i: set() for i in wanted}
    locked: dict[int, int] = dict.fromkeys(wanted, 0)
    closed: set[int] = set()
    for chunk in storage.in_chunks(wanted):
        for organisation, year, through, closed_on in storage.fetch(
            "SELECT b.organisation_id, b.year, b.closed_through, o.closed_on FROM book b "
            f"JOIN organisation o ON o.id = b.organisation_id WHERE b.organisation_id IN ({storage.marks(chunk)})",
            chunk,
        ):
            years[organisation].add(year)
            locked[organisation] = max(locked[organisation], through or 0)
            if closed_on:
                closed.add(organisation)
    return {
        unit: BookState(
            frozenset().union(*(years[one] for one in (line if unit in closed else (unit,)))),
            max(locked[one] for one in line),
        )
        for unit, line in lines.items()
    }


class Journal:
    """Collects postings and writes them with their cells and participations."""

    def __init__(self, numbers: IndicatorNumbers) -> None:
        self._numbers = numbers
        self.postings: list[tuple[Any, ...]] = []
        self._cells: dict[tuple[int, int, int], list[int]] = {}
        self._subjects: dict[tuple[int, int, int, str], list[int]] = {}

    def add(
        self,
        seq: int,
        organisation: int,
        locked_through: int,
        amounts: Iterable[tuple[tuple[str, int, str], tuple[int, int, int]]],
    ) -> None:
        """Post these amounts; closed months go to the first open one, marked adjusting."""
        known, number_of = self._numbers.known.get, self._numbers.of
        cells, postings = self._cells, self.postings
        for line, ((indicator, month, subject), (amount, rows, blanks)) in enumerate(amounts, 1):
            adjusting = month <= locked_through and not indicator.endswith(TARGET_SUFFIX)
            if adjusting:
                month = next_month(locked_through)
            number = known(indicator) or number_of(indicator, seq)
            postings.append(
                (seq, line, number, organisation, month, amount, rows, blanks, subject, adjusting)
            )
            cell = cells.get((organisation, month, number))
            if cell is None:
                cells[organisation, month, number] = [amount, rows, blanks]
            else:
                cell[0] += amount
                cell[1] += rows
                cell[2] += blanks
            if subject:
                kept = self._subjects.setdefault((number, organisation, month, subject), [0, 0])
                kept[0] += amount
                kept[1] += rows

    def write(self) -> int:
        """Write everything collected; returns the number of postings."""
        storage.insert_rows("posting", POSTING_COLUMNS, self.postings)
        storage.add_sums(
            "cell",
            ("organisation_id", "month", "indicator_id"),
            ("amount", "rows", "blanks"),
            [(*k, *v) for k, v in self._cells.items()],
        )
        storage.add_sums(
            "participation",
            ("indicator_id", "organisation_id", "month", "subject"),
            ("amount", "rows"),
            [(*k, *v) for k, v in self._subjects.items()],
        )
        return len(self.postings)


_WAITING = (
    "SELECT r.id, r.ledger, r.organisation_id, o.path, r.number, r.current, r.approved, r.author, v.action, r.occurred_on, v.payload "
    "FROM record r JOIN revision v ON v.record_id = r.id AND v.number = r.current "
    "JOIN organisation o ON o.id = r.organisation_id WHERE r.state = 'submitted'"
)


def _approved_versions(record_ids: Sequence[int]) -> dict[int, list[Version]]:
    """The states now posted of records approved before, rebuilt from their sealed history."""
    found: dict[int, list[Version]] = {}
    for chunk in storage.in_chunks(list(record_ids)):
        rows = storage.fetch(
            "SELECT d.record_id, c.action, c.occurred_on, c.payload FROM revision d "
            "JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
            f"WHERE d.action = 'approve' AND d.record_id IN ({storage.marks(chunk)}) ORDER BY d.record_id, d.number",
            chunk,
        )
        for record, action, date, payload in rows:
            present = found.get(record, [])
            found[record] = (
                []
                if action == "withdraw"
                else advance(present, Version(date, orjson.loads(payload)))
            )
    return found


def posted(record_ids: Sequence[int]) -> dict[int, Contribution]:
    """What each record has posted so far, net, wherever and whenever."""
    found: dict[int, dict[PostingKey, list[int]]] = {}
    for chunk in storage.in_chunks(list(record_ids)):
        rows = storage.fetch(
            "SELECT v.record_id, i.key, p.month, p.subject, SUM(p.amount), SUM(p.rows), SUM(p.blanks) FROM posting p "
            "JOIN revision v ON v.seq = p.seq JOIN indicator i ON i.id = p.indicator_id "
            f"WHERE v.record_id IN ({storage.marks(chunk)}) GROUP BY v.record_id, i.key, p.month, p.subject",
            chunk,
        )
        for record, key, month, subject, amount, count, blanks in rows:
            found.setdefault(record, {})[PostingKey(key, month, subject)] = [
                int(amount),
                int(count),
                int(blanks),
            ]
    return {r: {k: Amount(*v) for k, v in sums.items() if any(v)} for r, sums in found.items()}


def approve_records(
    actor: Actor,
    record_ids: Sequence[int] | None = None,
    *,
    organisation_path: str = "",
    ledger: str = "",
    batch: str = "",
    up_to: int | None = None,
    reason: str = "",
    progress: Progress | None = None,
) -> Approval:
    """Approve submitted records, given by id or by place, ledger and import; one transaction.

    Records given by id must all be approvable, otherwise nothing is done. By place, what the actor may not approve (above all
    their own) is passed over and reported; with `up_to`, content written after this point of the clock is left waiting.

    Raises:
        ProblemsError: RECORD_001 unknown, RECORD_003 not waiting, RECORD_006 own record, BOOK_001–003 no book takes the row,
            PEOPLE_001 no right.
    """
    with storage.without_cycle_search(), transaction.atomic():
        audit.hold()
        result = Approval()
        if record_ids is not None:
            waiting: list[Waiting] = []
            record_ids = list(dict.fromkeys(record_ids))
            for chunk in storage.in_chunks(record_ids):
                rows = storage.fetch(
                    f"{_WAITING} AND r.id IN ({storage.marks(chunk)}) ORDER BY r.id", chunk
                )
                waiting += [Waiting._make(r) for r in rows]
            _require_all_waiting(record_ids, waiting)
            refused = _approve(actor, waiting, reason, result)
            if refused:
                raise ProblemsError(refused)
            return result
        conditions, params = " AND o.path LIKE %s", [organisation_path + "%"]
        if ledger:
            conditions, params = conditions + " AND r.ledger = %s", [*params, ledger]
        if batch:
            conditions, params = conditions + " AND r.batch = %s", [*params, batch]
        areas = permitted_areas(actor, "record.approve", organisation_path)
        if areas:
            # of other lines of work somebody else approves; they are not even counted here
            own = [d.key for d in definitions().catalogue.ledgers.values() if d.area in areas]
            conditions += f" AND r.ledger IN ({storage.marks(own)})"
            params = [*params, *own]
        total = storage.fetch(
            "SELECT COUNT(*) FROM record r JOIN organisation o ON o.id = r.organisation_id WHERE r.state = 'submitted'"
            + conditions,
            params,
        )[0][0]
        if not total:
            # nothing waits; somebody who may approve nothing here should still hear that
            within = any(
                p.path.startswith(organisation_path) and "record.approve" in ROLES[p.role][2]
                for p in actor.posts
            )
            if not within:
                require(actor, "record.approve", organisation_path)
        if up_to is not None:
            conditions, params = conditions + " AND v.seq <= %s", [*params, up_to]
        last = 0
        done = 0
        while True:
            rows = storage.fetch(
                f"{_WAITING}{conditions} AND r.id > %s ORDER BY r.id LIMIT {CHUNK}", [*params, last]
            )
            if not rows:
                break
            last = rows[-1][0]
            result.refused += _approve(actor, [Waiting._make(r) for r in rows], reason, result)
            done += len(rows)
            if progress:
                progress("approve", done, total)
        if (
            result.refused
            and not result.approved
            and all(p.code == "PEOPLE_001" for p in result.refused)
        ):
            raise ProblemsError(result.refused[:1])
        return result


def _require_all_waiting(record_ids: Sequence[int], waiting: Sequence[Waiting]) -> None:
    absent = set(record_ids) - {w.id for w in waiting}
    if not absent:
        return
    states: dict[int, str] = {}
    for chunk in storage.in_chunks(sorted(absent)):
        states.update(
            storage.fetch(
                f"SELECT id, state FROM record WHERE id IN ({storage.marks(chunk)})", chunk
            )
        )
    raise ProblemsError(
        [
            Problem("RECORD_003", {"record": i, "state": states[i]})
            if i in states
            else Problem("RECORD_001", {"record": i})
            for i in sorted(absent)
        ]
    )


def _approve(
    actor: Actor, waiting: Sequence[Waiting], reason: str, result: Approval
) -> list[Problem]:
    """Approve what may be approved; returns why the others were not. The clock is held."""
    states = book_states((w.organisation_id, w.path) for w in waiting)
    names = _names(states)
    allowed: dict[tuple[str, str], bool] = {}
    refused: list[Problem] = []
    ready: list[Waiting] = []
    for one in waiting:
        may = allowed.get((one.path, one.ledger))
        if may is None:
            may = allowed[one.path, one.ledger] = is_allowed(
                actor, "record.approve", one.path, area_of(one.ledger)
            )
        if not may:
            try:
                require(
                    actor,
                    "record.approve",
                    one.path,
                    names[one.organisation_id],
                    area=area_of(one.ledger),
                )
            except ProblemsError as error:
                refused += [p for p in error.problems if p not in refused]
            continue
        if one.author == actor.name:
            refused.append(Problem("RECORD_006", {"record": one.id, "author": one.author}))
            continue
        state, name = states[one.organisation_id], names[one.organisation_id]
        if one.action != "withdraw":
            trouble = state.problem(one.occurred_on, name)
        else:
            trouble = state.problem_of_withdrawal(one.occurred_on, name)
        if trouble is not None:
            if trouble not in refused:
                refused.append(trouble)
            continue
        ready.append(one)
    result.passed_over += len(waiting) - len(ready)
    if ready:
        _post(actor, ready, states, reason, result)
    return refused


def _names(ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in storage.in_chunks(sorted(ids)):
        found.update(
            storage.fetch(
                f"SELECT id, name FROM organisation WHERE id IN ({storage.marks(chunk)})", chunk
            )
        )
    return found


def _post(
    actor: Actor,
    ready: Sequence[Waiting],
    states: dict[int, BookState],
    reason: str,
    result: Approval,
) -> None:
    again = [w.id for w in ready if w.number > 1]
    before = posted(again) if again else {}
    versions = _approved_versions(again) if again else {}
    posters = definitions().posters
    numbers = IndicatorNumbers()
    for ledger in sorted({w.ledger for w in ready}):
        numbers.register(posters.of(ledger).keys)
    journal = Journal(numbers)
    first = audit.take(len(ready))
    at, name = audit.timestamp(), actor.name
    year = int(at[:4])
    entries: list[
        tuple[Any, ...]
    ] = []  # `Entry` fields as plain tuples: this loop is an import's time
    updates: list[tuple[Any, ...]] = []
    loads = orjson.loads
    for seq, one in enumerate(ready, first):
        locked = states[one.organisation_id].locked_through
        poster = posters.of(one.ledger)
        amounts: Iterable[tuple[tuple[str, int, str], tuple[int, int, int]]]
        if one.action == "withdraw":
            amounts = sorted(difference(before.get(one.id, {}), {}).items())
        elif one.number == 1:
            amounts = poster.first(loads(one.payload), one.occurred_on)
        else:
            states_now = advance(
                versions.get(one.id, []), Version(one.occurred_on, loads(one.payload))
            )
            amounts = sorted(
                difference(before.get(one.id, {}), poster.timeline(states_now)).items()
            )
        journal.add(seq, one.organisation_id, locked, amounts)
        entries.append(
            (
                seq,
                one.id,
                one.number + 1,
                "approve",
                one.current,
                one.organisation_id,
                year,
                "",
                "",
                0,
                locked,
                name,
                at,
                reason,
                "",
            )
        )
        withdrawn = one.action == "withdraw"
        updates.append(
            (
                "withdrawn" if withdrawn else "approved",
                one.number + 1,
                None if withdrawn else one.current,
                one.id,
            )
        )
    sealing.append(entries)
    storage.execute_many(
        "UPDATE record SET state = %s, number = %s, approved = %s WHERE id = %s", updates
    )
    result.adjusting += sum(1 for posting in journal.postings if posting[-1])
    result.postings += journal.write()
    result.approved += len(ready)


def transfer_records(actor: Actor, moves: Sequence[tuple[int, int]], *, reason: str) -> int:
    """Give records to another unit (record id, new organisation id): postings leave the old unit and enter the new one, month by month.

    The superior's figures do not change in any month, so closed months are not adjusted. The clock must be held and rights checked by the caller.
    """
    targets = dict(moves)
    rows: list[tuple[Any, ...]] = []
    for chunk in storage.in_chunks(sorted(targets)):
        rows += storage.fetch(
            f"SELECT id, ledger, organisation_id, number FROM record WHERE id IN ({storage.marks(chunk)}) ORDER BY id",
            chunk,
        )
    before = posted(sorted(targets))
    journal = Journal(IndicatorNumbers())
    first, at = audit.take(len(rows)), audit.timestamp()
    entries, updates = [], []
    for seq, (record, _, old, number) in enumerate(rows, first):
        new = targets[record]
        net = before.get(record, {})
        leaving = {k: Amount(-v.amount, -v.rows, -v.blanks) for k, v in net.items()}
        journal.add(seq, old, 0, sorted(leaving.items()))
        lines = len(leaving)
        journal.add(seq, new, 0, sorted(net.items()))
        # both halves belong to one entry: go on counting its lines
        for index in range(len(journal.postings) - len(net), len(journal.postings)):
            posting = journal.postings[index]
            journal.postings[index] = (posting[0], posting[1] + lines, *posting[2:])
        payload = sealing.canonical_json({"from": old, "to": new})
        entries.append(
            sealing.entry(
                seq,
                record,
                number + 1,
                "transfer",
                new,
                actor=actor.name,
                at=at,
                reason=reason,
                payload=payload,
            )
        )
        updates.append((new, number + 1, record))
    sealing.append(entries)
    storage.execute_many(
        "UPDATE record SET organisation_id = %s, number = %s WHERE id = %s", updates
    )
    journal.write()
    return len(rows)
