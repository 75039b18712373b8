"""A browser's round over every dashboard and report: what is drawn, what is empty, what moves while it loads."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Response, expect

from bench.rig.site import Site

PATIENCE_MS = 30_000
# Prints the new login and keys, and what the last of the inventions tried had nothing for.
REFILL = """
import io, json
from django.core.management import call_command
from django.db import connection
from analytics.ask import ask
from analytics.registry.reports import REPORTS
from zuka.demo.management.commands.demo import Command
from zuka.demo.plans import Plan, Stage
from zuka.platform import clock

for seed in range(1, 21):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the audit log refuses to be emptied
        call_command("flush", interactive=False, stdout=io.StringIO())
        cursor.execute("RESET session_replication_role")
    call_command("bootstrap", stdout=(made := io.StringIO()))
    plan = Plan(seed=seed, days=35, events=6_000, until=clock.now())
    Command(stdout=io.StringIO()).fill(Stage("weeks", "", days=plan.days, events=plan.events), plan)
    tables = {report: ask(report) for report in REPORTS if report not in {may_be_empty}}
    empty = [report for report, it in tables.items() if not it.rows or (it.totals and not any(it.totals.values()))]
    if not empty:
        break
print(json.dumps([json.loads(made.getvalue()), empty]))
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
# The radii that the page's own code gives the points of a line with gaps.
RADII = """async (values) => {
  const { name } = performance.getEntriesByType("resource").find((each) => each.name.includes("charts/kinds"));
  return (await import(name)).radiiOf(values);
}"""
SHIFTS = """() => new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(moved), 100);
})"""


def refill_shop(site: Site, *, may_be_empty: set[str]) -> None:
    """Empty the shop and give it five weeks of invented visits and orders; staff get a new login.

    What is invented differs by the day. Of so few customers on some days nobody brought a friend, reviewed anything or
    paid for a plan, so it is the first of twenty inventions that has something for each report but `may_be_empty`.
    """
    printed = site.manage("shell", "-c", REFILL.replace("{may_be_empty}", repr(may_be_empty)))
    made, empty = json.loads(printed.splitlines()[-1])
    site.staff, site.keys = made["staff"], made["keys"]
    assert empty == []


def open_filled(page: Page, address: str) -> None:
    """Open a page and wait until each of its widgets has its figures."""
    page.goto(address)
    expect(page.locator("[data-widget][aria-busy], [data-wait]")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")


def blank_charts(page: Page) -> list[list[str]]:
    """Return the charts of the page that show nothing though they stand there; a flat small one is a line at zero."""
    return [each for each in page.evaluate(DRAWN) if each[1] not in {"drawn", "flat"}]


def radii_of(page: Page, values: list[float | None]) -> list[int]:
    """Return how large the points of a line through such values are drawn; none where the line itself shows them."""
    return [int(radius) for radius in page.evaluate(RADII, values)]


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
