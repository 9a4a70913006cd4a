"""Sentences about files that come in and go out: workbooks, sheets, headers and whole rows (EXCHANGE_…)."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    # ── the file ──
    "EXCHANGE_001": Message(
        zh="没有找到这个文件。请核对文件名和所在文件夹；文件若在 U 盘或微信里，请先另存到电脑上",
        en="this file was not found. Check its name and folder; if it is on a stick or in a chat, save it to the computer first",
    ),
    "EXCHANGE_002": Message(
        zh="这是一个文件夹，应为一个 Excel 或 CSV 文件。请选择文件夹里的文件，多个文件请逐个导入",
        en="this is a folder, expected one Excel or CSV file. Choose a file inside it; import several one by one",
    ),
    "EXCHANGE_003": Message(
        zh="文件是空的，应有表头和数据。请确认保存成功后重新选择；文件可能没有传完",
        en="the file is empty, expected a header and rows. Make sure it was saved, then choose it again; it may not have been copied completely",
    ),
    "EXCHANGE_004": Message(
        zh="文件有 {size} MB，最多 {limit} MB。请删去图片和多余的工作表，或按村、按年拆成几个文件分别导入",
        en="the file has {size} MB, at most {limit} MB are accepted. Remove pictures and spare sheets, or split it by village or year",
    ),
    "EXCHANGE_005": Message(
        zh="文件带有宏（VBA 程序），为安全起见不予打开。请在 Excel 或 WPS 中“另存为”，类型选“Excel 工作簿（*.xlsx）”，再导入新文件",
        en="the file carries macros (VBA) and is not opened, for safety. Use “Save as”, choose “Excel workbook (*.xlsx)”, and import the new file",
    ),
    "EXCHANGE_006": Message(
        zh="文件是 {suffix} 格式，应为 .xlsx、.xls 或 .csv。请用 WPS 或 Excel 打开后“另存为”“Excel 工作簿（*.xlsx）”，再导入新文件",
        en="the file is of type {suffix}, expected .xlsx, .xls or .csv. Open it in WPS or Excel, save it as “Excel workbook (*.xlsx)”, and import the new file",
    ),
    "EXCHANGE_007": Message(
        zh="文件的扩展名是“{suffix}”，应为 .xlsx、.xls 或 .csv。请选择表格文件；文字或图片里的表格请先录入模板",
        en="the file's extension is “{suffix}”, expected .xlsx, .xls or .csv. Choose a table; type tables found in texts or pictures into the template first",
    ),
    "EXCHANGE_008": Message(
        zh="文件名以“{suffix}”结尾，内容却是 {found}，两者应一致。请用 Excel 或 WPS 打开原件后“另存为”.xlsx；只改文件名不能改变格式",
        en="the file name ends in “{suffix}” but the content is {found}; they must agree. Open the original and save it as .xlsx; renaming does not convert a file",
    ),
    "EXCHANGE_009": Message(
        zh="文件名以“{suffix}”结尾，内容却是 {found} 网页或文本（多为网站导出），应为真正的 Excel 文件。请用 Excel 或 WPS 打开后“另存为”“Excel 工作簿（*.xlsx）”",
        en="the file name ends in “{suffix}” but the content is {found} (as some web sites export it), expected a real Excel file. Open it and save it as “Excel workbook (*.xlsx)”",
    ),
    "EXCHANGE_010": Message(
        zh="文件是 Excel 4.0 或更早的格式，已无法可靠读取。请用 Excel 或 WPS 打开后“另存为”“Excel 工作簿（*.xlsx）”",
        en="the file is in the format of Excel 4.0 or older and cannot be read reliably. Open it and save it as “Excel workbook (*.xlsx)”",
    ),
    "EXCHANGE_011": Message(
        zh="文件已损坏或不完整，无法读取，应为完好的工作簿。请重新复制或下载；能用 Excel 或 WPS 打开的，另存一份再导入",
        en="the file is damaged or incomplete and cannot be read, expected an intact workbook. Copy or download it again; if Excel still opens it, save a new copy and import that",
    ),
    "EXCHANGE_012": Message(
        zh="文件解开后异常庞大（{size}，最多 {limit}），可能是恶意文件，没有打开。请确认来源；确为正常表格的，把数据复制到新工作簿再导入",
        en="the file unpacks to an abnormal size ({size}, at most {limit}) and may be malicious; it was not opened. Check where it comes from; copy real data into a new workbook",
    ),
    "EXCHANGE_013": Message(
        zh="文件设有打开密码，无法读取。请在 Excel 或 WPS 中输入密码打开，在“文件—文档加密”里取消密码，保存后再导入",
        en="the file is protected by a password and cannot be read. Open it with the password, remove the password, save it, and import it again",
    ),
    "EXCHANGE_014": Message(
        zh="文件内部含有不应有的声明（DOCTYPE），可能被改动过，没有打开。请用 Excel 或 WPS 打开原件后另存为 .xlsx",
        en="the file contains a declaration that does not belong there (DOCTYPE) and may have been tampered with; it was not opened. Open the original and save it as .xlsx",
    ),
    "EXCHANGE_015": Message(
        zh="工作表占了 {rows} 行 × {columns} 列，超出可处理的范围，多半是很远的单元格里有误填的内容。请按 Ctrl+End 找到并删除，或把数据复制到新工作表",
        en="the sheet spans {rows} rows × {columns} columns, more than can be handled; usually a cell far away was filled by mistake. Press Ctrl+End to find and delete it, or copy the data into a new sheet",
    ),
    "EXCHANGE_016": Message(
        zh="文件里没有工作表，应至少有一张数据表。请确认打开的是台账文件，图表页和宏表不算",
        en="the file has no worksheet, expected at least one with data. Make sure it is the ledger file; chart and macro sheets do not count",
    ),
    "EXCHANGE_017": Message(
        zh="这张表有 {columns} 列，最多 {limit} 列。请核对是否横向粘贴了数据，或右侧远处有误填的单元格",
        en="this sheet has {columns} columns, at most {limit} are accepted. Check whether data were pasted sideways or a cell far to the right was filled by mistake",
    ),
    "EXCHANGE_018": Message(
        zh="从这一行起有无法辨认的字符，最接近的编码是 {encoding}，应为 UTF-8 或 GB18030。请用 Excel 打开后另存为 .xlsx，或用记事本另存为 UTF-8 编码",
        en="from this line on there are bytes that make no characters; the nearest encoding is {encoding}, expected UTF-8 or GB18030. Open it in Excel and save it as .xlsx, or save it as UTF-8",
    ),
    "EXCHANGE_019": Message(
        zh="这一行的引号没有成对，后面的行会被并到一起，应成对出现或没有。请检查这一行附近的英文引号，或改用 .xlsx",
        en="a quotation mark near this row is not closed, so the following rows would run together; expected pairs or none. Check the quotation marks, or use .xlsx",
    ),
    # ── the sheet and its header ──
    "EXCHANGE_020": Message(
        zh="没有找到“{ledger}”的表头。文件里的工作表：{sheets}；表头应有：{expected} 等。请确认文件没有选错、表头没有删掉，或下载模板填写",
        en="no header of “{ledger}” was found. Sheets in the file: {sheets}; the header should have {expected} and so on. Check that it is the right file and that the header was not deleted, or fill in the template",
    ),
    "EXCHANGE_021": Message(
        zh="表头里没有必填的“{field}”列；未能识别的列：{unknown}。请补上这一列，或把对应的列改名为“{field}”",
        en="the header has no column “{field}”, which is required; columns not recognised: {unknown}. Add it, or rename the column that holds it to “{field}”",
    ),
    "EXCHANGE_022": Message(
        zh="“{header}”不是这本台账的栏目，这一列没有导入。若是要记的内容，请改成台账里的栏目名；若不需要，可不理会",
        en="“{header}” is not a field of this ledger; the column was not imported. Rename it to a field of the ledger if it is to be kept; otherwise ignore this",
    ),
    "EXCHANGE_023": Message(
        zh="“{header}”不是这本台账的栏目，这一列没有导入；最接近的栏目是“{suggestion}”。若就是它，请把表头改为“{suggestion}”",
        en="“{header}” is not a field of this ledger; the column was not imported. The nearest field is “{suggestion}”; if that is meant, rename the header to it",
    ),
    "EXCHANGE_024": Message(
        zh="{first_letter} 列“{first}”和 {second_letter} 列“{second}”都是“{field}”，应只有一列。请删去一列，或给其中一列改名",
        en="column {first_letter} “{first}” and column {second_letter} “{second}” both are “{field}”, expected only one. Delete or rename one of them",
    ),
    "EXCHANGE_025": Message(
        zh="表头“{header}”的单位是“{unit}”，应为可换算成“{expected}”的单位。请把这一列的数换成“{expected}”，并改表头",
        en="the header “{header}” states the unit “{unit}”, expected one that converts to “{expected}”. Convert the column to “{expected}” and change the header",
    ),
    "EXCHANGE_026": Message(
        zh="{letter} 列有内容但没有表头，没有导入，应每列都有表头。请补上表头，或删去这一列",
        en="column {letter} has content but no header and was not imported; every column should have a header. Add one, or delete the column",
    ),
    "EXCHANGE_027": Message(
        zh="文件打不开（{reason}），应可读取。请先在 Excel 或 WPS 中关闭它，确认有权查看后再试",
        en="the file cannot be opened ({reason}), expected a readable file. Close it in Excel first and make sure you may read it",
    ),
    "EXCHANGE_028": Message(
        zh="列“{header}”被指定为“{field}”，台账里没有这个栏目。请从台账的栏目中选择，或选择不导入这一列",
        en="column “{header}” was assigned to “{field}”, which is not a field of the ledger. Choose one of its fields, or leave the column out",
    ),
    "EXCHANGE_029": Message(
        zh="表头“{header}”里的“{note}”不是已知的计量单位，这一列的数按“{unit}”读取。若单位不同，请先换算并把表头改为“（{unit}）”",
        en="“{note}” in the header “{header}” is not a known unit; the column is read in “{unit}”. If it is in another unit, convert it and write “（{unit}）” in the header",
    ),
    "EXCHANGE_030": Message(
        zh="表头上方写了几种单位（{units}），看不出“{header}”用的是哪一种，应写明。请在这一列的表头注明单位，如“{header}（{expected}）”",
        en="several units stand above the header ({units}), so it is not clear which one “{header}” uses; it must be stated. Write the unit into the header, such as “{header}（{expected}）”",
    ),
    "EXCHANGE_031": Message(
        zh="这个文件是用另一本台账（{found}）的模板填的，应为“{ledger}”（{key}）。请导入到对应的台账，或改用正确的模板",
        en="this file was made from the template of another ledger ({found}), expected “{ledger}” ({key}). Import it into that ledger, or use the right template",
    ),
    "EXCHANGE_032": Message(
        zh="这是隐去了个人信息的“{ledger}”导出件，导入会把真实姓名和号码改坏，没有导入。请导入原始文件，或由有权限的人员导出完整数据",
        en="this is an export of “{ledger}” with personal data hidden; importing it would overwrite real names and numbers, so it was not imported. Import the original file, or a full export by someone who may make it",
    ),
    "EXCHANGE_033": Message(
        zh="模板是第 {found} 版，现行为第 {expected} 版，栏目可能有变。本次照常读取；下次请下载新模板",
        en="the template is version {found}, the current one is {expected}; fields may have changed. The file was read all the same; use the new template next time",
    ),
    # ── rows ──
    "EXCHANGE_034": Message(
        zh="这一格含有星号，像是隐去后的个人信息，应为完整内容。请填写真实内容；只是查看用的脱敏件不能导入",
        en="this cell contains asterisks and looks like a hidden personal value, expected the full value. Enter the real one; masked copies cannot be imported",
    ),
    "EXCHANGE_035": Message(
        zh="这一行与表头相同，已跳过，数据中间不应再有表头。无需处理；拼接表格时可只留一个表头",
        en="this row repeats the header and was skipped; the data should not contain another header. Nothing needs to be done; keep one header when joining tables",
    ),
    "EXCHANGE_036": Message(
        zh="这一行标着“{mark}”却填了别的内容，示例行应保持原样或整行删去。若是真实数据，请删去“{mark}”二字再导入",
        en="this row is marked “{mark}” but holds something else; expected the example as it was, or no such row. If it is real data, delete the mark and import again",
    ),
    "EXCHANGE_037": Message(
        zh="这一行与模板的示例完全相同，已按真实数据读入，应确认不是忘了删的示例。若是示例，请删去这一行后重新导入，或撤回这条记录",
        en="this row equals the template's example and was read as real data; expected a row of your own. If it is the example, delete it and import again, or withdraw the record",
    ),
    "EXCHANGE_038": Message(
        zh="“{text}”像是表下的说明或签字，已跳过，不作为数据。若是数据，请把它填到对应的栏目里",
        en="“{text}” looks like a note or signature below the table and was skipped. If it is data, put it into the right columns",
    ),
    "EXCHANGE_039": Message(
        zh="这一格是 Excel 的错误值 {found}，应为真实内容。请改正公式，或直接填写结果；没有的请留空",
        en="this cell holds the Excel error {found}, expected a real value. Correct the formula or type the result; leave it blank if there is none",
    ),
    "EXCHANGE_040": Message(
        zh="这一格是公式，但文件里没有保存计算结果，应有结果。请用 Excel 或 WPS 打开文件，保存一次再导入；或直接填写结果",
        en="this cell is a formula and the file holds no result for it, expected one. Open the file in Excel, save it once and import it again, or type the result",
    ),
    "EXCHANGE_041": Message(
        zh="这张表有 {count} 个公式没有保存计算结果，表头因此读不出来，应有结果。请用 Excel 或 WPS 打开文件，保存一次再导入",
        en="this sheet has {count} formulas without a saved result, so no header could be read; results were expected. Open the file in Excel, save it once and import it again",
    ),
    "EXCHANGE_042": Message(
        zh="找到了“{ledger}”的表头，下面没有数据行，应至少有一行。请确认数据填在这张表里；本期确无发生的，请做零报告",
        en="the header of “{ledger}” was found but no rows below it, expected at least one. Make sure the data are in this sheet; if nothing happened, make a nil report",
    ),
    "EXCHANGE_043": Message(
        zh="“{word}”行不是一条记录，已跳过；合计由系统计算。无需处理",
        en="the row “{word}” is not a record and was skipped; totals are computed. Nothing needs to be done",
    ),
    "EXCHANGE_044": Message(
        zh="“{word}”行写的是 {stated}{unit}，各行相加为 {sum}{unit}，两者应相等。合计行没有导入；请核对是漏了行还是合计有误",
        en="the row “{word}” says {stated} {unit}, the rows add up to {sum} {unit}; they should be equal. The total was not imported; check whether rows are missing or the total is wrong",
    ),
    "EXCHANGE_045": Message(
        zh="这一行的格数多于表头，应与表头一致，多半是内容里有未加引号的逗号（如 1,200）。请去掉逗号或加上英文双引号，或改用 .xlsx",
        en="this row has more cells than the header, expected the same number; usually a comma inside a value (1,200) is not quoted. Remove or quote it, or use .xlsx",
    ),
    "EXCHANGE_046": Message(
        zh="无法写入这个位置（{reason}），应为可写的文件。请先在 Excel 或 WPS 中关闭同名文件，或换一个文件夹",
        en="this place cannot be written to ({reason}), expected a writable file. Close the file of that name in Excel, or choose another folder",
    ),
    "EXCHANGE_047": Message(
        zh="有 {count} 行要写入，一张表最多 {limit} 行。请按单位或年份分几次导出",
        en="{count} rows were to be written, one sheet holds at most {limit}. Export by organisation or year instead",
    ),
    "EXCHANGE_048": Message(
        zh="“{field}”读到“{found}”，应为目录里已有的名称；最接近的是“{suggestion}”。请从下拉列表中选择，或填写它的编号",
        en="“{field}” is “{found}”, expected a name defined in the catalogue; the nearest is “{suggestion}”. Choose from the list, or write its key",
    ),
}
