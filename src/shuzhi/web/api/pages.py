"""Addresses of the API's pages for people: its documentation, and the keys of one's own. The operations themselves are in `operations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from shuzhi.apps.audit.actions import today
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people import tokens
from shuzhi.apps.people.models import Token
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.api.operations import SCOPE_OF, api
from shuzhi.web.context import page
from shuzhi.web.pages import SIGNED_IN, Help, Page
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, say, titled


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the documentation shows it."""

    method: str
    path: str
    summary: str
    scope: str
    parameters: Sequence[Mapping[str, Any]]
    body: str
    answers: Sequence[tuple[str, str]]
    anchor: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of what is sent or answered."""

    name: str
    text: str
    fields: Sequence[tuple[str, str, bool, str]]  #: name, type, required, description


@dataclass(frozen=True, slots=True)
class Documentation:
    """The API's documentation."""

    groups: Sequence[tuple[str, Sequence[Operation]]]
    shapes: Sequence[Shape]
    base: str


_GROUPS = {
    "key": Words("密钥", "Key"),
    "units": Words("单位", "Units"),
    "ledgers": Words("台账", "Ledgers"),
    "records": Words("记录", "Records"),
    "figures": Words("指标数字", "Figures"),
    "reports": Words("报告", "Reports"),
    "checks": Words("核对", "Checks"),
}


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(_type(one) for one in schema[several])
    if "enum" in schema:
        return " | ".join(f"“{one}”" for one in schema["enum"])
    if "const" in schema:
        return f"“{schema['const']}”"
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return f"{kind} ({schema['format']})" if schema.get("format") else kind


def documentation(request: HttpRequest) -> HttpResponseBase:
    """Every operation, from the same document that programs read."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            body = one.get("requestBody", {}).get("content", {})
            name = str(one["operationId"])
            function = next((f for f in SCOPE_OF if name.endswith(f"_{f}")), "")
            groups.setdefault(one["tags"][0], []).append(
                Operation(
                    method.upper(), path, one.get("description", one.get("summary", "")), SCOPE_OF.get(function, ""),
                    [
                        {
                            "name": p["name"], "where": p["in"], "required": p.get("required", False), "type": _type(p["schema"]),
                            "text": p["schema"].get("description", ""),
                        }
                        for p in one.get("parameters", [])
                    ],
                    " | ".join(_type(c["schema"]) for c in body.values()),
                    [
                        (str(status), _type(next(iter(a["content"].values()))["schema"]) if a.get("content") else "—")
                        for status, a in one["responses"].items()
                    ],
                    name,
                )
            )  # fmt: skip
    shapes = [
        Shape(
            name,
            one.get("description", ""),
            [
                (key, _type(f), key in one.get("required", ()), f.get("description", ""))
                for key, f in one.get("properties", {}).items()
            ],
        )
        for name, one in sorted(document["components"]["schemas"].items())
    ]
    context = Documentation(
        [(str(_GROUPS[key]), groups[key]) for key in _GROUPS if key in groups],
        shapes,
        request.build_absolute_uri("/api/v1/"),
    )
    return page(request, "api/documentation.html", context)


@dataclass(frozen=True, slots=True)
class Keys:
    """One's own keys."""

    tokens: Sequence[tuple[Token, bool]]  #: with whether it is in force
    scopes: Sequence[tuple[str, str]]
    units: Sequence[Organisation]
    fresh: str = ""  #: the key just made, shown this once
    problems: Sequence[Problem] = field(default_factory=tuple)
    given: Mapping[str, Any] = field(default_factory=dict)


def keys(request: HttpRequest) -> HttpResponseBase:
    """One's own keys; POST makes one."""
    actor = request.visit.actor  # type: ignore[attr-defined]
    fresh, problems = "", []
    if request.method == "POST":
        days = request.POST.get("days", "")
        try:
            _, fresh = tokens.issue(
                actor, request.POST.get("name", ""), request.POST.getlist("scope"), request.POST.get("unit", ""),
                days=int(days) if days.isdecimal() and len(days) < 6 else 0,
            )  # fmt: skip
        except ProblemsError as error:
            problems = list(error.problems)
    now = today()
    context = Keys(
        [(one, not one.revoked_at and one.expires_on >= now) for one in tokens.tokens_of(actor)],
        [(key, titled(text)) for key, text in tokens.SCOPES.items()],
        list(
            Organisation.objects.filter(code__in=[p.organisation for p in actor.posts]).order_by(
                "path"
            )
        ),
        fresh,
        problems,
        {
            "name": request.POST.get("name", "") if problems else "",
            "scopes": request.POST.getlist("scope") if problems else [],
        },
    )
    return page(request, "api/keys.html", context, status=422 if problems else 200)


def revoke(request: HttpRequest, token: int) -> HttpResponseBase:
    """End a key."""
    try:
        tokens.revoke(request.visit.actor, token)  # type: ignore[attr-defined]
    except ProblemsError:
        return not_found(request)  # also for somebody else's: that it is there is not told
    messages.success(
        request, say("密钥已收回，立即失效。", "The key was revoked and works no more.")
    )
    return redirect("api-keys")


PAGES = [
    Page(
        "api-documentation",
        "api/",
        {"GET": SIGNED_IN},
        documentation,
        Help(
            Words(
                "给开发对接程序的人看：有哪些接口、带什么参数、答什么。所有接口都要密钥，密钥在“接口密钥”里自己建。个人信息在接口里一律打码。",
                "For whoever connects another program: the operations, what they take and answer. All need a key, made under “API keys”. Personal values are always masked here.",
            ),
            Words(
                "县里的大屏每小时取一次“示范镇 2023 年果园面积”，只需要一个“查看指标数字”的密钥。",
                "A county dashboard that reads one figure an hour needs a key for reading figures, nothing more.",
            ),
        ),
    ),
    Page(
        "api-keys",
        "me/keys/",
        {"GET": SIGNED_IN, "POST": SIGNED_IN},
        keys,
        Help(
            Words(
                "密钥让别的程序以您的名义办事，权限不超过您本人，也不超过您勾选的用途和单位。密钥只显示一次，请当面存好；不用了就收回。",
                "A key lets another program act for you, with no more than your own rights and only for the purposes and the unit you choose. It is shown once; keep it then, and revoke it when it is not needed.",
            ),
            Words(
                "给统计平台建一个只看“示范镇”指标数字、90 天有效的密钥。",
                "A key for the statistics platform that may read one township's figures for 90 days.",
            ),
        ),
    ),
    Page(
        "api-key-revoke", "me/keys/<int:token>/revoke/", {"POST": SIGNED_IN}, revoke, fragment=True
    ),
]
