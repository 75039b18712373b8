"""The default brain, without any network: what was understood becomes a call, its outcome a phrase. Always the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from pets.brains.base import Call, Say, Step, Thought, Turn, Understood
from pets.brains.wording import word_step
from pets.memory import price_kind
from pets.models import MessageKind
from pets.understanding import Intent, Named, Seen, Slots, Understanding, Vocabulary, understand, vocabulary_now
from pets.understanding.normalizing import hear
from pets.understanding.sorting import find_sort
from zuka.platform.money import format_money

# Below this what was understood is a guess, and saying so is better than acting on it.
SURE_ENOUGH = 0.4
MOST_COLOURS = 2
MOST_PAGES = 20
# What is said of a board's time; without a word of it, it is this week's.
BOARD_SPANS = {"today": "day", "daily": "day", "ever": "all", "overall": "all", "alltime": "all", "time": "all"}
# What the buttons of a question say for their person: the choice in words, its sku, and the order it is of.
SKU_SAID = re.compile(r"^(?:add|return) [^\[\]]{0,250}\[([^\s\[\]]{1,64})\](?: of (ZUKA-\d{4}-\d{6}))?$")
TALK: Mapping[Intent, str] = {
    Intent.GREET: "greeting",
    Intent.THANK: "thanks",
    Intent.BYE: "bye",
    Intent.HELP: "help",
    Intent.HUMAN: "human",
    Intent.YES: "nothing_waits",
    Intent.NO: "nothing_waits",
    Intent.UNKNOWN: "unknown",
}


class NoProduct(Exception):  # noqa: N818 - it is a question to ask, not an error
    """It is not clear which product is meant."""


def slots_from(kept: Mapping[str, Any] | None) -> Slots | None:
    """Return slots as they were kept as JSON; None without any."""
    if kept is None:
        return None
    known = {each.name for each in fields(Slots)}
    said: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in kept.items() if k in known}
    return Slots(**said)


def picked(slots: Slots, shown: Sequence[str]) -> list[str]:
    """Return the products that were picked by their place among those shown last: 1 is the first, -1 the last."""
    places = [place - 1 if place > 0 else place for place in slots.picks]
    return [shown[place] for place in places if -len(shown) <= place < len(shown)]


def meant(slots: Slots, turn: Turn) -> str:
    """Return the product that is meant: the one picked, the one spoken of, the only one shown. Raises `NoProduct`."""
    if chosen := picked(slots, turn.seen):
        return chosen[0]
    if turn.focus and not slots.picks:
        return turn.focus
    if len(turn.seen) == 1:
        return turn.seen[0]
    raise NoProduct


def first(values: Sequence[str]) -> str | None:
    """Return the first of some values, None without any."""
    return values[0] if values else None


def search_call(slots: Slots, _turn: Turn) -> Call:
    """Return the search for slots."""
    asked = {
        "words": slots.words,
        "category_id": slots.category_id,
        "brand_id": slots.brand_id,
        "colours": list(slots.colours),
        "not_colours": list(slots.not_colours),
        "sizes": list(slots.sizes),
        "price_min_kobo": slots.price_min_kobo,
        "price_max_kobo": slots.price_max_kobo,
        "sort": slots.sort,
    }
    return Call("search_products", {name: value for name, value in asked.items() if value})


def page_of(slots: Slots, turn: Turn) -> int:
    """Return the page of a changed search: the next one where nothing but more of the same was asked for."""
    before = slots_from(turn.slots)
    if turn.slots is None or replace(slots, picks=()) != before or find_sort(hear(turn.text)):
        return 1
    return min(int(turn.slots.get("page", 1)) + 1, MOST_PAGES)


def refine_call(slots: Slots, turn: Turn) -> Call:
    """Return the search for changed slots, or the next page of the last one."""
    call, page = search_call(slots, turn), page_of(slots, turn)
    return replace(call, arguments={**call.arguments, "page": page}) if page > 1 else call


def choice_of(slots: Slots) -> dict[str, Any]:
    """Return the size and colour that were said: "red" may be a dozen of the catalogue's, any of which will do."""
    said = {"size": first(slots.sizes), "colours": list(slots.colours)}
    return {name: value for name, value in said.items() if value}


def add_call(slots: Slots, turn: Turn) -> Call:
    """Return the addition of the product that is meant. Raises `NoProduct`."""
    return Call(
        "add_to_cart",
        {"product": meant(slots, turn), "quantity": min(slots.quantity or 1, 99), **choice_of(slots)},
    )


def remove_call(slots: Slots, turn: Turn) -> Call:
    """Return what to take out: a line of the cart shown last, else the product that is meant. Raises `NoProduct`."""
    lines = picked(slots, turn.cart) or (list(turn.cart) if len(turn.cart) == 1 and not slots.picks else [])
    return Call("remove_from_cart", {"sku": lines[0]} if lines else {"product": meant(slots, turn)})


def compare_call(slots: Slots, turn: Turn) -> Call:
    """Return the comparison of those picked, else of the first shown. Raises `NoProduct`."""
    chosen = picked(slots, turn.seen)
    several = chosen if len(chosen) > 1 else list(turn.seen[:3])
    if len(several) < 2:
        raise NoProduct
    return Call("compare_products", {"products": several[:4]})


def remember_call(slots: Slots, _turn: Turn) -> Call:
    """Return what to remember; what was only named by colour, size or price counts too. Raises `NoProduct`."""
    if slots.preference:
        kind, value = slots.preference
        return Call("remember_preference", {"kind": price_kind(kind), "value": value})
    known = (("colour", first(slots.colours)), ("size", first(slots.sizes)), ("price_max", slots.price_max_kobo))
    for name, said in known:
        if said:
            return Call("remember_preference", {"kind": name, "value": str(said)})
    raise NoProduct


def forget_call(slots: Slots, _turn: Turn) -> Call:
    """Return what to forget."""
    kind, value = slots.preference or ("everything", "")
    return Call(
        "forget_preference", {"value": value} if kind == "everything" else {"kind": price_kind(kind), "value": value}
    )


def coupon_call(slots: Slots, _turn: Turn) -> Call:
    """Return the use of a code; without one the search for one."""
    return Call("apply_coupon", {"code": slots.coupon_code}) if slots.coupon_code else Call("suggest_coupon")


def order_call(tool: str) -> Callable[[Slots, Turn], Call]:
    """Return what calls a tool of orders for the number that was said."""
    return lambda slots, _turn: Call(tool, {"number": slots.order_number} if slots.order_number else {})


def board_call(_slots: Slots, turn: Turn) -> Call:
    """Return the reading of a board: of the game and of the time that were named, each only where it was."""
    words = hear(turn.text).words
    (tool,) = (face for face in turn.tools if face.name == "leaderboard")
    games = [word for word in words if word in tool.schema["properties"]["game"]["enum"]]
    spans = [BOARD_SPANS[word] for word in words if word in BOARD_SPANS]
    named = {"game": first(games), "period": first(spans)}
    return Call("leaderboard", {name: value for name, value in named.items() if value})


CALLS: Mapping[Intent, Callable[[Slots, Turn], Call]] = {
    Intent.SEARCH: search_call,
    Intent.REFINE: refine_call,
    Intent.DETAIL: lambda slots, turn: Call("product_detail", {"product": meant(slots, turn)}),
    Intent.COMPARE: compare_call,
    Intent.RECOMMEND: lambda slots, turn: Call("recommend", {"products": picked(slots, turn.seen)}),
    Intent.CHECK_STOCK: lambda slots, turn: Call("check_stock", {"product": meant(slots, turn), **choice_of(slots)}),
    Intent.SHOW_CART: lambda _slots, _turn: Call("show_cart"),
    Intent.ADD_TO_CART: add_call,
    Intent.REMOVE_FROM_CART: remove_call,
    Intent.SUGGEST_COUPON: lambda _slots, _turn: Call("suggest_coupon"),
    Intent.APPLY_COUPON: coupon_call,
    Intent.ORDER_STATUS: order_call("order_status"),
    Intent.START_RETURN: order_call("start_return"),
    Intent.REMEMBER: remember_call,
    Intent.FORGET: forget_call,
    Intent.SHOW_MEMORY: lambda _slots, _turn: Call("show_memory"),
    Intent.POINTS: lambda _slots, _turn: Call("points"),
    Intent.LEADERBOARD: board_call,
}
SEARCHES = {Intent.SEARCH, Intent.REFINE}


def chosen_call(text: str) -> Call | None:
    """Return the call of a choice that a question offered: its words name a sku. None for other words."""
    found = SKU_SAID.match(text.strip())
    if found is None:
        return None
    if found[2]:
        return Call("start_return", {"number": found[2], "sku": found[1]})
    return Call("add_to_cart", {"sku": found[1]})


class Scripted:
    """Understands by rules over the live catalogue, and answers in the persona's phrases."""

    name = "scripted"

    def think(self, turn: Turn) -> Iterator[Thought]:
        """Yield what was understood and a call for it; with its outcome, what to say."""
        if turn.steps:
            yield self.word(turn, turn.steps[-1])
            return
        if call := chosen_call(turn.text):
            intent = Intent.ADD_TO_CART if call.tool == "add_to_cart" else Intent.START_RETURN
            yield Understood(str(intent), is_understood=True)
            yield call
            return
        vocabulary = vocabulary_now(now=turn.at)
        found = self.read(turn, vocabulary)
        is_sure = found.intent is not Intent.UNKNOWN and found.confidence >= SURE_ENOUGH
        page = page_of(found.slots, turn) if found.intent is Intent.REFINE else 1
        kept = {**asdict(found.slots), "page": page} if is_sure and found.intent in SEARCHES else None
        yield Understood(str(found.intent), is_understood=is_sure, slots=kept)
        turn.notes["what"] = in_words(found.slots, vocabulary)
        yield self.answer(turn, found.intent if is_sure else Intent.UNKNOWN, found.slots)

    def read(self, turn: Turn, vocabulary: Vocabulary) -> Understanding:
        """Return what the message means."""
        seen = Seen(products=tuple(turn.seen), slots=slots_from(turn.slots), is_pending=turn.is_pending)
        return understand(text=turn.text, vocabulary=vocabulary, seen=seen)

    def intent(self, turn: Turn) -> str:
        """Return what the message is taken for, empty where that is not sure."""
        found = self.read(turn, vocabulary_now(now=turn.at))
        return str(found.intent) if found.confidence >= SURE_ENOUGH else ""

    def answer(self, turn: Turn, intent: Intent, slots: Slots) -> Thought:
        """Return the call for an intent, or what to say without one."""
        if intent in TALK:
            facts = {"name": turn.pet_name} if intent is Intent.GREET else {}
            kind = MessageKind.NOT_UNDERSTOOD if intent is Intent.UNKNOWN else MessageKind.TEXT
            return Say(self.phrase(turn, TALK[intent], **facts), kind)
        try:
            call = CALLS[intent](slots, turn)
        except NoProduct:
            return Say(self.phrase(turn, "which_product"), MessageKind.TEXT)
        known = {each.name for each in turn.tools}
        return call if call.tool in known else Say(self.phrase(turn, "unknown"), MessageKind.NOT_UNDERSTOOD)

    def phrase(self, turn: Turn, kind: str, **facts: object) -> str:
        """Return the persona's phrase for this turn."""
        return turn.voice.phrase(kind, **facts)

    def word(self, turn: Turn, step: Step) -> Say:
        """Return what to say of the last call; what it brought is shown with it."""
        return word_step(turn.voice, step, what=turn.notes.get("what") or "what you asked for")


def shelf(category: Named, vocabulary: Vocabulary) -> str:
    """Return what a category holds: `gowns`; of one that holds others `things in Women`, which names no goods."""
    has_more = any(each.parent_id == category.id for each in vocabulary.categories)
    return f"things in {category.name}" if has_more else category.name.lower()


def in_words(slots: Slots, vocabulary: Vocabulary) -> str:
    """Return what was asked for: `gowns, red, M, up to ₦20,000.00`."""
    low, high = slots.price_min_kobo, slots.price_max_kobo
    names = [
        *(shelf(each, vocabulary) for each in vocabulary.categories if each.id == slots.category_id),
        *(each.name for each in vocabulary.brands if each.id == slots.brand_id),
    ]
    prices = [f"from {format_money(low)}" if low else "", f"up to {format_money(high)}" if high else ""]
    # A colour may stand for a dozen names of the catalogue; to say them all back tells nobody anything.
    colours = " or ".join(slots.colours) if len(slots.colours) <= MOST_COLOURS else "in that colour"
    others = "in other colours" if slots.not_colours and not slots.colours else ""
    parts = [slots.words, *names, colours, others, " or ".join(slots.sizes), *prices]
    return ", ".join(part for part in parts if part)
