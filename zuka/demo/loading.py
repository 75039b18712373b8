"""Getting what was invented into the database: rows in bulk, events by COPY, numbers that go on where these end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from psycopg import sql

from analytics.rollup.api_hours import count_api_hours
from analytics.rollup.fill import rebuild
from analytics.rollup.leads import score_leads
from analytics.rollup.refresh import refresh_views
from analytics.track import track_many
from commerce.accounts.models import Address, User
from commerce.cart.models import Cart, CartLine
from commerce.catalog.models import MovementReason, Product, ProductVariant, StockMovement
from commerce.catalog.services import refresh_search_words
from commerce.orders.models import Order, OrderEvent, OrderLine, Return, ReturnLine, Shipment, ShipmentLine
from commerce.orders.services import refresh_related_products
from commerce.payments.models import Payment, PaymentComparison, Refund
from commerce.reviews.models import ProductReview
from commerce.rewards.models import Referral, UserReward
from pets.models import PetMessage
from zuka.demo.balances import compared_days
from zuka.demo.baskets import cart_rows
from zuka.demo.catalogue import Catalogue, save_catalogue
from zuka.demo.history import History
from zuka.demo.homes import make_addresses
from zuka.demo.keeping import (
    ROWS,
    continue_ids,
    last_id,
    save,
    save_gifts,
    save_notices,
    save_pastimes,
    save_talks,
)
from zuka.demo.partners import save_partners
from zuka.demo.plans import Plan
from zuka.demo.promise import save_promise
from zuka.demo.spending import save_spend
from zuka.demo.subscribers import save_plans, save_subscribers
from zuka.demo.telling import STOREFRONT_KEY
from zuka.demo.terms import save_redemptions, save_terms
from zuka.platform import clock
from zuka.platform.models import ApiKey

Thing = TypeVar("Thing")

# Events name their rows.
NAMED: tuple[type[models.Model], ...] = (ProductReview, PetMessage, Referral, UserReward)
HUNDREDTH = Decimal("0.01")
AHEAD, CHUNK = 4, 5_000
FILLED = (
    "analytics_events",
    "commerce_order",
    "commerce_order_line",
    "commerce_payment",
    "commerce_refund",
    "commerce_product_review",
)


def has_data() -> bool:
    """Say whether the shop has products or orders."""
    return Product.objects.exists() or Order.objects.exists()


def sequence_name(year: int) -> str:
    """Return the sequence of a year's order numbers."""
    return f"commerce_order_number_{year}"


def last_number(year: int) -> int:
    """Return the last order number of a year that was given out; 0 when none was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [sequence_name(year)])
        if cursor.fetchone()[0] is None:
            return 0
        name = sql.Identifier(sequence_name(year))
        cursor.execute(sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}").format(name))
        return int(cursor.fetchone()[0])


def continue_numbers(year: int, last: int) -> None:
    """Let the next order of a year get the number after `last`."""
    Order.objects.next_number(year)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(to_regclass(%s), %s)", [sequence_name(year), last])


def storefront_key() -> UUID:
    """Return the key that the storefront's clients send with."""
    keys = ApiKey.objects.filter(kind=ApiKey.Kind.PUBLISHABLE, status=ApiKey.Status.ACTIVE)
    key = keys.order_by("issued_at").first()
    return key.pk if key else STOREFRONT_KEY


def load_history(plan: Plan, catalogue: Catalogue) -> tuple[History, int]:
    """Invent and save a plan's history upon a saved catalogue; return it with the number of its events."""
    years = range(plan.first.year, plan.last.year + 1)
    numbers = {year: last_number(year) for year in years}
    last_ids: dict[type[models.Model], int] = {
        model: last_id(model) for model in (ProductReview, PetMessage, Referral, UserReward)
    }
    key = storefront_key()
    history = History(plan, catalogue, numbers=numbers, last_ids=last_ids, source_key=key)
    events = track_many(ahead(history.events()))
    carts = save_people_and_orders(history)
    save_reviews(history)
    save_pastimes(history)
    save_talks(history)
    save_notices(history, carts)
    save_caches(history, catalogue)
    save_stock(history, catalogue)
    for year, last in history.numbers.items():
        if last > numbers.get(year, 0):
            continue_numbers(year, last)
    return history, events + save_promise(plan)


def ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """Yield things in their order, made in a thread while the database is busy with those before."""
    # One thread, so that chunks are drawn one after the other.
    with ThreadPoolExecutor(max_workers=1) as inventing:
        chunks = deque(inventing.submit(lambda: list(islice(things, CHUNK))) for _ in range(AHEAD))
        while chunk := chunks.popleft().result():
            chunks.append(inventing.submit(lambda: list(islice(things, CHUNK))))
            yield from chunk


def save_people_and_orders(history: History) -> list[Cart]:
    """Save customers, then orders with all that belongs to them; return the carts that are left."""
    users = [customer.user for customer in history.customers]
    for user in users:
        user.last_login = min(user.last_login or user.created_at, history.plan.until)
    save(User, users)
    save(Address, make_addresses(history.bought, seed=history.seed))
    carts = save_carts(history)
    save_gifts(history)
    save(Order, [bought.order for bought in history.bought])
    save(OrderLine, chain.from_iterable(bought.lines for bought in history.bought))
    save(Shipment, [shipment for bought in history.bought for shipment, _ in bought.parcels])
    save(ShipmentLine, chain.from_iterable(bought.inside() for bought in history.bought))
    save(OrderEvent, chain.from_iterable(bought.timeline for bought in history.bought))
    save(Return, chain.from_iterable(bought.returns for bought in history.bought))
    save(ReturnLine, chain.from_iterable(bought.return_lines for bought in history.bought))
    save(Payment, chain.from_iterable(bought.payments for bought in history.bought))
    save(Refund, chain.from_iterable(bought.refunds for bought in history.bought))
    save(PaymentComparison, compared_days(history.bought, until=history.plan.until))
    save_redemptions(history.bought)
    return carts


def save_carts(history: History) -> list[Cart]:
    """Save the carts of the last weeks, tell orders which one they were made of, and return them."""
    carts, lines = cart_rows(history.till.baskets, until=history.plan.until)
    save(Cart, carts)
    save(CartLine, lines)
    saved = {cart.pk for cart in carts}
    for bought in history.bought:
        if bought.basket and bought.basket.id in saved:
            bought.order.cart_id = bought.basket.id
    return carts


def save_reviews(history: History) -> None:
    """Save reviews under the ids that their events name, and let the next one get the id after them."""
    reviews = history.opinions.rows
    if not reviews:
        return
    save(ProductReview, reviews)
    continue_ids(ProductReview)


def save_caches(history: History, catalogue: Catalogue) -> None:
    """Write what products cache: views, pieces sold, ratings."""
    for product in catalogue.products:
        offer = history.offers[product.public_id]
        product.view_count, product.purchase_count, product.rating_count = offer.seen, offer.sold, len(offer.ratings)
        if offer.ratings:
            product.rating_average = (Decimal(sum(offer.ratings)) / len(offer.ratings)).quantize(
                HUNDREDTH, ROUND_HALF_UP
            )
    columns = ["view_count", "purchase_count", "rating_count", "rating_average"]
    Product.objects.bulk_update(catalogue.products, columns, batch_size=ROWS)


def save_stock(history: History, catalogue: Catalogue) -> None:
    """Reserve the pieces of open orders: what the catalogue has can be ordered beside them."""
    reserved = history.reserved()
    variants = [variant for variant in catalogue.variants if reserved[variant.sku]]
    for variant in variants:
        variant.stock_reserved = reserved[variant.sku]
        variant.stock_on_hand += variant.stock_reserved
    ProductVariant.objects.bulk_update(variants, ["stock_on_hand", "stock_reserved"], batch_size=ROWS)


@transaction.atomic
def load(plan: Plan, catalogue: Catalogue) -> tuple[History | None, int]:
    """Save a catalogue and, for a plan with days, its history: all of it or nothing; return it and its events."""
    save_catalogue(catalogue)
    save_terms(opened_at=catalogue.brands[0].created_at)
    loaded = load_history(plan, catalogue) if plan.days else (None, 0)
    if plan.days:
        save_subscribers(seed=plan.seed, first=plan.opened_at, until=plan.until)
        save_partners(plan)
    else:
        save_plans()
    save(StockMovement, opening_movements(catalogue.variants))
    return loaded


def opening_movements(variants: Iterable[ProductVariant]) -> Iterator[StockMovement]:
    """Yield what explains the pieces on hand: as if all of them had been there from the beginning."""
    for variant in variants:
        if variant.stock_on_hand:
            yield StockMovement(
                variant=variant,
                sku=variant.sku,
                change=variant.stock_on_hand,
                balance_after=variant.stock_on_hand,
                reason=MovementReason.OPENING,
                moved_at=variant.created_at,
            )


def learn() -> None:
    """Do at once what jobs would do in their time: know the words of the catalogue, and what is bought together."""
    refresh_search_words()
    refresh_related_products(at=clock.now())


def count(plan: Plan, *, tables: Sequence[str] = FILLED) -> int:
    """Fill the rollups of a loaded plan, refresh the views and score people; return the number of rows counted.

    In no transaction.
    """
    # Until a table is vacuumed its BRIN index is empty, and each day would be counted by reading its whole month.
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
    rows = rebuild(first=plan.first, last=plan.last)
    save_spend(plan)
    refresh_views(at=clock.now())
    score_leads(at=clock.now())
    count_api_hours(at=plan.until)
    return rows
