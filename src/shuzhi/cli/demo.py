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
    from shuzhi.demo.county import LEADER

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
    from shuzhi.demo import county
    from shuzhi.demo.office import make_office

    made = make_office(out)
    if made is None:
        session.print("演示库已在，接着用。", "Going on with the demonstration database.")
        return
    session.print(
        f"示例县：{made.units} 个单位，{made.accounts} 个帐号，{'、'.join(map(str, county.YEARS))} 年账册已开。",
        f"{made.units} units, {made.accounts} accounts, books of {', '.join(map(str, county.YEARS))} open.",
    )


def _import(session: Session, console: Console, files: Any) -> None:
    from shuzhi.demo.office import import_workbooks

    with session.progress("导入、审核、过账", "importing, approving, posting") as tick:
        by_area = import_workbooks(files, tick).by_area
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
    from shuzhi.apps.books.actions import findings_of
    from shuzhi.cli.book import print_findings
    from shuzhi.core.periods import year
    from shuzhi.demo import county, world
    from shuzhi.demo.office import close_year

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
    for each in county.YEARS:
        count = close_year(each)
        if count is not None:
            console.print(
                session.say(f"{each} 年：{count} 个单位已结账。", f"{each}: {count} units closed.")
            )


def _reports(session: Session, console: Console, out: Path) -> dict[str, Path]:
    """Write the five reports; the .docx of each by its template."""
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report
    from shuzhi.cli.report import FORMATS, write_formats
    from shuzhi.demo import county
    from shuzhi.demo.county import LEADER

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
    from shuzhi.demo.county import LEADER
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
