"""The tracker's TypeScript types, checked by the TypeScript compiler: `npm ci` in this folder brings it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from shutil import which

import msgspec
import pytest
from django.test import RequestFactory

from analytics.ingest.typescript import interface_name, render_types, send_types
from analytics.registry.events import EVENT_TYPES

HERE = Path(__file__).parent
COMPILER = HERE / "node_modules" / "typescript" / "bin" / "tsc"
NO_COMPILER = "SKIPPED, the types are not checked: needs node, and `npm ci` in tests/typescript for its compiler"
needs_compiler = pytest.mark.skipif(which("node") is None or not COMPILER.exists(), reason=NO_COMPILER)


def complaints(folder: Path, sample: str) -> list[int]:
    """Return the lines of a sample that do not compile against the types."""
    (folder / "zuka.d.ts").write_text(render_types(), encoding="utf-8")
    (folder / sample).write_text((HERE / sample).read_text(encoding="utf-8"), encoding="utf-8")
    options = ["--noEmit", "--strict", "--pretty", "false", "--target", "es2020", "--lib", "es2020,dom"]
    command = ["node", str(COMPILER), *options, "zuka.d.ts", sample]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+?)\((\d+),\d+\): error TS", ran.stdout, re.MULTILINE)
    assert {file for file, _ in found} <= {sample}, ran.stdout
    assert bool(found) == (ran.returncode != 0), ran.stdout + ran.stderr
    return sorted({int(line) for _, line in found})


@needs_compiler
def test_right_calls_compile(tmp_path: Path) -> None:
    assert complaints(tmp_path, "passes.ts") == []


@needs_compiler
def test_every_wrong_call_is_refused(tmp_path: Path) -> None:
    lines = (HERE / "fails.ts").read_text(encoding="utf-8").splitlines()
    assert complaints(tmp_path, "fails.ts") == list(range(1, len(lines) + 1))


def test_every_event_type_has_its_properties() -> None:
    typed = dict(re.findall(r'^  "([^"]+)": (\w+);$', render_types(), re.MULTILINE))
    assert typed == {each.name: interface_name(each.payload) for each in EVENT_TYPES.values()}
    for payload in {each.payload for each in EVENT_TYPES.values()}:
        body = render_types().split(f"interface {interface_name(payload)} {{\n")[1].split("}\n")[0]
        fields = {(each.encode_name, not each.required) for each in msgspec.structs.fields(payload)}
        assert {(name, bool(mark)) for name, mark in re.findall(r"^  (\w+)(\??): ", body, re.MULTILINE)} == fields


def test_the_types_are_served_as_text() -> None:
    answer = send_types(RequestFactory().get("/t.d.ts"))
    assert (answer.content.decode(), answer["Content-Type"]) == (render_types(), "text/plain; charset=utf-8")
