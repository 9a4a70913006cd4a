"""Sentences about figures."""

from shuzhi.messages.message import Message

MESSAGES = {
    "FIGURE_001": Message(
        "没有名为“{indicator}”的指标或参数；请用 shuzhi catalogue list 查看已有的指标",
        "there is no indicator or parameter “{indicator}”; see shuzhi catalogue list for those defined",
    ),
    "FIGURE_002": Message(
        "没有唯一名为“{indicator}”的指标[[；相近的有：{near}]]。请用 shuzhi catalogue list indicator 查看",
        "no single indicator is called “{indicator}”[[; near ones: {near}]]. See shuzhi catalogue list indicator",
    ),
    "FIGURE_003": Message(
        "没有时点 {as_of}；账册现在到 {now}。请用报告上印的时点，或不写时点表示现在",
        "there is no point {as_of}; the books now stand at {now}. Use a point printed on a report, or none for now",
    ),
    "FIGURE_004": Message(
        "这个数由 {rows} 行组成，一次最多导出 {limit} 行；请到下级单位分别导出，或导出台账",
        "this figure stands on {rows} rows and at most {limit} are exported at once; export it unit by unit below, or export the ledger",
    ),
}
