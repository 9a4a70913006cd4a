"""Working on a report's text: one paragraph at a time, versions side by side, figures refreshed, a Word file brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.reports import actions, queries
from shuzhi.apps.reports.models import Report, ReportVersion
from shuzhi.apps.reports.versions import find_version, get_version, local_minute, text_of_version
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.report_versions import (
    FRAME,
    BlockChange,
    BroughtChange,
    ReportText,
    Stretch,
    TextBlock,
    compare_texts,
    compare_words,
    frame_of,
    token_of,
    tokens_of,
)
from shuzhi.exchange.drafts import read_draft_bytes
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.reports.showing import FigureNote, sheet_of
from shuzhi.web.reports.views import (
    VersionLine,
    actor_of,
    address_of,
    may,
    note_words,
    number_in,
    report_of,
    version_lines,
)
from shuzhi.web.words import listed, say

#: bytes of a Word file that is brought back
FILE_LIMIT = 20 * 2**20


# ── one paragraph ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A figure of the report that can be put into a paragraph."""

    key: int
    token: str
    note: FigureNote
    is_used: bool


@dataclass(frozen=True, slots=True)
class EditPage:
    """Context of the editor."""

    report: Report
    address: str
    back: str
    block: str  #: id; "" = a new one; "title"
    after: str  #: of a new one: the block it goes behind
    level: int
    is_new: bool
    is_frame: bool  #: title, addressee, signature or date
    version: int
    typed: str
    figures: Sequence[OwnFigure]
    problems: Sequence[Problem] = ()
    theirs: str = ""  #: the text as somebody else saved it meanwhile
    theirs_by: str = ""
    differences: tuple[Sequence[Stretch], Sequence[Stretch]] = ((), ())  #: theirs, yours
    is_gone: bool = False
    is_part: bool = False  #: only the form, to stand in the sheet
    is_first: bool = False
    is_last: bool = False
    words: dict[str, str] = field(default_factory=dict)


def _figures(text: ReportText) -> list[OwnFigure]:
    notes = sheet_of(text).notes
    used = text.used
    return [
        OwnFigure(key, token_of(run, key), notes[key], key in used)
        for key, run in text.figures.items()
    ]


def _is_whole(request: HttpRequest) -> bool:
    return not request.htmx  # type: ignore[attr-defined]


def edit(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Change, add, move or take out one paragraph."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    if request.method == "POST":
        return _changed(request, report)
    text = text_of_version(get_version(report))
    block, after = request.GET.get("block", ""), request.GET.get("after")
    if after is not None:
        made = _editor(report, text, "", after, "", 0)
    elif block in FRAME:
        made = _editor(report, text, block, "", frame_of(text, block), 0)
    else:
        old = text.block(block)
        made = _editor(report, text, block, "", tokens_of(text, old), old.level)
    return _shown(request, made)


def _shown(request: HttpRequest, made: EditPage, status: int = 200) -> HttpResponse:
    template = "reports/edit.html" if _is_whole(request) else "reports/editor.html"
    return page(request, template, made, status=status)


def _editor(
    report: Report,
    text: ReportText,
    block: str,
    after: str,
    typed: str,
    level: int,
    **more: object,
) -> EditPage:
    ids = [one.id for one in text.blocks]
    return EditPage(
        report=report,
        address=address_of(report, "report-edit"),
        back=f"{address_of(report)}#{block or after or 'top'}",
        block=block,
        after=after,
        level=level,
        is_new=not block,
        is_frame=block in FRAME,
        version=report.version,
        typed=typed,
        figures=_figures(text) if not level and block not in FRAME else [],
        is_first=bool(ids) and ids[0] == block,
        is_last=bool(ids) and ids[-1] == block,
        words=note_words(),
        **more,  # type: ignore[arg-type]
    )


def _changed(request: HttpRequest, report: Report) -> HttpResponseBase:
    given = request.POST
    actor, number = actor_of(request), report.number
    expected = number_in(given, "version")
    block, after = given.get("block", ""), given.get("after", "")
    level = number_in(given, "level")
    level = level if level <= 4 else 0
    typed = given.get("text", "")
    action = given.get("action", "save")
    before = report.version
    try:
        made = _act(actor, number, action, expected, block, after, level, typed)
    except ProblemsError as error:
        report.refresh_from_db()
        return _refused(request, report, error.problems, block, after, typed, level)
    if made.number == before:
        messages.info(request, say("没有改动。", "Nothing was changed."))
    else:
        _say_done(request, report, made, action)
    goes = block or after
    if action == "save" and not block:
        goes = (text_of_version(made).blocks and _newest(text_of_version(made))) or after
    return redirect(f"{address_of(report)}#{goes or 'top'}")


def _newest(text: ReportText) -> str:
    return f"b{text.last}"


def _act(
    actor: actions.Actor,
    number: str,
    action: str,
    expected: int,
    block: str,
    after: str,
    level: int,
    typed: str,
) -> ReportVersion:
    if action == "delete":
        return actions.delete_paragraph(actor, number, expected, block)
    if action in ("up", "down"):
        return actions.move_paragraph(actor, number, block, -1 if action == "up" else 1)
    if block in FRAME:
        return actions.change_frame(actor, number, expected, block, typed)
    if block:
        return actions.edit_paragraph(actor, number, expected, block, typed)
    return actions.insert_paragraph(actor, number, after, typed, level=level)


def _say_done(request: HttpRequest, report: Report, made: ReportVersion, action: str) -> None:
    words = {
        "delete": say("已删除，存为第 {n} 版；“撤销”可以恢复。", "Deleted; this is version {n}. “Undo” brings it back.", n=made.number),
        "up": say("已上移。", "Moved up."),
        "down": say("已下移。", "Moved down."),
    }.get(action, say("已保存为第 {n} 版。", "Saved as version {n}.", n=made.number))  # fmt: skip
    messages.success(request, words)
    if action != "save":
        return
    report.refresh_from_db()
    typed = queries.numbers_without_source(report, made)
    before = find_version(report, made.number - 1)
    known = (
        {(one.block, one.text) for one in queries.numbers_without_source(report, before)}
        if before is not None
        else set()
    )
    fresh = [one.text for one in typed if (one.block, one.text) not in known]
    if fresh:
        messages.warning(
            request,
            say("{numbers} 是手工输入的数，账上没有来源，已在文中标出；能用“本报告的数”代替的请改用。", "{numbers}: typed by hand, without a source in the books; marked in the text. Use the report's own figures where you can.", numbers=listed(fresh)),
        )  # fmt: skip


def _refused(
    request: HttpRequest,
    report: Report,
    problems: Sequence[Problem],
    block: str,
    after: str,
    typed: str,
    level: int,
) -> HttpResponse:
    """The editor again with everything that was typed; where somebody else was quicker, both texts."""
    text = text_of_version(get_version(report))
    here: TextBlock | None = next((one for one in text.blocks if one.id == block), None)
    codes = {one.code for one in problems}
    more: dict[str, object] = {"problems": problems}
    if "REPORT_061" in codes:
        latest = get_version(report)
        names = queries.displays([latest.actor])
        theirs = frame_of(text, block) if block in FRAME else ""
        theirs = tokens_of(text, here) if here else theirs
        more |= {
            "theirs": theirs,
            "theirs_by": f"{names.get(latest.actor, latest.actor)} {local_minute(latest.at)}",
            "differences": compare_words(theirs, typed),
        }
    if "REPORT_052" in codes:
        more["is_gone"] = True
    if here is None and block and block not in FRAME:
        anchor = text.blocks[-1].id if text.blocks else ""
        made = _editor(report, text, "", anchor, typed, 0, **more)
    else:
        made = _editor(report, text, block, after, typed, here.level if here else level, **more)
    return page(request, "reports/edit.html", made, status=409 if "REPORT_061" in codes else 422)


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Context of the versions."""

    report: Report
    versions: Sequence[VersionLine]
    before: int
    after: int
    changes: Sequence[BlockChange]
    same: int
    may_restore: bool


def versions(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """All versions, and two of them side by side."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    found = queries.versions_of(report)
    names = queries.displays(one.actor for one in found)

    def chosen(name: str, otherwise: int) -> int:
        text = request.GET.get(name, "")
        return (
            int(text)
            if text.isascii()
            and text.isdigit()
            and len(text) < 10
            and 0 < int(text) <= report.version
            else otherwise
        )

    after = chosen("b", report.version)
    before = chosen("a", max(after - 1, 1))
    changes = compare_texts(
        text_of_version(get_version(report, before)), text_of_version(get_version(report, after))
    )
    different = [one for one in changes if one.change != "same"]
    return page(
        request,
        "reports/versions.html",
        VersionsPage(
            report,
            version_lines(found, names, queries.kept_versions(report)),
            before,
            after,
            different,
            len(changes) - len(different),
            report.state not in actions.FROZEN and may(request, "report.make"),
        ),
    )


def restore(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Make an earlier version the latest again: undo, redo, restore."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    given = request.POST
    wanted = number_in(given, "restore")
    expected = number_in(given, "version")
    made = actions.restore_version(actor_of(request), report.number, expected, wanted)
    messages.success(
        request,
        say("已恢复到第 {old} 版，存为第 {n} 版。", "Version {old} is back as version {n}.", old=wanted, n=made.number),
    )  # fmt: skip
    return redirect(address_of(report))


# ── figures as the books say them now ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RenewalLine:
    """A figure before and after."""

    title: str
    before: str
    after: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class RefreshPage:
    """Context of the refresh."""

    report: Report
    version: int
    as_of_before: int
    as_of: int
    changes: Sequence[RenewalLine]
    lost: Sequence[RenewalLine]
    offered: Sequence[tuple[int, str, str]]  #: place, heading, words
    missing_before: int
    missing: int
    problems: Sequence[Problem] = ()


def refresh(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Show what the books say now, and print that."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    actor = actor_of(request)
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        given = request.POST
        expected = number_in(given, "version")
        chosen = [
            int(one)
            for one in given.getlist("sentence")
            if one.isascii() and one.isdigit() and len(one) < 10
        ]
        try:
            made = actions.refresh_figures(actor, report.number, expected, with_sentences=chosen)
        except ProblemsError as error:
            problems = error.problems
            report.refresh_from_db()
        else:
            messages.success(
                request,
                say("数字已按现在的账刷新，存为第 {n} 版。", "The figures are as the books say now; this is version {n}.", n=made.number),
            )  # fmt: skip
            return redirect(address_of(report))
    found = actions.renewal_of(actor, report.number)
    lines = [RenewalLine(one.title, one.before, one.after, one.is_used) for one in found.changes]
    context = RefreshPage(
        report,
        found.version,
        report.as_of,
        found.as_of,
        [one for one in lines if one.after],
        [one for one in lines if not one.after and one.is_used],
        [(index, one.heading, one.shown) for index, one in enumerate(found.offered)],
        found.missing_before,
        found.text.open_missing,
        problems,
    )
    return page(request, "reports/refresh.html", context, status=422 if problems else 200)


# ── a Word file brought back ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BroughtLine:
    """One difference of the file."""

    index: int
    change: str
    block: str
    after: str
    level: int
    typed: str
    before: Sequence[Stretch]
    now: Sequence[Stretch]
    figures: Sequence[tuple[str, str, str]]  #: title, in the books, in the file
    dropped: Sequence[str]
    is_chosen: bool
    is_stale: bool = False  #: somebody changed the paragraph since; it has to be merged by hand


@dataclass(frozen=True, slots=True)
class BringBackPage:
    """Context of bringing a file back."""

    report: Report
    is_open: bool
    problems: Sequence[Problem] = ()
    name: str = ""
    version: int = 0
    latest: int = 0
    lines: Sequence[BroughtLine] = ()
    same: int = 0
    left_out: int = 0
    title: str = ""
    title_chosen: bool = True
    changed_figures: int = 0
    is_read: bool = False


def bring_back(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Upload an edited Word file and see what it says otherwise."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    is_open = report.state not in actions.FROZEN
    if request.method == "GET":
        return page(request, "reports/bring_back.html", BringBackPage(report, is_open))
    file = request.FILES.get("file")
    problems: Sequence[Problem]
    if file is None:
        problems = [Problem("REPORT_072", {})]
    elif file.size is not None and file.size > FILE_LIMIT:
        problems = [Problem("REPORT_073", {"name": file.name, "limit": FILE_LIMIT // 2**20})]
    else:
        try:
            draft = read_draft_bytes(file.read(), file.name or "")
            found = actions.bring_back(actor_of(request), report.number, draft)
        except ProblemsError as error:
            problems = error.problems
        else:
            context = _brought(report, is_open, file.name or "", found)
            return page(request, "reports/bring_back.html", context)
    context = BringBackPage(report, is_open, problems)
    return page(request, "reports/bring_back.html", context, status=422)


def _brought(report: Report, is_open: bool, name: str, found: actions.BroughtBack) -> BringBackPage:
    lines = [
        BroughtLine(
            index,
            one.change,
            one.block,
            one.after,
            one.level,
            _typed(found.text, one),
            one.before,
            one.now,
            [(c.title, c.printed, c.found or "—") for c in one.figures],
            [found.text.figures[key].title for key in one.dropped],
            one.change in ("changed", "added"),
        )
        for index, one in enumerate(found.brought.changes)
    ]
    return BringBackPage(
        report,
        is_open,
        (),
        name,
        found.version,
        found.latest,
        lines,
        found.brought.same,
        found.brought.left_out,
        found.brought.title,
        changed_figures=sum(len(one.figures) for one in lines),
        is_read=True,
    )


def _typed(text: ReportText, change: BroughtChange) -> str:
    block = TextBlock(change.block or "b0", change.pieces, change.level)
    return tokens_of(text, block)


def accept(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Take the chosen paragraphs of the file into one new version."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    given = request.POST
    chosen: list[actions.Accepted] = []
    for index in given.getlist("take"):
        if not index.isdigit():
            continue
        level = number_in(given, f"level-{index}")
        chosen.append(
            actions.Accepted(
                given.get(f"change-{index}", "changed"),
                given.get(f"block-{index}", ""),
                given.get(f"text-{index}", ""),
                level if level <= 4 else 0,
                given.get(f"after-{index}", ""),
            )
        )
    expected = number_in(given, "version")
    name = given.get("name", "")[:120]
    title = given.get("title", "") if given.get("take-title") else ""
    try:
        made = actions.accept_brought(
            actor_of(request), report.number, expected, chosen, title=title, reason=name
        )
    except ProblemsError as error:
        report.refresh_from_db()
        context = _kept(report, given, error.problems)
        return page(request, "reports/bring_back.html", context, status=422)
    messages.success(
        request,
        say("已采用 {n} 处修改，存为第 {v} 版。", "{n} changes taken over; this is version {v}.", n=len(chosen) + bool(title), v=made.number),
    )  # fmt: skip
    return redirect(address_of(report))


def _kept(report: Report, given: QueryDict, problems: Sequence[Problem]) -> BringBackPage:
    """The differences as they were posted, so that nothing has to be uploaded again."""
    taken = set(given.getlist("take"))
    expected = number_in(given, "version") or report.version
    found = find_version(report, expected)
    before = text_of_version(found) if found is not None else None
    latest = text_of_version(get_version(report)).blocks
    stale = {
        latest[one.params["paragraph"] - 1].id for one in problems if one.params.get("paragraph")
    }
    lines = []
    index = 0
    while f"change-{index}" in given:
        block, typed = given.get(f"block-{index}", ""), given.get(f"text-{index}", "")
        change = given.get(f"change-{index}", "")
        old = next((b for b in before.blocks if b.id == block), None) if before else None
        shown = tokens_of(before, old) if before is not None and old is not None else ""
        left, right = compare_words(shown, "" if change == "removed" else typed)
        lines.append(
            BroughtLine(
                index,
                change,
                block,
                given.get(f"after-{index}", ""),
                number_in(given, f"level-{index}"),
                typed,
                left,
                right,
                [],
                [],
                str(index) in taken and block not in stale,
                block in stale,
            )
        )
        index += 1
    return BringBackPage(
        report,
        report.state not in actions.FROZEN,
        problems,
        given.get("name", ""),
        expected,
        report.version,
        lines,
        title=given.get("title", ""),
        title_chosen=bool(given.get("take-title")),
        is_read=True,
    )
