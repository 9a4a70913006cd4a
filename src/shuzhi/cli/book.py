"""``shuzhi book``: 年初建账 open, 年中查账 check, 年底交账 close, reopen; reconcile, verify and backfill."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from shuzhi.cli.session import EXIT_PROBLEMS, Session, json_option, pass_session
from shuzhi.cli.usage import YEAR
from shuzhi.core.periods import format_month, format_period, parse_period
from shuzhi.core.quantities import canonical
from shuzhi.core.relations import RelationFinding
from shuzhi.messages import render


@click.group("book")
def book() -> None:
    """账册：建账、查账、结账、重开、对账、验封。

    Books: open, check, close, reopen, reconcile, verify.
    """


@book.command("open")
@click.argument("organisation")
@click.argument("year", type=YEAR)
@click.option("--only", is_flag=True, help="只开本单位，不含下级 / without the units below")
@json_option
@pass_session
def open_(session: Session, organisation: str, year: int, only: bool) -> None:
    """年初建账。

    Open a year's books for a unit and those below.
    """
    actor = session.actor()
    from shuzhi.apps.books.actions import open_books

    count = open_books(actor, organisation, year, only=only)
    session.result({"ok": True, "opened": count})
    session.print(
        f"已开设 {count} 个单位 {year} 年的账册。", f"Books of {year} opened for {count} units."
    )


@book.command("check")
@click.argument("organisation")
@click.argument("year", type=YEAR)
@json_option
@pass_session
def check(session: Session, organisation: str, year: int) -> None:
    """年中查账：对照目标和勾稽关系，记下查账时点。

    Mid-year check: figures against targets and relations; pins the point of the check.
    """
    actor = session.actor()
    from shuzhi.apps.books.actions import check_books

    found = check_books(actor, organisation, year)

    def show(console: Console) -> None:
        rows = [
            (
                p.target.title,
                _shown(p.target.value),
                _shown(p.actual.value),
                p.target.unit,
                {
                    True: "✓",
                    False: session.say("未达", "not met"),
                    None: session.say("未知", "unknown"),
                }[p.is_met],
            )
            for p in found.targets
        ]
        if rows:
            console.print(
                session.table(
                    [
                        ("目标", "target"),
                        ("承诺>", "promised>"),
                        ("实际>", "actual>"),
                        ("单位", "unit"),
                        ("", ""),
                    ],
                    rows,
                )
            )
        else:
            console.print(
                session.say("本单位没有登记这一年的目标。", "No targets recorded for this year.")
            )
        print_findings(session, console, found.findings)
        console.print(
            session.say(
                f"待审或退回 {found.waiting} 条，缺报 {len(found.missing)} 处。时点 {found.as_of}。",
                f"{found.waiting} records wait or were returned, {len(found.missing)} ledgers miss months. As of {found.as_of}.",
            )
        )

    session.result(
        {
            "ok": not any(f.severity == "error" for f in found.findings),
            "as_of": found.as_of,
            "waiting": found.waiting,
            "targets": [
                {
                    "indicator": p.target.id.indicator,
                    "target": p.target.value,
                    "actual": p.actual.value,
                    "unit": p.target.unit,
                    "met": p.is_met,
                }
                for p in found.targets
            ],
            "findings": [finding_json(f) for f in found.findings],
            "missing": [
                {
                    "organisation": m.unit,
                    "ledger": m.ledger,
                    "months": [format_month(month) for month in m.months],
                }
                for m in found.missing
            ],
        },
        show,
    )
    if any(f.severity == "error" for f in found.findings):
        raise click.exceptions.Exit(EXIT_PROBLEMS)


def _shown(value: Any) -> str:
    return "—" if value is None else canonical(value)


def finding_json(finding: RelationFinding) -> dict[str, Any]:
    """A relation finding as a JSON document."""
    return {
        "relation": finding.relation,
        "severity": finding.severity,
        "kind": finding.kind,
        "organisation": finding.organisation,
        "period": format_period(finding.period, "code"),
        "total": {
            "indicator": finding.total.id.indicator,
            "value": finding.total.value,
            "unit": finding.total.unit,
        },
        "parts": [{"indicator": p.id.indicator, "value": p.value} for p in finding.parts],
        "expected": finding.expected,
        "difference": finding.difference,
        "message": finding.message,
    }


def print_findings(session: Session, console: Console, findings: Any) -> None:
    """Relations that do not hold, in words."""
    for finding in findings:
        word = (
            session.say("对不上", "wrong")
            if finding.kind == "wrong"
            else session.say("无法解释", "unexplained")
        )
        colour = "red" if finding.severity == "error" else "yellow"
        unit = finding.total.unit
        total, expected, difference = (
            f"{_shown(v)}{unit}"
            for v in (finding.total.value, finding.expected, finding.difference)
        )
        said = session.say(
            f"{finding.title}：{finding.total.title} {total}，分项得 {expected}，相差 {difference}。{finding.message}",
            f"{finding.title}: {finding.total.title} {total}, the parts give {expected}, difference {difference}. {finding.message}",
        )
        console.print(f"[{colour}]{word}[/{colour}] {escape(said)}")


@book.command("findings")
@click.argument("organisation")
@click.argument("period")
@json_option
@pass_session
def findings(session: Session, organisation: str, period: str) -> None:
    """看勾稽关系有没有对不上的；有错误时退出码为 1。

    Relations that do not hold in a unit's figures.
    """
    session.connect()
    from shuzhi.apps.books.actions import findings_of
    from shuzhi.apps.organisations.queries import get

    unit = get(organisation)
    found = findings_of(unit.code, parse_period(period))
    session.result(
        [finding_json(f) for f in found],
        lambda console: (
            print_findings(session, console, found)
            if found
            else console.print(session.say("勾稽关系全部成立。", "All relations hold."))
        ),
    )
    if any(f.severity == "error" for f in found):
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@book.command("close")
@click.argument("organisation")
@click.argument("period")
@click.option("--only", is_flag=True, help="只结本单位（下级须已结） / without the units below")
@json_option
@pass_session
def close(session: Session, organisation: str, period: str, only: bool) -> None:
    """结账：PERIOD 如 2023、2023H1、2023-06。结账后的更正记入下一期，标明“调整”。

    Close a period; later corrections post into the next open one, marked adjusting.
    """
    actor = session.actor()
    from shuzhi.apps.books.actions import close_books

    count = close_books(actor, organisation, parse_period(period), only=only)
    session.result({"ok": True, "closed": count})
    session.print(
        f"{count} 个单位已结账（{format_period(parse_period(period))}）。",
        f"{count} units closed for {period}.",
    )


@book.command("reopen")
@click.argument("organisation")
@click.argument("period")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def reopen(session: Session, organisation: str, period: str, reason: str) -> None:
    """由上级重开已结的账。

    Reopen a closed book, from above and with a reason.
    """
    actor = session.actor()
    from shuzhi.apps.books.actions import reopen_books

    reopened = reopen_books(actor, organisation, parse_period(period), reason=reason)
    session.result({"ok": True, "closed_through": reopened.closed_through})
    session.print("已重开。", "Reopened.")


@book.command("status")
@click.argument("organisation")
@click.argument("year", type=YEAR)
@json_option
@pass_session
def status(session: Session, organisation: str, year: int) -> None:
    """谁还没结账。

    Who has not closed.
    """
    session.connect()
    from shuzhi.apps.books.models import Book
    from shuzhi.apps.organisations.queries import get

    rows = [
        (b.organisation.name, b.organisation.code, b.opened_seq, b.checked_seq, b.closed_through)
        for b in Book.objects.filter(
            year=year, organisation__path__startswith=get(organisation).path
        )
        .select_related("organisation")
        .order_by("organisation__path")
    ]
    session.result(
        [
            dict(
                zip(
                    ("name", "organisation", "opened_seq", "checked_seq", "closed_through"),
                    r,
                    strict=True,
                )
            )
            for r in rows
        ],
        lambda console: console.print(
            session.table(
                [
                    ("单位", "unit"),
                    ("建账", "opened"),
                    ("查账", "checked"),
                    ("结账至", "closed through"),
                ],
                [
                    (
                        r[0],
                        "✓",
                        "✓" if r[3] else "",
                        f"{r[4] // 100}-{r[4] % 100:02d}" if r[4] else "",
                    )
                    for r in rows
                ],
            )
            if rows
            else session.say(f"{year} 年还没有建账。", f"No books of {year} yet.")
        ),
    )


@book.command("reconcile")
@json_option
@pass_session
def reconcile(session: Session) -> None:
    """对账：从封存的修订重算全部过账，与现有的账逐一比较。

    Recompute everything from the sealed revisions and compare.
    """
    session.connect()
    from shuzhi.apps.books.reconciling import reconcile as act

    found = act()
    session.result(
        {
            "ok": not found.problems,
            "records": found.records,
            "revisions": found.revisions,
            "postings": found.postings,
            "cells": found.cells,
            "problems": [render(p, session.language) for p in found.problems],
        }
    )
    _end(
        session,
        found.problems,
        f"对账：{found.records} 条记录、{found.postings} 笔分录、{found.cells} 个单元",
        f"reconcile: {found.records} records, {found.postings} postings, {found.cells} cells",
    )


@book.command("verify")
@json_option
@pass_session
def verify(session: Session) -> None:
    """验封：核对封签链、审计日志和保护触发器。

    Check hash chains, the audit log and the sealing triggers.
    """
    session.connect()
    from shuzhi.apps.books.reconciling import verify as act

    found = act()
    session.result(
        {
            "ok": not found.problems,
            "revisions": found.revisions,
            "chains": found.chains,
            "events": found.events,
            "problems": [render(p, session.language) for p in found.problems],
        }
    )
    _end(
        session,
        found.problems,
        f"验封：{found.revisions} 个修订、{found.chains} 条链、{found.events} 个事件",
        f"verify: {found.revisions} revisions, {found.chains} chains, {found.events} events",
    )


def _end(session: Session, problems: Any, zh: str, en: str) -> None:
    if problems:
        if not session.as_json:
            session.problems(problems)
        session.print(
            f"{zh}：有 {len(problems)} 处不符", f"{en}: {len(problems)} differences", "red"
        )
        raise click.exceptions.Exit(EXIT_PROBLEMS)
    session.print(f"{zh}：全部相符", f"{en}: all good", "green")


@book.command("backfill")
@click.argument("organisation")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def backfill(session: Session, organisation: str, reason: str) -> None:
    """目录新增指标后，为以前审核过的记录补过账。

    Post what newly defined indicators say of rows approved before.
    """
    actor = session.actor()
    from shuzhi.apps.books.reconciling import backfill as act

    count = act(actor, organisation, reason=reason)
    session.result({"ok": True, "records": count})
    session.print(f"补过账 {count} 条记录。", f"{count} records backfilled.")
