"""How the API is used: by route and hour, by key, by who is signed in, and request by request."""

from __future__ import annotations

from analytics.registry.reports.behind import ONE_BY_ONE
from analytics.registry.reports.forms import Basis, Behind, Chart, Column, Parameter, Report, Unit

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER")
METHOD = Parameter("method", "Method", (("", "All"), *((name, name) for name in METHODS)))
ENDPOINT = Parameter("endpoint", "Route")
OUTCOMES = (
    ("", "All"),
    ("answered", "Answered"),
    ("client", "Client's errors (4xx)"),
    ("limited", "Over a limit (429)"),
    ("server", "Our errors (5xx)"),
    ("cached", "From the cache"),
)
DOORS = "The tracking doors are counted by Ingest health instead."


def requests_of(outcome: str, *given: tuple[str, str]) -> Behind:
    """Return the requests behind a figure. They are kept for API_USAGE_DAYS, and counted a few minutes later."""
    # Without a key or a person there are more requests than those of all keys or people together.
    whole = None if {BY_KEY, BY_PERSON} & {*given} else ()
    return Behind("api_requests", (("outcome", outcome),) if outcome else (), given, is_exact=False, whole=whole)


def counts(*given: tuple[str, str]) -> tuple[Column, ...]:
    """Return the columns of what became of requests."""
    return (
        Column("client_errors", "Client's errors", Unit.COUNT, "4xx.", sums=True, behind=requests_of("client", *given)),
        Column(
            "server_errors",
            "Our errors",
            Unit.COUNT,
            "5xx.",
            sums=True,
            lower_is_better=True,
            behind=requests_of("server", *given),
        ),
    )


ROUTE = (("endpoint", "endpoint"), ("method", "method"))
HOUR_NOTE = "Each row counts requests of one hour; API performance leads to the requests themselves."
TIMES = "Milliseconds until the answer began."
BY_KEY, BY_PERSON = ("key", "key"), ("person", "person")

REPORTS = (
    Report(
        id="api_performance",
        title="API performance",
        question="Which routes of the API are used, how fast do they answer, and what fails?",
        group="Platform",
        icon="speed",
        basis=Basis.RECORDS,
        columns=(
            Column("endpoint", "Route", Unit.TEXT, f"Hour by hour. {DOORS}", link=("api_hours", "endpoint")),
            Column("method", "Method", Unit.TEXT),
            Column("requests", "Requests", Unit.COUNT, sums=True, behind=requests_of("", *ROUTE)),
            Column("mean_ms", "Mean, ms", Unit.DECIMAL, TIMES, lower_is_better=True, behind=requests_of("", *ROUTE)),
            Column(
                "worst_p95_ms",
                "95 of 100 within, ms",
                Unit.DECIMAL,
                "In the slowest hour: percentiles have no mean. Of an hour with few requests it is the slowest one.",
                lower_is_better=True,
                behind=requests_of("", *ROUTE),
            ),
            Column(
                "worst_p99_ms",
                "99 of 100 within, ms",
                Unit.DECIMAL,
                "In the slowest hour.",
                lower_is_better=True,
                behind=requests_of("", *ROUTE),
            ),
            *counts(*ROUTE),
            Column(
                "error_share",
                "Our errors, share",
                Unit.PERCENT,
                "5xx ÷ requests.",
                lower_is_better=True,
                parts=("server_errors", "requests"),
            ),
            Column("cache_share", "Cached, share", Unit.PERCENT, parts=("cache_hits", "requests")),
            Column(
                "cache_hits",
                "From the cache",
                Unit.COUNT,
                "The answer was kept from an earlier request, or the caller had it already (304).",
                sums=True,
                behind=requests_of("cached", *ROUTE),
            ),
            Column(
                "answered", "Answered", Unit.COUNT, "2xx and 3xx.", sums=True, behind=requests_of("answered", *ROUTE)
            ),
        ),
        chart=Chart("stacked", "bucket", ("answered", "client_errors", "server_errors")),
        has_totals=True,
        has_series=True,
        rollups=("api_hours",),
        empty="No request to the API on these days, or API_USAGE_DAYS is 0. They are counted every five minutes.",
    ),
    Report(
        id="api_hours",
        title="API performance by hour",
        question="When was a route slow, and for how many?",
        group="Platform",
        icon="timeline",
        basis=Basis.RECORDS,
        no_rows=HOUR_NOTE,
        columns=(
            Column("hour", "Hour", Unit.MOMENT, "From then on."),
            Column("endpoint", "Route", Unit.TEXT, link=("api_hours", "endpoint")),
            Column("method", "Method", Unit.TEXT),
            Column("requests", "Requests", Unit.COUNT, sums=True),
            Column("p50_ms", "Half within, ms", Unit.DECIMAL, TIMES, lower_is_better=True),
            Column("p95_ms", "95 of 100 within, ms", Unit.DECIMAL, TIMES, lower_is_better=True),
            Column("p99_ms", "99 of 100 within, ms", Unit.DECIMAL, TIMES, lower_is_better=True),
            Column("mean_ms", "Mean, ms", Unit.DECIMAL, TIMES, lower_is_better=True),
            Column("client_errors", "Client's errors", Unit.COUNT, "4xx.", sums=True),
            Column("server_errors", "Our errors", Unit.COUNT, "5xx.", sums=True, lower_is_better=True),
            Column("cache_hits", "From the cache", Unit.COUNT, sums=True),
        ),
        parameters=(ENDPOINT, METHOD),
        chart=Chart("line", "bucket", ("p95_ms", "p99_ms")),
        has_series=True,
        rollups=("api_hours",),
        empty="No request to the API on these days.",
    ),
    Report(
        id="api_keys",
        title="API use by key",
        question="Which programs use the API, how much, and what do they get?",
        group="Platform",
        icon="key",
        basis=Basis.RECORDS,
        columns=(
            Column("name", "Key", Unit.TEXT, "Secret keys; what customers' apps ask for has none."),
            Column("requests", "Requests", Unit.COUNT, sums=True, behind=requests_of("", BY_KEY)),
            Column("endpoints", "Routes", Unit.COUNT, "Different ones.", behind=requests_of("", BY_KEY)),
            *counts(BY_KEY),
            Column("limited", "Over a limit", Unit.COUNT, "429.", sums=True, behind=requests_of("limited", BY_KEY)),
            Column("cache_share", "Cached, share", Unit.PERCENT, behind=requests_of("cached", BY_KEY)),
            Column("mean_ms", "Mean, ms", Unit.DECIMAL, TIMES, lower_is_better=True, behind=requests_of("", BY_KEY)),
            Column(
                *("p95_ms", "95 of 100 within, ms", Unit.DECIMAL, TIMES),
                lower_is_better=True,
                behind=requests_of("", BY_KEY),
            ),
            Column("last_at", "Last request", Unit.MOMENT),
            Column("key", "Id", Unit.TEXT, "Its requests.", link=("api_requests", "key"), shown="Requests"),
        ),
        empty="No secret key asked for anything on these days. Requests are kept for API_USAGE_DAYS.",
    ),
    Report(
        id="api_users",
        title="API use by user",
        question="Who uses the API most while signed in?",
        group="Platform",
        icon="person_search",
        basis=Basis.RECORDS,
        columns=(
            Column("name", "Name", Unit.TEXT, "Empty for accounts that are closed.", personal=True),
            Column("requests", "Requests", Unit.COUNT, sums=True, behind=requests_of("", BY_PERSON)),
            Column("endpoints", "Routes", Unit.COUNT, "Different ones.", behind=requests_of("", BY_PERSON)),
            *counts(BY_PERSON),
            Column("mean_ms", "Mean, ms", Unit.DECIMAL, TIMES, lower_is_better=True, behind=requests_of("", BY_PERSON)),
            Column(
                *("p95_ms", "95 of 100 within, ms", Unit.DECIMAL, TIMES),
                lower_is_better=True,
                behind=requests_of("", BY_PERSON),
            ),
            Column("last_at", "Last request", Unit.MOMENT),
            Column("person", "Who", Unit.TEXT, "Their requests.", link=("api_requests", "person"), shown="Requests"),
        ),
        permission="commerce.view_user",
        empty="Nobody who was signed in asked for anything on these days. Requests are kept for API_USAGE_DAYS.",
    ),
    Report(
        id="api_requests",
        title="Requests to the API",
        question="What was asked of the API, request by request?",
        group="Platform",
        icon="list_alt",
        basis=Basis.RECORDS,
        no_rows=ONE_BY_ONE,
        columns=(
            Column("created_at", "When", Unit.MOMENT),
            Column("endpoint", "Route", Unit.TEXT, DOORS, link=("api_requests", "endpoint")),
            Column("method", "Method", Unit.TEXT),
            Column("status", "Status", Unit.TEXT),
            Column("ms", "Took, ms", Unit.DECIMAL, TIMES),
            Column("cached", "Cached", Unit.TEXT),
            Column("request_bytes", "Sent, bytes", Unit.COUNT),
            Column("response_bytes", "Answered, bytes", Unit.COUNT, "Empty for what was streamed."),
            Column("key_name", "Key", Unit.TEXT),
            Column("name", "Name", Unit.TEXT, "Of who was signed in.", personal=True),
            Column(
                *("person", "Who", Unit.TEXT, "Their requests."),
                link=("api_requests", "person"),
                shown="Requests",
                personal=True,
            ),
            Column("country", "Country", Unit.TEXT, "By GEOIP_PATH."),
            Column("id", "Row", Unit.TEXT),
        ),
        parameters=(
            ENDPOINT,
            METHOD,
            Parameter("outcome", "Outcome", OUTCOMES),
            Parameter("key", "Key's id"),
            Parameter("person", "Who", in_form=False),
        ),
        pages=True,
        empty="No such request in this period. Requests are kept for API_USAGE_DAYS.",
    ),
)
