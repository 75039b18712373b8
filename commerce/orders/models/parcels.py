from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from commerce.columns import Timestamped, choice_check, positive_check
from commerce.orders.models.orders import Order, OrderLine


class ShipmentStatus(models.TextChoices):
    """Where one parcel is."""

    SHIPPED = "shipped", "On its way"
    DELIVERED = "delivered"
    REFUSED = "refused"


class Shipment(Timestamped):
    """One parcel of an order: what is in it are its lines. `position` counts the order's parcels from 1.

    `tracking_url` is the courier's page about it. `refused_at`: it was refused at the door and is back at the shop.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    position = models.PositiveSmallIntegerField("parcel")
    status = models.CharField(max_length=10, choices=ShipmentStatus, default=ShipmentStatus.SHIPPED)
    courier = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=100, blank=True, default="")
    tracking_url = models.CharField(
        "tracking link", max_length=500, blank=True, default="", validators=[URLValidator(["http", "https"])]
    )
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_shipment"
        verbose_name = "parcel"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="shipment_position_unique"),
            positive_check("shipment", "position"),
            choice_check("shipment", "status", ShipmentStatus),
            models.CheckConstraint(
                condition=Q(tracking_url="") | Q(tracking_url__regex=r"^https?://"), name="shipment_tracking_url"
            ),
            models.CheckConstraint(
                condition=Q(status="delivered", delivered_at__isnull=False)
                | (~Q(status="delivered") & Q(delivered_at__isnull=True)),
                name="shipment_delivered_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="refused", refused_at__isnull=False)
                | (~Q(status="refused") & Q(refused_at__isnull=True)),
                name="shipment_refused_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"Parcel {self.position}"


class ShipmentLine(models.Model):
    """How many pieces of an order's line are in a parcel. All parcels hold no more of a line than was ordered."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipped")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "commerce_shipment_line"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            positive_check("shipment_line", "quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
