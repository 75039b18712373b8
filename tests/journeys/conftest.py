"""A whole Zuka of real processes for each file of journeys, on a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bench.rig.site import Site, scratch_site
from tests.journeys.mortal import Mortal, open_mortal
from zuka.up.browser import NAMES, find_chromium


@pytest.fixture(scope="module")
def live_zuka() -> Iterator[Site]:
    """A migrated shop without data, with a staff login and keys, whose web answers."""
    with scratch_site() as site:
        site.start_web()
        yield site


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium that the browser journey drives; without one the journey is skipped, and says so."""
    found = find_chromium(os.environ)
    if found is None:
        pytest.skip(f"no Chromium was found: install {NAMES[0]}, or set ZUKA_CHROMIUM to one")
    return found


@pytest.fixture(scope="module")
def mortal() -> Iterator[Mortal]:
    """A shop whose servers may be killed."""
    with open_mortal() as mortal:
        yield mortal


@pytest.fixture(scope="module")
def spooling() -> Iterator[Mortal]:
    """A shop whose servers may be killed, and whose events wait on disk meanwhile."""
    with open_mortal(SPOOL_PATH="{folder}/spool") as mortal:
        yield mortal
