"""The shop as a visitor sees it: pages, lists and products, with their event properties encoded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from commerce.catalog.models import Category, Product, ProductVariant
from zuka.demo.catalogue import Catalogue
from zuka.demo.draws import endless, random_for

encode = msgspec.json.Encoder().encode


@dataclass(slots=True, eq=False)
class Spot:
    """A page of the web shop that is also a screen of the apps. Columns and JSON properties for either."""

    path: str
    title: str
    screen: str

    def columns(self, *, is_app: bool) -> dict[str, Any]:
        """Return the columns that say where somebody is."""
        return {"screen_name": self.screen} if is_app else {"page_path": self.path}

    def properties(self, *, is_app: bool) -> str:
        """Return the properties of seeing it, as JSON."""
        facts = {"name": self.screen} if is_app else {"path": self.path, "title": self.title}
        return encode(facts).decode()


@dataclass(slots=True, eq=False)
class Sight:
    """A spot for one kind of client, encoded: event type, columns, properties."""

    event_type: str
    columns: dict[str, Any]
    properties: str


@dataclass(slots=True, eq=False)
class Offer:
    """A product on the shelf. `price_kobo` is today's; `seen` counts its views, `sold` pieces, `ratings` its stars."""

    ref: str
    name: str
    category: str
    price_kobo: int
    sights: tuple[Sight, Sight]
    view_properties: str
    variants: list[ProductVariant]
    seen: int = 0
    sold: int = 0
    ratings: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Aisle:
    """A category's list of products; `wanted` yields those that are looked at, the popular ones more often."""

    category: str
    sights: tuple[Sight, Sight]
    list_properties: str
    filters: Iterator[str]
    wanted: Iterator[Offer]


def look(spot: Spot) -> tuple[Sight, Sight]:
    """Return how a spot is seen in a browser and in an app, in this order."""
    return (
        Sight("page.viewed", spot.columns(is_app=False), spot.properties(is_app=False)),
        Sight("screen.viewed", spot.columns(is_app=True), spot.properties(is_app=True)),
    )


HOME = look(Spot("/shop/", "Home", "Home"))
CART = look(Spot("/shop/cart/", "Your cart", "Cart"))
CHECKOUT = look(Spot("/shop/checkout/", "Checkout", "Checkout"))
SEARCH = look(Spot("/shop/search/", "Search", "Search"))
REWARDS = look(Spot("/shop/rewards/", "Your points", "Points"))
ACCOUNT = look(Spot("/shop/account/", "Your account", "Account"))
OTHERS = (
    (look(Spot("/shop/search/", "New arrivals", "New arrivals")), 4.0),
    (look(Spot("/shop/search/", "On sale", "On sale")), 5.0),
    (look(Spot("/shop/search/", "Popular", "Popular")), 4.0),
    (ACCOUNT, 1.0),
)
FILTERS = (
    ("size", "M"),
    ("size", "L"),
    ("size", "XL"),
    ("on_sale", "yes"),
    ("price", "under 20,000"),
    ("brand", "one"),
)


def thanks(number: str) -> tuple[Sight, Sight]:
    """Return the page after an order."""
    return look(Spot(f"/shop/thank-you/{number}/", "Thank you", "Order placed"))


class Shelf:
    """All products and lists that visitors can come across."""

    def __init__(self, catalogue: Catalogue, *, seed: int) -> None:
        sizes: dict[str, list[ProductVariant]] = {}
        for variant in catalogue.variants:
            sizes.setdefault(variant.product.public_id, []).append(variant)
        self.offers = [make_offer(product, sizes[product.public_id]) for product in catalogue.products]
        weighted = list(zip(self.offers, catalogue.pulls, strict=True))
        self.wanted = endless(random_for(seed, "wanted"), weighted)
        counts = Counter(offer.category for offer in self.offers)
        self.aisles = {
            category.name: make_aisle(category, weighted, seed=seed)
            for category in catalogue.categories
            if counts[category.name]
        }
        sizes_of_aisles = [(aisle, counts[name]) for name, aisle in self.aisles.items()]
        self.strolled = endless(random_for(seed, "strolled"), sizes_of_aisles)
        self.others = endless(random_for(seed, "others"), list(OTHERS))


def make_offer(product: Product, variants: list[ProductVariant]) -> Offer:
    """Return a product as visitors see it."""
    price = product.sale_price_kobo or product.price_kobo
    viewed = {
        "product_id": product.public_id,
        "sku": product.sku,
        "name": product.name,
        "category": product.category.name,
        "brand": product.brand.name if product.brand else None,
        "price": price // 100,
        "currency": product.currency,
    }
    return Offer(
        ref=product.public_id,
        name=product.name,
        category=product.category.name,
        price_kobo=price,
        sights=look(Spot(f"/shop/product/{product.slug}/", product.name, "Product")),
        view_properties=encode(viewed).decode(),
        variants=variants,
    )


def make_aisle(category: Category, weighted: list[tuple[Offer, float]], *, seed: int) -> Aisle:
    """Return a category's list as visitors see it, with its first dozen products."""
    own = [(offer, pull) for offer, pull in weighted if offer.category == category.name]
    shown = [{"product_id": offer.ref} for offer, _ in own[:12]]
    listed = {"list_id": category.slug, "category": category.name, "products": shown}
    filtered = [
        {"list_id": category.slug, "category": category.name, "filters": [{"type": kind, "value": value}]}
        for kind, value in FILTERS
    ]
    rng = random_for(seed, f"aisle {category.slug}")
    return Aisle(
        category=category.name,
        sights=look(Spot(f"/shop/category/{category.slug}/", category.name, "Product list")),
        list_properties=encode(listed).decode(),
        filters=endless(rng, [(encode(each).decode(), 1.0) for each in filtered]),
        wanted=endless(rng, own),
    )
