"""Pages, screens, sessions, experiments."""

from __future__ import annotations

from analytics.registry.types import Amount, EventType, Payload, Text


class Page(Payload):
    """A page or screen; what is missing is taken from the context."""

    name: Text | None = None
    category: Text | None = None
    path: Text | None = None
    url: Text | None = None
    title: Text | None = None
    referrer: Text | None = None


class Engagement(Page):
    """How long a page was looked at, in milliseconds."""

    engagement_time_msec: Amount | None = None


class Experiment(Payload):
    """Which variant of an experiment somebody saw."""

    experiment_id: Text | None = None
    experiment_name: Text | None = None
    variation_id: Text | None = None
    variation_name: Text | None = None


TYPES = (
    EventType(
        name="page.viewed",
        text="A page was shown.",
        payload=Page,
        aliases=("page", "Loaded a Page", "$pageview", "pageview", "page_view", "page_viewed"),
        example={"path": "/dresses", "title": "Dresses"},
        broken={"path": {"to": "/"}},
    ),
    EventType(
        name="page.left",
        text="A page was left.",
        payload=Engagement,
        aliases=("$pageleave", "page_leave"),
        example={"path": "/dresses", "engagement_time_msec": 5200},
        broken={"engagement_time_msec": "long"},
    ),
    EventType(
        name="page.pinged",
        text="A page is still being looked at.",
        payload=Engagement,
        aliases=("user_engagement", "page_ping", "engagement"),
        example={"engagement_time_msec": 10000},
        broken={"engagement_time_msec": []},
    ),
    EventType(
        name="screen.viewed",
        text="A screen of an app was shown.",
        payload=Page,
        aliases=("screen", "$screen", "screen_view"),
        example={"name": "Home"},
        broken={"name": 7},
    ),
    EventType(
        name="session.started",
        text="A client says that a session began.",
        payload=Page,
        aliases=("session_start", "first_visit"),
        example={},
        broken={"url": 1},
    ),
    EventType(
        name="experiment.viewed",
        text="A variant of an experiment was shown.",
        payload=Experiment,
        aliases=("Experiment Viewed", "$feature_flag_called", "experience_impression"),
        example={"experiment_id": "checkout-button", "variation_id": "green"},
        broken={"experiment_id": {}},
    ),
)
