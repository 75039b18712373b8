"""What the page on operations says of traces."""

from __future__ import annotations

from zuka.platform.tracing.choices import INSTALL

TRACES = (
    "## Traces",
    (
        "With `TRACES_URL` web, worker and streams send traces by OpenTelemetry (OTLP over HTTP, protobuf) to a "
        "collector, Jaeger, Tempo or a hosted service. The packages are optional; install them where Zuka runs: into "
        "the .venv of ./run.sh, or in an image made from Zuka's."
    ),
    (
        "```\n"
        f"{INSTALL}\n"
        "TRACES_URL=http://collector:4318/v1/traces\n"
        "# if the service asks for it\n"
        "TRACES_HEADERS=authorization=Bearer …\n"
        "```"
    ),
    (
        "A trace is a request, or a task that none caused, with its SQL statements, its calls to providers of "
        "payments, text messages and models, and the tasks that it queued. A request is named by its method and "
        "route, with its status and id (`zuka.request_id`, also in the log and in `X-Request-ID`); a statement by its "
        "text with the places of its values; a call by its host; a task by its name and id; an error by its kind. "
        "Addresses, values, bodies, headers, messages of errors and people are not sent. Constants that stand in our "
        "own statements are."
    ),
    (
        "Which requests are traced is decided once, by `TRACES_RATIO`, and their tasks with them; what a caller's "
        "`traceparent` says is not heeded, and none is sent to providers. Each statement of a traced request "
        "takes some 0.1 ms of processor time more, sending included; a busy shop does with 0.05. "
        "Without `TRACES_URL` nothing of this is loaded."
    ),
    (
        "Not traced: the tracking doors, which answer before Django, `/healthz` and `/readyz`, static files and "
        "pictures, statements that bypass Django (COPY, the writer of events) and what a streamed answer does after "
        "it has begun."
    ),
    (
        "Spans wait in their process, 2,048 at most, and are sent every two seconds by a thread. While the collector "
        "is away the oldest are dropped, the log says `traces.not_sent` once a minute, and nobody waits. A process "
        "that ends sends what waits, for three seconds at most."
    ),
)
