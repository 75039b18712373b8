"""What the pet keeps of its person's taste, as it is told; and what their orders show of it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal

import msgspec

from commerce.orders.models import OrderLine
from pets.memory import clean, forget_said, in_words, learn_seen, remember, remembered
from pets.models import MessageKind, PreferenceKind
from pets.tools.forms import Arguments, Context, Data, Nothing, Outcome, Proposal, Tool

MOST_LINES = 30
WORD = re.compile(r"\w+")
# What somebody says who wants something forgotten.
FORGETTING = frozenset({"forget", "remove", "delete", "erase", "clear", "drop"})
Kind = Literal["size", "colour", "brand", "category", "price_min", "price_max", "like", "dislike"]
Value = Annotated[str, msgspec.Meta(max_length=100, description="A price is whole kobo: 2000000 is ₦20,000.")]


class Taste(Arguments):
    """What the person likes."""

    kind: Kind
    value: Value


class Gone(Arguments):
    """What to forget: of a kind, or of any; a value, or all."""

    kind: Kind | None = None
    value: Value = ""


def memory_json(context: Context) -> list[Data]:
    """Return what the pet remembers, each in words too."""
    return [
        {
            "id": each.pk,
            "kind": each.kind,
            "value": each.value,
            "source": each.source,
            "words": in_words(each.kind, each.value),
        }
        for each in remembered(context.pet.pk)
    ]


def remember_preference(context: Context, asked: Taste) -> Outcome:
    """Keep what the person said of their taste. Raises `BadPreference`."""
    kept = remember(pet=context.pet, kind=asked.kind, value=asked.value, at=context.at)
    return Outcome(MessageKind.MEMORY, {"what": in_words(kept.kind, kept.value), "memory": memory_json(context)})


def propose_remembering(context: Context, asked: Taste) -> Proposal | None:
    """Ask before something is remembered that the person's own words do not name. Raises `BadPreference`."""
    if context.told is None or names(context.told, asked.value):
        return None
    value = clean(asked.kind, asked.value)
    arguments = {"kind": asked.kind, "value": value}
    return Proposal(f"Shall I remember {in_words(asked.kind, value)}?", arguments, {})


def propose_forgetting(context: Context, asked: Gone) -> Proposal | None:
    """Ask before something is forgotten that the person's own words do not ask to forget."""
    if context.told is None or (FORGETTING & words_in(context.told) and names(context.told, asked.value)):
        return None
    kinds = PreferenceKind(asked.kind).label.lower() if asked.kind else "taste"
    what = f"{kinds} {asked.value.strip()}" if asked.value.strip() else f"all I know of your {kinds}"
    arguments = {"kind": asked.kind, "value": asked.value}
    return Proposal(f"Shall I forget {what}?", arguments, {})


def words_in(text: str) -> set[str]:
    """Return the words of a text, in small letters."""
    return set(WORD.findall(text.casefold()))


def names(told: str, value: str) -> bool:
    """Say whether somebody's own words name a value: all of its words, and there is one."""
    return bool(words := words_in(value)) and words <= words_in(told)


def forget_preference(context: Context, asked: Gone) -> Outcome:
    """Forget what the person names; nothing is no mistake."""
    gone = forget_said(pet_id=context.pet.pk, kind=asked.kind or "", value=asked.value)
    return Outcome(MessageKind.MEMORY, {"what": ", ".join(gone), "gone": gone, "memory": memory_json(context)})


def show_memory(context: Context, _asked: Nothing) -> Outcome:
    """Return what the pet remembers."""
    return Outcome(MessageKind.MEMORY, {"memory": memory_json(context)})


def learn_from_orders(context: Context) -> None:
    """Note what the person's last orders show of their taste: sizes, colours, brands. Two queries.

    What was ordered before they had everything forgotten is not looked at again.
    """
    lines = OrderLine.objects.filter(order__user=context.user, order__is_test=False).order_by("-id")
    if since := context.pet.learns_since:
        lines = lines.filter(order__placed_at__gt=since)
    counts: Counter[tuple[str, str]] = Counter()
    for snapshot in lines.values_list("product_snapshot", flat=True)[:MOST_LINES]:
        for kind in (PreferenceKind.SIZE, PreferenceKind.COLOUR, PreferenceKind.BRAND):
            if value := snapshot.get(kind.value):
                counts[kind.value, str(value)[:100]] += 1
    if counts:
        found = [(kind, value, times) for (kind, value), times in sorted(counts.items())]
        learn_seen(pet_id=context.pet.pk, tastes=found, at=context.at)


TOOLS = (
    Tool(
        "remember_preference",
        "Keep a size, colour, brand or price that they like; asked first unless they said it in these words.",
        Taste,
        remember_preference,
        propose_remembering,
    ),
    Tool(
        "forget_preference",
        "Forget what was remembered of the person's taste; asked first unless they said what to forget.",
        Gone,
        forget_preference,
        propose_forgetting,
    ),
    Tool("show_memory", "Read what is remembered of the person's taste.", Nothing, show_memory),
)
