"""A crowd for minutes beside staff and jobs, what became of every event and order, and what gives first beyond that.

./run.sh bench load [--shoppers 500] [--minutes 10] [--products 100000] [--orders 100000] [--pauses 4,2,1,0.5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django

from bench.rig.crowd.goods import REFUSED
from bench.rig.crowd.office import Office, Waits
from bench.rig.crowd.watching import Watch
from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from bench.shop import crowd_table, shop_at_once, stock

PAUSE = 7.0  # seconds at a page: TPC-W's
TALKERS_SHARE = 5
SETTLING_SECONDS = 120.0
TRACKED, PLACED = "track an event", "place an order"
Rows = list[dict[str, str]]


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench load", description=__doc__)
    parser.add_argument("--shoppers", type=int, default=500, help="people in the shop at once (500)")
    parser.add_argument("--minutes", type=float, default=10, help="how long they shop (10)")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=100_000, help="orders placed before")
    parser.add_argument("--staff", type=int, default=3, help="members of staff on dashboards and orders (3)")
    parser.add_argument(
        "--pauses",
        type=lambda text: [float(each) for each in text.split(",") if each],
        default=[4.0, 2.0, 1.0, 0.5],
        help="after that, crowds that look at a page for ever shorter, in seconds: to the breaking point",
    )
    parser.add_argument("--step-seconds", type=int, default=40, help="how long each of these shops (40)")
    return parser.parse_args()


@dataclass(frozen=True)
class Books:
    """What a database holds: tracked events, orders, pieces in lines of orders, pieces reserved."""

    events: int
    orders: int
    ordered: int
    reserved: int


def read_books(site: Site) -> Books:
    """Count. Raises RuntimeError where an event is there twice."""
    # What the shop says itself comes by no key.
    asked = "SELECT count(*), count(DISTINCT message_id) FROM analytics_events WHERE source_key IS NOT NULL"
    events, different = site.sql(asked)[0]
    if events != different:
        raise RuntimeError(f"{events - different:,} events are stored twice")
    orders, ordered, reserved = site.sql(
        "SELECT (SELECT count(*) FROM commerce_order), (SELECT sum(quantity) FROM commerce_order_line), "
        "(SELECT sum(stock_reserved) FROM commerce_product_variant)"
    )[0]
    return Books(events, orders, ordered, reserved)


def settle(site: Site) -> None:
    """Wait until everything that was tracked is counted. Raises RuntimeError when that takes too long."""
    end = time.monotonic() + SETTLING_SECONDS
    while site.sql("SELECT count(*) FROM analytics_dirty_days")[0][0]:
        if time.monotonic() > end:
            raise RuntimeError(f"days still wait to be counted\n{site.log('worker')}")
        time.sleep(1)


def answered(rows: Rows, name: str) -> int:
    """Return how many calls of a name were answered well."""
    return sum(int(row["Request Count"]) - int(row["Failure Count"]) for row in rows if row["Name"] == name)


def check_books(before: Books, after: Books, rows: Rows, *, shoppers: int) -> str:
    """Return what became of everything. Raises RuntimeError where something is lost or there twice."""
    tracked, placed = answered(rows, TRACKED), answered(rows, PLACED)
    sent = sum(int(row["Request Count"]) for row in rows if row["Name"] == TRACKED)
    events, orders = after.events - before.events, after.orders - before.orders
    ordered, reserved = after.ordered - before.ordered, after.reserved - before.reserved
    words = (
        f"{sent:,} events sent, {tracked:,} acknowledged, {events:,} stored; {placed:,} orders answered, {orders:,} "
        f"placed; {ordered:,} pieces ordered, {reserved:,} reserved"
    )
    # Whoever goes home in the middle of a call does not hear of it: one each.
    is_whole = tracked <= events <= sent + shoppers and placed <= orders <= placed + shoppers
    if not is_whole or ordered != reserved:
        raise RuntimeError(words)
    return words


def staff_rows(waits: Waits) -> list[list[str]]:
    """Return a row for each kind of page: how many, refused, failed, median and 95th percentile in milliseconds."""
    rows = []
    for kind, found in sorted(waits.seconds.items()):
        hundredths = statistics.quantiles(found, n=100)
        figures = [f"{hundredths[at] * 1000:,.0f}" for at in (49, 94)]
        rows.append([kind, f"{len(found):,}", str(waits.refused[kind]), str(waits.failed[kind]), *figures])
    return rows


def make_talkers(site: Site, count: int) -> Path:
    """Let people adopt pets; return the file of their tokens and conversations."""
    os.environ.update(site.environment)
    django.setup()
    from bench.pets import make_talker

    made = [make_talker(number) for number in range(count)]
    path = site.folder / "talkers.json"
    path.write_text(json.dumps([{"token": each.token, "conversation": each.conversation} for each in made]))
    return path


def verify(site: Site) -> str:
    """Count today again from raw events and the ledger; return what it said. Raises RuntimeError where it differs."""
    today = site.sql("SELECT zuka_local_day(now())")[0][0].isoformat()
    return site.manage("rollup", "verify", "--from", today, "--to", today).strip().splitlines()[-1]


def endure(site: Site, arguments: argparse.Namespace, talkers: Path) -> str:
    """Let the crowd shop beside staff and jobs; return the tables. Raises RuntimeError where something was lost."""
    before, size = read_books(site), {"products": arguments.products, "shoppers": arguments.shoppers}
    with Watch(site) as watch, Office(site, staff=arguments.staff) as office:
        seconds = int(arguments.minutes * 60)
        rows = shop_at_once(site, **size, seconds=seconds, pause=PAUSE, talkers=talkers, is_whole=True)
    settle(site)
    words = check_books(before, read_books(site), rows, shoppers=arguments.shoppers)
    heads = ["page of staff", "opened", "refused", "failed", "p50, ms", "p95, ms"]
    memory = ["memory, MB", "first fifth", "middle", "last", "from the second to the last"]
    parts = [crowd_table(rows, pause=PAUSE), markdown(heads, staff_rows(office.waits)), markdown(memory, watch.rows())]
    jobs = site.sql("SELECT count(*), count(*) FILTER (WHERE failures > 0) FROM platform_job_state")[0]
    return "\n".join([*parts, f"{words}. {jobs[0]} kinds of jobs ran, {jobs[1]} failed. {verify(site)}\n"])


def break_row(rows: Rows, pause: float) -> list[str]:
    """Return what a step came to: answers a second, of what kind, how long the rest waited, and what gave."""
    whole = next(row for row in rows if row["Name"] == "Aggregated")
    refused = {row["Name"].removesuffix(REFUSED): row for row in rows if row["Name"].endswith(REFUSED)}
    shares = {name: share_of(rows, name, int(row["Request Count"])) for name, row in refused.items()}
    order = next((row for row in rows if row["Name"] == PLACED), whole)
    most = sorted(shares.items(), key=lambda each: -each[1])
    gave = ", ".join(f"{name} {share:.0%}" for name, share in most) or "nothing"
    figures = [f"{float(whole['Requests/s']):,.0f}", whole["Failure Count"]]
    return [f"{pause:g} s", *figures, f"{float(order['50%']):,.0f}", f"{float(order['95%']):,.0f}", gave]


def share_of(rows: Rows, name: str, refused: int) -> float:
    """Return which share of the calls of a name were refused."""
    return refused / (refused + sum(int(row["Request Count"]) for row in rows if row["Name"] == name))


def overload(site: Site, arguments: argparse.Namespace, talkers: Path) -> str:
    """Let ever more be asked; return a row a step."""
    size = {"products": arguments.products, "shoppers": arguments.shoppers, "seconds": arguments.step_seconds}
    heads = ["a page for", "answers a second", "failed", "an order's p50, ms", "p95, ms", "refused"]
    steps = [break_row(shop_at_once(site, **size, pause=pause, talkers=talkers), pause) for pause in arguments.pauses]
    return markdown(heads, steps)


def main() -> int:
    """Stock a shop, open it with its workers, and print what it was like."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_load") as url, open_site(url) as site:
        stock(site, products=arguments.products, orders=arguments.orders)
        site.environment["DJANGO_SETTINGS_MODULE"] = "bench.rig.crowd.bare_settings"
        site.manage("rollup", "rebuild")
        talkers = make_talkers(site, arguments.shoppers // TALKERS_SHARE)
        site.start_web()
        for name in ("worker", "beat"):
            site.start(name)
        size = f"{arguments.products:,} products, {arguments.orders:,} orders, {arguments.shoppers} shoppers"
        print(describe_run(f"{size}, {arguments.minutes:g} minutes"), endure(site, arguments, talkers), sep="\n")
        if arguments.pauses:
            print(overload(site, arguments, talkers), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
