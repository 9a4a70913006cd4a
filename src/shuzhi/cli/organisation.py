"""``shuzhi org``: the tree of units: import, list, rename, move, close, merge, split."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from shuzhi.cli.session import DAY, Session, json_option, pass_session
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.organisations import read_units


@click.group("org")
def org() -> None:
    """单位：导入、查看、改名、调整隶属、撤并、拆分。

    Units: import, list, rename, move, close, merge, split.
    """


@org.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@pass_session
def import_units(session: Session, path: Path) -> None:
    """从 Excel 或 CSV 导入单位（列：代码、名称、级别、上级代码）。重复导入不重复开设。

    Import units from Excel or CSV (columns code, name, level, parent). Importing twice changes nothing.
    """
    actor = session.actor()
    from shuzhi.apps.organisations.actions import open_units

    opened = open_units(actor, read_units(path), file=path.name)
    session.result({"ok": True, "opened": len(opened)})
    session.print(f"新开设 {len(opened)} 个单位。", f"{len(opened)} units opened.")


@org.command("list")
@click.option("--below", default="", help="只列某单位及其下级 / only this unit and below")
@click.option(
    "--csv",
    "as_csv",
    type=click.Path(path_type=Path),
    help="写成可再导入的 CSV / write a CSV that can be imported",
)
@json_option
@pass_session
def list_units(session: Session, below: str, as_csv: Path | None) -> None:
    """列出单位树。

    List the tree of units.
    """
    session.connect()
    from shuzhi.apps.organisations import queries
    from shuzhi.apps.organisations.models import Organisation

    path = queries.get(below).path if below else "/"
    units = list(
        Organisation.objects.filter(path__startswith=path)
        .select_related("parent", "merged_into")
        .order_by("path")
    )
    if as_csv is not None:
        with as_csv.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(["代码", "名称", "级别", "上级代码", "全称"])
            for u in units:
                writer.writerow(
                    [u.code, u.name, u.level, u.parent.code if u.parent else "", u.full_name]
                )
    session.result(
        [
            {
                "code": u.code, "name": u.name, "full_name": u.full_name, "level": u.level,
                "parent": u.parent.code if u.parent else "", "closed_on": u.closed_on,
                "merged_into": u.merged_into.code if u.merged_into else "",
            }
            for u in units
        ],
        lambda console: console.print(
            session.table(
                [("单位", "unit"), ("代码", "code"), ("级别", "level"), ("状态", "state")],
                [
                    (
                        session.say("　", "  ") * (u.path.count("/") - 2) + u.name,
                        u.code,
                        u.level,
                        session.say(f"并入{u.merged_into.name}", f"merged into {u.merged_into.name}")
                        if u.merged_into
                        else (session.say(f"{u.closed_on} 关闭", f"closed {u.closed_on}") if u.closed_on else ""),
                    )
                    for u in units
                ],
            )
        ),
    )  # fmt: skip


@org.command("rename")
@click.argument("organisation")
@click.argument("name")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def rename(session: Session, organisation: str, name: str, reason: str) -> None:
    """改名；账和数不变。

    Rename a unit; rows and figures stay.
    """
    actor = session.actor()
    from shuzhi.apps.organisations.actions import rename as act

    unit = act(actor, organisation, name, reason=reason)
    session.result({"ok": True, "code": unit.code, "name": unit.name})
    session.print(f"已改名为“{unit.name}”。", f"Renamed to “{unit.name}”.")


@org.command("move")
@click.argument("organisation")
@click.argument("parent")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def move(session: Session, organisation: str, parent: str, reason: str) -> None:
    """调整隶属；过去报出的数按当时的隶属仍可复算。

    Move a unit below another superior; figures reported before can still be recomputed.
    """
    actor = session.actor()
    from shuzhi.apps.organisations.actions import move as act

    unit = act(actor, organisation, parent, reason=reason)
    session.result({"ok": True, "code": unit.code, "path": unit.path})
    session.print(
        f"“{unit.name}”已改属“{unit.parent.name if unit.parent else ''}”。",
        f"“{unit.name}” was moved.",
    )


@org.command("close")
@click.argument("organisation")
@click.option("--on", type=DAY, required=True, help="日期 / day")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def close(session: Session, organisation: str, on: str, reason: str) -> None:
    """关闭单位；不再记账，原有的账仍在上级的数里。

    Close a unit; its rows stay in its superior's figures.
    """
    actor = session.actor()
    from shuzhi.apps.organisations.actions import close_unit

    unit = close_unit(actor, organisation, on=on, reason=reason)
    session.result({"ok": True, "code": unit.code})
    session.print(f"“{unit.name}”已关闭。", f"“{unit.name}” is closed.")


@org.command("merge")
@click.argument("organisations", nargs=-1, required=True)
@click.option(
    "--into",
    required=True,
    help="合并后的单位代码（已有或新设） / code of the successor, existing or new",
)
@click.option("--name", default="", help="新设单位的名称 / name of a new successor")
@click.option("--on", type=DAY, required=True, help="日期 / day")
@click.option("--reason", required=True, help="理由（文号） / reason")
@json_option
@pass_session
def merge(
    session: Session, organisations: tuple[str, ...], into: str, name: str, on: str, reason: str
) -> None:
    """合并单位；合并后单位的历年数等于各原单位之和。

    Merge units; the successor's figures of earlier years are the sums of its predecessors'.
    """
    actor = session.actor()
    from shuzhi.apps.organisations.actions import merge as act

    unit = act(actor, organisations, into, name=name, on=on, reason=reason)
    session.result({"ok": True, "code": unit.code, "name": unit.name})
    session.print(
        f"已并入“{unit.name}”（{unit.code}）。", f"Merged into “{unit.name}” ({unit.code})."
    )


@org.command("split")
@click.argument("organisation")
@click.option(
    "--part",
    "parts",
    multiple=True,
    required=True,
    metavar="CODE=NAME",
    help="新单位，至少两个 / a new unit, at least two",
)
@click.option(
    "--assign",
    "rules",
    multiple=True,
    metavar="FIELD:VALUE=CODE",
    help="按字段值划分记录，如 group:一组=代码 / give records to a part by a field",
)
@click.option("--rest", default="", help="其余记录划给 / the part that gets all other records")
@click.option("--on", type=DAY, required=True, help="日期 / day")
@click.option("--reason", required=True, help="理由（文号） / reason")
@json_option
@pass_session
def split(
    session: Session,
    organisation: str,
    parts: tuple[str, ...],
    rules: tuple[str, ...],
    rest: str,
    on: str,
    reason: str,
) -> None:
    """拆分单位；每条记录都划给一个新单位，户的归属带动引用它的记录。

    Split a unit; every record goes to one of the parts, and records that refer to a household follow it.
    """
    actor = session.actor()
    from shuzhi.apps.administration.splitting import Rule, assign, rows_of
    from shuzhi.apps.books.actions import split_unit
    from shuzhi.apps.organisations.queries import get

    wanted: list[Rule] = []
    for rule in rules:
        condition, equals, code = rule.rpartition("=")
        field_key, colon, value = condition.partition(":")
        if not (equals and colon):
            raise ProblemsError([Problem("CLI_004", {"text": rule})])
        wanted.append(Rule(field_key, value, code))
    new_units = []
    for part in parts:
        code, equals, name = part.partition("=")
        if not equals:
            raise click.UsageError(
                session.say(f"--part 应为 代码=名称：{part}", f"--part must be CODE=NAME: {part}")
            )
        new_units.append({"code": code, "name": name})
    assignment = assign(rows_of(get(organisation)), wanted, rest)
    moved = split_unit(actor, organisation, new_units, assignment, on=on, reason=reason)
    session.result({"ok": True, "transferred": moved})
    session.print(f"已拆分，划转 {moved} 条记录。", f"Split; {moved} records transferred.")
