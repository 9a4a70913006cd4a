"""Sentences about a ledger's table: its filters, columns and saved views."""

from shuzhi.messages.message import Message

MESSAGES = {
    "TABLE_001": Message(
        "“{field}”是个人信息，筛选、排序或检索它须有“查看未打码的个人信息”的权限，并先写明理由",
        "“{field}” is personal; filtering, sorting or searching by it needs the right to unmask personal data, and a reason given first",
    ),
    "TABLE_002": Message(
        "这本台账没有“{column}”这一栏；请从表头或“选择栏目”中选",
        "this ledger has no column “{column}”; choose one from the table's head or from “Columns”",
    ),
    "TABLE_003": Message(
        "“{field}”的筛选条件“{found}”读不出来；数字写成 12.5，日期写成 2023-05-01 或 2023-05",
        "the filter “{found}” of “{field}” cannot be read; write a number as 12.5, a date as 2023-05-01 or 2023-05",
    ),
    "TABLE_004": Message(
        "请给视图起一个名字，不超过 {limit} 个字",
        "give the view a name of at most {limit} characters",
    ),
    "TABLE_005": Message(
        "您在这本台账已存了 {limit} 个视图；请先删去不用的",
        "you have saved {limit} views of this ledger already; remove some you do not need",
    ),
    "TABLE_006": Message(
        "这个视图已经没有了，或者不是您存的；只能删除自己存的视图",
        "this view is gone, or somebody else's; only one's own can be removed",
    ),
    "TABLE_007": Message(
        "查看未打码的个人信息须写明理由，例如“核对低保名单”；理由会记入审计日志",
        "give a reason for seeing personal data unmasked, e.g. “comparing the allowance list”; it is noted in the audit log",
    ),
    "TABLE_008": Message(
        "请先在表中勾选要撤回的记录",
        "tick the records to withdraw in the table first",
    ),
    "TABLE_009": Message(
        "这次要导出 {count} 条，一次最多 {limit} 条；请先按单位或日期筛选，分几次导出",
        "{count} records would be exported, at most {limit} at once; filter by unit or date and export in parts",
    ),
}
