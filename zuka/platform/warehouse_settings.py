"""The settings of ClickHouse, for who outgrows one PostgreSQL: rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import InvalidValue, Setting, one_of, text, whole

GROUP = "ClickHouse"
POSTGRESQL, BOTH, CLICKHOUSE = "postgresql", "both", "clickhouse"
EVENTS, ALL = "events", "all"


def clickhouse_url(raw: str) -> str:
    """`http://user:password@host:8123/database`, or `chdb:///folder`; empty means none."""
    if not raw or raw.startswith(("http://", "https://", "chdb://")):
        return raw
    raise InvalidValue("expected https://user:password@host:8443/database, or chdb:///folder in the process itself")


WAREHOUSE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "ANALYTICS_ENGINE",
        one_of(POSTGRESQL, BOTH, CLICKHOUSE),
        POSTGRESQL,
        "Where reports are read. `both`: events and counts are copied to CLICKHOUSE_URL as well, reports are read from "
        "PostgreSQL; `clickhouse`: reports are read from there, once `manage.py warehouse check` finds no difference.",
        GROUP,
    ),
    Setting(
        "CLICKHOUSE_URL",
        clickhouse_url,
        "",
        "https://user:password@host:8443/database of ClickHouse (percent-encode what is no letter in the password), or "
        "chdb:///folder for its engine inside the one process that may use it, for a try.",
        GROUP,
    ),
    Setting(
        "CLICKHOUSE_READS",
        one_of(EVENTS, ALL),
        EVENTS,
        "Which reports are read from ClickHouse. `events`: those that read as many rows as there were events, which it "
        "reads sooner the more there are; counts by day come from PostgreSQL within milliseconds. `all`: each that it "
        "can answer, so that PostgreSQL has less to do.",
        GROUP,
    ),
    Setting(
        "CLICKHOUSE_CLUSTER",
        text,
        "",
        "Name of the cluster whose shards and replicas hold the tables. Empty: one server.",
        GROUP,
    ),
    Setting(
        "CLICKHOUSE_COLD_MONTHS",
        whole,
        "0",
        "Months after which events move to the volume `cold` of ClickHouse's storage policy `tiered`, which the server "
        "must have. 0: they stay.",
        GROUP,
    ),
    Setting(
        "CLICKHOUSE_EVENT_MONTHS",
        whole,
        "0",
        "Months after which ClickHouse forgets raw events; what is counted of them stays. 0: never.",
        GROUP,
    ),
)
