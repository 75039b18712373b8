"""From an earlier release to this one on a table of millions, while the earlier one serves: who waits, who fails.

./run.sh bench upgrade --since REVISION [--events 10000000] [--products 20000] [--orders 50000]
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

from bench.growth import fill
from bench.rig.crowd.goods import ADDRESS, CONTACT, METHOD, sku_of, slug_of
from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, bare_site
from bench.rig.tables import describe_run, markdown
from bench.shop import stock
from zuka.up.homes import CHECKOUT
from zuka.up.ports import Address
from zuka.up.serving import ask_ready, process_table

CALLERS = 4
NO_ANSWER = 599
BEFORE_SECONDS, AFTER_SECONDS, READY_SECONDS = 20.0, 20.0, 120.0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench upgrade", description=__doc__)
    parser.add_argument("--since", required=True, help="the release before, as git names it")
    parser.add_argument("--events", type=int, default=10_000_000, help="raw events stored before (10,000,000)")
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--orders", type=int, default=50_000)
    return parser.parse_args()


@contextlib.contextmanager
def earlier_code(revision: str) -> Iterator[Path]:
    """Yield a folder with the code of a revision."""
    with tempfile.TemporaryDirectory(prefix="zuka-earlier-") as name:
        archive = subprocess.run(["git", "archive", revision], cwd=CHECKOUT, capture_output=True, check=True)
        subprocess.run(["tar", "--extract"], cwd=name, input=archive.stdout, check=True)
        yield Path(name)


def manage(site: Site, code: Path, *arguments: str) -> str:
    """Run a management command of some code and return what it printed. Raises RuntimeError with its words."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=code, env=site.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} of {code} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def serving(site: Site, code: Path) -> Iterator[None]:
    """Have web of some code on the site's port while the block runs."""
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, *process_table(site.home, site.address, site.environment)["web"]]
        process = subprocess.Popen(command, cwd=code, env=site.environment, stdout=log, stderr=log)
        try:
            wait_ready(site.address)
            yield
        finally:
            process.terminate()
            process.wait(60)


def wait_ready(address: Address) -> None:
    """Wait until web answers. Raises RuntimeError when it does not."""
    end = time.monotonic() + READY_SECONDS
    while ask_ready(address)[0] != 200:
        if time.monotonic() > end:
            raise RuntimeError(f"web is not ready: {ask_ready(address)[1]}")
        time.sleep(0.1)


@dataclass
class Calls:
    """What callers saw: when each call began, of which kind, its status and how long it took, in seconds."""

    made: dict[str, list[tuple[float, int, float]]] = field(default_factory=lambda: defaultdict(list))
    over: Event = field(default_factory=Event)

    def rows(self, name: str, first: float, last: float) -> list[list[str]]:
        """Return a row for each kind of call that began in a time: how many, failed, median, 99th and longest, ms."""
        rows = []
        for kind, made in sorted(self.made.items()):
            found = [each for each in made if first <= each[0] < last]
            waits = sorted(wait * 1000 for _, _, wait in found)
            failed = sum(status >= 300 for _, status, _ in found)
            figures = [waits[int(len(waits) * share)] for share in (0.5, 0.99)] + waits[-1:] if waits else []
            rows.append([name, kind, f"{len(found):,}", str(failed), *(f"{each:,.0f}" for each in figures)])
        return rows


def call_on(site: Site, calls: Calls, products: int, numbers: count[int]) -> None:
    """Look, track and order until it is over."""
    host, port, key = site.address.host, site.address.port, site.keys["publishable"]
    while not calls.over.is_set():
        number = 1 + next(numbers) % products
        event = {"event": "Seen", "messageId": f"up-{uuid4()}", "anonymousId": "a", "writeKey": key}
        order = {"lines": [{"sku": sku_of(number), "quantity": 1}], "contact": CONTACT, "payment_method": METHOD}
        asked = (
            ("a product", "GET", f"/api/v1/products/{slug_of(number)}/", None),
            ("an event", "POST", "/v1/track", event),
            ("an order", "POST", "/api/v1/orders/", order | {"shipping_address": ADDRESS}),
        )
        for kind, method, path, body in asked:
            began = time.monotonic()
            status = NO_ANSWER
            with (
                contextlib.suppress(OSError, http.client.HTTPException),  # counted as failed
                contextlib.closing(http.client.HTTPConnection(host, port, timeout=60)) as line,
            ):
                headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
                line.request(method, path, json.dumps(body) if body else None, headers)
                status = line.getresponse().status
            calls.made[kind].append((began, status, time.monotonic() - began))


def check_books(site: Site, calls: Calls, *, stocked: int) -> str:
    """Return what became of everything. Raises RuntimeError where something is lost."""
    told = {kind: sum(status < 300 for _, status, _ in made) for kind, made in calls.made.items()}
    events = site.sql("SELECT count(*) FROM analytics_events WHERE starts_with(message_id, 'up-')")[0][0]
    orders = site.sql("SELECT count(*) FROM commerce_order")[0][0] - stocked
    tracked, ordered = told["an event"], told["an order"]
    words = f"{tracked:,} events acknowledged, {events:,} stored; {ordered:,} orders answered, {orders:,} placed"
    if events < tracked or orders < ordered:
        raise RuntimeError(words)
    return f"{words}."


def upgrade(site: Site, before: Path, arguments: argparse.Namespace) -> str:
    """Serve with the earlier code, migrate with this one's meanwhile, then serve with this one; return the table."""
    calls, numbers, moments = Calls(), count(), []
    callers = [Thread(target=call_on, args=(site, calls, arguments.products, numbers)) for _ in range(CALLERS)]
    with serving(site, before):
        for each in callers:
            each.start()
        moments.append(time.monotonic())
        time.sleep(BEFORE_SECONDS)
        moments.append(time.monotonic())
        manage(site, CHECKOUT, "migrate", "--no-input", "--verbosity", "0")
        moments.append(time.monotonic())
        time.sleep(AFTER_SECONDS)
        moments.append(time.monotonic())
        calls.over.set()
        for each in callers:
            each.join()
    names = ("the release before", "while tables are migrated", "the release before, on the new tables")
    rows = [row for at, name in enumerate(names) for row in calls.rows(name, moments[at], moments[at + 1])]
    with serving(site, CHECKOUT):
        words = check_books(site, calls, stocked=arguments.orders)
    heads = ["when", "call", "made", "failed", "p50, ms", "p99, ms", "longest, ms"]
    return f"{markdown(heads, rows)}\nMigrating took {moments[2] - moments[1]:.1f} s. {words}\n"


def main() -> int:
    """Make a shop of the earlier release, and upgrade it."""
    arguments = read_arguments()
    with (
        earlier_code(arguments.since) as before,
        scratch_database(server_url(), name="bench_upgrade") as url,
        bare_site(url) as site,
    ):
        manage(site, before, "migrate", "--no-input", "--verbosity", "0")
        made = json.loads(manage(site, before, "bootstrap"))
        site.staff, site.keys = made["staff"], made["keys"]
        stock(site, products=arguments.products, orders=arguments.orders)
        fill(site, first=0, rows=arguments.events)
        print(describe_run(f"{arguments.events:,} events, from {arguments.since}"), upgrade(site, before, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
