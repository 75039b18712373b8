"""A whole Zuka of real processes on a database of its own, for a file of journeys or several; and a browser for all."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys.mortal import Mortal, open_mortal
from zuka.up.browser import NAMES, find_chromium

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# A headless browser calls itself a robot, and would be left out of visits as one.
SHOPPER = "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


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


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all visitors and staff, each with a profile of their own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=[*OPTIONS, SHOPPER])
        yield started
        started.close()


@pytest.fixture(scope="package")
def shop() -> Iterator[Site]:
    """A shop with products and no past but that of the journeys before: to start one takes 9 s of processor time."""
    with scratch_site(Beginning.SHOP) as site:
        # Demo products may have one piece left; what is bought here is bought several times.
        site.sql("UPDATE commerce_product_variant SET stock_on_hand = stock_on_hand + 50 WHERE stock_on_hand > 0")
        site.start_web()
        yield site


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
