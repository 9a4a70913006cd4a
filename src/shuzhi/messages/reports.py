"""Sentences about report templates, and about Word files brought back to be refreshed."""

from shuzhi.messages.message import Message

MESSAGES = {
    "REPORT_001": Message(
        "报告模板“{report}”中的“{slot}”不是可用的数字位置；应为 {{指标:单位}}，可加 @期间、!target、|样式，花括号须成对。请按此改写",
        "“{slot}” in the report template “{report}” is no figure slot; expected {{indicator:unit}}, optionally with @period, !target and |style, braces in pairs. Rewrite it so",
    ),
    "REPORT_002": Message(
        "报告模板“{report}”的标题、称谓或署名中用了“{slot}”；这里只能用：{words}。请改用其中之一，数字请写进正文的句子",
        "a title, addressee or signature of the report template “{report}” uses “{slot}”; only these words can stand here: {words}. Use one of them and put figures into sentences",
    ),
    "REPORT_003": Message(
        "报告模板“{report}”用了“{key}”，指标、参数和字段中都没有；应为已定义的键名。请检查拼写，或先在目录中定义它",
        "the report template “{report}” uses “{key}”, which is no indicator, parameter or field; expected a key that is defined. Check the spelling or define it in the catalogue first",
    ),
    "REPORT_004": Message(
        "报告模板“{report}”要把“{key}”按“{unit}”打印；应为已定义、且能由该数自己的单位（{own}）换算的单位。请改单位",
        "the report template “{report}” prints “{key}” in “{unit}”; expected a defined unit that the figure's own unit ({own}) can be converted to. Change the unit",
    ),
    "REPORT_005": Message(
        "报告模板“{report}”要逐行引用台账“{ledger}”，但没有这个台账；应为已定义的台账键名。请检查拼写",
        "the report template “{report}” quotes rows of the ledger “{ledger}”, which does not exist; expected the key of a defined ledger. Check the spelling",
    ),
    "REPORT_006": Message(
        "报告模板“{report}”的句子“{text}”中，{{each}} 与 each 部分没有成对出现；应两者都有或都没有。请补上或删去其中之一",
        "in the sentence “{text}” of the report template “{report}”, {{each}} and the each part do not go together; expected both or neither. Add or remove one of them",
    ),
    "REPORT_007": Message(
        "报告模板“{report}”的小标题“{heading}”层次过深；公文标题最多 {deepest} 层（一、（一）1.（1））。请并入上一层",
        "the heading “{heading}” of the report template “{report}” is too deep; official documents have at most {deepest} levels (一、（一）1.（1）). Merge it into the level above",
    ),
    "REPORT_008": Message(
        "报告模板“{report}”把预计数“{key}”写成了结果；预计数所在的句子应带有这些词之一：{words}。请改写句子",
        "the report template “{report}” prints the forecast “{key}” as a result; expected one of these words in its sentence: {words}. Reword the sentence",
    ),
    "REPORT_009": Message(
        "报告模板“{report}”的条件“{condition}”用了函数“{function}”；条件中只能直接比较指标。请先定义一个派生指标，再在条件中引用它",
        "the condition “{condition}” of the report template “{report}” calls “{function}”; conditions can only compare indicators. Define a derived indicator and compare that",
    ),
    "REPORT_020": Message(
        "读到的不是 Word 文档（.docx）；应为由本系统生成、经 Word、WPS 或 LibreOffice 另存的 .docx 文件。请重新选择文件；旧的 .doc 请先另存为 .docx",
        "this is no Word document (.docx); expected a .docx file made by this system and saved by Word, WPS or LibreOffice. Choose the file again; save an old .doc as .docx first",
    ),
    "REPORT_021": Message(
        "文件已加密或是旧版 .doc；应为未加密的 .docx。请在 Word 中去掉打开密码，或另存为 .docx 后再试",
        "the file is encrypted or an old .doc; expected an unencrypted .docx. Remove the password in Word, or save it as .docx, and try again",
    ),
    "REPORT_022": Message(
        "文件已损坏（{part}）；应能完整解压并读出正文。请用 Word 打开并修复后另存，或从备份取回",
        "the file is damaged ({part}); expected a complete package with readable text. Open and repair it in Word and save it again, or take it from a backup",
    ),
    "REPORT_023": Message(
        "文件解压后有 {size} 兆字节、{parts} 个部件；报告最多 {limit} 兆字节、{parts_limit} 个部件。请确认文件来源，删去大图片后再试",
        "unpacked, the file has {size} MB in {parts} parts; a report has at most {limit} MB in {parts_limit} parts. Check where the file comes from, remove large pictures and try again",
    ),
    "REPORT_024": Message(
        "文件含有宏；报告中不应有宏。请在 Word 中另存为“Word 文档（.docx）”，去掉宏后再试",
        "the file carries macros; a report has none. Save it in Word as “Word document (.docx)” without macros and try again",
    ),
    "REPORT_025": Message(
        "部件“{part}”带有文档类型声明（DOCTYPE）；Word 文档中不应有，可能是恶意文件。请确认文件来源",
        "the part “{part}” has a document type declaration (DOCTYPE); Word documents have none, the file may be malicious. Check where it comes from",
    ),
    "REPORT_026": Message(
        "文档中没有本系统写入的数字；应为由本系统生成的报告。请确认选对了文件；若另存时丢失了内容控件，请重新生成报告",
        "the document holds no figure written by this system; expected a report it made. Check that this is the right file; if the content controls were lost on saving, render the report again",
    ),
    "REPORT_027": Message(
        "文件写不进去（系统说：{reason}）；应能在该文件夹中写入。若文件正在 Word 或 WPS 中打开，请先关闭；否则请换一个文件夹或文件名，或腾出磁盘空间后再试。原有文件没有改动",
        "the file cannot be written (the system says: {reason}); expected to be able to write in this folder. Close the file if it is open in Word or WPS; otherwise choose another folder or name, or free disk space. What was there before is unchanged",
    ),
    "REPORT_028": Message(
        "文件读不出来（系统说：{reason}）；应为可以读取的 .docx 文件。请检查路径和权限，若文件正在 Word 或 WPS 中打开，请先关闭",
        "the file cannot be read (the system says: {reason}); expected a .docx file that can be read. Check its path and the rights to it, and close it if it is open in Word or WPS",
    ),
    "REPORT_030": Message(
        "排版 PDF 失败（{detail}）；应能用报告模板排出全文。请把这条消息连同报告名称交给管理员",
        "the PDF could not be typeset ({detail}); expected the report's template to set the whole text. Pass this message and the report's name to the administrator",
    ),
}
