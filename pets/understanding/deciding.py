"""From words to an intent with its slots: the cues are weighed, and what was seen before decides between near ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pets.understanding.attributes import NO_BRAND
from pets.understanding.codes import ORDER, find_coupon_code, find_order_number
from pets.understanding.normalizing import MOST_LETTERS, Said, hear, singular
from pets.understanding.reading import read_slots
from pets.understanding.records import Intent, Seen, Slots, Understanding
from pets.understanding.vocabulary import Vocabulary
from pets.understanding.weighing import ENOUGH, Weighed, weigh_all, weigh_cues, without_cues

NOT_UNDERSTOOD, OUT_OF_PLACE = 0.1, 0.2  # how sure that is
SORTED = frozenset({Intent.SEARCH, Intent.RECOMMEND})
USES_GOODS = frozenset(
    {
        *(Intent.SEARCH, Intent.RECOMMEND, Intent.DETAIL, Intent.COMPARE, Intent.CHECK_STOCK),
        *(Intent.ADD_TO_CART, Intent.REMOVE_FROM_CART),
    }
)
USES: dict[Intent, tuple[str, ...]] = {
    Intent.APPLY_COUPON: ("coupon_code",),
    Intent.ORDER_STATUS: ("order_number",),
    Intent.START_RETURN: ("order_number",),
}
# Of intents that weigh the same, the first one here; what acts comes late.
PRECEDENCE = (
    Intent.UNKNOWN,
    Intent.NO,
    Intent.HUMAN,
    Intent.SHOW_CART,
    Intent.ORDER_STATUS,
    Intent.COMPARE,
    Intent.REFINE,
    Intent.SUGGEST_COUPON,
    Intent.LEADERBOARD,
    Intent.POINTS,
    Intent.SHOW_MEMORY,
    Intent.CHECK_STOCK,
    Intent.RECOMMEND,
    Intent.DETAIL,
    Intent.SEARCH,
    Intent.FORGET,
    Intent.REMEMBER,
    Intent.START_RETURN,
    Intent.APPLY_COUPON,
    Intent.REMOVE_FROM_CART,
    Intent.ADD_TO_CART,
    Intent.YES,
    Intent.THANK,
    Intent.BYE,
    Intent.HELP,
    Intent.GREET,
)


def understand(*, text: str, vocabulary: Vocabulary, seen: Seen) -> Understanding:
    """Return what an utterance means. The same text, vocabulary and past always mean the same; nothing is looked up.

    What cannot be told is UNKNOWN with a low confidence. What changes a cart, an order or a memory is understood only
    where a cue plainly says so.
    """
    text = text[:MOST_LETTERS]
    order_number, code = find_order_number(text), find_coupon_code(text)
    bare = ORDER.sub(" ", text.replace(code, " ") if code else text)
    said = hear(bare)
    said.words = [vocabulary.speller.mend(word) for word in said.words]
    weights, cue_words = weigh_cues(said)
    slots = read_slots(said, vocabulary, seen, is_comparing=weights.get(Intent.COMPARE, 0) >= ENOUGH)
    slots = replace(slots, order_number=order_number, coupon_code=code.upper() if code else None)
    weighed = Weighed(said, slots, seen, vocabulary, weights, cue_words)
    weigh_all(weighed)
    intent, confidence = choose(weighed)
    return Understanding(intent, fit_slots(intent, weighed), confidence)


def choose(weighed: Weighed) -> tuple[Intent, float]:
    """Return the weightiest intent, and how sure it is: by its weight and by how far the next one is."""
    order = {intent: at for at, intent in enumerate(PRECEDENCE)}
    tastes = (Intent.REMEMBER, Intent.FORGET)
    weighed.drop(*(each for each in tastes if each in weighed.weights and not weighed.preference(each)))
    ranked = sorted(weighed.weights.items(), key=lambda each: (-each[1], order[each[0]]))
    if not ranked or ranked[0][1] < ENOUGH or (ranked[0][0] is Intent.SEARCH and not is_searchable(weighed)):
        return Intent.UNKNOWN, NOT_UNDERSTOOD
    intent, best = ranked[0]
    next_best = ranked[1][1] if len(ranked) > 1 else 0.0
    sure = best / (best + 1) * (0.6 + 0.4 * (best - next_best) / best)
    return (intent, round(sure, 2)) if intent is not Intent.UNKNOWN else (intent, OUT_OF_PLACE)


def is_searchable(weighed: Weighed) -> bool:
    """Say whether there is anything to search for."""
    return weighed.names_goods or weighed.has_wishes or bool(weighed.slots.words)


def fit_slots(intent: Intent, weighed: Weighed) -> Slots:
    """Return the slots that an intent uses; of a change those of the last search with what was said now."""
    slots, seen = weighed.slots, weighed.seen
    if intent is Intent.REFINE:
        left = without_cues(slots.words, weighed, intent)
        return refined(seen.slots or Slots(), replace(slots, words=left), weighed.said)
    if intent in {Intent.REMEMBER, Intent.FORGET}:
        return Slots(preference=weighed.preference(intent))
    slots = replace(slots, words=without_cues(slots.words, weighed, intent))
    kept = slots if intent in SORTED else replace(slots, sort=None)
    if intent in USES_GOODS:
        return kept
    return Slots(**{name: getattr(slots, name) for name in USES.get(intent, ())})


def refined(before: Slots, now: Slots, said: Said) -> Slots:
    """Return the last search with what was said now: what is named anew replaces what was."""
    stems = tuple(singular(word) for word in said.words)
    pairs = set(pairwise(stems))
    is_any_brand = any(pair in pairs for pair in NO_BRAND)
    return replace(
        before,
        words=now.words or before.words,
        category_id=now.category_id or before.category_id,
        brand_id=None if is_any_brand else now.brand_id or before.brand_id,
        colours=now.colours or (() if is_any("colour", pairs) else without(before.colours, now.not_colours)),
        not_colours=now.not_colours or without(before.not_colours, now.colours),
        sizes=now.sizes or (() if is_any("size", pairs) else before.sizes),
        price_min_kobo=now.price_min_kobo if is_priced(now) else before.price_min_kobo,
        price_max_kobo=now.price_max_kobo if is_priced(now) else before.price_max_kobo,
        sort=now.sort or before.sort,
        quantity=None,
        picks=now.picks,
    )


def without(colours: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    """Return colours without those that are gone."""
    return tuple(each for each in colours if each not in gone)


def is_any(kind: str, pairs: set[tuple[str, str]]) -> bool:
    """Say whether something else than before is asked for: any colour, another size."""
    return any((word, kind) in pairs for word in ("any", "other", "another", "different", "the"))


def is_priced(slots: Slots) -> bool:
    """Say whether a price was named."""
    return (slots.price_min_kobo, slots.price_max_kobo) != (None, None)
