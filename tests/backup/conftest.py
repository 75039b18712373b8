"""A place for backups, folders of the shop, and programs in the place of PostgreSQL's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zuka.backup.places import Place, open_place


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Place:
    """An empty place for backups, and folders of pictures and of waiting events."""
    for name in ("media", "spool"):
        (tmp_path / name).mkdir()
    settings.MEDIA_ROOT, settings.SPOOL_PATH = str(tmp_path / "media"), str(tmp_path / "spool")
    return open_place(str(tmp_path / "backups"))


@pytest.fixture
def programs(tmp_path: Path, settings: Any) -> Path:
    """A folder for programs in the place of PostgreSQL's own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    settings.POSTGRES_PROGRAMS = str(folder)
    return folder


def write_program(path: Path, script: str) -> None:
    """Write a program that says it is PostgreSQL's, and then does as told."""
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.0" && exit 0\n{script}\n')
    path.chmod(0o755)
