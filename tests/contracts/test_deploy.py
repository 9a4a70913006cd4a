"""What an office is put into service with: units systemd accepts, a container without secrets that is not run as root."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_INSTRUCTIONS = {
    "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
}  # fmt: skip


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = [line for line in plain.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", ["shuzhi.service", "shuzhi-worker.service"])
def test_systemd_accepts_the_unit(unit: str, tmp_path: Path) -> None:
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    # the program is not installed where the unit looks for it
    (tmp_path / unit).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))

    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / unit], capture_output=True, text=True, check=False
    )

    assert [line for line in done.stderr.splitlines() if unit in line] == []


def test_the_container_file_holds_known_instructions_and_names_what_is_there() -> None:
    found = instructions()

    assert {name for name, _ in found} <= _INSTRUCTIONS
    for name, rest in found:
        if name == "COPY" and "--from" not in rest:
            assert [p for p in rest.split()[:-1] if not (ROOT / p).exists()] == []


def test_the_container_runs_as_somebody_and_is_watched() -> None:
    found = instructions()
    last = len(found) - 1 - [name for name, _ in reversed(found)].index("FROM")

    names = [name for name, _ in found[last:]]
    assert "USER" in names
    assert names.index("USER") < names.index("CMD")
    assert any(name == "HEALTHCHECK" and "/alive/" in rest for name, rest in found)


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda p: p.name)
def test_no_secret_stands_in_what_is_deployed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"SECRET_KEY\s*=|PASSWORD\s*=|://\w+:[^@\s]+@", text)
