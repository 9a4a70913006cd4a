"""Sentences about figures."""

from shuzhi.messages.message import Message

MESSAGES = {
    "FIGURE_001": Message(
        "没有名为“{indicator}”的指标或参数；请用 shuzhi catalogue list 查看已有的指标",
        "there is no indicator or parameter “{indicator}”; see shuzhi catalogue list for those defined",
    ),
    "FIGURE_002": Message(
        "没有唯一名为“{indicator}”的指标；相近的有：{near}。请用 shuzhi catalogue list indicator 查看",
        "no single indicator is called “{indicator}”; near ones: {near}. See shuzhi catalogue list indicator",
    ),
}
