"""The life of an installed app."""

from __future__ import annotations

from analytics.registry.types import EventType, Payload, Text


class App(Payload):
    """Which version, and from which one."""

    version: Text | None = None
    build: Text | None = None
    previous_version: Text | None = None


VERBS = (
    ("installed", ("Application Installed", "first_open", "application_install")),
    ("opened", ("Application Opened",)),
    ("updated", ("Application Updated", "app_update")),
    ("crashed", ("Application Crashed", "app_exception")),
)
TYPES = tuple(
    EventType(
        name=f"app.{verb}",
        text=f"The app was {verb}." if verb != "crashed" else "The app crashed.",
        payload=App,
        aliases=aliases,
        example={"version": "2.1.0"},
        broken={"version": {}},
    )
    for verb, aliases in VERBS
)
