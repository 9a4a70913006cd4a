"""Sentences about drafts handed in for checking: why a file cannot be read, and what to do."""

from shuzhi.messages.message import Message

MESSAGES = {
    "DRAFT_001": Message(
        "没有找到这个文件；应为一个可以打开的文稿文件，不是文件夹。请检查文件名和所在文件夹",
        "there is no such file; expected a draft that can be opened, not a folder. Check the name and the folder",
    ),
    "DRAFT_002": Message(
        "文件打不开：{reason}；应为有权读取、没有被其他程序独占的文件。请关闭正在使用它的程序，或另存一份再试",
        "the file cannot be opened: {reason}; expected a file that may be read and is not held by another program. Close the program that uses it, or save a copy, and try again",
    ),
    "DRAFT_003": Message(
        "文件是空的（0 字节）；应为有文字的文稿。可能没有保存好或没有传完，请重新取一份",
        "the file is empty (0 bytes); expected a draft with text. It was probably not saved or not sent completely: fetch it again",
    ),
    "DRAFT_004": Message(
        "文件有 {size} MB；文稿不超过 {limit} MB。请删去其中的大图片，或只交正文",
        "the file has {size} MB; a draft has at most {limit} MB. Remove large pictures, or hand in the text alone",
    ),
    "DRAFT_005": Message(
        "文件名以 {suffix} 结尾，内容却是 {found}；应为文稿，且内容与文件名一致。请用相应的程序打开，另存为 .docx、.txt 或文字版 .pdf 后再交",
        "the name ends with {suffix}, the content is {found}; expected a draft that is what its name says. Open it with the program it belongs to and save it as .docx, .txt or a .pdf with text",
    ),
    "DRAFT_006": Message(
        "这种文件（{suffix}）读不出文字；能读的有 .docx、.doc、.wps、.odt、.rtf、.txt、.md、.html 和文字版 .pdf。请另存为其中一种",
        "no text can be read from this kind of file ({suffix}); .docx, .doc, .wps, .odt, .rtf, .txt, .md, .html and .pdf with text can be read. Save it as one of them",
    ),
    "DRAFT_007": Message(
        "文件有打开密码；应为没有加密的文稿。请在原程序中去掉密码，另存后再交",
        "the file is protected by a password; expected a draft that is not encrypted. Remove the password in the program it comes from and save it again",
    ),
    "DRAFT_008": Message(
        "文件含有宏；文稿中不应有宏。请在 Word 中另存为“Word 文档（.docx）”，去掉宏后再交",
        "the file carries macros; a draft has none. Save it in Word as “Word document (.docx)” without macros and hand it in again",
    ),
    "DRAFT_009": Message(
        "文件的 {part} 中声明了文档类型（DOCTYPE）；正常保存的 Word 文档没有这种声明，它可能用来攻击程序。请确认文件来源，用 Word 重新另存后再交",
        "{part} in the file declares a document type (DOCTYPE); no Word document saved normally does, and it can be used for attacks. Check where the file comes from and save it anew in Word",
    ),
    "DRAFT_010": Message(
        "文件已损坏或没有传完，打不开[[（坏在 {part}）]]；应为能完整打开的文件。请用原来的程序（Word、WPS）打开，能打开就另存一份再交，打不开就重新取一份",
        "the file is damaged or was not sent completely and cannot be opened[[ (at {part})]]; expected a file that opens completely. If its own program (Word, WPS) opens it, save a copy and hand that in; else fetch it again",
    ),
    "DRAFT_011": Message(
        "文件展开后太大（{size}）；文稿最多为 {limit}。请确认文件来源，删去无关内容或分成几份再交",
        "unpacked, the file is too large ({size}); a draft has at most {limit}. Check where it comes from, remove what does not belong to it, or hand it in in parts",
    ),
    "DRAFT_012": Message(
        "第 {line} 行读到字节 {found}，不是 {encoding} 编码的文字；应为 UTF-8 或 GB18030（GBK）编码的文本。请用记事本打开，另存时编码选 UTF-8",
        "line {line} holds the bytes {found}, which are no {encoding} text; expected a text in UTF-8 or GB18030 (GBK). Open it in an editor and save it with the encoding UTF-8",
    ),
    "DRAFT_013": Message(
        "文件不是文字，是程序或图片一类的数据；应为文稿。请检查是否选错了文件，或用原程序另存为 .docx 或 .txt",
        "the file is no text but data of a program or a picture; expected a draft. Check whether it is the right file, or save it as .docx or .txt in its own program",
    ),
    "DRAFT_014": Message(
        "PDF 共 {pages} 页，其中 {empty} 页只有图片，没有可读的文字（扫描件）；应为由 Word、WPS 直接导出的 PDF。请交原来的 .docx，或先做文字识别（OCR）",
        "of the {pages} pages of the PDF {empty} are pictures without text (a scan); expected a PDF exported by Word or WPS. Hand in the .docx it was made from, or have its text recognised (OCR) first",
    ),
    "DRAFT_015": Message(
        "{suffix} 文件要借助 LibreOffice 才能读，这台机器上没有找到它（命令 soffice）；应已安装。请用 Word 或 WPS 另存为 .docx 后再交，或请管理员安装 LibreOffice",
        "a {suffix} file can only be read with the help of LibreOffice, which was not found on this machine (command soffice); expected it installed. Save the file as .docx in Word or WPS, or have LibreOffice installed",
    ),
    "DRAFT_016": Message(
        "LibreOffice 没能把 {suffix} 文件转换成 .docx：{reason}；应为它能打开的文件。请用 Word 或 WPS 打开，另存为 .docx 后再交",
        "LibreOffice could not turn the {suffix} file into a .docx: {reason}; expected a file that it can open. Open it in Word or WPS and save it as .docx",
    ),
    "DRAFT_017": Message(
        "文件里没有文字；应为有正文的文稿。如果内容是图片，请交文字版",
        "there is no text in the file; expected a draft with a body. If it consists of pictures, hand in the text",
    ),
    "DRAFT_018": Message(
        "PDF 有 {pages} 页，读到第 {limit} 页已超出一份文稿的限度；应为一份报告。请只交要核对的部分，或分成几份再交",
        "the PDF has {pages} pages and is more than one draft can be by page {limit}; expected a single report. Hand in the part to be checked, or divide it",
    ),
    "DRAFT_019": Message(
        "PDF 在 {seconds} 秒内没有读完；应为由 Word、WPS 直接导出的普通 PDF。请改交 .docx，或重新导出后再交",
        "the PDF was not read through within {seconds} seconds; expected an ordinary PDF exported by Word or WPS. Hand in the .docx, or export it anew",
    ),
    "DRAFT_020": Message(
        "文件名以 {suffix} 结尾，内容却不是普通的 Word 文档：多半是设了打开密码，也可能是旧版文件改了名或没有传完；应为没有加密的 {suffix} 文件。请在 Word 或 WPS 中打开，去掉密码，另存为 .docx 后再交",
        "the name ends with {suffix}, the content is no ordinary Word document: most likely it is protected by a password, or an older file was renamed or not sent completely; expected a {suffix} file that is not encrypted. Open it in Word or WPS, remove the password and save it as .docx",
    ),
}
