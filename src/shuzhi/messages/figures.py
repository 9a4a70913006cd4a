"""Sentences about figures."""

from shuzhi.messages.message import Message

MESSAGES = {
    "FIGURE_001": Message(
        "没有名为“{indicator}”的指标或参数；请用 shuzhi catalogue list 查看已有的指标",
        "there is no indicator or parameter “{indicator}”; see shuzhi catalogue list for those defined",
    ),
}
