"""Whether traces are sent, where to and how many, as the settings say. Imports nothing of OpenTelemetry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

# As the group `tracing` of pyproject.toml, which stands in no container.
PACKAGES = ("opentelemetry-sdk>=1.45,<2", "opentelemetry-exporter-otlp-proto-http>=1.45,<2")
INSTALL = f"pip install {' '.join(repr(each) for each in PACKAGES)}"
NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where traces go, as what and how many. `ratio` is the share of requests, from 0 to 1; no `url`: none."""

    url: str = ""
    headers: Mapping[str, str] | None = None
    service: str = "zuka"
    release: str = ""
    ratio: float = 1.0

    @property
    def is_on(self) -> bool:
        """Say whether traces are to be sent and can be."""
        return bool(self.url) and is_installed()


def read_choices(values: Mapping[str, Any]) -> Tracing:
    """Return what the settings say of traces."""
    return Tracing(
        url=values["TRACES_URL"],
        headers=values["TRACES_HEADERS"],
        service=values["TRACES_SERVICE"],
        release=values["TRACES_RELEASE"],
        ratio=values["TRACES_RATIO"],
    )


def is_installed() -> bool:
    """Say whether the packages of the group `tracing` are there."""
    try:
        return all(find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:  # one that would hold it is not there
        return False


def tracing_middleware(choices: Tracing) -> list[str]:
    """Return the middleware that begins traces: none where none are sent."""
    return ["zuka.platform.tracing.middleware.TracingMiddleware"] if choices.is_on else []
