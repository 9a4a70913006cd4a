"""Sentences of the office: organisations, people, records, books, reconciling and verifying."""

from shuzhi.messages.message import Message

MESSAGES = {
    "OFFICE_001": Message(
        "这个数据库还没有建立单位账；请先运行 shuzhi init",
        "this database has no office yet; run shuzhi init first",
    ),
    "OFFICE_002": Message(
        "这个数据库已经建立过单位账（{office}）；不能重复初始化。要另起一套，请换一个数据库",
        "this database already holds an office ({office}); it cannot be made twice. Use another database to start a new one",
    ),
    "OFFICE_003": Message(
        "数据库 {database} 打不开：{detail}。请检查地址、权限和磁盘空间",
        "the database {database} cannot be opened: {detail}. Check its address, rights and disk space",
    ),
    "OFFICE_004": Message(
        "数据库的结构与程序版本不一致（有未执行的迁移 {count} 个）；请先备份，再运行 shuzhi init --upgrade",
        "the database is older than the program ({count} migrations pending); back it up, then run shuzhi init --upgrade",
    ),
    "OFFICE_005": Message(
        "没有说明由谁操作；请用 --as 帐号名 指定，或设置环境变量 SHUZHI_ACTOR",
        "it was not said who acts; give --as NAME or set SHUZHI_ACTOR",
    ),
    "OFFICE_006": Message(
        "数据库地址（{scheme}…）看不懂；应为 SQLite 文件的路径、sqlite:///文件 或 postgres://用户:密码@主机:端口/库名。请检查 --database 或 DATABASE_URL",
        "the database address ({scheme}…) cannot be understood; expected the path of an SQLite file, sqlite:///file or postgres://user:password@host:port/name. Check --database or DATABASE_URL",
    ),
    "OFFICE_007": Message(
        "数据库 {database} 没有接受这一步：{detail}；改动没有写入。请检查写权限、磁盘空间和填写的内容",
        "the database {database} did not accept this step: {detail}; nothing was written. Check the right to write, disk space and what was given",
    ),
    "OFFICE_008": Message(
        "没有上级的单位有 {count} 个（{names}）；应只有一个，就是本单位。请给其余单位填上级代码",
        "{count} units have no superior ({names}); there should be one, your own. Give the others their superior's code",
    ),
    "OFFICE_009": Message(
        "代码“{code}”不对：{level}的代码应为 12 位数字。请核对，可在统计用区划代码里查到",
        "the code “{code}” is not right: the code of a {level} has 12 digits. Check it in the national list",
    ),
    "ORG_001": Message(
        "没有名称或代码为“{name}”的单位[[；相近的有：{near}]]。请用 shuzhi org list 查看",
        "there is no unit with the name or code “{name}”[[; near ones: {near}]]. See shuzhi org list",
    ),
    "ORG_002": Message(
        "名为“{name}”的单位不止一个：{units}。请改用 12 位代码",
        "more than one unit is called “{name}”: {units}. Use the 12-digit code",
    ),
    "ORG_003": Message(
        "代码 {code} 已经是“{name}”，文件中写的是“{found}”；一个代码只能对应一个单位。改名请用 shuzhi org rename",
        "code {code} already belongs to “{name}”, the file says “{found}”. To rename a unit use shuzhi org rename",
    ),
    "ORG_004": Message(
        "单位 {code} 的上级代码“{parent}”不存在；请先开设上级，或改正代码",
        "the superior “{parent}” of unit {code} does not exist; open it first or correct the code",
    ),
    "ORG_005": Message(
        "级别读到“{found}”；应为以下之一：{levels}。请改正",
        "the level is “{found}”; expected one of: {levels}. Correct it",
    ),
    "ORG_006": Message(
        "“{name}”的级别不低于上级“{parent}”；下级单位的级别应更低。请检查级别或上级代码",
        "the level of “{name}” is not below that of its superior “{parent}”. Check the level or the superior's code",
    ),
    "ORG_007": Message(
        "单位缺少代码或名称；两样都要有。请补上",
        "a unit lacks its code or name; both are needed. Add them",
    ),
    "ORG_008": Message(
        "不能把“{name}”移到它自己的下级“{parent}”之下；请另选上级",
        "“{name}” cannot be moved below “{parent}”, which is part of it; choose another superior",
    ),
    "ORG_009": Message(
        "“{name}”还有未关闭的下级单位；请先关闭或划出这些单位",
        "“{name}” still has open units below it; close or move them first",
    ),
    "ORG_010": Message(
        "合并至少要有两个单位，拆分至少要有两个新单位；请把代码写全",
        "a merger needs at least two units and a split at least two new ones; give all the codes",
    ),
    "ORG_011": Message(
        "“{name}”已经关闭或并入其他单位，不能再记账或变动；请改用现在的单位",
        "“{name}” is closed or merged into another unit and takes no more changes; use the present unit",
    ),
    "ORG_012": Message(
        "{names} 不在同一上级之下或级别不同，不能合并；请先用 shuzhi org move 调整隶属",
        "{names} do not share one superior and level and cannot be merged; move them first",
    ),
    "ORG_013": Message(
        "“单位”栏写的“{name}”不在“{home}”范围内[[；最接近的是“{near}”]]。请写下级单位的名称或代码，或留空",
        "the unit “{name}” is not within “{home}”[[; the nearest is “{near}”]]. Write the name or code of a unit below, or leave it blank",
    ),
    "ORG_014": Message(
        "“{name}”还有 {count} 条记录没有划给新单位（第一条是 {first}）；拆分时每条记录都要有去处。请补全分配",
        "{count} records of “{name}” were given to no new unit (the first is {first}); every record needs one",
    ),
    "ORG_015": Message(
        "分配中出现了不在新单位之列的代码“{code}”；请改为拆分后的单位代码",
        "the assignment names “{code}”, which is not one of the new units; use the codes of the parts",
    ),
    "ORG_016": Message(
        "单位文件缺少列：{columns}；需要 code、name、level、parent（或 代码、名称、级别、上级代码）。请补齐表头",
        "the file of units lacks columns: {columns}; expected code, name, level, parent",
    ),
    "ORG_017": Message(
        "要划给“{name}”的记录中有 {count} 条在那里已有同号的记录（第一条是 {first}）；请先改号或撤回其中一条，再拆分",
        "{count} of the records given to “{name}” have a record with the same number there (the first is {first}); renumber or withdraw one of them first",
    ),
    "PEOPLE_001": Message(
        "“{actor}”在“{organisation}”没有“{permission}”的权限（现任：{held}）；请由有相应岗位的人操作，或由管理员任职",
        "“{actor}” lacks the right {permission} at “{organisation}” (posts held: {held}); let somebody with the post do it, or have a post given",
    ),
    "PEOPLE_002": Message(
        "没有可用的帐号“{name}”[[；相近的有：{near}]]。请用 shuzhi account list 查看",
        "there is no active account “{name}”[[; near ones: {near}]]. See shuzhi account list",
    ),
    "PEOPLE_003": Message(
        "帐号名“{name}”已被使用或不可用；请换一个",
        "the account name “{name}” is taken or not allowed; choose another",
    ),
    "PEOPLE_004": Message(
        "没有“{role}”这种岗位；可用的有：{roles}。请改正",
        "there is no role “{role}”; known roles: {roles}",
    ),
    "PEOPLE_005": Message(
        "“{name}”现任{held}，不能兼任{role}：系统管理、安全管理、审计管理须由不同的人担任，且不得记账或审核",
        "“{name}” holds {held} and cannot also be {role}: the three administrator roles are kept apart from each other and from recording and approving",
    ),
    "PEOPLE_006": Message(
        "检查员的任职没有截止日期或检查文件；检查是有期限、有依据的。请填写截止日期和文号、文件名",
        "an inspector's post lacks a last day or the order; an inspection has a term and a document. Give both",
    ),
    "PEOPLE_007": Message(
        "截止日期 {to} 早于起始日期 {from}；请改正",
        "the last day {to} is before the first day {from}; correct it",
    ),
    "PEOPLE_008": Message(
        "没有“{line}”这条业务线；可用的有：{lines}。请改正",
        "there is no line of work “{line}”; known lines: {lines}. Correct it",
    ),
    "PEOPLE_009": Message(
        "不能给自己任职或改自己的任职；请由另一位管理员办理",
        "nobody gives or changes a post of their own; let another administrator do it",
    ),
    "PEOPLE_010": Message(
        "密码太短；至少 {long} 个字符，或 {short} 个字符且含大写字母、小写字母、数字、符号中的三种。请换长一些的，例如一句自己记得住的话",
        "the password is too short; at least {long} characters, or {short} with three of: capitals, small letters, digits, signs. Take a longer one, for example a sentence you remember",
    ),
    "PEOPLE_011": Message(
        "密码不足 {long} 个字符时，应含大写字母、小写字母、数字、符号中的三种（至少 {short} 个字符）；请加长或换几种字符",
        "a password of fewer than {long} characters needs three of: capitals, small letters, digits, signs (at least {short} characters); make it longer or more varied",
    ),
    "PEOPLE_012": Message(
        "这个密码太常见，别人一试就中；请换一个",
        "this password is one of those everybody tries first; choose another",
    ),
    "PEOPLE_013": Message(
        "密码与帐号名或姓名相同或太近；请换一个",
        "the password is the account's name or close to it; choose another",
    ),
    "PEOPLE_014": Message(
        "密码超过 {longest} 个字符；请缩短",
        "the password is longer than {longest} characters; shorten it",
    ),
    "PEOPLE_015": Message(
        "原密码不对；请重新输入，忘记了请找系统管理员重设",
        "the present password is not right; type it again, or ask the administrator for a new one",
    ),
    "PEOPLE_016": Message(
        "两次输入的新密码不一样；请重新输入",
        "the two new passwords differ; type them again",
    ),
    "PEOPLE_017": Message(
        "新密码与原密码相同；请换一个",
        "the new password is the old one; choose another",
    ),
    "PEOPLE_018": Message(
        "不能停用自己的帐号；请由另一位管理员办理",
        "nobody closes their own account; let another administrator do it",
    ),
    "PEOPLE_019": Message(
        "没有写明理由；停用和恢复帐号、重设第二步验证都要写理由。请填写",
        "no reason was given; closing or reopening an account and resetting its second step need one. Give it",
    ),
    "PEOPLE_020": Message(
        "帐号名或密码不对；请检查大小写和输入法后重试[[，再错 {left} 次将锁定 {minutes} 分钟]]",
        "the account name or the password is not right; check capitals and the keyboard and try again[[ (after {left} more failures the account is locked for {minutes} minutes)]]",
    ),
    "PEOPLE_021": Message(
        "登录失败次数太多，已暂停登录；请在 {until} 以后再试，或请系统管理员重设密码",
        "too many failed attempts: signing in is suspended; try again after {until}, or ask the administrator for a new password",
    ),
    "PEOPLE_022": Message(
        "没有填写帐号名或密码；请填写后再登录",
        "the account name or the password is missing; enter both",
    ),
    "PEOPLE_023": Message(
        "统一身份认证没有完成：{detail}；请重试，仍不行请用帐号名和密码登录，并告诉系统管理员",
        "signing in with the identity provider did not succeed: {detail}; try again, or sign in with name and password and tell the administrator",
    ),
    "PEOPLE_024": Message(
        "统一身份认证的用户“{name}”在这里没有可用的帐号；请系统管理员用同样的帐号名开设",
        "the identity provider's user “{name}” has no active account here; the administrator can open one with the same name",
    ),
    "PEOPLE_025": Message(
        "启动码不对；请照启动述职的终端窗口里显示的填写（不分大小写）",
        "the set-up code is not right; enter what the terminal that started Shuzhi shows (capitals do not matter)",
    ),
    "RECORD_001": Message(
        "没有编号为 {record} 的记录；请核对编号", "there is no record {record}; check the number"
    ),
    "RECORD_002": Message(
        "没有写明理由；退回和撤回都要写理由。请用 --reason 说明",
        "no reason was given; returning and withdrawing need one. Give --reason",
    ),
    "RECORD_003": Message(
        "记录 {record} 现在的状态是 {state}，不在待审之列；只有待审的记录可以审核或退回",
        "record {record} is {state}, not waiting; only submitted records can be approved or returned",
    ),
    "RECORD_004": Message(
        "记录 {record} 已经撤回；无需再撤", "record {record} is already withdrawn"
    ),
    "RECORD_005": Message(
        "没有编号为 {batch} 的导入，或其中的记录都已撤回；请核对导入编号",
        "there is no import {batch}, or all its records are withdrawn; check the number",
    ),
    "RECORD_006": Message(
        "记录 {record} 是“{author}”本人所记，不能由本人审核；请由另一位审核员办理",
        "record {record} was written by “{author}”, who may not approve it; another reviewer must",
    ),
    "LEDGER_030": Message(
        "没有名为“{ledger}”的台账[[；相近的有：{near}]]。请用 shuzhi catalogue list ledger 查看",
        "there is no ledger “{ledger}”[[; near ones: {near}]]. See shuzhi catalogue list ledger",
    ),
    "LEDGER_031": Message(
        "“{ledger}”由{levels}级记账，“{name}”不是这一级；请改正“单位”栏或换台账",
        "“{ledger}” is kept at these levels: {levels}; “{name}” is not one of them",
    ),
    "LEDGER_032": Message(
        "“{field}”读到“{found}”，在{ledger}中没有登记；请先登记，或核对编号（注意 001 与 1 不同）",
        "“{field}” is “{found}”, which is not in {ledger}; register it first or check the number (001 is not 1)",
    ),
    "LEDGER_033": Message(
        "“{field}”读到“{found}”，目录中没有这一项[[；最接近的是“{near}”]]。请改正",
        "“{field}” is “{found}”, which the catalogue does not define[[; the nearest is “{near}”]]",
    ),
    "LEDGER_034": Message(
        "这一行的编号，或它引用的户号等，在合并前的几个单位（{units}）都有；应只属于其中一个。请在“单位”栏（或 --org）写明原单位的名称",
        "the key of this row, or a number it refers to, stands in several of the merged units ({units}); expected one of them. Name the former unit in the column 单位 or with --org",
    ),
    "LEDGER_035": Message(
        "账里有台账“{ledger}”的记录，而现在的目录没有这本台账；请检查 SHUZHI_CATALOGUE 是否指向本单位的定义",
        "the books hold rows of the ledger “{ledger}”, which the present catalogue does not define; check that SHUZHI_CATALOGUE names the office's own folder",
    ),
    "BOOK_001": Message(
        "“{name}”还没有开设 {year} 年的账册；请先建账（“账册”页，或 shuzhi book open）",
        "“{name}” has no book for {year}; open it first (page “Books”, or shuzhi book open)",
    ),
    "BOOK_002": Message(
        "“{name}”的账册只开到 {last} 年，不能过 {year} 年的账；请先建 {year} 年的账，或核对日期",
        "the books of “{name}” are open up to {last}; a row of {year} cannot be posted. Open {year} or check the date",
    ),
    "BOOK_003": Message(
        "“{name}”在 {date} 所属的期间已结账，更正要记入 {year} 年，而 {year} 年还没有建账；请先建账，或请上级重开",
        "the period of {date} at “{name}” is closed; the correction goes to {year}, whose book is not open. Open it, or have the superior reopen",
    ),
    "BOOK_004": Message(
        "“{name}”{year} 年的账册已全部开设；无需再开",
        "the books of “{name}” for {year} are already open",
    ),
    "BOOK_005": Message(
        "“{name}”还有 {count} 条待审或被退回的记录属于要结账的期间；请先审核、更正或撤回",
        "{count} records of “{name}” in this period still wait or were returned; approve, correct or withdraw them first",
    ),
    "BOOK_006": Message(
        "“{name}”的下级还没有结账：{units}；请先由下级结账，或一并结账",
        "units below “{name}” have not closed: {units}; close them first, or close all together",
    ),
    "BOOK_007": Message(
        "“{name}”{period}已经结账；无需再结", "“{name}” is already closed for {period}"
    ),
    "BOOK_008": Message(
        "“{name}”{year} 年的账还没有结；请先结前一年",
        "the book of “{name}” for {year} is still open; close it first",
    ),
    "BOOK_009": Message(
        "重开账册没有写明理由；请写明理由（命令行用 --reason）",
        "no reason was given for reopening; give one (on the command line with --reason)",
    ),
    "BOOK_010": Message(
        "“{actor}”不在“{name}”的上级任负责人，不能重开它的账册；请由上级办理",
        "“{actor}” is not a leader above “{name}” and cannot reopen its book; the superior must",
    ),
    "BOOK_011": Message(
        "“{name}”{period}没有结账，无需重开",
        "“{name}” is not closed for {period}; there is nothing to reopen",
    ),
    "BOOK_012": Message(
        "“{name}”的上级“{superior}”在这一期间也已结账；请先重开上级的账册",
        "the superior “{superior}” of “{name}” is closed for this period too; reopen it first",
    ),
    "BOOK_013": Message(
        "“{name}”{year} 年也已结账；请先重开后一年",
        "“{name}” is closed for {year} too; reopen the later year first",
    ),
    "BOOK_014": Message(
        "不能建 {year} 年的账；最远只能建到 {latest} 年。请核对年份",
        "the books of {year} cannot be opened; the latest year is {latest}. Check the year",
    ),
    "REPORT_042": Message(
        "“{name}”没有 {year} 年的账册，写不出这一年的报告；请核对年度，或先建账、记账、审核",
        "“{name}” has no book for {year}, so no report on it can be written; check the year, or open the book first",
    ),
    "RECONCILE_001": Message(
        "{organisation} {month} “{indicator}”：按修订重算为 {expected}（{expected_rows} 行），单元存的是 {found}（{found_rows} 行）。若目录刚增加了指标，请运行 shuzhi book backfill；否则请查明是谁改动了数据库，并从备份恢复",
        "{organisation} {month} “{indicator}”: recomputed {expected} ({expected_rows} rows), the cell holds {found} ({found_rows} rows). After new definitions run shuzhi book backfill; otherwise find out who changed the database and restore it",
    ),
    "RECONCILE_002": Message(
        "{organisation} {month} “{indicator}”：按修订重算为 {expected}（{expected_rows} 行），分录合计为 {found}（{found_rows} 行）。若目录刚增加了指标，请运行 shuzhi book backfill；否则请从备份恢复",
        "{organisation} {month} “{indicator}”: recomputed {expected} ({expected_rows} rows), the postings sum to {found} ({found_rows} rows). After new definitions run shuzhi book backfill; otherwise restore the database",
    ),
    "RECONCILE_003": Message(
        "{organisation} {month} “{indicator}”的对象明细：重算为 {expected}（{expected_rows} 行），存的是 {found}（{found_rows} 行）。若目录刚增加了指标，请运行 shuzhi book backfill；否则请查明原因并从备份恢复",
        "{organisation} {month} “{indicator}”, by subject: recomputed {expected} ({expected_rows} rows), stored {found} ({found_rows} rows). After new definitions run shuzhi book backfill; otherwise find the cause and restore the database",
    ),
    "VERIFY_001": Message(
        "{organisation} 的封签链在第 {seq} 号修订处断开（记录 {record} 的第 {number} 次）：内容与封签不符。请保全数据库，与备份比对",
        "the chain of {organisation} breaks at revision {seq} (entry {number} of record {record}): content and seal differ. Preserve the database and compare it with a backup",
    ),
    "VERIFY_002": Message(
        "{organisation} {year} 年的封签链应有 {expected} 个修订，实有 {found} 个，或末尾不符。请与备份比对，找出缺少的修订",
        "the chain of {organisation} for {year} should hold {expected} revisions and holds {found}, or its head differs. Compare with a backup",
    ),
    "VERIFY_003": Message(
        "保护触发器 {trigger} 不在或被停用；数据可能被改动过。请恢复触发器并核对封签链",
        "the sealing trigger {trigger} is missing or disabled; data may have been changed. Restore it and check the chains",
    ),
    "VERIFY_004": Message(
        "审计日志在第 {seq} 号（{code}）处断开：内容与封签不符。请保全数据库，与备份比对",
        "the audit log breaks at event {seq} ({code}): content and seal differ. Preserve the database and compare it with a backup",
    ),
    "VERIFY_005": Message(
        "审计日志的末尾与时钟记载不符（现有 {count} 条）；可能有事件被删去。请与备份比对",
        "the end of the audit log does not match the clock ({count} events present); events may have been removed",
    ),
    "VERIFY_006": Message(
        "记录 {record} 的指针与它的修订不一致；请与备份比对",
        "the pointers of record {record} do not match its revisions; compare with a backup",
    ),
    "REPORT_040": Message(
        "没有名为“{report}”的报告模板；可用的有：{near}。请用 shuzhi report list 查看",
        "there is no report template “{report}”; known: {near}. See shuzhi report list",
    ),
    "REPORT_041": Message(
        "“{report}”是 {level} 级的报告，“{name}”是 {found} 级；请换模板或单位",
        "“{report}” is written at {level} level, “{name}” is at {found} level; choose another template or unit",
    ),
    "VERIFY_007": Message(
        "记录 {record} 的佐证“{name}”找不到了；请从备份恢复文件夹里的文件",
        "the attachment “{name}” of record {record} is gone; restore the folder of files from a backup",
    ),
    "VERIFY_008": Message(
        "记录 {record} 的佐证“{name}”被改动过，与当时封存的内容不符；请保全现状，与备份比对",
        "the attachment “{name}” of record {record} was altered since it was sealed; preserve it and compare it with a backup",
    ),
    "VERIFY_009": Message(
        "记录 {record} 在台账表里显示的内容与它的修订不一致；表可能被直接改动过，请与备份比对",
        "what the table shows of record {record} is not what its revision says; the table may have been altered directly; compare with a backup",
    ),
    "VERIFY_010": Message(
        "记录 {record} 的检索文字不是现行台账定义下应有的；请运行 shuzhi record rebuild 重建",
        "the searchable words of record {record} are not those of the ledger's present definition; run shuzhi record rebuild to make them again",
    ),
    "ATTACH_001": Message(
        "“{name}”有 {size} MB；一份佐证最多 {limit} MB。请压缩图片或拆分文件",
        "“{name}” has {size} MB; an attachment may have {limit} MB. Make the picture smaller or split the file",
    ),
    "ATTACH_002": Message(
        "“{name}”不是可以作佐证的文件；可用的有：{allowed}。请另存为其中一种",
        "“{name}” is not a kind of file kept as evidence; allowed: {allowed}. Save it as one of these",
    ),
    "ATTACH_003": Message(
        "“{name}”的内容不是 {suffix} 文件；名称和内容应当一致。请用原来的程序打开另存",
        "the content of “{name}” is not a {suffix} file; name and content should agree. Open it in its own program and save it again",
    ),
    "CLI_030": Message(
        "没有读到一行{ledger}的数据；表头下面应有填好的行（示例行不算）。请填写后再导入",
        "no row of {ledger} was found; expected filled rows below the header (the example does not count). Fill it in and import again",
    ),
    "CLI_031": Message(
        "表上写的填报单位是“{stated}”，而要导入的单位是“{given}”，两者不符。请核对是不是拿错了文件，或改用正确的 --org",
        "the sheet says it was filled in by “{stated}”, but it is imported for “{given}”. Check that it is the right file, or give the right --org",
    ),
    "CLI_032": Message(
        "这个数据库里已有别的单位账，演示不会动它；请去掉 DATABASE_URL 或换一个空的数据库再运行 shuzhi demo",
        "this database holds another office and the demonstration leaves it alone; unset DATABASE_URL or use an empty database",
    ),
    "CLI_001": Message(
        "“{text}”不是“字段=值”的形式；请写成 --set 字段=值，例如 --set bearing_area=2.5",
        "“{text}” is not FIELD=VALUE; write --set FIELD=VALUE, for example --set bearing_area=2.5",
    ),
    "CLI_002": Message(
        "文件 {file} 认不出是哪本台账；请用 --ledger 指明，或用 shuzhi ledger template 的模板填写",
        "it is not clear which ledger {file} belongs to; give --ledger, or fill in a template from shuzhi ledger template",
    ),
    "CLI_003": Message(
        "找不到文件 {file}；请检查路径",
        "the file {file} does not exist; check the path",
    ),
    "CLI_004": Message(
        "--assign 写的“{text}”不对；应为 字段:值=新单位代码，例如 group:一组=990101100211",
        "“{text}” is not FIELD:VALUE=CODE; write for example group:一组=990101100211",
    ),
    "CLI_005": Message(
        "文件 {file} 读写不成：{detail}；这一步没有做完。请检查路径、权限和磁盘空间，文件在别的程序里开着的请先关上",
        "{file} cannot be read or written: {detail}; this step was not finished. Check path, rights and disk space, and close the file elsewhere",
    ),
    "CLI_006": Message(
        "时点读到 {found}，账上现在到 {current}；时点应是报告上印的、不晚于现在的时点号。请改正",
        "the point of the books is {found}, and the books stand at {current}; give a point printed on a report, not later than now",
    ),
    "CLI_007": Message(
        "没有编号为 {post} 的任职；请用 shuzhi account list 查看任职号",
        "there is no post {post}; see shuzhi account list for the numbers",
    ),
    "CLI_008": Message(
        "--by 写的“{text}”不对；应为 字段=值，字段是“{ledger}”的字段，例如 {example}",
        "“{text}” is not FIELD=VALUE with a field of “{ledger}”; write for example {example}",
    ),
    "CLI_009": Message(
        "“{indicator}”不是逐行相加的指标，不能按字段看其中一部分；请去掉 --by",
        "“{indicator}” is not summed row by row, so it has no part by a field; leave out --by",
    ),
    "CLI_010": Message(
        "没有 {option} 这个选项[[；相近的有：{near}]]。用法见 {command} --help",
        "there is no option {option}[[; near ones: {near}]]. See {command} --help",
    ),
    "CLI_011": Message(
        "没有 {name} 这个命令[[；相近的有：{near}]]。用法见 {command} --help",
        "there is no command {name}[[; near ones: {near}]]. See {command} --help",
    ),
    "CLI_012": Message(
        "缺少 {name}；这一项必须写。用法见 {command} --help",
        "{name} is missing; it must be given. See {command} --help",
    ),
    "CLI_013": Message(
        "{name} 读到“{found}”，应为以下之一：{choices}。用法见 {command} --help",
        "{name} is “{found}”; expected one of: {choices}. See {command} --help",
    ),
    "CLI_014": Message(
        "{name} 读到“{found}”，应为 {low} 到 {high} 的整数。用法见 {command} --help",
        "{name} is “{found}”; expected a whole number from {low} to {high}. See {command} --help",
    ),
    "CLI_015": Message(
        "命令的写法不对：{detail}。用法见 {command} --help",
        "the command is not written right: {detail}. See {command} --help",
    ),
    "CLI_016": Message(
        "不打码导出没有写明理由；请用 --reason 写明用途，会记入审计日志",
        "no reason was given for showing personal data; give --reason, it goes into the audit log",
    ),
    "CLI_017": Message(
        "{file} 是一个文件夹，应为一个文件；请写出文件夹里的文件名",
        "{file} is a folder; expected a file. Name a file in it",
    ),
}
