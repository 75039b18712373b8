"""How large a machine for how many events: what was measured, once each, and what follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

SECONDS_A_MONTH = 30 * 86_400
DAYS_A_MONTH = 30
GIGABYTE = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure that was measured: its value with unit in words, and by what (bench/figures.md)."""

    value: float
    text: str
    source: str


RAW_BYTES = Measured(512, "bytes of disk a raw event takes in PostgreSQL, indexes included", "reports, 50 million")
COUNTED_BYTES = Measured(178, "bytes an event takes in visits, journeys and rollups", "reports, 50 million")
ARCHIVED_BYTES = Measured(33, "bytes an event takes in the archive, as Parquet", "the archive, 100,000 events")
TAKING_US = Measured(344, "µs of processor, web and PostgreSQL, for an event that comes alone", "ingest, 0.9.0")
COUNTING_US = Measured(19, "µs of processor to count an event of a day that changed", "reports, 10 million")
CLICKHOUSE_RAW_BYTES = Measured(126, "bytes of disk a raw event takes in ClickHouse", "warehouse, a million")
CLICKHOUSE_COUNTED_BYTES = Measured(91, "bytes an event takes there in visits and rollups", "warehouse, a million")
COPYING_US = Measured(137, "µs of processor to copy an event there, 110 of them PostgreSQL's", "warehouse, a million")
SHOPPING_CALLS = Measured(356, "answers a second of the shop's API that fill two cores", "shop, 0.7.0")
SHOPPER_CALLS = Measured(189, "answers a second that 500 shoppers ask for", "shop, 0.8.0")
MEASURED = (
    *(RAW_BYTES, COUNTED_BYTES, ARCHIVED_BYTES, TAKING_US, COUNTING_US, SHOPPING_CALLS, SHOPPER_CALLS),
    *(CLICKHOUSE_RAW_BYTES, CLICKHOUSE_COUNTED_BYTES, COPYING_US),
)

MOST_MEASURED = 50_000_000  # events in one database
PEAK = 5  # times the mean, in a busy hour
LOADED = 0.5  # of a core: beyond that people wait in a busy minute
HOT_MONTHS = 13
LEAST_MONTHS = 2  # of raw events with EVENT_RETENTION_MONTHS=1: this one and the last


@dataclass(frozen=True, slots=True)
class Size:
    """What a number of events a month needs: events a second in a busy hour, cores for taking them, minutes until
    reports have them with half a core for counting, and GB of disk and archive after so many years. With ClickHouse
    PostgreSQL may keep raw events for LEAST_MONTHS: what its disk then holds, and ClickHouse's with HOT_MONTHS of all.
    """

    monthly: int
    peak_a_second: float
    cores: float
    fresh_minutes: int
    disk_gb: float
    archive_gb: float
    beside_clickhouse_gb: float
    clickhouse_gb: float

    @property
    def is_measured(self) -> bool:
        """Say whether a database with a month of it was measured."""
        return self.monthly * HOT_MONTHS <= MOST_MEASURED


def size_of(monthly: int) -> Size:
    """Return what so many events a month need; the disk holds HOT_MONTHS of raw events, the archive a year."""
    peak = monthly / SECONDS_A_MONTH * PEAK
    counting = monthly / DAYS_A_MONTH * COUNTING_US.value / 1e6 / LOADED  # seconds, each time a day is counted again
    return Size(
        monthly=monthly,
        peak_a_second=peak,
        cores=peak * TAKING_US.value / 1e6 / LOADED,
        fresh_minutes=max(1, math.ceil(counting / 60)),
        disk_gb=monthly * HOT_MONTHS * (RAW_BYTES.value + COUNTED_BYTES.value) / GIGABYTE,
        archive_gb=monthly * 12 * ARCHIVED_BYTES.value / GIGABYTE,
        beside_clickhouse_gb=monthly * (LEAST_MONTHS * RAW_BYTES.value + HOT_MONTHS * COUNTED_BYTES.value) / GIGABYTE,
        clickhouse_gb=monthly * HOT_MONTHS * (CLICKHOUSE_RAW_BYTES.value + CLICKHOUSE_COUNTED_BYTES.value) / GIGABYTE,
    )


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine to rent, with what it takes and about what it costs in US dollars a month."""

    text: str
    dollars: str
    most_monthly: int


# Prices are what such machines cost at the cheaper European and American providers in 2026; the large clouds ask two to
# four times as much.
MACHINES = (
    Machine("2 cores, 4 GB, 80 GB of SSD: everything on it", "10 to 25", 2_000_000),
    Machine("4 cores, 16 GB, 250 GB of NVMe: everything on it", "30 to 80", 10_000_000),
    Machine("8 cores, 32 GB, 1 TB of NVMe: everything on it", "80 to 200", 50_000_000),
    Machine("16 cores, 128 GB, 4 TB of NVMe for PostgreSQL; two of 4 cores for the rest", "400 to 900", 200_000_000),
)
VOLUMES = (1_000_000, 5_000_000, 10_000_000, 50_000_000, 200_000_000, 1_000_000_000, 10_000_000_000)


def machine_for(monthly: int) -> Machine | None:
    """Return the smallest machine that takes so many; None beyond what one PostgreSQL should be asked."""
    return next((each for each in MACHINES if monthly <= each.most_monthly), None)
