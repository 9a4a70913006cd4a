"""Sentences about what was left open in a draft, and about advertisements copied along."""

from shuzhi.messages.message import Message

MESSAGES = {
    "PLACEHOLDER_001": Message(
        "“{around}”中的“{text}”是没有填的数字；定稿应为确切的数。请查台账填上",
        "“{text}” in “{around}” is a number left open; expected the figure itself. Look it up in the ledger and fill it in",
    ),
    "PLACEHOLDER_002": Message(
        "“{around}”中的“{text}”应为党的代表大会届次；请写明，如“二十”",
        "“{text}” in “{around}” stands for the number of a party congress; expected the number. Write it out, such as “二十”",
    ),
    "PLACEHOLDER_003": Message(
        "“{around}”中的“{text}”是隐去的领导人姓名；应写全名。请还原",
        "“{text}” in “{around}” hides the name of a leader; expected the full name. Put it back",
    ),
    "PLACEHOLDER_004": Message(
        "“{around}”中的“{text}”是没有填的名称；定稿应为真实名称。请填上",
        "“{text}” in “{around}” is a name left open; expected the real name. Fill it in",
    ),
    "PLACEHOLDER_005": Message(
        "占位符“{text}”用了小写，别处用大写；应一致为“{expected}”，以便一次找全。请填上内容或统一写法",
        "the placeholder “{text}” is in lower case, others are in capitals; expected “{expected}” so that all are found at once. Fill it in or make them alike",
    ),
    "PLACEHOLDER_006": Message(
        "“{around}”中有空白待填；定稿应写上内容。请填写，不需要的请删除",
        "“{around}” holds a blank to be filled in; expected words there. Fill it in, or remove it if it is not needed",
    ),
    "PLACEHOLDER_007": Message(
        "“{text}”是起草时留给自己的提示；定稿中不应出现。请补写内容后删除",
        "“{text}” is a note of the writer to himself; expected none in the final text. Write what is missing and remove the note",
    ),
    "PLACEHOLDER_008": Message(
        "“{around}”中的“{text}”是没有填的日期；应为确切的年、月或日。请填上",
        "“{text}” in “{around}” is a date left open; expected the year, month or day. Fill it in",
    ),
    "PLACEHOLDER_009": Message(
        "“{text}”是网页的付费标记，不是报告内容；应删除。请删去，并检查它切断的词语和数字",
        "“{text}” is a paid-content mark of a web page, not part of the report; expected nothing here. Remove it and look at the words and numbers it cuts",
    ),
    "PLACEHOLDER_010": Message(
        "“{text}”是网站的广告用语，不是报告内容；应删除。请删去，并检查前后文是否完整",
        "“{text}” is advertising of a web site, not part of the report; expected nothing here. Remove it and see that the text around it is whole",
    ),
    "PLACEHOLDER_011": Message(
        "“{text}”是网站链接，多半随材料复制而来；报告中一般不写商业网站的网址。请删去，确需引用的请注明出处",
        "“{text}” is a link to a web site, most likely copied along; expected no private address in a report. Remove it, or name the source if it is meant",
    ),
}
