"""The pages about figures: the values of the books, each linked to where it comes from, and nobody else's."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shuzhi.apps import storage
from shuzhi.apps.organisations.models import Site
from tests.support.office import COUNTY, FAR_FIRST, FIRST, OTHER_TOWN, SECOND, TOWN, Office
from tests.web.conftest import Visit

ALL = f"/at/{TOWN}/figures/"
TEA = f"/at/{TOWN}/figures/tea_area/2023/"


def _tea(office: Office) -> list[int]:
    office.open(2022)
    records = [
        office.record(
            "tea", FIRST, plot="1", date="2022-03-01", area="2", kind="绿茶", owner="张三丰"
        ),
        office.record(
            "tea", FIRST, plot="2", date="2023-03-01", area="3.5", kind="红茶", owner="李四光"
        ),
        office.record(
            "tea", SECOND, plot="1", date="2023-05-01", area="4.5", kind="绿茶", owner="王五"
        ),
        office.record("tea_sale", FIRST, date="2023-04-10", amount="1200"),
        office.record("tea_sale", SECOND, date="2023-06-10", amount="800"),
    ]
    office.record("tea", FAR_FIRST, plot="1", date="2023-05-01", area="7", kind="绿茶")
    return records


def text(answer: object) -> str:
    """What a person reads of a page."""
    content = answer.content.decode()  # type: ignore[attr-defined]
    content = re.sub(r"<script.*?</script>", "", content, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content)))


def test_the_list_shows_the_value_last_year_and_growth(web: Office, as_: Visit) -> None:
    _tea(web)

    page = as_("镇会计").get(ALL, {"q": "茶园面积", "year": "2023"})

    assert page.status_code == 200
    (line,) = [x for x in page.context["c"].lines if x.key == "tea_area"]
    assert (line.this.text, line.last.text, line.change.text) == ("10", "2", "+400%")
    assert line.this.address == f"{TEA}"
    assert "茶园面积 10 亩" in text(page)


def test_a_figure_not_known_says_which_ledger_is_missing_and_is_never_a_zero(
    web: Office, as_: Visit
) -> None:
    page = as_("镇会计").get(ALL, {"q": "茶园面积", "year": "2023"})

    (line,) = [x for x in page.context["c"].unknown if x.key == "tea_area"]
    assert line.this.text == "—"
    assert line.this.ledger == f"/at/{TOWN}/ledgers/tea/"
    assert "《茶园台账》还没有已审核的记录" in text(page)


def test_the_list_opens_with_the_targets_of_the_year(web: Office, as_: Visit) -> None:
    _tea(web)
    holder = next(k for k, d in web.catalogue.ledgers.items() if d.targets is not None)
    ledger = web.catalogue.ledgers[holder]
    assert ledger.targets is not None
    web.record(
        holder, TOWN,
        **{ledger.targets.year: 2023, ledger.targets.indicator: "tea_area", ledger.targets.amount: "20", ledger.date: "2023-01-05"},
    )  # fmt: skip

    page = as_("镇会计").get(ALL)

    (line,) = page.context["c"].lines
    assert (page.context["c"].area, line.key, line.progress) == ("goals", "tea_area", "50")
    assert '<progress max="100" value="50"' in page.content.decode()


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("below", [("甲村", "5.5"), ("乙村", "4.5"), ("丙村", "—")]),
        ("months", [("1 月", "2"), ("2 月", "2"), ("3 月", "5.5"), ("4 月", "5.5"), ("5 月", "10")]),
        ("years", [("2022年", "2"), ("2023年", "10")]),
        ("parts", [("绿茶", "6.5"), ("红茶", "3.5")]),
        ("target", [("甲村", "5.5"), ("乙村", "4.5"), ("丙村", "—")]),
    ],
)  # fmt: skip
def test_a_figure_from_every_side(
    web: Office, as_: Visit, tab: str, expected: list[tuple[str, str]]
) -> None:
    _tea(web)

    page = as_("镇领导").get(TEA, {"tab": tab})

    rows = [(r.label, r.value.text) for r in page.context["c"].table]
    assert [r for r in rows if r in expected][: len(expected)] == sorted(expected, key=rows.index)
    assert page.context["c"].value.text == "10"


def test_every_number_of_a_figure_leads_to_the_same_number(web: Office, as_: Visit) -> None:
    _tea(web)
    visitor = as_("镇领导")
    seen = 0

    for indicator in ("tea_area", "tea_sales", "tea_plots"):
        for tab in ("below", "months", "years", "parts"):
            page = visitor.get(f"/at/{TOWN}/figures/{indicator}/2023/", {"tab": tab})
            for row in page.context["c"].table:
                for value in (row.value, row.last, row.so_far):
                    if value is not None and value.address:
                        answer = visitor.get(value.address)
                        assert answer.status_code == 200, value.address
                        assert answer.context["c"].value.text == value.text
                        seen += 1

    assert seen > 30


def test_the_unit_of_measure_can_be_changed_and_is_kept(web: Office, as_: Visit) -> None:
    _tea(web)
    visitor = as_("镇领导")

    page = visitor.get(f"/at/{TOWN}/figures/tea_sales/2023/", {"in": "万元"})

    assert page.context["c"].value.text == "0.2"
    row = page.context["c"].table[0]
    assert row.value.text == "0.12"
    assert visitor.get(row.value.address).context["c"].measure == "万元"
    rounded = visitor.get(TEA, {"in": "公顷"}).context["c"].value
    assert (rounded.text, rounded.is_rounded) == ("≈0.6667", True)


def test_choosing_a_period_or_a_day_leads_to_an_address_of_its_own(web: Office, as_: Visit) -> None:
    _tea(web)
    visitor = as_("镇领导")

    half = visitor.get(TEA, {"year": "2023", "part": "H1", "in": "公顷"})
    day = visitor.get(TEA, {"date": "2000-01-01"})

    assert half["Location"] == f"/at/{TOWN}/figures/tea_area/2023H1/?in=%E5%85%AC%E9%A1%B7"
    assert re.fullmatch(re.escape(TEA) + r"\?as_of=\d+", day["Location"])
    assert visitor.get(day["Location"]).context["c"].value.text == "—"
    for wrong in ("2023H3", "2023-13", "..2023", "x", "2023%E5%B9%B4", "1800"):
        assert visitor.get(f"/at/{TOWN}/figures/tea_area/{wrong}/").status_code == 404
    assert visitor.get(f"/at/{TOWN}/figures/nothing/2023/").status_code == 404
    assert visitor.get(TEA, {"as_of": "99999999"}).status_code == 422
    assert visitor.get(TEA, {"as_of": "x"}).status_code == 404


def test_the_permanent_link_shows_the_same_value_after_a_change(web: Office, as_: Visit) -> None:
    _tea(web)
    visitor = as_("镇领导")
    link = visitor.get(TEA).context["c"].permanent
    point = re.search(r"as_of=(\d+)", link)
    assert point is not None

    web.record("tea", FIRST, plot="2", date="2023-03-01", area="1", kind="红茶", owner="李四光")

    assert visitor.get(link).context["c"].value.text == "10"
    assert visitor.get(TEA).context["c"].value.text == "7.5"
    changed = visitor.get(f"{TEA}restatement/", {"since": point[1]}).context["c"]
    assert (changed.before.text, changed.after.text, changed.difference) == ("10", "7.5", "-2.5")
    assert [(r.label, r.amount) for r in changed.lines] == [("2", "-2.5")]
    assert visitor.get(changed.after.address).context["c"].value.text == "7.5"


def test_the_trace_lists_the_records_and_adds_up(web: Office, as_: Visit) -> None:
    records = _tea(web)

    page = as_("镇领导").get(f"{TEA}trace/")

    shown = page.context["c"]
    assert [(r.unit, r.label, r.amount) for r in shown.lines] == [
        ("甲村", "1", "2"),
        ("甲村", "2", "3.5"),
        ("乙村", "1", "4.5"),
    ]
    assert shown.lines[0].address == f"/at/{FIRST}/records/{records[0]}/"
    assert (shown.total, shown.agrees) == ("10", True)
    assert "张三丰" not in page.content.decode()
    only = as_("镇领导").get(f"{TEA}trace/", {"of": SECOND}).context["c"]
    assert [r.unit for r in only.lines] == ["乙村"]


def test_the_trace_of_a_derived_figure_is_its_inputs(web: Office, as_: Visit) -> None:
    _tea(web)

    page = as_("镇领导").get(f"/at/{TOWN}/figures/tea_sales_each/2023/trace/")

    assert [(i.title, i.value.text) for i in page.context["c"].inputs] == [
        ("茶叶销售收入（2023年）", "2,000"),
        ("茶园面积（2023年）", "10"),
    ]
    assert "茶叶销售收入 ÷ 茶园面积" in text(page)


def test_a_post_for_another_line_of_work_sees_the_figure_and_not_its_rows(
    web: Office, as_: Visit
) -> None:
    from shuzhi.apps.people.models import Post

    _tea(web)
    lines_field = next((f for f in Post._meta.local_fields if f.name == "lines"), None)
    if lines_field is None:
        pytest.skip("posts have no lines of work")
    Post.objects.filter(account__name="镇领导").update(lines="party")
    visitor = as_("镇领导")

    page = visitor.get(f"{TEA}trace/")

    assert page.context["c"].value.text == "10"
    assert page.context["c"].lines == ()
    assert visitor.get(f"{TEA}trace/export/").status_code in (403, 404)


def test_figures_of_a_sibling_are_refused(web: Office, as_: Visit) -> None:
    _tea(web)
    clerk = as_("村会计")

    for path in ("", "export/", "compare/", "compare/export/", "map/", "tea_area/2023/", "tea_area/2023/trace/",
                 "tea_area/2023/restatement/", "tea_area/2023/export/", "tea_area/2023/trace/export/"):  # fmt: skip
        for place in (SECOND, TOWN, COUNTY, OTHER_TOWN):
            assert clerk.get(f"/at/{place}/figures/{path}").status_code == 403, (place, path)
    # units named in the query that lie outside are passed over
    mixed = clerk.get(f"/at/{FIRST}/figures/compare/", {"i": "tea_area", "u": [SECOND, TOWN]})
    assert mixed.context["c"].rows == ()
    other = clerk.get(f"/at/{FIRST}/figures/tea_area/2023/trace/", {"of": SECOND}).context["c"]
    assert other.lines == ()
    after = clerk.get(
        f"/at/{FIRST}/figures/tea_area/2023/trace/", {"after": f"{SECOND}~0"}
    ).context["c"]
    assert after.lines == ()


def test_the_matrix_compares_what_was_chosen(web: Office, as_: Visit) -> None:
    _tea(web)

    page = as_("县会计").get(
        f"/at/{COUNTY}/figures/compare/",
        {"i": ["tea_area", "tea_sales"], "u": [FIRST, FAR_FIRST], "year": "2023"},
    )

    shown = page.context["c"]
    assert [(r.name, [v.text for v in r.values]) for r in shown.rows] == [
        ("甲村", ["5.5", "1,200"]),
        ("丁村", ["7", "—"]),
    ]
    assert [v.text for v in shown.total] == ["17", "2,000"]
    assert shown.permanent.count("i=") == 2


def _workbook(answer: object) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))  # type: ignore[attr-defined]
    sheet = book.active
    assert sheet is not None
    return [
        [(c.value, c.hyperlink.target if c.hyperlink else None) for c in row]
        for row in sheet.iter_rows()
    ]


def test_exports_hold_numbers_with_their_permanent_links(web: Office, as_: Visit) -> None:
    _tea(web)
    visitor = as_("镇领导")

    listed = _workbook(visitor.get(f"{ALL}export/", {"q": "茶园面积", "year": "2023"}))
    sides = _workbook(visitor.get(f"{TEA}export/", {"tab": "below"}))
    matrix = _workbook(visitor.get(f"{ALL}compare/export/", {"i": "tea_area", "year": "2023"}))
    rows = _workbook(visitor.get(f"{TEA}trace/export/"))

    (line,) = [r for r in listed if r[0][0] == "茶园面积"]
    assert line[3][0] == 10
    assert visitor.get(line[3][1]).context["c"].value.text == "10"
    assert [r[1][0] for r in sides if r[0][0] in ("甲村", "乙村", "丙村")] == [5.5, 4.5, None]
    assert [r[1][0] for r in matrix][-1] == 10
    assert [(r[0][0], r[4][0]) for r in rows[3:]] == [
        ("甲村", 2),
        ("甲村", 3.5),
        ("乙村", 4.5),
        ("合计", 10),
    ]


def _boundaries(*features: dict[str, object]) -> SimpleUploadedFile:
    text_ = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return SimpleUploadedFile("村界.geojson", text_.encode())


def _square(x: float, **properties: str) -> dict[str, object]:
    ring = [[x, 35.0], [x + 0.1, 35.0], [x + 0.1, 35.1], [x, 35.0]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _points(client: Client, *features: dict[str, object]) -> object:
    return client.post(f"/at/{COUNTY}/figures/map/places/", {"file": _boundaries(*features)})


def test_boundaries_are_matched_by_code_or_name_and_drawn(web: Office, as_: Visit) -> None:
    _tea(web)
    point = {
        "type": "Feature",
        "properties": {"name": "丙村"},
        "geometry": {"type": "Point", "coordinates": [104.5, 35.2]},
    }

    done = _points(as_("管理员"), _square(104.1, code=FIRST), _square(104.2, name="乙村"), point)
    page = as_("镇领导").get(f"{ALL}map/", {"i": "tea_area", "year": "2023"})

    assert done.status_code == 200  # type: ignore[attr-defined]
    assert "已记下 3 个单位的位置" in text(done)
    assert Site.objects.get(organisation__code=FIRST).longitude == Decimal("104.15")
    drawn = {u["name"]: u for u in page.context["c"].data["units"]}
    assert drawn["甲村"]["boundary"].startswith('{"type":"Polygon","coordinates":[[[104.1,35],')
    assert (drawn["甲村"]["band"], drawn["乙村"]["band"], drawn["丙村"]["band"]) == (5, 4, 0)
    assert drawn["甲村"]["address"] == f"/at/{FIRST}/figures/tea_area/2023/"
    assert (
        storage.fetch("SELECT COUNT(*) FROM event WHERE code = 'organisation.located'")[0][0] == 1
    )


def test_everything_wrong_with_a_file_of_boundaries_is_listed_and_nothing_written(
    web: Office, as_: Visit
) -> None:
    wrong = [
        {
            "type": "Feature",
            "properties": {"code": FIRST},
            "geometry": {"type": "LineString", "coordinates": []},
        },
        {
            "type": "Feature",
            "properties": {"code": SECOND},
            "geometry": {"type": "Point", "coordinates": [35000000, 4000000]},
        },
        {"type": "Feature", "properties": {"name": "甲寸"}, "geometry": None},
        _square(104.1, name="丙村"),
        _square(104.1, name="丙村"),
        "x",
    ]

    page = _points(as_("管理员"), *wrong)  # type: ignore[arg-type]

    assert page.status_code == 422  # type: ignore[attr-defined]
    codes = [p.code for p in (*page.context["c"].problems, *page.context["c"].warnings)]  # type: ignore[attr-defined]
    assert codes == ["PLACE_004", "PLACE_005", "PLACE_007", "PLACE_002", "PLACE_002"]
    assert not Site.objects.exists()
    administrator = as_("管理员")
    for content in (b"", b"{", b"[]", b'{"type": "Topology"}', b"\xff\xfe", b"[" * 100_000):
        file = SimpleUploadedFile("x.json", content or b" ")
        answer = administrator.post(f"/at/{COUNTY}/figures/map/places/", {"file": file})
        assert [p.code for p in answer.context["c"].problems] == ["PLACE_001"]
    assert administrator.post(f"/at/{COUNTY}/figures/map/places/").status_code == 422


def test_a_map_without_places_says_how_to_get_them(web: Office, as_: Visit) -> None:
    page = as_("镇领导").get(f"{ALL}map/")

    assert "还没有单位的位置" in text(page)


@pytest.mark.parametrize("path", ["", "compare/", "map/", "tea_area/2023/", "tea_area/2023/?tab=months", "tea_area/2023/?tab=parts",
                                  "tea_area/2023/trace/", "tea_area/2023/restatement/?since=1", "tea_sales_each/2023/trace/"])  # fmt: skip
def test_the_number_of_queries_of_a_page_does_not_grow_with_the_rows(
    web_sqlite: Office, as_: Visit, path: str
) -> None:
    _tea(web_sqlite)
    visitor = as_("镇领导")

    def count() -> int:
        visitor.get(f"{ALL}{path}")
        with CaptureQueriesContext(connection) as seen:
            assert visitor.get(f"{ALL}{path}").status_code == 200
        return len(seen)

    before = count()
    for number in range(70):
        web_sqlite.submit("tea", FIRST, plot=f"n{number}", date="2023-06-01", area="1", kind="绿茶")
    web_sqlite.approve()

    assert count() == before
    assert before < 45


def test_pages_are_complete_in_english(web_sqlite: Office, as_: Visit) -> None:
    _tea(web_sqlite)
    visitor = as_("镇领导", "en")

    for path in (
        "",
        "tea_area/2023/",
        "tea_area/2023/?tab=months",
        "tea_area/2023/trace/",
        "compare/",
        "map/",
        "tea_area/2023/restatement/",
    ):
        content = visitor.get(f"{ALL}{path}").content.decode()
        assert "Figures" in content
        chrome = re.sub(
            r"<option.*?</option>|<script.*?</script>|<label class=.checkbox.*?</label>",
            "",
            content,
            flags=re.S,
        )
        assert "指标" not in chrome, path


def test_classes_of_the_map_hold_about_as_many_units_each_and_alike_values_stay_together() -> None:
    from shuzhi.web.figures.maps import bands_of

    numbers = [Decimal(n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]

    assert bands_of(numbers) == [2, 4, 6, 8, 10]
    assert bands_of([Decimal(3)] * 7) == [3]
    assert bands_of([Decimal(1), Decimal(1), Decimal(1), Decimal(9)]) == [1, 9]


def test_an_indicator_is_said_in_words_of_both_languages(web_sqlite: Office) -> None:
    from shuzhi.web.figures.showing import formula_words
    from shuzhi.web.words import speak

    try:
        for language in ("zh", "en"):
            speak(language)  # type: ignore[arg-type]
            for definition in web_sqlite.catalogue.indicators.values():
                words = formula_words(definition)
                assert words
                assert "==" not in words
                assert "_" not in words.replace("__", ""), words
    finally:
        speak("zh")
