"""`/metrics`: figures in Prometheus' text format, for who has the token or is a program on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from zuka.platform.errors import error_answer
from zuka.platform.metrics.declared import Figure, Kind, declared_figures

log = structlog.get_logger(__name__)
# What a proxy on this machine adds: then the caller is somebody else.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
FAILED = "zuka_metrics_failed"
FAILED_TEXT = "1 for each figure that could not be read now."


class FigureCollector:
    """The declared figures, in the form that prometheus_client asks for."""

    def collect(self) -> Iterator[Any]:
        """Yield every figure that can be read, and the names of those that cannot."""
        from prometheus_client.core import GaugeMetricFamily  # not needed by who is never asked

        failed = GaugeMetricFamily(FAILED, FAILED_TEXT, labels=["figure"])
        for figure in declared_figures():
            try:
                yield family_of(figure)
            except Exception as error:  # noqa: BLE001 - one source that is away must not hide the others; it is told
                log.warning("metrics.unread", figure=figure.name, error=type(error).__name__)
                failed.add_metric([figure.name], 1)
        yield failed


def family_of(figure: Figure) -> Any:
    """Return a figure with its values."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # as above

    make = CounterMetricFamily if figure.kind is Kind.COUNTER else GaugeMetricFamily
    family = make(figure.name, figure.text, labels=figure.labels)
    for labels, value in figure.read():
        family.add_metric(labels, value)
    return family


def may_read(request: HttpRequest) -> bool:
    """Say whether a caller may read metrics: who has the token, or without one a program on this machine."""
    meta = request.META
    if settings.METRICS_TOKEN:
        scheme, _, token = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    try:
        is_here = ip_address(meta.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False  # a socket file says nothing of who calls
    return is_here and not any(meta.get(name) for name in FORWARDED)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer what Prometheus asks for."""
    if not may_read(request):
        message = "Send METRICS_TOKEN as Authorization: Bearer; without one, only this machine may read metrics."
        return error_answer(status=403, code="permission_denied", message=message)
    from zuka.platform.metrics.counting import collect_counted  # Prometheus' library is loaded when it is asked

    registry = make_registry()
    collect_counted(registry)
    registry.register(FigureCollector())
    return HttpResponse(write(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def make_registry() -> Any:
    """Return an empty registry; prometheus_client must have learnt of the folder of counts before."""
    from zuka.platform.metrics.counting import use_folder  # as above

    use_folder()
    from prometheus_client import CollectorRegistry  # it reads the folder when it is imported

    return CollectorRegistry()


def write(registry: Any) -> bytes:
    """Return a registry in Prometheus' text format."""
    from prometheus_client import generate_latest  # as above

    return bytes(generate_latest(registry))
