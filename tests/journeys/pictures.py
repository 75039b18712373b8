"""What screens show: nothing is wider than they are, and pictures are kept where somebody wants to look at them."""

from __future__ import annotations

import os

from playwright.sync_api import Page

from zuka.up.homes import CHECKOUT

SCREENSHOTS = CHECKOUT / "screenshots"
# To draw a whole page and pack it takes half a second of processor time, and the journeys show some 300.
KEEPS = bool(os.environ.get("ZUKA_PICTURES"))
# What is drawn anew when the screen's size changes is so within two frames.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def keep_picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep what the screen shows, or the whole page, under `screenshots/`; with ZUKA_PICTURES=1 only."""
    if KEEPS:
        page.wait_for_timeout(400)  # charts and dialogs move into their places
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def look_at(page: Page, name: str) -> None:
    """Wait until a page is loaded and drawn, keep its picture, and find nothing wider than the screen."""
    page.wait_for_load_state("networkidle")
    page.evaluate(TWO_FRAMES)
    width = page.evaluate("window.innerWidth")
    keep_picture(page, f"{name}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
