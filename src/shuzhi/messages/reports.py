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
    "REPORT_050": Message(
        "段落是空的；应至少有一个字。要去掉这一段，请用“删除本段”",
        "the paragraph is empty; expected at least one word. To take it out, use “Delete paragraph”",
    ),
    "REPORT_051": Message(
        "这一段有 {length} 个字；一段最多 {limit} 个字。请分成几段，或检查是否误贴了整篇文件",
        "this paragraph has {length} characters; a paragraph may have {limit}. Split it, or check whether a whole file was pasted",
    ),
    "REPORT_052": Message(
        "这一段已被别人删去或移走；应为报告中现有的段落。请刷新页面，在现在的稿子上修改；您输入的文字仍在下面",
        "this paragraph was deleted or moved by somebody else; expected one the report still has. Reload the page and change the present text; what you typed is kept below",
    ),
    "REPORT_053": Message(
        "“{token}”不是这份报告里的数；应为“本报告的数”中列出的编号。请从列表里插入，不要改动方括号里的编号",
        "“{token}” is no figure of this report; expected a number listed under “Figures of this report”. Insert it from the list and leave the number in the brackets alone",
    ),
    "REPORT_054": Message(
        "标题里放了数字标记；标题只能是文字。请把数写进下面的段落",
        "a heading holds a figure; a heading is words only. Put the figure into the paragraph below",
    ),
    "REPORT_055": Message(
        "报告已有 {limit} 段，不能再增加；请合并或删去一些段落",
        "the report has {limit} blocks already and takes no more; merge or delete some",
    ),
    "REPORT_056": Message(
        "这一行是空的或超过 {limit} 个字；应为一行字。请填写或改短",
        "this line is empty or longer than {limit} characters; expected one line. Fill it in or make it shorter",
    ),
    "REPORT_057": Message(
        "没有第 {version} 版；请从版本列表中选择",
        "there is no version {version}; choose one from the list of versions",
    ),
    "REPORT_058": Message(
        "没有这份报告，或者它是在有版本记录之前生成的；请重新生成一份",
        "there is no such report, or it was made before versions were kept; make it again",
    ),
    "REPORT_059": Message(
        "“{found}”不是日期；应为年-月-日，如 2024-01-05。请重新填写落款日期",
        "“{found}” is no date; expected year-month-day such as 2024-01-05. Fill in the document's date again",
    ),
    "REPORT_060": Message(
        "《{title}》已经签发，内容不能再改；如确需修改，请由负责人先撤回签发并写明原因",
        "“{title}” is signed and cannot be changed; if it must be, a leader first withdraws the signature and says why",
    ),
    "REPORT_061": Message(
        "[[第 {paragraph} 段：]]在您修改期间，{actor} 已存了第 {version} 版（{at}），您改的内容还没有保存；请对照两份文字，合并后再保存",
        "[[paragraph {paragraph}: ]]{actor} meanwhile made version {version} ({at}); your change is not saved yet. Compare both texts, merge them and save again",
    ),
    "REPORT_062": Message(
        "按现在的账，文中这些数已经查不到：{figures}；没有账可依的数不能印。请先改写或删去用到它们的句子，或补录台账，再刷新",
        "the books no longer know these figures of the text: {figures}; what has no source is not printed. Reword or delete their sentences, or record what is missing, then refresh",
    ),
    "REPORT_063": Message(
        "“{name}”看不出是《{title}》改成的：没有找到报告里的数，文字也对不上。请确认选对了文件；应为从本页下载、修改后另存的 .docx",
        "“{name}” does not look like an edited copy of “{title}”: it holds none of its figures and the words differ. Check the file; expected a .docx downloaded here, edited and saved",
    ),
    "REPORT_064": Message(
        "没有勾选任何一处修改；请勾选要采用的段落，或返回报告",
        "no change was chosen; tick the paragraphs to take over, or go back to the report",
    ),
    "REPORT_065": Message(
        "报告中已没有这一部分；请刷新页面，按现在的各部分确认",
        "the report no longer has this section; reload the page and confirm the sections as they are now",
    ),
    "REPORT_066": Message(
        "“{section}”是您自己写的；自己写的内容应由别人确认。可请同一条线的其他同志确认",
        "you wrote “{section}” yourself; somebody else must confirm it. Ask another member of that line of work",
    ),
    "REPORT_067": Message(
        "还有 {errors} 处错误没有解决、{missing} 项数据待补；签发前应当处理。请先改正或补录，确需现在签发的，请写明理由",
        "{errors} errors are not resolved and {missing} things are missing; mend them before signing. If it must be signed now, give the reason",
    ),
    "REPORT_068": Message(
        "最后一次修改是您自己做的，不能由您签发；可由 {others} 签发",
        "you made the latest change yourself, so you cannot sign it; {others} can",
    ),
    "REPORT_069": Message(
        "《{title}》没有签发，不必撤回；请刷新页面",
        "“{title}” is not signed, so there is nothing to withdraw; reload the page",
    ),
    "REPORT_070": Message(
        "没有写撤回签发的原因；请写明，原因会记入版本和审计日志",
        "the reason for withdrawing the signature is missing; write it, it is kept with the version and in the audit log",
    ),
    "REPORT_071": Message(
        "签发时保存的“{name}”找不到了，或与当时的指纹（{digest}…）不符；不能再给出原件。请从备份恢复文件夹里的文件",
        "“{name}” as kept at signing is gone or differs from its fingerprint ({digest}…), so the original cannot be given. Restore the folder of files from a backup",
    ),
    "REPORT_072": Message(
        "没有选择文件；应为从本页下载、在 Word 或 WPS 中改过的 .docx。请选择文件后再上传",
        "no file was chosen; expected a .docx downloaded here and edited in Word or WPS. Choose it and upload again",
    ),
    "REPORT_073": Message(
        "“{name}”超过 {limit} MB；报告的 Word 文件应小于这个大小。请去掉其中的大图片后再试",
        "“{name}” is larger than {limit} MB; a report's Word file should be smaller. Remove large pictures and try again",
    ),
    "REPORT_080": Message(
        "报告 {report} 的第 {version} 版与封签不符，或缺了版本；请保全数据库，与备份比对",
        "version {version} of report {report} does not match its seal, or versions are missing; preserve the database and compare it with a backup",
    ),
}
