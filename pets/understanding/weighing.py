"""How much speaks for each intent: the cues, what is named, and what was seen before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from pets.understanding.consent import is_plain_yes
from pets.understanding.cues import CUES
from pets.understanding.normalizing import Said, singular
from pets.understanding.picks import points
from pets.understanding.preferences import find_preference, is_dislike
from pets.understanding.records import ACTING, Intent, Seen, Slots
from pets.understanding.vocabulary import Vocabulary

ENOUGH = 2.0  # the least weight that is understood; what acts needs more
ENOUGH_TO_ACT = 3.0
PLAIN, PLAINEST = 5, 6
EXTRA = 0.25  # what a second cue of the same intent adds
NAMED = 2.5  # what naming goods, or how they should be, adds
SHORT = 4  # words of an answer to a question that waits
LONGEST_NO = 6
# Said before anything else; they tell nothing.
OPENERS = frozenset({"please", "oh", "ah", "so", "well", "ehn", "ehen", "dear", "but", "and", "haba", "chai"})
NEGATIONS = frozenset({"no", "not", "never"})
ASKING = frozenset({"should", "if", "suppose", "why"})
# A yes beside one of these is none yet; "no wahala" is one.
HESITATING = NEGATIONS | {"wait", "cancel", "stop", "leave", "hold", "but", "later", "maybe", "first"}
WILLING = ("no wahala", "no problem", "no shaking", "why not")


@dataclass(slots=True)
class Weighed:
    """An utterance with its weights; `slots` are what was named, without picks."""

    said: Said
    slots: Slots
    seen: Seen
    vocabulary: Vocabulary
    weights: dict[Intent, float]
    cue_words: dict[Intent, set[str]]

    def add(self, intent: Intent, weight: float) -> None:
        """Make an intent weightier."""
        self.weights[intent] += weight

    def drop(self, *intents: Intent) -> None:
        """Leave intents out."""
        for intent in intents:
            self.weights.pop(intent, None)

    @property
    def names_goods(self) -> bool:
        """Say whether a category, a brand or words of products are named: enough to search for."""
        slots = self.slots
        known = any(singular(word) in self.vocabulary.known_words for word in slots.words.split())
        return slots.category_id is not None or slots.brand_id is not None or known

    @property
    def has_wishes(self) -> bool:
        """Say whether a colour, a size, a price or an order is named."""
        slots = self.slots
        prices = slots.price_min_kobo, slots.price_max_kobo
        return bool(slots.colours or slots.not_colours or slots.sizes or slots.sort) or prices != (None, None)

    def preference(self, intent: Intent) -> tuple[str, str] | None:
        """Return the taste that is told, or to be forgotten."""
        words = without_cues(self.slots.words, self, intent)
        is_forgetting = intent is Intent.FORGET
        slots = replace(self.slots, words=words)
        return find_preference(self.said, slots, self.vocabulary, is_forgetting=is_forgetting)

    @property
    def is_sort_alone(self) -> bool:
        """Say whether only an order is named."""
        return self.slots == Slots(sort=self.slots.sort, words=self.slots.words)


def weigh_cues(said: Said) -> tuple[dict[Intent, float], dict[Intent, set[str]]]:
    """Return the weight of each intent's best cue, and a little for each other one; and the words of the cues."""
    start = next((at for at, word in enumerate(said.words) if word not in OPENERS), 0)
    text, present = "".join(f"{word} " for word in said.words[start:]), set(said.words)
    weights: dict[Intent, float] = defaultdict(float)
    words: dict[Intent, set[str]] = defaultdict(set)
    for cue in CUES:
        if (cue.anchor & present or not cue.anchor) and cue.pattern.search(text):
            best = weights[cue.intent]
            weights[cue.intent] = max(best, cue.weight) + (EXTRA if best else 0)
            words[cue.intent] |= cue.words
    return weights, words


def without_cues(words: str, weighed: Weighed, intent: Intent) -> str:
    """Return the words to search for without those that told the intent, unless products have them."""
    cues = weighed.cue_words[intent] - weighed.vocabulary.words
    return " ".join(word for word in words.split() if word not in cues)


def weigh_all(weighed: Weighed) -> None:
    """Let what was named, and what was seen before, weigh in."""
    slots, seen, said = weighed.slots, weighed.seen, weighed.said
    is_pointing = bool(slots.picks) or points(said)
    is_picked = bool(slots.picks) and (slots.picks != (1,) or "one" in said.words or not points(said))
    if slots.order_number:
        weighed.add(Intent.ORDER_STATUS, 3)
    if slots.coupon_code:
        weighed.add(Intent.APPLY_COUPON, 3)
        weighed.drop(Intent.SUGGEST_COUPON, Intent.SEARCH)
    weigh_goods(weighed, is_pointing=is_pointing)
    if is_picked and seen.products and weighed.weights.get(Intent.COMPARE, 0) < ENOUGH:
        weighed.add(Intent.DETAIL, NAMED if len(said.words) <= SHORT else 1)
    if is_pointing and not weighed.names_goods and not slots.words:
        weighed.drop(Intent.SEARCH)
    if weighed.weights.get(Intent.REMEMBER) and is_dislike(said):
        weighed.drop(Intent.SEARCH, Intent.REFINE, Intent.NO)
    weigh_answers(weighed)
    guard_acts(weighed, is_pointing=is_pointing)


def weigh_answers(weighed: Weighed) -> None:
    """Weigh yes and no: a plain one where a question waits, and only in short answers otherwise.

    A wavering yes is none.
    """
    said, is_short = weighed.said, len(weighed.said.words) <= SHORT
    text = " ".join(said.words)
    if HESITATING & set(said.words) and not text.startswith(WILLING):
        weighed.drop(Intent.YES)
    if weighed.seen.is_pending:
        if is_plain_yes(said):
            weighed.add(Intent.YES, PLAINEST)
        else:
            weighed.drop(Intent.YES)
        if weighed.weights.get(Intent.NO):
            weighed.add(Intent.NO, 3 if is_short else 1)
        return
    if not is_short:
        weighed.drop(Intent.YES)
    if len(said.words) > LONGEST_NO:
        weighed.drop(Intent.NO)


def weigh_goods(weighed: Weighed, *, is_pointing: bool) -> None:
    """Weigh a search against a change of the last one."""
    slots, seen, weights = weighed.slots, weighed.seen, weighed.weights
    if weighed.names_goods:
        weighed.add(Intent.SEARCH, NAMED)
        for intent in (Intent.REFINE, Intent.DETAIL, Intent.CHECK_STOCK):
            if intent in weights and not seen.products:
                weights[intent] *= 0.5
        if slots.category_id is not None and weights.get(Intent.REFINE):
            weights[Intent.REFINE] *= 0.5
    elif weighed.has_wishes:
        is_vague = weighed.is_sort_alone and not seen.slots
        weighed.add(Intent.REFINE if seen.slots else Intent.SEARCH, 1 if is_vague else NAMED)
        if seen.slots and not is_pointing:
            weighed.drop(Intent.SEARCH)
    if not seen.slots and not seen.products and weights.get(Intent.REFINE):
        weighed.add(Intent.SEARCH, weights.pop(Intent.REFINE) * 0.5)
    if weights.get(Intent.GREET) and (weighed.names_goods or weighed.has_wishes):
        weights[Intent.GREET] = 1


def guard_acts(weighed: Weighed, *, is_pointing: bool) -> None:
    """Take acting intents out where they are denied, only asked about, half said, or lack what they would act on."""
    said, weights = weighed.said, weighed.weights
    guard_adding(weighed, is_pointing=is_pointing)
    acts = max(weights.get(Intent.ADD_TO_CART, 0), weights.get(Intent.REMOVE_FROM_CART, 0))
    if acts >= PLAIN and weights.get(Intent.SHOW_CART, 0) < PLAINEST:
        weighed.drop(Intent.SHOW_CART)
    if weights.get(Intent.HELP, 0) >= ENOUGH_TO_ACT or (len(said.words) == 1 and not weighed.slots.coupon_code):
        weighed.drop(*ACTING)
    if weights.get(Intent.UNKNOWN, 0) > ENOUGH_TO_ACT:
        weighed.drop(*ACTING, Intent.YES, Intent.ORDER_STATUS)
    weighed.drop(*(intent for intent in ACTING if weights.get(intent, 0) < ENOUGH_TO_ACT))


def guard_adding(weighed: Weighed, *, is_pointing: bool) -> None:
    """Keep ADD_TO_CART only where it says what: something that was shown, or goods and the cart."""
    said, words = weighed.said, set(weighed.said.words)
    if not weighed.weights.get(Intent.ADD_TO_CART):
        return
    if not (is_pointing or words & {"cart", "basket", "bag"} or said.words[0] == "add") or ASKING & words:
        weighed.drop(Intent.ADD_TO_CART)
    elif NEGATIONS & set(said.words[:SHORT]):
        weighed.drop(Intent.ADD_TO_CART)
        weighed.add(Intent.NO, ENOUGH)
