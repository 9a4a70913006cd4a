"""Addresses of the books (账册): the year's cycle of a unit and of those below it, and the proof that every figure follows from the rows."""

from __future__ import annotations

from shuzhi.web.books.proofs import proofs, prove
from shuzhi.web.books.views import (
    adjusting,
    book,
    books,
    check,
    close,
    closings,
    make_check,
    open_book,
    reopen,
    statement,
)
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.words import Words

_READ = Right("figure.read")

PAGES = [
    Page(
        "books",
        "at/<unit:unit>/books/",
        {"GET": _READ},
        books,
        Help(
            Words(
                "每个单位每年一本账册：年初建账（把要算账的年份打开、登记目标），年中查账（对照目标和勾稽关系看一遍），年底交账（结账后数字不再变）。"
                "这里按年份看各单位走到哪一步。数字是单位数，例如“8/9”表示 9 个单位里 8 个办了。",
                "Every unit has one book for each year: opened at its beginning (with the targets), checked in the middle (against targets and relations), "
                "closed at its end (after which its figures no longer change). This page shows by year how far each unit is. “8/9” means 8 of 9 units.",
            ),
            Words(
                "示范镇 12 月底想交账：先看哪些村还没有结，点村名进去，把待审的记录处理完，再回来一并结账。",
                "The town wants to close at the end of December: see which villages are open, follow their names, deal with waiting records, then close all.",
            ),
        ),
    ),
    Page(
        "proofs",
        "at/<unit:unit>/books/proofs/",
        {"GET": _READ, "POST": Right("book.check")},
        proofs,
        Help(
            Words(
                "对账：把每一条已审核的记录从头到尾重新算一遍，与账上存的每一个数逐一比较。验封：检查每条记录的封签有没有被人绕过程序改动。"
                "两样都在后台进行，不影响别人记账；结果保留在这里。",
                "Reconciling computes every approved record anew and compares the result with every figure in the books. Verifying checks the seals of all "
                "records, so that nobody can have changed them past the program. Both run in the background; the results stay here.",
            ),
            Words(
                "年底交账前点一次“对账”和“验封”，两项都是“一致”，再打印账册情况表留档。",
                "Before closing the year run both once; when both are sound, print the statement of the book and file it.",
            ),
        ),
    ),
    Page("backfill", "at/<unit:unit>/books/backfill/", {"POST": Right("book.close")}, prove, fragment=True),
    Page(
        "book",
        "at/<unit:unit>/books/<int:year>/",
        {"GET": _READ},
        book,
        Help(
            Words(
                "一本账册的一年分三步：年初建账、年中查账、年底交账。每一步写着做什么、由谁在什么时候做的。"
                "结账前，页面先列出还有什么没办完，点链接过去办。结账后需要改动，更正会记到下一个没有结账的月份，标明“调整”；"
                "一定要改已结月份的，由上级写明理由重开。",
                "A book's year has three steps: open, check in the middle, close. Each says what it does and who did it when. Before closing, the page lists "
                "what is in the way, with links. Corrections after closing go to the next open month, marked “adjusting”; if a closed month itself must "
                "change, the level above reopens it, with a reason.",
            ),
            Words(
                "甲村 2023 年有一条记录待审，结账会列出“甲村：1 条待审”，点进去审核以后就能结账。",
                "One record of Village A waits in 2023: closing lists “Village A: 1 waiting”; follow it, approve, and the year can be closed.",
            ),
        ),
    ),
    Page("book-open", "at/<unit:unit>/books/<int:year>/open/", {"POST": Right("book.open")}, open_book, fragment=True),
    Page("book-checks", "at/<unit:unit>/books/<int:year>/checks/", {"POST": Right("book.check")}, make_check, fragment=True),
    Page(
        "book-check",
        "at/<unit:unit>/books/<int:year>/checks/<int:seq>/",
        {"GET": _READ},
        check,
        Help(
            Words(
                "一次年中查账的结果，按当时的数保存：目标完成多少、哪些勾稽关系不成立、哪些月份缺报、还有多少待审。以后改了账，这一页也不变；可以打印。",
                "The result of one mid-year check as it was then: how far the targets were, which relations did not hold, which months were missing, what "
                "waited. It does not change when the books do, and can be printed.",
            ),
            Words("七月初查账，打印出来交镇里；年底对照看哪些问题已经解决。", "Check in early July, print it for the town, and compare at the end of the year."),
        ),
    ),
    Page("book-close", "at/<unit:unit>/books/<int:year>/close/", {"POST": Right("book.close")}, close, fragment=True),
    Page(
        "book-closings",
        "at/<unit:unit>/books/<int:year>/closings/<uuid:number>/",
        {"GET": Right("book.close")},
        closings,
        Help(
            Words(
                "逐个单位结账的结果：哪些单位结了，哪些没有结、为什么。没有结的办完以后再结一次即可，已结的不受影响。",
                "How closing unit by unit came out: which units closed, which did not and why. Mend those and close again; closed ones stay as they are.",
            ),
            Words("23 个村里 22 个已结，丙村有 2 条待审：审核后再结一次。", "22 of 23 villages closed; Village C has 2 records waiting: approve them and close again."),
        ),
    ),
    Page("book-reopen", "at/<unit:unit>/books/<int:year>/reopen/", {"POST": Right("book.reopen")}, reopen, fragment=True),
    Page(
        "book-adjusting",
        "at/<unit:unit>/books/<int:year>/adjusting/",
        {"GET": _READ},
        adjusting,
        Help(
            Words(
                "月份结账以后才审核的更正，不改动已交的数，而是记到下一个没有结账的月份，标明“调整”。这里列出这一年里所有的调整，每一笔都能点到原记录。",
                "Corrections approved after their month was closed do not change what was handed in; they go to the next open month, marked “adjusting”. "
                "All of this year's are listed here, each with its record.",
            ),
            Words(
                "2023 年已交账，2024 年 1 月发现甲村少记 0.5 亩：更正后 2024 年 1 月出现一笔 +0.5 亩的调整。",
                "2023 is closed; in January 2024 half a mu turns out to be missing in Village A: the correction appears as +0.5 in January 2024.",
            ),
        ),
    ),
    Page(
        "book-statement",
        "at/<unit:unit>/books/<int:year>/statement/",
        {"GET": _READ},
        statement,
        Help(
            Words(
                "账册情况表：建账、查账、结账、重开各是什么时候、谁办的、账上的时点号是多少，供打印、签字、存档。",
                "The statement of a book: when and by whom it was opened, checked, closed and reopened, with the points of the books; to be printed and filed.",
            ),
            Words("年底交账后点“打印”，由村、镇两级签字存档。", "After closing press “Print”; village and town sign and file it."),
        ),
    ),
]  # fmt: skip
