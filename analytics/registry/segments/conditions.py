"""What somebody may be chosen by: each condition is one entry here and one SELECT of people in
`sql/segments/conditions/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from analytics.registry.channels import CHANNELS
from analytics.registry.events import EVENT_TYPES
from analytics.registry.funnels import OPERATORS, event_title
from analytics.registry.leads import NAMES
from analytics.registry.reports.customers import SEGMENTS as RFM_GROUPS

MOST_CONDITIONS = 10
MOST_VALUES = 20
LONGEST_VALUE = 120
LONGEST_DAYS = 1_100
LARGEST_NUMBER = 1_000_000
LARGEST_NAIRA = 1_000_000_000
MATCHES = {"all": "all of these", "any": "any of these"}


class Form(Enum):
    """What a field holds: one or some of its choices, a word or several, a whole number, an amount in the shop's
    currency, or an event's type.
    """

    CHOICE = "choice"
    SOME = "some"
    WORDS = "words"
    NUMBER = "number"
    MONEY = "money"
    EVENT = "event"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a condition. `most` is the largest number; what `may_be_empty` is left out where it is."""

    name: str
    title: str
    form: Form
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    least: int = 0
    most: int = LARGEST_NUMBER
    may_be_empty: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of condition. `words` says it with the values of its fields put in; the part in brackets is left out where
    its field is empty. `denied` says the opposite.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    words: str
    denied: str

    def field(self, name: str) -> Field | None:
        """Return the field of a name."""
        return next((each for each in self.fields if each.name == name), None)


# What a visit may be chosen by: its title, and the column that says it.
VISIT_COLUMNS: dict[str, tuple[str, str]] = {
    "channel": ("Channel", "touches.channel"),
    "source": ("Source", "visits.utm_source"),
    "medium": ("Medium", "visits.utm_medium"),
    "campaign": ("Campaign", "visits.utm_campaign"),
    "referrer": ("Came from", "visits.referrer_host"),
    "device": ("Device", "visits.device_type"),
    "platform": ("Platform", "visits.platform"),
    "country": ("Country", "visits.country"),
    "state": ("State", "visits.state"),
    "landing": ("First page", "visits.entry_page"),
}
GOODS_COLUMNS: dict[str, tuple[str, str]] = {
    "category": ("Category", "products.category"),
    "brand": ("Brand", "products.brand"),
    "product": ("Product reference", "lines.product_ref"),
}
SPANS = {"ever": "until now", "year": "in the last 365 days"}
SIDES = {"within": "within the last", "before": "more than … ago:"}


def titles(columns: dict[str, tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the choices that columns make."""
    return tuple((name, title) for name, (title, _) in columns.items())


def days(default: str = "30", *, longest: int = LONGEST_DAYS) -> Field:
    """Return the field of how many days back, today included."""
    return Field("days", "in the last … days", Form.NUMBER, default=default, least=1, most=longest)


TIMES = Field("times", "at least … times", Form.NUMBER, default="1", least=1)
PIECES = Field("pieces", "at least … pieces", Form.NUMBER, default="1", least=1)
VALUES = Field("values", "is", Form.WORDS, hint="One or several, with a bar between them: NG | GH")
SPAN = Field("span", "over", Form.CHOICE, tuple(SPANS.items()), "ever")
WHEN = Field("side", "when", Form.CHOICE, (("within", "within the last … days"), ("before", "longer ago")), "within")

CONDITIONS: dict[str, Kind] = {
    each.id: each
    for each in (
        Kind(
            "visited",
            "Visited",
            (Field("by", "by", Form.CHOICE, titles(VISIT_COLUMNS), "channel"), VALUES, TIMES, days()),
            "visited with {by} {values} at least {times} in the last {days}",
            "did not visit with {by} {values} {times} or more in the last {days}",
        ),
        Kind(
            "did",
            "Did something",
            (
                Field("event", "event", Form.EVENT, default="product.viewed"),
                Field(
                    "field",
                    "where",
                    Form.WORD,
                    hint="category, page_path, … or properties.<name>",
                    may_be_empty=True,
                ),
                Field("operator", "how", Form.CHOICE, tuple(OPERATORS.items()), "="),
                Field("value", "value", Form.WORD, may_be_empty=True),
                TIMES,
                days(longest=400),
            ),
            "did “{event}”[ where {field} {operator} “{value}”] at least {times} in the last {days}",
            "did not do “{event}”[ where {field} {operator} “{value}”] {times} or more in the last {days}",
        ),
        Kind(
            "bought",
            "Bought",
            (Field("by", "by", Form.CHOICE, titles(GOODS_COLUMNS), "category"), VALUES, PIECES, days("365")),
            "ordered at least {pieces} of {by} {values} in the last {days}",
            "did not order {pieces} or more of {by} {values} in the last {days}",
        ),
        Kind(
            "ordered",
            "Number of orders",
            (
                Field("least", "at least", Form.NUMBER, default="1", may_be_empty=True),
                Field("most", "at most", Form.NUMBER, may_be_empty=True),
                SPAN,
            ),
            "ordered[ {least} or more times][ {most} times at most] {span}",
            "did not order[ {least} or more times][ {most} times at most] {span}",
        ),
        Kind(
            "spent",
            "Amount paid",
            (
                Field("least", "at least", Form.MONEY, default="10000", may_be_empty=True, most=LARGEST_NAIRA),
                Field("most", "at most", Form.MONEY, may_be_empty=True, most=LARGEST_NAIRA),
                SPAN,
            ),
            "paid[ at least {least}][ at most {most}] {span}",
            "did not pay[ at least {least}][ at most {most}] {span}",
        ),
        Kind(
            "customer_since",
            "First order",
            (WHEN, days("90")),
            "first ordered {side} {days}",
            "did not first order {side} {days}",
        ),
        Kind(
            "last_ordered",
            "Last order",
            (WHEN, days("90")),
            "last ordered {side} {days}",
            "did not last order {side} {days}",
        ),
        Kind(
            "rfm",
            "RFM group",
            (Field("values", "is", Form.SOME, tuple(zip(RFM_GROUPS, RFM_GROUPS, strict=True))),),
            "is of the RFM group {values}",
            "is not of the RFM group {values}",
        ),
        Kind(
            "lead",
            "Lead score",
            (Field("values", "is", Form.SOME, tuple((name, name.capitalize()) for name in NAMES)),),
            "has the lead score {values}",
            "does not have the lead score {values}",
        ),
    )
}

EVENTS: tuple[tuple[str, str], ...] = tuple((name, event_title(name)) for name in EVENT_TYPES)
# Channels may be written as pages call them.
CHANNEL_NAMES = {title.lower(): name for name, title in CHANNELS.items()}
