"""Who visited, from where, and how far they came."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import BOUNCED, ONE_BY_ONE, ORDERED, SOLD, VISITS, adding, of
from analytics.registry.reports.behind import CARTED as CARTED_VISITS
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

GROUP, ACQUISITION = "Behaviour", "Acquisition"
SESSIONS = Column(
    "sessions", "Visits", Unit.COUNT, "What somebody did without a pause of half an hour.", sums=True, behind=VISITS
)
BOUNCE_RATE = Column(
    "bounce_rate",
    "Bounce rate",
    Unit.PERCENT,
    "Visits of one page at most, without a search, a cart, an order, a sign-in or a review.",
    lower_is_better=True,
    behind=BOUNCED,
    parts=("sessions",),
)
CONVERSION = Column(
    "conversion",
    "Conversion",
    Unit.PERCENT,
    "Visits with an order ÷ visits; empty without visits.",
    behind=ORDERED,
    parts=("sessions",),
)
PAGES = Column("pages", "Pages a visit", Unit.DECIMAL, "Pages and screens seen ÷ visits.", parts=("sessions",))
SALES = (
    Column(
        "orders", "Orders", Unit.COUNT, "Orders placed during these visits.", sums=True, behind=adding(SOLD, "orders")
    ),
    Column(
        "value_kobo",
        "Ordered value",
        Unit.MONEY,
        "Totals of those orders.",
        sums=True,
        behind=adding(SOLD, "value_kobo"),
    ),
)
MEASURES = (
    SESSIONS,
    BOUNCE_RATE,
    PAGES,
    Column("duration", "Average length", Unit.DURATION, "From the first event to the last.", parts=("sessions",)),
    CONVERSION,
    *SALES,
)
CARTED = Column(
    "carted",
    "With a cart",
    Unit.COUNT,
    "Visits in which something was put in the cart.",
    sums=True,
    behind=CARTED_VISITS,
)
CAMPAIGN_LEVELS = (
    ("campaign", "Campaign"),
    ("source", "Source"),
    ("medium", "Medium"),
    ("all", "Source, medium and campaign"),
)
SOURCED = (SESSIONS, BOUNCE_RATE, CARTED, CONVERSION, *SALES)

STEPS = ("Viewed a product", "Added to the cart", "Began the checkout", "Placed an order")  # as funnel.sql says
REACHED = replace(VISITS, given=(("reached", "step"), ("{by}", "label")), whole=None)


def told_by(name: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns whose rows are asked for by the label of theirs, as the parameter of a name."""
    return tuple(replace(each, behind=of(each.behind, (name, "label"))) if each.behind else each for each in columns)


REPORTS = (
    Report(
        id="sessions",
        title="Visits by day",
        question="How many visits were there each day, and how good were they?",
        group=GROUP,
        icon="directions_walk",
        basis=Basis.BOTH,
        columns=(Column("day", "Day", Unit.DAY), *MEASURES),
        chart=Chart("bar", "day", ("sessions",)),
        has_totals=True,
        rollups=("sessions",),
    ),
    Report(
        id="devices",
        title="Visits by device",
        question="On what do people visit the shop, and where does it sell?",
        group=GROUP,
        icon="devices",
        basis=Basis.BOTH,
        columns=(Column("label", "Group", Unit.TEXT), *told_by("{by}", MEASURES)),
        parameters=(
            Parameter(
                "by",
                "Group by",
                (("platform", "Platform"), ("device", "Device"), ("country", "Country")),
                "platform",
            ),
        ),
        chart=Chart("bar", "label", ("sessions",)),
        has_totals=True,
        rollups=("sessions",),
    ),
    Report(
        id="landing_pages",
        title="Landing pages",
        question="Where do visits begin, and which beginnings sell?",
        group=ACQUISITION,
        icon="flight_land",
        basis=Basis.BOTH,
        columns=(
            Column("label", "First page", Unit.TEXT, link=("session_list", "landing")),
            *told_by("landing", (SESSIONS, BOUNCE_RATE, PAGES, CONVERSION, *SALES)),
        ),
        chart=Chart("bar", "label", ("sessions",)),
        has_totals=True,
        rollups=("landings",),
    ),
    Report(
        id="referrers",
        title="Referrers",
        question="Which sites send visitors?",
        group=ACQUISITION,
        icon="link",
        basis=Basis.BOTH,
        columns=(
            Column("label", "Came from", Unit.TEXT, "The site of the page before.", link=("session_list", "referrer")),
            *told_by("referrer", SOURCED),
        ),
        chart=Chart("bar", "label", ("sessions",)),
        has_totals=True,
        rollups=("sources",),
    ),
    Report(
        id="funnel",
        title="Funnel",
        question="Where do visits end on the way from a product to an order?",
        group=GROUP,
        icon="filter_alt",
        basis=Basis.BOTH,
        columns=(
            Column("label", "Group", Unit.TEXT),
            Column("step", "Step", Unit.TEXT, "Each after the one before, in the same visit."),
            Column("sessions", "Visits", Unit.COUNT, "Visits that came this far.", behind=REACHED),
            Column("of_first", "Of the first step", Unit.PERCENT, parts=("sessions",)),
            Column("of_before", "Of the step before", Unit.PERCENT, parts=("sessions",)),
            Column(
                "lost", "Lost", Unit.COUNT, "Visits that reached the step before and not this one.", parts=("sessions",)
            ),
        ),
        parameters=(
            Parameter(
                "by", "Group by", (("nothing", "Nothing"), ("platform", "Platform"), ("device", "Device")), "nothing"
            ),
        ),
        chart=Chart("funnel", "step", ("sessions",)),
        has_series=True,
        has_totals=True,
        rollups=("sessions",),
    ),
    Report(
        id="session_list",
        title="Every visit",
        question="Who visited, and what came of it?",
        group=GROUP,
        icon="footprint",
        basis=Basis.BOTH,
        columns=(
            Column("started_at", "When", Unit.MOMENT),
            Column("id", "Path", Unit.TEXT, link=("session_path", "visit"), shown="See path"),
            Column(
                "customer",
                "Customer",
                Unit.TEXT,
                "Where the visitor has an account and signed in, now or later.",
                personal=True,
            ),
            Column("outcome", "Outcome", Unit.TEXT, "How far the visit came, in whatever order."),
            Column("order_ref", "Order", Unit.TEXT, link=("recent_events", "order"), of_orders=True),
            Column("value_kobo", "Ordered value", Unit.MONEY, currency_from="currency"),
            Column("campaign", "Campaign", Unit.TEXT, link=("session_list", "campaign")),
            Column("referrer", "Came from", Unit.TEXT, link=("session_list", "referrer")),
            Column("entry_page", "First page", Unit.TEXT, link=("session_list", "landing")),
            Column("page_views", "Pages", Unit.COUNT),
            Column("duration", "Length", Unit.DURATION),
            Column("exit_page", "Last page", Unit.TEXT),
            Column("device", "Device", Unit.TEXT),
            Column(
                "person",
                "Who",
                Unit.TEXT,
                "The user where known, else the visitor; leads to all their visits.",
                link=("session_list", "person"),
            ),
            Column("orders", "Orders", Unit.COUNT, "Placed during the visit."),
            Column("currency", "Currency", Unit.TEXT),
        ),
        parameters=(
            Parameter(
                "outcome",
                "Outcome",
                (
                    ("all", "All"),
                    ("bounced", "Bounced"),
                    ("cart", "Filled a cart"),
                    ("checkout", "Began a checkout"),
                    ("ordered", "Ordered"),
                    ("sold", "Ordered in this currency"),
                ),
                "all",
            ),
            Parameter("person", "Who"),
            Parameter("landing", "First page"),
            Parameter("referrer", "Came from"),
            Parameter("campaign", "Campaign"),
            Parameter("by", "Campaign means", CAMPAIGN_LEVELS, "all"),
            Parameter("order", "Order", of_orders=True),
            Parameter("platform", "Platform"),
            Parameter("device", "Device"),
            Parameter("country", "Country"),
            Parameter("reached", "Came to", (("", "Does not matter"), *((step, step) for step in STEPS))),
        ),
        pages=True,
        rollups=("sessions",),
    ),
    Report(
        id="session_path",
        title="Path of a visit",
        question="What did somebody do during one visit, step by step?",
        group=GROUP,
        icon="route",
        basis=Basis.EVENTS,
        columns=(
            Column("occurred_at", "When", Unit.MOMENT),
            Column("event_type", "Event", Unit.TEXT, link=("recent_events", "type")),
            Column("said_by", "Said by", Unit.TEXT, "The shop itself, or a client of it."),
            Column("page", "Page", Unit.TEXT),
            Column("product", "Product", Unit.TEXT),
            Column("search_query", "Searched for", Unit.TEXT),
            Column("order_ref", "Order", Unit.TEXT, link=("recent_events", "order"), of_orders=True),
            Column("value_kobo", "Value", Unit.MONEY, currency_from="currency"),
            Column("currency", "Currency", Unit.TEXT),
            Column("campaign", "Campaign", Unit.TEXT),
            Column("user_id", "User", Unit.TEXT, link=("session_list", "person")),
        ),
        parameters=(Parameter("visit", "Visit"),),
        fixed_period="365d",
        no_rows=ONE_BY_ONE,
        in_menu=False,
        empty="There is no such visit. Choose one from the list of every visit.",
    ),
)
