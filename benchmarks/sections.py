"""The measured sections. Sizes are in the titles; times are medians or single long runs, in seconds or milliseconds as said."""

from __future__ import annotations

import os
import random
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLUMNS = 12


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def _clock(action: Callable[[], Any], times: int = 1) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


def _office(folder: Path, villages: int = 2) -> None:
    """A migrated database with a county, townships of at most 23 villages, accounts and open books."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.settings"
    os.environ.setdefault("BENCH_DATABASE_URL", "")
    os.environ["DATABASE_URL"] = (
        os.environ["BENCH_DATABASE_URL"] or f"sqlite:///{folder / 'bench.sqlite3'}"
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.books.actions import open_books
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM
    from shuzhi.apps.people.queries import get_actor

    call_command("migrate", verbosity=0, interactive=False)
    county = "990101000000"
    units = [{"code": county, "name": "示例县", "level": "county", "parent": ""}]
    for index in range(villages):
        town = f"990101{100 + index // 23:03d}000"
        if index % 23 == 0:
            units.append(
                {"code": town, "name": f"镇{index // 23}", "level": "township", "parent": county}
            )
        units.append(
            {
                "code": f"{town[:9]}{201 + index % 23}",
                "name": f"村{index}",
                "level": "village",
                "parent": town,
            }
        )
    with transaction.atomic():
        audit.start_clock()
        open_units(SYSTEM, units)
        for name, role in (("clerk", "clerk"), ("reviewer", "reviewer"), ("leader", "leader")):
            create_account(SYSTEM, name, name)
            give_post(SYSTEM, name, county, role, from_date="2020-01-01")
    open_books(get_actor("leader"), county, 2023)


def _catalogue() -> Any:
    """A plot ledger of twelve columns read by four indicators, one of them distinct."""
    from decimal import Decimal

    from shuzhi.core.definitions import Catalogue, FieldDef, IndicatorDef, LedgerDef, Text, UnitDef

    units = {k: UnitDef(k, k) for k in ("亩", "元", "户", "块", "吨")}
    fields = (
        FieldDef("number", Text("地块编号"), required=True),
        FieldDef("household", Text("户号"), required=True),
        FieldDef("date", Text("日期"), "date", required=True),
        FieldDef("group", Text("村民小组")),
        FieldDef("crop", Text("作物"), "choice", options=("玉米", "小麦", "果树", "蔬菜")),
        FieldDef("area", Text("面积"), "quantity", "亩", min=Decimal(0), max=Decimal(500)),
        FieldDef("verified", Text("核验面积"), "quantity", "亩", min=Decimal(0)),
        FieldDef("output", Text("产量"), "quantity", "吨", min=Decimal(0)),
        FieldDef("sales", Text("收入"), "quantity", "元", min=Decimal(0)),
        FieldDef("subsidised", Text("是否补贴"), "boolean"),
        FieldDef("plots", Text("块数"), "integer", "块"),
        FieldDef("remark", Text("备注")),
    )
    ledger = LedgerDef(
        "plot",
        Text("地块台账"),
        "industry",
        ("village",),
        "register",
        fields,
        identified_by=("number",),
        subject="household",
    )
    indicators = {
        "plot_area": IndicatorDef(
            "plot_area", Text("面积"), "亩", "stock", "sum(area)", source="plot"
        ),
        "maize_area": IndicatorDef(
            "maize_area",
            Text("玉米面积"),
            "亩",
            "stock",
            "sum(area)",
            source="plot",
            where="crop == '玉米'",
        ),
        "plot_sales": IndicatorDef(
            "plot_sales", Text("收入"), "元", "stock", "sum(sales)", source="plot"
        ),
        "plot_households": IndicatorDef(
            "plot_households", Text("户数"), "户", "stock", "distinct(household)", source="plot"
        ),
    }
    return Catalogue(units=units, ledgers={"plot": ledger}, indicators=indicators)


def _workbook(path: Path, rows: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("地块台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    from datetime import date

    headers = (
        "地块编号",
        "户号",
        "日期",
        "村民小组",
        "作物",
        "面积（亩）",
        "核验面积（亩）",
        "产量（吨）",
        "收入（元）",
        "是否补贴",
        "块数（块）",
        "备注",
    )
    sheet.write_row(0, 0, headers)
    chance = random.Random(7)
    for i in range(rows):
        sheet.write_row(i + 1, 0, (f"{i:06d}", f"{i // 4:05d}"))
        sheet.write_datetime(i + 1, 2, date(2023, 1 + i % 12, 1 + i % 28), day)
        sheet.write_row(
            i + 1, 3,
            (f"{i % 6}组", ("玉米", "小麦", "果树", "蔬菜")[i % 4], chance.randrange(1, 2000) / 100, chance.randrange(1, 2000) / 100,
             chance.randrange(100) / 10, chance.randrange(10**5), "是" if i % 2 else "否", 1 + i % 5, "常规"),
        )  # fmt: skip
    book.close()


def _baseline(path: Path, folder: Path) -> tuple[float, float]:
    """Merely reading the workbook with the fastest reader, and inserting its rows with executemany."""
    import fastexcel

    rows: list[Any] = []

    def read() -> None:
        rows[:] = fastexcel.read_excel(str(path)).load_sheet(0).to_polars().rows()

    def insert() -> None:
        connection = sqlite3.connect(folder / "baseline.sqlite3")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"CREATE TABLE plain ({', '.join(f'c{i}' for i in range(COLUMNS))})")
        connection.executemany(
            f"INSERT INTO plain VALUES ({', '.join('?' * COLUMNS)})",
            [tuple(str(v) for v in r) for r in rows],
        )
        connection.commit()
        connection.close()

    return _clock(read), _clock(insert)


def import_rows(folder: Path, argument: str) -> dict[str, Any]:
    """Read, validate, revise, approve, post a workbook."""
    count = int(argument)
    path = folder / "plots.xlsx"
    _workbook(path, count)
    _office(folder)
    from shuzhi.apps.books.posting import approve_records
    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.apps.office import use_catalogue
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.exchange.imports import read_ledger_file

    clerk, reviewer = get_actor("clerk"), get_actor("reviewer")
    with use_catalogue(_catalogue()) as defs:
        started = time.perf_counter()
        read = read_ledger_file(path, defs.catalogue.ledgers["plot"], defs.units)
        assert not read.problems, read.problems[:3]
        reading = time.perf_counter()
        made = submit_drafts(clerk, "plot", "村0", read.drafts, source=path.name)
        recorded = time.perf_counter()
        del read
        done = approve_records(reviewer, organisation_path="/", batch=made.batch)
        ended = time.perf_counter()
    peak = _peak_mb()
    base_read, base_insert = _baseline(path, folder)
    base = base_read + base_insert
    return {
        "title": f"import of {count:,} rows × {COLUMNS} columns ({path.stat().st_size / 2**20:.1f} MB), {done.postings:,} postings",
        "baseline: read with fastexcel": f"{base_read:.2f} s",
        "baseline: insert with executemany": f"{base_insert:.2f} s",
        "read and validate": f"{reading - started:.2f} s",
        "record (revisions, seals)": f"{recorded - reading:.2f} s",
        "approve and post": f"{ended - recorded:.2f} s",
        "total, and ratio to the baseline": f"{ended - started:.2f} s = {(ended - started) / base:.1f}× (aim 4×)",
        "rows per second": f"{count / (ended - started):,.0f}",
        "peak memory of the import": f"{peak:.0f} MB (aim 600)",
        "database": f"{sum(f.stat().st_size for f in folder.glob('bench.sqlite3*')) / 2**20:.0f} MB",
        "limited by": "one core: two sealed entries and four indexed postings a row (half of it SQLite, half Python); grows with the rows",
    }


def _drafts(defs: Any, count: int, first: int = 0) -> list[Any]:
    from shuzhi.core.ledgers import ColumnPlan, compile_reader

    keys = ("number", "household", "date", "crop", "area", "sales")
    reader = compile_reader(
        defs.catalogue.ledgers["plot"],
        defs.units,
        [ColumnPlan(k, i, k) for i, k in enumerate(keys)],
    )
    rows = [
        (f"{i:06d}", f"{i // 4:05d}", f"2023-{1 + i % 12:02d}-15", "玉米", 1.25, 300)
        for i in range(first, first + count)
    ]
    return [reader.read(r, n) for n, r in enumerate(rows, 1)]


def approvals(folder: Path, argument: str) -> dict[str, Any]:
    """Records approved one by one, and in batches."""
    count = int(argument)
    _office(folder)
    from shuzhi.apps.books.posting import approve_records
    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.apps.office import use_catalogue
    from shuzhi.apps.people.queries import get_actor

    clerk, reviewer = get_actor("clerk"), get_actor("reviewer")
    plain = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    plain.execute("PRAGMA journal_mode=WAL")
    plain.execute("PRAGMA synchronous=NORMAL")
    plain.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")

    def one_insert_each() -> None:
        for i in range(count):
            plain.execute("INSERT INTO t VALUES (?, ?)", (i, "x" * 200))

    base = _clock(one_insert_each)
    with use_catalogue(_catalogue()) as defs:
        single = submit_drafts(clerk, "plot", "村0", _drafts(defs, count)).records
        spent = []
        for record in single:
            started = time.perf_counter()
            approve_records(reviewer, [record])
            spent.append(time.perf_counter() - started)
        batch = submit_drafts(clerk, "plot", "村1", _drafts(defs, count * 5)).records
        started = time.perf_counter()
        for place in range(0, len(batch), 1000):
            approve_records(reviewer, batch[place : place + 1000])
        in_batches = len(batch) / (time.perf_counter() - started)
    return {
        "title": f"approval of {count:,} records singly and {count * 5:,} in batches of 1,000, 5 postings each",
        "baseline: one committed insert each": f"{count / base:,.0f}/s",
        "approved singly": f"{count / sum(spent):,.0f}/s (aim 500), ratio to the baseline {sum(spent) / base:.0f}×",
        "approved singly, 95th percentile": f"{sorted(spent)[int(len(spent) * 0.95)] * 1000:.1f} ms",
        "approved in batches": f"{in_batches:,.0f}/s (aim 6,000)",
        "limited by": "singly the dozen statements and the commit of each; in batches the postings. Grows with the records",
        "peak memory": f"{_peak_mb():.0f} MB",
    }


def dashboard(folder: Path, argument: str) -> dict[str, Any]:
    """A whole dashboard read: 200 indicators × 12 months, rolled up over the villages."""
    villages, postings = (int(v) for v in argument.split("x"))
    _office(folder, villages)
    from django.db import transaction

    from shuzhi.apps import storage
    from shuzhi.apps.books.posting import POSTING_COLUMNS
    from shuzhi.apps.books.queries import figures_of
    from shuzhi.apps.organisations.models import Organisation

    ids = list(Organisation.objects.filter(level="village").values_list("id", flat=True))
    each = max(1, postings // (len(ids) * 2400))
    chance = random.Random(3)
    with transaction.atomic():
        storage.insert_rows(
            "indicator",
            ("id", "key", "from_seq"),
            [(i, f"indicator_{i}", 1) for i in range(1, 201)],
        )
        seq = 10**6
        for village in ids:
            rows, cells = [], []
            for month in range(202301, 202313):
                for indicator in range(1, 201):
                    amount = chance.randrange(10**8)
                    cells.append((village, month, indicator, amount * each, each, 0))
                    for _ in range(each):
                        seq += 1
                        rows.append((seq, 1, indicator, village, month, amount, 1, 0, "", False))
            storage.insert_rows("posting", POSTING_COLUMNS, rows)
            storage.insert_rows(
                "cell",
                ("organisation_id", "month", "indicator_id", "amount", "rows", "blanks"),
                cells,
            )
    plain = sqlite3.connect(folder / "plain.sqlite3")
    plain.execute("CREATE TABLE wide (organisation, month, cells)")
    plain.executemany("INSERT INTO wide VALUES (1, ?, ?)", [(m, "x" * 3200) for m in range(1, 13)])
    base = _clock(lambda: plain.execute("SELECT * FROM wide").fetchall(), 20)
    top = "990101000000" if villages > 23 else "990101100000"
    found: list[Any] = []
    spent = _clock(lambda: found.append(figures_of(top, 2023)), 7)
    what = "county" if villages > 23 else "township"
    aim = 400 if villages > 23 else 30
    return {
        "title": f"dashboard of a {what}: 200 indicators × 12 months × {villages} villages, {seq - 10**6:,} postings, {len(ids) * 2400:,} cells",
        "baseline: twelve ready rows read": f"{base * 1000:.2f} ms",
        "dashboard": f"{spent * 1000:.0f} ms (aim {aim}), ratio to the baseline {spent / base:,.0f}×",
        "figures": sum(len(m) for m in found[0].values()),
        "limited by": "SQLite grouping the cells of every unit below; grows with units, not with rows or postings",
        "peak memory": f"{_peak_mb():.0f} MB",
    }


def report(folder: Path, argument: str) -> dict[str, Any]:
    """One report of the demonstration county: compose with traces, and render."""
    _demo_office(folder)
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report, write_report
    from shuzhi.demo import county
    from shuzhi.demo.county import LEADER

    leader = get_actor(LEADER)
    wanted = next(r for r in county.REPORTS if r.template == argument)
    made: list[Any] = []
    make_report(leader, wanted.template, wanted.organisation, wanted.year)
    composing = _clock(
        lambda: made.append(
            make_report(
                leader, wanted.template, wanted.organisation, wanted.year, with_traces=False
            )
        ),
        5,
    )
    tracing = _clock(
        lambda: made.append(make_report(leader, wanted.template, wanted.organisation, wanted.year)),
        5,
    )
    rendering = _clock(lambda: write_report(made[-1], folder / "report.docx"), 5)
    import docx

    plain = made[-1].composed.plain_text()

    def with_python_docx() -> None:
        document = docx.Document()
        for line in plain.split("\n"):
            document.add_paragraph(line)
        document.save(str(folder / "plain.docx"))

    base = _clock(with_python_docx, 5)
    return {
        "title": f"report “{argument}”: {len(plain):,} characters, {len(made[-1].composed.figures)} figures",
        "baseline: the bare text through python-docx": f"{base * 1000:.0f} ms",
        "compose from the books": f"{composing * 1000:.0f} ms",
        "compose with all traces": f"{tracing * 1000:.0f} ms",
        "limited by": "the trace of every figure down to its rows; grows with figures times rows behind them",
        "render .docx with annex": f"{rendering * 1000:.0f} ms (aim 150), ratio to the baseline {rendering / base:.1f}×",
        "peak memory": f"{_peak_mb():.0f} MB",
    }


def _demo_office(folder: Path) -> None:
    """The demonstration county in a database of its own, and Django set up on it."""
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'demo.sqlite3'}"
    subprocess.run(
        [sys.executable, "-m", "shuzhi.cli.main", "demo", "-o", str(folder)],
        check=True,
        capture_output=True,
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.settings"
    import django

    django.setup()


def _long_text(text: str, characters: int) -> str:
    """Some report repeated up to a length, its numbers varied so that nothing is stated twice with two values."""
    chance = random.Random(11)
    pieces: list[str] = []
    length = 0
    while length < characters:
        varied = re.sub(r"\d{2,}(?!年|月|日)", lambda m: str(chance.randrange(10, 9999)), text)
        pieces.append(varied)
        length += len(varied) + 1
    return "\n".join(pieces)[:characters]


def checking(folder: Path, argument: str) -> dict[str, Any]:
    """One draft checked by itself, at two lengths ten times apart."""
    characters = int(argument)
    from evaluation.composing import make_draft

    from shuzhi.catalogue.loader import shipped_catalogue
    from shuzhi.core.checking import Draft, check_draft, lexicon_of

    text = _long_text("\n".join(make_draft("dev", n).draft.text for n in range(24)), characters)
    digits = re.compile(r"\d+(?:\.\d+)?")
    base = _clock(
        lambda: [digits.findall(line) for line in re.split("[。！？；\n]", text)], times=5
    )
    started = time.perf_counter()
    lexicon = lexicon_of(shipped_catalogue())
    loading = time.perf_counter() - started
    first = _clock(lambda: check_draft(Draft(text), lexicon))
    found: list[Any] = []
    spent = _clock(
        lambda: found.append(check_draft(Draft(text), lexicon)), 7 if characters < 50_000 else 1
    )
    return {
        "title": f"check of a draft of {len(text):,} characters: {len(found[-1].figures):,} figures",
        "baseline: sentences split and digits found": f"{base * 1000:.2f} ms",
        "word lists and units loaded, once": f"{loading * 1000:.0f} ms",
        "first draft, patterns and automata made": f"{first * 1000:.0f} ms",
        "check": f"{spent * 1000:.0f} ms, ratio to the baseline {spent / base:,.0f}×",
        "per 1,000 characters": f"{spent * 1e6 / len(text):.1f} ms",
        "limited by": "one core: patterns over every sentence; grows with the characters",
        "peak memory": f"{_peak_mb():.0f} MB",
    }


def checking_books(folder: Path, argument: str) -> dict[str, Any]:
    """A township's report of 6,000 characters checked by itself and against its books."""
    _demo_office(folder)
    from shuzhi.apps.checking.queries import check_against_books
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report
    from shuzhi.core.checking import Draft
    from shuzhi.core.periods import year
    from shuzhi.demo import county
    from shuzhi.demo.county import LEADER

    leader = get_actor(LEADER)
    wanted = next(r for r in county.REPORTS if r.template == argument)
    made = make_report(leader, wanted.template, wanted.organisation, wanted.year)
    plain = made.composed.plain_text()
    text = "\n".join([plain] * 3)[:6000]
    places = list(re.finditer(r"\d{2,}(?!年|月|日)", text))
    for place in places[::-20]:
        text = text[: place.start()] + place[0][::-1] + text[place.end() :]

    def check(written: str) -> Any:
        return check_against_books(leader, Draft(written), wanted.organisation, year(wanted.year))

    found: list[Any] = []
    first = _clock(lambda: found.append(check(text)))
    spent = _clock(lambda: check(text), 7)
    worst = _clock(lambda: check(_long_text(plain, 6000)))
    base = _clock(lambda: re.findall(r"\d+(?:\.\d+)?", text), 7)
    outcomes = Counter(one.outcome for one in found[0].comparisons)
    return {
        "title": f"a report of {len(text):,} characters held against a township's books: {len(found[0].comparisons):,} comparisons, {outcomes['differs']} differ",
        "baseline: digits found": f"{base * 1000:.2f} ms",
        "first draft": f"{first * 1000:.0f} ms",
        "check with comparison": f"{spent * 1000:.0f} ms (aim 150), ratio to the baseline {spent / base:,.0f}×",
        "the same with every number wrong": f"{worst * 1000:.0f} ms: an explanation is looked for behind each",
        "limited by": "one core: half the text, half matching wordings and reading figures; grows with figures",
        "peak memory": f"{_peak_mb():.0f} MB",
    }


def checking_many(folder: Path, argument: str) -> dict[str, Any]:
    """Many drafts by the command line on two cores."""
    count = int(argument)
    from evaluation.composing import make_draft

    drafts = folder / "drafts"
    drafts.mkdir()
    pool = [make_draft("dev", n).draft for n in range(50)]
    for number in range(count):
        (drafts / f"{number:04d}.txt").write_text(pool[number % len(pool)].text, encoding="utf-8")
    characters = sum(len(pool[n % len(pool)].text) for n in range(count))

    def run(jobs: int) -> float:
        started = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "shuzhi.cli.main",
                "check",
                "--json",
                "--jobs",
                str(jobs),
                str(drafts),
            ],
            check=False,
            capture_output=True,
        )
        return time.perf_counter() - started

    one, two = run(1), run(2)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "title": f"{count:,} drafts, {characters:,} characters, by the command line",
        "baseline: one core": f"{one:.1f} s",
        "two cores": f"{two:.1f} s, {one / two:.1f}× as fast; {count / two:,.0f} drafts per second",
        "limited by": "one process a core; grows with the characters",
        "peak memory of a process": f"{peak:.0f} MB",
    }


def pages(folder: Path, argument: str) -> dict[str, Any]:
    """Fifty people in the office's pages; the argument is engine:records."""
    from benchmarks.pages import bench

    engine, _, records = argument.partition(":")
    return bench(folder, engine, int(records))


SECTIONS: dict[str, Callable[[Path, str], dict[str, Any]]] = {
    "import": import_rows,
    "approvals": approvals,
    "dashboard": dashboard,
    "report": report,
    "checking": checking,
    "checking_books": checking_books,
    "checking_many": checking_many,
    "pages": pages,
}
#: what `make bench` runs: each section with its sizes, ten times apart where growth matters
PLAN: dict[str, Callable[[bool], list[str]]] = {
    "import": lambda quick: ["1000", "10000"] if quick else ["10000", "100000"],
    "approvals": lambda quick: ["200"] if quick else ["2000"],
    "dashboard": lambda quick: ["23x200000"] if quick else ["23x460000", "400x8000000"],
    "report": lambda quick: (
        ["village_committees"] if quick else ["village_committees", "township_party_committee"]
    ),
    "checking": lambda quick: (
        ["6000", "60000"] if quick else ["6000", "60000", "600000", "1700000"]
    ),
    "checking_books": lambda quick: ["township_party_committee"],
    "checking_many": lambda quick: ["100" if quick else "1000"],
    "pages": lambda quick: ["sqlite:20000"] if quick else ["sqlite:1000000", "postgresql:1000000"],
}
