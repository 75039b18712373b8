"""The TypeScript compiler, and what it says of a sample."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
STRICT = ("--noEmit", "--strict", "--pretty", "false")


def lines_of(sample: str) -> list[str]:
    """Return the lines of a sample."""
    return (SAMPLES / sample).read_text(encoding="utf-8").splitlines()


def complaints(compiler: Path, folder: Path, sample: str, *options: str) -> list[int]:
    """Return the lines of a sample that do not compile in a folder; `options` also names files beside it."""
    (folder / sample).write_text((SAMPLES / sample).read_text(encoding="utf-8"), encoding="utf-8")
    command = ["node", str(compiler), *STRICT, *options, sample]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+?)\((\d+),\d+\): error TS", ran.stdout, re.MULTILINE)
    assert {file for file, _ in found} <= {sample}, ran.stdout
    assert bool(found) == (ran.returncode != 0), ran.stdout + ran.stderr
    return sorted({int(line) for _, line in found})
