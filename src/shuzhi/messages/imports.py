"""Sentences of bringing a file in, on the command line and in the browser."""

from shuzhi.messages.message import Message

MESSAGES = {
    "IMPORT_001": Message(
        "文件 {file} 认不出是哪本台账；请选定台账，或用该台账的模板填写",
        "it is not clear which ledger {file} belongs to; choose the ledger, or fill in its template",
    ),
    "IMPORT_002": Message(
        "没有读到一行{ledger}的数据；表头下面应有填好的行（示例行不算）。请填写后再导入",
        "no row of {ledger} was found; expected filled rows below the header (the example does not count). Fill it in and import again",
    ),
    "IMPORT_003": Message(
        "表上写的填报单位是“{stated}”，而要导入的单位是“{given}”，两者不符。请核对是不是拿错了文件，或换到正确的单位再导入",
        "the sheet says it was filled in by “{stated}”, but it is imported for “{given}”. Check that it is the right file, or go to the right unit",
    ),
    "IMPORT_006": Message(
        "文件“{name}”不是台账能读的表格（后缀 {suffix}）；可读的有：.xlsx、.xls、.csv。请在 Excel 或 WPS 里另存为 .xlsx 再传",
        "“{name}” is not a table that can be read ({suffix}); .xlsx, .xls and .csv are. Save it as .xlsx in Excel or WPS and upload it again",
    ),
    "IMPORT_007": Message(
        "这次导入已经完成，不能再改；要改请撤销这次导入，或重新上传",
        "this import is finished and cannot be changed; undo it, or upload the file again",
    ),
    "IMPORT_008": Message(
        "没有选择文件；请拖入或选择填好的表格",
        "no file was chosen; drop or choose a filled table",
    ),
    "IMPORT_009": Message(
        "没有写撤销的理由；撤销导入要说明原因，并记入历史。请写一句，如“拿错了文件”",
        "no reason for undoing was given; it is kept in the history. Write a sentence, such as “wrong file”",
    ),
}
