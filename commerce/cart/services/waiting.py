"""Telling customers that what was sold out can be bought again: once a request, in the order of asking."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import F

from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.cart.models import StockAlert
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import find_variant
from commerce.notifications.models import Channel, NoticeGroup
from commerce.notifications.preferences import Reader, wants
from commerce.notifications.services import fill_path, keep_notice, mail_reader, shop_link
from zuka.platform.errors import Refused

MOST_ALERTS = 100
RUN_SECONDS = 50
KIND = "stock.back"


class InStock(Refused):
    """There is nothing to wait for."""

    code: ClassVar[str] = "in_stock"


class TooManyAlerts(Refused):
    """Somebody waits for more than that."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "too_many_alerts"


def awaited_skus(user: User) -> list[str]:
    """Return what a customer waits for, by sku."""
    waiting = StockAlert.objects.filter(user=user, told_at=None)
    return list(waiting.order_by("variant__sku").values_list("variant__sku", flat=True))


@transaction.atomic
def ask_for_alert(*, user: User, sku: str, at: datetime) -> StockAlert:
    """Let a customer be told when a variant can be bought again; asked twice is asked once.

    Raises `NotForSale`, `InStock`, `TooManyAlerts`, `AccountClosed`.
    """
    variant = find_variant(sku)
    if variant.stock_available > 0:
        raise InStock(f"{variant.product.name} is in stock. You can order it now.", field="sku")
    # Two tabs at once must not both find room for the last one.
    hold_account(user_id=user.pk)
    waiting = StockAlert.objects.filter(user=user, told_at=None)
    if found := waiting.filter(variant=variant).first():
        return found
    if waiting.count() >= MOST_ALERTS:
        raise TooManyAlerts(f"You wait for {MOST_ALERTS} things already. Take one back first.", field="sku")
    return StockAlert.objects.create(user=user, variant=variant, asked_at=at)


def drop_alert(*, user: User, sku: str) -> None:
    """Let a customer not be told after all; who does not wait for it is not told either."""
    StockAlert.objects.filter(user=user, variant__sku=sku, told_at=None).delete()


def tell_who_waits(*, at: datetime) -> int:
    """Tell customers whose variants can be bought again; return how many. Any number of workers may run this at once.

    Nothing hooks into the stock: whatever brought the pieces back, the next run sees them.
    """
    ends, told = monotonic() + RUN_SECONDS, 0
    while monotonic() < ends and tell_next(at=at):
        told += 1
    return told


@transaction.atomic
def tell_next(*, at: datetime) -> bool:
    """Tell whoever waits longest for something that is there; say whether anybody did."""
    there = ProductVariant.objects.for_sale().filter(stock_on_hand__gt=F("stock_reserved"))
    waiting = StockAlert.objects.filter(told_at=None, variant__in=there.values("pk")).order_by("asked_at", "id")
    free = waiting.select_for_update(skip_locked=True, of=("self",))  # a locked one is being told by somebody else
    alert = free.select_related("user", "variant__product").first()
    if alert is None:
        return False
    alert.told_at = at
    alert.save(update_fields=["told_at"])
    tell(alert, at=at)
    return True


def tell(alert: StockAlert, *, at: datetime) -> None:
    """Write the notice and queue the mail of a locked alert, as its customer wants them."""
    user, variant = alert.user, alert.variant
    product = variant.product
    reader = Reader(user.pk, user.email or "")
    path = fill_path(settings.PRODUCT_PATH, slug=product.slug)
    facts = {
        "product": product.name,
        "choice": variant.choice,
        "price_kobo": variant.unit_price_kobo,
        "currency": product.currency,
    }
    key = f"{KIND}:{alert.pk}"
    if wants(reader, group=NoticeGroup.STOCK, channel=Channel.IN_APP):
        keep_notice(kind=KIND, key=key, user_id=user.pk, context=facts, path=path, at=at)
    if reader.email and user.is_active and wants(reader, group=NoticeGroup.STOCK, channel=Channel.EMAIL):
        context = {**facts, "name": user.name}
        mail_reader(kind=KIND, key=key, reader=reader, context=context, links={"link": shop_link(path)}, at=at)
