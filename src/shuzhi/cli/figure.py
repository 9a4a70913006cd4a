"""``shuzhi figure``: what is it, where does it come from, what was it then, what changed since."""

from __future__ import annotations

import difflib
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from shuzhi.cli.session import Session, json_option, pass_session
from shuzhi.cli.usage import POINT
from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import Figure, FigureId, FigureKind, Trace, TraceRow
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.periods import format_month, format_period, parse_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import canonical

_ROWS_SHOWN = 12


@click.group("figure")
def figure() -> None:
    """数：是多少、从哪里来、当时是多少、后来改了什么。

    Figures: value, trace to rows, as of then, restatement.
    """


def _identity(
    indicator: str, organisation: str, period: str, target: bool = False, by: str = ""
) -> FigureId:
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations.queries import get

    catalogue = definitions().catalogue
    indicators = catalogue.indicators
    key = indicator
    if key not in indicators:
        titled = [
            k for k, d in indicators.items() if d.title.zh == indicator or indicator in d.synonyms
        ]
        if len(titled) != 1:
            near = difflib.get_close_matches(
                indicator, [*indicators, *(d.title.zh for d in indicators.values())], 3, 0.4
            )
            raise ProblemsError(
                [
                    Problem(
                        "FIGURE_002",
                        {"indicator": indicator, "near": "、".join(titled or near) or "—"},
                    )
                ]
            )
        key = titled[0]
    kind: FigureKind = "target" if target else "actual"
    breakdown = None
    if by:
        breakdown = _part(catalogue, key, by)
    return FigureId(key, get(organisation).code, parse_period(period), kind, breakdown)


def _part(catalogue: Catalogue, key: str, text: str) -> tuple[str, str]:
    """The field and the value a figure is narrowed to."""
    definition = catalogue.indicators[key]
    if parse_indicator_value(definition.value).kind not in ("sum", "count"):
        raise ProblemsError([Problem("CLI_009", {"indicator": definition.title.zh})])
    ledger = catalogue.ledgers[definition.source]
    written, equals, value = (part.strip() for part in text.partition("="))
    open_fields = [f for f in ledger.fields if not f.personal]
    chosen = next((f.key for f in open_fields if written in (f.key, f.title.zh)), None)
    if not equals or chosen is None:
        example = f"{open_fields[-1].key}={open_fields[-1].example or '…'}"
        params = {"text": text, "ledger": ledger.title.zh, "example": example}
        raise ProblemsError([Problem("CLI_008", params)])
    return chosen, value


def figure_json(found: Figure) -> dict[str, Any]:
    """A figure as a JSON document."""
    return {
        "indicator": found.id.indicator,
        "title": found.title,
        "organisation": found.id.organisation,
        "period": format_period(found.id.period, "code"),
        "kind": found.id.kind,
        "breakdown": found.id.breakdown,
        "value": None if found.value is None else canonical(found.value),
        "unit": found.unit,
        "as_of": found.as_of,
        "rows": found.rows,
        "blanks": found.blanks,
    }


def figure_text(session: Session, found: Figure) -> str:
    """A figure in one line."""
    value = (
        session.say("未知（没有记录）", "not known (no records)")
        if found.value is None
        else f"{canonical(found.value)} {found.unit}"
    )
    blanks = (
        session.say(f"，{found.blanks} 行未填", f", {found.blanks} rows blank")
        if found.blanks
        else ""
    )
    name = escape(session.name_of(found.id.organisation))
    period = format_period(found.id.period, session.language)
    if session.language == "en":
        return f"{escape(_title(session, found))} · {name} · {period}: [bold]{value}[/bold] (as of {found.as_of}{blanks})"
    return f"{escape(found.title)} · {name} · {period}：[bold]{value}[/bold]（时点 {found.as_of}{blanks}）"


def _title(session: Session, found: Figure) -> str:
    """The figure's title in the chosen language."""
    from shuzhi.apps.office import definitions

    catalogue = definitions().catalogue
    definition = catalogue.indicators.get(found.id.indicator) or catalogue.parameters.get(
        found.id.indicator
    )
    return found.title if definition is None else session.title_of(definition)


def explanation(session: Session, trace: Trace) -> str:
    """How a figure is made, in words of the chosen language."""
    if session.language == "zh":
        return trace.explanation
    from shuzhi.apps.office import definitions

    catalogue, identity = definitions().catalogue, trace.figure.id
    title = _title(session, trace.figure)
    if identity.kind == "parameter":
        basis = catalogue.parameters[identity.indicator].values[-1].basis
        return f"parameter “{title}”, basis: {basis.source}{basis.article}"
    if identity.kind == "target":
        return f"promised: {title}"
    definition = catalogue.indicators[identity.indicator]
    value = parse_indicator_value(definition.value)
    if value.kind == "derived":
        return f"{title} = {definition.value}"
    ledger = session.title_of(catalogue.ledgers[definition.source])
    if value.kind == "distinct":
        return f"each {value.field} once, {ledger}"
    if value.kind == "sum_distinct":
        summed = session.title_of(catalogue.indicators[value.indicator])
        return f"{summed} of each {value.field} once, {ledger}"
    return f"Σ {title}, {ledger}"


def _require(session: Session, identity: FigureId) -> None:
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.permissions import require

    unit = get(identity.organisation)
    require(session.actor(), "figure.read", unit.path, unit.name)


@figure.command("show")
@click.argument("indicator")
@click.option("--org", "organisation", required=True, help="单位 / unit")
@click.option(
    "--period", required=True, help="期间：2023、2023H1、2023-06、2019..2023、..2023 / period"
)
@click.option("--target", is_flag=True, help="看目标 / the promised figure")
@click.option("--children", is_flag=True, help="连同下级 / with the units below")
@json_option
@pass_session
def show(
    session: Session, indicator: str, organisation: str, period: str, target: bool, children: bool
) -> None:
    """看一个数；INDICATOR 是指标的名称或键。

    Show a figure.
    """
    session.connect()
    from shuzhi.apps.books.queries import Books
    from shuzhi.apps.organisations.models import Organisation

    identity = _identity(indicator, organisation, period, target)
    _require(session, identity)
    books = Books()
    found = [books.figure(identity)]
    if children:
        for child in Organisation.objects.filter(parent__code=identity.organisation).order_by(
            "path"
        ):
            found.append(
                books.figure(
                    FigureId(identity.indicator, child.code, identity.period, identity.kind)
                )
            )

    def print_figures(console: Console) -> None:
        for one in found:
            console.print(figure_text(session, one))

    session.result(
        [figure_json(f) for f in found] if children else figure_json(found[0]), print_figures
    )


def _row_json(row: TraceRow) -> dict[str, Any]:
    return {
        "ledger": row.ledger, "organisation": row.organisation, "record": row.record, "revision": row.revision, "seq": row.seq,
        "month": format_month(row.month), "amount": None if row.amount is None else canonical(row.amount), "label": row.label, "adjusting": row.adjusting,
    }  # fmt: skip


def trace_json(trace: Trace) -> dict[str, Any]:
    """A trace as a JSON document, down to the rows."""
    return {
        "figure": figure_json(trace.figure),
        "explanation": trace.explanation,
        "rows": [_row_json(r) for r in trace.rows],
        "inputs": [trace_json(t) for t in trace.inputs],
    }


def trace_tree(
    session: Session, trace: Trace, tree: Tree | None = None, limit: int = _ROWS_SHOWN
) -> Tree:
    """A trace as a tree for the terminal; long lists of rows end with how many more there are and their sum."""
    from shuzhi.apps.office import definitions

    ledgers = definitions().catalogue.ledgers
    label = (
        f"{figure_text(session, trace.figure)}\n[dim]{escape(explanation(session, trace))}[/dim]"
    )
    branch = Tree(label) if tree is None else tree.add(label)
    several_ledgers = len({row.ledger for row in trace.rows}) > 1
    for row in trace.rows[:limit]:
        words = []
        if row.organisation != trace.figure.id.organisation:
            words.append(session.name_of(row.organisation))
        if several_ledgers:
            known = ledgers.get(row.ledger)
            words.append(row.ledger if known is None else session.title_of(known))
        amount = session.say("未填", "blank") if row.amount is None else canonical(row.amount)
        adjusting = session.say("（调整）", " (adjusting)") if row.adjusting else ""
        branch.add(
            session.say("　", "  ").join(
                [
                    *map(escape, words),
                    escape(row.label),
                    format_month(row.month) if row.adjusting else row.date[:7],
                    f"[bold]{amount}[/bold]{adjusting}",
                    f"[dim]{session.say('记录', 'record')} {row.record}·{row.revision}[/dim]",
                ]
            )
        )
    rest = trace.rows[limit:]
    if rest:
        total = canonical(sum((r.amount for r in rest if r.amount is not None), Decimal(0)))
        branch.add(
            session.say(
                f"……另 {len(rest)} 行，合计 {total}", f"… {len(rest)} more rows, together {total}"
            )
        )
    for inner in trace.inputs[:limit]:
        trace_tree(session, inner, branch, limit)
    if len(trace.inputs) > limit:
        more = len(trace.inputs) - limit
        branch.add(session.say(f"……另 {more} 项", f"… {more} more inputs"))
    return branch


@figure.command("explain")
@click.argument("indicator")
@click.option("--org", "organisation", required=True, help="单位 / unit")
@click.option("--period", required=True, help="期间 / period")
@click.option("--target", is_flag=True, help="目标数 / the promised figure")
@click.option("--by", default="", metavar="FIELD=VALUE", help="只看某一部分 / only a part")
@click.option("--all", "everything", is_flag=True, help="列出全部行 / every row")
@json_option
@pass_session
def explain(
    session: Session,
    indicator: str,
    organisation: str,
    period: str,
    target: bool,
    by: str,
    everything: bool,
) -> None:
    """溯源：这个数是哪些行加起来的。

    Trace a figure down to its rows.
    """
    session.connect()
    from shuzhi.apps.books.queries import Books

    identity = _identity(indicator, organisation, period, target, by)
    _require(session, identity)
    books = Books()
    trace = books.trace(books.figure(identity))
    session.result(
        trace_json(trace),
        lambda console: console.print(
            trace_tree(session, trace, limit=10**9 if everything else _ROWS_SHOWN)
        ),
    )


@figure.command("as-of")
@click.argument("indicator")
@click.argument("seq", type=POINT)
@click.option("--org", "organisation", required=True, help="单位 / unit")
@click.option("--period", required=True, help="期间 / period")
@json_option
@pass_session
def as_of(session: Session, indicator: str, seq: int, organisation: str, period: str) -> None:
    """看一个数在某个时点（报告上印的时点号）是多少。

    A figure as it was at a point of the books.
    """
    session.connect()
    from shuzhi.apps.books.queries import Books

    identity = _identity(indicator, organisation, period)
    _require(session, identity)
    found = Books(session.point(seq)).figure(identity)
    session.result(figure_json(found), lambda console: console.print(figure_text(session, found)))


@figure.command("restate")
@click.argument("indicator")
@click.option("--org", "organisation", required=True, help="单位 / unit")
@click.option("--period", required=True, help="期间 / period")
@click.option("--since", type=POINT, required=True, help="当时的时点 / the earlier point")
@click.option(
    "--until",
    type=POINT,
    default=None,
    help="后来的时点，默认现在 / the later point, now by default",
)
@json_option
@pass_session
def restate(
    session: Session, indicator: str, organisation: str, period: str, since: int, until: int | None
) -> None:
    """更正说明：两个时点之间变了多少、因为哪些行。

    What changed between two points, and which rows explain it.
    """
    session.connect()
    from shuzhi.apps.books.queries import restate as act
    from shuzhi.apps.office import definitions

    ledgers = definitions().catalogue.ledgers
    identity = _identity(indicator, organisation, period)
    _require(session, identity)
    since = session.point(since) or 0
    found = act(identity, since, session.point(until))

    def show_changes(console: Console) -> None:
        console.print(figure_text(session, found.before))
        console.print(figure_text(session, found.after))
        if not found.rows:
            console.print(
                session.say("两个时点之间没有变化。", "Nothing changed between the two points.")
            )
            return
        console.print(
            session.table(
                [
                    ("单位", "unit"),
                    ("台账", "ledger"),
                    ("行", "row"),
                    ("月", "month"),
                    ("变动>", "change>"),
                    ("记录>", "record>"),
                ],
                [
                    (
                        session.name_of(r.organisation),
                        session.title_of(ledgers[r.ledger]) if r.ledger in ledgers else r.ledger,
                        r.label,
                        format_month(r.month) if r.adjusting else r.date[:7],
                        session.say("未填", "blank") if r.amount is None else canonical(r.amount),
                        r.record,
                    )
                    for r in found.rows
                ],
            )
        )

    session.result(
        {
            "before": figure_json(found.before),
            "after": figure_json(found.after),
            "rows": [_row_json(r) for r in found.rows],
        },
        show_changes,
    )
