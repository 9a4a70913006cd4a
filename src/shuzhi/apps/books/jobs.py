"""Work on the books that takes longer than a person waits: reconciling, verifying, closing many units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.apps.books.actions import close_each
from shuzhi.apps.books.approving import approve_all_shown
from shuzhi.apps.books.proofs import prove
from shuzhi.apps.books.reconciling import backfill as post_anew
from shuzhi.apps.jobs.registry import JobContext, job
from shuzhi.core.definitions import Text
from shuzhi.core.periods import parse_period

_STAGES = {
    "replay": Text("重算记录", "recomputing records"),
    "seals": Text("核对封签", "checking seals"),
    "units": Text("逐个单位结账", "closing unit by unit"),
}


def _unit(context: JobContext) -> str:
    assert context.organisation is not None
    return context.organisation.code


def _proved(context: JobContext, proof: int) -> Mapping[str, Any]:
    return {"page": "proofs", "address": {"unit": _unit(context)}, "proof": proof}


@job("books.reconcile", Text("对账", "reconcile"), stages=_STAGES, repeatable=True)
def reconcile(context: JobContext) -> Mapping[str, Any]:
    """Recompute every posting and keep what was found."""
    proof = prove(
        context.actor,
        "reconcile",
        _unit(context),
        lambda done, total: context.progress(done, total, "replay"),
    )
    return _proved(context, proof)


@job("books.verify", Text("验封", "verify"), stages=_STAGES, repeatable=True)
def verify(context: JobContext) -> Mapping[str, Any]:
    """Check every seal and keep what was found."""
    context.progress(0, None, "seals")
    return _proved(context, prove(context.actor, "verify", _unit(context)))


@job("books.close", Text("逐个单位结账", "close unit by unit"), stages=_STAGES, repeatable=True)
def close(context: JobContext) -> Mapping[str, Any]:
    """Close each unit for which nothing stands in the way."""
    period = parse_period(str(context.params["period"]))
    found = close_each(
        context.actor,
        _unit(context),
        period,
        lambda done, total: context.progress(done, total, "units"),
    )
    return {
        "page": "book-closings",
        "address": {"unit": _unit(context), "year": period.year, "number": context.number},
        "period": context.params["period"],
        "closings": [
            {
                "unit": c.unit,
                "name": c.name,
                "outcome": c.outcome,
                "problems": [{"code": p.code, "params": _plain(p.params)} for p in c.problems],
            }
            for c in found
        ],
    }


@job("books.backfill", Text("补过账", "backfill"), stages=_STAGES, repeatable=True)
def backfill(context: JobContext) -> Mapping[str, Any]:
    """Post what indicators new to the catalogue say of rows approved before."""
    context.progress(0, None, "replay")
    count = post_anew(context.actor, _unit(context), reason=str(context.params["reason"]))
    return {"page": "proofs", "address": {"unit": _unit(context)}, "records": count}


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a problem as plain JSON."""
    return {k: v if isinstance(v, int | str) else str(v) for k, v in params.items()}


@job(
    "approval.approve",
    Text("批量审核", "batch approval"),
    stages={"approve": Text("过账", "posting")},
    atomic=True,
)
def approve(context: JobContext) -> Mapping[str, Any]:
    """Approve everything of a ledger that waited when its list was shown."""
    assert context.organisation is not None
    made = approve_all_shown(
        context.actor,
        context.organisation,
        str(context.params["ledger"]),
        int(context.params["up_to"]),
        reason=str(context.params.get("reason", "")),
        progress=lambda stage, done, total: context.progress(done, total, stage),
    )
    address = {"unit": _unit(context), "first": made.first, "last": made.last}
    return {
        "page": "approval-done" if made.approved else "approval",
        "address": address if made.approved else {"unit": _unit(context)},
        "approved": made.approved,
        "passed_over": made.passed_over,
    }
