"""Sentences of approving in the browser."""

from shuzhi.messages.message import Message

MESSAGES = {
    "APPROVAL_001": Message(
        "记录 {record} 在您打开这一页以后又被改过；请看新的内容，再决定通过还是退回",
        "record {record} was changed after you opened this page; look at the new content, then decide",
    ),
    "APPROVAL_002": Message(
        "记录 {record} 已由别人处理，现在是“{state}”；不用再办",
        "record {record} has already been dealt with and is now {state}; nothing is left to do",
    ),
    "APPROVAL_003": Message(
        "没有选中任何记录；请先勾选要办的记录",
        "no record is selected; select the records first",
    ),
    "APPROVAL_004": Message(
        "没有写退回的理由；记账员要凭理由改正。请写明哪里不对、怎样改",
        "no reason for returning was given, and the clerk mends by it. Say what is wrong and how to mend it",
    ),
}
