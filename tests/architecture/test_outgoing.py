"""Who calls out: an address that a client names is never asked by our server."""

import ast

from tests.architecture.sources import place, python_files, tree

CALLING = {"httpx2", "httpx", "requests", "urllib.request", "http.client", "aiohttp", "ftplib", "openai", "anthropic"}
CALLING |= {
    "smtplib",
    "socket",
    "django.core.mail",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "pyarrow.fs",
    "clickhouse_connect",
}
# The providers' addresses are the operator's: settings, or the provider's own. Webhooks go to what staff named, and
# have their own guard (tests/platform/test_webhooks.py).
DOORS = {
    "analytics/lifecycle/archive/places.py",
    "analytics/warehouse/client.py",
    "commerce/payments/gateways/protocol.py",
    "pets/brains/llm/anthropic.py",
    "pets/brains/llm/openai.py",
    "pets/brains/llm/wire.py",
    "zuka/platform/sms/termii.py",
    "zuka/platform/error_reports/sending.py",
    "zuka/platform/mail/sending.py",
    "zuka/platform/tracing/exporting.py",
    "zuka/platform/webhooks.py",
}
# They look at sockets that clients opened, at calls that doors make, compose what sending sends, and read certificates.
NO_CALLS = {
    "zuka/platform/slow_clients.py",
    "zuka/platform/tracing/calls.py",
    "zuka/platform/mail/files.py",
    "zuka/platform/tls.py",
}


def imports(path):
    """Yield every module that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_only_doors_to_providers_call_out():
    files = python_files("zuka/platform", "zuka/shop", "analytics", "commerce", "pets")
    assert {place(path) for path in files if CALLING & set(imports(path))} - NO_CALLS == DOORS
