"""Sentences about passages of a draft that stood in another report."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "SIMILARITY_001": Message(
        zh="这一段与“{name}”有 {percent}% 相同，连其中的单位名称或数字也一样，对方写的是：{passage}[[（数字改动：{changed}）]]；应写本单位自己的情况。请按实际重写",
        en="{percent}% of this passage stands in “{name}”, with its unit's name or its figures, which reads: {passage}[[ (figures changed: {changed})]]; expected your own unit's work. Rewrite it from what was done",
    ),
    "SIMILARITY_002": Message(
        zh="这一段与“{name}”有 {percent}% 相同，对方写的是：{passage}[[（数字改动：{changed}）]]；应写本单位自己的做法。请说明是否共同完成，否则改写",
        en="{percent}% of this passage stands in “{name}”, which reads: {passage}[[ (figures changed: {changed})]]; expected your own unit's way of doing it. Say so if it was done together, else reword it",
    ),
    "SIMILARITY_003": Message(
        zh="这一段与本单位的“{name}”有 {percent}% 相同，数字也未改，当时写的是：{passage}[[（数字改动：{changed}）]]；应为本年的情况和数字。请更新",
        en="{percent}% of this passage stands in your own “{name}” with the same figures, which read: {passage}[[ (figures changed: {changed})]]; expected this year's work and figures. Bring it up to date",
    ),
    "SIMILARITY_004": Message(
        zh="这一段与本单位的“{name}”有 {percent}% 相同，当时写的是：{passage}[[（数字改动：{changed}）]]；应写出本年的新情况。可酌情改写",
        en="{percent}% of this passage stands in your own “{name}”, which read: {passage}[[ (figures changed: {changed})]]; expected what is new this year. Reword it if you can",
    ),
    "SIMILARITY_005": Message(
        zh="全文约 {percent}% 与“{name}”相同，共 {count} 段；公文固定词组已不计。请看各段的提示",
        en="about {percent}% of the draft stands in “{name}”, in {count} passages; stock phrases of official writing are not counted. See the findings at each passage",
    ),
    "SIMILARITY_006": Message(
        zh="全文约 {percent}% 与“{name}”相同，共 {count} 段；述职应写本单位的工作。请核对来源并重写相同的部分",
        en="about {percent}% of the draft stands in “{name}”, in {count} passages; a debrief should tell your own unit's work. Check where it comes from and rewrite what is the same",
    ),
}
