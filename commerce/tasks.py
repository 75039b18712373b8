"""The shop's scheduled jobs: thin, tolerant of unknown keywords, safe to run twice. Times: `zuka/schedule.py`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.contrib.sessions.backends.db import SessionStore

from commerce.accounts.services import forget_codes, forget_devices, forget_spent_tokens
from commerce.cart.services import abandon_idle_carts, remind_of_carts
from commerce.cart.services import tell_who_waits as tell_waiting
from commerce.catalog.services import find_drift, handle_imports, pictures_in_columns
from commerce.catalog.services import refresh_search_words as count_search_words
from commerce.notifications.services import drop_old_notices
from commerce.orders.services import (
    Round,
    expire_unpaid_orders,
    handle_waiting_deliveries,
    settle_due_orders,
    settle_waiting_payments,
)
from commerce.orders.services import refresh_popularity as count_popularity
from commerce.orders.services import refresh_related_products as count_pairs
from commerce.orders.services.comparing import compare_due_days
from commerce.orders.services.pictures import pictures_in_orders
from commerce.payments.services import leased
from commerce.rewards.services import drop_unfinished_plays, find_points_drift, lapse_points
from commerce.subscriptions.services import (
    renew_due,
    return_card_checks,
    settle_waiting_charges,
    settle_waiting_refunds,
)
from zuka.platform.clock import now
from zuka.platform.pictures.storing import delete_unnamed
from zuka.platform.queues.declared import NOW, SLOW, SOON
from zuka.platform.queues.declaring import background

log = structlog.get_logger(__name__)
MOST_NAMED = 20
# A run stops asking after two minutes.
RUN_LASTS = timedelta(minutes=10)


@background(name="commerce.tasks.forget_expired_sessions", queue=SLOW)
def forget_expired_sessions(**_unknown: Any) -> None:
    """Delete sign-ins that are over, of customers and staff, and what is known of devices, old codes and tokens."""
    SessionStore.clear_expired()
    forget_devices(at=now())
    forget_codes(at=now())
    forget_spent_tokens(at=now())


@background(name="commerce.tasks.watch_payments", queue=NOW)
def watch_payments(**_unknown: Any) -> None:
    """Handle messages of providers that wait, ask after payments nobody told us of, and expire what nobody paid.

    One run at a time; the run after one that died waits until its lease is over.
    """
    with leased("payments", lasts=RUN_LASTS) as is_ours:
        run = Round(at=now())
        for step in (handle_waiting_deliveries, settle_waiting_payments, expire_unpaid_orders) if is_ours else ():
            step(at=run.at, round_=run)


@background(name="commerce.tasks.renew_subscriptions", queue=NOW)
def renew_subscriptions(**_unknown: Any) -> None:
    """Charge the periods of subscriptions that are due, end those that are over, and ask after what is open.

    Two runs at once take different rows, and no period is charged twice.
    """
    run = Round(at=now())
    for step in (renew_due, settle_waiting_charges, return_card_checks, settle_waiting_refunds):
        step(at=run.at, round_=run)


@background(name="commerce.tasks.compare_payments", queue=SLOW)
def compare_payments(**_unknown: Any) -> None:
    """Compare the days that are over, and those staff asked for, with what the providers list."""
    compare_due_days(at=now())


@background(name="commerce.tasks.refresh_search_words", queue=SOON)
def refresh_search_words(**_unknown: Any) -> None:
    """Count the words of the catalogue anew, by which mistyped searches are mended."""
    count_search_words()


@background(name="commerce.tasks.refresh_related_products", queue=SOON)
def refresh_related_products(**_unknown: Any) -> None:
    """Count anew what customers bought together."""
    count_pairs(at=now())


@background(name="commerce.tasks.refresh_popularity", queue=SOON)
def refresh_popularity(**_unknown: Any) -> None:
    """Count anew how often products were bought and looked at."""
    count_popularity(at=now())


@background(name="commerce.tasks.delete_unnamed_pictures", queue=SLOW)
def delete_unnamed_pictures(**_unknown: Any) -> None:
    """Delete the files of pictures that no row and no order names any more."""
    delete_unnamed(at=now(), named=[pictures_in_columns, pictures_in_orders])


@background(name="commerce.tasks.check_stock", queue=SOON)
def check_stock(**_unknown: Any) -> None:
    """Report the variants whose movements do not add up to what is on hand; staff see them under Stock."""
    drift = find_drift()
    if count := drift.count():
        log.error("stock.drift", variants=count, skus=list(drift.values_list("sku", flat=True)[:MOST_NAMED]))


@background(name="commerce.tasks.check_points", queue=SOON)
def check_points(**_unknown: Any) -> None:
    """Report customers whose changes do not add up to what they have, then take the points that have lapsed."""
    drift = find_points_drift()
    if count := drift.count():
        log.error("points.drift", people=count, ids=[str(pk) for pk in drift.values_list("pk", flat=True)[:MOST_NAMED]])
    lapse_points(at=now())
    drop_unfinished_plays(at=now())


@background(name="commerce.tasks.settle_points", queue=SOON)
def settle_points(**_unknown: Any) -> None:
    """Give the points of orders of which nothing can be sent back any more, and those of friends."""
    settle_due_orders(at=now())


@background(name="commerce.tasks.watch_carts", queue=SOON)
def watch_carts(**_unknown: Any) -> None:
    """Set carts aside that nobody came back to, and remind those of them who have agreed to that."""
    at = now()
    abandon_idle_carts(at=at)
    remind_of_carts(at=at)


@background(name="commerce.tasks.forget_old_notices", queue=SLOW)
def forget_old_notices(**_unknown: Any) -> None:
    """Delete notices that have been in customers' accounts for long enough."""
    drop_old_notices(at=now())


@background(name="commerce.tasks.tell_who_waits", queue=NOW)
def tell_who_waits(**_unknown: Any) -> None:
    """Tell customers that what they wait for can be bought again."""
    tell_waiting(at=now())


@background(name="commerce.tasks.handle_product_imports", queue=SLOW)
def handle_product_imports(**_unknown: Any) -> None:
    """Check and do the imports of products that wait."""
    handle_imports(at=now())
