"""A crowd in a large shop: shoppers at once, orders a second, and how long staff wait for their pages.

./run.sh bench shop [--products 100000] [--orders 1000000] [--shoppers 500] [--seconds 60] [--pauses 7,2]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from psycopg import sql

from bench.rig.crowd.placing import Outcome, Plan
from bench.rig.crowd.staff import time_pages
from bench.rig.databases import run_apart, scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from zuka.platform.db.files import load_sql
from zuka.up.homes import CHECKOUT

FOLDER = Path(__file__).parent / "rig" / "crowd"
PIECE = 50_000
PEOPLE_SHARE = 5
BARE = "bare DRF view"
CONNECTIONS = 16
COMING_SECONDS = 20  # in which all come
CROWD_HEADS = ("requests", "failed", "a second", "p50, ms", "p95, ms", "p99, ms", "p95 ÷ bare")


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench shop", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders placed before")
    parser.add_argument("--shoppers", type=int, default=500, help="people in the shop at once")
    parser.add_argument("--seconds", type=int, default=60, help="how long they shop, once all have come")
    parser.add_argument(
        "--pauses",
        type=lambda text: [float(each) for each in text.split(",")],
        default=[7.0, 2.0],
        help="seconds for which people look at a page, a crowd each: 7 is TPC-W's, 2 keeps two cores busy (7,2)",
    )
    parser.add_argument("--runs", type=int, default=5, help="each page of staff is the median of so many (5)")
    return parser.parse_args()


def stock(site: Site, *, products: int, orders: int) -> None:
    """Fill a shop with products, people and a year of orders."""
    people = max(orders // PEOPLE_SHARE, 1)
    site.sql(load_sql(FOLDER / "products.sql"), {"rows": products})
    site.sql(load_sql(FOLDER / "people.sql"), {"rows": people})
    for first in range(1, orders + 1, PIECE):
        rows = min(PIECE, orders - first + 1)
        numbers = {"first": first, "rows": rows, "all": orders, "products": products, "people": people}
        site.sql(load_sql(FOLDER / "orders.sql"), numbers)
    # What was just written goes to disk now, not while people shop.
    for command in ("VACUUM ANALYZE", "CHECKPOINT"):
        run_apart(site.database_url, sql.SQL(command))


def shop_at_once(
    site: Site,
    *,
    products: int,
    shoppers: int,
    seconds: int,
    pause: float,
    talkers: Path | None = None,
    is_whole: bool = False,
) -> list[dict[str, str]]:
    """Let so many people shop, who look at a page for `pause` seconds, and return locust's row of each call.

    The whole has those made while people came, too.
    """
    rate = max(shoppers // COMING_SECONDS, 1)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "locust", "-f", str(FOLDER / "shoppers.py"), "--headless", "--only-summary"]
        command += ["--host", site.url, "-u", str(shoppers), "-r", str(rate), "-t", f"{seconds + shoppers // rate}s"]
        command += ["--csv", f"{folder}/crowd", "--stop-timeout", "10", "--loglevel", "WARNING"]
        command += [] if is_whole else ["--reset-stats"]
        facts = {"CROWD_PRODUCTS": str(products), "CROWD_KEY": site.keys["publishable"]}
        facts |= {"CROWD_PAUSE": str(pause), **({"CROWD_TALKERS": str(talkers)} if talkers else {})}
        # Its exit code is 1 when a request failed: the table says how many.
        subprocess.run(command, cwd=CHECKOUT, env=os.environ | facts, check=False, stdout=sys.stderr)
        with Path(f"{folder}/crowd_stats.csv").open() as found:
            return list(csv.DictReader(found))


def crowd_table(rows: list[dict[str, str]], *, pause: float) -> str:
    """Return the table of calls; beside each p95 how many times that of the bare view it is."""
    bare = next(float(row["95%"]) for row in rows if row["Name"] == BARE)
    heads = [f"call, {pause:g} s a page", *CROWD_HEADS]
    columns = ("Request Count", "Failure Count", "Requests/s", "50%", "95%", "99%")
    lines = []
    for row in rows:
        values = [f"{float(row[column]):,.0f}" for column in columns]
        lines.append([row["Name"], *values, f"{float(row['95%']) / bare:.1f}"])
    return markdown(heads, lines)


def place_orders(site: Site, *, products: int, seconds: float) -> Outcome:
    """Order as fast as it goes, of so many different products."""
    plan = Plan(site.address.host, site.address.port, CONNECTIONS, seconds, products)
    done = subprocess.run(
        [sys.executable, "-m", "bench.rig.crowd.placing"],
        cwd=CHECKOUT,
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def placing_row(site: Site, title: str, *, products: int, seconds: float) -> list[str]:
    """Return the row of one way of ordering. Raises RuntimeError when stock and orders do not agree."""
    counted = "SELECT count(*), (SELECT sum(stock_reserved) FROM commerce_product_variant) FROM commerce_order"
    orders, reserved = site.sql(counted)[0]
    outcome = place_orders(site, products=products, seconds=seconds)
    now, held = site.sql(counted)[0]
    placed = outcome.statuses.get("201", 0)
    if not now - orders == held - reserved == placed:
        raise RuntimeError(f"{placed} answers of 201, {now - orders} orders, {held - reserved} pieces reserved")
    others = {status: number for status, number in outcome.statuses.items() if status != "201"}
    figures = [f"{placed / outcome.seconds:,.0f}", f"{outcome.p50:,.0f}", f"{outcome.p95:,.0f}"]
    return [title, f"{placed:,}", *figures, json.dumps(others) if others else "none"]


def measure(site: Site, arguments: argparse.Namespace) -> str:
    """Measure everything in a stocked shop, and return the tables."""
    crowds = []
    for pause in arguments.pauses:
        size = {"products": arguments.products, "shoppers": arguments.shoppers, "seconds": arguments.seconds}
        crowds.append(crowd_table(shop_at_once(site, **size, pause=pause), pause=pause))
    seconds = min(10.0, arguments.seconds)
    orders = [
        placing_row(site, "of different products", products=arguments.products, seconds=seconds),
        placing_row(site, "of one product", products=1, seconds=seconds),
    ]
    heads = ["orders", "placed", "a second", "p50, ms", "p95, ms", "not placed"]
    pages = time_pages(site, runs=arguments.runs)
    return "\n".join((*crowds, markdown(heads, orders), markdown(["page of staff", "ms", "÷ bare"], pages)))


def main() -> int:
    """Stock a shop, open it, and print what it was like."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_shop") as url, open_site(url) as site:
        begun = time.monotonic()
        stock(site, products=arguments.products, orders=arguments.orders)
        print(f"stocked in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        site.environment["DJANGO_SETTINGS_MODULE"] = "bench.rig.crowd.bare_settings"
        site.start_web()
        size = f"{arguments.products:,} products, {arguments.orders:,} orders, {arguments.shoppers} shoppers"
        print(describe_run(size), measure(site, arguments), sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
