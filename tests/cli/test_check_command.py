"""`shuzhi check` and `shuzhi finding`: places, sentences and exit codes; JSON, pages, Word files; with and without books."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import docx
import pytest

from shuzhi.cli.finding import subject_words
from shuzhi.cli.findings_page import plain_sentence
from shuzhi.demo import county, world
from shuzhi.demo.county import CLERKS, LEADER, REVIEWERS
from shuzhi.exchange.drafts import read_draft

from .conftest import Demo, Ran, Run, connected, run_inside, run_process

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"

CLEAN = "甲村2023年工作述职报告\n\n全村共有412户，其中一组210户、二组202户。新修渠道3公里。\n"
BROKEN = CLEAN.replace("202户", "302户")
BLANK = CLEAN.replace("3公里", "XX公里")


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder with a clean draft, one that cannot be true, one with a blank, and what is no draft."""
    folder = tmp_path / "稿"
    (folder / "东片").mkdir(parents=True)
    (folder / "甲.txt").write_text(CLEAN, "utf-8")
    (folder / "东片" / "乙.txt").write_text(BROKEN, "gb18030")
    (folder / "东片" / "丙.md").write_text(BLANK, "utf-8")
    (folder / "~$甲.docx").write_bytes(b"lock")
    (folder / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".隐藏.txt").write_text(BROKEN, "utf-8")
    return folder


def files_of(ran: Ran) -> dict[str, Any]:
    """The entries of a JSON answer by file name."""
    return {Path(one["path"]).name: one for one in ran.json["files"]}


# ── what it says, and how it ends ─────────────────────────────────────────────────────────────────────────────────────


def test_a_clean_draft_ends_with_0_and_says_so(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts / "甲.txt").done()
    assert "甲.txt  4 个数字" in ran.out
    assert "没有发现问题。" in ran.out


def test_a_sum_that_does_not_hold_ends_with_1_and_shows_place_words_and_reason(
    shuzhi: Run, drafts: Path
):
    ran = shuzhi("check", drafts / "东片" / "乙.txt")
    assert ran.code == 1
    assert "矛盾 1" in ran.out
    assert re.search(r"第3行\s+矛盾 .*412.*ARITHMETIC_\d+", ran.out)
    assert "〖" in ran.out


def test_each_file_is_told_and_one_that_cannot_be_read_stops_none(shuzhi: Run, drafts: Path):
    (drafts / "坏.docx").write_bytes(b"PK\x03\x04 no more")

    ran = shuzhi("check", drafts / "坏.docx", drafts / "没有.txt", drafts / "甲.txt")

    assert ran.code == 1
    assert "坏.docx：" in ran.err
    assert "没有.txt：" in ran.err
    assert "没有发现问题。" in ran.out
    assert "读不了" in ran.out


def test_a_folder_gives_every_draft_in_it_and_a_table_with_the_worst_first(
    shuzhi: Run, drafts: Path
):
    ran = shuzhi("check", drafts)
    table = ran.out.split("━")[-1]
    assert table.index("乙.txt") < table.index("丙.md") < table.index("甲.txt")
    assert "合计 3 份" in table


def test_a_folder_without_drafts_is_a_problem(shuzhi: Run, tmp_path: Path):
    (tmp_path / "空").mkdir()
    ran = shuzhi("check", tmp_path / "空", "--json")
    assert ran.code == 1
    assert [p["code"] for p in ran.json["files"][0]["problems"]] == ["CHECK_001"]


def test_many_drafts_give_the_table_only_unless_details_are_asked_for(shuzhi: Run, tmp_path: Path):
    for number in range(12):
        (tmp_path / f"稿{number}.txt").write_text(BLANK, "utf-8")
    short, long = shuzhi("check", tmp_path), shuzhi("check", tmp_path, "--details")
    assert "■" not in short.out
    assert "--details" in short.out
    assert long.out.count("■") == 12


def test_findings_that_are_alike_are_told_together_unless_details_are_asked_for(
    shuzhi: Run, tmp_path: Path
):
    draft = tmp_path / "空白.txt"
    draft.write_text("".join(f"第{n}组有XX户。\n" for n in "一二三四五六七"), "utf-8")
    short, long = shuzhi("check", draft), shuzhi("check", draft, "--details")
    assert "还有 4 处：第4行、第5行、第6行、第7行" in short.out
    assert short.out.count("〖XX〗") == 3
    assert long.out.count("〖XX〗") == 7


def test_the_same_file_named_twice_is_checked_once(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts, drafts / "甲.txt", "--json")
    assert len(ran.json["files"]) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "x.txt", "--year", "23"],
        ["check", "x.txt", "--colour"],
        ["check", "x.txt", "--jobs", "-1"],
        ["finding", "silence", "ARITHMETIC_001"],
    ],
)
def test_wrong_usage_ends_with_2(shuzhi: Run, arguments: list[str]):
    assert shuzhi(*arguments).code == 2


def test_standard_input_is_a_draft_called_so():
    def checked(*options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "shuzhi.cli.main", *options, "check", "-", "--json"]
        return subprocess.run(command, input=BROKEN.encode(), capture_output=True, check=False)

    done = checked()
    (one,) = json.loads(done.stdout)["files"]
    assert (done.returncode, one["path"]) == (1, "标准输入")
    assert json.loads(checked("--lang", "en").stdout)["files"][0]["path"] == "standard input"


def test_a_kind_of_finding_can_be_left_out_for_once(shuzhi: Run, drafts: Path):
    draft = drafts / "东片" / "丙.md"
    (found,) = shuzhi("check", draft, "--json").json["files"][0]["findings"]
    code = found["code"]
    words = BLANK[BLANK.index("XX") : BLANK.index("XX") + found["end"] - found["start"]]

    assert shuzhi("check", draft, "--silence", code).done().out.count("另有 1 处") == 1
    assert shuzhi("check", draft, "--silence", f"{code}:{words}").code == 0
    assert shuzhi("check", draft, "--silence", f"{code}:别的").code == 1
    ran = shuzhi("check", draft, "--silence", "ARITMETIC_001", "--json")
    assert ran.codes == ["CHECK_004"]
    assert "ARITHMETIC_001" in ran.json["problems"][0]["message"]


def test_figures_are_listed_when_asked_for(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts / "甲.txt", "--figures").done()
    assert re.search(r"│ 第3行 │ 3公里 +│ +3000 │ 米", ran.out)


def test_names_that_are_not_in_the_tree_are_found_without_a_database(shuzhi: Run, tmp_path: Path):
    draft = tmp_path / "稿.txt"
    draft.write_text("石桥村2023年工作述职报告\n一年来，石桥村党支部强化学习。柳沟村党支部全年开展主题党日12次。\n", "utf-8")  # fmt: skip
    known = shuzhi("check", draft, "--known-org", "石桥村", "--known-org", "柳沟村")
    foreign = shuzhi("check", draft, "--known-org", "石桥村", "--json")
    assert "NAMES_" not in known.out
    codes = [one["code"] for one in foreign.json["files"][0]["findings"]]
    assert any(code.startswith("NAMES_") for code in codes), codes


def test_drafts_that_were_copied_are_found_by_comparing_them(shuzhi: Run, tmp_path: Path):
    own = "我村把发展花椒作为头等大事来抓，组织青壮年劳力上山修剪、施肥、除草，请来县里的技术员手把手教了四天，家家户户都学会了拉枝。"  # fmt: skip
    for name in ("甲", "乙"):
        (tmp_path / f"{name}村.txt").write_text(f"{name}村2023年工作总结\n" + own * 3, "utf-8")

    def codes(*options: str) -> set[str]:
        ran = shuzhi("check", tmp_path, "--json", *options)
        return {f["code"] for one in ran.json["files"] for f in one["findings"]}

    assert any(code.startswith("SIMILARITY") for code in codes("--compare"))
    assert not any(code.startswith("SIMILARITY") for code in codes())


def test_drafts_that_were_copied_are_told_once_for_each_pair_behind_the_arithmetic(
    shuzhi: Run, tmp_path: Path
):
    own = "我村把发展花椒作为头等大事来抓，组织青壮年劳力上山修剪、施肥、除草，请来县里的技术员手把手教了四天，家家户户都学会了拉枝。"  # fmt: skip
    other = "村里的老井多年没有人管，今年春天党员带头清淤、砌井台、换绳桶，老人们又能就近打水洗菜，来往的人都说办了一件实事。"  # fmt: skip
    for name in "甲乙丙丁":
        lines = [f"{name}村2023年工作总结", own, f"{name}村自己做的事各不相同。", other]
        (tmp_path / f"{name}村.txt").write_text("\n".join([*lines, BROKEN]), "utf-8")
    shutil.copyfile(tmp_path / "甲村.txt", tmp_path / "甲村.md")

    files = files_of(shuzhi("check", tmp_path, "--compare", "--json"))

    for one in files.values():
        areas = [f["area"] for f in one["findings"]]
        names = [f["beside"][0]["name"] for f in one["findings"] if f["area"] == "similarity"]
        assert len(names) == len(set(names)) == 3
        assert areas.index("similarity") > max(i for i, a in enumerate(areas) if a == "arithmetic")
    (copied,) = [one for one in files.values() if "CHECK_012" in str(one.get("notes"))]
    assert Path(copied["path"]).stem == "甲村"


def test_results_are_called_after_the_whole_name_where_two_drafts_share_the_stem(
    shuzhi: Run, tmp_path: Path
):
    folder = tmp_path / "稿"
    folder.mkdir()
    for name in ("甲.txt", "甲.md", "乙.txt"):
        (folder / name).write_text(CLEAN, "utf-8")
    shuzhi("check", folder, "--html", "页").done()
    made = sorted(p.name for p in Path("页").iterdir())
    assert made == ["乙-核对.html", "汇总-核对.html", "甲.md-核对.html", "甲.txt-核对.html"]


def test_unexplained_findings_fail_when_the_check_is_strict(shuzhi: Run, tmp_path: Path):
    draft = tmp_path / "稿.txt"
    draft.write_text("全村现有果园840亩，其中挂果园210亩、幼园270亩。\n", "utf-8")
    found = shuzhi("check", draft, "--json").done().json["files"][0]["findings"]
    assert {f["severity"] for f in found} == {"unexplained"}
    assert shuzhi("check", draft, "--strict").code == 1


def test_language_and_account_may_stand_behind_the_command(shuzhi: Run, drafts: Path):
    assert "Nothing was found." in shuzhi("check", drafts / "甲.txt", "--lang", "en").done().out
    assert "severity" in shuzhi("finding", "kinds", "--lang", "en").done().out


def test_a_unit_without_books_is_told_not_to_have_been_compared(
    shuzhi: Run, drafts: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///没有这个库.sqlite3")
    given = ["check", drafts / "甲.txt", "--org", "甲村", "--year", "2023"]
    assert "没有与账核对" in shuzhi(*given).done().out
    (one,) = shuzhi(*given, "--json").done().json["files"]
    assert [n["code"] for n in one["notes"]] == ["CHECK_011"]
    assert "notes" not in shuzhi(*given, "--no-books", "--json").json["files"][0]


def test_the_annex_of_our_own_reports_is_no_part_of_the_draft(shuzhi: Run, tmp_path: Path):
    annex = "附件\n\n数据来源表\n\n下列数据由台账自动汇总，截至账册时点 9。\n1\n999户\n总户数\n"
    texts = []
    for line_end in ("\n", "\r\n"):
        draft = tmp_path / "稿.txt"
        draft.write_bytes((CLEAN + annex).replace("\n", line_end).encode())
        (one,) = shuzhi("check", draft, "--json").done().json["files"]
        texts.append([f["text"] for f in one["figures"]])
    assert texts == [["412户", "210户", "202户", "3公里"]] * 2


def test_the_english_output_has_no_chinese_but_the_draft(shuzhi: Run, drafts: Path):
    ran = shuzhi("--lang", "en", "check", drafts, "--no-books")
    assert ran.code == 1
    own = set(CLEAN + BROKEN + BLANK)
    names = set("甲乙丙东片稿〖〗…")
    han = {c for c in ran.out + ran.err if "\u4e00" <= c <= "\u9fff"}
    assert han <= own | names, han - own - names
    for words in ("figures", "wrong 1", "line 3", "Nothing was found.", "3 drafts"):
        assert words in ran.out


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_json_document_is_the_contract(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts, "--json")

    assert ran.code == 1
    assert list(ran.json) == ["files"]
    assert ran.err == ""
    files = files_of(ran)
    assert set(files) == {"甲.txt", "乙.txt", "丙.md"}
    for one in files.values():
        for figure in one["figures"]:
            assert {"start", "end", "text", "value", "unit", "kind", "approx", "subject", "organisation", "period"} <= set(figure)  # fmt: skip
            assert figure["value"] is None or re.fullmatch(r"-?\d+(\.\d+)?", figure["value"])
            assert figure["kind"] in {"achieved", "target", "rate", "comparison", "threshold", "placeholder"}  # fmt: skip
            assert isinstance(figure["approx"], bool)
        for finding in one["findings"]:
            assert {"code", "severity", "start", "end", "message", "expected"} <= set(finding)
            assert finding["severity"] in {"wrong", "error", "unexplained", "warning"}
    places = [(f["start"], f["end"]) for f in files["乙.txt"]["figures"]]
    assert [BROKEN[a:b] for a, b in places] == ["412户", "210户", "302户", "3公里"]
    assert [f["value"] for f in files["乙.txt"]["figures"]] == ["412", "210", "302", "3000"]
    assert files["乙.txt"]["figures"][3]["unit"] == "米"
    assert [f["value"] for f in files["丙.md"]["figures"]][-1] is None
    assert files["丙.md"]["text"][places[0][0] : places[0][1]] == "412户"


def test_problems_stand_beside_the_figures_of_a_file(shuzhi: Run, tmp_path: Path):
    (one,) = shuzhi("check", tmp_path / "没有.txt", "--json").json["files"]
    assert one["figures"] == one["findings"] == []
    assert [set(p) for p in one["problems"]] == [{"code", "message"}]


# ── pages and Word files ──────────────────────────────────────────────────────────────────────────────────────────────


def test_one_draft_gives_the_page_and_the_word_file_that_were_named(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts / "东片" / "乙.txt", "--html", "页.html", "--docx", "批注.docx")
    assert ran.code == 1
    assert "写出 页.html" in ran.out
    assert "矛盾" in Path("页.html").read_text("utf-8")
    (comment,) = docx.Document("批注.docx").comments
    assert comment.text.startswith("【矛盾】")
    assert comment.timestamp is not None


def test_many_drafts_give_a_folder_with_a_page_over_all(shuzhi: Run, drafts: Path):
    ran = shuzhi("check", drafts, "--html", "页", "--docx", "批注", "--json")
    assert sorted(p.name for p in Path("页").iterdir()) == sorted(
        ["丙-核对.html", "乙-核对.html", "甲-核对.html", "汇总-核对.html"]
    )
    assert len(list(Path("批注").iterdir())) == 3
    assert ran.json["index"] == str(Path("页/汇总-核对.html"))
    assert [len(one["written"]) for one in ran.json["files"]] == [2, 2, 2]
    assert "%E4%B9%99-%E6%A0%B8%E5%AF%B9.html" in Path("页/汇总-核对.html").read_text("utf-8")


def test_what_is_there_is_never_written_over_without_being_asked(shuzhi: Run, drafts: Path):
    Path("页.html").write_text("旧", "utf-8")
    shuzhi("check", drafts / "甲.txt", "--html", "页.html").done()
    assert Path("页.html").read_text("utf-8") == "旧"
    assert Path("页（2）.html").exists()

    shuzhi("check", drafts / "甲.txt", "--html", "页.html", "--overwrite").done()
    assert Path("页.html").read_text("utf-8") != "旧"


def test_two_drafts_of_one_name_give_two_pages(shuzhi: Run, drafts: Path):
    shutil.copyfile(drafts / "甲.txt", drafts / "东片" / "甲.txt")
    shuzhi("check", drafts, "--html", "页", "--overwrite")
    assert Path("页/甲-核对.html").exists()
    assert Path("页/甲-核对（2）.html").exists()


def test_results_in_the_folder_of_the_drafts_are_not_taken_for_drafts(shuzhi: Run, drafts: Path):
    first = shuzhi("check", drafts, "--html", drafts, "--docx", drafts, "--json")
    again = shuzhi("check", drafts, "--html", drafts, "--docx", drafts, "--json")
    assert len(first.json["files"]) == len(again.json["files"]) == 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["甲.txt", "乙.txt", "--html", "页.html"], "CHECK_002"),
        (["甲.docx", "--docx", "甲.docx", "--overwrite"], "CHECK_003"),
        (["甲.txt", "--html", "页.pdf"], "CHECK_005"),
        (["甲.txt", "--docx", "批注.doc"], "CHECK_005"),
        (["甲.txt", "--books"], "CHECK_006"),
    ],
)
def test_wrong_targets_are_told_before_anything_is_done(
    shuzhi: Run, options: list[str], code: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("甲.txt", "乙.txt"):
        Path(name).write_text(CLEAN, "utf-8")
    docx.Document().save("甲.docx")
    before = Path("甲.docx").read_bytes()
    ran = shuzhi("check", *options, "--json")
    assert (ran.code, ran.codes) == (1, [code])
    assert Path("甲.docx").read_bytes() == before


def test_a_word_draft_comes_back_as_it_is_with_comments(shuzhi: Run):
    document = docx.Document()
    for line in BROKEN.strip().split("\n"):
        document.add_paragraph(line)
    document.save("稿.docx")

    ran = shuzhi("check", "稿.docx", "--docx", "批注.docx")

    assert ran.code == 1
    found = docx.Document("批注.docx")
    assert [p.text for p in found.paragraphs] == BROKEN.strip().split("\n")
    assert any("ARITHMETIC" in one.text for one in found.comments)


# ── speed, and several processes ──────────────────────────────────────────────────────────────────────────────────────


def test_two_processes_say_what_one_says(shuzhi: Run, drafts: Path):
    one = shuzhi("check", drafts, "--json", "--jobs", "1")
    two = shuzhi("check", drafts, "--json", "--jobs", "2")
    assert one.json == two.json
    assert two.code == 1


def test_a_text_is_checked_without_django_and_without_a_database(tmp_path: Path):
    (tmp_path / "甲.txt").write_text(CLEAN, "utf-8")
    program = (
        "import sys\nfrom shuzhi.cli.main import main\n"
        "try:\n    main(['check', '甲.txt'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('django', 'openpyxl.cell', 'jinja2') if m in sys.modules and m == 'django'])"
    )
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    print(f"shuzhi check on one short text, start to end: {time.perf_counter() - begun:.2f} s")
    assert done.stdout.strip().endswith("[]")
    assert list(tmp_path.iterdir()) == [tmp_path / "甲.txt"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed reports are not here")
def test_the_seeds_are_checked_to_the_end_with_offsets_in_their_text(shuzhi: Run):
    ran = shuzhi("check", *sorted(SEEDS.glob("*.txt")), "--json", "--notes")
    assert ran.code == 1
    for one in ran.json["files"]:
        text = Path(one["path"]).read_text("utf-8")
        assert all(text[f["start"] : f["end"]] == f["text"] for f in one["figures"])
        assert all(0 <= f["start"] <= f["end"] <= len(text) for f in one["findings"])
        counts = {s: sum(f["severity"] == s for f in one["findings"]) for s in ("wrong", "error", "unexplained", "warning", "info")}  # fmt: skip
        print(Path(one["path"]).name[:3], len(one["figures"]), "figures", counts)


# ── the list of findings ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_findings_is_the_one_made_from_the_code(shuzhi: Run):
    made = shuzhi("finding", "kinds", "--page").done().out
    assert made == (ROOT / "docs" / "reference" / "findings.md").read_text("utf-8"), (
        "run: shuzhi finding kinds --page > docs/reference/findings.md"
    )


def test_every_kind_is_listed_with_both_sentences(shuzhi: Run):
    kinds = shuzhi("finding", "kinds", "--json").done().json
    assert len({one["code"] for one in kinds}) == len(kinds) > 20
    for one in kinds:
        assert all(one[key] for key in ("zh", "en", "severity", "area"))
        assert "{" not in plain_sentence(one["zh"]).replace("‹", "")
    assert kinds[0]["code"] in shuzhi("--lang", "en", "finding", "kinds").done().out


# ── with books ────────────────────────────────────────────────────────────────────────────────────────────────────────


REPORT = county.REPORTS[0]
CLERK, REVIEWER = CLERKS[world.TOWN], REVIEWERS[world.TOWN]


@pytest.fixture
def office(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A copy of the demonstration's database, and a report rendered from it."""
    url = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    shutil.copyfile(demo.folder / "demo.sqlite3", tmp_path / "demo.sqlite3")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    with connected(url):
        run_inside("--as", LEADER, "report", "render", REPORT.template, "--org", REPORT.organisation, "--year", REPORT.year, "-o", "出").done()  # fmt: skip
        yield next(Path("出").glob("*.docx"))


def checked(path: Path, *options: str, actor: str = LEADER) -> Ran:
    return run_inside("--as", actor, "check", path, "--org", REPORT.organisation, "--year", REPORT.year, *options)  # fmt: skip


def changed(path: Path) -> tuple[Path, str, str]:
    """The report with the first figure of more than one digit changed by hand; the new file, the old and the new number."""
    document = docx.Document(str(path))
    for element in document.element.body.iter(f"{W}sdt"):
        texts = list(element.iter(f"{W}t"))
        found = re.match(r"[1-9]\d+", texts[0].text or "") if len(texts) == 1 else None
        if found is not None:
            new = f"{found[0]}7"
            texts[0].text = new + (texts[0].text or "")[found.end() :]
            made = path.with_name("改.docx")
            document.save(str(made))
            return made, found[0], new
    raise AssertionError("no figure of two digits")


def test_a_report_as_rendered_agrees_with_the_books(office: Path):
    (one,) = checked(office, "--json").json["files"]
    outcomes = [f["books"]["outcome"] for f in one["figures"] if f.get("books")]
    print({outcome: outcomes.count(outcome) for outcome in set(outcomes)})
    assert outcomes.count("equal") + outcomes.count("rounded") > len(outcomes) * 0.8
    assert not [f for f in one["findings"] if f["area"] == "books" and f["severity"] == "wrong"]


def test_a_figure_changed_by_hand_is_found_with_both_numbers(office: Path):
    path, old, new = changed(office)
    ran = checked(path, "--json", "--html", "页.html", "--docx", "批注.docx")
    assert ran.code == 1
    found = [f for f in ran.json["files"][0]["findings"] if f["area"] == "books"]
    assert any(new in f["message"] and old in f["message"] for f in found), found
    assert "账上" in Path("页.html").read_text("utf-8")
    assert any(new in one.text for one in docx.Document("批注.docx").comments)


def test_without_a_name_or_without_books_only_the_text_is_checked(office: Path):
    path, _, _ = changed(office)
    for options in (["--org", REPORT.organisation], ["--org", REPORT.organisation, "--no-books"]):
        ran = run_inside("check", path, *options, "--json")
        assert not [f for f in ran.json["files"][0]["findings"] if f["area"] == "books"]


def test_a_printed_report_is_known_as_the_draft_it_was_printed_from_and_led_to_by_page(
    office: Path,
):
    run_inside("--as", LEADER, "report", "render", REPORT.template, "--org", REPORT.organisation, "--year", REPORT.year, "-o", "出", "--format", "pdf").done()  # fmt: skip
    found = files_of(run_inside("check", "出", "--compare", "--no-books", "--json"))
    printed = next(one for name, one in found.items() if name.endswith(".pdf"))
    notes = [n["code"] for one in found.values() for n in one.get("notes", [])]
    assert "CHECK_012" in notes
    assert not [f for f in printed["findings"] if f["area"] == "similarity"]
    places = [f["place"] for f in printed["figures"]]
    assert all(re.fullmatch(r"第\d+页第\d+段", place["words"]) for place in places)
    assert len({place["page"] for place in places}) > 1


def test_a_named_unit_without_an_account_is_said_not_to_be_compared(office: Path):
    given = ["check", office, "--org", REPORT.organisation, "--year", REPORT.year]
    (one,) = run_inside(*given, "--json").json["files"]
    assert [n["code"] for n in one["notes"]] == ["CHECK_010"]
    assert "--as" in one["notes"][0]["message"]
    assert "没有与账核对" in run_inside(*given).out
    assert "notes" not in run_inside(*given, "--as", LEADER, "--json").json["files"][0]


def test_a_draft_of_another_unit_is_told_once(office: Path):
    wanted = next(r for r in county.REPORTS if r.organisation == world.VILLAGE_B)
    run_inside("--as", LEADER, "report", "render", wanted.template, "--org", wanted.organisation, "--year", wanted.year, "-o", "村").done()  # fmt: skip
    (report,) = Path("村").glob("*.docx")
    text = Path("村稿.txt")
    text.write_text(read_draft(report).text, "utf-8")
    for path in (report, text):
        for organisation in (world.TOWN, world.VILLAGE_A):
            ran = run_inside("check", path, "--org", organisation, "--year", wanted.year, "--as", LEADER, "--json")  # fmt: skip
            found = [f for f in ran.json["files"][0]["findings"] if f["area"] == "books"]
            assert [f["code"] for f in found] == ["COMPARE_014"]
            assert "乙村" in found[0]["message"]
        ran = run_inside("check", path, "--org", wanted.organisation, "--year", wanted.year, "--as", LEADER, "--json")  # fmt: skip
        assert not [f for f in ran.json["files"][0]["findings"] if f["area"] == "books"]


def test_a_case_by_another_measure_word_is_held_against_the_books(office: Path):
    town, year = REPORT.organisation, REPORT.year
    draft = Path("稿.txt")
    figures = []
    for words in ("5件", "5起", "7起"):
        draft.write_text(f"{year}年，全村调解矛盾纠纷{words}。\n", "utf-8")
        (one,) = run_inside("check", draft, "--org", town, "--year", year, "--as", LEADER, "--json").json["files"]  # fmt: skip
        figures.append(one["figures"][-1]["books"]["outcome"])
    print(figures)
    assert figures[0] == figures[1] != figures[2]


def test_a_changed_figure_of_our_own_is_confirmed_by_the_words_before_it(office: Path):
    path, _, new = changed(office)
    (one,) = checked(path, "--json").json["files"]
    figure = next(f for f in one["figures"] if f["text"].startswith(new))
    ran = run_inside("finding", "confirm", path, figure["text"], "--org", REPORT.organisation, "--year", REPORT.year, "--as", CLERK, "--json")  # fmt: skip
    assert ran.done().json["subject"].partition("|")[0]


def test_books_need_a_unit_and_a_right(office: Path):
    assert run_inside("--as", LEADER, "check", office, "--books").code == 2
    nobody = run_inside("check", office, "--books", "--org", REPORT.organisation, "--json")
    assert nobody.codes == ["OFFICE_005"]
    ran = run_inside("--as", LEADER, "check", office, "--org", "没有这个村", "--json")
    assert ran.code == 1
    assert ran.json["files"][0]["problems"]


def test_what_is_silenced_with_a_reason_is_heard_no_more_and_can_be_heard_again(office: Path):
    path, _, _ = changed(office)
    town = REPORT.organisation

    def codes() -> set[str]:
        return {f["code"] for f in checked(path, "--json").json["files"][0]["findings"]}

    code = next(one for one in sorted(codes()) if one.startswith("COMPARE"))
    run_inside("--as", REVIEWER, "finding", "silence", code, "--org", town, "--reason", "试点").done()  # fmt: skip
    assert code not in codes()
    listed = run_inside("--as", REVIEWER, "finding", "silenced", "--org", town, "--json").json
    assert [(one["code"], one["reason"]) for one in listed] == [(code, "试点")]
    run_inside("--as", REVIEWER, "finding", "unsilence", code, "--org", town, "--reason", "试点结束").done()  # fmt: skip
    assert code in codes()
    assert "没有停用" in run_inside("--as", REVIEWER, "finding", "silenced", "--org", town).out


def test_a_confirmed_wording_is_remembered_and_can_be_taken_back(office: Path):
    draft = Path("稿.txt")
    draft.write_text("2023年，全镇现有核桃园480亩。\n", "utf-8")
    town = REPORT.organisation

    def book() -> dict[str, Any]:
        return checked(draft, "--json").json["files"][0]["figures"][-1].get("books", {})

    ran = run_inside("--as", CLERK, "finding", "confirm", draft, "480亩", "果园面积", "--org", town, "--json")  # fmt: skip
    subject = ran.done().json["subject"]
    assert book()["how"] == "confirmed"
    assert book()["indicator"].startswith("果园面积")
    listed = run_inside("finding", "confirmed", "--org", town, "--as", CLERK).done().out
    words = subject_words(subject, "zh")
    assert words in listed
    assert "|" not in words
    assert re.search(r"│ 20\d\d-\d\d-\d\d \d\d:\d\d +│", listed)
    run_inside("--as", CLERK, "finding", "withdraw", words, "--org", town).done()
    assert book()["how"] != "confirmed"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["380亩", "果园面积"], "CHECK_007"),
        (["480亩", "果园面织"], "FIGURE_002"),
    ],
)
def test_a_confirmation_that_cannot_be_is_explained(office: Path, arguments: list[str], code: str):
    draft = Path("稿.txt")
    draft.write_text("2023年，全镇现有核桃园480亩。\n", "utf-8")
    ran = run_inside("--as", CLERK, "finding", "confirm", draft, *arguments, "--org", REPORT.organisation, "--json")  # fmt: skip
    assert ran.codes == [code]


def test_several_processes_each_open_the_books(office: Path):
    path, _, _ = changed(office)
    given = ["--as", LEADER, "check", office, path, "--org", REPORT.organisation, "--year", REPORT.year, "--json", "--jobs"]  # fmt: skip
    environment = {"url": f"sqlite:///{Path('demo.sqlite3').absolute()}"}
    one, two = (run_process(*given, count, **environment) for count in (1, 2))
    assert one.code == two.code == 1
    assert one.json == two.json


def test_the_output_for_a_pipe_has_no_colours(shuzhi: Run, drafts: Path):
    assert "\x1b[" not in shuzhi("check", drafts).out
