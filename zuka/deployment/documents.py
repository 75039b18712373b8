"""The pages on running Zuka on servers, made from processes, settings and measured figures."""

from __future__ import annotations

from pathlib import Path

from zuka.deployment.servers import STREAM_PORT, WEB_PORTS, Plan
from zuka.deployment.sizing import (
    COPYING_US,
    HOT_MONTHS,
    LEAST_MONTHS,
    LOADED,
    MEASURED,
    MOST_MEASURED,
    PEAK,
    SHOPPER_CALLS,
    SHOPPING_CALLS,
    VOLUMES,
    Size,
    machine_for,
    size_of,
)
from zuka.platform.documents import add_document, markdown_table, page

LEAST_CORES = 0.1
GUIDE = Path(__file__).parent / "files" / "guide.md"


def volume_row(size: Size) -> tuple[str, ...]:
    """Return a row of the table of volumes."""
    machine = machine_for(size.monthly)
    known = "measured" if size.is_measured else "reckoned"
    figures = (
        f"{size.monthly:,}",
        f"{size.peak_a_second:,.0f}",
        f"{size.cores:,.1f}" if size.cores >= LEAST_CORES else f"below {LEAST_CORES}",
        f"{size.fresh_minutes:,} min",
        f"{size.disk_gb:,.0f} GB",
        f"{size.archive_gb:,.1f} GB",
        f"{size.beside_clickhouse_gb:,.0f} + {size.clickhouse_gb:,.0f} GB",
    )
    if machine is None:
        return (*figures, "more than one PostgreSQL should be asked", "", "not tried")
    return (*figures, machine.text, f"{machine.dollars} $", known)


def sizing_page() -> str:
    """Return the page on sizing."""
    heads = (
        *("Events a month", "A second, busiest", "Cores to take them", "In reports after"),
        *("Disk", "Archive a year", "Disk with ClickHouse", "Machine", "A month", "Known"),
    )
    shoppers = round(500 * SHOPPING_CALLS.value * LOADED / SHOPPER_CALLS.value / 10) * 10
    return page(
        "How large a machine",
        "An event is one thing that somebody did: a page, a product, a search, an item in the cart. A visit makes "
        "about nine. A shop with a thousand visits a day has a quarter of a million events a month.",
        markdown_table(heads, [volume_row(size_of(each)) for each in VOLUMES]),
        f"*Measured* are databases of up to {MOST_MEASURED:,} events; what is larger is reckoned from the figures "
        f"below and was not tried. In a busy hour {PEAK} times the mean comes, each event alone, and a core is "
        f"{LOADED:.0%} loaded: batches of an app cost a fifteenth. The disk holds {HOT_MONTHS} months of raw events "
        "(EVENT_RETENTION_MONTHS) and all that is counted of them; keep as much free for backups, for VACUUM and for "
        "migrations. Reports are counted once a minute; where counting a day takes longer, they are that much behind: "
        "the day that goes on is counted again as a whole. Prices are of 2026 and only say the order.",
        f"*With ClickHouse* (docs/clickhouse.md) PostgreSQL needs raw events of {LEAST_MONTHS} months alone "
        "(EVENT_RETENTION_MONTHS=1), and its own part of the disk stands first; the other is ClickHouse's, with "
        f"{HOT_MONTHS} months of all. Copying an event takes {COPYING_US.value:,.0f} µs of processor. PostgreSQL still "
        "takes and counts every event, so nothing else in the table changes.",
        "Beyond 200 million events a month one PostgreSQL should not be asked to count days of that size, with "
        "ClickHouse or without: 1 and 10 billion are reckoned to say what they would take. Who has so many "
        "should run several shops, each with its own Zuka.",
        "## Shoppers",
        f"Two cores answer {SHOPPING_CALLS.value:,.0f} calls of the shop's API a second when nothing else is to do. "
        f"500 people who look at a page for seven seconds each ask for {SHOPPER_CALLS.value:,.0f}: at half load two "
        f"cores of web and PostgreSQL serve some {shoppers:,} of them, and twice as many while waits grow. Each "
        "further core adds its part as long as PostgreSQL has room; beyond, requests are refused by urgency "
        "(docs/crowds.md).",
        "## Measured",
        "On 2 cores with 24 GB that sender, web and PostgreSQL shared; see `bench/figures.md`.",
        markdown_table(("Figure", "What", "By"), [(f"{each.value:,.0f}", each.text, each.source) for each in MEASURED]),
    )


def deployment_page() -> str:
    """Return the guide: its text, with the plan's own names filled in."""
    plan = Plan("shop.example")
    facts = {
        "code": plan.code,
        "data": plan.data,
        "settings": plan.settings,
        "user": plan.user,
        "backups": plan.backups,
        "stream_port": STREAM_PORT,
        "first": WEB_PORTS[0],
        "second": WEB_PORTS[1],
    }
    pieces = GUIDE.read_text(encoding="utf-8").rstrip().split("@@")
    return page("On servers", "".join(facts[piece] if at % 2 else piece for at, piece in enumerate(pieces)))


add_document("docs/sizing.md", sizing_page)
add_document("docs/deployment.md", deployment_page)
