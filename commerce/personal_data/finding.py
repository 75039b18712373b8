"""Finding all that names a person in the shop, and saying why somebody cannot be erased yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from commerce.accounts.models import Address, User
from commerce.cart.models import Cart
from commerce.orders.models import CLOSED, Order, OrderPaymentStatus, OrderStatus
from commerce.payments.models import Payment, Refund, RefundStatus
from commerce.subscriptions.models import LIVE, Subscription, SubscriptionCharge, SubscriptionRefund
from zuka.platform.errors import Refused
from zuka.platform.personal_data.people import Person

HELD = (OrderPaymentStatus.PARTIALLY_PAID, OrderPaymentStatus.PAID)
UNDER_WAY = (RefundStatus.ASKED, RefundStatus.PENDING)


class NotYet(Refused):
    """Something of the person is open still."""

    code = "not_erasable_yet"


def accounts(person: Person) -> list[UUID]:
    """Return the id of a person's account, if they have one, as keys are."""
    return [UUID(each) for each in person.users]


def find_account(person: Person) -> Mapping[str, Iterable[Any]]:
    """Return what an account says of its person: what they are called, where they live, how they are reached."""
    users = list(User.objects.filter(pk__in=person.users))
    addresses = list(Address.objects.filter(user__in=accounts(person)))
    return {
        "emails": [user.email for user in users],
        "phones": [user.phone for user in users] + [each.phone for each in addresses],
        "names": [user.name for user in users] + [each.recipient_name for each in addresses],
        "places": [each.street_address for each in addresses],
    }


def proved_contacts(person: Person) -> tuple[list[str], list[str]]:
    """Return e-mails and phones whose guest orders are this person's: of an account what it has confirmed."""
    if not person.users:
        return list(person.emails), list(person.phones)
    users = list(User.objects.filter(pk__in=person.users))
    emails = [user.email for user in users if user.email and user.email_verified_at]
    return emails, [user.phone for user in users if user.phone and user.phone_verified_at]


def find_orders(person: Person) -> Mapping[str, Iterable[Any]]:
    """Return the orders of a person, and what those say of them: of an account, of an address, of a guest's browser."""
    emails, phones = proved_contacts(person)
    own = Q(user__in=person.users) | Q(pk__in=person.orders)
    for email in emails:
        own |= Q(user=None, guest_email__iexact=email)
    own |= Q(user=None, guest_phone__in=phones)
    if not person.users and person.visitors:
        own |= Q(user=None, visitor_id__in=person.visitors)
    orders = list(Order.objects.filter(own).order_by("pk"))
    addresses = [each for order in orders for each in (order.shipping_address, order.billing_address) if each]
    facts: dict[str, list[Any]] = {
        "orders": [order.pk for order in orders],
        "numbers": [order.number for order in orders],
        "visitors": [order.visitor_id for order in orders],
        "emails": [order.guest_email for order in orders],
        "phones": [order.guest_phone for order in orders] + [each.get("phone") for each in addresses],
        "names": [order.contact_name for order in orders] + [each.get("recipient_name") for each in addresses],
        "places": [each.get("street_address") for each in addresses],
    }
    payments = Payment.objects.filter(order__in=[order.pk for order in orders])
    charges = SubscriptionCharge.objects.filter(invoice__subscription__user__in=accounts(person))
    references = [*payments.values_list("reference", flat=True), *charges.values_list("reference", flat=True)]
    return {**facts, "payments": references}


def find_carts(person: Person) -> Mapping[str, Iterable[Any]]:
    """Return the carts of a person, and the browsers that filled those of their account."""
    own = Q(user__in=person.users)
    if not person.users:
        own |= Q(user=None, visitor_id__in=person.visitors)
        for email in person.emails:
            own |= Q(user=None, reminder__email__iexact=email)
    carts = list(Cart.objects.filter(own))
    return {"carts": [str(cart.pk) for cart in carts], "visitors": [cart.visitor_id for cart in carts]}


def refuse_staff(person: Person) -> None:
    """Raise `NotYet` for an account of staff: what they did in the shop is the shop's."""
    if User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), pk__in=person.users).exists():
        raise NotYet("This is an account of staff. A superuser takes its rights away first.", field="person")


def refuse_open_orders(person: Person) -> None:
    """Raise `NotYet` while an order is under way, or the shop holds money of one that ended."""
    is_open = ~Q(status__in=[*CLOSED, OrderStatus.COMPLETED]) | Q(status__in=CLOSED, payment_status__in=HELD)
    order = Order.objects.filter(is_open, pk__in=person.orders).order_by("pk").first()
    if order is not None:
        todo = "its money has to go back first" if order.status in CLOSED else "let it arrive, or cancel it first"
        raise NotYet(f"Order {order.number} is still open: {todo}.", field="order")


def refuse_open_money(person: Person) -> None:
    """Raise `NotYet` while a subscription runs or money is on its way back."""
    if Subscription.objects.filter(user__in=accounts(person), status__in=LIVE).exists():
        raise NotYet("The subscription still runs. Cancel it at once first.", field="subscription")
    refund = Refund.objects.filter(payment__order__in=person.orders, status__in=UNDER_WAY).order_by("pk").first()
    if refund is not None:
        number = refund.payment.order.number
        raise NotYet(f"A refund of order {number} is under way. Wait until it has arrived.", field="refund")
    charged = Q(charge__invoice__subscription__user__in=person.users)
    if SubscriptionRefund.objects.filter(charged, status__in=UNDER_WAY).exists():
        raise NotYet("A refund of the subscription is under way. Wait until it has arrived.", field="refund")


FINDERS = (find_account, find_orders, find_carts)
GUARDS = (refuse_staff, refuse_open_orders, refuse_open_money)
