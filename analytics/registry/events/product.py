"""Products, lists, searches, promotions, wishlists, reviews."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from analytics.registry.types import Amount, Count, EventType, Payload, Said, Text


class Product(Payload):
    """One product. `product_id` may come as productId, item_id, id or sku; amounts in naira, numbers or text."""

    product_id: Text
    sku: Text | None = None
    name: Text | None = None
    category: Text | None = None
    brand: Text | None = None
    variant: Text | None = None
    price: Amount | None = None
    quantity: Count | None = None
    currency: Text | None = None
    coupon: Text | None = None
    position: Count | None = None


class ProductList(Payload):
    """A list of products."""

    list_id: Text | None = None
    category: Text | None = None
    products: list[Any] | None = None


class Search(Payload):
    """What was searched for and how much was found."""

    query: Text
    results: Count | None = None


class Promotion(Payload):
    """A banner or campaign on a page."""

    promotion_id: Text | None = None
    name: Text | None = None
    creative: Text | None = None
    position: Text | None = None


class Share(Payload):
    """Something was shared."""

    share_via: Text | None = None
    product_id: Text | None = None


class Review(Payload):
    """A review; its text is not kept here (it is in the shop)."""

    product_id: Text
    rating: Annotated[float, Meta(ge=1, le=5)]
    review_id: Text | None = None


ONE = {"product_id": "p_ankara_01", "price": 18500, "currency": "NGN"}
NONE = {"name": "no product id"}
LIST = {"list_id": "new-in", "category": "Dresses", "products": [{"product_id": "p_ankara_01"}]}

TYPES = (
    EventType(
        name="product.viewed",
        text="A product's page was shown.",
        payload=Product,
        aliases=("Product Viewed", "Viewed Product", "view_item", "product_view", "asset_viewed"),
        example={**ONE, "source": "search", "device": "mobile"},
        broken=NONE,
        value=("value", "price"),
    ),
    EventType(
        name="product.clicked",
        text="A product was clicked in a list.",
        payload=Product,
        aliases=("Product Clicked", "Clicked Product", "select_item", "list_click"),
        example={**ONE, "position": 3},
        broken=NONE,
    ),
    EventType(
        name="product.list_viewed",
        text="A list or category of products was shown.",
        payload=ProductList,
        aliases=("Product List Viewed", "Viewed Product Category", "view_item_list", "list_view"),
        example=LIST,
        broken={"products": "many"},
    ),
    EventType(
        name="product.list_filtered",
        text="A list of products was filtered or sorted.",
        payload=ProductList,
        aliases=("Product List Filtered",),
        example=LIST,
        broken={"list_id": []},
    ),
    EventType(
        name="product.searched",
        text="Somebody searched the shop.",
        payload=Search,
        aliases=("Products Searched", "search", "view_search_results", "site_search"),
        example={"query": "ankara gown", "results": 12},
        broken={"results": 3},
    ),
    EventType(
        name="product.reviewed",
        text="A product was reviewed.",
        payload=Review,
        said=Said.CLAIM,
        aliases=("Product Reviewed",),
        example={"review_id": "rev789", "product_id": "p_ankara_01", "rating": 5, "text": "Amazing!"},
        broken={"product_id": "p_ankara_01", "rating": 6},
        hidden=("text", "review_body", "comment"),
    ),
    EventType(
        name="product.shared",
        text="A product was shared.",
        payload=Share,
        aliases=("Product Shared", "share", "social"),
        example={"share_via": "whatsapp", "product_id": "p_ankara_01"},
        broken={"share_via": 5},
    ),
    EventType(
        name="promotion.viewed",
        text="A promotion was shown.",
        payload=Promotion,
        aliases=("Promotion Viewed", "Viewed Promotion", "view_promotion", "promo_view"),
        example={"promotion_id": "detty-december"},
        broken={"promotion_id": []},
    ),
    EventType(
        name="promotion.clicked",
        text="A promotion was clicked.",
        payload=Promotion,
        aliases=("Promotion Clicked", "Clicked Promotion", "select_promotion", "promo_click"),
        example={"promotion_id": "detty-december"},
        broken={"creative": {}},
    ),
    EventType(
        name="wishlist.item_added",
        text="A product was put on a wishlist.",
        payload=Product,
        aliases=("Product Added to Wishlist", "add_to_wishlist"),
        example=ONE,
        broken=NONE,
    ),
    EventType(
        name="wishlist.item_removed",
        text="A product was taken off a wishlist.",
        payload=Product,
        aliases=("Product Removed from Wishlist",),
        example=ONE,
        broken=NONE,
    ),
)
