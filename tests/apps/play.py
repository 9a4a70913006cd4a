"""Plays a sequence of everyday acts on the books and knows, by plain counting over rows, what every figure must be.

The counting here shares no code with `core.indicators`: rows are kept as lists of approved states, and a figure is found by
looking at every row. What it needs of the catalogue is written out again below, on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shuzhi.apps.books.actions import close_books, reopen_books, split_unit
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.actions import return_records, submit_values, withdraw_records
from shuzhi.apps.organisations.actions import merge, move, rename
from shuzhi.core.figures import FigureId
from shuzhi.core.indicators import MemoryBook, Version
from shuzhi.core.periods import Period, month_of, parse_period
from shuzhi.core.problems import ProblemsError
from tests.support.office import COUNTY, OTHER_TOWN, TOWN, UNITS, VILLAGES, Office

YEARS = (2022, 2023, 2024)
#: the periods every figure is looked at in; the last holds everything that can ever be posted here
PERIODS = tuple(
    parse_period(p) for p in ("2022", "2023-03", "2023H1", "2023", "2024", "2020..2030")
)
ALL_TIME = PERIODS[-1]
CLOSABLE = tuple(
    parse_period(p) for p in ("2022H1", "2022", "2023-02", "2023-06", "2023", "2024H1")
)

#: sum and count indicators: key → (ledger, stock?)
ADDITIVE = {
    "households": ("household", True), "members": ("household", True), "poor_households": ("household", True),
    "orchard_area": ("orchard", True), "pepper_area": ("orchard", True), "visits": ("visit", False),
    "visit_amount": ("visit", False), "disputes": ("dispute", False), "settled": ("dispute", False),
    "budget": ("project", True), "projects_started": ("project", False), "finished_budget": ("project", False),
}  # fmt: skip
DISTINCT = ("orchard_households", "visited_households", "orchard_people", "visited_people")
DERIVED = ("area_each", "visit_growth", "orchard_villages", "orchard_subsidy")
REGISTERS = ("household", "orchard", "project", "target")

Values = dict[str, Any]


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_days = st.builds(
    lambda index, day: f"{2022 + index // 12}-{index % 12 + 1:02d}-{day}",
    st.integers(0, 35),
    st.sampled_from(("01", "15", "28")),
)
_some_days = st.none() | _days
_village = st.integers(0, 9)
_number = st.sampled_from(("001", "002", "003"))
_amount = st.none() | st.sampled_from(("0", "0.5", "1.25", "2", "12.3456"))
_pick = st.integers(0, 30)


def _row(ledger: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just("submit"), st.just(ledger), _village, st.fixed_dictionaries(fields))


ROWS = st.one_of(
    _row("household", number=_number, date=_days, left=_some_days, members=st.none() | st.integers(0, 6),
         kind=st.sampled_from((None, "脱贫户", "监测户", "一般户"))),
    _row("orchard", plot=_number, household=st.none() | _number, date=_days, bearing=_amount, young=_amount,
         variety=st.sampled_from((None, "花椒", "核桃"))),
    _row("visit", date=_days, household=st.none() | _number, topic=st.sampled_from(("帮扶", "慰问")), amount=_amount),
    _row("dispute", number=_number, date=_days, result=st.sampled_from((None, "成功", "未成"))),
    _row("project", number=_number, date=_days, budget=_amount, started=_some_days, finished=_some_days),
    _row("target", year=st.sampled_from(YEARS), indicator=st.sampled_from(("orchard_area", "visits")), amount=_amount.filter(bool), date=_days),
    _row("nil", ledger=st.sampled_from(("visit", "dispute")), month=st.sampled_from(("2023-03", "2024-01")), date=_days),
)  # fmt: skip
_act = st.sampled_from
DECISIONS = st.one_of(
    st.just(("approve all",)),
    st.tuples(_act(("approve", "approve", "return", "withdraw", "withdraw")), _pick),
)
CLOSINGS = st.tuples(_act(("close", "close", "reopen")), st.integers(0, 12), st.integers(0, 5))
REFORMS = st.one_of(
    st.tuples(_act(("merge", "merge new")), _village, _village),
    st.tuples(_act(("split", "move", "rename")), _village),
)
LOOK = st.just(("look",))


#: every village has something in its books, so that figures over villages are known
PRELUDE: list[tuple[Any, ...]] = [
    act
    for village in range(len(VILLAGES))
    for act in (
        ("submit", "household", village, {"number": "001", "date": "2022-01-15", "members": 3}),
        ("submit", "orchard", village, {"plot": "001", "household": "001", "date": "2022-02-15", "bearing": str(village),
                                        "young": "1.5", "variety": "花椒"}),
        ("submit", "visit", village, {"date": "2022-03-15", "household": "001", "topic": "慰问", "amount": "200"}),
    )
] + [("approve all",), ("look",)]  # fmt: skip


def sequences(*others: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Acts with more recording and approving than anything else, as in an office."""
    act = st.one_of(ROWS, ROWS, ROWS, DECISIONS, DECISIONS, *others)
    return st.lists(act, min_size=1, max_size=60).map(lambda acts: [*PRELUDE, *acts])


# ── the plain account of what was done ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Row:
    """One record as a person would follow it on paper."""

    id: int
    ledger: str
    home: str
    waiting: tuple[str, Values] | str | None = None  #: (date, values) or "withdraw"
    states: list[tuple[str, Values]] = field(default_factory=list)  #: approved, by date

    def approve(self) -> None:
        assert self.waiting is not None
        if isinstance(self.waiting, str):
            self.states = []
        else:
            date = self.waiting[0]
            self.states = [s for s in self.states if s[0] < date] + [self.waiting]
        self.waiting = None

    def state_at(self, end: int) -> Values | None:
        """The values in force at the end of the month before `end`."""
        found = [s for s in self.states if month_of(s[0]) < end]
        if not found:
            return None
        date, values = found[-1]
        left = values.get("left") if self.ledger == "household" else None
        if left and max(month_of(left), month_of(date)) < end:
            return None
        return values


class Play:
    """The office with the plain account kept beside it."""

    def __init__(self, office: Office):
        self.office = office
        self.rows: dict[int, Row] = {}
        self.parents = {code: parent for code, _, _, parent in UNITS if parent}
        self.levels = {code: level for code, _, level, _ in UNITS}
        self.villages = list(VILLAGES)  #: those that take rows
        self.memory = MemoryBook(office.catalogue, self.parents, levels=self.levels)
        self.looks: dict[int, dict[FigureId, Any]] = {}
        self.row_looks: dict[int, Any] = {}
        self.closed: dict[tuple[str, Period], dict[str, Decimal | None]] = {}
        self.was_closed = self.was_split = False
        self._next = 300
        self.clerk, self.reviewer = office.actor("县会计"), office.actor("县办")
        office.open(*YEARS)

    def play(self, acts: Sequence[tuple[Any, ...]]) -> None:
        for act in acts:
            self.act(*act)

    def act(self, kind: str, *arguments: Any) -> None:
        method = getattr(self, "_" + kind.replace(" ", "_"))
        before, refused = self._state(), None
        try:
            method(*arguments)
        except ProblemsError as error:
            refused = error.problems
        if refused is not None:
            codes = {p.code for p in refused}
            assert codes <= _EXPECTED.get(kind, frozenset()), (kind, arguments, refused)
            assert self._state() == before, "a refused act must change nothing"
        if kind in ("approve", "approve all"):
            self.check_closed()

    def _state(self) -> Any:
        from shuzhi.apps import storage

        return storage.fetch("SELECT seq, event_hash FROM clock")

    # rows

    def _submit(self, ledger: str, village: int, fields: Values) -> None:
        home = self.villages[village % len(self.villages)]
        values = {k: v for k, v in fields.items() if v is not None}
        done = submit_values(self.clerk, ledger, home, values)
        if not done.records:
            assert done.unchanged == 1
            return
        record = done.records[0]
        # after a merger a row goes to the former village that has its number already
        place = queries.get(record).organisation
        assert place in self.below(home)
        row = self.rows.setdefault(record, Row(record, ledger, place))
        row.waiting = (values["date"], values)

    def _waiting(self) -> list[Row]:
        return [r for _, r in sorted(self.rows.items()) if r.waiting is not None]

    def _approve(self, pick: int) -> None:
        waiting = self._waiting()
        if waiting:
            row = waiting[pick % len(waiting)]
            assert approve_records(self.reviewer, [row.id]).approved == 1
            self._note_approved(row)

    def _approve_all(self) -> None:
        waiting = self._waiting()
        result = approve_records(self.reviewer, organisation_path="/")
        if not result.refused:
            assert result.approved == len(waiting)
        else:
            assert {p.code for p in result.refused} == {"BOOK_003"}
        for row in waiting:
            if self._record_state(row.id) != "submitted":
                self._note_approved(row)

    def _note_approved(self, row: Row) -> None:
        view = queries.get(row.id)
        withdrawn = isinstance(row.waiting, str)
        new = None if withdrawn else Version(view.occurred_on, view.payload)
        self.memory._put(row.ledger, row.home, view.key, new)
        row.approve()

    def _record_state(self, record: int) -> str:
        return queries.get(record).state

    def _return(self, pick: int) -> None:
        waiting = self._waiting()
        if waiting:
            row = waiting[pick % len(waiting)]
            return_records(self.reviewer, [row.id], reason="数字请再核")
            row.waiting = None

    def _withdraw(self, pick: int) -> None:
        rows = [r for _, r in sorted(self.rows.items()) if self._record_state(r.id) != "withdrawn"]
        if rows:
            row = rows[pick % len(rows)]
            withdraw_records(self.clerk, [row.id], reason="记重了")
            row.waiting = "withdraw" if row.states else None

    # books

    def _close(self, unit: int, period: int) -> None:
        codes = [COUNTY, TOWN, OTHER_TOWN, *self.villages]
        code, when = codes[unit % len(codes)], CLOSABLE[period]
        close_books(self.office.actor("分管领导"), code, when)
        self.was_closed = True
        whole = Period(ALL_TIME.start, when.end)
        self.closed[code, whole] = self._values(code, whole)

    def _reopen(self, unit: int, period: int) -> None:
        codes = [COUNTY, TOWN, OTHER_TOWN, *self.villages]
        code, when = codes[unit % len(codes)], CLOSABLE[period]
        reopen_books(self.office.actor("分管领导"), code, when, reason="审计要求")
        for known in list(self.closed):
            if known[1].end > when.start:
                del self.closed[known]

    def _values(self, code: str, period: Period) -> dict[str, Decimal | None]:
        books = Books()
        return {k: books.figure(FigureId(k, code, period)).value for k in ADDITIVE}

    def check_closed(self) -> None:
        """What was closed does not move, whoever approves what."""
        for (code, period), values in self.closed.items():
            assert self._values(code, period) == values, ("closed figures moved", code, period)

    # units

    def _code(self) -> str:
        self._next += 1
        return f"990101100{self._next}"

    def _two(self, first: int, second: int) -> list[str]:
        return [
            self.villages[first % len(self.villages)],
            self.villages[second % len(self.villages)],
        ]

    def _merge(self, first: int, second: int) -> None:
        one, other = self._two(first, second)
        merge(self.office.actor("管理员"), [one], other, on="2024-05-01", reason="并村")
        self._gone(one, other)

    def _merge_new(self, first: int, second: int) -> None:
        pair = self._two(first, second)
        code = self._code()
        merge(
            self.office.actor("管理员"),
            pair,
            code,
            name=f"新村{code[-3:]}",
            on="2024-05-01",
            reason="并村",
        )
        self._new(code, self.parents[pair[0]])
        for one in pair:
            self._gone(one, code)

    def _gone(self, village: str, successor: str) -> None:
        self.villages.remove(village)
        self.levels.pop(village)
        self.parents[village] = successor
        self._tree()

    def _new(self, code: str, parent: str) -> None:
        self.villages.append(code)
        self.levels[code] = "village"
        self.parents[code] = parent
        self._tree()

    def _tree(self) -> None:
        self.memory.parents, self.memory.levels = dict(self.parents), dict(self.levels)
        self.memory._reader = None

    def _split(self, village: int) -> None:
        old = self.villages[village % len(self.villages)]
        codes = [self._code(), self._code()]
        rows = [r for r in self.rows.values() if r.home == old]
        homes = {r.id: codes[r.id % 2] for r in rows}
        split_unit(
            self.office.actor("管理员"), old, [{"code": c, "name": f"分村{c[-3:]}"} for c in codes], homes,
            on="2024-06-01", reason="拆村",
        )  # fmt: skip
        self.was_split = True
        for row in rows:
            row.home = homes[row.id]
        self.villages.remove(old)
        self.levels.pop(old)
        for code in codes:
            self._new(code, self.parents[old])
        self.closed = {k: v for k, v in self.closed.items() if k[0] != old}

    def _move(self, village: int) -> None:
        code = self.villages[village % len(self.villages)]
        town = OTHER_TOWN if self.parents[code] == TOWN else TOWN
        move(self.office.actor("管理员"), code, town, reason="区划调整")
        self.parents[code] = town
        self._tree()
        # today's tree decides today's figures: a town's closed figures change with the villages it has
        self.closed = {k: v for k, v in self.closed.items() if k[0] not in (TOWN, OTHER_TOWN)}

    def _rename(self, village: int) -> None:
        code = self.villages[village % len(self.villages)]
        rename(self.office.actor("管理员"), code, f"改名{code[-3:]}", reason="规范名称")

    # looking

    def all_units(self) -> list[str]:
        return [COUNTY, *self.parents]

    def _look(self) -> None:
        books = Books()
        self.looks[books.as_of] = {i: seen(books, i) for i in self.identities(self.all_units())}
        self.row_looks[books.as_of] = self._rows_seen(books)

    def _rows_seen(self, books: Books) -> Any:
        return [
            [(r.record, r.organisation, r.values) for r in books.rows(ledger, code, period)]
            for ledger in ("orchard", "visit", "household")
            for code in (COUNTY, TOWN, *VILLAGES)
            for period in PERIODS[3:]
        ]

    def identities(self, units: Sequence[str]) -> Iterator[FigureId]:
        for period in PERIODS[2:]:
            for code in units:
                for key in (*ADDITIVE, *DISTINCT, *DERIVED):
                    yield FigureId(key, code, period)
                yield FigureId("orchard_area", code, period, "target")

    def check_looks(self) -> None:
        """A figure read as of an earlier point is what it was then."""
        for as_of, figures in self.looks.items():
            books = Books(as_of)
            for identity, then in figures.items():
                assert seen(books, identity) == then, (as_of, identity)
            assert self._rows_seen(books) == self.row_looks[as_of], as_of

    def check_parents(self) -> None:
        """A superior's figure is the sum of its own rows and its children's, whatever children are left."""
        books = Books()
        for period in PERIODS:
            for code in self.all_units():
                children = [c for c, p in self.parents.items() if p == code]
                if not children:
                    continue
                for key in ADDITIVE:
                    own = self._own(key, code, period)
                    parts = [books.figure(FigureId(key, c, period)) for c in children]
                    figure = books.figure(FigureId(key, code, period))
                    total = sum((p.value or Decimal(0) for p in parts), own)
                    assert (figure.value or Decimal(0)) == total, (key, code, period)

    def _own(self, key: str, code: str, period: Period) -> Decimal:
        """What a unit posted itself, straight from the postings."""
        from shuzhi.apps import storage

        start = 190001 if ADDITIVE[key][1] else period.start
        rows = storage.fetch(
            "SELECT COALESCE(SUM(p.amount), 0) FROM posting p JOIN indicator i ON i.id = p.indicator_id "
            "JOIN organisation o ON o.id = p.organisation_id WHERE i.key = %s AND o.code = %s AND p.month >= %s AND p.month < %s",
            [key, code, start, period.end],
        )
        return Decimal(int(rows[0][0])) / 10_000

    def check_traces(self, *, by_hand: bool) -> None:
        """Every figure is the sum of the rows it is traced to, of its parts by variety, and of the rows that are shown."""
        books = Books()
        for period in PERIODS[2:]:
            for code in (COUNTY, TOWN, *self.villages[:3]):
                for key in (*ADDITIVE, *DISTINCT):
                    figure = books.figure(FigureId(key, code, period))
                    rows = books.trace(figure).rows
                    total = sum((r.amount for r in rows if r.amount is not None), Decimal(0))
                    assert total == (figure.value or Decimal(0)), (key, code, period)
                whole = books.figure(FigureId("orchard_area", code, period))
                parts = dict(books.breakdown("orchard_area", code, period, "variety"))
                assert sum((p.value or Decimal(0) for p in parts.values()), Decimal(0)) == (
                    whole.value or Decimal(0)
                )
                if by_hand:
                    expected = self.expected("pepper_area", code, period) or Decimal(0)
                    pepper = parts.get("花椒")
                    assert ((pepper.value if pepper else None) or Decimal(0)) == expected, (
                        code,
                        period,
                        parts,
                    )
                    shown = [
                        (r.values["plot"], r.values.get("area"))
                        for r in books.rows("orchard", code, period)
                    ]
                    counted = [
                        (v["plot"], _added(_decimal(v.get("bearing")), _decimal(v.get("young"))))
                        for v in self.in_force("orchard", self.below(code), period, True)
                    ]
                    assert sorted((p, _decimal(a) or 0) for p, a in shown) == sorted(
                        (p, a or 0) for p, a in counted
                    )
                    there = len(self.in_force("household", self.below(code), period, True))
                    assert len(books.rows("household", code, period)) == there

    def check_memory(self) -> None:
        """The database gives what the book in memory gives."""
        books = Books()
        for identity in self.identities([COUNTY, *self.parents]):
            mine, theirs = books.figure(identity), self.memory.figure(identity)
            assert (mine.value, mine.rows, mine.blanks) == (
                theirs.value,
                theirs.rows,
                theirs.blanks,
            ), identity

    # counting by hand

    def below(self, code: str) -> set[str]:
        found = {code}
        while more := {c for c, p in self.parents.items() if p in found} - found:
            found |= more
        return found

    def in_force(self, ledger: str, units: set[str], period: Period, stock: bool) -> list[Values]:
        """Values of the rows that count: registers as they stand at the end, events inside the period."""
        return [v for _, v in self._in_force(ledger, units, period, stock)]

    def _in_force(
        self, ledger: str, units: set[str], period: Period, stock: bool
    ) -> Iterator[tuple[str, Values]]:
        for row in self.rows.values():
            if row.ledger != ledger or row.home not in units or not row.states:
                continue
            if ledger in REGISTERS:
                values = row.state_at(period.end)
                if values is not None:
                    yield row.home, values
            else:
                date, values = row.states[-1]
                if (stock or month_of(date) >= period.start) and month_of(date) < period.end:
                    yield row.home, values

    def _was_kept(self, ledger: str, units: set[str], period: Period) -> bool:
        """Whether rows stood in a register before, though all have ended by now."""
        return ledger in REGISTERS and any(
            r.ledger == ledger
            and r.home in units
            and any(month_of(d) < period.end for d, _ in r.states)
            for r in self.rows.values()
        )

    def _at(self, units: set[str], period: Period, day: str) -> list[Values]:
        """Projects by the latest state, whose date `day` lies inside the period."""
        latest = [
            r.states[-1][1]
            for r in self.rows.values()
            if r.ledger == "project" and r.home in units and r.states
        ]
        return [v for v in latest if v.get(day) and period.contains(month_of(v[day]))]

    def expected(self, key: str, code: str, period: Period) -> Decimal | None:
        """The figure, by looking at every row."""
        units = self.below(code)
        if key in DISTINCT:
            return self._expected_distinct(key, units, period)
        ledger, stock = ADDITIVE[key]
        rows = self.in_force(ledger, units, period, stock)
        used = bool(rows) or self._was_kept(ledger, units, period)
        amounts: list[Decimal | None]
        if key in ("households", "visits", "disputes"):
            amounts = [Decimal(1)] * len(rows)
        elif key == "members":
            amounts = [_decimal(r.get("members")) for r in rows]
        elif key == "poor_households":
            amounts = [Decimal(1) for r in rows if r.get("kind") in ("脱贫户", "监测户")]
        elif key in ("orchard_area", "pepper_area"):
            chosen = (
                rows if key == "orchard_area" else [r for r in rows if r.get("variety") == "花椒"]
            )
            amounts = [_added(_decimal(r.get("bearing")), _decimal(r.get("young"))) for r in chosen]
        elif key == "visit_amount":
            amounts = [_decimal(r.get("amount")) for r in rows if r.get("topic") == "慰问"]
        elif key == "settled":
            amounts = [Decimal(1) for r in rows if r.get("result") == "成功"]
        elif key == "budget":
            amounts = [_ten_thousand(_decimal(r.get("budget"))) for r in rows]
        elif key == "projects_started":
            amounts = [Decimal(1)] * len(self._at(units, period, "started"))
        else:
            amounts = [
                _ten_thousand(_decimal(r.get("budget")))
                for r in self._at(units, period, "finished")
            ]
        known = [a for a in amounts if a is not None]
        start = 190001 if stock else period.start
        nil = sum(
            1
            for r in self.rows.values()
            if r.ledger == "nil" and r.home in units and r.states and r.states[-1][1]["ledger"] == ledger
            and start <= month_of(r.states[-1][1]["month"] + "-01") < period.end
        )  # fmt: skip
        if known or nil:
            return sum(known, Decimal(0))
        return Decimal(0) if used and not amounts else None

    def _expected_distinct(self, key: str, units: set[str], period: Period) -> Decimal | None:
        ledger = "orchard" if key.startswith("orchard") else "visit"
        stock = ledger == "orchard"
        rows = list(self._in_force(ledger, units, period, stock))
        used = bool(rows) or any(
            r.ledger == "nil" and r.home in units and r.states and r.states[-1][1]["ledger"] == ledger
            and (stock or month_of(r.states[-1][1]["month"] + "-01") >= period.start)
            and month_of(r.states[-1][1]["month"] + "-01") < period.end
            for r in self.rows.values()
        )  # fmt: skip
        subjects = {(home, v["household"]) for home, v in rows if v.get("household")}
        if key.endswith("households"):
            return Decimal(len(subjects)) if subjects or used else None
        homes = {
            (home, v["number"]): _decimal(v.get("members"))
            for home, v in self._in_force("household", units, period, True)
        }
        weights = [homes.get(s) for s in subjects]
        known = [w for w in weights if w is not None]
        if known:
            return sum(known, Decimal(0))
        return Decimal(0) if used and not subjects else None

    def check_by_hand(self, *, periods: Sequence[Period] = PERIODS, known: bool = True) -> None:
        """Figures of all units against counting; with closings only all time together, as values without their blanks."""
        books = Books()
        for period in periods:
            for code in self.all_units():
                for key in (*ADDITIVE, *DISTINCT):
                    figure = books.figure(FigureId(key, code, period)).value
                    expected = self.expected(key, code, period)
                    if not known:
                        figure, expected = figure or Decimal(0), expected or Decimal(0)
                    assert figure == expected, (key, code, period)


#: what a person may be told at each act; anything else is a fault
_EXPECTED: dict[str, frozenset[str]] = {
    "submit": frozenset({"LEDGER_034"}),  # two former villages have the number
    "approve": frozenset({"BOOK_003"}),
    "close": frozenset({"BOOK_005", "BOOK_007", "BOOK_008"}),
    "reopen": frozenset({"BOOK_010", "BOOK_011", "BOOK_012", "BOOK_013"}),
    "merge": frozenset({"ORG_010", "ORG_012"}),
    "merge new": frozenset({"ORG_010", "ORG_012"}),
}


def seen(books: Books, identity: FigureId) -> tuple[Decimal | None, int]:
    """What a person sees of a figure."""
    figure = books.figure(identity)
    return figure.value, figure.rows


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _ten_thousand(value: Decimal | None) -> Decimal | None:
    return None if value is None else value * 10_000
