"""The tracker's TypeScript types, checked by the TypeScript compiler."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from analytics.ingest.typescript import render_types

SAMPLES = Path(__file__).parent / "samples"


def complaints(compiler: Path, folder: Path, sample: str) -> list[int]:
    """Return the lines of a sample that do not compile against the types."""
    (folder / "zuka.d.ts").write_text(render_types(), encoding="utf-8")
    (folder / sample).write_text((SAMPLES / sample).read_text(encoding="utf-8"), encoding="utf-8")
    options = ["--noEmit", "--strict", "--pretty", "false", "--target", "es2020", "--lib", "es2020,dom"]
    command = ["node", str(compiler), *options, "zuka.d.ts", sample]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+?)\((\d+),\d+\): error TS", ran.stdout, re.MULTILINE)
    assert {file for file, _ in found} <= {sample}, ran.stdout
    assert bool(found) == (ran.returncode != 0), ran.stdout + ran.stderr
    return sorted({int(line) for _, line in found})


def test_right_calls_compile(compiler: Path, tmp_path: Path) -> None:
    assert complaints(compiler, tmp_path, "passes.ts") == []


def test_every_wrong_call_is_refused(compiler: Path, tmp_path: Path) -> None:
    lines = (SAMPLES / "fails.ts").read_text(encoding="utf-8").splitlines()
    assert complaints(compiler, tmp_path, "fails.ts") == list(range(1, len(lines) + 1))
