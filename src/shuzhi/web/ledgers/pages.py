"""Addresses of ledgers: all of them, each as a table, and the search over a unit."""

from __future__ import annotations

from shuzhi.web.ledgers import overview_page, search_page, table_page
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.words import Words

_READ = Right("record.read")
_LEDGER = "at/<unit:unit>/ledgers/<slug:ledger>/"

_OVERVIEW = Help(
    Words(
        "本单位和下级单位要记的台账，按工作条线排列。“本月”一栏说明每本流水台账这个月记了没有：已记、零报告或未记；登记册有变动才记，不按月催。"
        "点台账名看全部记录，点“记一条”直接填写；当月确实没有发生的，记一条零报告，空着会被当作“不详”，不会当作零。",
        "The ledgers this unit and those below it keep, by line of work. “This month” tells of each journal whether it has rows, a nil report or nothing yet; registers are written when "
        "something changes. Open a ledger by its name, or record at once. If nothing happened in a month, make a nil report: a blank month is unknown, not zero.",
    ),
    Words(
        "五月没有发生纠纷：按“本月未记”筛出“矛盾纠纷”，记一条零报告，状态变为“零报告”。",
        "No dispute in May: choose “Nothing this month”, make a nil report for disputes, and the state becomes “nil report”.",
    ),
)
_TABLE = Help(
    Words(
        "像电子表格一样看一本台账。点表头排序；“筛选”里可按任何一栏筛，数字和日期可填起止；“栏目”选要看的列；常用的筛选可存成视图，也可与本单位的人共用。"
        "最下面一行是全部筛选结果的合计（不只是这一页），“空”表示没有填的条数，不当作零。键盘：J、K 上下移动，回车打开，Page Down 到底后翻页，/ 检索。",
        "A ledger as a table. Click a head to sort; under “Filter” any column can be narrowed, numbers and dates from–to; “Columns” chooses what is shown; a set of filters can be saved as a view, "
        "for yourself or shared in the unit. The last row adds up all filtered records, not only this page; “blank” counts what is not filled in, which is not zero. Keys: J and K move, Enter opens, Page Down at the end turns the page, / searches.",
    ),
    Words(
        "看甲村五亩以上的果园：筛选 → 单位选“甲村”，面积“从”填 5 → 筛选；合计行就是这些果园的总面积；再按“导出 Excel”。",
        "Orchards of 5 mu and more in one village: Filter → choose the unit, area from 5 → Filter; the totals row is their area; then export to Excel.",
    ),
)
_SEARCH = Help(
    Words(
        "在本单位范围内一起查台账、指标、单位和记录。记录按编号（户号、地块号等）开头匹配，也在每个单位最近的记录里按文字查；要查一本台账的全部记录，请打开那本台账再检索。"
        "姓名、证件号等个人信息不在这里查；有权限的，在页面下方另有查法，不会留在网址里。",
        "Finds ledgers, indicators, units and records of this unit at once. Records are found by the beginning of their number, and by words in the newest records of each unit; to search all of a "
        "ledger, open it and search there. Names and identity numbers are not searched here; those who may have a separate box below, which leaves nothing in the address.",
    ),
    Words(
        "输入“0012”找到户号 0012 的农户和写有这个户号的记录；输入“果园”找到果园台账和果园面积。",
        "“0012” finds household 0012 and records that name it; “orchard” finds the ledger and the indicator.",
    ),
)

PAGES = [
    Page("ledgers", "at/<unit:unit>/ledgers/", {"GET": _READ}, overview_page.ledgers, _OVERVIEW),
    Page("ledger", _LEDGER, {"GET": _READ}, table_page.ledger_table, _TABLE),
    Page("ledger-totals", _LEDGER + "totals/", {"GET": _READ}, table_page.ledger_totals, fragment=True),
    Page("ledger-export", _LEDGER + "export/", {"POST": Right("ledger.export")}, table_page.ledger_export, fragment=True),
    Page("ledger-withdraw", _LEDGER + "withdraw/", {"POST": Right("record.withdraw")}, table_page.ledger_withdraw, _TABLE),
    Page("ledger-unmask", _LEDGER + "unmask/", {"POST": Right("record.unmask")}, table_page.ledger_unmask, _TABLE),
    Page("ledger-view-save", _LEDGER + "views/", {"POST": _READ}, table_page.ledger_view_save, _TABLE),
    Page("ledger-view-remove", _LEDGER + "views/remove/", {"POST": _READ}, table_page.ledger_view_remove, fragment=True),
    Page("search", "at/<unit:unit>/search/", {"GET": _READ, "POST": Right("record.unmask")}, search_page.search_all, _SEARCH),
    Page("suggest", "at/<unit:unit>/suggest/<slug:ledger>/", {"GET": _READ}, search_page.suggest, fragment=True),
]  # fmt: skip
