"""An office's own definitions, brought as files in the browser: looked through, taken into force as a numbered version, withdrawn.

A draft is everything the next version would hold, so that it can be checked as a whole over the shipped catalogue, with its
cases and with the rows that are kept already: what those need may not be taken away from under them (decision 0012).
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from uuid import UUID, uuid4

import orjson
from django.db import transaction

from shuzhi.apps import office, storage
from shuzhi.apps.administration.actions import CHANGES_DEFINITIONS, require_everywhere
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.people.permissions import Actor
from shuzhi.catalogue.cases import CASES_SUFFIX, CaseResult, find_cases_files, load_cases, run_case
from shuzhi.catalogue.loader import KINDS, load_folders
from shuzhi.catalogue.references import lint
from shuzhi.catalogue.schema import (
    MappingNode,
    Node,
    Reporter,
    SequenceNode,
    definition_nodes,
    read_nodes,
)
from shuzhi.core.definitions import Catalogue, LedgerDef
from shuzhi.core.problems import Place, Problem, ProblemsError

LIMIT = 5 * 2**20  #: bytes of all files of a draft
FILES_LIMIT = 500
_CURRENT = "current"
#: a key that only definitions of this kind have → the folder they belong to, in the order they are asked
_MARKS: Sequence[tuple[frozenset[str], str]] = (
    (frozenset({"given", "then"}), "indicators"),
    (frozenset({"fields"}), "ledgers"),
    (frozenset({"sections", "heading"}), "reports"),
    (frozenset({"total", "parts"}), "relations"),
    (frozenset({"values"}), "parameters"),
    (frozenset({"words"}), "words"),
    (frozenset({"nature", "value"}), "indicators"),
    (frozenset({"since", "until", "successor"}), "programmes"),
)


@dataclass(frozen=True, slots=True)
class Version:
    """A set of own definitions that was taken into force once."""

    number: str
    actor: str
    at: str
    note: str
    files: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A definition that the draft adds, changes or takes away, against what is in force."""

    kind: str
    key: str
    title: str
    how: str  #: added · changed · removed · restored (the shipped one counts again)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a draft. Places name files as they stand in the draft, with line and column."""

    number: str
    files: Sequence[str]
    problems: Sequence[Problem]  #: any of them keeps it from being taken into force
    advice: Sequence[Problem]
    changes: Sequence[Change]
    cases: Sequence[CaseResult]
    backfill: Sequence[str]  #: titles of new indicators that earlier rows have to be posted to

    @property
    def is_sound(self) -> bool:
        """Whether it can be taken into force."""
        return not self.problems


@dataclass(slots=True)
class _Files:
    """The files of a draft as they are brought together."""

    texts: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


# ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _drafts() -> Path:
    return office.own_folder() / "drafts"


def _draft_folder(actor: Actor, number: str) -> Path:
    try:
        folder = _drafts() / str(UUID(number))
    except ValueError:
        raise ProblemsError([Problem("DEFINITION_008")]) from None
    note = folder.with_suffix(".json")
    if not note.is_file() or orjson.loads(note.read_bytes())["actor"] != actor.name:
        raise ProblemsError([Problem("DEFINITION_008")])
    return folder


def bring(
    actor: Actor,
    uploads: Iterable[tuple[str, bytes]],
    *,
    area: str = "",
    is_whole: bool = False,
    without: Iterable[str] = (),
) -> str:
    """Make a draft of the next version; returns its number.

    Args:
        uploads: name and content of YAML files, or of zip files holding folders ledgers, indicators and so on.
        area: folder below the kind's for files that come without one: industry, party, …
        is_whole: the files are all there is to be; otherwise they are laid over the version in force.
        without: files of the version in force that are left out.

    Raises:
        ProblemsError: PEOPLE_001 no right; DEFINITION_001 nothing brought, 002 a file that is none of definitions, 003 a file whose
            kind is not clear, 009 too much.
    """
    require_everywhere(actor, CHANGES_DEFINITIONS)
    kept = {} if is_whole else _files_of(office.own_version())
    left_out = set(without)
    brought = _Files()
    for name, content in uploads:
        _take(name, content, area, brought)
    texts = {k: v for k, v in kept.items() if k not in left_out} | brought.texts
    if not brought.texts and not brought.problems and not left_out & set(kept):
        brought.problems.append(Problem("DEFINITION_001"))
    if len(texts) > FILES_LIMIT or sum(map(len, texts.values())) > LIMIT:
        brought.problems.append(
            Problem("DEFINITION_009", {"files": FILES_LIMIT, "limit": LIMIT // 2**20})
        )
    if brought.problems:
        raise ProblemsError(brought.problems)
    number = str(uuid4())
    _clean()
    _write(_drafts() / number, texts)
    about = {"actor": actor.name, "at": audit.timestamp()}
    (_drafts() / f"{number}.json").write_bytes(orjson.dumps(about))
    return number


def _take(name: str, content: bytes, area: str, into: _Files) -> None:
    if name.lower().endswith(".zip"):
        _take_zip(name, content, area, into)
        return
    if len(content) > LIMIT:
        into.problems.append(
            Problem("DEFINITION_009", {"files": FILES_LIMIT, "limit": LIMIT // 2**20})
        )
        return
    path = PurePosixPath(name.replace("\\", "/"))
    if path.suffix.lower() not in (".yaml", ".yml"):
        into.problems.append(Problem("DEFINITION_002", {"file": path.name}))
        return
    known = {kind.folder for kind in KINDS}
    start = next((i for i, part in enumerate(path.parts[:-1]) if part in known), None)
    if start is not None:
        place = path.parts[start:]
    elif path.name == "units.yaml":
        place = (path.name,)
    else:
        folder = _folder_of(content, path.name)
        if folder is None:
            into.problems.append(Problem("DEFINITION_003", {"file": path.name}))
            return
        place = (folder, *([area] if area else []), path.name)
    into.texts["/".join(place)] = content


def _take_zip(name: str, content: bytes, area: str, into: _Files) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            if len(infos) > FILES_LIMIT or sum(i.file_size for i in infos) > LIMIT:
                raise ProblemsError(
                    [Problem("DEFINITION_009", {"files": FILES_LIMIT, "limit": LIMIT // 2**20})]
                )
            for info in infos:
                inner = PurePosixPath(info.filename.replace("\\", "/"))
                is_hidden = any(part.startswith((".", "__MACOSX")) for part in inner.parts)
                if ".." in inner.parts or inner.is_absolute():
                    into.problems.append(Problem("DEFINITION_002", {"file": info.filename}))
                elif not is_hidden and not inner.name.lower().endswith((".md", ".txt", ".zip")):
                    _take(info.filename, archive.read(info), area, into)
    except (zipfile.BadZipFile, RuntimeError, OSError):
        into.problems.append(Problem("DEFINITION_010", {"file": name}))


def _folder_of(content: bytes, name: str) -> str | None:
    """The folder a file belongs to, by the keys of its first definition."""
    if name.endswith(CASES_SUFFIX):
        return "indicators"
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(content)
        file.flush()
        nodes = read_nodes(Path(file.name), Reporter(name, []))
    first: Node | None = next(iter(definition_nodes(nodes)), None)
    if isinstance(first, SequenceNode) or not isinstance(first, MappingNode):
        return None
    for marks, folder in _MARKS:
        if any(first.get(mark) is not None for mark in marks):
            return folder
    return None


def _files_of(version: str) -> dict[str, bytes]:
    folder = office.version_folder(version)
    if not version or not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.y*ml"))
    }


def _write(folder: Path, texts: Mapping[str, bytes]) -> None:
    for name, content in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)


def _clean(kept: int = 20) -> None:
    """Throw all but the latest drafts away."""
    notes = sorted(_drafts().glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
    for note in notes[kept:]:
        shutil.rmtree(note.with_suffix(""), ignore_errors=True)
        note.unlink(missing_ok=True)


def discard(actor: Actor, number: str) -> None:
    """Throw a draft away."""
    folder = _draft_folder(actor, number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".json").unlink(missing_ok=True)


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(actor: Actor, number: str) -> Checked:
    """Everything that is to be said about a draft."""
    require_everywhere(actor, CHANGES_DEFINITIONS)
    return _check(_draft_folder(actor, number), number)


def _check(folder: Path, number: str) -> Checked:
    loaded = load_folders(*office.folders_below(), folder)
    found = list(loaded.problems)
    results: list[CaseResult] = []
    if not any(p.severity == "error" for p in found):
        for path in find_cases_files(folder):
            cases, problems = load_cases(path, loaded.catalogue)
            found += problems
            results += [one for case in cases for one in run_case(case, loaded.catalogue)]
    present = office.definitions().catalogue
    kept = set(_ledgers_with_rows())
    if not any(p.severity == "error" for p in found):
        found += _against_rows(present, loaded.catalogue, kept)
        found += [p for one in results if not one.passed for p in one.problems] + [
            Problem("DEFINITION_007", {"name": one.name, "expected": one.expected, "found": one.found}, Place(file=one.file, line=one.line))
            for one in results
            if not one.passed and not one.problems
        ]  # fmt: skip
    own = {identity for identity, origin in loaded.sources.items() if origin.folder == folder}
    tested = {e.indicator for path in find_cases_files(folder) for case in load_cases(path, loaded.catalogue)[0] for e in case.expectations}  # fmt: skip
    advice = [
        p
        for p in lint(loaded, {*tested, *present.indicators})
        if Path(p.place.file).is_relative_to(folder)
    ]
    errors = [p for p in found if p.severity == "error"]
    advice += [p for p in found if p.severity != "error"]
    return Checked(
        number,
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.y*ml")),
        [_placed(p, folder) for p in errors],
        [_placed(p, folder) for p in advice],
        list(_changes(present, loaded.catalogue, own)) if not errors else [],
        [_result_placed(one, folder) for one in results],
        [
            one.title.zh
            for key, one in loaded.catalogue.indicators.items()
            if one.source in kept and key not in present.indicators
        ]
        if not errors
        else [],
    )


def _placed(problem: Problem, folder: Path) -> Problem:
    """The problem with its file named as the person knows it, and the column among its places."""
    place = problem.place
    file = place.file
    if file and Path(file).is_relative_to(folder):
        file = Path(file).relative_to(folder).as_posix()
    elif file:
        file = Path(file).name
    params = dict(problem.params)
    if isinstance(params.get("file"), str | Path):
        params["file"] = Path(str(params["file"])).name
    column = params.get("column")
    number = column if isinstance(column, int) else place.column_number
    return Problem(
        problem.code,
        params,
        Place(file=file, line=place.line, path=place.path, column_number=number),
        problem.severity,
    )


def _result_placed(result: CaseResult, folder: Path) -> CaseResult:
    return CaseResult(
        result.name,
        Path(result.file).name,
        result.line,
        result.passed,
        result.expected,
        result.found,
        tuple(_placed(p, folder) for p in result.problems),
    )


def _ledgers_with_rows() -> Iterator[str]:
    """Keys of ledgers that have records; walks the index from key to key, however many rows there are."""
    last = ""
    while True:
        rows = storage.fetch("SELECT MIN(ledger) FROM record WHERE ledger > %s", [last])
        if not rows or rows[0][0] is None:
            return
        last = rows[0][0]
        yield last


def _against_rows(present: Catalogue, draft: Catalogue, kept: set[str]) -> Iterator[Problem]:
    """What the rows that are kept already forbid."""
    for key in sorted(kept):
        before, after = present.ledgers.get(key), draft.ledgers.get(key)
        if after is None:
            title = before.title.zh if before is not None else key
            yield Problem("DEFINITION_004", {"name": title, "key": key})
        elif before is not None and before != after:
            yield from _ledger_against_rows(before, after)
    for key, one in present.indicators.items():
        if one.nature == "derived" or one.source not in kept:
            continue
        new = draft.indicators.get(key)
        if new is None:
            yield Problem("DEFINITION_006", {"name": one.title.zh, "key": key})
            continue
        meaning = [(d.unit, d.nature, d.value, d.source, d.where, d.at, d.by) for d in (one, new)]
        if meaning[0] != meaning[1]:
            yield Problem("DEFINITION_006", {"name": one.title.zh, "key": key})


def _ledger_against_rows(before: LedgerDef, after: LedgerDef) -> Iterator[Problem]:
    fields = {f.key: f for f in after.fields}
    for one in before.fields:
        new = fields.get(one.key)
        if new is None or (new.type, new.unit, new.ledger, bool(new.personal)) != (
            one.type,
            one.unit,
            one.ledger,
            bool(one.personal),
        ):
            yield Problem("DEFINITION_005", {"name": before.title.zh, "field": one.title.zh})
    shapes = [(d.nature, d.identified_by, d.date, d.until, d.subject) for d in (before, after)]
    if shapes[0] != shapes[1]:
        yield Problem("DEFINITION_005", {"name": before.title.zh, "field": "nature, identified_by, date, until, subject"})  # fmt: skip


def _changes(present: Catalogue, draft: Catalogue, own: set[tuple[str, str]]) -> Iterator[Change]:
    for kind in KINDS:
        before: Mapping[str, object] = getattr(present, kind.folder)
        after: Mapping[str, object] = getattr(draft, kind.folder)
        for key in [*after, *(k for k in before if k not in after)]:
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            title = getattr(new if new is not None else old, "title", None)
            if old is None:
                how = "added"
            elif new is None:
                how = "removed"
            else:
                how = "changed" if (kind.name, key) in own else "restored"
            yield Change(kind.name, key, title.zh if title is not None else key, how)


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _versions() -> Path:
    return office.own_folder() / "versions"


def versions() -> list[Version]:
    """Every version there was, newest first."""
    current = office.own_version()
    found = []
    for note in sorted(_versions().glob("*.json"), reverse=True):
        about = orjson.loads(note.read_bytes())
        found.append(
            Version(
                note.stem,
                about["actor"],
                about["at"],
                about["note"],
                about["files"],
                note.stem == current,
            )
        )
    return found


def own_files() -> list[str]:
    """Files of the version in force."""
    return list(_files_of(office.own_version()))


def archive_of(version: str) -> bytes:
    """A version's files as one zip. Raises ProblemsError DEFINITION_011 when there is no such version."""
    _require_version(version)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files_of(version).items():
            archive.writestr(name, text)
    return content.getvalue()


def _require_version(version: str) -> None:
    if (
        not version.isdecimal()
        or len(version) > 9
        or not (_versions() / f"{version}.json").is_file()
    ):
        raise ProblemsError([Problem("DEFINITION_011", {"version": version})])


@transaction.atomic
def enforce(actor: Actor, number: str, *, note: str) -> str:
    """Take a draft into force as the next version; every process works with it from its next request on. Returns the version.

    Raises:
        ProblemsError: PEOPLE_001 no right, DEFINITION_008 no such draft, DEFINITION_012 no reason, and everything wrong with it.
    """
    require_everywhere(actor, CHANGES_DEFINITIONS)
    folder = _draft_folder(actor, number)
    if not note.strip():
        raise ProblemsError([Problem("DEFINITION_012")])
    audit.hold()  # nobody records while it is looked whether rows allow it
    checked = _check(folder, number)
    if not checked.is_sound:
        raise ProblemsError(list(checked.problems))
    taken = [int(p.stem) for p in _versions().glob("*.json")]
    version = f"{max(taken, default=0) + 1:04d}"
    target = office.version_folder(version)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
    folder.with_suffix(".json").unlink(missing_ok=True)
    about = {"actor": actor.name, "at": audit.timestamp(), "note": note.strip(), "files": len(checked.files)}  # fmt: skip
    (_versions() / f"{version}.json").write_bytes(orjson.dumps(about))
    audit.note(
        "definition.enforced",
        actor=actor.name,
        version=version,
        reason=note.strip(),
        changed=[f"{c.kind}:{c.key}" for c in checked.changes][:200],
    )
    transaction.on_commit(lambda: _point_to(version))
    return version


@transaction.atomic
def withdraw(actor: Actor, *, to: str = "", note: str) -> None:
    """Go back to an earlier version, or with an empty `to` to the definitions that were there before any was brought.

    Raises:
        ProblemsError: PEOPLE_001 no right, DEFINITION_011 no such version, DEFINITION_012 no reason, DEFINITION_004 to 006 rows that were
            kept since need what would be taken away.
    """
    require_everywhere(actor, CHANGES_DEFINITIONS)
    if to:
        _require_version(to)
    if not note.strip():
        raise ProblemsError([Problem("DEFINITION_012")])
    before = office.own_version()
    if before == to:
        raise ProblemsError([Problem("DEFINITION_011", {"version": to or "—"})])
    audit.hold()
    if to:
        problems = _check(office.version_folder(to), to).problems
    else:
        loaded = load_folders(*office.folders_below())
        problems = [*(p for p in loaded.problems if p.severity == "error")] or list(
            _against_rows(
                office.definitions().catalogue, loaded.catalogue, set(_ledgers_with_rows())
            )
        )
    if problems:
        raise ProblemsError(list(problems))
    audit.note("definition.withdrawn", actor=actor.name, version=before, to=to, reason=note.strip())
    transaction.on_commit(lambda: _point_to(to))


def _point_to(version: str) -> None:
    """Name the version in force, at one stroke for every process."""
    folder = office.own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(version + "\n")
    Path(temporary).chmod(0o644)
    Path(temporary).replace(folder / _CURRENT)
    office.refresh()
