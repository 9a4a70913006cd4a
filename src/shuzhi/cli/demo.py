"""``shuzhi demo``: the whole way on an invented county: Excel → records → postings → figures → five debrief reports."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.rule import Rule

from shuzhi.cli.session import EXIT_PROBLEMS, Session, database_url, pass_session
from shuzhi.core.problems import Problem, ProblemsError

CLERKS = {
    "990101100000": "示范镇记账员",
    "990101200000": "样板乡记账员",
    "990101000000": "示例县记账员",
}
REVIEWERS = {
    "990101100000": "示范镇审核员",
    "990101200000": "样板乡审核员",
    "990101000000": "示例县审核员",
}
LEADER = "示例县负责人"
ADMINISTRATOR = "示例县管理员"


@click.command("demo")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="文件夹 / folder",
)
@click.option(
    "--keep/--fresh",
    default=False,
    help="接着已有的演示库 / go on with an existing demonstration database",
)
@pass_session
def demo(session: Session, out: Path, keep: bool) -> None:
    """演示：虚构的示例县，从 Excel 台账到五份述职报告。

    Demonstration on an invented county, from Excel ledgers to five debrief reports.
    """
    started = time.perf_counter()
    console = session.console()
    out.mkdir(parents=True, exist_ok=True)
    if "DATABASE_URL" not in os.environ:
        file = out / "demo.sqlite3"
        if not keep:
            for part in (
                file,
                file.with_name(file.name + "-wal"),
                file.with_name(file.name + "-shm"),
            ):
                part.unlink(missing_ok=True)
        os.environ["DATABASE_URL"] = database_url(str(file))
    session.connect(made=False)
    from shuzhi.apps.office import definitions
    from shuzhi.demo import county

    defs = definitions()
    console.print(Rule(session.say("一、建账", "1. Opening the office")))
    _make_office(session, out)
    console.print(Rule(session.say("二、台账（Excel）", "2. Ledgers (Excel)")))
    files = county.write_workbooks(out / "ledgers", defs.catalogue, defs.units)
    console.print(
        session.say(
            f"写出 {len(files)} 个工作簿、{sum(f.rows for f in files)} 行，在 {out / 'ledgers'}。",
            f"{len(files)} workbooks with {sum(f.rows for f in files)} rows in {out / 'ledgers'}.",
        )
    )
    _import(session, console, files)
    console.print(Rule(session.say("三、查账与结账", "3. Checking and closing")))
    _check_and_close(session, console)
    console.print(Rule(session.say("四、五份报告", "4. Five reports")))
    written = _reports(session, console, out)
    console.print(Rule(session.say("五、这个数从哪里来？", "5. Where does this number come from?")))
    _explain(session, console)
    console.print(Rule(session.say("六、核对一份改过的稿子", "6. Checking an edited draft")))
    _check_edited(session, console, out, written)
    console.print(Rule(session.say("七、对账与验封", "7. Reconcile and verify")))
    _prove(session, console)
    console.print(
        session.say(
            f"用时 {time.perf_counter() - started:.0f} 秒。",
            f"Took {time.perf_counter() - started:.0f} seconds.",
        )
    )
    url = os.environ["DATABASE_URL"]
    # a server's address may hold a password and is not printed
    where = f"--database {url.removeprefix('sqlite:///')} " if url.startswith("sqlite:") else ""
    session.print(
        f"接着看：shuzhi {where}--as {LEADER} figure explain 果园面积 --org 乙村 --period 2023",
        f"Go on: shuzhi {where}--as {LEADER} figure explain orchard_area --org 乙村 --period 2023",
    )


def _make_office(session: Session, out: Path) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.audit.models import Clock
    from shuzhi.apps.books.actions import open_books
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.models import Account
    from shuzhi.apps.people.permissions import SYSTEM
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.cli.organisation import read_units
    from shuzhi.demo import county, world

    is_office = Clock._meta.db_table in connection.introspection.table_names()
    if is_office and Clock.objects.exists() and not Account.objects.filter(name=LEADER).exists():
        raise ProblemsError([Problem("CLI_032")])
    call_command("migrate", verbosity=0, interactive=False)
    if Clock.objects.exists():
        session.print("演示库已在，接着用。", "Going on with the demonstration database.")
        return
    path = out / "单位.csv"
    county.write_units(path)
    units = read_units(path)
    with transaction.atomic():
        office = audit.start_clock()
        audit.note("office.created", actor=SYSTEM.name, office=office)
        open_units(SYSTEM, units, file=path.name)
        for name, code, role in (
            *((n, c, "clerk") for c, n in CLERKS.items()),
            *((n, c, "reviewer") for c, n in REVIEWERS.items()),
            (LEADER, world.COUNTY, "leader"),
            (ADMINISTRATOR, world.COUNTY, "administrator"),
        ):
            create_account(SYSTEM, name, name)
            give_post(SYSTEM, name, code, role, from_date="2020-01-01")
    leader = get_actor(LEADER)
    for year in county.YEARS:
        open_books(leader, world.COUNTY, year)
    session.print(
        f"示例县：{len(units)} 个单位，{len(CLERKS) + len(REVIEWERS) + 2} 个帐号，{'、'.join(map(str, county.YEARS))} 年账册已开。",
        f"{len(units)} units, {len(CLERKS) + len(REVIEWERS) + 2} accounts, books of {', '.join(map(str, county.YEARS))} open.",
    )


def _import(session: Session, console: Console, files: Any) -> None:
    """Every workbook through the import a user has: read, submit as the clerk, approve as the reviewer."""
    from shuzhi.apps.books.posting import approve_records
    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.apps.office import definitions
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.exchange.imports import read_ledger_file

    defs = definitions()
    actors = {name: get_actor(name) for name in (*CLERKS.values(), *REVIEWERS.values())}
    by_area: dict[str, list[int]] = {}
    with session.progress("导入、审核、过账", "importing, approving, posting") as tick:
        for index, file in enumerate(files, 1):
            ledger = defs.catalogue.ledgers[file.ledger]
            read = read_ledger_file(file.path, ledger, defs.units, catalogue=defs.catalogue)
            if read.is_blocked:
                raise ProblemsError(read.problems)
            made = submit_drafts(
                actors[CLERKS[file.organisation]],
                file.ledger,
                file.organisation,
                read.drafts,
                source=file.path.name,
            )
            posted = 0
            if made.records:
                done = approve_records(
                    actors[REVIEWERS[file.organisation]], organisation_path="/", batch=made.batch
                )
                if done.refused:
                    raise ProblemsError(done.refused)
                posted = done.postings
            sums = by_area.setdefault(ledger.area, [0, 0, 0, 0])
            for place, number in enumerate(
                (1, len(read.drafts), made.created + made.revised, posted)
            ):
                sums[place] += number
            tick(index, len(files))
    names = {
        "collective": "集体经济", "environment": "人居环境与公岗", "governance": "治理", "industry": "产业与补贴",
        "infrastructure": "基础设施", "land": "土地", "livelihood": "民生", "organisations": "单位与人口", "party": "党建",
        "people": "户与人", "supervision": "整改", "targets": "目标", "training": "培训与宣传",
    }  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (session.say(names.get(a, a), a), *s) for a, s in sorted(by_area.items())
    ]
    rows.append(
        (session.say("合计", "total"), *(sum(s[i] for s in by_area.values()) for i in range(4)))
    )
    console.print(
        session.table(
            [
                ("领域", "area"),
                ("工作簿>", "workbooks>"),
                ("行>", "rows>"),
                ("记录>", "records>"),
                ("过账分录>", "postings>"),
            ],
            rows,
        )
    )


def _check_and_close(session: Session, console: Console) -> None:
    from shuzhi.apps.books.actions import close_books, findings_of
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.cli.book import print_findings
    from shuzhi.core.periods import year
    from shuzhi.demo import county, world

    for report in county.REPORTS:
        found = findings_of(report.organisation, year(report.year))
        if found:
            name = next(u.name for u in world.units() if u.code == report.organisation)
            console.print(
                session.say(
                    f"{name} {report.year} 年的勾稽：", f"Relations of {name}, {report.year}:"
                )
            )
            print_findings(session, console, found)
    leader = get_actor(LEADER)
    for each in county.YEARS:
        try:
            count = close_books(leader, world.COUNTY, year(each))
        except ProblemsError as error:
            if {p.code for p in error.problems} != {"BOOK_007"}:
                raise
        else:
            console.print(
                session.say(f"{each} 年：{count} 个单位已结账。", f"{each}: {count} units closed.")
            )


def _reports(session: Session, console: Console, out: Path) -> dict[str, Path]:
    """Write the five reports; the .docx of each by its template."""
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report
    from shuzhi.cli.report import FORMATS, write_formats
    from shuzhi.demo import county

    leader = get_actor(LEADER)
    rows = []
    written: dict[str, Path] = {}
    for wanted in county.REPORTS:
        made = make_report(
            leader,
            wanted.template,
            wanted.organisation,
            wanted.year,
            date=f"{wanted.year + 1}-01-05",
        )
        files = write_formats(made, out, FORMATS, overwrite=True)
        written[wanted.template] = files[0]
        rows.append(
            (
                files[0].name,
                len(made.composed.figures),
                len(made.composed.missing),
                made.composed.as_of,
            )
        )
    console.print(
        session.table(
            [
                ("报告（另有 .html、.pdf）", "report (also .html, .pdf)"),
                ("数>", "figures>"),
                ("缺>", "missing>"),
                ("时点>", "as of>"),
            ],
            rows,
        )
    )
    return written


def _explain(session: Session, console: Console) -> None:
    from shuzhi.apps.books.queries import Books
    from shuzhi.cli.figure import trace_tree
    from shuzhi.core.figures import FigureId
    from shuzhi.core.periods import year
    from shuzhi.demo import world

    books = Books()
    for indicator in ("orchard_management_subsidy", "orchard_management_persons"):
        if indicator in _indicators():
            figure = books.figure(FigureId(indicator, world.VILLAGE_B, year(2023)))
            console.print(trace_tree(session, books.trace(figure), limit=5))


def _check_edited(session: Session, console: Console, out: Path, written: dict[str, Path]) -> None:
    """One report with a number changed by hand and a sentence that does not add up, held against the books."""
    from shuzhi.cli.check import check
    from shuzhi.demo import county
    from shuzhi.demo.edited import ADDED, write_edited

    indicator, template = "orchard_area", "branch_secretary"
    if indicator not in _indicators():
        return
    wanted = next(r for r in county.REPORTS if r.template == template)
    folder = out / "核对"
    folder.mkdir(exist_ok=True)
    draft = folder / "交来的稿子.docx"
    before, after = write_edited(written[template], draft, indicator)
    console.print(
        session.say(
            f"在 Word 里把“{before}”改成“{after}”，又添一句：{ADDED}",
            f"In Word “{before}” was changed into “{after}”, and a sentence added: {ADDED}",
        )
    )
    context = click.get_current_context()
    session.actor_name = LEADER
    try:
        context.invoke(
            check,
            files=(str(draft),),
            organisation=wanted.organisation,
            year=wanted.year,
            html=folder / "核对结果.html",
            docx=folder / "带批注的稿子.docx",
            overwrite=True,
        )
    except click.exceptions.Exit as done:
        # 1 is what was wanted: something is wrong with this draft
        if done.exit_code != EXIT_PROBLEMS:
            raise


def _indicators() -> Any:
    from shuzhi.apps.office import definitions

    return definitions().catalogue.indicators


def _prove(session: Session, console: Console) -> None:
    from shuzhi.apps.books.reconciling import reconcile, verify
    from shuzhi.cli.book import _end

    reconciled, verified = reconcile(), verify()
    _end(
        session,
        reconciled.problems,
        f"对账：{reconciled.records} 条记录、{reconciled.postings} 笔分录、{reconciled.cells} 个单元",
        f"reconcile: {reconciled.records} records, {reconciled.postings} postings, {reconciled.cells} cells",
    )
    _end(
        session,
        verified.problems,
        f"验封：{verified.revisions} 个修订、{verified.chains} 条链、{verified.events} 个事件",
        f"verify: {verified.revisions} revisions, {verified.chains} chains, {verified.events} events",
    )
    if reconciled.problems or verified.problems:
        raise click.exceptions.Exit(EXIT_PROBLEMS)
