"""The scored utterances of `tests/pets/utterances`, and how many of them are understood."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pets.understanding import Intent, Named, Seen, Slots, Understanding, Vocabulary, understand

FOLDER = Path(__file__).parents[2] / "tests" / "pets" / "utterances"
KOBO = 100
KEYS = {"code": "coupon_code", "order": "order_number"}


@dataclass(frozen=True)
class Utterance:
    """What was said, where, and what it should be understood as."""

    text: str
    intent: Intent
    slots: Slots
    seen: Seen
    is_pidgin: bool
    file: str


@dataclass(frozen=True)
class Shop:
    """The shop that the utterances are said in."""

    vocabulary: Vocabulary
    called: Mapping[str, list[str]]
    scenes: Mapping[str, Seen]


@cache
def read_shop() -> Shop:
    """Return the shop of the utterances."""
    told = tomllib.loads((FOLDER / "shop.toml").read_text(encoding="utf-8"))
    ids = {slug: number for number, (slug, _, _) in enumerate(told["categories"], 1)}
    vocabulary = Vocabulary(
        categories=tuple(Named(ids[slug], slug, name, ids.get(above)) for slug, name, above in told["categories"]),
        brands=tuple(Named(number, slug, name) for number, (slug, name) in enumerate(told["brands"], 1)),
        colours=tuple(told["colours"]),
        sizes=tuple(told["sizes"]),
        words=frozenset(told["words"].split()),
    )
    scenes = {
        name: Seen(
            products=tuple(range(101, 101 + scene["shown"])),
            slots=read_slots(Slots(), scene["search"], vocabulary, told["called"]),
            is_pending=scene.get("is_pending", False),
        )
        for name, scene in told["scenes"].items()
    }
    return Shop(vocabulary, told["called"], scenes)


def read_slots(base: Slots, told: Mapping[str, Any], vocabulary: Vocabulary, called: Mapping[str, list[str]]) -> Slots:
    """Return slots as a file writes them: slugs, naira, colours by what people call them."""
    values: dict[str, Any] = {}
    for key, value in told.items():
        if key == "category":
            values["category_id"] = next((each.id for each in vocabulary.categories if each.slug == value), None)
        elif key == "brand":
            values["brand_id"] = next((each.id for each in vocabulary.brands if each.slug == value), None)
        elif key in {"min", "max"}:
            values[f"price_{key}_kobo"] = value * KOBO
        elif key in {"colours", "not_colours"}:
            values[key] = tuple(called[value] if isinstance(value, str) else value)
        else:
            values[KEYS.get(key, key)] = tuple(value) if isinstance(value, list) else value
    if {"min", "max"} & told.keys():
        values = {"price_min_kobo": None, "price_max_kobo": None} | values
    return replace(base, **values)


def read_utterances(part: str) -> Iterator[Utterance]:
    """Yield the utterances of a part, `tuned` or `held_out`. Of a change, slots are those of the search before it."""
    shop = read_shop()
    for path in sorted((FOLDER / part).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            intent, seen = Intent(told["intent"]), shop.scenes.get(told.get("seen", ""), Seen())
            base = seen.slots if intent is Intent.REFINE and seen.slots else Slots()
            slots = read_slots(base, told.get("slots", {}), shop.vocabulary, shop.called)
            yield Utterance(told["text"], intent, slots, seen, told.get("pidgin", False), path.stem)


def hear(utterance: Utterance) -> Understanding:
    """Return what an utterance is understood as."""
    return understand(text=utterance.text, vocabulary=read_shop().vocabulary, seen=utterance.seen)


def is_right(utterance: Utterance, heard: Understanding) -> bool:
    """Say whether intent and slots are right; of what is not understood there are no slots to be right."""
    if heard.intent is not utterance.intent:
        return False
    return utterance.intent is Intent.UNKNOWN or heard.slots == utterance.slots
