"""The documents say what the code is: tables, decisions, words, commands; and nothing that belongs to one machine."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import click
import pytest

from shuzhi.catalogue.loader import KINDS
from shuzhi.core import definitions
from tests.support.office import set_up_django

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "shuzhi"


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# ── the database ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _documented_tables() -> dict[str, list[str]]:
    parts = re.split(r"^### (\w+)\n", _read("docs/database.md"), flags=re.M)[1:]
    return {
        name: [c for c in re.findall(r"^\| (\w+) \|", text, re.M) if c != "column"]
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def _tables() -> dict[str, list[str]]:
    set_up_django()
    from django.apps import apps

    return {
        m._meta.db_table: [f.column for f in m._meta.local_fields if f.column]
        for m in apps.get_models()
        if m.__module__.startswith("shuzhi.")  # the libraries' tables are theirs to explain
    }


def test_every_table_and_column_is_explained_and_nothing_else():
    documented, real = _documented_tables(), _tables()
    assert sorted(documented) == sorted(real)
    assert {t: sorted(c) for t, c in documented.items()} == {t: sorted(c) for t, c in real.items()}


def test_sealed_and_clustered_tables_are_said_to_be():
    from shuzhi.apps.audit.sealing import SEALED_TABLES

    text = _read("docs/database.md")
    for table in SEALED_TABLES:
        section = text.split(f"### {table}\n")[1].split("###")[0]
        assert "**Sealed.**" in section, table
    clustered = re.findall(
        r'cluster\("(\w+)"\)', _read("src/shuzhi/apps/books/migrations/0002_sealed.py")
    )
    for table in clustered:
        assert "WITHOUT ROWID" in text.split(f"### {table}\n")[1].split("###")[0], table


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _decisions() -> list[Path]:
    return sorted(p for p in (DOCS / "decisions").glob("*.md") if p.name != "README.md")


def test_every_decision_is_in_the_index_and_numbers_run_without_gaps():
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((.+?\.md)\)", index) == [p.name for p in _decisions()]
    assert [p.name[:4] for p in _decisions()] == [
        f"{n:04d}" for n in range(1, len(_decisions()) + 1)
    ]


@pytest.mark.parametrize("path", _decisions(), ids=lambda p: p.stem)
def test_a_decision_says_context_choice_and_consequences(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^#+ (.+)$", text, re.M)[1:] == ["Context", "Choice", "Consequences"]
    assert text.startswith(f"# {path.name[:4]}. ")


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "module", sorted(p.stem for p in (SOURCE / "core").glob("*.py") if p.stem != "__init__")
)
def test_every_module_of_core_has_a_row_in_the_glossary(module):
    assert f"`core/{module}.py`" in _read("docs/glossary.md")


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_every_kind_of_definition_has_a_row_in_the_glossary(kind):
    text = _read("docs/glossary.md")
    assert f"`{kind.cls.__name__}`" in text
    assert (
        "catalogue/units.yaml" in text
        if kind.name == "unit"
        else f"`catalogue/{kind.folder}/`" in text
    )


def test_every_state_role_and_action_has_its_chinese_word():
    from shuzhi.apps.ledgers.queries import STATES
    from shuzhi.apps.people.permissions import ROLES

    pairs = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", _read("docs/glossary.md"), re.M)
    english = {word.strip() for _, words in pairs for word in words.split(",")}
    assert set(STATES) <= english
    chinese = {zh.strip(): en.strip() for zh, en in pairs}
    for role, (zh, en, _) in ROLES.items():
        if "administrator" not in role and role != "auditor":
            assert chinese.get(zh) == en


def test_no_chinese_word_is_decided_twice():
    words = re.findall(r"^\| ([\u4e00-\u9fff、]+) \|", _read("docs/glossary.md"), re.M)
    words = [w for w in words if w != "中文"]
    assert sorted(words) == sorted(set(words))


def test_the_catalogue_keeps_no_kind_that_the_definitions_do_not_have():
    assert {k.folder for k in KINDS} == set(definitions.Catalogue.__dataclass_fields__)


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_GLOBAL = {"--database", "--as", "--lang"}


def _command_lines(text: str) -> list[list[str]]:
    """The words behind ``shuzhi`` in code blocks and inline code; shell comments and prompts are left out."""
    found = []
    blocks = re.findall(r"^```(?:sh|console|bash)?\n(.*?)^```", text, re.S | re.M)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`(shuzhi [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    for line in lines:
        words = line.removeprefix("$ ").split(" #")[0].split()
        while words and re.fullmatch(r"[A-Z_]+=\S+", words[0]):
            words = words[1:]
        if words and words[0] == "shuzhi":
            found.append(words[1:])
    return found


@cache
def _cli() -> click.Group:
    from shuzhi.cli.main import cli

    return cli


def wrong_command(words: list[str]) -> str:
    """Why these words are no command of ``shuzhi``; empty when they are."""
    command: click.Command = _cli()
    path = "shuzhi"
    rest = list(words)
    while rest and rest[0] in _GLOBAL:
        rest = rest[2:]
    while isinstance(command, click.Group) and rest:
        if rest[0] in ("--help", "-h", "--version"):
            return ""
        if re.fullmatch(r"[…\.]+|<.+>", rest[0]):
            return ""
        if rest[0] not in command.commands:
            return f"{path} has no command {rest[0]}"
        path, command, rest = f"{path} {rest[0]}", command.commands[rest[0]], rest[1:]
    known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
    unknown = [w.split("=")[0] for w in rest if re.match(r"--?[a-z]", w)]
    unknown = [w for w in unknown if w not in known]
    return f"{path} has no option {', '.join(unknown)}" if unknown else ""


def _documents() -> list[str]:
    names = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    return names + sorted(str(p.relative_to(ROOT)) for p in DOCS.rglob("*.md"))


@pytest.mark.parametrize("name", _documents())
def test_every_command_in_a_document_exists(name):
    assert [w for w in map(wrong_command, _command_lines(_read(name))) if w] == []


def test_the_command_check_sees_what_is_wrong():
    assert wrong_command(["book", "close", "甲村", "2023"]) == ""
    assert wrong_command(["book", "shut", "甲村"]) == "shuzhi book has no command shut"
    assert (
        wrong_command(["--as", "张三", "org", "list", "--colour"])
        == "shuzhi org list has no option --colour"
    )


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_every_group_of_commands(name):
    shown = {words[0] for words in _command_lines(_read(name)) if words and words[0] not in _GLOBAL}
    shown |= {
        words[2] for words in _command_lines(_read(name)) if len(words) > 2 and words[0] in _GLOBAL
    }
    assert set(_cli().commands) <= shown


def test_exit_codes_are_those_of_the_program():
    from shuzhi.cli.session import EXIT_INTERRUPTED, EXIT_NO_RIGHT, EXIT_PROBLEMS

    codes = [
        int(c) for c in re.findall(r"^\| (\d+) \|", _read("docs/reference/exit-codes.md"), re.M)
    ]
    assert codes == [0, EXIT_PROBLEMS, 2, EXIT_NO_RIGHT, EXIT_INTERRUPTED]


def test_every_environment_variable_is_explained_and_no_other():
    read = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'(?:environ(?:\.get\(|\[)|envvar=)"([A-Z_]+)"', text))
    explained = re.findall(r"^\| ([A-Z_]+) \|", _read("docs/reference/environment.md"), re.M)
    assert sorted(explained) == sorted(read)


# ── links and traces of a workplace ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", _documents())
def test_every_link_inside_the_project_leads_somewhere(name):
    folder = (ROOT / name).parent
    links = [t for t in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", _read(name)) if "://" not in t]
    missing = [t for t in links if not (folder / t).exists()]
    assert missing == []


@pytest.mark.parametrize("name", [n for n in _documents() if "decisions" not in n])
def test_every_file_a_document_names_in_code_exists(name):
    named = re.findall(r"`((?:src|tests|docs)/[\w./-]+\.\w+)`", _read(name))
    named += [
        f"src/shuzhi/{p}"
        for p in re.findall(r"`((?:core|apps|catalogue|exchange|cli)/[\w./-]+\.\w+)`", _read(name))
    ]
    assert [n for n in named if not (ROOT / n).exists()] == []


#: absolute places of one machine, and what only the place where the project was written would know
_TRACES = re.compile(
    r"(?<![\w.])/(?:home|Users|root|work|mnt)/\w|[A-Z]:\\\\Users|\bTODO\b|\bFIXME\b"
)


def _tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        skipped = {".venv", ".git", "out", "build", "dist"}
        return [
            p
            for p in ROOT.rglob("*")
            if p.is_file() and not skipped & set(p.relative_to(ROOT).parts)
        ]
    return [ROOT / line for line in done.stdout.splitlines()]


def test_no_file_names_a_place_on_one_machine_or_leaves_work_for_later():
    found = []
    for path in _tracked():
        if (
            path.suffix in {".png", ".docx", ".xlsx", ".xls", ".pdf", ".lock"}
            or path == Path(__file__)
            # there the word itself is what is looked for in a draft
            or path.parent.name == "placeholders"
            or not path.is_file()
        ):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in _TRACES.finditer(text)]
    assert found == []


def test_the_trace_check_sees_what_it_must_see():
    assert _TRACES.search("open('/home/somebody/x')")
    assert _TRACES.search("see /" + "work/main")
    assert not _TRACES.search("path is /1/11/")
    assert not _TRACES.search("https://example.org/home/x")


def test_the_ledger_of_the_howto_is_sound_and_its_cases_pass(tmp_path):
    from shuzhi.catalogue.cases import run_cases_file
    from shuzhi.catalogue.loader import load_catalogue, shipped_folder

    text = _read("docs/howto/own-ledger.md")
    blocks = re.findall(r"^`本镇目录/(\S+\.yaml)`：\n\n```yaml\n(.*?)^```", text, re.S | re.M)
    assert [name for name, _ in blocks] == [
        "ledgers/industry/bee.yaml",
        "indicators/industry/bee.yaml",
        "indicators/industry/bee.cases.yaml",
    ]
    for name, content in blocks:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    catalogue, problems = load_catalogue(shipped_folder(), tmp_path)
    assert problems == []
    results, problems = run_cases_file(tmp_path / blocks[2][0], catalogue)
    assert problems == []
    assert [r.passed for r in results] == [True] * 4
