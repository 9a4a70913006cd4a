"""``shuzhi finding``: the kinds of finding there are, and what the office has decided about them.

An office silences a kind of finding with a reason, and confirms what a wording of its drafts means; both are remembered and can be
listed and taken back.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from shuzhi.cli.session import Session, json_option, pass_session, session_options
from shuzhi.cli.usage import YEAR
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.messages import Language

_ORG_HELP = "哪个单位，下级单位随之 / the unit; it holds for all below it"


@click.group("finding")
def finding() -> None:
    """疑点：有哪些，哪些不提示，哪些文字指哪个指标。

    Findings: the kinds there are, those the office has silenced, and wordings it has confirmed.
    """


@finding.command("kinds")
@click.option(
    "--page",
    is_flag=True,
    help="输出文档页 docs/reference/findings.md / print the page of the documentation",
)
@json_option
@session_options
@pass_session
def kinds(session: Session, page: bool) -> None:
    """列出每种疑点的代码、轻重、类别和句子。

    List every kind of finding: code, severity, area, sentence.
    """
    from shuzhi.cli.check_files import all_kinds
    from shuzhi.cli.findings_page import plain_sentence, render_findings_page
    from shuzhi.messages import all_messages
    from shuzhi.messages.checking import area_word, severity_word

    found = [all_kinds()[code] for code in sorted(all_kinds())]
    if page:
        click.echo(render_findings_page(found), nl=False)
        return
    messages = all_messages()
    session.result(
        [
            {
                "code": one.code,
                "severity": one.severity,
                "area": one.area,
                "zh": plain_sentence(messages[one.code].zh),
                "en": plain_sentence(messages[one.code].en),
            }
            for one in found
        ],
        lambda console: console.print(
            session.table(
                [("代码", "code"), ("轻重", "severity"), ("类别", "area"), ("句子", "sentence")],
                [
                    (
                        one.code,
                        severity_word(one.severity, session.language),
                        area_word(one.area, session.language),
                        plain_sentence(session.say(messages[one.code].zh, messages[one.code].en)),
                    )
                    for one in found
                ],
            )
        ),
    )


# ── which wording is which indicator ──────────────────────────────────────────────────────────────────────────────────


@finding.command("confirm")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("text")
@click.argument("indicator", required=False, default="")
@click.option("--org", "organisation", required=True, help=_ORG_HELP)
@click.option("--year", type=YEAR, default=None, help="哪一年的报告 / year of the report")
@click.option("--none", "is_none", is_flag=True, help="没有台账可对 / no ledger is behind it")
@click.option(
    "--at",
    type=click.IntRange(0),
    default=None,
    help="同一写法不止一处时，从第几个字起 / its first character, when it stands more than once",
)
@json_option
@session_options
@pass_session
def confirm(
    session: Session,
    path: Path,
    text: str,
    indicator: str,
    organisation: str,
    year: int | None,
    is_none: bool,
    at: int | None,
) -> None:
    """确认稿子里的一个数是哪个指标，以后同样的说法照此对账；不写指标即确认所推断的。

    Confirm which indicator a number of a draft is; the same wording is known from then on. Without an indicator the proposed one is
    confirmed.
    """
    actor = session.actor()
    from shuzhi.apps.checking.actions import confirm_match
    from shuzhi.apps.checking.queries import check_against_books
    from shuzhi.core.periods import year as year_period
    from shuzhi.exchange.drafts import read_draft

    draft = read_draft(path)
    found = check_against_books(actor, draft, organisation, year_period(year) if year else None)
    same = [one for one in found.matches if one.text == text and at in (None, one.start)]
    if not same:
        known = list(dict.fromkeys(one.text for one in found.matches))
        near = "、".join(difflib.get_close_matches(text, known, 3, 0.3)) or "—"
        raise ProblemsError([Problem("CHECK_007", {"text": text, "file": path, "near": near})])
    if len({one.subject for one in same}) > 1:
        places = "、".join(f"--at {one.start}" for one in same)
        raise ProblemsError([Problem("CHECK_008", {"text": text, "places": places})])
    match = same[0]
    key = "" if is_none else _indicator_key(indicator) if indicator else match.indicator
    if not key and not is_none:
        raise ProblemsError([Problem("CHECK_009", {"text": text})])
    made = confirm_match(actor, organisation, match, key)
    title = _title(session, key)
    session.result(
        {"ok": True, "subject": made.subject, "indicator": key},
        lambda console: console.print(
            session.say(
                f"已确认：“{text}”是{title}；以后“{subject_words(made.subject, 'zh')}”都照此对账。",
                f"Confirmed: “{text}” is {title}; “{subject_words(made.subject, 'en')}” is held against it from now on.",
            ),
            markup=False,
        ),
    )


@finding.command("withdraw")
@click.argument("subject")
@click.option("--org", "organisation", required=True, help=_ORG_HELP)
@json_option
@session_options
@pass_session
def withdraw(session: Session, subject: str, organisation: str) -> None:
    """撤回一条确认；SUBJECT 见 shuzhi finding confirmed。

    Take back a confirmation; SUBJECT as listed by shuzhi finding confirmed.
    """
    actor = session.actor()
    from shuzhi.apps.checking.actions import withdraw_confirmation
    from shuzhi.apps.checking.queries import confirmations
    from shuzhi.apps.organisations.queries import get

    # as it is listed, in either language, or as it is kept
    kept = {
        written: one.subject
        for one in confirmations(get(organisation))
        for written in (subject_words(one.subject, "zh"), subject_words(one.subject, "en"))
    }
    made = withdraw_confirmation(actor, organisation, kept.get(subject, subject))
    session.result(
        {"ok": True, "subject": made.subject},
        lambda console: console.print(
            session.say(
                f"已撤回：{subject_words(made.subject, 'zh')}",
                f"Withdrawn: {subject_words(made.subject, 'en')}",
            ),
            markup=False,
        ),
    )


@finding.command("confirmed")
@click.option("--org", "organisation", required=True, help="哪个单位 / the unit")
@json_option
@session_options
@pass_session
def confirmed(session: Session, organisation: str) -> None:
    """列出确认过的说法，包括上级单位的。

    List what was confirmed, by the unit and those above it.
    """
    session.actor()
    from shuzhi.apps.checking.queries import confirmations
    from shuzhi.apps.organisations.queries import get

    found = confirmations(get(organisation))
    session.result(
        [
            {
                "subject": one.subject,
                "indicator": one.indicator,
                "organisation": one.organisation.code,
                "excerpt": one.excerpt,
                "actor": one.actor,
                "at": one.at,
            }
            for one in found
        ],
        lambda console: console.print(
            session.table(
                [
                    ("说法", "wording"),
                    ("指标", "indicator"),
                    ("原文", "as written"),
                    ("单位", "unit"),
                    ("何人", "who"),
                    ("何时", "when"),
                ],
                [
                    (
                        subject_words(one.subject, session.language),
                        _title(session, one.indicator),
                        one.excerpt,
                        one.organisation.name,
                        one.actor,
                        _minute(one.at),
                    )
                    for one in found
                ],
            )
            if found
            else session.say("还没有确认过。", "Nothing was confirmed yet.")
        ),
    )


def subject_words(subject: str, language: Language) -> str:
    """The wording under which a confirmation is kept, as a person reads it.

    Examples:
        >>> subject_words("调解矛盾纠纷|起|", "zh"), subject_words("果园|亩|target+", "en")
        ('调解矛盾纠纷（起）', '果园 (亩, target, new)')
    """
    words, unit, kind = (*subject.split("|"), "", "")[:3]
    said = [unit] if unit else []
    if kind.startswith("target"):
        said.append("目标" if language == "zh" else "target")
    if kind.endswith("+"):
        said.append("新增" if language == "zh" else "new")
    if not said:
        return words
    return f"{words}（{'，'.join(said)}）" if language == "zh" else f"{words} ({', '.join(said)})"


def _minute(at: str) -> str:
    """A moment as kept (UTC), by the clock on the wall of the office, to the minute."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    moment = datetime.fromisoformat(at)
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")


def _indicator_key(written: str) -> str:
    """The key of an indicator or parameter by key, title or synonym. Raises ProblemsError FIGURE_002."""
    from shuzhi.apps.office import definitions

    catalogue = definitions().catalogue
    names: dict[str, set[str]] = {}
    for key, one in catalogue.indicators.items():
        for name in (key, one.title.zh, one.title.en, *one.synonyms):
            names.setdefault(name, set()).add(key)
    for key, parameter in catalogue.parameters.items():
        for name in (key, parameter.title.zh, parameter.title.en):
            names.setdefault(name, set()).add(key)
    found = names.get(written, set())
    if written and len(found) == 1:
        return found.pop()
    near = sorted(found) or difflib.get_close_matches(written, [n for n in names if n], 3, 0.4)
    params = {"indicator": written, "near": "、".join(near) or "—"}
    raise ProblemsError([Problem("FIGURE_002", params)])


def _title(session: Session, key: str) -> str:
    """A known indicator's or parameter's title in the chosen language."""
    from shuzhi.apps.office import definitions

    catalogue = definitions().catalogue
    one = catalogue.indicators.get(key) or catalogue.parameters.get(key)
    if one is not None:
        return session.title_of(one)
    return key or session.say("没有台账的数", "a figure without a ledger")


# ── what the office does not want to hear ─────────────────────────────────────────────────────────────────────────────


@finding.command("silence")
@click.argument("rule", metavar="CODE[:WORDS]")
@click.option("--org", "organisation", required=True, help=_ORG_HELP)
@click.option("--reason", required=True, help="为什么，会留存 / why; it is kept")
@json_option
@session_options
@pass_session
def silence(session: Session, rule: str, organisation: str, reason: str) -> None:
    """以后不再提示一种疑点，或只是某处原文的这种疑点（写成 代码:原文）。

    Leave a kind of finding out from now on, or only for exactly these words (CODE:WORDS).
    """
    actor = session.actor()
    from shuzhi.apps.checking.actions import silence as act

    code, _, words = rule.partition(":")
    made = act(actor, organisation, code, reason=reason, words=words)
    _say_rule(session, made.code, made.words, "不再提示", "Silenced")


@finding.command("unsilence")
@click.argument("rule", metavar="CODE[:WORDS]")
@click.option("--org", "organisation", required=True, help=_ORG_HELP)
@click.option("--reason", required=True, help="为什么，会留存 / why; it is kept")
@json_option
@session_options
@pass_session
def unsilence(session: Session, rule: str, organisation: str, reason: str) -> None:
    """恢复提示。

    Hear of it again.
    """
    actor = session.actor()
    from shuzhi.apps.checking.actions import end_silence

    code, _, words = rule.partition(":")
    made = end_silence(actor, organisation, code, reason=reason, words=words)
    _say_rule(session, made.code, made.words, "恢复提示", "Heard again")


@finding.command("silenced")
@click.option("--org", "organisation", required=True, help="哪个单位 / the unit")
@json_option
@session_options
@pass_session
def silenced(session: Session, organisation: str) -> None:
    """列出不再提示的疑点和理由，包括上级单位的。

    List what is silenced and why, by the unit and those above it.
    """
    session.actor()
    from shuzhi.apps.checking.queries import silences
    from shuzhi.apps.organisations.queries import get

    found = silences(get(organisation))
    session.result(
        [
            {
                "code": one.code,
                "words": one.words,
                "reason": one.reason,
                "organisation": one.organisation.code,
                "actor": one.actor,
                "at": one.at,
            }
            for one in found
        ],
        lambda console: console.print(
            session.table(
                [
                    ("代码", "code"),
                    ("原文", "words"),
                    ("理由", "reason"),
                    ("单位", "unit"),
                    ("何人", "who"),
                    ("何时", "when"),
                ],
                [
                    (
                        one.code,
                        one.words,
                        one.reason,
                        one.organisation.name,
                        one.actor,
                        _minute(one.at),
                    )
                    for one in found
                ],
            )
            if found
            else session.say("没有停用的规则。", "Nothing is silenced.")
        ),
    )


def _say_rule(session: Session, code: str, words: str, zh: str, en: str) -> None:
    shown = f"{code}:{words}" if words else code
    session.result(
        {"ok": True, "code": code, "words": words},
        lambda console: console.print(
            session.say(f"{zh}：{shown}", f"{en}: {shown}"), markup=False
        ),
    )
