"""The shapes that go over the wire. Quantities are decimal strings in their unit; blank is null and never zero; days and months are ISO."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

_LARGEST = 2**63 - 1


#: no control characters, which no database and no person can read
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
RecordId = Annotated[int, Field(ge=1, le=_LARGEST)]
Point = Annotated[int, Field(ge=0, le=_LARGEST)]
State = Literal["submitted", "approved", "returned", "withdrawn"]


class Strict(Schema):
    """What is sent to us: a name we do not know is an error, not a wish granted silently."""

    model_config = ConfigDict(extra="forbid")


class ProblemOut(Schema):
    """One thing that is wrong."""

    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    row: int | None = None
    field: str | None = None


class ProblemsOut(Schema):
    """Everything that is wrong with a request; nothing was written."""

    problems: list[ProblemOut]


class UnitOut(Schema):
    """An organisation."""

    code: str
    name: str
    level: str
    superior: str | None = Field(None, description="code")
    closed_on: str | None = None


class MeOut(Schema):
    """Whose key it is and what it is for."""

    account: str
    scopes: list[str]
    unit: str
    expires_on: str


class FieldOut(Schema):
    """A column of a ledger."""

    key: str
    title: str
    type: str
    unit: str | None
    required: bool
    options: list[str]
    personal: bool
    computed: bool


class LedgerLine(Schema):
    """A ledger in a list."""

    key: str
    title: str
    area: str
    nature: str
    kept_by: list[str]


class LedgerOut(LedgerLine):
    """A ledger with its columns."""

    version: int
    date: str
    identified_by: list[str]
    fields: list[FieldOut]


class RecordOut(Schema):
    """A record; personal values are always masked here."""

    id: RecordId
    ledger: str
    unit: str
    state: State
    number: int = Field(description="of its latest entry; send it back as `expected` when revising")
    author: str
    date: str | None
    values: dict[str, Any]


class RecordPage(Schema):
    """Some records and where to go on."""

    records: list[RecordOut]
    next: RecordId | None = Field(
        None, description="send as `after` for the next page; null on the last"
    )


class EntryOut(Schema):
    """An entry of a record's history."""

    seq: int
    number: int
    action: str
    actor: str
    at: str
    reason: str
    source: str
    values: dict[str, Any]
    hash: str


class RowsIn(Strict):
    """Rows to be recorded: all of them or, when anything is wrong, none."""

    rows: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=2000,
        description="field key → value as a person types it; `@organisation` names a unit below",
    )
    reason: Line = Field("", max_length=500)
    source: Line = Field("", max_length=150, description="where the rows come from")


class ReviseIn(Strict):
    """New content of a record."""

    values: dict[str, Any]
    expected: int = Field(
        ge=1, le=10**9, description="the `content` number the values were made from"
    )
    reason: Line = Field("", max_length=500)


class ReasonIn(Strict):
    """Why."""

    reason: Line = Field(min_length=1, max_length=500)


class SubmittedOut(Schema):
    """What became of rows."""

    batch: str = Field(description="name of this submission, under which it can be undone as one")
    created: int
    revised: int
    unchanged: int
    records: list[RecordId]
    warnings: list[ProblemOut]


class IndicatorOut(Schema):
    """An indicator."""

    key: str
    title: str
    unit: str
    nature: str
    value: str
    source: str | None = Field(description="ledger")
    basis: str


class FigureOut(Schema):
    """A figure: an indicator of a unit in a period as of a point of the books."""

    indicator: str
    title: str
    unit_code: str = Field(description="organisation")
    period: str
    kind: Literal["actual", "target"]
    value: str | None = Field(description="decimal; null = not known, which is not zero")
    unit: str
    rows: int
    blanks: int
    as_of: int
    page: str = Field(description="the figure's page for people")


class FiguresOut(Schema):
    """Several figures of one unit and period."""

    as_of: int
    figures: list[FigureOut]


class TraceRowOut(Schema):
    """A row behind a figure."""

    record: RecordId
    ledger: str
    unit: str
    label: str
    date: str
    amount: str | None
    adjusting: bool


class TraceOut(Schema):
    """The rows or the inputs a figure is made of."""

    figure: FigureOut
    kind: str
    rows: list[TraceRowOut]
    inputs: list[FigureOut]
    next: str | None = Field(None, description="send as `cursor` for the next page")


class ReportLine(Schema):
    """A report in a list."""

    number: str
    template: str
    unit: str
    year: int
    state: str
    version: int
    as_of: int
    at: str


class ReportPage(Schema):
    """Some reports and where to go on."""

    reports: list[ReportLine]
    next: RecordId | None = None


class FindingOut(Schema):
    """Something found in a draft."""

    number: int
    code: str
    severity: str
    start: int
    end: int
    message: str
    expected: str
    place: str


class CheckOut(Schema):
    """A checked draft."""

    number: str
    name: str
    unit: str
    as_of: int
    state: str
    figures: int
    findings: list[FindingOut]
    problems: list[ProblemOut]
    page: str
