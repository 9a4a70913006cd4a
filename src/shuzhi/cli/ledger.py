"""``shuzhi ledger``: templates for people, import with everything that is wrong at once, export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from shuzhi.cli.session import (
    EXIT_NO_RIGHT,
    EXIT_PROBLEMS,
    Session,
    json_option,
    no_right,
    pass_session,
)
from shuzhi.cli.usage import NUMBER
from shuzhi.core.problems import Problem, ProblemsError, is_blocking

if TYPE_CHECKING:
    from shuzhi.apps.people.permissions import Actor


@click.group("ledger")
def ledger() -> None:
    """台账：出模板、导入、导出。

    Ledgers: template, import, export.
    """


@ledger.command("template")
@click.argument("key", metavar="LEDGER")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="文件或文件夹，默认 台账名.xlsx / file or folder",
)
@click.option(
    "--filled", metavar="ORG", default="", help="预填某单位现有的行 / fill in a unit's present rows"
)
@json_option
@pass_session
def template(session: Session, key: str, out: Path | None, filled: str) -> None:
    """写出台账的 Excel 模板（表头、单位、下拉、批注、示例行、填写说明）。LEDGER 是台账的名称或键，all 为全部。

    Write a ledger's Excel template. LEDGER is its title or key, or ``all``.
    """
    from shuzhi.exchange.templates import write_template

    rows: list[dict[str, Any]] | None = None
    session.configure()
    if filled:
        session.connect()
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.office import definitions

    defs = definitions()
    ledgers = list(defs.catalogue.ledgers.values()) if key == "all" else [get_ledger(key)]
    written = []
    for definition in ledgers:
        path = out or Path(f"{definition.title.zh}.xlsx")
        if out is not None and (out.is_dir() or key == "all"):
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{definition.title.zh}.xlsx"
        if filled:
            _require_unmasked(session, filled)
            rows = list(_payloads(filled, definition.key))
        write_template(definition, defs.units, path, catalogue=defs.catalogue, rows=rows)
        written.append(str(path))
    session.result({"ok": True, "files": written})
    session.print(
        f"已写出 {len(written)} 个模板：{'、'.join(written[:5])}{'…' if len(written) > 5 else ''}",
        f"{len(written)} templates written: {', '.join(written[:5])}",
    )


def _payloads(organisation: str, ledger_key: str) -> Iterator[dict[str, Any]]:
    from shuzhi.apps.ledgers import queries
    from shuzhi.apps.organisations.queries import get

    for row in queries.records(get(organisation), ledger=ledger_key):
        if row.state != "withdrawn":
            yield {"@organisation": row.organisation_name, **row.payload}


def _require_unmasked(session: Session, organisation: str) -> None:
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import require

    unit = get(organisation)
    require(session.actor(), "record.create", unit.path, unit.name)


@ledger.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--org", "organisation", required=True, help="记账单位 / the unit that keeps the rows"
)
@click.option(
    "--ledger",
    "key",
    default="",
    help="台账名称或键；不给则从文件认 / ledger; recognised from the file if omitted",
)
@click.option("--reason", default="", help="更正的理由 / reason, for corrections")
@click.option("--check-only", is_flag=True, help="只检查，不写入 / check, write nothing")
@click.option(
    "--marked",
    type=click.Path(path_type=Path),
    help="标出问题的副本写到哪里 / where to write the marked copy",
)
@json_option
@pass_session
def import_file(
    session: Session,
    paths: tuple[Path, ...],
    organisation: str,
    key: str,
    reason: str,
    check_only: bool,
    marked: Path | None,
) -> None:
    """导入台账文件（.xlsx .xls .csv）。有错则一行也不写，全部问题一次列出，并写一份标出问题的副本。

    同一文件导入两次不会重复；户号等编号相同而内容不同的行记为更正。

    Import ledger files. With any error nothing is written, all problems are listed and a marked copy is made.
    """
    actor = session.actor()
    missing = [Problem("CLI_003", {"file": path}) for path in paths if not path.exists()]
    if missing:
        raise ProblemsError(missing)
    from shuzhi.apps.ledgers.actions import get_ledger

    ledger_key = get_ledger(key).key if key else ""
    outcomes: list[dict[str, Any]] = []
    wrong: list[Problem] = []
    for path in paths:
        outcome, problems = _import_one(
            session, actor, path, ledger_key, organisation, reason, check_only
        )
        if not outcome["ok"]:
            wrong += [p for p in problems if p.severity == "error"]
            if path.is_file() and not no_right(wrong):
                problems += _mark(session, path, problems, marked, len(paths) > 1, outcome)
        outcome["problems"] = [session.problem_json(p) for p in problems]
        if problems and not session.as_json:
            session.problems(problems)
        outcomes.append(outcome)
        _say_outcome(session, outcome)
    session.result({"ok": not wrong, "files": outcomes})
    if wrong:
        raise click.exceptions.Exit(EXIT_NO_RIGHT if no_right(wrong) else EXIT_PROBLEMS)


def _import_one(
    session: Session,
    actor: Actor,
    path: Path,
    key: str,
    organisation: str,
    reason: str,
    check_only: bool,
) -> tuple[dict[str, Any], list[Problem]]:
    """Read one file and submit its rows; what came of it, and everything that was found."""
    from shuzhi.apps.ledgers import importing
    from shuzhi.apps.organisations.queries import get

    outcome: dict[str, Any] = {
        "file": str(path), "ok": False, "written": False, "ledger": key, "title": "", "rows": 0,
        "created": 0, "revised": 0, "unchanged": 0, "batch": "", "marked_copy": "", "problems": [],
    }  # fmt: skip
    problems: list[Problem] = []
    try:
        unit = get(organisation)
        with session.progress(f"读取 {path.name}", f"reading {path.name}") as tick:
            reading = importing.read(path, unit, key, tick=tick)
        outcome["ledger"], outcome["title"] = reading.ledger.key, session.title_of(reading.ledger)
        outcome["rows"] = len(reading.result.drafts)
        problems += reading.problems
        if not reading.goes_on:
            return outcome, _with_options(problems)
        if check_only or reading.is_blocked:
            # a person wants to hear everything at once, references and rights included
            plan = importing.plan(actor, reading, unit, path.name)
            problems += plan.problems
            if is_blocking(problems):
                return outcome, _with_options(problems)
            counts = (plan.created, plan.revised, plan.unchanged)
        else:
            with session.progress("写入", "writing") as tick:
                made = importing.submit(
                    actor, reading, unit, source=path.name, reason=reason,
                    progress=lambda _, done, total: tick(done, total),
                )  # fmt: skip
            counts = (made.created, made.revised, made.unchanged)
            outcome |= {"written": True, "batch": made.batch if made.records else ""}
    except ProblemsError as error:
        problems += [p for p in error.problems if p not in problems]
        return outcome, _with_options(problems)
    outcome |= dict(zip(("created", "revised", "unchanged"), counts, strict=True)) | {"ok": True}
    return outcome, _with_options(problems)


#: problems that a command's option mends, by those that say it for a page
_WITH_OPTIONS = {"IMPORT_001": "CLI_002", "IMPORT_002": "CLI_030", "IMPORT_003": "CLI_031"}


def _with_options(problems: Sequence[Problem]) -> list[Problem]:
    return [replace(p, code=_WITH_OPTIONS.get(p.code, p.code)) for p in problems]


def _mark(
    session: Session,
    path: Path,
    problems: Sequence[Problem],
    marked: Path | None,
    several: bool,
    outcome: dict[str, Any],
) -> list[Problem]:
    """Write the copy with everything that is wrong marked; what stood in the way of that, if anything."""
    from shuzhi.exchange.marking import mark_problems

    name = f"{path.stem}-{session.say('问题', 'problems')}.xlsx"
    target = marked or path.with_name(name)
    try:
        if marked is not None and (several or marked.is_dir()):
            marked.mkdir(parents=True, exist_ok=True)
            target = marked / name
        mark_problems(path, problems, target, language=session.language)
    except ProblemsError as error:
        return list(error.problems)
    outcome["marked_copy"] = str(target)
    return []


def _say_outcome(session: Session, outcome: dict[str, Any]) -> None:
    file, counts = outcome["file"], (outcome["created"], outcome["revised"], outcome["unchanged"])
    zh = "新增 {}、更正 {}、未变 {}".format(*counts)
    en = "{} new, {} revised, {} unchanged".format(*counts)
    if not outcome["ok"]:
        copy = outcome["marked_copy"]
        session.print(
            f"{file}：没有写入任何内容。" + (f"标出问题的副本：{copy}" if copy else ""),
            f"{file}: nothing was written." + (f" Marked copy: {copy}" if copy else ""),
            "red",
        )
    elif not outcome["written"]:
        session.print(
            f"{file}：{outcome['title']} {outcome['rows']} 行，可以导入（未写入）：{zh}。",
            f"{file}: {outcome['rows']} rows of {outcome['title']} can be imported (nothing written): {en}.",
        )
    else:
        batch = outcome["batch"]
        session.print(
            f"{file}：{outcome['title']} {zh}" + (f"，待审。导入号 {batch}" if batch else "，没有改动。"),
            f"{file}: {outcome['title']}: {en}" + (f"; waiting for approval. Import {batch}" if batch else "; nothing changed."),
        )  # fmt: skip


@ledger.command("export")
@click.argument("key", metavar="LEDGER")
@click.option(
    "--org", "organisation", required=True, help="单位（含下级） / unit, with those below"
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="文件，默认 单位-台账.xlsx / file"
)
@click.option(
    "--unmasked",
    is_flag=True,
    help="个人信息不打码（须有权限并写明理由） / show personal data; needs a right and --reason",
)
@click.option("--reason", default="", help="不打码的理由 / reason for unmasking")
@json_option
@pass_session
def export(
    session: Session, key: str, organisation: str, out: Path | None, unmasked: bool, reason: str
) -> None:
    """导出台账为 Excel；个人信息默认打码。

    Export a ledger to Excel; personal data is masked unless a right and a reason are given.
    """
    actor = session.actor()
    from django.db import transaction

    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import require
    from shuzhi.exchange.exports import write_rows

    defs = definitions()
    definition, unit = get_ledger(key), get(organisation)
    require(actor, "ledger.export", unit.path, unit.name, area=definition.area)
    if unmasked:
        require(actor, "record.unmask", unit.path, unit.name, area=definition.area)
    if unmasked and not reason.strip():
        raise ProblemsError([Problem("CLI_016")])
    path = out or Path(f"{unit.name}-{definition.title.zh}.xlsx")
    with transaction.atomic():
        if unmasked:
            audit.note(
                "record.unmasked",
                actor=actor.name,
                organisation=unit.code,
                ledger=definition.key,
                reason=reason,
            )
        audit.note(
            "ledger.exported", actor=actor.name, organisation=unit.code, ledger=definition.key
        )
        count = write_rows(
            definition, defs.units, _payloads(organisation, definition.key), path, unmasked=unmasked,
            heading=f"{unit.name}{definition.title.zh}", catalogue=defs.catalogue,
        )  # fmt: skip
    session.result({"ok": True, "file": str(path), "rows": count})
    session.print(f"已导出 {count} 行：{path}", f"{count} rows exported: {path}")


@ledger.command("show")
@click.argument("key", metavar="LEDGER")
@click.option(
    "--org", "organisation", required=True, help="单位（含下级） / unit, with those below"
)
@click.option(
    "--state",
    type=click.Choice(["submitted", "approved", "returned", "withdrawn"]),
    default=None,
    help="状态 / state",
)
@click.option("--limit", type=NUMBER, default=30, show_default=True, help="最多行数 / rows at most")
@json_option
@pass_session
def show(session: Session, key: str, organisation: str, state: str | None, limit: int) -> None:
    """看台账的行；个人信息打码。

    Show rows of a ledger, personal data masked.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers import queries
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import require
    from shuzhi.core.masking import mask_payload

    definition, unit = get_ledger(key), get(organisation)
    require(actor, "record.read", unit.path, unit.name, area=definition.area)
    rows = [
        (r, mask_payload(definition, r.payload))
        for r in queries.records(unit, ledger=definition.key, state=state or "", limit=limit)
    ]

    def print_rows(console: Console) -> None:
        if not rows:
            console.print(
                session.say(
                    f"“{definition.title.zh}”还没有记录。可用 shuzhi ledger template {definition.key} 出模板填写后导入。",
                    f"no records in “{session.title_of(definition)}” yet; write a template, fill it in and import it.",
                ),
                markup=False,
            )
            return
        columns = [
            ("记录>", "record>"),
            ("单位", "unit"),
            ("状态", "state"),
            *(
                (
                    f.title.zh + (f"（{f.unit}）" if f.unit else ""),
                    (f.title.en or f.key) + (f" ({f.unit})" if f.unit else ""),
                )
                for f in definition.fields
            ),
        ]
        console.print(
            session.table(
                columns,
                [
                    (r.id, r.organisation_name, r.state, *(p.get(f.key) for f in definition.fields))
                    for r, p in rows
                ],
            )
        )

    session.result(
        [
            {
                "record": r.id,
                "organisation": r.organisation,
                "state": r.state,
                "key": r.key
                if not any(definition.field(k).personal for k in definition.identified_by)
                else "",
                "values": p,
            }
            for r, p in rows
        ],
        print_rows,
    )
