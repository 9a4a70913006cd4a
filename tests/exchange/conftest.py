"""The units and the two ledgers of the exchange tests, made in Python so that they do not move with the catalogue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shuzhi.core.definitions import FieldDef, LedgerDef, RuleDef, Text, UnitDef
from shuzhi.core.quantities import Units

UNITS = Units(
    {
        one.key: one
        for one in (
            UnitDef("亩", "亩"),
            UnitDef("公顷", "亩", Decimal(15)),
            UnitDef("平方米", "平方米"),
            UnitDef("元", "元"),
            UnitDef("万元", "元", Decimal(10_000)),
            UnitDef("人", "人"),
        )
    }
)

ORCHARD = LedgerDef(
    key="orchard",
    title=Text("果园台账", "Orchards"),
    area="industry",
    kept_by=("village",),
    nature="register",
    identified_by=("code",),
    synonyms=("果园登记表",),
    description="登记各户果园的面积和补贴，每户一行。",
    rules=(RuleDef("one_household", "area <= 200", "单户果园超过 200 亩，请核实"),),
    fields=(
        FieldDef("code", Text("户号", "Household"), required=True, example="0012", synonyms=("户编号",)),
        FieldDef("name", Text("户主姓名", "Head"), personal="personal", synonyms=("户主", "姓名"), example="张某某"),
        FieldDef("date", Text("登记日期", "Date"), type="date", required=True, synonyms=("日期",), example="2023-08-01"),
        FieldDef("bearing", Text("挂果园面积", "Bearing"), type="quantity", unit="亩", min=Decimal(0), required=True,
                 synonyms=("挂果园",), example="2.5", note="有收成的面积"),
        FieldDef("young", Text("幼园面积", "Young"), type="quantity", unit="亩", min=Decimal(0), synonyms=("幼园",)),
        FieldDef("area", Text("果园面积", "Area"), type="quantity", unit="亩", computed="bearing + young"),
        FieldDef("money", Text("补贴金额", "Subsidy"), type="quantity", unit="元", min=Decimal(0), max=Decimal(100_000)),
        FieldDef("people", Text("家庭人口", "Members"), type="integer", unit="人", min=Decimal(0), max=Decimal(30)),
        FieldDef("kind", Text("品种", "Kind"), type="choice", options=("苹果", "花椒", "核桃")),
        FieldDef("paid", Text("是否兑付", "Paid"), type="boolean"),
        FieldDef("identity", Text("身份证号", "Identity"), type="identity_number", personal="sensitive"),
        FieldDef("phone", Text("联系电话", "Phone"), type="phone", personal="personal"),
        FieldDef("month", Text("兑付月份", "Month"), type="month"),
        FieldDef("remark", Text("备注", "Remark")),
    ),
)  # fmt: skip

MEETING = LedgerDef(
    key="meeting",
    title=Text("会议台账", "Meetings"),
    area="party",
    kept_by=("village",),
    nature="journal",
    fields=(
        FieldDef("date", Text("会议日期", "Date"), type="date", required=True),
        FieldDef("topic", Text("议题", "Topic"), required=True),
        FieldDef("present", Text("参会人数", "Present"), type="integer", unit="人"),
    ),
)

#: header and one good row, as the broken and the odd files are made from
HEADER = [
    "户号",
    "户主姓名",
    "登记日期",
    "挂果园面积（亩）",
    "幼园面积（亩）",
    "补贴金额（元）",
    "家庭人口",
    "品种",
]
GOOD = ["0001", "张某某", "2023-08-01", 2.5, 1, 1200, 4, "苹果"]
OTHER = ["0002", "李某某", "2023-08-02", 3, 0, 800, 2, "花椒"]


@pytest.fixture
def units() -> Units:
    return UNITS


@pytest.fixture
def orchard() -> LedgerDef:
    return ORCHARD
