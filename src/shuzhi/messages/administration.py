"""Sentences of running and administering an office: serving, backup and restore, definitions taken into force."""

from shuzhi.messages.message import Message

MESSAGES = {
    "SERVE_001": Message(
        "{host} 的端口 {port} 已被占用或不允许使用；请停掉占用它的程序，或用 --port 换一个端口",
        "port {port} at {host} is taken or not allowed; stop the program that uses it, or choose another with --port",
    ),
    "SERVE_002": Message(
        "密钥文件 {file} 里没有可用的密钥；请从备份恢复它，或删去它后重新启动（所有人要重新登录）",
        "the file {file} holds no usable key; restore it from a backup, or delete it and start again (everybody signs in anew)",
    ),
    "BACKUP_001": Message(
        "“{file}”不是述职的备份，或者没有传完整；应为 shuzhi-日期-时间.zip。请另选文件，或重新复制一次",
        "“{file}” is no backup of Shuzhi, or only a part of one; expected shuzhi-DATE-TIME.zip. Choose another file, or copy it again",
    ),
    "BACKUP_002": Message(
        "备份“{file}”里有 {count} 个文件缺失、多出或与校验和不符（第一个是 {first}）；文件在保存或传送中损坏。请换一个备份",
        "{count} files in the backup “{file}” are missing, added or differ from their checksums (the first is {first}); it was damaged on the way. Use another backup",
    ),
    "BACKUP_003": Message(
        "备份“{file}”由更新的程序（{program}）写成，这个程序读不懂；请先升级程序",
        "the backup “{file}” was written by a later program ({program}) in a form this one cannot read; upgrade the program first",
    ),
    "BACKUP_004": Message(
        "备份“{file}”由更新的程序（{program}）做出，里面的数据库比这个程序新 {count} 步；请先升级程序，再恢复",
        "the backup “{file}” was made by a later program ({program}); its database is {count} steps ahead. Upgrade the program, then restore",
    ),
    "BACKUP_005": Message(
        "备份“{file}”是 {found} 的，这里用的是 {here}；两种数据库的备份不能互换。请把 DATABASE_URL 指向 {found} 数据库再恢复",
        "the backup “{file}” is of {found}, this office runs on {here}; one cannot be restored into the other. Point DATABASE_URL at a {found} database",
    ),
    "BACKUP_006": Message(
        "备份里的数据库已损坏（{detail}）；现在的账没有动。请换一个备份",
        "the database in the backup is damaged ({detail}); the present books were not touched. Use another backup",
    ),
    "BACKUP_007": Message(
        "这是另一个单位“{name}”的备份，恢复后现在的账会被它代替；确要如此，请勾选“换成另一个单位的账”（命令行用 --other-office）",
        "this is the backup of another office, “{name}”, which would take the place of the present books. If that is wanted, tick “replace by another office” (--other-office on the command line)",
    ),
    "BACKUP_008": Message(
        "这台机器上没有 {tool}；PostgreSQL 的备份和恢复要用它的客户端。请安装 postgresql-client（版本不低于服务器）",
        "{tool} is not on this machine; backups of PostgreSQL need its client. Install postgresql-client, not older than the server",
    ),
    "BACKUP_009": Message(
        "{tool} 没有做完：{detail}；现在的账没有动。请检查数据库的权限和版本",
        "{tool} did not finish: {detail}; the present books were not touched. Check rights and version of the database",
    ),
    "BACKUP_010": Message(
        "没有名为“{file}”的备份；请在列表中选择，或先把备份文件传上来",
        "there is no backup “{file}”; choose one of the list, or upload the file first",
    ),
    "BACKUP_011": Message(
        "没有写明恢复的理由；恢复会代替现在的账，要写理由。请补上（命令行用 --reason）",
        "no reason was given for restoring; it takes the place of the present books. Give one (--reason on the command line)",
    ),
    "BACKUP_012": Message(
        "{folder} 所在磁盘的空间不够：大约要 {wanted} MB，还剩 {free} MB；请清理，或把 SHUZHI_FILES 放到更大的磁盘上",
        "not enough room on the disk of {folder}: about {wanted} MB are needed, {free} MB are free. Clear some, or put SHUZHI_FILES on a larger disk",
    ),
    "DEFINITION_001": Message(
        "没有选文件，也没有去掉文件；请选择要上传的定义文件（.yaml，或放在文件夹里压缩成 .zip）",
        "no file was chosen or taken out; choose the files to upload (.yaml, or folders packed as .zip)",
    ),
    "DEFINITION_002": Message(
        "“{file}”不是定义文件；应为 .yaml 文件，或内有 ledgers、indicators 等文件夹的 .zip。请去掉它再上传",
        "“{file}” is no definition; expected a .yaml file, or a .zip with the folders ledgers, indicators and so on. Leave it out and upload again",
    ),
    "DEFINITION_003": Message(
        "看不出“{file}”定义的是什么；台账要有 fields，指标要有 value，关系要有 total，参数要有 values。请检查内容，或放进 ledgers、indicators 等文件夹压缩成 .zip",
        "it is not clear what “{file}” defines; a ledger has fields, an indicator value, a relation total, a parameter values. Check it, or put it into the folder ledgers, indicators and so on of a .zip",
    ),
    "DEFINITION_004": Message(
        "台账“{name}”（{key}）里已经有记录，不能没有它的定义；请保留它",
        "the ledger “{name}” ({key}) has records and cannot lose its definition; keep it",
    ),
    "DEFINITION_005": Message(
        "台账“{name}”里已经有记录，“{field}”不能去掉，也不能改类型、单位、所指台账或是否个人信息；请保留它，另加一个新字段",
        "the ledger “{name}” has records: “{field}” can neither be removed nor change its type, unit, ledger or whether it is personal. Keep it and add a new field",
    ),
    "DEFINITION_006": Message(
        "指标“{name}”（{key}）已经有过账的数，口径不能改，也不能去掉；请保留它，给新口径另起一个 key",
        "the indicator “{name}” ({key}) has figures: its meaning can neither change nor go. Keep it and give the new meaning a key of its own",
    ),
    "DEFINITION_007": Message(
        "用例“{name}”没有通过：应为 {expected}，算出来是 {found}；请检查指标的 value、where，或改正用例",
        "the case “{name}” did not pass: expected {expected}, found {found}. Check value and where of the indicator, or correct the case",
    ),
    "DEFINITION_008": Message(
        "这份上传的定义已经不在（已生效、已丢弃，或由别人上传）；请重新上传",
        "this upload is no longer there (taken into force, discarded, or somebody else's); upload it again",
    ),
    "DEFINITION_009": Message(
        "定义文件太多或太大；最多 {files} 个文件、共 {limit} MB。请只上传本单位自己的定义",
        "too many or too large files; at most {files} files and {limit} MB in all. Upload the office's own definitions only",
    ),
    "DEFINITION_010": Message(
        "压缩文件“{file}”打不开；请重新压缩成 .zip（不加密码）",
        "the file “{file}” cannot be unpacked; pack it again as .zip without a password",
    ),
    "DEFINITION_011": Message(
        "没有可以退回的版本“{version}”，或它正在使用；请在列表中选择",
        "there is no version “{version}” to go back to, or it is in force; choose one of the list",
    ),
    "DEFINITION_012": Message(
        "没有写明理由；定义生效和撤回都要写理由（文号或一句话）。请补上",
        "no reason was given; taking definitions into force and withdrawing them need one. Add it",
    ),
    "UNIT_001": Message(
        "没有写明理由；单位的变动要写理由（文号或一句话）。请补上",
        "no reason was given; changes of units need one (a document or a sentence). Add it",
    ),
    "UNIT_002": Message("没有写名称；请写单位的名称", "no name was given; write the unit's name"),
    "UNIT_003": Message(
        "没有写日期；请写从哪天起（年-月-日）", "no day was given; say from which day (YYYY-MM-DD)"
    ),
    "UNIT_004": Message(
        "“{name}”还有下级单位，不能按记录拆分；请先在上级下面新设单位，再把下级单位一个个划过去",
        "“{name}” has units below it and cannot be split by records; open the new unit beside it, then move the units below one by one",
    ),
    "UNIT_005": Message("没有选单位；请选择一个", "no unit was chosen; choose one"),
}
