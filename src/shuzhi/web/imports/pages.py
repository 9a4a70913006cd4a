"""Addresses of the import wizard and of jobs."""

from __future__ import annotations

from shuzhi.web.imports import job_views, views
from shuzhi.web.pages import SIGNED_IN, Help, Page, Right
from shuzhi.web.words import Words

_WRITES = Right("record.create")
_ONE = "at/<unit:unit>/import/<uuid:upload>/"

PAGES = [
    Page(
        "import",
        "at/<unit:unit>/import/",
        {"GET": _WRITES, "POST": _WRITES},
        views.start,
        Help(
            Words(
                "把填好的 Excel、WPS 或 CSV 表格拖进来，系统先认出是哪本台账、每一列是什么，再列出问题和变化，您看过以后才写入。"
                "不必用我们的模板，表头的叫法和顺序可以不同；没有表格的，可以先下载模板填写。"
                "有一处错误就一行也不写，改好后重新上传；导入以后还能整批撤销。",
                "Drop a filled Excel, WPS or CSV table here. You are first shown which ledger it is and what each column was taken for, then the problems and "
                "changes; only after that is anything written. It need not be our template: names and order of columns may differ. With any error nothing is "
                "written; mend it and upload it again. A whole import can be undone afterwards.",
            ),
            Words(
                "甲村把“果园面积.xlsx”拖进来：认出是果园台账，“亩数”一列认作面积；第 12 行写成了“约3亩”，改成 3 再传，新增 40 行，待审。",
                "Village A drops “orchards.xlsx”: it is taken for the orchard ledger. Row 12 says “about 3”; corrected to 3 and uploaded again, 40 new rows wait for approval.",
            ),
        ),
    ),
    Page(
        "import-template",
        "at/<unit:unit>/import/template/",
        {"GET": _WRITES},
        views.template,
        fragment=True,
    ),
    Page(
        "import-columns",
        _ONE,
        {"GET": _WRITES, "POST": _WRITES},
        views.columns,
        Help(
            Words(
                "看一看文件读成了什么：是哪本台账、哪个工作表、表头在第几行，每一列认作哪个字段。认错的在右边改选；不需要的列选“不导入”。"
                "每列下面列出几个值供核对，个人信息打码显示。这一步什么也不写入。",
                "See how the file was read: which ledger, which sheet, where the header is, and what each column was taken for. Choose another field where it is "
                "wrong, or “leave out” for a column that is not needed. Some values of each column are shown, personal ones masked. Nothing is written here.",
            ),
            Words(
                "“亩数”没认出来，就在它右边选“挂果面积”，再点“重新读取”。",
                "The column “size” was not recognised: choose “Bearing area” beside it and press “Read again”.",
            ),
        ),
    ),
    Page(
        "import-check",
        _ONE + "check/",
        {"GET": _WRITES, "POST": _WRITES},
        views.check,
        Help(
            Words(
                "这里列出全部问题（写明在哪个单元格、怎样改）和导入后的变化：哪些行是新的，哪些行会更正已有的记录、改了什么。"
                "有“须改正”的问题时不能导入：下载标出问题的副本，照着改，再在本页重新上传。“请留意”的不拦您，看过即可。"
                "已有的记录按编号（如户号）认，编号相同、内容不同的算更正，完全相同的不重复写。",
                "All problems are listed with their cells and how to mend them, and what importing would change: which rows are new, and which would revise records "
                "that are there. With errors nothing can be imported: download the marked copy, mend it, and upload it again on this page. Warnings do not stop you. "
                "Records are recognised by their number (such as the household's): same number, other content is a revision; the same content is not written twice.",
            ),
            Words(
                "5000 行里有 20 处错：下载副本，20 个格子标红并有批注，改完重新上传，错误为 0，点“导入”。",
                "20 errors in 5,000 rows: download the copy, mend the 20 red cells by their comments, upload it again, and import.",
            ),
        ),
    ),
    Page(
        "import-marked",
        _ONE + "marked/",
        {"GET": _WRITES},
        views.marked,
        fragment=True,
    ),
    Page("import-again", _ONE + "again/", {"POST": _WRITES}, views.again, fragment=True),
    Page("import-discard", _ONE + "discard/", {"POST": _WRITES}, views.discard, fragment=True),
    Page(
        "import-result",
        _ONE + "result/",
        {"GET": _WRITES},
        views.result,
        Help(
            Words(
                "这次导入写了多少行，现在各是什么状态。导入的记录要由别人审核后才进入汇总数。"
                "发现拿错了文件，可以整批撤销：新增的撤回，更正的恢复到导入前审核过的内容；已审核的，撤回也要经审核才生效。",
                "How many rows the import wrote, and what state they are in now. Imported records count in figures once somebody else has approved them. "
                "A wrong file can be undone as a whole: new records are withdrawn, revised ones go back to what was approved before; what is approved already "
                "stays in the figures until the undoing is approved too.",
            ),
            Words(
                "把去年的表导进来了：写上理由“拿错文件，是 2022 年的”，点“撤销这次导入”，240 条一次撤回。",
                "Last year's table was imported: give the reason “wrong file, it is that of 2022” and press “Undo this import”; all 240 records are taken back at once.",
            ),
        ),
    ),
    Page(
        "import-undo",
        _ONE + "undo/",
        {"POST": Right("record.withdraw")},
        views.undo,
        fragment=True,
    ),
    Page(
        "job",
        "jobs/<uuid:number>/",
        {"GET": SIGNED_IN},
        job_views.job,
        Help(
            Words(
                "需要较长时间的事在后台办。这一页显示进度，办完给出结果；可以关掉页面去做别的，以后从工作台的“我的任务”再进来看。"
                "没办完的可以取消：取消后，这项任务写到一半的内容全部收回。",
                "Long work is done in the background. This page shows how far it is and then the result; you may close it and come back from “My jobs” on the "
                "workbench. Work that is not over can be stopped: what it had written is taken back.",
            ),
            Words(
                "导入 3 万行：看到“写入 12,000 / 30,000”，去做别的，回来时已写“新增 30,000”。",
                "Importing 30,000 rows: “writing 12,000 of 30,000”. Do something else; when you come back it says “30,000 new”.",
            ),
        ),
    ),
    Page("job-cancel", "jobs/<uuid:number>/cancel/", {"POST": SIGNED_IN}, job_views.cancel, fragment=True),
]  # fmt: skip
