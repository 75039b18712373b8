"""How staff look orders up by what they have in hand: a number, a customer, a payment's reference."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from commerce.accounts.services import SHORTEST_LOOKUP, find_people, phone_in
from commerce.orders.models import Order, OrderQuerySet
from commerce.payments.models import Payment, PaymentQuerySet, Provider, Refund

MOST_PEOPLE = 50


def orders_with_number(words: str, *, year: int) -> OrderQuerySet:
    """Return orders whose number begins like this; digits alone are the end of one of the year or the year before."""
    found = Order.objects.order_by("-id")
    if words.isascii() and words.isdigit():
        return found.filter(number__in=[f"ZUKA-{each}-{int(words):06d}" for each in (year, year - 1)])
    return found.filter(number__startswith=words.upper())


def orders_of_contact(words: str) -> OrderQuerySet:
    """Return orders that name a customer or guest like this, or a guest's phone; the newest first."""
    here = Q(guest_phone=phone) if (phone := phone_in(words)) else Q(pk=None)
    if len(words) >= SHORTEST_LOOKUP:
        here |= Q(contact_name__icontains=words) | Q(guest_email__icontains=words)
    return Order.objects.filter(here).order_by("-id")


def orders_of_account(words: str) -> OrderQuerySet:
    """Return orders of accounts with this e-mail, phone or name, at most 50 of them; the newest first."""
    people = list(find_people(words).values_list("pk", flat=True)[:MOST_PEOPLE])
    return Order.objects.filter(user__in=people).order_by("-id")


def orders_with_reference(words: str) -> OrderQuerySet:
    """Return the orders that a payment with this reference was for."""
    return Order.objects.filter(payments__in=payments_with_reference(words)).order_by("-id")


def payments_with_reference(words: str) -> PaymentQuerySet:
    """Return the payments with this reference: one a provider."""
    # The index begins with the provider.
    return Payment.objects.filter(provider__in=Provider.values, reference=words).order_by("-id")


def payments_of_order(words: str, *, year: int) -> PaymentQuerySet:
    """Return the payments of orders whose number is like this, as `orders_with_number` reads it."""
    return Payment.objects.filter(order__in=orders_with_number(words, year=year)).order_by("-id")


def refunds_of(payments: PaymentQuerySet) -> QuerySet[Refund]:
    """Return the refunds of payments, the newest first."""
    return Refund.objects.filter(payment__in=payments).order_by("-id")
