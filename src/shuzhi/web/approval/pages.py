"""Addresses of approval."""

from __future__ import annotations

from shuzhi.web.approval import views
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.words import Words

_MAY = Right("record.approve")

PAGES = [
    Page(
        "approval",
        "at/<unit:unit>/approval/",
        {"GET": _MAY},
        views.queue,
        Help(
            Words(
                "等您审核的记录，按台账和单位列出，最早的排在前面。点台账看全部，点村名只看这个村的。"
                "审核通过的记录才计入汇总数。自己写的记录要由别人审核，这里会注明有几条。",
                "Records that wait for your approval, by ledger and unit, the earliest first. Open a ledger for all of it, or a unit for that unit alone. "
                "Only approved records count in figures. Your own must be approved by somebody else; how many there are is said here.",
            ),
            Words(
                "“果园台账 48 条，甲村 30、乙村 18，最早 2023-03-01”：点“甲村 30”，看过后全选，点“通过”。",
                "“Orchards 48: village A 30, village B 18, earliest 2023-03-01”: open “village A 30”, look through, select all, approve.",
            ),
        ),
    ),
    Page(
        "approval-ledger",
        "at/<unit:unit>/approval/<slug:ledger>/",
        {"GET": _MAY, "POST": _MAY},
        views.records,
        Help(
            Words(
                "每行一条待审的记录；更正过的，划去的是原来审核过的值，绿色的是新值；要撤回的整行划去。勾选后点“通过”，或写明理由退回。"
                "在您看的时候被改过的记录不会糊里糊涂通过，会重新显示新内容。"
                "键盘：j、k 上下移动，x 勾选，a 通过，r 退回。",
                "Each row is a waiting record. Of a revised one the struck value was approved before and the green one is new; a withdrawal is struck as a whole. "
                "Select rows and approve them, or return them with a reason. A record that was changed while you looked is shown again and never approved unseen. "
                "Keys: j and k move, x selects, a approves, r returns.",
            ),
            Words(
                "50 条里有 2 条面积太大：勾这 2 条，选理由“数量与佐证不符”，点“退回”；再全选其余 48 条，点“通过”。",
                "Two of 50 are too large: select these two, choose the reason “the amount does not agree”, return them; then select the other 48 and approve.",
            ),
        ),
    ),
    Page(
        "approval-done",
        "at/<unit:unit>/approval/done/<int:first>-<int:last>/",
        {"GET": _MAY},
        views.done,
        Help(
            Words(
                "您刚才通过的记录使哪些指标变了，从多少变到多少。点指标可看它由哪些记录组成。"
                "审核通过不能撤销：发现错了，由记账员更正或撤回那条记录，再审核一次，前后都留在历史里。",
                "Which indicators your approval changed, and from what to what. Open one to see the records behind it. An approval cannot be undone: when something "
                "is wrong, the clerk revises or withdraws the record and it is approved again; both stay in the history.",
            ),
            Words(
                "通过 40 条果园记录后：果园面积 1,203.5 → 1,318.2 亩。",
                "After 40 orchard records: orchard area 1,203.5 → 1,318.2 mu.",
            ),
        ),
    ),
]
