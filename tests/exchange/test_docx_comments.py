"""Comments in Word stand at exactly the words a finding speaks of, and nothing else of the file changes."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from shuzhi.core.checking.model import Draft
from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.checked_sheets import Sheet
from shuzhi.exchange.docx_comments import WordComment, annotate, write_comments
from shuzhi.exchange.docx_reports import plain_docx_bytes
from shuzhi.exchange.drafts_docx import locate_runs

from .checked_samples import TEXT, finding, sheet, span

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORD}}}"
SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
MOMENT = "2026-03-01T08:00:00Z"

needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed"),
]


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def document(body: str, parts: dict[str, str] | None = None) -> bytes:
    """A Word file with this body and further parts of word/ (name → XML of its root, announced by its first letters)."""
    plain = plain_docx_bytes([("OfficialBody", "")])
    made = io.BytesIO()
    announced = "".join(
        f'<Override PartName="/word/{name}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind_of(name)}+xml"/>'
        for name in parts or {}
    )
    related = "".join(
        f'<Relationship Id="rX{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind_of(name)}" Target="{name}"/>'
        for number, name in enumerate(parts or {})
    )
    with zipfile.ZipFile(io.BytesIO(plain)) as package, zipfile.ZipFile(made, "w") as target:
        for info in package.infolist():
            text = package.read(info).decode()
            if info.filename == "word/document.xml":
                head, _, section = text.partition("<w:sectPr>")
                header = '<w:headerReference w:type="default" r:id="rX0"/>'
                section = f"<w:sectPr>{header if 'header1.xml' in (parts or {}) else ''}{section}"
                text = f"{head.partition('<w:body>')[0]}<w:body>{body}{section}"
                text = text.replace("<w:document ", f"<w:document {EXTRA} ", 1)
            elif info.filename == "[Content_Types].xml":
                text = text.replace("</Types>", announced + "</Types>")
            elif info.filename == "word/_rels/document.xml.rels":
                text = text.replace("</Relationships>", related + "</Relationships>")
            target.writestr(info, text)
        for name, text in (parts or {}).items():
            target.writestr(f"word/{name}", text)
    return made.getvalue()


EXTRA = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def kind_of(name: str) -> str:
    return re.sub(r"\d*\.xml$", "", name)


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str) -> str:
    return f"<w:p>{''.join(content)}</w:p>"


def control(content: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def part(content: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return etree.fromstring(package.read(name))


def checked(content: bytes, *words: str, **more: Any) -> tuple[bytes, Sheet]:
    """The file with a comment at each of these words, and the sheet."""
    draft = locate_runs(content, "稿.docx").draft
    made = sheet(draft, [finding(draft, one, **more) for one in words])
    return annotate(made, content, moment=MOMENT), made


def covered(content: bytes, name: str = "word/document.xml") -> dict[int, str]:
    """By id of each comment the characters between its marks, as the document shows them."""
    open_ids: dict[int, list[str]] = {}
    closed: dict[int, str] = {}
    for one in part(content, name).iter():
        if one.tag == f"{W}commentRangeStart":
            open_ids[int(one.get(f"{W}id", ""))] = []
        elif one.tag == f"{W}commentRangeEnd":
            number = int(one.get(f"{W}id", ""))
            closed[number] = "".join(open_ids.pop(number))
        else:
            signs = {f"{W}t": one.text or "", f"{W}tab": "\t", f"{W}br": "\n"}
            shown = signs.get(one.tag, "")
            for some in open_ids.values():
                some.append(shown)
    assert not open_ids, "a comment begins and does not end"
    return closed


# ── at the right words ────────────────────────────────────────────────────────────────────────────────────────────────

BOLD = "<w:rPr><w:b/></w:rPr>"
DELETED = '<w:del w:id="9" w:author="甲"><w:r><w:delText>八十</w:delText></w:r></w:del>'
INSERTED = f'<w:ins w:id="8" w:author="甲">{run("480")}</w:ins>'

#: what the document is like → its paragraphs, the words in question
PLACES = {
    "inside one run": (paragraph(run("全村412户，果园480亩。")), "480亩"),
    "a whole run": (paragraph(run("果园"), run("480亩"), run("。")), "480亩"),
    "over several runs": (paragraph(run("果园4"), run("8", BOLD), run("0亩。")), "480亩"),
    "at the beginning": (paragraph(run("480亩果园。")), "480亩"),
    "at the end": (paragraph(run("果园480亩")), "480亩"),
    "a whole paragraph": (paragraph(run("果园480亩")), "果园480亩"),
    "behind a tab and a line break": (
        paragraph("<w:r><w:t>果园</w:t><w:tab/><w:t>480亩</w:t><w:br/><w:t>棚10座</w:t></w:r>"),
        "480亩",
    ),
    "over a tab": (paragraph("<w:r><w:t>果园480</w:t><w:tab/><w:t>亩。</w:t></w:r>"), "480\t亩"),
    "a tracked insertion beside a deletion": (
        paragraph(run("果园"), DELETED, INSERTED, run("亩。")),
        "480亩",
    ),
    "inside a hyperlink": (
        paragraph(run("见"), f'<w:hyperlink w:anchor="a">{run("果园480亩")}</w:hyperlink>'),
        "480亩",
    ),
    "inside a content control": (paragraph(run("果园"), control(run("共480亩")), run("。")), "480亩"),
    "a whole content control": (paragraph(run("果园"), control(run("480")), run("亩。")), "480亩"),
    "from a content control into the text": (
        paragraph(run("果"), control(run("园480")), run("亩。")),
        "480亩",
    ),
    "in a cell": (
        f"<w:tbl><w:tr><w:tc>{paragraph(run('果园'))}</w:tc><w:tc>{paragraph(run('480亩'))}</w:tc></w:tr></w:tbl>"
        + paragraph(run("完。")),
        "480亩",
    ),
    "in a content control around paragraphs": (control(paragraph(run("果园480亩。"))), "480亩"),
    "in the result of a field": (
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF a </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
            run("果园480亩"),
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        ),
        "480亩",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_a_comment_covers_exactly_the_words(name):
    body, words = PLACES[name]
    content = document(body)

    made, _ = checked(content, words)

    assert covered(made) == {0: words}
    assert locate_runs(made).draft.text == locate_runs(content).draft.text


def test_both_halves_of_a_divided_run_look_as_before():
    made, _ = checked(document(paragraph(run("果园480亩。", BOLD))), "480亩")

    words = [
        (r.findtext(f"{W}t"), r.find(f"{W}rPr/{W}b") is not None) for r in part(made).iter(f"{W}r")
    ]
    assert [one for one in words if one[0]] == [("果园", True), ("480亩", True), ("。", True)]


def test_what_stands_in_a_divided_run_besides_text_is_kept_once():
    made, _ = checked(document(paragraph("<w:r><w:t>果园480亩</w:t><w:tab/><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>")), "480亩")  # fmt: skip

    root = part(made)
    assert len(list(root.iter(f"{W}sym"))) == len(list(root.iter(f"{W}tab"))) == 1


def test_findings_may_overlap_stand_inside_each_other_and_on_the_same_words():
    content = document(paragraph(run("全村412户，其中一组200户、二组202户。")))
    places = ("412户", "412户，其中一组200户", "一组200户、二组202户", "200户", "412户")

    made, shown = checked(content, *places)

    found = covered(made)
    assert [found[n] for n in range(5)] == [
        shown.draft.text[one.start : one.end] for one in shown.findings
    ]
    assert sorted(found.values()) == sorted(places)


def test_a_finding_at_no_words_stands_between_two_characters():
    content = document(paragraph(run("全村412户")))
    draft = locate_runs(content).draft

    made = annotate(
        sheet(draft, [finding(draft, (2, 2)), finding(draft, (6, 6))]), content, moment=""
    )

    assert covered(made) == {0: "", 1: ""}
    order = [one.tag.removeprefix(W) if one.tag != f"{W}t" else one.text for one in part(made).iter()
             if one.tag in (f"{W}t", f"{W}commentReference")]  # fmt: skip
    assert order == ["全村", "commentReference", "412户", "commentReference"]


def test_a_finding_over_two_paragraphs_runs_from_one_into_the_other():
    made, _ = checked(
        document(paragraph(run("甲村总结")) + paragraph(run("乙村总结"))), "总结\n乙村"
    )

    assert covered(made) == {0: "总结乙村"}


def test_a_finding_over_two_cells_is_marked_in_the_first():
    cells = f"<w:tc>{paragraph(run('合计412户'))}</w:tc><w:tc>{paragraph(run('其中200户'))}</w:tc>"
    content = document(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{paragraph(run('完'))}")
    draft = locate_runs(content).draft
    start, end = span(draft.text, "412户")[0], span(draft.text, "200户")[1]

    made = annotate(sheet(draft, [finding(draft, (start, end))]), content, moment="")

    assert covered(made) == {0: "412户"}


def test_the_number_that_word_itself_gives_a_list_is_marked_at_its_paragraph():
    numbering = f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    content = document(paragraph(listed, run("产业发展")), {"numbering.xml": numbering})
    draft = locate_runs(content).draft
    assert draft.text.startswith("一、")

    made = annotate(sheet(draft, [finding(draft, "一、")]), content, moment="")

    assert covered(made) == {0: ""}
    assert next(part(made).iter(f"{W}p"))[1].tag == f"{W}commentRangeStart"


# ── where Word takes no comments ──────────────────────────────────────────────────────────────────────────────────────

BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
HEADER = f'<w:hdr xmlns:w="{WORD}">{paragraph(run("页眉上412户"))}</w:hdr>'
FOOTNOTES = f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:id="2">{paragraph(run("注：412户"))}</w:footnote></w:footnotes>'
ELSEWHERE = {
    "header": (document(paragraph(run("正文。")), {"header1.xml": HEADER}), "页眉“412户”："),
    "text box": (
        document(paragraph(run("正文。"), BOX.format(inside=paragraph(run("框内412户"))))),
        "文本框“412户”：",
    ),
    "footnote": (
        document(
            paragraph(run("正文"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("。")),
            {"footnotes.xml": FOOTNOTES},
        ),
        "脚注“412户”：",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_where_no_comment_can_stand_the_body_carries_it_and_says_where(name):
    content, said = ELSEWHERE[name]

    made, _ = checked(content, "412户")

    text = "".join(part(made, "word/comments.xml").itertext())
    place = re.sub(r"^第\d+段", "", text)
    assert said.split("“")[0] in place
    assert "“412户”：【矛盾】" in place
    assert list(covered(made)) == [0]


def test_a_comment_on_a_footnote_stands_at_its_reference():
    made, _ = checked(ELSEWHERE["footnote"][0], "412户")

    start = next(part(made).iter(f"{W}commentRangeStart"))
    behind = start.getnext()
    assert behind is not None
    assert behind.find(f"{W}footnoteReference") is not None


# ── content controls that Shuzhi wrote ────────────────────────────────────────────────────────────────────────────────


def test_a_comment_on_a_whole_figure_stays_outside_its_control():
    tagged = '<w:tag w:val="x"/>'
    marked = f'<w:bookmarkStart w:id="1" w:name="b"/>{run("480")}<w:bookmarkEnd w:id="1"/>'
    made, _ = checked(document(paragraph(run("果园"), control(marked, tagged), run("亩"))), "480")

    inside = next(part(made).iter(f"{W}sdtContent"))
    assert [one.tag.removeprefix(W) for one in inside] == ["bookmarkStart", "r", "bookmarkEnd"]
    assert covered(made) == {0: "480"}


def test_a_control_for_plain_text_never_gets_marks_inside():
    made, _ = checked(
        document(paragraph(run("果园"), control(run("约480亩左右"), "<w:text/>"))), "480亩"
    )

    assert [one.tag for one in next(part(made).iter(f"{W}sdtContent"))] == [f"{W}r"]
    assert covered(made) == {0: "约480亩左右"}


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_other_part_keeps_its_bytes():
    content = document(paragraph(run("果园480亩。")))
    made, _ = checked(content, "480亩")

    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(made)) as after:
        touched = {"word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"}
        assert set(after.namelist()) - set(before.namelist()) == {"word/comments.xml"}
        for name in before.namelist():
            if name not in touched:
                assert before.read(name) == after.read(name), name


def test_the_document_without_the_marks_is_the_document_before():
    content = document("".join(body for body, _ in PLACES.values()))
    draft = locate_runs(content).draft
    places = [m.span() for m in re.finditer(r"480\t?亩", draft.text)]
    made = annotate(sheet(draft, [finding(draft, one) for one in places]), content, moment=MOMENT)

    def plain(root: etree._Element) -> str:
        marks = [*root.iter(f"{W}commentRangeStart"), *root.iter(f"{W}commentRangeEnd")]
        marks += [one.getparent() for one in root.iter(f"{W}commentReference")]
        for mark in marks:
            mark.getparent().remove(mark)
        text = etree.tostring(root, method="c14n").decode()
        return re.sub(r'</w:t></w:r><w:r>(?:<w:rPr><w:b></w:b></w:rPr>)?<w:t xml:space="preserve">|<w:t>|<w:t xml:space="preserve">|</w:t>|</?w:r>|<w:rPr><w:b></w:b></w:rPr>', "", text)  # fmt: skip

    assert len(places) >= len(PLACES)
    assert plain(part(made)) == plain(part(content))


def test_comments_that_are_there_stay_and_ids_go_on():
    old = f'<w:comments xmlns:w="{WORD}"><w:comment w:id="7" w:author="镇办"><w:p><w:r><w:t>请核</w:t></w:r></w:p></w:comment></w:comments>'
    marked = f'<w:commentRangeStart w:id="7"/>{run("412户")}<w:commentRangeEnd w:id="7"/><w:r><w:commentReference w:id="7"/></w:r>'
    content = document(paragraph(marked, run("，果园480亩")), {"comments.xml": old})

    made, _ = checked(content, "412户", "480亩")

    assert covered(made) == {7: "412户", 8: "412户", 9: "480亩"}
    authors = [c.get(f"{W}author") for c in part(made, "word/comments.xml")]
    assert authors == ["镇办", "述职核对", "述职核对"]


def test_documents_of_the_strict_standard_get_strict_comments():
    content = document(paragraph(run("果园480亩")))
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as target:
        for info in package.infolist():
            target.writestr(info, package.read(info).decode().replace(WORD, strict))

    commented, _ = checked(made.getvalue(), "480亩")

    assert part(commented, "word/comments.xml").tag == f"{{{strict}}}comments"
    assert len(list(part(commented).iter(f"{{{strict}}}commentReference"))) == 1


def test_python_docx_reads_author_initials_time_and_words():
    made, _ = checked(document(paragraph(run("果园480亩"))), "480亩", expected="481亩")

    (one,) = docx.Document(io.BytesIO(made)).comments
    assert (one.author, one.initials) == ("述职核对", "核")
    assert one.timestamp is not None
    assert one.timestamp.isoformat() == "2026-03-01T08:00:00+00:00"
    assert one.text == "【矛盾】这里不对；请改正（ARITHMETIC_001）\n应为：481亩"


def test_without_findings_the_file_is_the_very_same():
    content = document(paragraph(run("果园480亩")))
    draft = locate_runs(content).draft
    assert annotate(sheet(draft), content, moment=MOMENT) == content


def test_the_same_findings_give_the_same_bytes():
    content = document(paragraph(run("果园480亩")))
    assert checked(content, "480亩")[0] == checked(content, "480亩")[0]


def test_what_is_no_word_file_is_refused():
    draft = Draft("果园480亩", "稿.docx", "docx")
    with pytest.raises(ProblemsError):
        annotate(sheet(draft, [finding(draft, "480亩")]), b"PK\x03\x04 damaged", moment="")


@given(
    pieces=st.lists(
        st.lists(st.text("甲乙丙12，。", max_size=5), max_size=6), min_size=1, max_size=4
    ),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_however_runs_are_divided_comments_cover_their_words(pieces, cuts):
    content = document("".join(paragraph(*map(run, some)) for some in [*pieces, ["完"]]))
    found = locate_runs(content)
    text = found.draft.text
    places = sorted((min(a, b, len(text)), min(max(a, b), len(text))) for a, b in cuts)

    comments = [WordComment(start, end, ("不对",)) for start, end in places]
    made = write_comments(content, found, comments, author="核", initials="核")

    assert covered(made) == {
        number: text[start:end].replace("\n", "") for number, (start, end) in enumerate(places)
    }
    assert locate_runs(made).draft.text == text


# ── drafts that were no Word files ────────────────────────────────────────────────────────────────────────────────────


def test_a_text_becomes_a_word_file_with_the_same_lines():
    draft = Draft(TEXT, "稿.txt")
    words = ["412户", "XX", "30亩"]

    made = annotate(sheet(draft, [finding(draft, one) for one in words]), None, moment=MOMENT)

    assert covered(made) == dict(enumerate(words))
    assert [p.text for p in docx.Document(io.BytesIO(made)).paragraphs] == TEXT.split("\n")


def test_signs_that_word_cannot_hold_do_not_shift_the_words():
    draft = Draft("果园\x00\x0b480亩\ud800，\t棚10座", "稿.txt")
    made = annotate(sheet(draft, [finding(draft, "10座")]), None, moment=MOMENT)
    assert covered(made) == {0: "10座"}


# ── LibreOffice ───────────────────────────────────────────────────────────────────────────────────────────────────────

TEXT_NS = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE_NS = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def annotations(path: Path) -> list[tuple[str, str]]:
    """Words and comment of each annotation of an .odt file, in its order."""
    with zipfile.ZipFile(path) as package:
        body = next(etree.fromstring(package.read("content.xml")).iter(f"{OFFICE_NS}text"))
    words: dict[str, str] = {}
    said: dict[str, str] = {}
    running: set[str] = set()

    def heard(text: str | None) -> None:
        for name in running:
            words[name] += text or ""

    def walk(element: etree._Element) -> None:
        if element.tag == f"{OFFICE_NS}annotation":
            name = element.get(f"{OFFICE_NS}name", f"point{len(said)}")
            said[name] = "\n".join("".join(p.itertext()) for p in element.iter(f"{TEXT_NS}p"))
            words[name] = ""
            running.add(name)
        elif element.tag == f"{OFFICE_NS}annotation-end":
            running.discard(element.get(f"{OFFICE_NS}name", ""))
        else:
            if element.tag == f"{TEXT_NS}s":
                heard(" " * int(element.get(f"{TEXT_NS}c", "1")))
            heard(element.text)
            for one in element:
                walk(one)
                heard(one.tail)

    walk(body)
    return [(words[name], said[name]) for name in said]


def converted(files: list[Path], folder: Path, target: str) -> list[Path]:
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", target, "--outdir", str(folder), *map(str, files),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return [folder / f"{one.stem}.{target.partition(':')[0]}" for one in files]


class TestInLibreOffice:
    pytestmark = needs_libreoffice

    def test_comments_stand_over_the_same_words(self, tmp_path):
        # LibreOffice 7.4 loses the text before any comment in a control around paragraphs, Word's own ones, too, and
        # makes a field of its own of a reference
        kept = [name for name in PLACES if "around paragraphs" not in name and "field" not in name]
        places = {name: PLACES[name] for name in kept}
        files = []
        for number, (body, words) in enumerate(places.values()):
            made, _ = checked(document(body), words)
            files.append(tmp_path / f"稿{number}.docx")
            files[-1].write_bytes(made)

        found = [annotations(one) for one in converted(files, tmp_path, "odt")]

        for (words, said), (name, (_, wanted)) in zip(
            (one[0] for one in found), places.items(), strict=True
        ):
            # LibreOffice writes a tab as an element of its own
            assert words == wanted.replace("\t", ""), name
            assert said.startswith("【矛盾】"), name

    @pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed reports are not here")
    def test_the_seeds_come_back_with_every_comment_over_its_words(self, tmp_path):
        defects = [
            json.loads(line)
            for line in (SEEDS / "gold" / "defects.jsonl").read_text("utf-8").splitlines()
        ]
        files, wanted = [], []
        for path in sorted(SEEDS.glob("*.txt")):
            draft = Draft(path.read_text("utf-8"), path.name)
            own = [one for one in defects if path.name.startswith(one["doc"])]
            made = sheet(draft, [finding(draft, (one["start"], one["end"])) for one in own])
            files.append(tmp_path / f"{path.stem}.docx")
            files[-1].write_bytes(annotate(made, None, moment=MOMENT))
            wanted.append([draft.text[one.start : one.end] for one in made.findings])

        found = [annotations(one) for one in converted(files, tmp_path, "odt")]

        right = total = 0
        for annotated, words in zip(found, wanted, strict=True):
            assert len(annotated) == len(words)
            shown = sorted(re.sub(r"\s", "", one) for one, _ in annotated)
            held = sorted(re.sub(r"\s", "", one) for one in words)
            total += len(held)
            right += sum(a == b for a, b in zip(shown, held, strict=True))
        print(f"comments over their words in LibreOffice: {right} of {total}")
        assert right == total
