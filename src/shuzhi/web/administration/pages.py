"""Addresses of this area."""

from __future__ import annotations

from shuzhi.web.administration import catalogue, own, running, units
from shuzhi.web.administration.people import PEOPLE_PAGES
from shuzhi.web.pages import ANYONE, SIGNED_IN, Help, Page, Right
from shuzhi.web.words import Words

_AT = "at/<unit:unit>/administration/"
_CATALOGUE = "at/<unit:unit>/catalogue/"
_UNITS, _DEFINE, _KEEP = Right("organisation.change"), Right("definition.change"), Right("office.backup")  # fmt: skip
_ADMINISTERS = Right(any_of=("organisation.change", "account.change", "post.change", "event.read"))
_RUNS = Right(any_of=("organisation.change", "event.read"))

PAGES = [
    Page(
        "administration", _AT, {"GET": _ADMINISTERS}, running.overview,
        Help(
            Words("这里是管理员的入口：单位、人员、定义、备份和日志。只显示您的岗位可以办的事；系统管理员、安全管理员、审计管理员各管一块，互不兼任。",
                  "The administrators' entrance: units, people, definitions, backups and the audit log. Only what your post allows is shown; the three kinds of administrators each have their own part."),
            Words("年初要给新来的记账员开帐号：点“人员与任职”。", "A new clerk has come: open “People and posts”."),
        ),
    ),
    # the organisation tree
    Page(
        "organisations", f"{_AT}units/", {"GET": _UNITS, "POST": _UNITS}, units.tree,
        Help(
            Words("本单位的下级单位，点左边的三角展开下一级，点名称看详情和历史。右边可以新设一个下级单位；一次要设很多，用“从文件导入”。合并、拆分都先给出结果再办理，历年的数不变。",
                  "The units below this one: the triangle opens the next level, the name shows details and history. A new unit is opened on the right; many at once come from a file. Mergers and splits show what comes of them first; figures of past years stay."),
            Words("新设“丁村”：写代码 990101100204、名称“丁村”，级别选“村”，点“开设”。",
                  "Open Ding village: code 990101100204, name, level “Village”, then “Open”."),
        ),
    ),
    Page("organisation-branches", f"{_AT}units/below/", {"GET": _UNITS}, units.branches, fragment=True),
    Page(
        "organisation", f"{_AT}unit/", {"GET": _UNITS, "POST": _UNITS}, units.unit_page,
        Help(
            Words("一个单位的代码、级别、记录数和历史。可以改名、调整隶属、关闭；都要写理由，都记入审计日志。改名和改隶属之后，以前报出的数按当时的名称和隶属仍可复算；关闭后不能再记账，原有的账留在上级的数里。",
                  "A unit's code, level, number of records and history. It can be renamed, moved or closed, each with a reason and noted in the audit log. Figures reported before can still be recomputed as things stood then; a closed unit takes no more rows, its rows stay in its superior's figures."),
            Words("“甲村”更名为“甲家塬村”：在“改名”里写新名称和批复文号。", "Jia village gets a new name: write it under “Rename” with the document's number."),
        ),
    ),
    Page(
        "organisation-merge", f"{_AT}merge/", {"GET": _UNITS, "POST": _UNITS}, units.merge,
        Help(
            Words("把同一上级下的几个单位合并成一个：并入其中一个，或者新设一个。先点“看看会怎样”，核对无误再办理。合并后的单位历年数等于各原单位之和，原单位的记录和编号都不改。",
                  "Merge several units with the same superior: into one of them, or into a new one. Look at what happens first, then do it. The successor's figures of past years are the sums of its predecessors'; rows and numbers stay as they are."),
            Words("甲村、乙村合并为“和美村”：勾选两村，选“新设一个”，写代码和名称。", "Jia and Yi become Hemei: tick both, choose “a new unit”, give code and name."),
        ),
    ),
    Page(
        "organisation-split", f"{_AT}split/", {"GET": _UNITS, "POST": _UNITS}, units.split,
        Help(
            Words("把一个没有下级的单位拆成几个。先写新单位，再选按哪一栏划分记录（例如村民小组），每个值归哪个新单位；引用同一户的记录跟着户走。点“看看会怎样”，每条记录都有去处才能办理。上级的数不变。",
                  "Split a unit that has none below it. Name the new units, then choose the field its records are divided by (the villagers' group, say) and which part each value goes to; what refers to a household follows it. Every record needs a home before it can be done. The superior's figures stay."),
            Words("丙村拆为东村、西村：一组、二组归东村，其余归西村。", "Bing becomes East and West: groups one and two go East, the rest West."),
        ),
    ),
    Page(
        "organisations-import", f"{_AT}units/import/", {"GET": _UNITS, "POST": _UNITS}, units.units_file,
        Help(
            Words("从 Excel 或 CSV 文件一次开设许多单位。表头要有：代码、名称、级别、上级代码。先显示读到了什么，核对后再开设；已有的单位不会重复开设。",
                  "Open many units from an Excel or CSV file with the columns code, name, level, parent. What was read is shown first; units already there are passed over."),
            Words("一行写：990101100204，丁村，村，990101100000。", "One row: 990101100204, the name, village, 990101100000."),
        ),
    ),
    # definitions
    Page(
        "catalogue", _CATALOGUE, {"GET": SIGNED_IN}, catalogue.catalogue_page,
        Help(
            Words("这里能查到每本台账记什么、每个指标怎么算、每条勾稽关系要求什么、报告模板用了哪些数，都用白话写，并注明依据。可以按名称、别名或英文名搜索。",
                  "What each ledger records, how each indicator is computed, what each relation asks and which figures each report uses, in plain words with the basis. Search by name, synonym or English title."),
            Words("想知道“果园面积”算不算新幼园：搜“果园面积”，看“怎么算”。", "Does “orchard area” include young orchards? Search for it and read “How it is computed”."),
        ),
    ),
    Page(
        "catalogue-upload", f"{_CATALOGUE}own/", {"GET": _DEFINE, "POST": _DEFINE}, own.upload,
        Help(
            Words("本单位可以有自己的台账、指标、参数等定义，写成 YAML 文件传上来。传上来先检查，所有错误一次列出，写明文件、行、列；没有错误并写明理由后才能生效，不用重启。已有记录的台账不能少字段，已有数的指标不能改口径。生效后可以退回以前的版本。",
                  "An office may have ledgers, indicators and standards of its own, as YAML files. They are checked first, with every error listed by file, line and column; without errors and with a reason they are taken into force, no restart needed. A ledger with records cannot lose fields, an indicator with figures cannot change its meaning. Earlier versions can be gone back to."),
            Words("传一个 tea.yaml（茶园台账），检查通过后写“镇产业办要求”，点“生效”。", "Upload tea.yaml, see that it passes, write the reason, and press “Take into force”."),
        ),
    ),
    Page("catalogue-version", f"{_CATALOGUE}own/<slug:version>/", {"GET": _DEFINE}, own.version_file, fragment=True),
    Page(
        "ledger-definition", f"{_CATALOGUE}ledgers/<slug:key>/", {"GET": SIGNED_IN}, catalogue.ledger_definition,
        Help(
            Words("一本台账的说明：由哪一级记、一行代表什么、每个字段怎么填、有哪些检查，以及哪些指标用到它。", "What a ledger is: who keeps it, what a row stands for, how each field is filled in, what is checked, and which indicators read it."),
            Words("“挂果园面积”一栏单位是亩，没有的填 0，不清楚的留空。", "“Bearing area” is in mu: 0 where there is none, blank where it is not known."),
        ),
    ),
    Page(
        "indicator-definition", f"{_CATALOGUE}indicators/<slug:key>/", {"GET": SIGNED_IN}, catalogue.indicator_definition,
        Help(
            Words("一个指标的说明：数从哪本台账来、怎么算、哪些行算进去、依据是什么。下面的用例写明“给出这些行，就得到这个数”，软件每次发布前都逐个验算。", "What an indicator means: which ledger it comes from, how it is computed, which rows count, and why. Its cases say “from these rows comes this figure” and are computed again before every release."),
            Words("用例：挂果园 3 亩、幼园 1 亩，果园面积就是 4 亩。", "A case: 3 mu bearing and 1 mu young make an orchard area of 4 mu."),
        ),
    ),
    Page(
        "relation-definition", f"{_CATALOGUE}relations/<slug:key>/", {"GET": SIGNED_IN}, catalogue.relation_definition,
        Help(
            Words("一条勾稽关系的说明：哪些数之间必须怎样，对不上时该查什么。有一个数不详时不作判断。", "What must hold between figures, and what to look at when it does not. Nothing is said while a figure is not known."),
            Words("果园面积等于挂果园面积与幼园面积之和。", "Orchard area equals bearing plus young area."),
        ),
    ),
    Page(
        "report-definition", f"{_CATALOGUE}reports/<slug:key>/", {"GET": SIGNED_IN}, catalogue.report_definition,
        Help(
            Words("一个报告模板的说明：有哪些章节和句子，用到哪些指标。花括号里是数的位置，数不详的句子不会印出来。", "A report template: its headings and sentences, and the figures it needs. Braces mark where a figure stands; a sentence whose figure is not known is not printed."),
            Words("“全村果园面积{orchard_area}”印出来是“全村果园面积480亩”。", "“Orchard area {orchard_area}” is printed with the figure in its place."),
        ),
    ),
    Page(
        "parameters", f"{_CATALOGUE}parameters/", {"GET": SIGNED_IN}, catalogue.parameters,
        Help(
            Words("补贴标准、门槛等参数，每个值写明从哪天起、按哪个文件。改标准不是改旧值，而是加一个新值，这样旧年份仍按旧标准算。本县的标准和自带的不同，请在“本单位的定义”里写自己的。", "Rates and thresholds, each value with its first day and document. A new rate is added, the old one stays, so that past years keep theirs. Where your county differs, bring your own under “Own definitions”."),
            Words("果园补贴每亩 500 元，自 2022-01-01 起；2025 年提高到 550 元，就加一行。", "Orchard subsidy 500 yuan per mu from 2022-01-01; raised to 550 in 2025, a line is added."),
        ),
    ),
    # running
    Page(
        "events", f"{_AT}events/", {"GET": Right("event.read")}, running.events,
        Help(
            Words("谁在什么时候做了什么：登录、任职、建账结账、导出、查看个人信息、单位变动、备份恢复等。可以按日期、帐号、种类和文字查找。日志一条接一条加了封签，谁也改不了、删不掉；里面没有群众的个人信息。", "Who did what and when: sign-ins, posts, books opened and closed, exports, personal values shown, changes of units, backups. Search by day, account, kind and words. Each entry is sealed with the one before and can be neither altered nor deleted; it holds no villager's data."),
            Words("查谁在三月导出过台账：日期 2024-03-01 到 2024-03-31，种类选“导出台账”。", "Who exported ledgers in March: 2024-03-01 to 2024-03-31, kind “Ledger exported”."),
        ),
    ),
    Page(
        "jobs", f"{_AT}jobs/", {"GET": _UNITS}, running.job_list,
        Help(
            Words("导入、核对、备份等要一会儿的事都在后台做，这里看得到做到哪里、有没有做完。没有做完的点开看原因。", "Imports, checks, backups and other long work go on in the background; here you see how far they are. Open one that failed to read why."),
            Words("“导入台账”停在一半：点开看是哪一行有问题。", "An import stopped half-way: open it to see which row was wrong."),
        ),
    ),
    Page(
        "system", f"{_AT}system/", {"GET": _RUNS}, running.system,
        Help(
            Words("数据库、磁盘、后台任务、程序版本和最近一次备份、对账的结果。上面黄色的是要留意的事。", "Database, disk, jobs, versions, and the last backup and proof of the books. What deserves attention stands on top."),
            Words("写着“磁盘只剩不到十分之一”，就请清理旧备份。", "“Less than a tenth of the disk is free”: remove old backups."),
        ),
    ),
    Page(
        "backup", f"{_AT}backup/", {"GET": _KEEP, "POST": _KEEP}, running.backup,
        Help(
            Words("备份把数据库、佐证和本单位的定义写成一个文件，带校验和，别人照常工作。恢复之前会先核对备份、再把现在的账另存一份，然后换上备份里的账；恢复后所有人要重新登录，备份之后记的账不再有。备份里有个人信息，下载后请加密存放。", "A backup writes database, attachments and own definitions into one file with checksums while others go on working. Before restoring, the archive is checked and the present state is backed up; then the archive takes its place, everybody signs in anew, and what was recorded since the backup is gone. It holds personal data: keep downloads safe."),
            Words("每周五下班前点“现在备份”，把文件拷到单位的保密盘。", "Every Friday press “Back up now” and copy the file to the office's safe disk."),
        ),
    ),
    Page("backup-file", f"{_AT}backup/<str:name>/", {"GET": _KEEP}, running.backup_file, fragment=True),
    Page("alive", "alive/", {"GET": ANYONE}, running.alive, fragment=True),
    *PEOPLE_PAGES,
]  # fmt: skip
