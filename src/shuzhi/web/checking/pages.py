"""Addresses of checking: hand drafts in, look at what was found beside the text, take suggestions, say what a wording means."""

from __future__ import annotations

from shuzhi.web.checking import views
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.words import Words

_READ = Right("figure.read")

PAGES = [
    Page(
        "checking",
        "at/<unit:unit>/checking/",
        {"GET": _READ, "POST": _READ},
        views.overview,
        Help(
            Words(
                "把写好的稿子（Word、WPS、PDF、文本）拖进来，系统逐个读出数字，重算合计、比例、增幅，找出错漏和遗留的占位符，并与本单位账册逐个比对。"
                "可以一次交多份。稿子只有本单位能看数字的人看得到，随时可以移除。",
                "Drop drafts here (Word, WPS, PDF, text). Every figure is read, sums, shares and growth are worked out again, slips and left-over "
                "placeholders are found, and each figure is held against the unit's books. Several drafts at once are fine. Only people who may read "
                "the unit's figures see a draft, and it can be removed at any time.",
            ),
            Words(
                "交一份述职报告，得到“第 3 段：果园面积写 3240 亩，账上 3420 亩”，点一下就到那一行记录。",
                "Hand in a debrief report and be told “paragraph 3: orchards 3,240 mu, the books say 3,420”, one click from the rows.",
            ),
        ),
    ),
    Page(
        "check",
        "at/<unit:unit>/checking/<uuid:number>/",
        {"GET": _READ},
        views.check,
        Help(
            Words(
                "左边是稿子，右边是疑点。点疑点跳到原文，点原文里的标记跳到疑点；n、p 键下一处、上一处。能直接改的建议可以“采用”，采用后下载改正稿，其余文字一字不动。"
                "“确认口径”是告诉系统这句话说的是哪个指标，以后按此核对；不想再看的一类疑点可以停用，要写理由，随时可恢复。",
                "The draft stands on the left, the findings on the right. Click a finding to jump to its words and the other way round; keys n and p go to the "
                "next and the one before. A suggestion that fits can be taken; the corrected draft is then downloaded with every other character as it was. "
                "Confirming says which indicator a wording means, from now on. A kind of finding nobody needs can be silenced with a reason, and heard again.",
            ),
            Words(
                "“新修道路 12.5 公里”账上是 12.8 公里：点“看依据”查到记录，再点“采用”改成 12.8。",
                "“12.5 km of new road” where the books say 12.8: open the source to see the rows, then take the suggestion.",
            ),
        ),
    ),
    Page(
        "check-accept",
        "at/<unit:unit>/checking/<uuid:number>/accept/",
        {"POST": _READ},
        views.accept,
        fragment=True,
    ),
    Page(
        "check-confirm",
        "at/<unit:unit>/checking/<uuid:number>/confirm/",
        {"POST": Right("match.confirm")},
        views.confirm,
        fragment=True,
    ),
    Page(
        "check-silence",
        "at/<unit:unit>/checking/<uuid:number>/silence/",
        {"POST": Right("finding.silence")},
        views.silence,
        fragment=True,
    ),
    Page(
        "check-remove",
        "at/<unit:unit>/checking/<uuid:number>/remove/",
        {"POST": _READ},
        views.remove,
        fragment=True,
    ),
    Page(
        "check-download",
        "at/<unit:unit>/checking/<uuid:number>/<slug:what>/",
        {"GET": _READ},
        views.download,
        fragment=True,
    ),
    Page(
        "checking-memory",
        "at/<unit:unit>/checking-memory/",
        {"GET": _READ, "POST": Right(any_of=("match.confirm", "finding.silence"))},
        views.memory,
        Help(
            Words(
                "这里列着本单位和上级说过的话：哪种写法是哪个指标（确认口径），哪类疑点不必再提（停用规则）。本单位说的可以收回；上级说的要由上级收回。收回也会留下记录。",
                "What this unit and those above have said: which wording is which indicator, and which kinds of finding need not be told. What the unit said "
                "can be taken back here; what a unit above said is taken back there. Taking back is recorded, too.",
            ),
            Words(
                "“挂果面积”确认为“果园挂果面积”，以后各村稿子里的“挂果面积”都按它核对。",
                "“bearing area” confirmed as “bearing orchard area”: from now on drafts of all villages are held against it.",
            ),
        ),
    ),
]
