"""Addresses of entering and reading records: the form, the grid, the record's page, drafts, evidence."""

from __future__ import annotations

from shuzhi.web.entry import forms, grids, held_page, records
from shuzhi.web.pages import SIGNED_IN, Help, Page, Right
from shuzhi.web.words import Words

_CREATE, _REVISE, _READ = Right("record.create"), Right("record.revise"), Right("record.read")
_WRITE = Right(any_of=("record.create", "record.revise"))
_LEDGER = "at/<unit:unit>/ledgers/<slug:ledger>/"
_RECORD = "at/<unit:unit>/records/<int:record>/"

_FORM = Help(
    Words(
        "逐栏填写，带 * 的必须填。数量只填数字，也可以带单位，如“2.5公顷”，系统会换算；没有发生的填 0，不清楚的留空。"
        "写了一半可以存草稿，只有自己看得到。提交后由别人审核，审核通过才计入各数。",
        "Fill in field by field; those with * are needed. Quantities are numbers, or numbers with a unit such as 2.5 hectares (in its Chinese sign), which is converted; enter 0 for none and "
        "leave blank what is not known. Half-done work can be kept as a draft that only you see. Somebody else approves what you submit; only then does it count.",
    ),
    Words(
        "记一块茶园：登记日期 2023-03-01，地块号 T001，面积 2.5，按“提交并记下一条”接着记 T002。",
        "A tea garden: recorded on 2023-03-01, plot T001, area 2.5; “Submit and next” goes on with T002.",
    ),
)
_EDIT = Help(
    Words(
        "改动会成为一条新的修订，原来的内容仍留在历史里。没有显示的个人信息，留空就是不改。"
        "如果您填写期间别人也改了这条，会把两边并排列出来，由您逐栏选定，不会互相覆盖。已审核的记录更正后要再审核，之前的数不变。",
        "A change becomes a new revision; the content before stays in the history. Personal data is not shown; leaving it blank keeps it. "
        "If somebody else changed the record meanwhile, both versions are shown side by side and you choose field by field. An approved record must be approved again; until then figures stay.",
    ),
    Words(
        "面积原来误填 25，改为 2.5，理由写“多写一位”，提交后由审核员审核。",
        "The area was 25 by mistake: change it to 2.5, give “one digit too many” as the reason, and the reviewer approves it.",
    ),
)
_GRID = Help(
    Words(
        "像电子表格一样录入：可以从 Excel、WPS 复制一块粘贴进来，第一行是表头时按表头对应。方向键移动，回车向下，直接打字即改写，F2 修改，"
        "Ctrl+D 向下填充，Ctrl+Z 撤销，F8 跳到下一处问题，Ctrl+回车提交。边填边核对，有问题的格子会标出；草稿每隔几秒自动保存，只有自己看得到。",
        "Enter rows as in a spreadsheet: copy a block from Excel or WPS and paste it; when its first row is a header, columns follow it. Arrow keys move, Enter goes down, typing "
        "overwrites, F2 edits, Ctrl+D fills down, Ctrl+Z undoes, F8 goes to the next problem, Ctrl+Enter submits. Cells are checked as you type; the draft is kept every few seconds and only you see it.",
    ),
    Words(
        "在 WPS 里选中 50 行连同表头，复制，点第一格，粘贴；红色的 3 格改好后按 Ctrl+回车。",
        "Select 50 rows with their header in WPS, copy, click the first cell, paste; mend the 3 red cells and press Ctrl+Enter.",
    ),
)
_ONE = Help(
    Words(
        "一条记录的全部：现在的内容、在等谁、历次改动（改前改后并排）、佐证、过了哪些账、计入哪些数。个人信息默认打码；确需查看时写明理由，系统会记下来。"
        "记录从不删除：填错了就更正，不该有的就撤回，都要写理由、留痕迹。",
        "All about one record: its content, for whom it waits, every change with before and after, evidence, what it posted and the figures it counts in. Personal data is masked; "
        "with a reason, which is noted, it can be shown. Records are never deleted: revise what is wrong, withdraw what should not be.",
    ),
    Words(
        "发现 T001 面积填错：按“更正”，改好提交；历史里会列出“茶园面积 25 → 2.5”。",
        "The area of T001 is wrong: press Revise, mend it and submit; the history shows “Tea area 25 → 2.5”.",
    ),
)
_HELD = Help(
    Words(
        "登录过期时您提交的内容保留在这里，一小时内有效，只有您的帐号看得到。核对后可以接着提交，也可以丢弃；选好的文件没有保留，要重新选。",
        "What you submitted when the session had ended is kept here for an hour; only your account sees it. Check it and submit it, or discard it; chosen files are not kept and must be chosen again.",
    ),
    Words(
        "写好撤回理由时登录过期：重新登录后在这里按“接着提交”。",
        "The session ended while you gave a reason for a withdrawal: sign in again and press “Submit it now” here.",
    ),
)

PAGES = [
    Page("record-new", f"{_LEDGER}new/", {"GET": _CREATE, "POST": _CREATE}, forms.record_new, _FORM),
    Page("grid", f"{_LEDGER}grid/", {"GET": _CREATE, "POST": _CREATE}, grids.grid, _GRID),
    Page("entry-check", f"{_LEDGER}check/", {"POST": _WRITE}, grids.entry_check, fragment=True),
    Page("entry-suggest", f"{_LEDGER}keys/", {"POST": _WRITE}, grids.entry_suggest, fragment=True),
    Page("draft-save", f"{_LEDGER}drafts/", {"POST": _WRITE}, grids.draft_save, fragment=True),
    Page(
        "draft-discard",
        f"{_LEDGER}drafts/<int:draft>/discard/",
        {"POST": _WRITE},
        grids.draft_discard,
        fragment=True,
    ),
    Page("record", _RECORD, {"GET": _READ}, records.record, _ONE),
    Page("record-edit", f"{_RECORD}edit/", {"GET": _REVISE, "POST": _REVISE}, forms.record_edit, _EDIT),
    Page("record-unmask", f"{_RECORD}unmask/", {"POST": Right("record.unmask")}, records.record_unmask, _ONE),
    Page("record-withdraw", f"{_RECORD}withdraw/", {"POST": Right("record.withdraw")}, records.record_withdraw, _ONE),
    Page("record-attach", f"{_RECORD}files/", {"POST": _REVISE}, records.record_attach, _ONE),
    Page(
        "attachment",
        f"{_RECORD}files/<slug:digest>/",
        {"GET": _READ},
        records.attachment,
        fragment=True,
    ),
    Page("held", "held/<uuid:number>/", {"GET": SIGNED_IN, "POST": SIGNED_IN}, held_page.held, _HELD),
]  # fmt: skip
