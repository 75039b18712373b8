"""The tracker's TypeScript types, checked by the TypeScript compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.ingest.typescript import render_types
from tests.sdks.compiling import complaints, lines_of

TARGET = ("--target", "es2020", "--lib", "es2020,dom", "zuka.d.ts")


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """A folder with the types."""
    (tmp_path / "zuka.d.ts").write_text(render_types(), encoding="utf-8")
    return tmp_path


def test_right_calls_compile(compiler: Path, typed: Path) -> None:
    assert complaints(compiler, typed, "passes.ts", *TARGET) == []


def test_every_wrong_call_is_refused(compiler: Path, typed: Path) -> None:
    assert complaints(compiler, typed, "fails.ts", *TARGET) == list(range(1, len(lines_of("fails.ts")) + 1))
