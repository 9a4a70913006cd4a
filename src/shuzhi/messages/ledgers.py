"""Sentences about single rows and cells of ledgers."""

from shuzhi.messages.message import Message

MESSAGES = {
    "LEDGER_001": Message(
        "“{field}”是空的；这一栏必须填写。请补上；确实不详时请先核实再录入",
        "“{field}” is empty; it must be filled in. Add it, or find it out before recording the row",
    ),
    "LEDGER_002": Message(
        "“{field}”读到“{found}”；应为整数{unit}。请改为整数",
        "“{field}” is “{found}”; expected a whole number of {unit}. Enter a whole number",
    ),
    "LEDGER_003": Message(
        "“{field}”读到“{found}”；应为确切的数[[（单位：{unit}）]]。请只填数字；确实不详的请留空，并在备注写明原因",
        "“{field}” is “{found}”; expected an exact number[[ (unit: {unit})]]. Enter digits only; leave it blank if it is truly not known and say why in the remark",
    ),
    "LEDGER_004": Message(
        "“{field}”读到“{found}”，其中“{written}”不能换算成{unit}。请换成以“{unit}”为单位的数",
        "“{field}” is “{found}”; “{written}” cannot be converted to {unit}. Enter the number in {unit}",
    ),
    "LEDGER_005": Message(
        "“{field}”读到“{found}”；应为以下之一：{options}[[，最接近的是“{suggestion}”]]。请从下拉列表选择",
        "“{field}” is “{found}”; expected one of: {options}[[; the nearest is “{suggestion}”]]. Choose from the list",
    ),
    "LEDGER_006": Message(
        "“{field}”读到“{found}”；应为真实存在的日期，如 2023-08-01 或 2023年8月1日。请改正日期",
        "“{field}” is “{found}”; expected a date that exists, such as 2023-08-01. Correct the date",
    ),
    "LEDGER_007": Message(
        "“{field}”读到“{found}”；应为年月，如 2023-08 或 2023年8月。请改正",
        "“{field}” is “{found}”; expected a month such as 2023-08. Correct it",
    ),
    "LEDGER_008": Message(
        "“{field}”读到“{found}”；应为“是”或“否”。请选择其一",
        "“{field}” is “{found}”; expected 是 (yes) or 否 (no). Choose one",
    ),
    "LEDGER_009": Message(
        "“{field}”有 {found} 个字；最多 {limit} 个。请确认没有粘贴错位置，或改为附件",
        "“{field}” has {found} characters; at most {limit}. Check that it was not pasted into the wrong cell, or attach a file",
    ),
    "LEDGER_010": Message(
        "“{field}”不是有效的 18 位公民身份号码（出生日期或校验码不符）。请对照证件核对；为保护个人信息，此处不显示所填号码",
        "“{field}” is not a valid 18-digit identity number (birth date or check digit is wrong). Compare it with the card; the number is not shown here to protect the person",
    ),
    "LEDGER_011": Message(
        "“{field}”被 Excel 存成了数值，末几位已丢失；应为文本。请把该列设为“文本”格式后重新填写",
        "“{field}” was stored by Excel as a number and its last digits are lost; expected text. Format the column as text and enter it again",
    ),
    "LEDGER_012": Message(
        "“{field}”不是有效的电话号码；应为 11 位手机号或带区号的座机号。请核对",
        "“{field}” is not a valid telephone number; expected 11 digits or a landline with area code. Check it",
    ),
    "LEDGER_013": Message(
        "“{field}”读到“{found}”；以{unit}为单位最多保留 {places} 位小数。请四舍五入到规定位数",
        "“{field}” is “{found}”; at most {places} decimal places in {unit}. Round it",
    ),
    "LEDGER_014": Message(
        "“{field}”读到“{found}”；应不小于 {limit}{unit}。请改正；没有发生的填 0，不详的留空",
        "“{field}” is “{found}”; expected at least {limit} {unit}. Correct it; enter 0 for none, leave blank if not known",
    ),
    "LEDGER_015": Message(
        "“{field}”读到“{found}”；应不大于 {limit}{unit}。请核对是否多写了位数或单位不对",
        "“{field}” is “{found}”; expected at most {limit} {unit}. Check for an extra digit or a wrong unit",
    ),
    "LEDGER_016": Message(
        "{message}（规则 {rule}）",
        "{message} (rule {rule})",
    ),
    "LEDGER_017": Message(
        "“{field}”由系统计算，表中填的是“{found}”，算得 {expected}。已采用算得的数，请核对所依据的各栏",
        "“{field}” is computed; the sheet says “{found}”, the computation gives {expected}. The computed value is used; check the columns it is made from",
    ),
    "LEDGER_018": Message(
        "“{ledger}”的这一行没有任何内容；应至少填写必填栏。请填写后再提交",
        "this row of “{ledger}” is empty; expected at least the required fields. Fill it in and submit again",
    ),
    "LEDGER_019": Message(
        "没有名为“{field}”的字段[[；最接近的是“{suggestion}”]]。请改用台账里的字段名",
        "there is no field “{field}”[[; the nearest is “{suggestion}”]]. Use a field of the ledger",
    ),
    "LEDGER_020": Message(
        "{fields}“{key}”与第 {first} 行重复；同一份文件里每个{fields}只能出现一次。请合并或删去其中一行",
        "{fields} “{key}” repeats row {first}; each may stand only once in a file. Merge or remove one of the rows",
    ),
    "RECORD_007": Message(
        "记录 {record} 在您填写期间已由“{author}”改过（{at}）；没有写入。请对照两边的内容，逐栏选定后再提交",
        "record {record} was changed by “{author}” while you were writing ({at}); nothing was written. Compare both, choose field by field and submit again",
    ),
    "RECORD_008": Message(
        "同一单位已有一条记录（编号 {record}）用了这个{fields}；同一台账里每个{fields}只能有一条。请改号，或打开那条记录更正",
        "another record of the unit ({record}) has this {fields}; each may stand only once in a ledger. Change it, or revise that record",
    ),
    "RECORD_009": Message(
        "记录 {record} 已经撤回，不能再更正；请用“照此新记一条”重新登记",
        "record {record} was withdrawn and cannot be revised; record it anew with “copy as new”",
    ),
    "RECORD_010": Message(
        "改了{fields}；其他台账里还有 {count} 条记录写着原来的。请一并更正，否则会对不上",
        "{fields} was changed; {count} records of other ledgers still name the old one. Revise them too, or they will not match",
    ),
}
