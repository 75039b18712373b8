"""What customers say to their pets, and what that is taken for."""

from __future__ import annotations

from dataclasses import dataclass

from pets.models import MessageKind


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing to say: its intent, the tool that is called for it, the kind of phrase and message of the answer."""

    intent: str
    tool: str
    phrase: str
    kind: MessageKind
    said: tuple[str, ...]


SEARCH = Topic(
    "search",
    "search_products",
    "found",
    MessageKind.PRODUCTS,
    ("show me {what}", "abeg wetin you get for {what}", "I am looking for {what}", "{what} under 30k", "find {what}"),
)
RECOMMEND = Topic(
    "recommend",
    "recommend",
    "recommended",
    MessageKind.PRODUCTS,
    ("what goes with this?", "surprise me", "something for a wedding", "wetin you fit recommend?"),
)
STATUS = Topic(
    "order_status",
    "order_status",
    "order",
    MessageKind.ORDER,
    ("where is my order?", "my parcel don reach?", "when will it come"),
)
POINTS = Topic("points", "points", "points", MessageKind.POINTS, ("how many points do I have?", "my points"))
COUPON = Topic(
    "suggest_coupon", "suggest_coupon", "coupon_none", MessageKind.TEXT, ("any coupon for me?", "discount dey?")
)
TASTE = Topic("remember", "remember_preference", "remembered", MessageKind.MEMORY, ("I like {what}", "remember {what}"))
THANKS = Topic("thank", "", "thanks", MessageKind.TEXT, ("thank you", "e se", "thanks a lot"))
PUZZLE = Topic(
    "unknown",
    "",
    "unknown",
    MessageKind.NOT_UNDERSTOOD,
    (
        "can you sew it to my size?",
        "do you have a shop in Surulere",
        "na wa o",
        "can I pay small small",
        "do you ship to London?",
        "is the boss around",
    ),
)
TOPICS: tuple[tuple[Topic, float], ...] = (
    (SEARCH, 38.0),
    (RECOMMEND, 22.0),
    (STATUS, 10.0),
    (POINTS, 5.0),
    (COUPON, 5.0),
    (TASTE, 4.0),
    (THANKS, 7.0),
    (PUZZLE, 9.0),
)
ADDING = ("add it to my cart", "put am for my cart", "I'll take it")
COLOURS = ("red", "indigo", "green", "black", "coral")
NAMES = ("Simba", "Bingo", "Ginger", "Kofi", "Jollof", "Suya", "Puff Puff", "Zobo", "Mango", "Biscuit")
PERSONAS = (("funny", 46.0), ("nonchalant", 22.0), ("grumpy", 18.0), ("rude", 14.0))
