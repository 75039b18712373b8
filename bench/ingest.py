"""How many events a second Zuka takes: acknowledged, and visible in the table; beside raw COPY in the same run.

./run.sh bench ingest [--seconds 5] [--events 1,10,100,500] [--connections 50,500]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass

from bench.rig.copying import measure_copy, save_rows
from bench.rig.databases import scratch_database, server_url
from bench.rig.load import Outcome, Plan
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from bench.rig.usage import Memory
from zuka.up.homes import CHECKOUT

COPY_CONNECTIONS = 2
LARGE_COPY = 5_000
CALM_RATE = 100.0
EMPTY = "TRUNCATE analytics_events, analytics_rejected_events, analytics_displaced, analytics_dirty_days"


@dataclass(frozen=True)
class Round:
    """One row of the result."""

    plan: Plan
    outcome: Outcome
    visible: int
    memory: Memory | None
    web_cpu: float
    postgres_cpu: float


def numbers(text: str) -> list[int]:
    """Read "1,10,100"."""
    return [int(part) for part in text.split(",")]


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench ingest", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each round sends (5)")
    parser.add_argument("--events", type=numbers, default=[1, 10, 100, 500], help="events a request")
    parser.add_argument("--connections", type=numbers, default=[50, 500])
    return parser.parse_args()


def send_load(plan: Plan) -> Outcome:
    """Run a load in a process of its own and return what came of it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.rig.load"],
        cwd=CHECKOUT,
        env=dict(os.environ),
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        timeout=plan.seconds + 120,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def count_events(site: Site) -> int:
    """Return the number of stored events."""
    return int(site.sql("SELECT count(*) FROM analytics_events")[0][0])


def empty(site: Site) -> None:
    """Begin anew: no rows, and nothing left for a checkpoint to write in the middle of a measurement."""
    site.sql(EMPTY)
    site.sql("CHECKPOINT")


def run_round(
    site: Site, *, events: int, connections: int, seconds: float, rate: float = 0.0, is_emptied: bool = True
) -> Round:
    """Send one load into an empty table and count what it left there; or into a full one, and count nothing."""
    if is_emptied:
        empty(site)
    run = f"{events:03x}{connections:03x}{int(rate):02x}{secrets.token_hex(2)}"
    plan = Plan(
        host=site.address.host,
        port=site.address.port,
        key=site.keys["secret"],
        run=run,
        events=events,
        connections=connections,
        seconds=seconds,
        rate=rate,
    )
    web, postgres = site.cpu()
    outcome = send_load(plan)
    web_after, postgres_after = site.cpu()
    return Round(
        plan,
        outcome,
        count_events(site) if is_emptied else outcome.acknowledged,
        site.memory(),
        web_cpu=web_after - web,
        postgres_cpu=postgres_after - postgres,
    )


def measure_ceiling(site: Site, *, rows: int, seconds: float) -> float:
    """Return the rows a second of raw COPY of what is stored now, in pieces of `rows`."""
    path = site.folder / "rows.copy"
    save_rows(site.database_url, path)
    empty(site)
    return measure_copy(site.database_url, path, rows=rows, connections=COPY_CONNECTIONS, seconds=seconds)


def measure(site: Site, arguments: argparse.Namespace) -> tuple[list[Round], dict[int, float]]:
    """Run every round, the calm one first, and beside those of each size COPY in pieces of it."""
    run_round(site, events=1, connections=50, seconds=1.0)  # imports, connections, keys
    rounds = [run_round(site, events=1, connections=50, seconds=arguments.seconds, rate=CALM_RATE)]
    ceilings = {}
    for events in arguments.events:
        for connections in arguments.connections:
            rounds.append(run_round(site, events=events, connections=connections, seconds=arguments.seconds))
            show(rounds[-1])
        ceilings[events] = measure_ceiling(site, rows=events, seconds=arguments.seconds)
    ceilings[LARGE_COPY] = measure_ceiling(site, rows=LARGE_COPY, seconds=arguments.seconds)
    return rounds, ceilings


def show(each: Round) -> None:
    """Say on standard error how far it is."""
    rate = each.outcome.acknowledged / each.outcome.seconds
    sys.stderr.write(f"{each.plan.events} a request, {each.plan.connections} connections: {rate:,.0f} events/s\n")


def round_row(each: Round, ceilings: dict[int, float]) -> list[str]:
    """Return a round as a row of the table."""
    outcome, plan = each.outcome, each.plan
    acknowledged, visible = outcome.acknowledged / outcome.seconds, each.visible / outcome.seconds
    lost = "" if outcome.acknowledged == each.visible else f" ({each.visible - outcome.acknowledged:+d} rows)"
    errors = ", ".join(f"{count} × {name}" for name, count in outcome.errors.items()) or "0"
    memory = f"{each.memory.now:.0f} / {each.memory.peak:.0f}" if each.memory else "-"
    ratios = ["-", "-"] if plan.rate else [f"{visible / ceilings[size]:.0%}" for size in (plan.events, LARGE_COPY)]
    return [
        f"{plan.events}" + (f", {plan.rate:.0f} a second" if plan.rate else ""),
        str(plan.connections),
        f"{acknowledged:,.0f}",
        f"{visible:,.0f}{lost}",
        f"{outcome.p50:.1f}",
        f"{outcome.p95:.1f}",
        f"{outcome.p99:.1f}",
        errors,
        *ratios,
        *(f"{seconds / max(each.visible, 1) * 1e6:.0f}" for seconds in (each.web_cpu, each.postgres_cpu)),
        memory,
        f"{outcome.busy / outcome.seconds:.0%}",
    ]


def report(rounds: list[Round], ceilings: dict[int, float]) -> None:
    """Print the tables."""
    heads = ["events a request", "connections", "acknowledged/s", "visible/s", "p50 ms", "p95 ms", "p99 ms", "errors"]
    heads += ["of COPY, same size", f"of COPY, {LARGE_COPY} rows", "web CPU µs/event"]
    heads += ["PostgreSQL CPU µs/event", "web MB now / peak", "sender CPU"]
    print(describe_run("ingest"))
    print(markdown(heads, [round_row(each, ceilings) for each in rounds]))
    copies = [[f"{rows:,}", str(COPY_CONNECTIONS), f"{rate:,.0f}"] for rows, rate in ceilings.items()]
    print(markdown(["rows a COPY", "connections", "rows/s"], copies))


def is_exact(each: Round) -> bool:
    """Say whether what was acknowledged is stored; a request that got no answer may be stored as well, or not."""
    acknowledged = each.outcome.acknowledged
    return 0 < acknowledged <= each.visible and (acknowledged == each.visible or bool(each.outcome.errors))


def main() -> int:
    """Measure, print, and return 1 when an acknowledged event is missing or stored twice."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_ingest") as url, open_site(url) as site:
        site.start_web()
        rounds, ceilings = measure(site, arguments)
    report(rounds, ceilings)
    return int(not all(map(is_exact, rounds)))


if __name__ == "__main__":
    sys.exit(main())
