"""What a customer's orders brought into their mailbox."""

from __future__ import annotations

from commerce.orders.models import Order
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

STAFF = Actor()


def mails(order: Order) -> list[OutgoingMail]:
    """The mails about an order, oldest first."""
    return list(OutgoingMail.objects.filter(context__number=order.number).order_by("id"))


def kinds(order: Order) -> list[str]:
    """Which mails there are about an order, oldest first."""
    return [mail.template for mail in mails(order)]


def texts(order: Order) -> list[tuple[str, str]]:
    """Subject and text of the mails about an order; its number reads NUMBER."""
    found = [(mail.subject, mail.text) for mail in mails(order)]
    return [(subject.replace(order.number, "NUMBER"), text.replace(order.number, "NUMBER")) for subject, text in found]
