"""Definitions in plain words, in Chinese or English: what a formula computes, which rows count, what a rule or relation asks.

Keys become titles, signs become words; a person who keeps a ledger reads what is counted without having seen a formula before.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from shuzhi.catalogue.references import names_of
from shuzhi.core.definitions import Catalogue, IndicatorDef, LedgerDef, RelationDef, Text
from shuzhi.core.formulas import Node, parse_expression, parse_indicator_value
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import canonical
from shuzhi.messages import Language

Titles = Callable[[str], str]

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
_COMPARED = {
    "==": ("是", "is"), "!=": ("不是", "is not"), "<": ("小于", "is below"), "<=": ("不大于", "is at most"),
    ">": ("大于", "is above"), ">=": ("不小于", "is at least"),
}  # fmt: skip
_LEVELS = {
    "province": ("省", "provinces"), "prefecture": ("市（州）", "prefectures"), "county": ("县", "counties"),
    "township": ("乡镇", "townships"), "village": ("村", "villages"), "group": ("组", "groups"),
}  # fmt: skip
_OVER_UNITS = {
    "count_units": ("“{inner}”的{level}的个数", "number of {level} where {inner}"),
    "min_units": ("各{level}中“{inner}”的最小值", "smallest {inner} among the {level}"),
    "max_units": ("各{level}中“{inner}”的最大值", "largest {inner} among the {level}"),
    "sum_units": ("各{level}“{inner}”之和", "sum of {inner} over the {level}"),
}
_CALLS = {
    "last_year": ("上年的{0}", "{0} of the year before"),
    "coalesce": ("{0}（不详时取{1}）", "{0}, or {1} where that is not known"),
    "round": ("{0}（四舍五入保留 {1} 位小数）", "{0} rounded to {1} places"),
    "min": ("{all}中较小的", "the smaller of {all}"),
    "max": ("{all}中较大的", "the larger of {all}"),
    "abs": ("{0}的绝对值", "{0} without its sign"),
    "year": ("{0}的年份", "year of {0}"),
    "month": ("{0}的月份", "month of {0}"),
    "days_between": ("{0}到{1}的天数", "days from {0} to {1}"),
    "known": ("填了{0}", "{0} is given"),
}


def title(text: Text, language: Language) -> str:
    """A title in the language; Chinese where there is no English."""
    return (text.en or text.zh) if language == "en" else text.zh


def condition_in_words(text: str, titles: Titles, language: Language) -> str:
    """What rows must be like, as a sentence part; as written when it cannot be read."""
    if not text:
        return ""
    try:
        node = parse_expression(text).node
    except ProblemsError:
        return text
    return _Writer(titles, language, None).condition(node)


def expression_in_words(
    text: str, titles: Titles, language: Language, catalogue: Catalogue | None = None
) -> str:
    """An expression as a sentence part; as written when it cannot be read.

    Args:
        titles: the name of a key that stands in it: of a field, or of an indicator.
        catalogue: where parameters are looked up.
    """
    if not text:
        return ""
    try:
        node = parse_expression(text).node
    except ProblemsError:
        return text
    return _Writer(titles, language, catalogue).write(node)


class _Writer:
    def __init__(self, titles: Titles, language: Language, catalogue: Catalogue | None) -> None:
        self._titles, self._zh, self._catalogue = titles, language == "zh", catalogue

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    def write(self, node: Node) -> str:
        """The node and all below it."""
        children = node.children
        match node.kind:
            case "name":
                return self._titles(node.value)
            case "literal":
                return self._literal(node.value)
            case "neg":
                return f"－{self._within(children[0], 3)}"
            case "not":
                return self._say("并非（{0}）", "not ({0})").format(self.condition(children[0]))
            case "arithmetic":
                strength = _STRENGTH[node.value]
                left = self._within(children[0], strength)
                right = self._within(children[1], strength + (node.value in "-/"))
                return f"{left} {_SIGNS[node.value]} {right}"
            case "compare":
                word = _COMPARED[node.value][0 if self._zh else 1]
                gap = "" if self._zh else " "
                return f"{self.write(children[0])}{gap}{word}{gap}{self.write(children[1])}"
            case "and":
                return self._say("，且", ", and ").join(self._bracketed(c, "or") for c in children)
            case "or":
                return self._say("，或者", ", or ").join(
                    self._bracketed(c, "and") for c in children
                )
            case "in" | "not in":
                options = children[1].children if children[1].kind == "tuple" else children[1:]
                listed = self._say("、", ", ").join(self.write(c) for c in options)
                form = (
                    self._say("{0}是{1}之一", "{0} is one of {1}")
                    if node.kind == "in"
                    else self._say("{0}不是{1}中的任何一个", "{0} is none of {1}")
                )
                return form.format(self.write(children[0]), listed)
            case "if":
                test, then, otherwise = (self.write(c) for c in children)
                return self._say("若{0}，取{1}，否则取{2}", "{1} if {0}, otherwise {2}").format(test, then, otherwise)  # fmt: skip
            case "tuple":
                return self._say("、", ", ").join(self.write(c) for c in children)
            case "call":
                return self._call(node)
        return ""

    def condition(self, node: Node) -> str:
        """The node where something is asked: a field that holds yes or no is said to hold yes."""
        if node.kind == "name":
            return self._say("{0}为“是”", "{0} is yes").format(self.write(node))
        return self.write(node)

    def _literal(self, value: object) -> str:
        if isinstance(value, bool):
            return self._say("是", "yes") if value else self._say("否", "no")
        if isinstance(value, Decimal):
            return canonical(value)
        if value is None:
            return self._say("空白", "blank")
        return f"“{value}”"

    def _within(self, node: Node, strength: int) -> str:
        text = self.write(node)
        is_weaker = node.kind == "arithmetic" and _STRENGTH[node.value] < strength
        return self._say("（{0}）", "({0})").format(text) if is_weaker or node.kind in ("if", "compare", "and", "or") else text  # fmt: skip

    def _bracketed(self, node: Node, other: str) -> str:
        text = self.condition(node)
        return self._say("（{0}）", "({0})").format(text) if node.kind == other else text

    def _call(self, node: Node) -> str:
        name, children = str(node.value), node.children
        if name in _OVER_UNITS and len(children) == 2:
            level = _LEVELS.get(str(children[0].value), (str(children[0].value),) * 2)
            form = _OVER_UNITS[name][0 if self._zh else 1]
            return form.format(level=level[0 if self._zh else 1], inner=self.write(children[1]))
        if name == "parameter" and children:
            key = str(children[0].value)
            found = self._catalogue.parameters.get(key) if self._catalogue is not None else None
            shown = title(found.title, "zh" if self._zh else "en") if found is not None else key
            return self._say("标准“{0}”", "the standard “{0}”").format(shown)
        written = [self.write(c) for c in children]
        form = _CALLS.get(name, ("{name}({all})", "{name}({all})"))[0 if self._zh else 1]
        listed = self._say("、", ", ").join(written)
        return form.format(*written, *([""] * 2), all=listed, name=name)


def field_titles(ledger: LedgerDef | None, language: Language) -> Titles:
    """Names of a ledger's fields."""
    known = {f.key: title(f.title, language) for f in ledger.fields} if ledger else {}
    return lambda key: known.get(key, key)


def indicator_titles(catalogue: Catalogue, language: Language) -> Titles:
    """Names of indicators."""
    return lambda key: (
        title(catalogue.indicators[key].title, language) if key in catalogue.indicators else key
    )


def indicator_in_words(one: IndicatorDef, catalogue: Catalogue, language: Language) -> str:
    """How an indicator is computed, as one sentence part."""

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    ledger = catalogue.ledgers.get(one.source)
    name = title(ledger.title, language) if ledger is not None else one.source
    try:
        value = parse_indicator_value(one.value)
    except ProblemsError:
        return one.value
    fields = field_titles(ledger, language)
    if value.kind == "derived":
        return expression_in_words(one.value, indicator_titles(catalogue, language), language, catalogue)  # fmt: skip
    if value.kind == "count":
        return say("“{0}”的行数", "number of rows in “{0}”").format(name)
    if value.kind == "distinct":
        return say("“{0}”中不重复的“{1}”个数", "number of different “{1}” in “{0}”").format(name, fields(value.field))  # fmt: skip
    if value.kind == "sum_distinct":
        summed = indicator_titles(catalogue, language)(value.indicator)
        return say(
            "“{0}”中不重复的“{1}”各自的“{2}”之和", "sum of “{2}” over the different “{1}” in “{0}”"
        ).format(name, fields(value.field), summed)
    assert value.expression is not None
    inner = _Writer(fields, language, catalogue).write(value.expression.node)
    return say("“{0}”各行“{1}”之和", "sum of “{1}” over the rows of “{0}”").format(name, inner)


def relation_in_words(one: RelationDef, catalogue: Catalogue, language: Language) -> str:
    """What a relation asks of the figures."""

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    titles = indicator_titles(catalogue, language)
    total = f"“{titles(one.total)}”"
    parts = [f"“{titles(part)}”" for part in one.parts]
    first = parts[0] if parts else ""
    match one.kind:
        case "sum":
            return (
                say("{0}等于{1}之和", "{0} equals the sum of {1}")
                if len(parts) > 1
                else say("{0}等于{1}", "{0} equals {1}")
            ).format(total, say("、", ", ").join(parts))  # fmt: skip
        case "part":
            return (
                say("{1}都不大于{0}", "each of {1} is at most {0}")
                if len(parts) > 1
                else say("{1}不大于{0}", "{1} is at most {0}")
            ).format(total, say("、", ", ").join(parts))  # fmt: skip
        case "product":
            factor = expression_in_words(one.factor, titles, language, catalogue)
            return say("{0}等于{1}乘以{2}", "{0} equals {1} times {2}").format(total, first, factor)
        case "rate":
            second = parts[1] if len(parts) > 1 else ""
            scale = "" if one.scale == 1 else say("，再乘 {0}", ", times {0}").format(canonical(one.scale))  # fmt: skip
            return say("{0}等于{1}除以{2}", "{0} equals {1} divided by {2}").format(total, first, second) + scale  # fmt: skip
        case "growth":
            return say(
                "{0}等于{1}比上年增长的百分数",
                "{0} equals the growth of {1} over the year before, per cent",
            ).format(total, first)
    indicator = catalogue.indicators.get(one.total)
    ledger = catalogue.ledgers.get(indicator.source) if indicator is not None else None
    by = field_titles(ledger, language)(one.by)
    return say("{0}等于按“{1}”分开的各项之和", "{0} equals the sum of its parts by “{1}”").format(total, by)  # fmt: skip


def inputs_of(one: IndicatorDef) -> list[tuple[str, str]]:
    """(kind, key) of the indicators and parameters a derived indicator, or one over different subjects, reads."""
    try:
        value = parse_indicator_value(one.value)
    except ProblemsError:
        return []
    if value.kind == "sum_distinct":
        return [("indicator", value.indicator)]
    if value.kind != "derived" or value.expression is None:
        return []
    found: dict[tuple[str, str], None] = {}

    def walk(node: Node) -> None:
        if node.kind == "name":
            found["indicator", str(node.value)] = None
        elif node.kind == "call" and node.value == "parameter" and node.children:
            found["parameter", str(node.children[0].value)] = None
        for child in node.children:
            walk(child)

    walk(value.expression.node)
    return list(found)


def report_inputs(catalogue: Catalogue, key: str) -> list[tuple[str, str]]:
    """(kind, key) of everything a report template reads directly."""
    kinds = (("indicator", catalogue.indicators), ("parameter", catalogue.parameters), ("ledger", catalogue.ledgers))  # fmt: skip
    read = names_of(catalogue, ("report", key))
    return [(kind, name) for kind, known in kinds for name in known if (kind, name) in read]
