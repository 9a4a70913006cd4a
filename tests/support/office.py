"""A small office for tests: one county, two towns, their villages, named people, and a catalogue made in Python.

Databases are copies of a template that was migrated (and, for `office`, peopled) once per run, so a fresh one costs
milliseconds: a copied file on SQLite, ``CREATE DATABASE … TEMPLATE`` on the tests' own PostgreSQL server.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    FieldDef,
    IndicatorDef,
    LedgerDef,
    NilTrait,
    ParameterDef,
    ParameterValueDef,
    RelationDef,
    TargetTrait,
    Text,
    UnitDef,
)

ENGINES = ("sqlite", "postgresql")

COUNTY, TOWN, OTHER_TOWN = "990101000000", "990101100000", "990101101000"
FIRST, SECOND, THIRD = "990101100201", "990101100202", "990101100203"
FAR_FIRST, FAR_SECOND = "990101101201", "990101101202"
VILLAGES = (FIRST, SECOND, THIRD, FAR_FIRST, FAR_SECOND)

#: code, name, level, superior
UNITS = (
    (COUNTY, "示例县", "county", ""),
    (TOWN, "示范镇", "township", COUNTY),
    (OTHER_TOWN, "样板镇", "township", COUNTY),
    (FIRST, "甲村", "village", TOWN),
    (SECOND, "乙村", "village", TOWN),
    (THIRD, "丙村", "village", TOWN),
    (FAR_FIRST, "丁村", "village", OTHER_TOWN),
    (FAR_SECOND, "戊村", "village", OTHER_TOWN),
)

#: persona → (role, place of the post)
PERSONAS = {
    "村会计": ("clerk", FIRST),
    "镇会计": ("clerk", TOWN),
    "县会计": ("clerk", COUNTY),
    "外镇会计": ("clerk", OTHER_TOWN),
    "镇办": ("reviewer", TOWN),
    "县办": ("reviewer", COUNTY),
    "外镇办": ("reviewer", OTHER_TOWN),
    "分管领导": ("leader", COUNTY),
    "镇领导": ("leader", TOWN),
    "检查员": ("inspector", COUNTY),
    "管理员": ("administrator", COUNTY),
    "安全员": ("security_administrator", COUNTY),
    "审计员": ("auditor", COUNTY),
}


# ── databases ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_up_django() -> None:
    """Configure Django once per process."""
    if not settings.configured or not django.apps.apps.ready:
        django.setup()


def connect(url: str) -> None:
    """Point Django's default connection of this thread at another database."""
    from django.db import connections

    from shuzhi.settings import database as describe

    connections["default"].close()
    connections.databases["default"] = connections.configure_settings({"default": describe(url)})[
        "default"
    ]
    if hasattr(connections._connections, "default"):
        del connections["default"]


def _close() -> None:
    from django.db import connections

    connections["default"].close()
    del connections["default"]


def _server(statement: str) -> None:
    """Run a statement on the PostgreSQL server itself."""
    import psycopg

    from tests.support.postgres import server_url

    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as connection:
        connection.execute(statement)


@cache
def _template_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shuzhi-templates-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _template(engine: str, peopled: bool) -> str:
    """URL of a database that is migrated, and with `peopled` holds the small office; made once per run."""
    from django.core.management import call_command

    name = f"template_{'office' if peopled else 'empty'}_{uuid.uuid4().hex[:8]}"
    if engine == "sqlite":
        url = f"sqlite:///{_template_folder() / name}.sqlite3"
        if peopled:
            _copy(_template(engine, False), url)
    else:
        from tests.support.postgres import server_url

        source = f' TEMPLATE "{_name(_template(engine, False))}"' if peopled else ""
        _server(f'CREATE DATABASE "{name}"{source}')
        url = f"{server_url()}/{name}"
    connect(url)
    try:
        if peopled:
            _people()
        else:
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        _close()
    return url


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _copy(source: str, target: str) -> None:
    shutil.copyfile(source.removeprefix("sqlite:///"), target.removeprefix("sqlite:///"))


@contextmanager
def _fresh(engine: str, folder: Path, *, peopled: bool) -> Iterator[str]:
    set_up_django()
    template = _template(engine, peopled)
    name = f"t{uuid.uuid4().hex}"
    if engine == "sqlite":
        url = f"sqlite:///{folder / name}.sqlite3"
        _copy(template, url)
    else:
        from tests.support.postgres import server_url

        _server(f'CREATE DATABASE "{name}" TEMPLATE "{_name(template)}"')
        url = f"{server_url()}/{name}"
    connect(url)
    try:
        yield url
    finally:
        _close()
        if engine == "sqlite":
            for left in folder.glob(f"{name}.sqlite3*"):
                left.unlink()
        else:
            _server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def database(engine: str, folder: Path) -> Iterator[None]:
    """A fresh, migrated, empty database: ``sqlite`` in `folder`, or ``postgresql`` on the tests' server."""
    with _fresh(engine, folder, peopled=False):
        yield


def _people() -> None:
    from django.db import transaction

    from shuzhi.apps.audit import actions as audit
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    with transaction.atomic():
        audit.start_clock()
    open_units(
        SYSTEM,
        [{"code": c, "name": n, "level": level, "parent": p} for c, n, level, p in UNITS],
    )
    for persona, (role, place) in PERSONAS.items():
        create_account(SYSTEM, persona, persona)
        term = {"to_date": "2999-12-31", "order": "示检〔2023〕1 号"} if role == "inspector" else {}
        give_post(SYSTEM, persona, place, role, from_date="2020-01-01", **term)


@dataclass
class Office:
    """A fresh small office with its catalogue in force. Personas are asked for by name, so their posts are today's."""

    engine: str
    catalogue: Catalogue
    url: str
    folder: Path = field(default_factory=Path)

    def actor(self, persona: str) -> Any:
        """The persona as an actor."""
        from shuzhi.apps.people.queries import get_actor

        return get_actor(persona)

    def open(self, *years: int, at: str = COUNTY) -> None:
        """建账: open the books of these years for a unit and all below it."""
        from shuzhi.apps.books.actions import open_books

        for one in years:
            open_books(self.actor("分管领导"), at, one)

    def submit(self, ledger: str, village: str, /, by: str = "县会计", **values: object) -> int:
        """Record one row; returns the record's id (of an unchanged row: 0)."""
        from shuzhi.apps.ledgers.actions import submit_values

        records = submit_values(self.actor(by), ledger, village, values).records
        return records[0] if records else 0

    def approve(self, *records: int, by: str = "县办") -> Any:
        """Approve these records, or everything in the county."""
        from shuzhi.apps.books.posting import approve_records
        from shuzhi.apps.organisations.queries import get

        if records:
            return approve_records(self.actor(by), records)
        return approve_records(self.actor(by), organisation_path=get(COUNTY).path)

    def record(self, ledger: str, village: str, /, **values: object) -> int:
        """Record one row and have it approved; returns the record's id."""
        record = self.submit(ledger, village, **values)
        if record:  # 0: it is there already
            self.approve(record)
        return record

    def value(
        self,
        indicator: str,
        organisation: str,
        period: Any,
        as_of: int | None = None,
        kind: str = "actual",
    ) -> Decimal | None:
        """A figure's value; the period as `parse_period` reads it."""
        from shuzhi.apps.books.queries import Books
        from shuzhi.core.figures import FigureId
        from shuzhi.core.periods import parse_period

        if not hasattr(period, "start"):
            period = parse_period(str(period))
        return Books(as_of).figure(FigureId(indicator, organisation, period, kind)).value  # type: ignore[arg-type]

    def is_sound(self) -> bool:
        """Reconcile and verify; what they find is shown when the assertion fails."""
        from shuzhi.apps.books.reconciling import reconcile, verify

        problems = [*reconcile().problems, *verify().problems]
        assert problems == []
        return True


@contextmanager
def office(engine: str, folder: Path, catalogue: Catalogue | None = None) -> Iterator[Office]:
    """A fresh database with the small office in it, and the small catalogue (or another) in force."""
    set_up_django()
    from shuzhi.apps.office import use_catalogue

    used = catalogue or small_catalogue()
    with _fresh(engine, folder, peopled=True) as url, use_catalogue(used):
        yield Office(engine, used, url, folder)


# ── catalogue ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fields(*fields: FieldDef) -> tuple[FieldDef, ...]:
    return fields


def _field(key: str, title: str, type: str = "text", unit: str = "", **more: Any) -> FieldDef:
    return FieldDef(key, Text(title), type, unit, **more)  # type: ignore[arg-type]


def _date(**more: Any) -> FieldDef:
    return _field("date", "日期", "date", required=True, **more)


_BASIS = Basis("示例县乡村统计口径", "第一条")
_ALL_LEVELS = ("county", "township", "village")

_UNITS = (
    UnitDef("亩", "亩"),
    UnitDef("公顷", "亩", Decimal(15)),
    UnitDef("元", "元"),
    UnitDef("万元", "元", Decimal(10_000)),
    UnitDef("户", "户"),
    UnitDef("人", "人"),
    UnitDef("次", "次"),
    UnitDef("个", "个"),
    UnitDef("％", "％"),
)

_LEDGERS = (
    LedgerDef(
        "household", Text("农户台账"), "people", ("village",), "register",
        _fields(
            _field("number", "户号", required=True),
            _date(),
            _field("left", "迁出日期", "date"),
            _field("members", "人口", "integer", "人", min=Decimal(0)),
            _field("kind", "类型", "choice", options=("脱贫户", "监测户", "一般户")),
        ),
        until="left", identified_by=("number",),
    ),
    LedgerDef(
        "orchard", Text("果园台账"), "industry", ("village",), "register",
        _fields(
            _field("plot", "地块", required=True),
            _field("household", "户号"),
            _date(),
            _field("bearing", "挂果面积", "quantity", "亩", min=Decimal(0)),
            _field("young", "幼园面积", "quantity", "亩", min=Decimal(0)),
            _field("area", "面积", "quantity", "亩", computed="bearing + young"),
            _field("variety", "品种", "choice", options=("花椒", "核桃", "苹果")),
        ),
        identified_by=("plot",),
    ),
    LedgerDef(
        "visit", Text("走访台账"), "governance", ("village",), "journal",
        _fields(
            _date(),
            _field("household", "户号"),
            _field("topic", "事由", "choice", options=("帮扶", "慰问", "排查")),
            _field("amount", "慰问金", "quantity", "元", min=Decimal(0)),
        ),
    ),
    LedgerDef(
        "dispute", Text("纠纷台账"), "governance", ("village",), "journal",
        _fields(
            _field("number", "编号", required=True),
            _date(),
            _field("result", "结果", "choice", options=("成功", "未成")),
        ),
        identified_by=("number",),
    ),
    LedgerDef(
        "project", Text("项目台账"), "infrastructure", ("village", "township"), "register",
        _fields(
            _field("number", "编号", required=True),
            _date(),
            _field("budget", "概算", "quantity", "万元"),
            _field("started", "开工日期", "date"),
            _field("finished", "完工日期", "date"),
        ),
        identified_by=("number",),
    ),
    LedgerDef(
        "target", Text("目标台账"), "targets", _ALL_LEVELS, "register",
        _fields(
            _field("year", "年度", "integer", required=True),
            _field("indicator", "指标", "indicator", required=True),
            _field("amount", "目标数", "quantity", required=True),
            _date(),
        ),
        identified_by=("year", "indicator"), targets=TargetTrait(),
    ),
    LedgerDef(
        "nil", Text("零报告台账"), "targets", _ALL_LEVELS, "journal",
        _fields(
            _field("ledger", "台账", "ledger", required=True),
            _field("month", "月份", "month", required=True),
            _date(),
        ),
        identified_by=("ledger", "month"), nil=NilTrait(),
    ),
)  # fmt: skip


def _indicator(
    key: str, title: str, unit: str, nature: str, value: str, source: str = "", **more: Any
) -> IndicatorDef:
    return IndicatorDef(key, Text(title), unit, nature, value, source=source, **more)  # type: ignore[arg-type]


_INDICATORS = (
    _indicator("households", "农户数", "户", "stock", "count()", "household"),
    _indicator("members", "户籍人口", "人", "stock", "sum(members)", "household", by="number"),
    _indicator(
        "poor_households", "脱贫户和监测户", "户", "stock", "count()", "household",
        where="kind in ('脱贫户', '监测户')",
    ),
    _indicator("orchard_area", "果园面积", "亩", "stock", "sum(area)", "orchard"),
    _indicator("pepper_area", "花椒面积", "亩", "stock", "sum(area)", "orchard", where="variety == '花椒'"),
    _indicator("orchard_households", "果园户数", "户", "stock", "distinct(household)", "orchard"),
    _indicator("orchard_people", "果园户人口", "人", "stock", "sum_distinct(household, members)", "orchard"),
    _indicator("visits", "走访次数", "次", "flow", "count()", "visit"),
    _indicator("visit_amount", "慰问金", "元", "flow", "sum(amount)", "visit", where="topic == '慰问'"),
    _indicator("visited_households", "走访户数", "户", "flow", "distinct(household)", "visit"),
    _indicator("visited_people", "走访户人口", "人", "flow", "sum_distinct(household, members)", "visit"),
    _indicator("disputes", "纠纷", "个", "flow", "count()", "dispute"),
    _indicator("settled", "调解成功", "个", "flow", "count()", "dispute", where="result == '成功'"),
    _indicator("budget", "在册项目概算", "元", "stock", "sum(budget)", "project"),
    _indicator("projects_started", "开工项目", "个", "flow", "count()", "project", at="started"),
    _indicator("finished_budget", "完工项目概算", "元", "flow", "sum(budget)", "project", at="finished"),
    _indicator("area_each", "户均果园", "亩", "derived", "orchard_area / orchard_households", decimals=2),
    _indicator("visit_growth", "走访同比", "％", "derived",
               "(visits - last_year(visits)) / last_year(visits) * 100", decimals=1),
    _indicator("orchard_villages", "果园过三亩的村", "个", "derived", "count_units('village', orchard_area > 3)"),
    _indicator("orchard_subsidy", "应发补贴", "元", "derived", "pepper_area * parameter('orchard_standard')"),
)  # fmt: skip

_PARAMETERS = (
    ParameterDef(
        "orchard_standard",
        Text("果园补贴标准"),
        "元",
        (
            ParameterValueDef("2022-01-01", Decimal(400), _BASIS),
            ParameterValueDef("2023-01-01", Decimal(500), _BASIS),
        ),
    ),
)

_RELATIONS = (
    RelationDef("poor_part", Text("脱贫户属农户"), "part", "households", ("poor_households",)),
    RelationDef("orchard_by_variety", Text("果园面积分品种"), "breakdown", "orchard_area", by="variety"),
    RelationDef(
        "area_each_rate", Text("户均果园"), "rate", "area_each", ("orchard_area", "orchard_households")
    ),
    RelationDef(
        "subsidy_product", Text("补贴＝面积×标准"), "product", "orchard_subsidy", ("pepper_area",),
        factor="parameter('orchard_standard')",
    ),
    RelationDef("visits_grow", Text("走访同比"), "growth", "visit_growth", ("visits",)),
)  # fmt: skip


def small_catalogue() -> Catalogue:
    """Registers with and without an end, a journal, `at`, `where`, distinct counts, derived figures, targets, nil reports."""
    return Catalogue(
        units={u.key: u for u in _UNITS},
        ledgers={one.key: one for one in _LEDGERS},
        indicators={i.key: i for i in _INDICATORS},
        relations={r.key: r for r in _RELATIONS},
        parameters={p.key: p for p in _PARAMETERS},
    )
