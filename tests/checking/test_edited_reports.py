"""Reports that Shuzhi rendered and a person then edited: every changed number is found, every other known again by its control.

The five reports of the demonstration are rendered to Word, edited in ten ways on the file itself, read back as drafts and held against
the books. Without their controls the same reports show how well wording alone proposes; the accuracies are printed.
"""

from __future__ import annotations

import copy
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from shuzhi.core.checking import lexicon_of, study_draft
from shuzhi.core.checking.matching import LIKELY, MatchingContext, build_index, match_draft
from shuzhi.core.checking.model import Draft
from shuzhi.core.periods import year
from shuzhi.exchange.drafts import read_draft_bytes
from tests.support.office import set_up_django

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TOLD = ("wrong", "error", "unexplained", "warning")


@dataclass(frozen=True)
class Genre:
    """One rendered report of the demonstration."""

    key: str
    organisation: str
    year: int
    content: bytes
    composed: Any


@pytest.fixture(scope="module")
def genres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Genre]]:
    """The demonstration as a user makes it, and its five reports as Word files."""
    folder = tmp_path_factory.mktemp("edited")
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "shuzhi.cli.main", "demo", "-o", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    set_up_django()
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report, write_report
    from shuzhi.demo import county
    from shuzhi.demo.county import LEADER
    from tests.support.office import _close, connect

    connect(f"sqlite:///{folder / 'demo.sqlite3'}")
    made = []
    for one in county.REPORTS:
        report = make_report(get_actor(LEADER), one.template, one.organisation, one.year)
        path = folder / f"{one.template}.docx"
        write_report(report, path)
        made.append(
            Genre(one.template, one.organisation, one.year, path.read_bytes(), report.composed)
        )
    yield made
    _close()


def _check(genre: Genre, draft: Draft) -> Any:
    from shuzhi.apps.checking.queries import check_against_books
    from shuzhi.apps.people.queries import get_actor
    from shuzhi.demo.county import LEADER

    return check_against_books(get_actor(LEADER), draft, genre.organisation)


def test_a_report_of_ours_as_rendered_has_nothing_to_mend(genres: list[Genre]) -> None:
    for genre in genres:
        draft = read_draft_bytes(genre.content, f"{genre.key}.docx")
        found = [
            (one.code, draft.text[max(one.start - 10, 0) : one.end + 10])
            for one in _check(genre, draft).findings
            if one.severity in TOLD
        ]
        assert found == [], genre.key


# ── editing a Word file ───────────────────────────────────────────────────────────────────────────────────────────────


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


class Word:
    """The document part of a .docx, to be edited as a person or a program would."""

    def __init__(self, content: bytes) -> None:
        self.package = zipfile.ZipFile(io.BytesIO(content))
        self.root = etree.fromstring(self.package.read("word/document.xml"))
        self.body = self.root.find(_w("body"))

    def controls(self) -> list[etree._Element]:
        """The figures' content controls in the order of reading."""
        found = []
        for one in self.root.iter(_w("sdt")):
            tag = one.find(f"{_w('sdtPr')}/{_w('tag')}")
            if tag is not None and tag.get(_w("val"), "").startswith("s1"):
                found.append(one)
        return found

    def tag(self, control: etree._Element) -> str:
        """What the control says it is."""
        return control.find(f"{_w('sdtPr')}/{_w('tag')}").get(_w("val"))

    def text(self, element: etree._Element) -> str:
        """All text in it."""
        return "".join(t.text or "" for t in element.iter(_w("t")))

    def put(self, control: etree._Element, text: str) -> None:
        """Type another text over it."""
        first, *rest = list(control.iter(_w("t")))
        first.text = text
        for one in rest:
            one.text = ""

    def paragraphs(self) -> list[etree._Element]:
        """Paragraphs of the body that hold a figure."""
        return [p for p in self.body.iterchildren(_w("p")) if p.find(f".//{_w('sdt')}") is not None]

    def bytes(self) -> bytes:
        """The file with the edited document."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
            for info in self.package.infolist():
                data = self.package.read(info)
                if info.filename == "word/document.xml":
                    data = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
                made.writestr(info.filename, data)
        return buffer.getvalue()


@dataclass(frozen=True)
class Edit:
    """What an edit did: the texts that are wrong now, and the tags that are gone."""

    changed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()  #: figures that lost their control and kept their text


_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def _plus(text: str) -> str:
    """Another number with the same unit."""
    return _DIGITS.sub(lambda m: str(Decimal(m[0]) * 3 + 7), text, count=1)


def _pick(word: Word, wanted: Callable[[str], bool]) -> etree._Element | None:
    return next((one for one in word.controls() if wanted(word.text(one))), None)


def change_a_figure(word: Word) -> Edit:
    control = word.controls()[3]
    text = _plus(word.text(control))
    word.put(control, text)
    return Edit(changed=(text,))


def drop_a_digit(word: Word) -> Edit:
    control = _pick(word, lambda t: len(_DIGITS.search(t)[0].replace(".", "")) >= 2)
    assert control is not None
    text = word.text(control)
    found = _DIGITS.search(text)
    text = text[: found.end() - 1].rstrip(".") + text[found.end() :]
    word.put(control, text)
    return Edit(changed=(text,))


def change_the_unit(word: Word) -> Edit:
    control = _pick(word, lambda t: "万" in t or "公里" in t)
    if control is None:
        control = word.controls()[1]
    text = word.text(control)
    changed = text.replace("公里", "米") if "公里" in text else text.replace("万", "")
    if changed == text:
        changed = _DIGITS.sub(r"\g<0>万", text, count=1)
    word.put(control, changed)
    return Edit(changed=(changed,))


def swap_two_figures(word: Word) -> Edit:
    controls = word.controls()
    first = controls[1]
    other = next(
        one
        for one in controls[2:]
        if word.text(one) != word.text(first) and word.tag(one) != word.tag(first)
    )
    one, two = word.text(first), word.text(other)
    word.put(first, two)
    word.put(other, one)
    return Edit(changed=(two, one))


def move_a_paragraph(word: Word) -> Edit:
    first, *_, last = word.paragraphs()
    last.addnext(first)
    return Edit()


def delete_a_paragraph(word: Word) -> Edit:
    gone = word.paragraphs()[1]
    tags = tuple(word.tag(c) for c in word.controls() if gone in list(c.iterancestors()))
    gone.getparent().remove(gone)
    return Edit(lost=tags)


def remove_a_control_and_keep_its_text(word: Word) -> Edit:
    control = word.controls()[2]
    text = word.text(control)
    inner = control.find(_w("sdtContent"))
    for child in list(inner):
        for mark in list(child.iter(_w("bookmarkStart"), _w("bookmarkEnd"))):
            if mark is not child:
                mark.getparent().remove(mark)
        if child.tag not in (_w("bookmarkStart"), _w("bookmarkEnd")):
            control.addprevious(child)
    control.getparent().remove(control)
    return Edit(bare=(text,))


def split_into_runs_and_make_bold(word: Word) -> Edit:
    for control in word.controls()[:5]:
        run = next(control.iter(_w("r")))
        text = word.text(control)
        if len(text) < 2:
            continue
        twin = copy.deepcopy(run)
        word_runs = ((run, text[:1]), (twin, text[1:]))
        run.addnext(twin)
        for one, part in word_runs:
            next(one.iter(_w("t"))).text = part
        properties = twin.find(_w("rPr"))
        if properties is None:
            properties = etree.Element(_w("rPr"))
            twin.insert(0, properties)
        etree.SubElement(properties, _w("b"))
    return Edit()


def rewrite_the_text_around(word: Word) -> Edit:
    for control in word.controls()[:6]:
        before = control.getprevious()
        while before is not None and not word.text(before):
            before = before.getprevious()
        if before is not None and before.tag == _w("r"):
            next(before.iter(_w("t"))).text = "经过大家努力，这方面的情况是"
    return Edit()


def accept_a_tracked_change(word: Word) -> Edit:
    """Somebody changed a figure with tracking on: the old text is deleted, the new one inserted."""
    control = word.controls()[4]
    run = next(control.iter(_w("r")))
    text = _plus(word.text(control))
    inserted = etree.Element(_w("ins"), {_w("id"): "901", _w("author"): "甲", _w("date"): "2023-12-30T00:00:00Z"})  # fmt: skip
    deleted = etree.Element(_w("del"), {_w("id"): "902", _w("author"): "甲", _w("date"): "2023-12-30T00:00:00Z"})  # fmt: skip
    new = copy.deepcopy(run)
    next(new.iter(_w("t"))).text = text
    run.addprevious(deleted)
    run.addprevious(inserted)
    inserted.append(new)
    deleted.append(run)
    for one in run.iter(_w("t")):
        one.tag = _w("delText")
    return Edit(changed=(text,))


EDITS = (
    change_a_figure,
    drop_a_digit,
    change_the_unit,
    swap_two_figures,
    move_a_paragraph,
    delete_a_paragraph,
    remove_a_control_and_keep_its_text,
    split_into_runs_and_make_bold,
    rewrite_the_text_around,
    accept_a_tracked_change,
)


def _of_books(checked: Any) -> list[Any]:
    return [
        one for one in checked.findings if one.code.startswith("COMPARE") and one.severity in TOLD
    ]


def _assert_as_edited(genre: Genre, content: bytes, edit: Edit, tags: list[str]) -> None:
    """Changed figures are found at their place, all others known by their control and equal, nothing else is said."""
    draft = read_draft_bytes(content, f"{genre.key}.docx")
    checked = _check(genre, draft)
    told = _of_books(checked)

    assert sorted(draft.text[one.start : one.end] for one in told) == sorted(edit.changed)
    assert {one.code for one in told} <= {"COMPARE_002", "COMPARE_012"}
    held = [one for one in checked.comparisons if one.match.how == "control"]
    assert Counter(one.match.control.tag for one in held) == Counter(tags)
    right = [
        one for one in held if one.outcome in ("equal", "rounded") and not one.is_changed_by_hand
    ]
    assert len(right) == len(tags) - len(edit.changed)


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.__name__)
def test_every_changed_figure_is_found_and_every_other_known_by_its_control(
    genres: list[Genre], edit: Callable[[Word], Edit]
):
    for genre in genres:
        word = Word(genre.content)
        done = edit(word)
        left = [word.tag(one) for one in word.controls()]
        _assert_as_edited(genre, word.bytes(), done, left)


def test_an_untouched_report_says_nothing_against_its_books(genres: list[Genre]):
    for genre in genres:
        word = Word(genre.content)
        _assert_as_edited(genre, genre.content, Edit(), [word.tag(c) for c in word.controls()])


def test_a_figure_without_its_control_is_known_by_its_words(genres: list[Genre]):
    for genre in genres:
        word = Word(genre.content)
        tag = word.tag(word.controls()[2])
        bare = remove_a_control_and_keep_its_text(word).bare[0]
        checked = _check(genre, read_draft_bytes(word.bytes(), "a.docx"))
        found = [one for one in checked.matches if one.how == "wording" and one.text == bare]
        assert [one.indicator for one in found] == [tag.split("|")[1]], genre.key


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed")
def test_a_report_saved_again_by_libreoffice_keeps_what_its_figures_are(
    genres: list[Genre], tmp_path: Path
):
    for genre in genres:
        word = Word(genre.content)
        tags = [word.tag(one) for one in word.controls()]
        edit = change_a_figure(word)
        edited = tmp_path / f"{genre.key}.docx"
        edited.write_bytes(word.bytes())
        subprocess.run(
            [
                "soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
                "--convert-to", "docx", "--outdir", str(tmp_path / "out"), str(edited),
            ],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        saved = (tmp_path / "out" / edited.name).read_bytes()
        _assert_as_edited(genre, saved, edit, tags)


# ── added sentences ───────────────────────────────────────────────────────────────────────────────────────────────────

#: genre → sentences a person might add, each with the indicator it means
ADDED = {
    "village_committees": (
        ("今年共栽植苗木500棵。", "trees_planted"),
        ("安装太阳能路灯20盏。", "solar_streetlights"),
        ("农户新改建卫生厕所35户。", "sanitary_toilet_households"),
        ("全村常住人口共有480人。", "resident_persons"),
        ("为12户农户发放了小额信贷。", "small_loan_households"),
        ("流动党员9名，均建立了联系制度。", "away_party_members"),
    ),
    "branch_secretary": (
        ("修建排水渠600米。", "drainage_channel_length"),
        ("全村耕地面积2600亩。", "cultivated_land_area"),
        ("拆除破旧土坯房15间。", "adobe_rooms_demolished"),
        ("全村共有党员41名。", "party_members"),
        ("建成设施拱棚30亩。", "shed_vegetable_area"),
        ("举办技能培训，参加群众65人。", "skill_training_participants"),
    ),
    "township_party_committee": (
        ("全镇粮食播种面积达到1.2万亩。", "grain_sown_area"),
        ("开展廉政家访18人次。", "integrity_visits"),
        ("全年接待游客8000人次。", "tourist_visits"),
        ("新发展党员7名。", "probationary_members_received"),
        ("实施危房改造16户。", "dangerous_houses_renovated"),
        ("全镇现有日光温室40座。", "solar_greenhouses"),
    ),
    "township_leadership": (
        ("全乡硬化巷道3.2公里。", "lane_paved_length"),
        ("全乡牛存栏1200头。", "cattle_stock"),
        ("选聘生态护林员15名。", "forest_rangers"),
        ("城乡居民养老保险参保率达到92%。", "pension_insurance_rate"),
        ("全乡常住户共计820户。", "resident_households"),
        ("发放临时救助金5.6万元。", "temporary_relief_amount"),
    ),
    "village_party_building": (
        ("村集体经济收入达到21万元。", "collective_income"),
        ("联系农户60户。", "contact_households"),
        ("调解矛盾纠纷11起。", "disputes_mediated"),
        ("组织党员群众投工投劳230个工日。", "voluntary_workdays"),
        ("全村现有果园310亩。", "orchard_area"),
        ("选派1名村干部参加学历提升。", "cadres_in_further_education"),
    ),
}  # fmt: skip


def test_a_figure_added_by_hand_is_proposed_by_its_words(genres: list[Genre]):
    right = near = count = 0
    for genre in genres:
        for sentence, indicator in ADDED[genre.key]:
            word = Word(genre.content)
            run = etree.SubElement(word.paragraphs()[0], _w("r"))
            etree.SubElement(run, _w("t")).text = sentence
            draft = read_draft_bytes(word.bytes(), "a.docx")
            checked = _check(genre, draft)
            at = draft.text.index(sentence)
            found = [
                one
                for one in checked.matches
                if at <= one.start < at + len(sentence) and one.how != "control"
            ]
            assert len(found) == 1, (sentence, found)
            nearest = [one.identity.indicator for one in found[0].candidates[:2]]
            count += 1
            right += found[0].indicator == indicator
            near += indicator in (found[0].indicator, *nearest)
            if found[0].indicator != indicator:
                print(f"  {sentence} {indicator}: {found[0].indicator or '—'}, {nearest}")
            controls = [one for one in checked.comparisons if one.match.how == "control"]
            assert {one.outcome for one in controls} <= {"equal", "rounded"}
    print(f"added sentences: {count}, top-1 {right / count:.3f}, top-3 {near / count:.3f}")
    assert right / count >= 0.85


# ── wording alone ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_controls_the_words_alone_tell_most_figures_and_raise_no_false_alarm(
    genres: list[Genre],
):
    total: Counter[str] = Counter()
    for genre in genres:
        draft = read_draft_bytes(genre.content, "a.docx")
        truth = {
            (control.start, control.end): run.figure.id
            for control, run in zip(draft.controls, genre.composed.figures, strict=True)
        }
        checked = _check(genre, replace(draft, controls=()))
        score: Counter[str] = Counter()
        for (start, end), identity in truth.items():
            found = next(one for one in checked.matches if one.start < end and start < one.end)
            nearest = [one.identity.indicator for one in found.candidates[:2]]
            is_right = found.indicator == identity.indicator
            score["figures"] += 1
            score["top1"] += is_right
            score["top3"] += is_right or identity.indicator in nearest
            if found.confidence >= LIKELY:
                score["likely"] += 1
                score["likely_right"] += is_right
        score["false"] = len(_of_books(checked))
        total += score
        print(f"{genre.key:26} {_accuracies(score)}, false alarms {score['false']}")
        assert score["false"] < 1
    print(f"{'wording alone':26} {_accuracies(total)}")
    assert total["top1"] / total["figures"] >= 0.9
    assert total["likely_right"] / total["likely"] >= 0.97


def _accuracies(score: Counter[str]) -> str:
    return (
        f"{score['figures']} figures, top-1 {score['top1'] / score['figures']:.3f}, "
        f"top-3 {score['top3'] / score['figures']:.3f}, at {LIKELY} or more {score['likely']}, "
        f"of them right {score['likely_right'] / max(score['likely'], 1):.3f}"
    )


def test_words_are_known_without_the_sentences_of_the_reports_own_template(genres: list[Genre]):
    """The reports' own sentences teach the index; measured with each report's own template left out."""
    from shuzhi.apps.checking.queries import tree_of
    from shuzhi.apps.office import definitions
    from shuzhi.apps.organisations import queries as organisations

    defs = definitions()
    lexicon = lexicon_of(defs.catalogue)
    total: Counter[str] = Counter()
    for genre in genres:
        others = [key for key in defs.catalogue.reports if key != genre.key]
        index = build_index(defs.catalogue, defs.units, others)
        draft = read_draft_bytes(genre.content, "a.docx")
        tree = tree_of(organisations.get(genre.organisation))
        known = MatchingContext(tree, year(genre.year))
        found = match_draft(study_draft(replace(draft, controls=()), lexicon), index, known)
        for control, run in zip(draft.controls, genre.composed.figures, strict=True):
            match = next(
                one for one in found if one.start < control.end and control.start < one.end
            )
            nearest = [one.identity.indicator for one in match.candidates[:2]]
            indicator = run.figure.id.indicator
            is_right = match.indicator == indicator
            total["figures"] += 1
            total["top1"] += is_right
            total["top3"] += is_right or indicator in nearest
            if match.confidence >= LIKELY:
                total["likely"] += 1
                total["likely_right"] += is_right
    print(f"{'own template left out':26} {_accuracies(total)}")
    assert total["top1"] / total["figures"] >= 0.88
    assert total["likely_right"] / total["likely"] >= 0.97


def test_without_controls_most_figures_that_were_multiplied_are_told(genres: list[Genre]):
    found = planted = false = 0
    for genre in genres:
        draft = read_draft_bytes(genre.content, "a.docx")
        text = draft.text
        places = [
            (c.start, c.end)
            for c, run in zip(draft.controls, genre.composed.figures, strict=True)
            if run.figure.id.kind == "actual"
        ]
        for start, end in places[::8]:
            shown = text[start:end]
            wrong = _DIGITS.sub(lambda m: str(Decimal(m[0]) * 10), shown, count=1)
            edited = text[:start] + wrong + text[end:]
            told = _of_books(_check(genre, Draft(edited)))
            here = [one for one in told if one.start < start + len(wrong) and one.end > start]
            planted += 1
            found += bool(here)
            false += len(told) - len(here)
    print(
        f"figures multiplied by ten, no controls: {planted}, told {found / planted:.3f}, false {false}"
    )
    assert found / planted >= 0.75
    assert false / planted <= 0.05
