"""``make bench``: speed and memory, each as a ratio to a baseline measured in the same run.

Every section runs in a process of its own, so that its peak memory is its own; sizes and what limits it are printed with it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import sections


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", help="which sections; all by default")
    parser.add_argument("--section", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    given = parser.parse_args()
    if given.section:
        name, _, argument = given.section.partition(":")
        result = sections.SECTIONS[name](Path(given.folder), argument)
        print(json.dumps(result, ensure_ascii=False))
        return
    names = given.sections or list(sections.PLAN)
    for name in names:
        for argument in sections.PLAN[name](given.quick):
            with tempfile.TemporaryDirectory(prefix="shuzhi-bench-") as folder:
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks",
                    "--section",
                    f"{name}:{argument}",
                    "--folder",
                    folder,
                ]
                done = subprocess.run(
                    command, capture_output=True, text=True, env=os.environ, check=False
                )
            if done.returncode:
                print(f"{name} {argument}: failed\n{done.stderr[-3000:]}")
                sys.exit(1)
            result = json.loads(done.stdout.splitlines()[-1])
            print(f"\n== {result.pop('title')}")
            for key, value in result.items():
                print(f"   {key:<46} {value}")


if __name__ == "__main__":
    main()
