"""``shuzhi backup`` and ``shuzhi restore``: the whole office as one checked archive, the same that the page makes."""

from __future__ import annotations

from pathlib import Path

import click

from shuzhi.cli.session import Session, json_option, pass_session
from shuzhi.core.problems import Problem, ProblemsError


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option(
    "--check", "only_check", is_flag=True, help="只核对已有的备份 / only check an archive"
)
@json_option
@pass_session
def backup(session: Session, target: Path | None, only_check: bool) -> None:
    """备份：数据库、佐证和自己的定义写成一个带校验和的文件；程序开着也可以。

    Back up the database, attachments and own definitions as one file with checksums, while others work.
    """
    if only_check:
        if target is None or not target.is_file():
            raise ProblemsError([Problem("CLI_003", {"file": target or "—"})])
        session.connect(made=False)
        from shuzhi.apps.administration.archives import check_archive

        with session.progress("核对", "checking") as tick:
            manifest = check_archive(target, tick)
        session.result({"ok": True, "office": manifest.office, "name": manifest.name, "at": manifest.at, "files": len(manifest.members)})  # fmt: skip
        session.print(
            f"备份完好：{manifest.name}，{manifest.at}，{len(manifest.members)} 个文件，{manifest.counts['record']} 条记录。",
            f"The backup is whole: {manifest.name}, {manifest.at}, {len(manifest.members)} files, {manifest.counts['record']} records.",
        )
        return
    actor = session.actor()
    from shuzhi.apps.administration.actions import fresh_path, make_backup

    if target is not None and target.is_dir():
        target = fresh_path(folder=target)
    with session.progress("备份", "backing up") as tick:
        made = make_backup(actor, target, tell=tick)
    size = made.path.stat().st_size
    session.result({"ok": True, "file": str(made.path), "size": size, "point": made.manifest.seq})
    session.print(
        f"已备份到 {made.path}（{size / 2**20:.1f} MB，时点 {made.manifest.seq}）。内有个人信息，请妥善保管。",
        f"Backed up to {made.path} ({size / 2**20:.1f} MB, as of {made.manifest.seq}). It holds personal data; keep it safe.",
    )


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="理由 / reason")
@click.option(
    "--other-office",
    is_flag=True,
    help="允许换成另一个单位的账 / also the archive of another office",
)
@json_option
@pass_session
def restore(session: Session, archive: Path, reason: str, other_office: bool) -> None:
    """恢复：先核对备份，再留一份现在的账，然后换上备份里的账。

    Restore: the archive is checked, what stands now is backed up, then the archive takes its place.
    """
    if not archive.is_file():
        raise ProblemsError([Problem("CLI_003", {"file": archive})])
    session.connect(made=False)
    from shuzhi.apps.administration.actions import restore_backup
    from shuzhi.apps.administration.archives import is_empty

    # a new machine has no accounts yet; an office that is there is only replaced by somebody with the right
    actor = None if is_empty() else session.actor()
    with session.progress("核对", "checking") as tick:
        done = restore_backup(
            actor, archive, reason=reason, allow_other_office=other_office, tell=tick
        )
    session.result({"ok": True, "office": done.manifest.office, "point": done.manifest.seq, "safety": str(done.safety or "")})  # fmt: skip
    if done.safety is not None:
        session.print(
            f"恢复前的账留在 {done.safety}。", f"What stood before is kept in {done.safety}."
        )
    session.print(
        f"已恢复“{done.manifest.name}”到 {done.manifest.at}（时点 {done.manifest.seq}）。接着请运行 shuzhi book verify 和 shuzhi book reconcile。",
        f"“{done.manifest.name}” is restored as of {done.manifest.at} ({done.manifest.seq}). Now run shuzhi book verify and shuzhi book reconcile.",
    )
