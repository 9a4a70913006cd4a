"""The closed expression language of the catalogue: ``value``, ``where``, ``computed``, ``check``, ``when``.

Python's syntax is parsed with `ast` and turned into our own small tree: names, literals, arithmetic, comparison,
and/or/not/in, if-else, and a fixed list of functions. Nothing is ever handed to Python for execution. Every quantity in an
expression is a `Decimal` in its base unit (元, 米, 亩); an unknown value is None and makes what depends on it unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from functools import cache
from typing import Any, Literal

from shuzhi.core.problems import Problem, ProblemsError

Value = Decimal | str | bool | None
Environment = Mapping[str, Value]
Evaluator = Callable[[Environment], Value]

#: functions over row values; each takes and returns values
ROW_FUNCTIONS = frozenset(
    {"round", "min", "max", "abs", "coalesce", "year", "month", "days_between", "known"}
)
#: functions over indicators; their first arguments are not values but names or levels
FIGURE_FUNCTIONS = frozenset(
    {"last_year", "count_units", "min_units", "max_units", "sum_units", "parameter"}
)
#: the outermost call of an additive or distinct indicator
AGGREGATES = frozenset({"sum", "count", "distinct", "sum_distinct"})


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree: `kind` says which, `value` holds a name, literal or operator, `children` the operands."""

    kind: Literal[
        "name",
        "literal",
        "neg",
        "not",
        "arithmetic",
        "compare",
        "and",
        "or",
        "in",
        "not in",
        "if",
        "call",
        "tuple",
    ]
    value: Any = None
    children: tuple[Node, ...] = ()


_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def _problem(code: str, text: str, **params: Any) -> ProblemsError:
    return ProblemsError([Problem(code, {"expression": text, **params})])


def _convert(node: ast.expr, text: str) -> Node:
    match node:
        case ast.Name(id=name):
            return Node("name", name)
        case ast.Constant(value=bool() | str() | None):
            return Node("literal", node.value)
        case ast.Constant(value=int() | float()):
            # the source text, not the float, is the number that was written
            return Node("literal", Decimal(ast.get_source_segment(text, node) or str(node.value)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Node("neg", None, (_convert(operand, text),))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Node("not", None, (_convert(operand, text),))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return Node(
                "arithmetic", _ARITHMETIC[type(op)], (_convert(left, text), _convert(right, text))
            )
        case ast.BoolOp(op=op, values=values):
            kind: Literal["and", "or"] = "and" if isinstance(op, ast.And) else "or"
            return Node(kind, None, tuple(_convert(v, text) for v in values))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _convert_compare(left, ops, comparators, text)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return Node("if", None, tuple(_convert(n, text) for n in (test, body, orelse)))
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            return Node("tuple", None, tuple(_convert(e, text) for e in elts))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name not in ROW_FUNCTIONS | FIGURE_FUNCTIONS | AGGREGATES:
                known = "、".join(sorted(ROW_FUNCTIONS | FIGURE_FUNCTIONS))
                raise _problem("FORMULA_002", text, function=name, known=known)
            return Node("call", name, tuple(_convert(a, text) for a in args))
    raise _problem(
        "FORMULA_003", text, part=ast.get_source_segment(text, node) or type(node).__name__
    )


def _convert_compare(
    left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr], text: str
) -> Node:
    parts = []
    previous = _convert(left, text)
    for op, right_node in zip(ops, comparators, strict=True):
        right = _convert(right_node, text)
        if isinstance(op, ast.In):
            parts.append(Node("in", None, (previous, right)))
        elif isinstance(op, ast.NotIn):
            parts.append(Node("not in", None, (previous, right)))
        elif type(op) in _COMPARE:
            parts.append(Node("compare", _COMPARE[type(op)], (previous, right)))
        else:
            raise _problem("FORMULA_003", text, part=type(op).__name__)
        previous = right
    return parts[0] if len(parts) == 1 else Node("and", None, tuple(parts))


def _names(node: Node) -> frozenset[str]:
    own = frozenset({node.value}) if node.kind == "name" else frozenset()
    return own.union(*(_names(c) for c in node.children))


def _functions(node: Node) -> frozenset[str]:
    own = frozenset({node.value}) if node.kind == "call" else frozenset()
    return own.union(*(_functions(c) for c in node.children))


# ── evaluation ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(value: Value) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, bool):
        return Decimal(int(value))
    raise TypeError(f"not a number: {value!r}")


def arithmetic(operator: str, left: Value, right: Value) -> Decimal | None:
    """`left` operator `right`; unknown when either is unknown or the divisor is zero."""
    a, b = _number(left), _number(right)
    if a is None or b is None:
        return None
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    try:
        return a / b
    except (DivisionByZero, InvalidOperation):
        return None


def compare(operator: str, left: Value, right: Value) -> bool | None:
    """Three-valued comparison: unknown when either side is unknown."""
    if left is None or right is None:
        return None
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    a: Any = left
    b: Any = right
    if operator == "<":
        return bool(a < b)
    if operator == "<=":
        return bool(a <= b)
    if operator == ">":
        return bool(a > b)
    return bool(a >= b)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round half up (四舍五入), the rule for money and percentages in reports (handbook §0.3)."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _call(name: str, values: list[Value]) -> Value:
    if name == "coalesce":
        return next((v for v in values if v is not None), None)
    if name == "known":
        return values[0] is not None
    if any(v is None for v in values):
        return None
    if name == "round":
        number = _number(values[0])
        assert number is not None
        return round_half_up(number, int(_number(values[1]) or 0) if len(values) > 1 else 0)
    if name == "abs":
        return abs(_number(values[0]) or Decimal(0))
    if name == "min":
        return min(values)  # type: ignore[type-var]
    if name == "max":
        return max(values)  # type: ignore[type-var]
    if name == "year":
        return Decimal(str(values[0])[:4])
    if name == "month":
        return Decimal(str(values[0])[5:7])
    if name == "days_between":
        first, second = (date.fromisoformat(str(v)) for v in values)
        return Decimal((second - first).days)
    raise KeyError(name)


#: evaluates a call on unevaluated arguments (used for functions over figures)
CallHandler = Callable[[str, tuple[Node, ...]], Value]


def evaluate(node: Node, lookup: Callable[[str], Value], calls: CallHandler | None = None) -> Value:
    """The value of the tree; names are looked up, figure functions go to `calls`."""
    kind = node.kind
    if kind == "literal":
        return node.value  # type: ignore[no-any-return]
    if kind == "name":
        return lookup(node.value)
    children = node.children
    if kind == "call":
        if node.value in FIGURE_FUNCTIONS:
            if calls is None:
                raise KeyError(node.value)
            return calls(node.value, children)
        return _call(node.value, [evaluate(c, lookup, calls) for c in children])
    if kind == "if":
        test = evaluate(children[0], lookup, calls)
        return None if test is None else evaluate(children[1 if test else 2], lookup, calls)
    if kind == "and":
        results = [evaluate(c, lookup, calls) for c in children]
        return False if any(r is False for r in results) else None if None in results else True
    if kind == "or":
        results = [evaluate(c, lookup, calls) for c in children]
        return True if any(r is True for r in results) else None if None in results else False
    if kind in ("in", "not in"):
        left = evaluate(children[0], lookup, calls)
        if left is None:
            return None
        found = left in [evaluate(c, lookup, calls) for c in children[1].children]
        return found if kind == "in" else not found
    values = [evaluate(c, lookup, calls) for c in children]
    if kind == "neg":
        number = _number(values[0])
        return None if number is None else -number
    if kind == "not":
        return None if values[0] is None else not values[0]
    if kind == "arithmetic":
        return arithmetic(node.value, values[0], values[1])
    return compare(node.value, values[0], values[1])


def compile_node(node: Node) -> Evaluator:
    """A closure over an environment, several times quicker than walking the tree; for expressions over rows."""
    kind = node.kind
    if kind == "literal":
        constant = node.value
        return lambda env: constant
    if kind == "name":
        name = node.value
        return lambda env: env.get(name)
    if kind == "compare":
        operator = node.value
        left, right = node.children
        if operator == "==" and left.kind == "name" and right.kind == "literal":
            key, wanted = left.value, right.value

            def equals(env: Environment) -> Value:
                found = env.get(key)
                return None if found is None else found == wanted

            return equals
        first, second = compile_node(left), compile_node(right)
        return lambda env: compare(operator, first(env), second(env))
    if kind == "arithmetic":
        operator = node.value
        first, second = (compile_node(c) for c in node.children)
        return lambda env: arithmetic(operator, first(env), second(env))
    if kind in ("in", "not in") and all(c.kind == "literal" for c in node.children[1].children):
        subject = compile_node(node.children[0])
        members = frozenset(c.value for c in node.children[1].children)
        wanted_in = kind == "in"

        def contains(env: Environment) -> Value:
            found = subject(env)
            return None if found is None else (found in members) is wanted_in

        return contains
    return lambda env: evaluate(node, env.get)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text, tree, the names it reads and the functions it calls."""

    text: str
    node: Node
    names: frozenset[str]
    functions: frozenset[str]

    def evaluate(self, environment: Environment) -> Value:
        """The value for these names; a name that is absent is unknown."""
        return evaluate(self.node, environment.get)

    def compiled(self) -> Evaluator:
        """A closure for many rows."""
        return compile_node(self.node)

    def trace(self, environment: Environment) -> tuple[Value, dict[str, Value]]:
        """The value with the inputs it was computed from, by name."""
        return self.evaluate(environment), {n: environment.get(n) for n in sorted(self.names)}


def _parse_tree(text: str) -> Node:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _problem("FORMULA_001", text, detail=str(getattr(error, "msg", error))) from None
    return _convert(tree.body, text.strip())


@cache
def parse_expression(text: str) -> Expression:
    """Parse an expression over row fields or indicators.

    Raises:
        ProblemsError: FORMULA_001 not an expression, FORMULA_002 unknown function, FORMULA_003 not allowed here.

    Example:
        >>> parse_expression("bearing + young").evaluate({"bearing": Decimal(2), "young": Decimal("1.5")})
        Decimal('3.5')
        >>> parse_expression("bearing + young").evaluate({"bearing": Decimal(2)}) is None
        True
    """
    node = _parse_tree(text)
    functions = _functions(node)
    if functions & AGGREGATES:
        raise _problem("FORMULA_003", text, part="、".join(sorted(functions & AGGREGATES)))
    return Expression(text, node, _names(node), functions)


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """What an indicator's ``value`` says: how rows become amounts, or the derived expression."""

    kind: Literal["sum", "count", "distinct", "sum_distinct", "derived"]
    expression: Expression | None = None  #: sum: over a row; derived: over indicators
    field: str = ""  #: distinct, sum_distinct: the reference field
    indicator: str = ""  #: sum_distinct: the indicator kept per subject


@cache
def parse_indicator_value(text: str) -> IndicatorValue:
    """Parse ``sum(expr)``, ``count()``, ``distinct(field)``, ``sum_distinct(field, indicator)`` or a derived expression.

    Raises:
        ProblemsError: as `parse_expression`; FORMULA_004 when an aggregate has the wrong arguments.
    """
    node = _parse_tree(text)
    if node.kind != "call" or node.value not in AGGREGATES:
        return IndicatorValue("derived", parse_expression(text))
    children = node.children
    match node.value:
        case "sum" if len(children) == 1:
            inner = children[0]
            functions = _functions(inner)
            if not functions & AGGREGATES:
                return IndicatorValue("sum", Expression(text, inner, _names(inner), functions))
        case "count" if not children:
            return IndicatorValue("count")
        case "distinct" if len(children) == 1 and children[0].kind == "name":
            return IndicatorValue("distinct", field=children[0].value)
        case "sum_distinct" if len(children) == 2 and all(c.kind == "name" for c in children):
            return IndicatorValue(
                "sum_distinct", field=children[0].value, indicator=children[1].value
            )
    raise _problem("FORMULA_004", text, function=node.value)
