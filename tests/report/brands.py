"""Two brands in one shop: Iro's gown and Ember's coat, in orders, carts, views and reviews; and their staff."""

from __future__ import annotations

from django.contrib.auth.models import Group

from analytics.rollup.fill import fill_dirty
from commerce.accounts.models import User
from commerce.cart.models import Cart, CartLine, Wishlist
from commerce.catalog.models import Brand, BrandMember, Category, Product, ProductVariant
from commerce.orders.models import OrderLine
from commerce.reviews.models import ProductReview
from tests.commerce.factories import UserFactory
from tests.rollup.story import FRIDAY, SATURDAY, at, event, make_product, pay, place
from zuka.roles import BRAND

OTHERS = ("Ember", "coat", "Coats")


def make_brands() -> tuple[Brand, Brand]:
    """Sell a gown of Iro and a coat of Ember: each alone, and both in one order."""
    gown, iro = make_product("gown", "Ankara gown"), Brand.objects.get(slug="iro")
    ember = Brand.objects.create(slug="ember", name="Ember")
    coats = Category.objects.create(slug="coats", name="Coats")
    coat = Product.objects.create(
        public_id="coat", sku="COAT", slug="coat", name="Rain coat", category=coats, brand=ember, price_kobo=900_000
    )
    pay(place("gown", at(FRIDAY, 12)), at(FRIDAY, 13))
    pay(place("coat", at(FRIDAY, 12), price=900_000), at(FRIDAY, 13))
    mixed = place("gown", at(SATURDAY, 9), quantity=2)
    OrderLine.objects.create(
        order=mixed, product_ref="coat", product_snapshot={}, quantity=1, unit_price_kobo=900_000, total_kobo=900_000
    )
    for number, product in enumerate((gown, coat, coat)):
        moment = at(SATURDAY, 10, number)
        event("product.viewed", moment, visitor_id="v1", product_ref=product.public_id)
        event("cart.item_added", moment, visitor_id="v1", product_ref=product.public_id)
    for stars, product in enumerate((gown, coat), 4):
        ProductReview.objects.create(product=product, rating=stars, created_at=at(SATURDAY, 11))
        Wishlist.objects.create(user=UserFactory.create(), product=product, added_at=at(SATURDAY, 11))
        cart = Cart.objects.create(token_hash=product.sku, status="abandoned", last_active_at=at(SATURDAY, 11))
        variant = ProductVariant.objects.create(product=product, sku=f"{product.sku}-M")
        CartLine.objects.create(
            cart=cart, variant=variant, quantity=stars, added_price_kobo=10_000, added_at=at(SATURDAY, 11)
        )
    fill_dirty()
    return iro, ember


def make_member(*brands: Brand) -> User:
    """Make somebody of these brands' own staff."""
    person: User = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=BRAND.name))
    BrandMember.objects.bulk_create(BrandMember(user=person, brand=brand) for brand in brands)
    return person
