"""Sentences about expressions in definitions."""

from shuzhi.messages.message import Message

MESSAGES = {
    "FORMULA_001": Message(
        "表达式“{expression}”无法解析（{detail}）；应为算式或条件，如 area <= 200。请检查括号和运算符是否成对、完整",
        "the expression “{expression}” cannot be parsed ({detail}); expected arithmetic or a condition such as area <= 200. Check brackets and operators",
    ),
    "FORMULA_002": Message(
        "表达式“{expression}”用了不认识的函数“{function}”；可用的函数有：{known}。请改用其中之一",
        "the expression “{expression}” calls the unknown function “{function}”; known functions: {known}. Use one of them",
    ),
    "FORMULA_003": Message(
        "表达式“{expression}”中的“{part}”不允许使用；只能用字段名、数、文字、四则运算、比较、and/or/not/in 和规定的函数。请改写",
        "“{part}” is not allowed in the expression “{expression}”; use only names, numbers, texts, arithmetic, comparison, and/or/not/in and the listed functions",
    ),
    "FORMULA_004": Message(
        "“{expression}”中 {function} 的参数不对；应为 sum(算式)、count()、distinct(引用字段)、sum_distinct(引用字段, 指标)。请按此改写",
        "wrong arguments of {function} in “{expression}”; expected sum(expr), count(), distinct(reference field) or sum_distinct(reference field, indicator)",
    ),
}
