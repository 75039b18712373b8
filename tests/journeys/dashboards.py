"""A browser's round over every dashboard and report: what is drawn, what is empty, what moves while it loads."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Response, expect

from bench.rig.site import Site

PATIENCE_MS = 30_000
FILL = """
from datetime import timedelta
from itertools import count
from zuka.demo.catalogue import make_catalogue
from zuka.demo.history import History
from zuka.demo.management.commands.demo import Command
from zuka.demo.plans import Plan, Stage
from zuka.platform import clock

def is_full(plan):
    history = History(plan, make_catalogue(seed=plan.seed, opened_at=plan.opened_at), numbers={})
    for _ in history.events():
        pass
    since = plan.until - timedelta(days=28)
    friends, reviews = history.till.friends.rows, history.opinions.rows
    return any(each.joined_at > since for each in friends) and any(each.created_at > since for each in reviews)

plans = (Plan(seed=seed, days=35, events=6_000, until=clock.now()) for seed in count(1))
Command().fill(Stage("weeks", "", days=35, events=6_000), next(filter(is_full, plans)))
"""
# Each chart that has something to draw, and whether pixels of its first series' colour are on it.
DRAWN = """() => [...document.querySelectorAll("canvas[data-chart]")].map((canvas) => {
  const chart = Chart.getChart(canvas);
  const [first] = chart?.data.datasets.filter((each) => each.data.some((value) => value)) ?? [];
  if (!first) return [canvas.dataset.chart, "small" in canvas.dataset ? "flat" : "empty"];
  const [red, green, blue] = first.borderColor.match(/\\d+/g).map(Number);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const off = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
    if (data[at + 3] > 150 && off < 60) found += 1;
  }
  return [canvas.dataset.chart, found > 20 ? "drawn" : "blank"];
})"""
SHIFTS = """() => new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(moved), 100);
})"""


def refill_shop(site: Site) -> None:
    """Empty the shop and give it five weeks of invented visits and orders: the first invention in which, whatever the
    day, somebody has lately brought a friend and somebody reviewed something. Staff get a new login.
    """
    site.environment["PGOPTIONS"] = "-c session_replication_role=replica"  # the audit log refuses to be emptied
    site.manage("flush", "--no-input")
    del site.environment["PGOPTIONS"]
    made = json.loads(site.manage("bootstrap"))
    site.staff, site.keys = made["staff"], made["keys"]
    site.manage("shell", "-c", FILL)


def open_filled(page: Page, address: str) -> None:
    """Open a page and wait until each of its widgets has its figures."""
    page.goto(address)
    expect(page.locator("[data-widget][aria-busy], [data-wait]")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")


def blank_charts(page: Page) -> list[list[str]]:
    """Return the charts of the page that show nothing though they stand there; a flat small one is a line at zero."""
    return [each for each in page.evaluate(DRAWN) if each[1] not in {"drawn", "flat"}]


def empty_widgets(page: Page) -> list[str]:
    """Return the widgets without figures."""
    places = page.locator("[data-widget]:has(.widget-empty)")
    return [str(places.nth(place).get_attribute("data-widget")) for place in range(places.count())]


def moved_share(page: Page) -> float:
    """Return how much of the page jumped while it loaded (the cumulative layout shift)."""
    return float(page.evaluate(SHIFTS))


def spoken_by_keys(page: Page, key: str) -> str:
    """Go into a widget's chart by keyboard, one point to the right, and return what a screen reader is told."""
    widget = page.locator(f'[data-widget="{key}"]')
    widget.locator("canvas").press("ArrowRight")
    return widget.locator("[data-spoken]").inner_text()


def saved_picture(page: Page, key: str) -> tuple[str, bytes]:
    """Save a widget as PNG and return the file's name and bytes."""
    with page.expect_download() as coming:
        page.locator(f'[data-widget="{key}"] [data-picture]').click()
    file = coming.value
    return file.suggested_filename, file.path().read_bytes()


def fail_once(page: Page, address: str, key: str) -> list[str]:
    """Open a dashboard whose one widget is refused, then retry; return what stood there before and after."""
    pattern = f"**/widgets/{key}/**"
    page.route(pattern, lambda route: route.fulfill(status=500, body="broken"))
    open_filled(page, address)
    widget = page.locator(f'[data-widget="{key}"]')
    words = [widget.locator("[data-failure] p").inner_text()]
    others = page.locator("[data-widget]:has(.widget-foot)").count()
    page.unroute(pattern)
    widget.get_by_role("button", name="Try again").click()
    expect(widget.locator(".widget-foot")).to_be_visible(timeout=PATIENCE_MS)
    return [*words, str(others), str(widget.locator("[data-failure]").count())]


def answer_of(page: Page, address: str) -> dict[str, Any]:
    """Open a page and return its status, whether it says that there is nothing, and the charts that show nothing."""
    answer: Response | None = page.goto(address)
    page.wait_for_load_state("networkidle")
    status = answer.status if answer else 0
    return {"status": status, "empty": page.locator(".report-empty").count() > 0, "blank": blank_charts(page)}
