"""``shuzhi record``: a single row added, and the decisions on rows: approve, return, withdraw; and their history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from shuzhi.cli.session import EXIT_PROBLEMS, Session, json_option, pass_session
from shuzhi.cli.usage import NUMBER
from shuzhi.core.problems import Problem, ProblemsError

_ACTIONS = {
    "create": ("新记", "created"), "revise": ("更正", "revised"), "withdraw": ("撤回", "withdrawn"),
    "approve": ("审核通过", "approved"), "return": ("退回", "returned"), "transfer": ("划转", "transferred"),
    "attach": ("附佐证", "attached"), "backfill": ("补过账", "backfilled"),
}  # fmt: skip


@click.group("record")
def record() -> None:
    """记录：记一行、审核、退回、撤回、看历史。

    Records: add, approve, return, withdraw, history.
    """


@record.command("add")
@click.argument("ledger_key", metavar="LEDGER")
@click.option("--org", "organisation", required=True, help="记账单位 / unit")
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="FIELD=VALUE",
    help="字段=值（字段名或键） / a field's value",
)
@click.option("--reason", default="", help="更正的理由 / reason, for corrections")
@json_option
@pass_session
def add(
    session: Session, ledger_key: str, organisation: str, values: tuple[str, ...], reason: str
) -> None:
    """记一行；编号相同的行记为更正。

    Record one row; a known key makes it a correction.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers.actions import get_ledger, submit_values

    definition = get_ledger(ledger_key)
    by_title = {f.title.zh: f.key for f in definition.fields}
    given: dict[str, object] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals:
            raise ProblemsError([Problem("CLI_001", {"text": text})])
        given[by_title.get(key.strip(), key.strip())] = value.strip()
    made = submit_values(actor, definition.key, organisation, given, reason=reason, source="cli")
    if made.warnings and not session.as_json:
        session.problems(made.warnings)
    session.result(
        {
            "ok": True,
            "records": made.records,
            "created": made.created,
            "revised": made.revised,
            "unchanged": made.unchanged,
            "problems": [session.problem_json(p) for p in made.warnings],
        }
    )
    if made.unchanged:
        session.print("与现有内容相同，没有改动。", "The same as before; nothing changed.")
    else:
        session.print(
            f"已记录 {made.records[0]}，待审。",
            f"Recorded as {made.records[0]}, waiting for approval.",
        )


def _office_time(at: str) -> str:
    """A moment kept in UTC as the office's clock shows it."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")


@record.command("waiting")
@click.option(
    "--org", "organisation", required=True, help="单位（含下级） / unit, with those below"
)
@click.option(
    "--list", "listed", is_flag=True, help="逐条列出改了什么 / every record with what changes"
)
@click.option("--ledger", "ledger_key", default="", help="只看某本台账 / only one ledger")
@json_option
@pass_session
def waiting(session: Session, organisation: str, listed: bool, ledger_key: str) -> None:
    """看还有什么待审；加 --list 逐条看编号和改动。

    What waits for approval; with --list every record and what it changes.
    """
    if listed:
        _list_records(session, organisation, ledger_key, "submitted")
        return
    session.connect()
    from shuzhi.apps.ledgers import queries
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations.queries import get

    ledgers = definitions().catalogue.ledgers
    rows = queries.waiting(get(organisation))
    session.result(
        [{"ledger": key, "organisation": name, "count": count} for key, name, count in rows],
        lambda console: console.print(
            session.table(
                [("台账", "ledger"), ("单位", "unit"), ("待审>", "waiting>")],
                [(session.title_of(ledgers[k]) if k in ledgers else k, n, c) for k, n, c in rows],
            )
            if rows
            else session.say("没有待审的记录。", "Nothing waits for approval.")
        ),
    )


@record.command("returned")
@click.option(
    "--org", "organisation", required=True, help="单位（含下级） / unit, with those below"
)
@click.option("--ledger", "ledger_key", default="", help="只看某本台账 / only one ledger")
@json_option
@pass_session
def returned(session: Session, organisation: str, ledger_key: str) -> None:
    """看被退回的记录和退回的理由。

    Records sent back, with the reasons.
    """
    _list_records(session, organisation, ledger_key, "returned")


def _list_records(session: Session, organisation: str, ledger_key: str, state: str) -> None:
    """Records in a state, each with its author, what it changes and the last reason given; personal data masked."""
    actor = session.actor()
    from shuzhi.apps.ledgers import queries
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import permitted_areas, require
    from shuzhi.core.masking import mask_payload

    unit = get(organisation)
    ledgers = definitions().catalogue.ledgers
    wanted = get_ledger(ledger_key).key if ledger_key else ""
    require(actor, "record.read", unit.path, unit.name, area=ledgers[wanted].area if wanted else "")
    areas = permitted_areas(actor, "record.read", unit.path)
    documents = []
    for row in queries.records(unit, ledger=wanted, state=state):
        if areas is not None and ledgers[row.ledger].area not in areas:
            continue
        definition = ledgers[row.ledger]
        entries = queries.history(row.id)
        contents = [e for e in entries if e.action in ("create", "revise")]
        reasons = [e.reason for e in entries if e.reason]
        before = mask_payload(definition, contents[-2].payload) if len(contents) > 1 else {}
        after = mask_payload(definition, row.payload)
        changes = [
            f"{f.title.zh} {before[f.key]} → {after.get(f.key, '—')}"
            if f.key in before
            else f"{f.title.zh} {after[f.key]}"
            for f in definition.fields
            if before.get(f.key) != after.get(f.key)
        ]
        documents.append(
            {
                "record": row.id,
                "ledger": row.ledger,
                "title": session.title_of(definition),
                "organisation": row.organisation_name,
                "author": row.author,
                "date": row.occurred_on,
                "changes": changes or [session.say("撤回", "withdrawal")],
                "reason": reasons[-1] if reasons else "",
            }
        )
    nothing = session.say("没有这样的记录。", "There are no such records.")
    session.result(
        documents,
        lambda console: console.print(
            session.table(
                [
                    ("记录>", "record>"),
                    ("台账", "ledger"),
                    ("单位", "unit"),
                    ("何人", "who"),
                    ("内容或改动", "content or changes"),
                    ("理由", "reason"),
                ],
                [
                    (
                        d["record"],
                        d["title"],
                        d["organisation"],
                        d["author"],
                        "；".join(d["changes"]),
                        d["reason"],
                    )
                    for d in documents
                ],
            )
            if documents
            else nothing
        ),
    )


@record.command("approve")
@click.argument("records", nargs=-1, type=NUMBER)
@click.option(
    "--org",
    "organisation",
    default="",
    help="审核某单位及下级的全部待审 / everything waiting at a unit and below",
)
@click.option("--ledger", "ledger_key", default="", help="只审某本台账 / only one ledger")
@click.option("--batch", default="", help="只审某次导入 / only one import")
@click.option("--reason", default="", help="意见 / opinion")
@json_option
@pass_session
def approve(
    session: Session,
    records: tuple[int, ...],
    organisation: str,
    ledger_key: str,
    batch: str,
    reason: str,
) -> None:
    """审核通过并过账；本人所记不能由本人审核。

    Approve and post; nobody approves their own record.
    """
    actor = session.actor()
    from shuzhi.apps.books.posting import approve_records
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.organisations.queries import get

    if bool(records) == bool(organisation):
        raise click.UsageError(
            session.say(
                "请给出记录编号，或用 --org 指定单位（二选一）",
                "give record numbers or --org, one of the two",
            )
        )
    with session.progress("审核过账", "posting") as tick:
        done = approve_records(
            actor,
            list(records) or None,
            organisation_path=get(organisation).path if organisation else "",
            ledger=get_ledger(ledger_key).key if ledger_key else "",
            batch=batch,
            reason=reason,
            progress=lambda _, made, total: tick(made, total),
        )
    if session.as_json:
        session.result(
            {
                "ok": not done.refused,
                "approved": done.approved,
                "postings": done.postings,
                "adjusting": done.adjusting,
                "passed_over": done.passed_over,
                "refused": [session.problem_json(p) for p in done.refused],
            }
        )
    else:
        session.problems(done.refused)
        session.print(
            f"审核通过 {done.approved} 条，过账 {done.postings} 笔；未审 {done.passed_over} 条。",
            f"{done.approved} records approved, {done.postings} postings; {done.passed_over} passed over.",
        )
        if done.adjusting:
            session.print(
                f"其中 {done.adjusting} 笔所属的期间已结账，记入了现在的开放期间，标明“调整”。",
                f"{done.adjusting} of the postings belong to closed periods and went to the open one, marked adjusting.",
            )
    if done.refused:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@record.command("return")
@click.argument("records", nargs=-1, required=True, type=NUMBER)
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def return_(session: Session, records: tuple[int, ...], reason: str) -> None:
    """退回，写明理由；以前审核过的内容仍然有效。

    Send records back with a reason; what was approved before stays posted.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers.actions import return_records

    count = return_records(actor, records, reason=reason)
    session.result({"ok": True, "returned": count})
    session.print(f"已退回 {count} 条。", f"{count} records returned.")


@record.command("withdraw")
@click.argument("records", nargs=-1, type=NUMBER)
@click.option("--batch", default="", help="整次导入一起撤回 / a whole import")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def withdraw(session: Session, records: tuple[int, ...], batch: str, reason: str) -> None:
    """撤回；已审核过的，撤回要经另一人审核后才冲销。

    Withdraw; for approved records the withdrawal is posted after somebody else approves it.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers.actions import withdraw_batch, withdraw_records

    if bool(records) == bool(batch):
        raise click.UsageError(
            session.say(
                "请给出记录编号，或用 --batch 指定导入号（二选一）",
                "give record numbers or --batch, one of the two",
            )
        )
    count = (
        withdraw_batch(actor, batch, reason=reason)
        if batch
        else withdraw_records(actor, records, reason=reason)
    )
    session.result({"ok": True, "withdrawn": count})
    session.print(
        f"已撤回 {count} 条（审核过的待审）。",
        f"{count} records withdrawn (those approved before wait for approval).",
    )


@record.command("attach")
@click.argument("record_id", metavar="RECORD", type=NUMBER)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--reason", default="", help="说明 / note")
@json_option
@pass_session
def attach(session: Session, record_id: int, files: tuple[Path, ...], reason: str) -> None:
    """给记录附佐证（照片、扫描件、文件）；同一文件也附在别的记录上时会指出来。

    Put files to a record as evidence; the same file on another record is pointed out.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers.attachments import attach as act

    missing = [Problem("CLI_003", {"file": f}) for f in files if not f.is_file()]
    if missing:
        raise ProblemsError(missing)
    done = [act(actor, record_id, file, reason=reason) for file in files]
    session.result(
        {
            "ok": True,
            "attachments": [
                {"name": d.attachment.name, "sha256": d.attachment.digest, "size": d.attachment.size, "also_on": d.also}
                for d in done
            ],
        }
    )  # fmt: skip
    for d in done:
        session.print(
            f"已附“{d.attachment.name}”。" + (f"同一文件也附在记录 {'、'.join(map(str, d.also))} 上，请核对。" if d.also else ""),
            f"“{d.attachment.name}” attached." + (f" The same file is on record {', '.join(map(str, d.also))}; check it." if d.also else ""),
        )  # fmt: skip


@record.command("history")
@click.argument("record_id", metavar="RECORD", type=NUMBER)
@json_option
@pass_session
def history(session: Session, record_id: int) -> None:
    """看一条记录的全部历史：谁、何时、为什么、改了什么。

    The whole history of a record: who, when, why, what changed.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers import queries
    from shuzhi.apps.ledgers.actions import get_ledger
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import require
    from shuzhi.core.masking import mask_payload

    row = queries.get(record_id)
    unit = get(row.organisation)
    definition = get_ledger(row.ledger)
    require(actor, "record.read", unit.path, unit.name, area=definition.area)
    entries = queries.history(record_id)
    titles = {f.key: session.title_of(f) for f in definition.fields}
    colon = session.say("：", ": ")
    shown = []
    before: dict[str, object] = {}
    for entry in entries:
        values = (
            mask_payload(definition, entry.payload) if entry.action in ("create", "revise") else {}
        )
        changes = []
        if values:
            changes = [
                f"{titles.get(k, k)}{colon}{before.get(k, '—')} → {values.get(k, '—')}"
                for k in dict.fromkeys([*values, *before])
                if before.get(k) != values.get(k)
            ]
            before = values
        elif entry.action == "attach":
            changes = [str(entry.payload["name"])]
        shown.append((entry, changes))

    def print_history(console: Console) -> None:
        console.print(
            f"{session.title_of(definition)} · {row.organisation_name} · {record_id} · {row.state}",
            markup=False,
        )
        console.print(
            session.table(
                [
                    ("次>", "no.>"),
                    ("事项", "what"),
                    ("何人", "who"),
                    ("何时（北京时间）", "when (Beijing)"),
                    ("日期", "date"),
                    ("理由", "reason"),
                    ("改动", "changes"),
                    ("来源", "source"),
                ],
                [
                    (
                        e.number,
                        session.say(*_ACTIONS[e.action]),
                        e.actor,
                        _office_time(e.at),
                        e.occurred_on,
                        e.reason,
                        "\n".join(changes),
                        e.source,
                    )
                    for e, changes in shown
                ],
            )
        )

    session.result(
        [
            {
                "number": e.number,
                "action": e.action,
                "actor": e.actor,
                "at": e.at,
                "date": e.occurred_on,
                "reason": e.reason,
                "changes": changes,
                "source": e.source,
                "hash": e.hash,
            }
            for e, changes in shown
        ],
        print_history,
    )


@record.command("rebuild")
@json_option
@pass_session
def rebuild(session: Session) -> None:
    """重建检索文字：台账定义改过之后用，由系统管理员运行。

    Make the words that records are searched by again, after definitions changed; for the administrator.
    """
    actor = session.actor()
    from shuzhi.apps.ledgers.contents import rebuild_words

    changed = rebuild_words(actor)
    session.result({"ok": True, "changed": changed})
    session.print(
        f"检索文字已重建，{changed} 条有变。", f"Words made again; {changed} records changed."
    )
