"""Words of checking that every output shares: a finding as a sentence, names of severities, areas and places; and what can be
wrong with the command itself. Detectors keep the sentences of their own findings in modules of their own.
"""

from __future__ import annotations

from typing import Final

from shuzhi.core.checking.model import BlockKind, DraftPlace, Finding, FindingSeverity
from shuzhi.messages import Language, all_messages
from shuzhi.messages.message import Message

MESSAGES = {
    "CHECK_001": Message(
        "文件夹 {file} 里没有可以核对的文件；应有以下格式之一的文件：{formats}。请检查路径",
        "the folder {file} holds no file that can be checked; expected files of these kinds: {formats}. Check the path",
    ),
    "CHECK_002": Message(
        "{option} 写的是一个文件（{file}），而要核对的有 {count} 个文件；应为文件夹，每份稿子各写一个文件。请去掉后缀或换成文件夹",
        "{option} names one file ({file}), but {count} files are checked; expected a folder, in which each draft gets a file. Name a folder",
    ),
    "CHECK_003": Message(
        "{option} 写的就是要核对的稿子 {file}；原稿从不改动，应写到别的文件。请换一个文件名",
        "{option} names the draft {file} itself; drafts are never changed, the result goes to another file. Choose another name",
    ),
    "CHECK_004": Message(
        "没有“{code}”这种疑点[[；相近的有：{near}]]。应为 shuzhi finding kinds 列出的代码，需要时写成 代码:原文",
        "there is no kind of finding “{code}”[[; near ones: {near}]]. Expected a code listed by shuzhi finding kinds, or CODE:WORDS",
    ),
    "CHECK_005": Message(
        "{option} 写的“{file}”后缀是 {found}，应为 {expected} 文件或一个文件夹。请改后缀",
        "{option} names “{file}”, which ends in {found}; expected a {expected} file or a folder. Change the ending",
    ),
    "CHECK_006": Message(
        "要与账核对（--books），但没有找到账；应有数据库。请用 --database 指明，或先运行 shuzhi init，或去掉 --books",
        "the drafts are to be held against the books (--books), but there are none; expected a database. Give --database, run shuzhi init first, or leave out --books",
    ),
    "CHECK_007": Message(
        "{file} 里没有读到“{text}”这个数[[；相近的有：{near}]]；应为稿子里的原样写法，连同单位。请照 shuzhi check --figures 列出的写",
        "“{text}” was not read as a figure in {file}[[; near ones: {near}]]; expected it as written, with its unit. Copy it from shuzhi check --figures",
    ),
    "CHECK_008": Message(
        "“{text}”在稿子里不止一处，说的不是一回事；应指明是哪一处。请加上其中之一：{places}",
        "“{text}” stands more than once and speaks of different things; expected which one is meant. Add one of: {places}",
    ),
    "CHECK_009": Message(
        "“{text}”推断不出是哪个指标；应写明指标的键名或名称，没有台账的用 --none。请补上",
        "no indicator is proposed for “{text}”; expected an indicator's key or title, or --none when there is no ledger. Add it",
    ),
    "CHECK_010": Message(
        "没有与账核对：写明了 --org {organisation}，但没有说明以哪个帐号查账；只核对了稿子本身。要对账请加 --as 帐号（或设 SHUZHI_ACTOR），只核对文字请加 --no-books",
        "not held against the books: --org {organisation} was given, but no account that may look into them; only the text was checked. To hold it against the books add --as NAME (or set SHUZHI_ACTOR); for the text alone add --no-books",
    ),
    "CHECK_011": Message(
        "没有与账核对：写明了 --org {organisation}，但没有找到账（数据库）；只核对了稿子本身。要对账请用 --database 指明数据库并加 --as 帐号，只核对文字请加 --no-books",
        "not held against the books: --org {organisation} was given, but there are no books (no database); only the text was checked. To hold it against the books name them with --database and add --as NAME; for the text alone add --no-books",
    ),
    "CHECK_012": Message(
        "与 {other} 内容相同，没有拿来互相比对；同一份稿子应只交一次。请留一份",
        "its text is that of {other}, so the two were not held against each other; expected each draft once. Keep one of them",
    ),
    "CHECK_013": Message(
        "还与 {count} 份稿子有相同之处，这里只列相同最多的 {limit} 份；要看别的，请用 --beside 单独比对",
        "passages of {count} more drafts stand in it, too; only the {limit} with most are listed. To see the others hold it against them with --beside",
    ),
    "CHECK_020": Message(
        "文件“{name}”是空的，应为写有内容的稿子。请确认上传的是哪一个文件",
        "the file “{name}” is empty; expected a draft with text. Check which file was uploaded",
    ),
    "CHECK_021": Message(
        "文件“{name}”超过 {limit} MB，应为一份稿子（通常不到 1 MB）。请去掉图片后再上传",
        "the file “{name}” is larger than {limit} MB; expected a draft (mostly below 1 MB). Take pictures out and upload it again",
    ),
    "CHECK_022": Message(
        "稿子“{name}”的文件不在了，应在上传后一直保存。请重新上传核对，并告诉管理员检查文件目录",
        "the file of the draft “{name}” is gone; expected it to be kept. Upload it again, and tell the administrator to look at the folder of files",
    ),
    "CHECK_023": Message(
        "稿子“{name}”里的这处疑点已经变了或没有可直接采用的改法，应为页面上仍列着的建议。请刷新页面再选",
        "this finding in the draft “{name}” has changed or has no suggestion that can simply be taken; expected one the page still lists. Reload and choose again",
    ),
    "CHECK_024": Message(
        "没有收到稿子，应选择文件或粘贴文字。请把文件拖到框里再提交",
        "no draft arrived; expected a file or pasted text. Drop a file into the box and submit again",
    ),
    "CHECK_025": Message(
        "一次交了 {count} 份，应不超过 {limit} 份；前 {limit} 份已收下。其余请再交一次",
        "{count} drafts were handed in at once; expected at most {limit}, and the first {limit} were taken. Hand in the others again",
    ),
}

#: Chinese, English; one word each, as it stands before a sentence.
SEVERITY_WORDS: Final[dict[FindingSeverity, tuple[str, str]]] = {
    "wrong": ("矛盾", "wrong"),
    "error": ("错误", "error"),
    "unexplained": ("存疑", "unexplained"),
    "warning": ("疑似", "warning"),
    "info": ("提示", "note"),
}

#: What each severity means, for pages and documents.
SEVERITY_MEANINGS: Final[dict[FindingSeverity, tuple[str, str]]] = {
    "wrong": ("照现在的写法不可能成立", "cannot be true as written"),
    "error": ("不改不能交出", "must not go out like this"),
    "unexplained": ("从文中推不出来", "does not follow from what is written"),
    "warning": ("多半是笔误", "most probably a slip"),
    "info": ("写法问题，按需查看", "a matter of style, given only on demand"),
}

AREA_WORDS: Final[dict[str, tuple[str, str]]] = {
    "figures": ("数字", "figures"),
    "outline": ("层次", "outline"),
    "placeholders": ("占位和残留", "placeholders"),
    "punctuation": ("标点", "punctuation"),
    "wording": ("文字", "wording"),
    "names": ("名称", "names"),
    "arithmetic": ("勾稽", "arithmetic"),
    "similarity": ("雷同", "similarity"),
    "layout": ("版式", "layout"),
    "books": ("账册", "books"),
}

ROLE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "achieved": ("完成数", "achieved"),
    "target": ("目标", "target"),
    "rate": ("比率", "rate"),
    "comparison": ("增减", "comparison"),
    "threshold": ("标准", "threshold"),
    "placeholder": ("待填", "placeholder"),
}

_PARTS: Final[dict[BlockKind, tuple[str, str]]] = {
    "paragraph": ("", ""),
    "cell": ("", ""),
    "header": ("页眉", "header"),
    "footer": ("页脚", "footer"),
    "footnote": ("脚注", "footnote"),
    "textbox": ("文本框", "text box"),
}


def word(pair: tuple[str, str], language: Language) -> str:
    """One of a pair (Chinese, English)."""
    return pair[0] if language == "zh" else pair[1]


def severity_word(severity: FindingSeverity, language: Language = "zh") -> str:
    """The severity as it stands before a sentence."""
    return word(SEVERITY_WORDS[severity], language)


def area_word(area: str, language: Language = "zh") -> str:
    """The area of a kind of finding; the key itself for one that has no word yet."""
    return word(AREA_WORDS.get(area, (area, area)), language)


def finding_sentence(finding: Finding, language: Language = "zh") -> str:
    """A finding as a sentence: what was found, what was expected, how to mend it. Without place and code.

    Raises:
        KeyError: the code has no sentence, or the finding lacks a parameter of it.
    """
    return all_messages()[finding.code].fill(language, finding.params)


def place_words(place: DraftPlace, kind: BlockKind = "paragraph", language: Language = "zh") -> str:
    """Where something stands, as a person would look for it.

    Examples:
        >>> place_words(DraftPlace(paragraph=3, page=2))
        '第2页第3段'
        >>> place_words(DraftPlace(table=1, row=2, column=3), "cell", "en")
        'table 1, row 2, column 3'
    """
    zh = language == "zh"
    part = word(_PARTS[kind], language)
    numbers = (
        ("第{}页", "page {}", place.page),
        ("表{}", "table {}", place.table),
        ("第{}行", "row {}", place.row),
        ("第{}列", "column {}", place.column),
        ("第{}段", "paragraph {}", 0 if place.table else place.paragraph),
        ("第{}行", "line {}", 0 if place.table or place.paragraph else place.line),
    )
    said = [part] if part else []
    said += [(c if zh else e).format(number) for c, e, number in numbers if number]
    return "".join(said) if zh else ", ".join(said)


#: Words of the page and the Word file, by what they stand for.
PAGE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "app": ("述职核对", "Shuzhi checking"),
    "lang": ("zh-CN", "en"),
    "overview": ("汇总", "Summary"),
    "findings": ("疑点", "Findings"),
    "figures": ("数字", "Figures"),
    "file": ("文件", "File"),
    "all": ("全部", "All"),
    "all_areas": ("全部类别", "All areas"),
    "area": ("类别", "Area"),
    "by_place": ("按位置", "By place"),
    "by_severity": ("按轻重", "By severity"),
    "order": ("排序", "Order"),
    "expected": ("应为", "Expected"),
    "delete": ("删去", "delete"),
    "related": ("相关", "See also"),
    "previous": ("上一处", "Previous"),
    "next": ("下一处", "Next"),
    "keys": ("键盘：J 下一处，K 上一处，Esc 取消", "Keys: J next, K previous, Esc clears"),
    "this_draft": ("本稿", "This draft"),
    "written": ("原文", "As written"),
    "value": ("数值", "Value"),
    "kind": ("性质", "Kind"),
    "about": ("说的是", "Speaks of"),
    "books": ("账上", "Books"),
    "place": ("位置", "Place"),
    "legend": ("图例", "Legend"),
    "nothing": (
        "没有发现问题。",
        "Nothing was found.",
    ),
    "hidden": ("当前筛选下没有疑点。", "No finding passes the filter."),
    "silenced": (
        "另有 {count} 处按本单位的设置不再提示。",
        "{count} more are silenced by the office.",
    ),
    "unreadable": ("读不了", "unreadable"),
    "total": ("合计", "Total"),
    "files": ("{count} 份稿子", "{count} drafts"),
    "text": ("正文", "Text"),
    "page": ("第 {page} 页", "Page {page}"),
    "approx": ("约数", "approximate"),
    "book_equal": ("与账相符", "agrees with the books"),
    "book_rounded": ("与账相符（取整）", "agrees with the books, rounded"),
    "book_differs": ("与账不符", "differs from the books"),
    "book_unknown": ("账上没有数", "no value in the books"),
    "book_no_ledger": ("没有台账", "no ledger behind it"),
    "book_placeholder": ("待填，账上有数", "blank, the books know it"),
    "book_empty": ("域内没有数", "field without a number"),
    "book_missing": ("文中没有", "not in the draft"),
    "match_control": ("按域", "by its field"),
    "match_confirmed": ("已确认", "confirmed"),
    "match_wording": ("按文字推断", "proposed by wording"),
    "match_none": ("", ""),
    "shared": (
        "全文约 {percent}% 与“{name}”相同，共 {count} 处。其中一处：",
        "about {percent}% of the draft stands in “{name}”, in {count} passages. One of them: ",
    ),
    "worst_first": ("问题多的在前", "worst first"),
}


def page_word(key: str, language: Language = "zh", **params: object) -> str:
    """A word of the page, filled with its parameters."""
    return word(PAGE_WORDS[key], language).format(**params)
