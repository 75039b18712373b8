"""Published, unmodified SDKs against a real Zuka. They run with ZUKA_SDKS set to a folder to install them in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.rig.site import Site, scratch_site
from tests.sdks.installing import CannotInstallError, install

collect_ignore_glob = [] if os.environ.get("ZUKA_SDKS") else ["test_*.py"]


@pytest.fixture(scope="module")
def live_zuka() -> Iterator[Site]:
    """A migrated shop without data, with keys, whose web answers."""
    with scratch_site() as site:
        site.start_web()
        yield site


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the SDKs are installed."""
    return Path(os.environ["ZUKA_SDKS"]).resolve()


def install_or_skip(language: str, folder: Path) -> Path:
    """Return where the packages of a language are; where they cannot be installed, the test says why."""
    try:
        return install(language, folder)
    except CannotInstallError as problem:
        pytest.skip(f"no packages for {language} here: {problem}")  # a machine without npm can test the rest


@pytest.fixture
def installed(folder: Path, request: pytest.FixtureRequest) -> Path:
    """The same folder, with the SDKs of the test's language in it."""
    install_or_skip(request.getfixturevalue("sdk").language, folder)
    return folder


@pytest.fixture
def compiler(folder: Path) -> Path:
    """TypeScript's compiler, which is installed beside the SDKs for node."""
    return install_or_skip("node", folder) / "node_modules" / "typescript" / "bin" / "tsc"
