"""Sentences of the year's cycle on the pages: nil reports, what stands in the way of closing, kept results."""

from shuzhi.messages.message import Message

MESSAGES = {
    "BOOK_015": Message(
        "目录里没有零报告台账，不能写零报告；请由管理员在目录中定义一本带 nil 的台账",
        "the catalogue defines no ledger of nil reports; have the administrator add one with the trait nil",
    ),
    "BOOK_016": Message(
        "“{name}”{month} 的“{ledger}”已有记录或零报告，不应再写零报告；请先查看这个月的记录",
        "“{name}” already has rows or a nil report in “{ledger}” for {month}, so no nil report is due; look at that month's records first",
    ),
    "BOOK_017": Message(
        "{month} 还没有到，不能提前写零报告；请在当月或以后再写",
        "{month} has not come yet, and a nil report cannot be written ahead; write it in that month or later",
    ),
    "BOOK_018": Message(
        "“{text}”不是 {year} 年里的期间；应为这一年的某个月（如 {year}-06）、季度、半年或全年。请重新选择",
        "“{text}” is no part of {year}; expected a month (such as {year}-06), quarter, half or the whole year. Choose again",
    ),
    "BOOK_019": Message(
        "没有写明补过账的理由；理由会记入审计日志，请写明增加了哪些指标",
        "no reason was given for the backfill; it goes into the audit log. Say which indicators were added",
    ),
    "BOOK_020": Message(
        "没有选择要结账的范围；应为“一并结”“逐个结”或“只结本单位”之一。请选择",
        "it was not said what to close; expected all together, each by itself, or this unit only. Choose one",
    ),
}
