"""Older and other kinds of drafts (.doc, .wps, .odt, .rtf), turned into .docx by LibreOffice where it is installed.

The program runs without a window, in a profile of its own that runs no macros and loads nothing, and is stopped when it takes too
long. This module knows how to start it; it must not know what is in the files.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from shuzhi.exchange.containers import refuse

_SECONDS: Final = 120
_PROGRAMS: Final = ("soffice", "libreoffice")
_PLACES: Final = (
    "/usr/bin/soffice",
    "/usr/local/bin/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)

#: No macros, no active content, no links followed, whatever a file asks for.
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""


def find_libreoffice() -> str | None:
    """The command that starts LibreOffice; None where it is not installed."""
    for program in _PROGRAMS:
        found = shutil.which(program)
        if found:
            return found
    return next((one for one in _PLACES if Path(one).is_file()), None)


def convert_to_docx(content: bytes, suffix: str, name: str) -> bytes:
    """The .docx that LibreOffice makes of a file; `suffix` (with its dot) says what kind it is.

    Raises:
        ProblemsError: DRAFT_015 where LibreOffice is not installed, DRAFT_016 when it cannot convert the file in time.
    """
    program = find_libreoffice()
    if program is None:
        raise refuse("DRAFT_015", name, suffix=suffix)
    with tempfile.TemporaryDirectory(prefix="shuzhi-draft-") as folder:
        profile = Path(folder, "profile")
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = Path(folder, f"draft{suffix}")
        source.write_bytes(content)
        made = Path(folder, "made", "draft.docx")
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(made.parent),
            str(source),
        ]
        said = _run(command, suffix, name)
        if not made.is_file():
            raise refuse("DRAFT_016", name, suffix=suffix, reason=said or "—")
        return made.read_bytes()


def _run(command: list[str], suffix: str, name: str) -> str:
    """Run to its end or to the limit, and stop with it what it has started; gives the last line it said."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise refuse("DRAFT_016", name, suffix=suffix, reason=reason) from error
    try:
        said, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        _stop(process)
        raise refuse("DRAFT_016", name, suffix=suffix, reason=f"> {_SECONDS} s") from error
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][-120:] if lines else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
