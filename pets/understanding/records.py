"""What an utterance is understood to mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What somebody wants of their pet."""

    GREET = "greet"
    THANK = "thank"
    BYE = "bye"
    HELP = "help"
    SEARCH = "search"
    REFINE = "refine"
    DETAIL = "detail"
    COMPARE = "compare"
    RECOMMEND = "recommend"
    CHECK_STOCK = "check_stock"
    SHOW_CART = "show_cart"
    ADD_TO_CART = "add_to_cart"
    REMOVE_FROM_CART = "remove_from_cart"
    SUGGEST_COUPON = "suggest_coupon"
    APPLY_COUPON = "apply_coupon"
    ORDER_STATUS = "order_status"
    START_RETURN = "start_return"
    REMEMBER = "remember"
    FORGET = "forget"
    SHOW_MEMORY = "show_memory"
    POINTS = "points"
    LEADERBOARD = "leaderboard"
    YES = "yes"
    NO = "no"
    HUMAN = "human"
    UNKNOWN = "unknown"


# What changes something: never understood without words that plainly say so.
ACTING = frozenset(
    {
        Intent.ADD_TO_CART,
        Intent.REMOVE_FROM_CART,
        Intent.APPLY_COUPON,
        Intent.START_RETURN,
        Intent.REMEMBER,
        Intent.FORGET,
    }
)


@dataclass(frozen=True)
class Slots:
    """The particulars of what somebody wants. Prices in kobo, both ends included.

    `words` is what is left to search for; `colours` and `sizes` are written as the catalogue writes them, `not_colours`
    too: those that are not wanted; `sort` is one of cheaper, dearer, popular, newest, rated; `picks` count the products
    last shown from 1, -1 is the last one; `preference` is a kind (size, colour, brand, category, price, like, dislike,
    everything) and a value, maybe empty.
    """

    words: str = ""
    category_id: int | None = None
    brand_id: int | None = None
    colours: tuple[str, ...] = ()
    not_colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    price_min_kobo: int | None = None
    price_max_kobo: int | None = None
    sort: str | None = None
    quantity: int | None = None
    picks: tuple[int, ...] = ()
    coupon_code: str | None = None
    order_number: str | None = None
    preference: tuple[str, str] | None = None


@dataclass(frozen=True)
class Seen:
    """What was said before: products last shown (ids, in order), the last search, and whether a question waits."""

    products: tuple[object, ...] = ()
    slots: Slots | None = None
    is_pending: bool = False


@dataclass(frozen=True)
class Understanding:
    """What an utterance means, and how sure that is: 0 to 1."""

    intent: Intent
    slots: Slots
    confidence: float
