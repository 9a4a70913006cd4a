"""``shuzhi init``, ``account``, ``post``: making an office and saying who may do what."""

from __future__ import annotations

import click

from shuzhi.cli.session import DAY, Session, json_option, pass_session
from shuzhi.cli.usage import NUMBER
from shuzhi.core.divisions import parse_code
from shuzhi.core.problems import Problem, ProblemsError


@click.command("init")
@click.option("--code", help="本单位的 12 位区划代码 / 12-digit division code of the office")
@click.option("--name", help="单位名称 / name")
@click.option(
    "--level",
    type=click.Choice(["county", "township", "village"]),
    default="township",
    show_default=True,
    help="级别 / level",
)
@click.option(
    "--administrator",
    default="管理员",
    show_default=True,
    help="系统管理员帐号 / administrator's account",
)
@click.option(
    "--upgrade",
    is_flag=True,
    help="把已有数据库升级到程序的版本 / bring an existing database up to date",
)
@json_option
@pass_session
def init(
    session: Session,
    code: str | None,
    name: str | None,
    level: str,
    administrator: str,
    upgrade: bool,
) -> None:
    """建立单位账：建库、设本单位、设系统管理员。

    Make an office: the database, its own unit, its administrator.
    """
    session.connect(made=False)
    from django.core.management import call_command
    from django.db import transaction

    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.audit.models import Clock
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    if not upgrade and not (code and name):
        raise click.UsageError(
            session.say(
                "请给出 --code 和 --name（升级已有的库用 --upgrade）",
                "give --code and --name (or --upgrade for an existing database)",
            )
        )
    code = str(parse_code(code)) if code else None
    call_command("migrate", verbosity=0, interactive=False)
    present = Clock.objects.first()
    if upgrade:
        audit.current()
        session.result({"ok": True, "office": present.office if present else ""})
        session.print("数据库已是最新结构。", "The database is up to date.")
        return
    if present is not None:
        raise ProblemsError([Problem("OFFICE_002", {"office": present.office})])
    assert code is not None
    assert name is not None
    with transaction.atomic():
        office = audit.start_clock()
        audit.note("office.created", actor=SYSTEM.name, office=office)
        open_units(SYSTEM, [{"code": code, "name": name, "level": level, "parent": ""}])
        create_account(SYSTEM, administrator, administrator)
        give_post(SYSTEM, administrator, code, "administrator", from_date=audit.today())
    session.result(
        {"ok": True, "office": office, "organisation": code, "administrator": administrator}
    )
    session.print(
        f"已建立“{name}”的账（{office}）。系统管理员：{administrator}。\n下一步：shuzhi --as {administrator} org import 单位.csv；"
        f"shuzhi --as {administrator} account add 帐号；shuzhi --as {administrator} post give 帐号 {code} clerk",
        f"The office “{name}” was made ({office}). Administrator: {administrator}.\nNext: org import, account add, post give.",
    )


@click.group("account")
def account() -> None:
    """帐号：增设、查看、设密码、停用、恢复。

    Accounts: add, list, set a password, close, reopen.
    """


def _asked_password(session: Session, wanted: bool) -> str:
    """A password typed twice, when one is wanted; it is never an argument, where others could read it."""
    if not wanted:
        return ""
    return str(
        click.prompt(
            session.say("密码", "Password"),
            hide_input=True,
            confirmation_prompt=session.say("再输入一次", "Again"),
            err=True,
        )
    )


@account.command("add")
@click.argument("name")
@click.option("--display", default="", help="显示的称呼 / name shown")
@click.option(
    "--home", default="", help="由哪个单位的管理员管 / unit whose administrator looks after it"
)
@click.option(
    "--password",
    "has_password",
    is_flag=True,
    help="输入首次密码，用于网页登录 / ask for a first password, for the pages",
)
@json_option
@pass_session
def add_account(session: Session, name: str, display: str, home: str, has_password: bool) -> None:
    """增设一个帐号。

    Open an account.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import create_account

    password = _asked_password(session, has_password)
    create_account(actor, name, display, home=home, password=password)
    session.result({"ok": True, "account": name})
    session.print(f"已增设帐号“{name}”。", f"Account “{name}” opened.")


@account.command("password")
@click.argument("name")
@json_option
@pass_session
def set_account_password(session: Session, name: str) -> None:
    """重设帐号的密码（会提示输入）；本人下次登录时要改掉，原有登录全部退出。

    Give an account a new password (asked for); its owner must change it at the next sign-in.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import set_password

    set_password(actor, name, _asked_password(session, True), must_change=actor.name != name)
    session.result({"ok": True, "account": name})
    session.print(f"已重设“{name}”的密码。", f"The password of “{name}” was set.")


@account.command("close")
@click.argument("name")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def close_account(session: Session, name: str, reason: str) -> None:
    """停用帐号；记过的账不变。

    Close an account; what it recorded stays.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import close_account as act

    act(actor, name, reason=reason)
    session.result({"ok": True, "account": name})
    session.print(f"帐号“{name}”已停用。", f"Account “{name}” is closed.")


@account.command("reset-second-step")
@click.argument("name")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def reset_second_step(session: Session, name: str, reason: str) -> None:
    """取消帐号的第二步验证，用于手机丢失。

    Take the second step of signing in away, when the phone is lost.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import reset_second_step as act

    act(actor, name, reason=reason)
    session.result({"ok": True, "account": name})
    session.print(f"已取消“{name}”的第二步验证。", f"The second step of “{name}” was taken away.")


@account.command("reopen")
@click.argument("name")
@click.option("--reason", required=True, help="理由 / reason")
@json_option
@pass_session
def reopen_account(session: Session, name: str, reason: str) -> None:
    """恢复停用的帐号。

    Open a closed account again.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import reopen_account as act

    act(actor, name, reason=reason)
    session.result({"ok": True, "account": name})
    session.print(f"帐号“{name}”已恢复。", f"Account “{name}” is open again.")


@account.command("list")
@json_option
@pass_session
def list_accounts(session: Session) -> None:
    """列出帐号和任职。

    List accounts and the posts they hold.
    """
    session.connect()
    from shuzhi.apps.people.models import Post
    from shuzhi.apps.people.permissions import ROLES, area_titles

    number = 0 if session.language == "zh" else 1
    rows = [
        (
            p.account.name,
            p.organisation.code,
            p.organisation.name,
            p.role,
            p.from_date,
            p.to_date,
            p.id,
            [line for line in p.lines.split(",") if line],
            p.order,
        )
        for p in Post.objects.select_related("account", "organisation").order_by(
            "account__name", "id"
        )
    ]
    keys = ("account", "organisation", "name", "role", "from", "to", "post", "lines", "order")
    session.result(
        [dict(zip(keys, row, strict=True)) for row in rows],
        lambda console: console.print(
            session.table(
                [
                    ("帐号", "account"),
                    ("单位", "unit"),
                    ("岗位", "role"),
                    ("起", "from"),
                    ("止", "to"),
                    ("任职号", "post"),
                    ("业务", "lines"),
                    ("检查文件", "order"),
                ],
                [
                    (
                        r[0],
                        r[2],
                        session.say(*ROLES[r[3]][:2]),
                        r[4],
                        r[5],
                        r[6],
                        session.say("、", ", ").join(area_titles(r[7], number)),
                        r[8],
                    )
                    for r in rows
                ],
            )
        ),
    )


@click.group("post")
def post() -> None:
    """任职：谁在哪里、从何时到何时、能做什么。

    Posts: who may do what, where, from when to when.
    """


@post.command("give")
@click.argument("account_name", metavar="ACCOUNT")
@click.argument("organisation")
@click.argument("role")
@click.option(
    "--from",
    "from_date",
    type=DAY,
    default="",
    help="起始日期，默认今天 / first day, today by default",
)
@click.option("--to", "to_date", type=DAY, default="", help="截止日期 / last day")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="AREA",
    help="只管这些业务（台账的目录名），可重复 / only these lines of work (areas of ledgers)",
)
@click.option(
    "--order", default="", help="检查文件，检查员必写 / the order; an inspector needs one"
)
@json_option
@pass_session
def give(
    session: Session,
    account_name: str,
    organisation: str,
    role: str,
    from_date: str,
    to_date: str,
    lines: tuple[str, ...],
    order: str,
) -> None:
    """任职：ROLE 为 clerk 记账员、reviewer 审核员、leader 负责人、inspector 检查员、administrator 系统管理员等。

    Give an account a role in a unit and everything below it.
    """
    actor = session.actor()
    from shuzhi.apps.audit.actions import today
    from shuzhi.apps.people.actions import give_post

    made = give_post(
        actor, account_name, organisation, role, from_date=from_date or today(), to_date=to_date, lines=lines, order=order
    )  # fmt: skip
    session.result({"ok": True, "post": made.pk})
    session.print(f"已任职（{made.pk}）。", f"Post given ({made.pk}).")


@post.command("change")
@click.argument("post_id", metavar="POST", type=NUMBER)
@click.option("--to", "to_date", type=DAY, default=None, help="截止日期 / last day")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="AREA",
    help="改为只管这些业务 / only these lines of work from now on",
)
@click.option("--all-lines", is_flag=True, help="改为全部业务 / all lines of work from now on")
@click.option("--order", default=None, help="检查文件 / the order")
@json_option
@pass_session
def change(
    session: Session,
    post_id: int,
    to_date: str | None,
    lines: tuple[str, ...],
    all_lines: bool,
    order: str | None,
) -> None:
    """更改任职的截止日期、业务或检查文件；没有写的不变。

    Change a post's last day, lines of work or order; what is not given stays.
    """
    actor = session.actor()
    from shuzhi.apps.people.actions import change_post
    from shuzhi.apps.people.queries import find_post

    present = find_post(post_id)
    if present is None:
        raise ProblemsError([Problem("CLI_007", {"post": post_id})])
    kept = [line for line in present.lines.split(",") if line]
    change_post(
        actor,
        post_id,
        to_date=present.to_date if to_date is None else to_date,
        lines=() if all_lines else lines or kept,
        order=present.order if order is None else order,
    )
    session.result({"ok": True, "post": post_id})
    session.print("任职已更改。", "The post was changed.")


@post.command("end")
@click.argument("post_id", metavar="POST", type=NUMBER)
@click.option("--on", type=DAY, default="", help="日期，默认今天 / day, today by default")
@json_option
@pass_session
def end(session: Session, post_id: int, on: str) -> None:
    """免去任职。

    End a post.
    """
    actor = session.actor()
    from shuzhi.apps.audit.actions import today
    from shuzhi.apps.people.actions import end_post

    end_post(actor, post_id, on=on or today())
    session.result({"ok": True, "post": post_id})
    session.print("任职已结束。", "The post has ended.")
