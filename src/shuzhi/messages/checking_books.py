"""Sentences about numbers of a draft held against the books, and about what an office confirms and silences."""

from shuzhi.messages.message import Message

#: What would explain a difference; at most one of these clauses stands.
_WHY_ZH = (
    "[[；两数正好差 {like_unit} 倍，多半是单位或万、亿写错]]"
    "[[；与 {like_period} 的数一致，多半是期间用错]]"
    "[[；与{like_organisation}的数一致，多半是抄了别的单位]]"
    "[[；与“{like_definition}”一致，多半是口径用错]]"
    "[[；{like_target}正是同期的目标数，多半是目标与完成混用]]"
    "[[；{like_actual}正是同期的完成数，多半是目标与完成混用]]"
    "[[；与 {like_digits} 只差一位或两位颠倒，多半是录入有误]]"
    "[[；正好差一行（{like_row}），多半是漏了或重复了这一行]]"
)
_WHY_EN = (
    "[[; the two are exactly {like_unit} times apart: most likely the unit or 万/亿 is wrong]]"
    "[[; it is the figure of {like_period}: most likely another period was taken]]"
    "[[; it is the figure of {like_organisation}: most likely another unit's was copied]]"
    "[[; it is the figure of “{like_definition}”: most likely another definition was taken]]"
    "[[; {like_target} is the target of the same period: most likely target and result were mixed up]]"
    "[[; {like_actual} is the result of the same period: most likely target and result were mixed up]]"
    "[[; it differs from {like_digits} by one digit or two swapped ones: most likely mistyped]]"
    "[[; the difference is exactly one row ({like_row}): most likely it was left out or counted twice]]"
)

#: The two explanations that leave no other way out.
_SLIP_ZH = "[[；两数正好差 {like_unit} 倍，是单位或万、亿写错]][[；与 {like_digits} 只是两位颠倒，是录入有误]]"
_SLIP_EN = "[[; the two are exactly {like_unit} times apart: the unit or 万/亿 is wrong]][[; it is {like_digits} with two digits swapped]]"

MESSAGES = {
    "COMPARE_001": Message(
        "“{text}”与台账不符：{organisation} {period}“{title}”为 {shown}"
        + _WHY_ZH
        + "。请按台账改正，或先更正台账",
        "“{text}” is not what the books say: “{title}” of {organisation}, {period}, is {shown}"
        + _WHY_EN
        + ". Correct it, or correct the ledger first",
    ),
    "COMPARE_002": Message(
        "由账册生成的数被人工改成了“{text}”：{organisation} {period}“{title}”为 {shown}[[，当时印的是 {printed}]]"
        + _WHY_ZH
        + "。请恢复，或先更正台账再刷新",
        "a figure made from the books was changed by hand to “{text}”: “{title}” of {organisation}, {period}, is {shown}[[; what was printed is {printed}]]"
        + _WHY_EN
        + ". Restore it, or correct the ledger first and refresh",
    ),
    "COMPARE_003": Message(
        "“{text}”是生成报告时的数，账册后来有更正：{organisation} {period}“{title}”现为 {shown}。请用 shuzhi report refresh 刷新",
        "“{text}” is what was printed; the books were corrected since: “{title}” of {organisation}, {period}, is {shown} now. Refresh it with shuzhi report refresh",
    ),
    "COMPARE_004": Message(
        "“{text}”与台账对不上：按文字看是{organisation} {period}的“{title}”，台账为 {shown}"
        + _WHY_ZH
        + "。请核对；若说的不是这个指标，请确认它是哪个",
        "“{text}” does not follow from the books: by its words it is “{title}” of {organisation}, {period}, which is {shown}"
        + _WHY_EN
        + ". Check it; if another indicator is meant, confirm which",
    ),
    "COMPARE_005": Message(
        "“{text}”的说法与准确数不符：{organisation} {period}“{title}”准确为 {exact}。余、多、近、以上和 100% 须与准确数相合；应写 {shown}",
        "“{text}” is not true of the exact value: “{title}” of {organisation}, {period}, is exactly {exact}. 余, 多, 近, 以上 and 100% must be true of it; expected {shown}",
    ),
    "COMPARE_006": Message(
        "“{text}”的说法与准确数对不上：按文字看是{organisation} {period}的“{title}”，准确为 {exact}，应写 {shown}。请核对；若说的不是这个指标，请确认它是哪个",
        "“{text}” is not borne out by the exact value: by its words it is “{title}” of {organisation}, {period}, which is exactly {exact}; expected {shown}. Check it; if another indicator is meant, confirm which",
    ),
    "COMPARE_007": Message(
        "这里原是由账册生成的数，现在读不出数字：{organisation} {period}“{title}”为 {shown}。请填上，或把整句删去",
        "a figure made from the books stood here and no number can be read now: “{title}” of {organisation}, {period}, is {shown}. Put it in, or delete the sentence",
    ),
    "COMPARE_008": Message(
        "“{text}”没有台账作依据[[（最近的是“{title}”）]]；应能对应到某个指标。请确认它是哪个指标，或确认没有台账",
        "there is no ledger behind “{text}”[[ (the nearest is “{title}”)]]; expected an indicator it can be held against. Confirm which one it is, or that there is none",
    ),
    "COMPARE_009": Message(
        "“{text}”无从核对：账册中{organisation} {period}的“{title}”还没有数。请先补记台账",
        "“{text}” cannot be held against anything: the books have no “{title}” of {organisation} for {period}. Complete the ledger first",
    ),
    "COMPARE_010": Message(
        "台账有而稿中未提：{organisation} {period}“{title}”为 {shown}。这类报告通常会写；请看是否要补上",
        "in the books and not in the draft: “{title}” of {organisation}, {period}, is {shown}. Reports of this kind usually tell it; see whether to add it",
    ),
    "COMPARE_011": Message(
        "“{text}”是空着的数：按文字看是{organisation} {period}的“{title}”，台账为 {shown}。核对后可填上",
        "“{text}” is a number left open: by its words it is “{title}” of {organisation}, {period}, which is {shown} in the books. Check it and put it in",
    ),
    "COMPARE_012": Message(
        "由账册生成的数被人工改成了“{text}”：{organisation} {period}“{title}”为 {shown}[[，当时印的是 {printed}]]；改后的数按四舍五入不错，但刷新时不再自动更新。请确认是否有意改动",
        "a figure made from the books was changed by hand to “{text}”: “{title}” of {organisation}, {period}, is {shown}[[; what was printed is {printed}]]. As a rounded number it holds, but a refresh will no longer renew it. See whether it was meant",
    ),
    "COMPARE_013": Message(
        "“{text}”与台账不符：它前后 {count} 个数都与{organisation} {period}的台账相符，按文字看它是“{title}”，台账为 {shown}"
        + _SLIP_ZH
        + "。请按台账改正；若说的不是这个指标，请确认它是哪个",
        "“{text}” is not what the books say: {count} figures around it agree with the books of {organisation}, {period}; by its words it is “{title}”, which is {shown}"
        + _SLIP_EN
        + ". Correct it; if another indicator is meant, confirm which",
    ),
    "COMPARE_014": Message(
        "这像是{other}的稿子，不是{organisation}的：拿来对账的 {total} 个数中，与{other}台账相符的有 {count} 个，与{organisation}台账相符的只有 {own} 个，其余不再逐个列出。请用 --org {other} 重新核对；确是{organisation}的稿子，请看是否抄了{other}的",
        "this looks like a draft of {other}, not of {organisation}: of {total} figures held against the books {count} agree with those of {other} and only {own} with those of {organisation}; the others are not listed one by one. Check it again with --org {other}; if it is a draft of {organisation}, see whether it was copied",
    ),
    "CONFIRM_001": Message(
        "没有指标“{indicator}”；应为目录中已定义的指标或参数的键名，确认没有台账时留空。请检查拼写",
        "there is no indicator “{indicator}”; expected the key of a defined indicator or parameter, or nothing when there is no ledger. Check the spelling",
    ),
    "CONFIRM_002": Message(
        "“{text}”前后没有可以记住的说法；应有说明所数何物的词。请先把句子写明白",
        "there are no words around “{text}” to remember it by; expected a name of what is counted. Say in the sentence what it is",
    ),
    "CONFIRM_003": Message(
        "{name}没有确认过“{subject}”；应为本单位确认过的说法。上级单位确认的，请由上级撤回",
        "{name} has confirmed nothing of “{subject}”; expected a wording this unit has confirmed. What a superior unit confirmed is withdrawn there",
    ),
    "SILENCE_001": Message(
        "没有“{code}”这种疑点；应为疑点清单中的代码，如 COMPARE_004。请检查拼写",
        "there is no kind of finding “{code}”; expected a code of the list of findings, such as COMPARE_004. Check the spelling",
    ),
    "SILENCE_002": Message(
        "停用或恢复“{code}”没有写明理由；应有理由，以后的人才知道为什么。请补上理由",
        "no reason was given for silencing “{code}” or hearing it again; expected one, so that others know why. Add the reason",
    ),
    "SILENCE_003": Message(
        "{name}没有停用“{code}”[[（原文“{words}”）]]；应为本单位停用的规则。上级单位停用的，请由上级恢复",
        "{name} has not silenced “{code}”[[ (for “{words}”)]]; expected a rule this unit has silenced. What a superior unit silenced is restored there",
    ),
}
