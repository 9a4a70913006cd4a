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
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.divisions import names_match
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.problems import Place, Problem, ProblemsError

if TYPE_CHECKING:
    from shuzhi.apps.people.permissions import Actor
    from shuzhi.exchange.imports import ImportResult


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
    from django.db import transaction

    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.apps.office import definitions
    from shuzhi.exchange.imports import find_ledger, read_ledger_file

    defs = definitions()
    outcome: dict[str, Any] = {
        "file": str(path), "ok": False, "written": False, "ledger": key, "title": "", "rows": 0,
        "created": 0, "revised": 0, "unchanged": 0, "batch": "", "marked_copy": "", "problems": [],
    }  # fmt: skip
    problems: list[Problem] = []
    read: ImportResult | None = None
    try:
        if not key:
            candidates = find_ledger(path, defs.catalogue)
            if not candidates:
                raise ProblemsError([Problem("CLI_002", {"file": path.name})])
            key = candidates[0].ledger.key
        definition = defs.catalogue.ledgers[key]
        outcome["ledger"], outcome["title"] = key, session.title_of(definition)
        with session.progress(f"读取 {path.name}", f"reading {path.name}") as tick:
            read = read_ledger_file(
                path, definition, defs.units, progress=tick, catalogue=defs.catalogue
            )
        outcome["rows"] = len(read.drafts)
        problems += read.problems
        problems += _stated_unit(read, organisation)
        if not read.drafts and not problems:
            problems.append(Problem("CLI_030", {"ledger": definition.title.zh}, Place(path.name)))
            return outcome, problems
        if any(p.code == "CLI_031" for p in problems):
            return outcome, problems
        if read.is_blocked and not read.drafts:
            return outcome, problems
        with session.progress("写入", "writing") as tick, transaction.atomic():
            made = submit_drafts(
                actor, key, organisation, read.drafts, source=path.name, reason=reason,
                progress=lambda _, done, total: tick(done, total),
            )  # fmt: skip
            # a check goes the whole way, references and rights included, and takes it back; so does a file with
            # unreadable cells, because a person wants to hear everything at once
            transaction.set_rollback(check_only or read.is_blocked)
    except ProblemsError as error:
        found = list(error.problems)
        if read is not None:
            found = [q for p in found for q in _located(p, read, defs.catalogue.ledgers[key])]
        problems += [p for p in found if p not in problems]
        return outcome, problems
    if read.is_blocked:
        return outcome, problems
    outcome |= {
        "ok": True, "written": not check_only, "created": made.created, "revised": made.revised,
        "unchanged": made.unchanged,
        "batch": made.batch if made.records and not check_only else "",
    }  # fmt: skip
    return outcome, problems


def _stated_unit(read: ImportResult, organisation: str) -> list[Problem]:
    """Let the unit written above the table (填报单位：…) decide for rows that name none; it must be the unit given or one below."""
    from shuzhi.apps.organisations.models import Organisation
    from shuzhi.apps.organisations.queries import get

    stated = read.organisation.strip()
    if not stated:
        return []
    home = get(organisation)
    below = Organisation.objects.filter(path__startswith=home.path)
    for unit in sorted(below, key=lambda u: u.id != home.id):
        if stated in (unit.code, unit.name, unit.full_name) or names_match(stated, unit.name):
            for draft in read.drafts if unit.id != home.id else ():
                draft.organisation = draft.organisation or unit.code
            return []
    if home.name in stated:
        return []  # 示例镇人民政府 for 示例镇
    return [Problem("CLI_031", {"stated": stated, "given": home.name})]


def _located(problem: Problem, read: ImportResult, ledger: LedgerDef) -> list[Problem]:
    """What the books found wrong with a row, at its cells in the sheet; the books know rows, the file knows columns."""
    if problem.place.sheet:
        return [problem]
    place, rows, field = problem.place, [problem.place.row], ""
    if place.row is None:
        rows = [d.row for d in read.drafts if d.organisation == problem.params.get("name")]
        field = ORGANISATION_COLUMN
    else:
        field = next((f.key for f in ledger.fields if f.title.zh == place.column), "")
    column = next((c for c in read.columns if c.field == field), None)
    if column is None or not any(rows):
        return [problem]
    return [
        replace(
            problem,
            place=replace(
                place,
                sheet=read.sheet,
                row=row,
                column=column.header,
                column_number=column.position + 1,
            ),
        )
        for row in rows
    ]


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
    require(actor, "ledger.export", unit.path, unit.name)
    if unmasked:
        require(actor, "record.unmask", unit.path, unit.name)
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
    require(actor, "record.read", unit.path, unit.name)
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
