"""The workbench (工作台): the first page after signing in. What waits for me, what is due, how the year stands, what is new."""

from __future__ import annotations

from shuzhi.web.pages import SIGNED_IN, Help, Page, Right
from shuzhi.web.words import Words
from shuzhi.web.workbench.views import report_nil, workbench

PAGES = [
    Page(
        "workbench",
        "at/<unit:unit>/workbench/",
        {"GET": SIGNED_IN},
        workbench,
        Help(
            Words(
                "这里把等您办的事放在一起：退回给您的记录（附原因，点“去改”直接打开表单）、等您审核的记录、没写完的草稿、本月还缺的台账。"
                "右边是本年账册走到哪一步、目标完成了多少、上次来过以后有什么变化。"
                "缺报的规则：流水类台账，前六个月里有三个月以上记过账或交过零报告的，这个月也应当有（去年也是到这个月就停了的季节性台账除外）；确实没有发生，点“零报告”即可。",
                "This page puts together what waits for you: records returned to you (with the reason; “Mend” opens the form), records waiting for your "
                "approval, unfinished drafts, and ledgers still missing this month. On the right: where this year's book stands, how far the targets are, and "
                "what changed since you were last here. A ledger counts as missing when it is a ledger of events and three of the six months before had rows "
                "or nil reports, unless it paused in the same month of last year; when nothing happened, press “Nil report”.",
            ),
            Words(
                "甲村六月没有纠纷：在“本月还缺”里找到“矛盾纠纷台账”，点“零报告”，镇里审核后，六月的纠纷就是 0，而不是不详。",
                "Village A had no dispute in June: find “Disputes” under what is missing, press “Nil report”; once the town has approved it, the disputes of "
                "June are 0 and no longer unknown.",
            ),
        ),
    ),
    Page(
        "nil-report",
        "at/<unit:unit>/workbench/nil/",
        {"POST": Right("record.create")},
        report_nil,
        fragment=True,
    ),
]
