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
from zuka.platform.personal_data.people import Person, spellings

HELD = (OrderPaymentStatus.PARTIALLY_PAID, OrderPaymentStatus.PAID)
UNDER_WAY = (RefundStatus.ASKED, RefundStatus.PENDING)


class NotYet(Refused):
    """Something of the person is open still."""

    code = "not_erasable_yet"


def accounts(person: Person) -> list[UUID]:
    """Return the id of a person's account, if they have one, as keys are."""
    return [UUID(each) for each in person.users]


def find_account(person: Person) -> Mapping[str, Iterable[Any]]:
    """Return what an account says of its person: what they are called, where they live, how they are reached.

    E-mails and phones that they have confirmed are theirs; others may be anybody's, as those of addresses are.
    """
    users = list(User.objects.filter(pk__in=person.users))
    addresses = list(Address.objects.filter(user__in=accounts(person)))
    emails = [user.email for user in users if user.email_verified_at]
    phones = [user.phone for user in users if user.phone_verified_at]
    told = [user.phone for user in users if user.phone and not user.phone_verified_at]
    told += [each.phone for each in addresses if each.phone]
    return {
        "emails": emails,
        "phones": phones,
        "claimed": [*(user.email for user in users if not user.email_verified_at), *spellings(told)],
        "names": [user.name for user in users] + [each.recipient_name for each in addresses],
        "places": [each.street_address for each in addresses],
    }


def find_orders(person: Person) -> Mapping[str, Iterable[Any]]:
    """Return the orders of a person, and what those say of them.

    Orders of guests are theirs by what they were asked for by, or what their account has confirmed: whom an order was
    sent to, and who else ordered in the same browser, are other people.
    """
    own = Q(user__in=person.users) | Q(pk__in=person.orders)
    for email in person.emails:
        own |= Q(user=None, guest_email__iexact=email)
    own |= Q(user=None, guest_phone__in=person.phones)
    if not person.users:
        own |= Q(user=None, visitor_id__in=[each for each in person.visitors if person.is_start(each)])
    orders = list(Order.objects.filter(own).order_by("pk"))
    addresses = [each for order in orders for each in (order.shipping_address, order.billing_address) if each]
    phones = [order.guest_phone for order in orders] + [each.get("phone") for each in addresses]
    facts: dict[str, list[Any]] = {
        "orders": [order.pk for order in orders],
        "numbers": [order.number for order in orders],
        "visitors": [order.visitor_id for order in orders],
        "claimed": [*(order.guest_email for order in orders), *spellings(filter(None, phones))],
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
        own |= Q(user=None, visitor_id__in=person.own_visitors)
        for email in person.emails:
            own |= Q(user=None, reminder__email__iexact=email)
    carts = list(Cart.objects.filter(own))
    return {"carts": [str(cart.pk) for cart in carts], "visitors": [cart.visitor_id for cart in carts]}


def see_others(person: Person, visitors: Iterable[str]) -> Mapping[str, set[str]]:
    """Return who beside a person ordered in browsers: accounts; for a guest other guests too, by e-mail or phone."""
    own = {*person.users, *(each.lower() for each in (*person.emails, *person.phones))}
    rows = Order.objects.filter(visitor_id__in=visitors).exclude(pk__in=person.orders)
    found: dict[str, set[str]] = {}
    for visitor, user, email, phone in rows.values_list("visitor_id", "user", "guest_email", "guest_phone").distinct():
        name = str(user) if user else "" if person.users else (email or phone or "").lower()
        if visitor and name and name not in own:
            found.setdefault(visitor, set()).add(name)
    return found


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
