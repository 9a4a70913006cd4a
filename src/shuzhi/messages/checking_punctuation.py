"""Sentences about punctuation, spaces and slips of the hand in a draft."""

from shuzhi.messages.message import Message

MESSAGES = {
    "PUNCTUATION_001": Message(
        "标点“{text}”重复或相互冲突；应只留“{expected}”。请改正",
        "the stops “{text}” are doubled or clash; expected only “{expected}”. Correct them",
    ),
    "PUNCTUATION_002": Message(
        "“{around}”中的“{sign}”没有与它成对的“{missing}”；引号、括号应成对。请补上，或删去多余的一半",
        "the “{sign}” in “{around}” has no “{missing}” to go with it; expected quotes and brackets in pairs. Add the missing half or remove this one",
    ),
    "PUNCTUATION_003": Message(
        "“{text}”中引号与括号交叉；应一对完全包在另一对里面。请调整位置",
        "quotes and brackets cross in “{text}”; expected one pair wholly inside the other. Move them",
    ),
    "PUNCTUATION_004": Message(
        "“{text}”中引号的方向反了；这里应为“{expected}”。请改正",
        "a quote in “{text}” is turned the wrong way; expected {expected} here. Correct it",
    ),
    "PUNCTUATION_005": Message(
        "{text} 用了直引号[[，全文共 {count} 处]]；中文应为 {expected}。请改正",
        "{text} has straight quotes[[, {count} places in all]]; expected {expected} in Chinese. Correct it",
    ),
    "PUNCTUATION_006": Message(
        "“{around}”中的“{text}”是半角标点[[，全文共 {count} 处]]；汉字之间应用全角“{expected}”。请改正",
        "“{text}” in “{around}” is a half-width stop[[, {count} places in all]]; expected the full-width “{expected}” between Chinese characters. Correct it",
    ),
    "PUNCTUATION_007": Message(
        "“{text}”是半角标点，全文共 {count} 处；中文里宜用全角。可统一改为全角",
        "“{text}” is half-width, {count} places in all; full width is usual in Chinese. They may all be changed",
    ),
    "PUNCTUATION_008": Message(
        "“{around}”中有多余的空格[[，全文共 {count} 处]]；句中汉字之间不应有空格。请删除",
        "a space stands in “{around}”[[, {count} places in all]]; expected none inside a Chinese sentence. Remove it",
    ),
    "PUNCTUATION_009": Message(
        "“{around}”的引号内侧有空格[[，全文共 {count} 处]]；引号与文字之间不应有空格。请删除",
        "a space stands just inside the quotes of “{around}”[[, {count} places in all]]; expected none. Remove it",
    ),
    "PUNCTUATION_010": Message(
        "这一段到“{around}”为止没有句末标点；段末应有句号。请补上，或检查后面是否漏了文字",
        "this paragraph ends at “{around}” without a stop; expected a full stop. Add it, or see whether words are missing",
    ),
    "PUNCTUATION_011": Message(
        "这一段以“{text}”结束（“{around}”）；段末应为句号。请改正，或检查后面是否漏了文字",
        "this paragraph ends in “{text}” (“{around}”); expected a full stop. Correct it, or see whether words are missing",
    ),
    "PUNCTUATION_012": Message(
        "“{around}”中两部分之间缺标点；应有“{expected}”。请补上",
        "a stop is missing between two parts in “{around}”; expected “{expected}”. Add it",
    ),
    "PUNCTUATION_013": Message(
        "“{text}”是并列词语，用了逗号；应为“{expected}”。请改用顿号",
        "the parallel words “{text}” are separated by commas; expected “{expected}”. Use 、 between them",
    ),
    "PUNCTUATION_014": Message(
        "“{text}”是并列词语，中间缺顿号[[；应为“{expected}”]]。请补上",
        "the parallel words “{text}” have no 、 between them[[; expected “{expected}”]]. Add it",
    ),
    "PUNCTUATION_015": Message(
        "“{text}”多打了一遍；应为“{expected}”。请删去重复的字",
        "“{text}” is typed twice; expected “{expected}”. Remove the repetition",
    ),
    "PUNCTUATION_016": Message(
        "“{text}”后缺“年”字；应为“{expected}”。请补上",
        "the 年 is missing behind “{text}”; expected “{expected}”. Add it",
    ),
    "PUNCTUATION_017": Message(
        "“{around}”中连词前用了顿号；“和”“及”前一般不用顿号。可删去顿号",
        "a 、 stands before a conjunction in “{around}”; none is usual before 和 or 及. It may be removed",
    ),
    "PUNCTUATION_018": Message(
        "这里用“{text}”隔开两个分项，而分项内部已有逗号；应用“{expected}”。请改正",
        "“{text}” separates two items that have commas of their own; expected “{expected}”. Correct it",
    ),
    "PUNCTUATION_019": Message(
        "“{around}”等 {count} 处有空格；若由其他格式转换而来，可一并删除",
        "there are spaces at {count} places, such as “{around}”; if they come from a conversion they may all be removed",
    ),
    "PUNCTUATION_020": Message(
        "标点“{text}”出现在行首或紧挨括号、引号，位置不对；应在前一个词之后，或不用。请移动或删除",
        "the stop “{text}” stands at the beginning of a line or right beside a bracket or quote; expected it behind the word before, or not at all. Move or remove it",
    ),
}
