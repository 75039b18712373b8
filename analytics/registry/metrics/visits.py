"""Who came, how, and what came of it."""

from __future__ import annotations

from functools import partial

from analytics.registry.metrics.forms import Facts, Metric
from analytics.registry.reports.forms import Basis, Unit

VISITS = ("sessions", "sources", "landings")
of_visits = partial(Metric, group="Visits", basis=Basis.EVENTS, facts=Facts.CLIENT)
of_all = partial(of_visits, sources=VISITS)
sold = partial(of_all, basis=Basis.BOTH, facts=Facts.SERVER)
of_events = partial(Metric, group="Events", basis=Basis.EVENTS, facts=Facts.EITHER)

METRICS = (
    of_visits(
        id="visitors",
        label="Visitors",
        unit=Unit.COUNT,
        formula="Different people with at least one event that is no bot's: the user where known, else the visitor.",
        sources=("visitors",),
        distinct="person_key",
        columns=("overview.visitors",),
    ),
    of_all(
        id="sessions",
        label="Visits",
        unit=Unit.COUNT,
        formula="Visits by the day they began; 30 idle minutes or a new campaign end one.",
        adds=("sessions",),
        columns=("overview.sessions", "sessions.sessions", "devices.sessions", "landing_pages.sessions"),
    ),
    of_all(
        id="bounces",
        label="Bounces",
        unit=Unit.COUNT,
        formula="Visits of one page and nothing else.",
        adds=("bounces",),
        lower_is_better=True,
    ),
    of_all(
        id="bounce_rate",
        label="Bounce rate",
        unit=Unit.PERCENT,
        formula="Visits of one page and nothing else ÷ visits.",
        over=("bounces", "sessions"),
        columns=("overview.bounce_rate", "sessions.bounce_rate", "devices.bounce_rate"),
        lower_is_better=True,
    ),
    of_visits(
        id="page_views",
        label="Pages seen",
        unit=Unit.COUNT,
        formula="Pages and screens shown in visits.",
        sources=("sessions", "landings"),
        adds=("page_views",),
    ),
    of_visits(
        id="pages_a_visit",
        label="Pages a visit",
        unit=Unit.DECIMAL,
        formula="Pages seen ÷ visits.",
        sources=("sessions", "landings"),
        over=("page_views", "sessions"),
        columns=("sessions.pages", "devices.pages"),
    ),
    of_visits(
        id="visit_seconds",
        label="Time in visits",
        unit=Unit.DURATION,
        formula="Seconds from the first to the last event of each visit.",
        sources=("sessions",),
        adds=("seconds",),
    ),
    of_visits(
        id="visit_length",
        label="Length of a visit",
        unit=Unit.DURATION,
        formula="Time in visits ÷ visits.",
        sources=("sessions",),
        over=("visit_seconds", "sessions"),
        columns=("sessions.duration", "devices.duration"),
    ),
    of_visits(
        id="carted_visits",
        label="Visits with a cart",
        unit=Unit.COUNT,
        formula="Visits in which something was put in the cart.",
        sources=("sources",),
        adds=("carted",),
        columns=("campaigns.carted", "referrers.carted"),
    ),
    sold(
        id="converted",
        label="Visits with an order",
        unit=Unit.COUNT,
        formula="Visits in which an order was placed that the ledger counts.",
        adds=("converted",),
    ),
    sold(
        id="conversion",
        label="Conversion",
        unit=Unit.PERCENT,
        formula="Visits with an order ÷ visits.",
        over=("converted", "sessions"),
        columns=("overview.conversion", "sessions.conversion", "devices.conversion", "campaigns.conversion"),
    ),
    sold(
        id="visit_orders",
        label="Orders of visits",
        unit=Unit.COUNT,
        formula="Orders placed in visits, by the day the visit began.",
        adds=("orders",),
        columns=("sessions.orders", "devices.orders", "campaigns.orders"),
    ),
    sold(
        id="visit_value",
        label="Ordered value of visits",
        unit=Unit.MONEY,
        formula="Totals of the orders placed in visits, by the day the visit began.",
        adds=("value_kobo",),
        columns=("sessions.value_kobo", "devices.value_kobo", "campaigns.value_kobo"),
    ),
    Metric(
        id="signups",
        label="Sign-ups",
        group="Visits",
        unit=Unit.COUNT,
        formula="Accounts made; a person counts once a day, by the shop's own word where there is one.",
        basis=Basis.EVENTS,
        facts=Facts.EITHER,
        sources=("signups",),
        adds=("signups",),
        columns=("overview.signups", "signups.signups", "signup_sources.signups"),
    ),
    of_events(
        id="events",
        label="Events",
        unit=Unit.COUNT,
        formula="Events that are no bot's.",
        sources=("events",),
        adds=("events",),
        columns=("event_counts.events", "top_events.events"),
    ),
    of_events(
        id="claimed_events",
        label="Claimed events",
        unit=Unit.COUNT,
        formula="Events that are a client's word on what the shop knows itself.",
        sources=("events",),
        adds=("claimed",),
        columns=("event_counts.claimed", "top_events.claimed"),
    ),
    of_events(
        id="facts",
        label="Done in the shop",
        unit=Unit.COUNT,
        formula="What the shop knows was done: orders, cart changes, checkouts, sign-ups, sign-ins and reviews.",
        facts=Facts.SERVER,
        sources=("claims",),
        adds=("facts",),
        columns=("tracked_and_actual.facts",),
    ),
    of_events(
        id="matched_facts",
        label="Of it, tracked",
        unit=Unit.COUNT,
        formula="What the shop knows was done and a browser or app told of as well.",
        sources=("claims",),
        adds=("matched",),
        columns=("tracked_and_actual.matched",),
    ),
    of_events(
        id="tracked_share",
        label="Tracked share",
        unit=Unit.PERCENT,
        formula="Of it, tracked ÷ done in the shop: what ad blockers and faults leave over.",
        sources=("claims",),
        over=("matched_facts", "facts"),
        columns=("tracked_and_actual.seen",),
    ),
)
