"""The shop as a visitor sees it: pages, lists and products, with their event properties encoded once."""

from __future__ import annotations

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
    """A spot for one kind of client, encoded: event type, the client's name for it, columns, properties."""

    event_type: str
    source_name: str
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
    in_stock: list[ProductVariant]
    seen: int = 0
    sold: int = 0
    ratings: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Aisle:
    """A category's list of products."""

    category: str
    sights: tuple[Sight, Sight]
    list_properties: str


def look(spot: Spot) -> tuple[Sight, Sight]:
    """Return how a spot is seen in a browser and in an app, in this order."""
    return (
        Sight("page.viewed", "page", spot.columns(is_app=False), spot.properties(is_app=False)),
        Sight("screen.viewed", "screen", spot.columns(is_app=True), spot.properties(is_app=True)),
    )


HOME = look(Spot("/", "Home", "Home"))
CART = look(Spot("/cart", "Your cart", "Cart"))
CHECKOUT = look(Spot("/checkout", "Checkout", "Checkout"))
THANKS = look(Spot("/checkout/thank-you", "Thank you", "Order placed"))
SEARCH = look(Spot("/search", "Search", "Search"))
SIGN_IN = look(Spot("/account/sign-in", "Sign in", "Sign in"))
OTHERS = (
    (look(Spot("/new-in", "New in", "New in")), 4.0),
    (look(Spot("/sale", "Sale", "Sale")), 4.0),
    (look(Spot("/size-guide", "Size guide", "Size guide")), 2.0),
    (look(Spot("/delivery", "Delivery", "Delivery")), 2.0),
    (look(Spot("/about", "About us", "About us")), 1.0),
    (look(Spot("/account/orders", "Your orders", "Your orders")), 1.5),
)


class Shelf:
    """All products and lists that visitors can come across."""

    def __init__(self, catalogue: Catalogue, *, seed: int) -> None:
        sizes: dict[str, list[ProductVariant]] = {}
        for variant in catalogue.variants:
            if variant.stock_on_hand:
                sizes.setdefault(variant.product.public_id, []).append(variant)
        self.offers = [make_offer(product, sizes.get(product.public_id, [])) for product in catalogue.products]
        self.aisles = [make_aisle(category, self.offers) for category in catalogue.categories if category.parent]
        weighted = list(zip(self.offers, catalogue.pulls, strict=True))
        self.wanted = endless(random_for(seed, "wanted"), weighted)
        counts = {aisle: sum(offer.category == aisle.category for offer in self.offers) for aisle in self.aisles}
        self.strolled = endless(random_for(seed, "strolled"), list(counts.items()))
        self.others = endless(random_for(seed, "others"), list(OTHERS))


def make_offer(product: Product, in_stock: list[ProductVariant]) -> Offer:
    """Return a product as visitors see it."""
    price = product.sale_price_kobo or product.price_kobo
    viewed = {
        "product_id": product.public_id,
        "name": product.name,
        "category": product.category.name,
        "brand": product.brand.name if product.brand else None,
        "price": price // 100,
        "currency": product.currency,
    }
    sights = look(Spot(f"/p/{product.slug}", product.name, "Product"))
    return Offer(
        ref=product.public_id,
        name=product.name,
        category=product.category.name,
        price_kobo=price,
        sights=sights,
        view_properties=encode(viewed).decode(),
        in_stock=in_stock,
    )


def make_aisle(category: Category, offers: list[Offer]) -> Aisle:
    """Return a category's list as visitors see it, with its first dozen products."""
    shown = [{"product_id": offer.ref} for offer in offers if offer.category == category.name][:12]
    listed = {"list_id": category.slug, "category": category.name, "products": shown}
    sights = look(Spot(f"/c/{category.slug}", category.name, "Product list"))
    return Aisle(category.name, sights, encode(listed).decode())
