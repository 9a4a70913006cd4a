"""Sentences about entering rows: drafts, what is held, and rows that meet existing records."""

from shuzhi.messages.message import Message

MESSAGES = {
    "ENTRY_001": Message(
        "草稿超过 {limit} MB，没有保存；请减少行数，或改用导入",
        "the draft has more than {limit} MB and was not kept; use fewer rows, or an import",
    ),
    "ENTRY_002": Message(
        "“{ledger}”已有 {limit} 份没有提交的草稿，没有再保存；请先提交或丢弃几份",
        "there are already {limit} drafts of “{ledger}”; this one was not kept. Submit or discard some of them first",
    ),
    "ENTRY_003": Message(
        "这个{fields}已有一条记录（编号 {record}）；提交后将作为对它的更正，等待审核。如是另一条，请换一个{fields}",
        "there is a record with this {fields} already ({record}); submitting makes this a revision of it. If it is another one, change the {fields}",
    ),
    "ATTACH_004": Message(
        "记录 {record} 已有 {limit} 份佐证，没有再收；请合并成一份文件后再传",
        "record {record} has {limit} attachments already and takes no more; join them into one file",
    ),
    "ENTRY_004": Message(
        "没有写明理由；撤回记录、查看未打码的个人信息都要写理由。请补上再办",
        "no reason was given; withdrawing a record and reading unmasked personal data need one. Add it and try again",
    ),
    "ENTRY_005": Message(
        "没有选文件；请先选一张照片或一份文件再上传",
        "no file was chosen; choose a photo or a file first",
    ),
}
