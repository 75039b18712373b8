from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import Timestamped, choice_check, not_negative_check, positive_check
from commerce.orders.models.orders import Order, OrderLine


class ReturnStatus(models.TextChoices):
    """Where one return is."""

    REQUESTED = "requested", "Asked for"
    APPROVED = "approved", "Approved, to be sent back"
    REFUSED = "refused"
    RECEIVED = "received", "Back at the shop"
    CLOSED = "closed"


class ReturnReason(models.TextChoices):
    """Why something comes back."""

    TOO_SMALL = "too_small", "Too small"
    TOO_LARGE = "too_large", "Too large"
    NOT_AS_SHOWN = "not_as_shown", "Not as shown"
    DAMAGED = "damaged", "Damaged or faulty"
    WRONG_PRODUCT = "wrong_product", "Not what was ordered"
    CHANGED_MIND = "changed_mind", "Not wanted any more"


# Their pieces are at the shop again.
BACK = (ReturnStatus.RECEIVED, ReturnStatus.CLOSED)


class Return(Timestamped):
    """Pieces of an order that its customer sends back. `position` counts the order's returns from 1.

    `note` is what the customer said, `answer` what the shop answered when it refused. Its refunds are what went back
    for it: at most what its lines are worth, known once they are received. An `idempotency_key` is one of its order's.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    position = models.PositiveSmallIntegerField("return")
    status = models.CharField(max_length=10, choices=ReturnStatus, default=ReturnStatus.REQUESTED)
    note = models.TextField("the customer's words", blank=True, default="")
    answer = models.TextField("the shop's answer", blank=True, default="")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="returns_requested"
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, editable=False)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_return"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="return_position_unique"),
            positive_check("return", "position"),
            choice_check("return", "status", ReturnStatus),
            models.CheckConstraint(
                condition=~Q(status__in=["received", "closed"]) | Q(received_at__isnull=False),
                name="return_received_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"Return {self.position}"

    @property
    def worth_kobo(self) -> int:
        """Return what the received pieces are worth, in the order's currency: nothing before they are here."""
        return sum(each.worth_kobo for each in self.lines.all())


class ReturnLine(models.Model):
    """How many pieces of an order's line come back, and why; when they are here, how many can be sold again.

    `worth_kobo`: what was paid for them, the line's share of the discount taken off and tax
    that came on top included; 0 until they are received.
    """

    goods_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returned")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=ReturnReason)
    sellable = models.PositiveIntegerField("can be sold again", default=0)
    worth_kobo = models.BigIntegerField(default=0)

    class Meta:
        db_table = "commerce_return_line"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["goods_return", "line"], name="return_line_once"),
            positive_check("return_line", "quantity"),
            not_negative_check("return_line", "worth_kobo"),
            models.CheckConstraint(condition=Q(sellable__lte=F("quantity")), name="return_line_sellable_within"),
            choice_check("return_line", "reason", ReturnReason),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
