"""A TypeScript client made from our schema by published tools, as docs/client.md says, compiles."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.sdks.compiling import complaints, lines_of
from zuka.up.homes import CHECKOUT

TARGET = ("--target", "es2022", "--lib", "es2022,dom", "--module", "esnext", "--moduleResolution", "bundler")
DOCUMENT = CHECKOUT / "docs" / "client.md"
HEAD = 3  # lines of imports before the calls of client_fails.ts


@pytest.fixture
def client(compiler: Path, tmp_path: Path) -> Path:
    """A folder with the client that the documented command makes of the schema."""
    packages = compiler.parents[2]
    (tmp_path / "node_modules").symlink_to(packages)
    call_command("spectacular", "--format", "openapi-json", "--file", str(tmp_path / "schema.json"))
    said = re.search(r"npx openapi-typescript@([\d.]+) \S+ (.*)", DOCUMENT.read_text(encoding="utf-8"))
    assert said
    assert f'"openapi-typescript": "{said[1]}"' in (Path(__file__).parent / "pins" / "package.json").read_text()
    command = ["node", str(packages / "openapi-typescript" / "bin" / "cli.js"), "schema.json", *said[2].split()]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_a_story_of_a_shopper_compiles(compiler: Path, client: Path) -> None:
    assert complaints(compiler, client, "client_passes.ts", *TARGET) == []


def test_each_wrong_call_is_refused(compiler: Path, client: Path) -> None:
    lines = lines_of("client_fails.ts")
    assert complaints(compiler, client, "client_fails.ts", *TARGET) == list(range(HEAD + 1, len(lines) + 1))
