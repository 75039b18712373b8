"""The page of docs on watching Zuka at work, made from what is declared."""

from __future__ import annotations

from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.metrics.counting import COUNTED, SECONDS
from zuka.platform.metrics.declared import declared_figures
from zuka.platform.metrics.serving import FAILED, FAILED_TEXT
from zuka.platform.queues.declared import NOW
from zuka.platform.queues.documents import queue_parts
from zuka.platform.replica.documents import replica_parts
from zuka.platform.tracing.documents import TRACES

SCRAPE = """```yaml
scrape_configs:
  - job_name: zuka
    authorization: {credentials: what METRICS_TOKEN says}
    static_configs: [{targets: ["zuka.example:443"]}]
    scheme: https
```"""
USEFUL = (
    (
        "Answers that are our errors",
        'sum(rate(zuka_http_requests_total{status=~"5.."}[5m])) / sum(rate(zuka_http_requests_total[5m]))',
    ),
    (
        "95 of 100 requests within, by route",
        "histogram_quantile(0.95, sum by (le, route) (rate(zuka_http_request_seconds_bucket[5m])))",
    ),
    ("A job that fails", "zuka_job_failures > 0"),
    ("Mails and payments wait for a worker", f'zuka_queue_tasks{{queue="{NOW}"}} > 20'),
    ("Events that wait on disk for PostgreSQL", "zuka_ingest_spool_bytes > 0"),
    (
        "Mails that wait for ten minutes",
        "time() - zuka_mail_oldest_timestamp_seconds > 600",
    ),
    ("The replica is away or far behind", "zuka_replica_near == 0"),
    ("PostgreSQL nearly full", "sum(zuka_database_connections) / zuka_database_connections_max > 0.8"),
)


def figure_rows() -> list[tuple[str, ...]]:
    """Return every figure of `/metrics`: its name, kind, labels and what it says."""
    counted = [(name, kind, labels, text) for name, kind, text, labels in COUNTED]
    declared = [(each.name, each.kind.value, each.labels, each.text) for each in declared_figures()]
    told = (FAILED, "gauge", ("figure",), FAILED_TEXT)
    return [
        (f"`{name}`", kind, ", ".join(f"`{label}`" for label in labels), text)
        for name, kind, labels, text in sorted([*counted, *declared, told])
    ]


def operations_page() -> str:
    """Return the page."""
    buckets = ", ".join(f"{each:g}" for each in SECONDS)
    return page(
        "Operations",
        "What a shop's operator looks at. In the back office, Platform has reports on requests, queries, tables, "
        "disk, counting and jobs; Jobs has each job's runs. `/healthz` and `/readyz` are for orchestrators.",
        "## Requests to the API",
        "Each request to `/api/` is recorded with its route (never its address), method, status, time until the answer "
        "began, sizes, key, user, country and whether it was answered from what was kept. It only waits in a queue of "
        "its process; one thread writes what waits, once a second. When the queue is full, requests are dropped "
        "and counted (`zuka_usage_dropped_total`), never held up. A process that is told to end writes what waits; one "
        "that is killed loses a second's at most. Rows are kept for `API_USAGE_DAYS`; counts and percentiles by hour, "
        "route and method for `API_HOURS_MONTHS`. Percentiles of hours cannot be added, so over days reports name the "
        "slowest hour.",
        "The tracking doors (`docs/doors.md`) are not recorded row by row: they take millions. What came in by them is "
        "counted by key and hour; see Ingest health.",
        "## Metrics",
        "`/metrics` speaks Prometheus' text format. With `METRICS_TOKEN` it asks for it as `Authorization: Bearer`; "
        "without one it answers only programs on the same machine that come without a proxy. A web server in front on "
        "the same machine should not pass `/metrics` on, or `METRICS_TOKEN` be set.",
        SCRAPE,
        "Requests are counted by each web process in a file of `METRICS_PATH`, and whichever is asked adds them up; "
        "the folder is emptied before a start (`up` does so). All other figures are read from the database and the "
        f"queue when somebody asks: once in 15 seconds is plenty. Buckets of seconds: {buckets}.",
        markdown_table(("Name", "Kind", "Labels", "What it says"), figure_rows()),
        "Worth an alert:",
        markdown_table(("What", "Query"), [(text, f"`{query}`") for text, query in USEFUL]),
        "## Errors",
        "With `ERRORS_DSN`, the DSN of a project at Sentry, GlitchTip or Bugsink, what the log calls an error is "
        "reported there by web, worker and beat: the kinds of the error and of what caused it, the lines of code they "
        "came through, the route or logger, and the request's id, which finds the log's line. Messages, variables, "
        "bodies, addresses and people are not sent. A process reports the same error once a minute, with how often it "
        "came (`times`), and thirty a minute in all; nobody waits for it, and a report that fails is a warning in the "
        "log.",
        *TRACES,
        "## Slow queries",
        "Platform, Slow queries reads `pg_stat_statements`: every statement with its calls, mean, longest, total and "
        "share of the time, those beyond 500 ms first and marked. An alert of the kind “A query takes longer than "
        "500 ms on average” tells by mail or webhook. The extension needs `shared_preload_libraries = "
        "'pg_stat_statements'`, a restart, and `CREATE EXTENSION pg_stat_statements;` once as a superuser.",
        "## Jobs",
        "Platform, Jobs lists what runs on a schedule: last run, how long it took, next run, failures in a row and the "
        "kind of the last error. A job's page draws its last sixty runs. Staff with the right to change jobs may pause "
        "one, or run it now. The last 500 runs of each are kept.",
        *queue_parts(),
        *replica_parts(),
    )


add_document("docs/operations.md", operations_page)
