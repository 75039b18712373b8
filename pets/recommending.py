"""What to recommend to somebody, each with its reason: from what people buy and look at, their own taste, what rises.

`SOURCES` are asked in their order until there is enough; what one names is not named by the next. What is hidden, sold
out, talked about already or ordered of late is never recommended. Jobs refresh the reports behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from analytics.ask import ask
from pets.catalogue import Offer, Order, best_offers, find_offers, lately_bought, offers_by_ref

PAIRS_ASKED, TRENDS_ASKED, KNOWN_ASKED = "60", "60", "100"
MOST_SEEDS, RECENT_SEEDS = 10, 5  # products that pairs are asked of; of a person's own where none are named
MOST_CATEGORIES, MOST_BRANDS = 4, 3
MOST_LIMIT = 50
SPARE = 3  # times as many are read as are wanted: some are left out
BOUGHT, CART, VIEWED = 5, 3, 1  # what a piece ordered, an addition to the cart and a view say of taste
TOLD = 20  # what a remembered taste says
LIKED_COLOUR = 5


@dataclass(frozen=True, slots=True)
class Recommended:
    """A product, why it is recommended, in words, and which source named it."""

    product_id: int
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Taste:
    """What somebody likes: categories and brands (ids) by how much; colours; what they do not like; their budget.

    `recent` are the ids of the products they had to do with, lately first.
    """

    categories: Mapping[int, int]
    brands: Mapping[int, int]
    recent: tuple[int, ...] = ()
    told_brands: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()
    most_kobo: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: products that go with `seeds`, after a taste."""

    seeds: tuple[Offer, ...]
    taste: Taste
    limit: int


Found = Iterator[tuple[Offer, str]]
Preferences = Mapping[str, str | Iterable[str]]


def recommend_products(
    *, user_id: UUID | None, product_ids: Sequence[int], preferences: Preferences, limit: int, at: datetime
) -> list[Recommended]:
    """Return up to so many products for somebody (None: a stranger), the best first, each with its reason.

    `product_ids` are what the talk is about (the cart, what was shown): what goes with them comes first, and they are
    not in the answer. `preferences` are remembered ones by kind (colour, brand, dislike, price in kobo), of each a
    value or several. All are shown by the shop and in stock; none was ordered by this person in the last 30 days.
    """
    taste = read_taste(user_id, preferences)
    seeds = tuple(dict.fromkeys(product_ids))[:MOST_SEEDS] or taste.recent[:RECENT_SEEDS]
    wish = Wish(tuple(find_offers(seeds)), taste, min(max(limit, 0), MOST_LIMIT))
    left_out = {*product_ids, *lately_bought(user_id=user_id, at=at)}
    found: dict[int, Recommended] = {}
    for basis, source in SOURCES.items():
        for offer, reason in source(wish):
            if len(found) >= wish.limit:
                return list(found.values())
            if offer.id not in left_out and is_liked(offer, taste):
                found.setdefault(offer.id, Recommended(offer.id, reason, basis))
    return list(found.values())


def read_taste(user_id: UUID | None, preferences: Preferences) -> Taste:
    """Return what somebody likes, by what they told and by what they did in the last 90 days."""
    told = {kind: values_of(told) for kind, told in preferences.items()}
    rows = ask("person_products", person=str(user_id), limit=KNOWN_ASKED).rows if user_id else []
    offers = offers_by_ref([ref for ref, *_ in rows])
    categories: dict[int, int] = defaultdict(int)
    brands: dict[int, int] = defaultdict(int)
    for ref, _, views, cart_adds, units, _ in rows:
        if offer := offers.get(ref):
            weight = VIEWED * views + CART * cart_adds + BOUGHT * units
            categories[offer.category_id] += weight
            if offer.brand_id:
                brands[offer.brand_id] += weight
    prices = [int(price) for price in told.get("price", ()) if price.isdecimal()]
    return Taste(
        categories,
        brands,
        recent=tuple(offers[ref].id for ref, *_ in rows if ref in offers),
        told_brands=frozenset(map(str.lower, told.get("brand", ()))),
        colours=frozenset(told.get("colour", ())),
        disliked=frozenset(map(str.lower, told.get("dislike", ()))),
        most_kobo=min(prices, default=None),
    )


def values_of(told: str | Iterable[str]) -> tuple[str, ...]:
    """Return one value or several as several."""
    return (told,) if isinstance(told, str) else tuple(told)


def is_liked(offer: Offer, taste: Taste) -> bool:
    """Say whether nothing speaks against a product: its category, brand, colours, a word of its name, its price."""
    if taste.most_kobo is not None and offer.price_kobo > taste.most_kobo:
        return False
    names = {offer.category.lower(), offer.brand.lower(), *offer.name.lower().split()}
    colours = {colour.lower() for colour in offer.colours}
    return names.isdisjoint(taste.disliked) and not (colours and colours <= taste.disliked)


def bought_together(wish: Wish) -> Found:
    """Yield what was bought in one order with the products of the talk."""
    yield from together("products_bought_together", "People who bought {} also bought this", wish)


def viewed_together(wish: Wish) -> Found:
    """Yield what the visitors of these products looked at as well."""
    yield from together("products_viewed_together", "People who looked at {} also looked at this", wish)


def together(report: str, words: str, wish: Wish) -> Found:
    """Yield what a report of pairs names, the commonest over all products of the talk first."""
    if not wish.seeds:
        return
    refs = [offer.ref for offer in wish.seeds]
    counts: dict[str, int] = defaultdict(int)
    strongest: dict[str, tuple[int, str]] = {}
    for _, product, other, _, count in ask(report, product=",".join(refs), limit=PAIRS_ASKED).rows:
        counts[other] += count
        strongest[other] = max(strongest.get(other, (0, "")), (count, product))
    offers = offers_by_ref(list(counts), in_stock=True)
    for ref in sorted(offers, key=lambda ref: (-counts[ref], ref)):
        yield offers[ref], words.format(strongest[ref][1])


def of_taste(wish: Wish) -> Found:
    """Yield what sells best of the categories and brands that somebody likes, after how much they like them."""
    taste = wish.taste
    categories = sorted(taste.categories, key=lambda pk: (-taste.categories[pk], pk))[:MOST_CATEGORIES]
    brands = sorted(taste.brands, key=lambda pk: (-taste.brands[pk], pk))[:MOST_BRANDS]
    if not (categories or brands or taste.told_brands or taste.colours):
        return
    offers = best_offers(
        order=Order.POPULAR,
        limit=wish.limit * SPARE,
        categories=categories,
        brands=brands,
        brand_names=taste.told_brands,
        colours=taste.colours,
    )
    for offer in sorted(offers, key=lambda offer: -liking(offer, taste)):
        yield offer, why_liked(offer, taste)


def liking(offer: Offer, taste: Taste) -> int:
    """Return how much speaks for a product in somebody's taste."""
    told = TOLD if offer.brand.lower() in taste.told_brands else 0
    colours = LIKED_COLOUR if taste.colours & set(offer.colours) else 0
    return taste.categories.get(offer.category_id, 0) + taste.brands.get(offer.brand_id or 0, 0) + told + colours


def why_liked(offer: Offer, taste: Taste) -> str:
    """Return the reason that speaks most for a product."""
    if offer.brand.lower() in taste.told_brands:
        return f"You told me that you like {offer.brand}"
    if colour := next((each for each in offer.colours if each in taste.colours), None):
        return f"It comes in {colour}, which you like"
    brand, category = taste.brands.get(offer.brand_id or 0, 0), taste.categories.get(offer.category_id, 0)
    return f"You often look at {offer.brand if brand > category else offer.category}"


def trending(wish: Wish) -> Found:
    """Yield what has more interest this week than usual, first of the categories that the talk is about."""
    rises = {row[0]: row[-1] for row in ask("trending_products", limit=TRENDS_ASKED).rows}
    offers = offers_by_ref(list(rises), in_stock=True)
    wanted = categories_of(wish)
    ranked = sorted((ref for ref in rises if ref in offers), key=lambda ref: offers[ref].category_id not in wanted)
    for ref in ranked:
        rise = rises[ref]
        times = f"{rise:.0f} times its usual interest" if rise and rise >= 2 else "more interest than usual"
        yield offers[ref], f"Trending this week: {times}"


def popular(wish: Wish) -> Found:
    """Yield what sells best of the categories that the talk is about, then of all."""
    wanted = categories_of(wish)
    for categories in [wanted, set[int]()] if wanted else [set[int]()]:
        for offer in best_offers(order=Order.POPULAR, limit=wish.limit * SPARE, categories=categories):
            if offer.purchases:
                yield offer, f"A favourite in {offer.category}"


def rated(wish: Wish) -> Found:
    """Yield what buyers rate best."""
    for offer in best_offers(order=Order.RATED, limit=wish.limit * SPARE):
        if offer.rating is not None:
            yield offer, f"Buyers give it {offer.rating:.1f} of 5"


def newest(wish: Wish) -> Found:
    """Yield what came last."""
    for offer in best_offers(order=Order.NEWEST, limit=wish.limit * SPARE):
        yield offer, f"New in {offer.category}"


def categories_of(wish: Wish) -> set[int]:
    """Return the categories (ids) of the products that the talk is about."""
    return {offer.category_id for offer in wish.seeds}


# Asked in this order; the names are the `basis` of what they name.
SOURCES: dict[str, Callable[[Wish], Found]] = {
    "bought_together": bought_together,
    "viewed_together": viewed_together,
    "taste": of_taste,
    "trending": trending,
    "popular": popular,
    "rated": rated,
    "newest": newest,
}
