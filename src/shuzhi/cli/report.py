"""``shuzhi report``: list templates, render to Word, HTML and PDF, bring an edited Word file up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from shuzhi.cli.session import DAY, EXIT_PROBLEMS, Session, json_option, pass_session
from shuzhi.cli.usage import POINT, YEAR
from shuzhi.core.periods import year as year_period
from shuzhi.core.problems import Problem, ProblemsError

FORMATS = ("docx", "html", "pdf")


@click.group("report")
def report() -> None:
    """报告：列模板、生成、刷新改过的 Word 文件。

    Reports: list, render, refresh.
    """


@report.command("list")
@click.option("--made", is_flag=True, help="列出已生成的报告 / reports made so far")
@json_option
@pass_session
def list_reports(session: Session, made: bool) -> None:
    """列出报告模板，或已生成的报告。

    List templates, or reports made so far.
    """
    if made:
        session.connect()
        from shuzhi.apps.reports.models import Report

        rows = [
            (r.number, r.template, r.organisation.name, r.year, r.as_of, r.actor, r.at)
            for r in Report.objects.select_related("organisation").order_by("id")
        ]
        keys = ("number", "template", "organisation", "year", "as_of", "actor", "at")
        session.result(
            [dict(zip(keys, r, strict=True)) for r in rows],
            lambda console: console.print(
                session.table(
                    [
                        ("编号", "number"),
                        ("模板", "template"),
                        ("单位", "unit"),
                        ("年度>", "year>"),
                        ("时点>", "as of>"),
                        ("何人", "who"),
                        ("何时", "when"),
                    ],
                    rows,
                )
                if rows
                else session.say("还没有生成过报告。", "No reports made yet.")
            ),
        )
        return
    session.configure()
    from shuzhi.apps.office import definitions

    templates = definitions().catalogue.reports.values()
    session.result(
        [
            {
                "key": t.key,
                "title": t.title.zh,
                "title_en": t.title.en,
                "level": t.level,
                "version": t.version,
            }
            for t in templates
        ],
        lambda console: console.print(
            session.table(
                [("键", "key"), ("体裁", "genre"), ("级别", "level")],
                [(t.key, session.title_of(t), t.level) for t in templates],
            )
        ),
    )


@report.command("render")
@click.argument("template")
@click.option("--org", "organisation", required=True, help="单位 / unit")
@click.option("--year", type=YEAR, required=True, help="年度 / year")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="文件夹 / folder",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    default=("docx",),
    show_default=True,
    help="格式，可多选 / formats",
)
@click.option("--date", type=DAY, default="", help="落款日期，默认今天 / date of the document")
@click.option(
    "--as-of", type=POINT, default=None, help="按以前的时点 / an earlier point of the books"
)
@click.option("--overwrite", is_flag=True, help="覆盖已有的文件 / write over existing files")
@json_option
@pass_session
def render(
    session: Session,
    template: str,
    organisation: str,
    year: int,
    out: Path,
    formats: tuple[str, ...],
    date: str,
    as_of: int | None,
    overwrite: bool,
) -> None:
    """生成报告；每个数都能查到行，缺什么列在后面，绝不留 XX。

    Make a report; every figure leads to its rows, what is missing is listed.
    """
    actor = session.actor()
    from django.db import transaction

    from shuzhi.apps.books.actions import findings_of
    from shuzhi.apps.reports.actions import make_report
    from shuzhi.cli.book import finding_json, print_findings

    as_of = session.point(as_of)
    with transaction.atomic():  # a report that cannot be written was not made
        made = make_report(actor, template, organisation, year, date=date, as_of=as_of)
        files = write_formats(made, out, formats, overwrite=overwrite)
    missing = made.composed.missing
    findings = findings_of(made.composed.organisation.code, year_period(year))

    def show(console: Console) -> None:
        console.print(
            session.say(
                f"《{made.composed.title}》：{len(made.composed.figures)} 个数，时点 {made.composed.as_of}。",
                f"“{made.composed.title}”: {len(made.composed.figures)} figures as of {made.composed.as_of}.",
            ),
            markup=False,
        )
        for file in files:
            console.print(f"  {file}", markup=False)
        if missing:
            console.print(
                session.say(
                    f"缺 {len(missing)} 项，相应的句子没有写：",
                    f"{len(missing)} missing; their sentences were left out:",
                )
            )
            console.print(
                session.table(
                    [("指标", "indicator"), ("期间", "period"), ("去哪里补", "where to record")],
                    [(m.title or m.sentence[:40], m.period, m.ledger) for m in missing],
                )
            )

        if made.composed.is_empty:
            console.print(
                session.say(
                    "这份报告没有一个数有账可依，只能当草稿。",
                    "Not a single figure of this report stands in the books; it is a draft at best.",
                )
            )
        optional = len({m.sentence for m in made.composed.optional_missing})
        if optional:
            console.print(
                session.say(
                    f"另有 {optional} 句可选内容因没有数据未写。",
                    f"{optional} optional sentences were left out for want of figures.",
                )
            )
        if findings:
            console.print(session.say("勾稽关系对不上的：", "Relations that do not hold:"))
            print_findings(session, console, findings)

    session.result(
        {
            "ok": True,
            "findings": [finding_json(f) for f in findings],
            "number": made.number,
            "title": made.composed.title,
            "as_of": made.composed.as_of,
            "figures": len(made.composed.figures),
            "files": [str(f) for f in files],
            "missing": [
                {
                    "indicator": m.indicator,
                    "title": m.title,
                    "period": m.period,
                    "ledger": m.ledger,
                    "reason": m.reason,
                }
                for m in missing
            ],
        },
        show,
    )


def free_path(path: Path) -> Path:
    """The path, or with （2）, （3）… behind its name when a file is there: what a person may have edited is not written over."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    return found


def write_formats(
    made: Any, out: Path, formats: tuple[str, ...], *, overwrite: bool = False
) -> list[Path]:
    """Write a made report in these formats into a folder; returns the files."""
    from shuzhi.apps.reports.actions import write_report

    out.mkdir(parents=True, exist_ok=True)
    files = []
    for wanted in dict.fromkeys(formats):
        path = out / f"{made.composed.title}.{wanted}"
        files.append(path if overwrite else free_path(path))
        write_report(made, files[-1])
    return files


@report.command("refresh")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="写到哪里，默认 原名-刷新.docx / output file",
)
@click.option(
    "--overwrite-hand-changed",
    is_flag=True,
    help="人改过的数也按账刷新 / renew figures changed by hand, too",
)
@click.option(
    "--as-of", type=POINT, default=None, help="按以前的时点 / an earlier point of the books"
)
@json_option
@pass_session
def refresh(
    session: Session, path: Path, out: Path | None, overwrite_hand_changed: bool, as_of: int | None
) -> None:
    """刷新改过的 Word 报告：数按现在的账更新，文字不动，人改过的数列出来（退出码 1）。

    Refresh an edited Word report: figures renewed in place, text kept, figures changed by hand reported (exit code 1).
    """
    actor = session.actor()
    from shuzhi.apps.reports.actions import refresh as act

    if not path.exists():
        raise ProblemsError([Problem("CLI_003", {"file": path})])
    if path.is_dir():
        raise ProblemsError([Problem("CLI_017", {"file": path})])
    renewed = path.with_name(f"{path.stem}-{session.say('刷新', 'refreshed')}.docx")
    target = out or free_path(renewed)
    as_of = session.point(as_of)
    found = act(actor, path, target, as_of=as_of, overwrite=overwrite_hand_changed)

    def show(console: Console) -> None:
        console.print(
            session.say(
                f"已写出 {target}：更新 {len(found.updated)} 个，未变 {len(found.unchanged)} 个。",
                f"Written {target}: {len(found.updated)} renewed, {len(found.unchanged)} unchanged.",
            ),
            markup=False,
        )
        annex = {
            "absent": (
                "文档中已没有数据来源表，未添加。",
                "The annex of sources is gone; none was added.",
            ),
            "outdated": (
                "数据来源表没有刷新，表头已注明。",
                "The annex was not renewed; a line in it says so.",
            ),
            "renewed": ("数据来源表已一并刷新。", "The annex of sources was renewed, too."),
        }.get(found.annex)
        if annex:
            console.print(session.say(*annex))
        rows = [
            (kind, c.title, c.printed or "", c.found, c.current or "")
            for kind, changes in (
                (session.say("已更新", "renewed"), found.updated),
                (session.say("人改过", "changed by hand"), found.hand_changed),
                (session.say("账上没有", "not in the books"), found.unknown),
                (session.say("已删去", "removed"), found.removed),
            )
            for c in changes
        ]
        if rows:
            console.print(
                session.table(
                    [
                        ("", ""),
                        ("数", "figure"),
                        ("原印", "printed"),
                        ("文件中", "in the file"),
                        ("账上", "in the books"),
                    ],
                    rows,
                )
            )

    def listed(changes: Any) -> list[dict[str, Any]]:
        return [
            {
                "tag": c.tag,
                "title": c.title,
                "printed": c.printed,
                "found": c.found,
                "current": c.current,
            }
            for c in changes
        ]

    session.result(
        {
            "ok": not found.hand_changed, "file": str(target), "annex": found.annex, "updated": listed(found.updated), "unchanged": len(found.unchanged),
            "hand_changed": listed(found.hand_changed), "unknown": listed(found.unknown), "removed": listed(found.removed),
        },
        show,
    )  # fmt: skip
    if found.hand_changed:
        raise click.exceptions.Exit(EXIT_PROBLEMS)
