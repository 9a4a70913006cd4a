"""Addresses of reports."""

from __future__ import annotations

from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.reports import editing, signing, views
from shuzhi.web.words import Words

READ = Right("figure.read")
MAKE = Right("report.make")
SIGN = Right("report.sign")
CONFIRM = Right("report.confirm")

ONE = "at/<unit:unit>/reports/<uuid:number>/"

PAGES = [
    Page(
        "reports",
        "at/<unit:unit>/reports/",
        {"GET": READ},
        views.overview,
        Help(
            Words(
                "这里是本单位的各种报告，按年度、类别、状态查找；“现在等谁”一栏说明下一步该谁办。点标题打开报告，点“写一份报告”由账上的数自动成稿。",
                "The unit's reports, by year, genre and state; the column “Waits for” says whose turn it is. Open one by its title; “Make a report” writes one from the books.",
            ),
            Words(
                "要交年度述职：点“写一份报告”，选“村‘两委’述职报告”和 2023 年，先看缺什么，再生成。",
                "For the yearly debrief choose “Make a report”, the genre and 2023, see what is missing, then make it.",
            ),
        ),
    ),
    Page(
        "report-new",
        "at/<unit:unit>/reports/new/",
        {"GET": MAKE, "POST": MAKE},
        views.new,
        Help(
            Words(
                "选报告类别和年度，系统先按现在的账试写一遍，列出还缺哪些数、到哪本台账去补。缺数的句子不会写进报告，也不会留空格或 XX。补齐后再生成，句子自然就有了。",
                "Choose genre and year; the report is tried against the books first, and what is missing is listed with the ledger to record it in. A sentence without its figures is left out, never printed with a blank. Record what is missing and the sentence appears.",
            ),
            Words(
                "“硬化道路”缺数：点后面的“道路台账”补记、审核，再回到这里生成。",
                "“Roads paved” is missing: follow the link to the ledger, record it, have it approved, and come back.",
            ),
        ),
    ),
    Page(
        "report",
        ONE,
        {"GET": READ},
        views.show,
        Help(
            Words(
                "左边是印出来的样子。带点线的数都来自账上：移上去看指标、期间和依据，点开就是那些行。段落旁的笔形按钮改文字，数锁在句子里，改不了、只能移动或去掉。右边是待补的数据、核对发现、各线确认和版本。签发后内容封存，账再变它也不变。",
                "On the left the page as it prints. Dotted figures come from the books: hover for indicator, period and source, click for the rows. The pencil beside a paragraph changes its words; figures are locked in it and can only be moved or taken out. On the right: what is missing, findings, confirmations, versions. Signed, it is frozen whatever the books say later.",
            ),
            Words(
                "想把“果园面积 3240 亩”写得更顺：点那一段的笔形按钮，改前后的字，保存后就是新的一版。",
                "To make the sentence about 3,240 mu of orchards read better: press the pencil, change the words around the figure, save; that is a new version.",
            ),
        ),
    ),
    Page("report-findings", f"{ONE}findings/", {"GET": READ}, views.findings,
        Help(
            Words("这里是系统对这份稿子的核对：算不平的数、与账不符的数、占位和错字。点“看原文”回到那一段去改。", "What checking found in the text: sums that do not add up, numbers that differ from the books, blanks and slips. Follow the link to the paragraph to mend it."),
            Words("“其中”各项之和与总数不符：看是漏了一项，还是手工输入的数写错了。", "The parts do not add up to the total: see whether one is missing or a typed number is wrong."),
        ),
    ),
    Page("report-source", f"{ONE}sources/<int:key>/", {"GET": READ}, views.source,
        Help(
            Words("报告里这个数的来源：是哪本台账、哪些行、怎样算出来的，和附件《数据来源表》里的一样，停在报告的时点。", "Where this figure of the report comes from: which ledger and rows, and how it is computed, as in the annex of sources, at the report's own point of the books."),
            Words("“其中花椒 1200 亩”：列出花椒的每一行，合计就是这个数。", "“of which Sichuan pepper 1,200 mu”: every row of it is listed; their sum is the figure."),
        ),
    ),
    Page(
        "report-edit",
        f"{ONE}edit/",
        {"GET": MAKE, "POST": MAKE},
        editing.edit,
        Help(
            Words(
                "改一段文字。蓝色小块（没有脚本时是 [编号:名称]）是账上的数，内容由系统计算；可以移动、去掉，或从“本报告的数”里插入。也可以自己写数字，但会标明“没有来源”。别人同时改了这一段时，两份文字都会给您看。",
                "Change one paragraph. The blue pieces (without scripts: [number:name]) are figures of the books; they can be moved, taken out, or inserted from “Figures of this report”. A number may be typed by hand, but is marked as having no source. If somebody changed this paragraph meanwhile, you are shown both texts.",
            ),
            Words(
                "把“全年走访[3:走访次数 120次]”改成“走访不断线，全年[3:走访次数 120次]”，保存。",
                "Move the figure to the end of the sentence, reword what stands before it, save.",
            ),
        ),
    ),
    Page(
        "report-versions",
        f"{ONE}versions/",
        {"GET": READ},
        editing.versions,
        Help(
            Words(
                "每次改动都是一版，谁在什么时候改了什么都在这里，逐字对照。任何一版都可以恢复；恢复也是新的一版，中间的不会丢。",
                "Every change is a version: who changed what and when, word by word. Any version can be restored; that makes a new one and nothing in between is lost.",
            ),
            Words("选第 2 版和第 5 版，点“对照”，看这几天改了哪些段。", "Choose versions 2 and 5 and compare, to see what changed these days."),
        ),
    ),
    Page("report-restore", f"{ONE}restore/", {"POST": MAKE}, editing.restore, fragment=True),
    Page(
        "report-refresh",
        f"{ONE}refresh/",
        {"GET": MAKE, "POST": MAKE},
        editing.refresh,
        Help(
            Words(
                "报告里的数停在生成时的账上。这里列出现在的账会使哪些数变化（原来→现在），确认后一次刷新，文字不动。补录后能写出来的句子也列在下面，勾选即可加入。",
                "A report's figures stand at the point it was made. Here is which of them the books would change now, before and after; one press refreshes them and leaves the words. Sentences that can be written since are offered below.",
            ),
            Words("补记了两块果园：果园面积 3240 亩 → 3266 亩，点“刷新”。", "Two orchards were recorded: 3,240 mu becomes 3,266 mu. Press “Refresh”."),
        ),
    ),
    Page("report-confirm", f"{ONE}confirm/", {"POST": CONFIRM}, signing.confirm, fragment=True),
    Page(
        "report-sign",
        f"{ONE}sign/",
        {"GET": SIGN, "POST": SIGN},
        signing.sign,
        Help(
            Words(
                "签发前再看一遍：核对发现的错误、待补的数据、还没有确认的部分。有错误或缺数时要写明理由才能签发。签发后内容、时点和文件封存；自己最后改的稿子要由别的负责人签发，本单位只有一位负责人的除外。",
                "Look once more at errors, missing data and unconfirmed sections. With errors or missing data a reason is needed. Signing freezes text, point of the books and files. Whoever changed the text last does not sign it, unless the unit has no other leader.",
            ),
            Words("还缺“慰问金”一项：理由写“该项由民政直发，镇里无账，已与镇政府核实”。", "One figure is missing: give the reason, such as “paid directly by civil affairs, confirmed with the township”."),
        ),
    ),
    Page("report-withdraw", f"{ONE}withdraw/", {"POST": SIGN}, signing.withdraw, fragment=True),
    Page(
        "report-file",
        f"{ONE}<int:version>/<slug:kind>",
        {"GET": READ},
        views.download,
        fragment=True,
    ),
    Page(
        "report-bring-back",
        f"{ONE}bring-back/",
        {"GET": MAKE, "POST": MAKE},
        editing.bring_back,
        Help(
            Words(
                "在 Word 或 WPS 里改过的稿子可以带回来：上传后逐段对照，勾选要采用的段落，存为新的一版。文字照您改的，数仍是账上的数；有人在 Word 里动过的数会单独标出。",
                "Bring a copy back that was edited in Word or WPS: it is compared paragraph by paragraph, and the ones you tick become a new version. The words are yours, the figures stay those of the books; figures changed by hand are pointed out.",
            ),
            Words("领导在 Word 里把第三段改顺了：上传文件，勾选第三段，点“采用”。", "The leader reworded the third paragraph in Word: upload the file, tick that paragraph, take it over."),
        ),
    ),
    Page("report-accept", f"{ONE}bring-back/accept/", {"POST": MAKE}, editing.accept, fragment=True),
]  # fmt: skip
