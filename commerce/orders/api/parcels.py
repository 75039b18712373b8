"""Parcels of an order and what came back of it, as its customer sees them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from commerce.orders.models import Return, ReturnLine, ReturnStatus, Shipment, ShipmentLine, ShipmentStatus
from zuka.platform.answers import Answer


class ParcelLineSerializer(Answer, serializers.ModelSerializer[ShipmentLine]):
    """How many pieces of a line are in a parcel."""

    sku = serializers.CharField(source="line.product_snapshot.sku", read_only=True)
    name = serializers.CharField(source="line.product_snapshot.name", read_only=True)

    class Meta:
        model = ShipmentLine
        fields = ["sku", "name", "quantity"]
        read_only_fields = fields


class ParcelSerializer(Answer, serializers.ModelSerializer[Shipment]):
    """A parcel of an order: who brings it, where to follow it, and what is in it."""

    parcel = serializers.IntegerField(source="position", read_only=True, help_text="Counts the order's parcels from 1.")
    parcel_status = serializers.ChoiceField(source="status", choices=ShipmentStatus.choices, read_only=True)
    lines = ParcelLineSerializer(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields: Any = [
            "parcel",
            "parcel_status",
            "courier",
            "tracking_number",
            "tracking_url",
            "shipped_at",
            "delivered_at",
            "refused_at",
            "lines",
        ]
        read_only_fields = fields


class ReturnLineSerializer(Answer, serializers.ModelSerializer[ReturnLine]):
    """How many pieces of a line are sent back, and why."""

    sku = serializers.CharField(source="line.product_snapshot.sku", read_only=True)
    name = serializers.CharField(source="line.product_snapshot.name", read_only=True)

    class Meta:
        model = ReturnLine
        fields = ["sku", "name", "quantity", "reason"]
        read_only_fields = fields


class ReturnSerializer(Answer, serializers.ModelSerializer[Return]):
    """What its customer sends back of an order, and how far that is. `answer` says why the shop refused."""

    position = serializers.IntegerField(read_only=True, help_text="Counts the order's returns from 1.")
    return_status = serializers.ChoiceField(source="status", choices=ReturnStatus.choices, read_only=True)
    lines = ReturnLineSerializer(many=True, read_only=True)

    class Meta:
        model = Return
        fields: Any = [
            "position",
            "return_status",
            "note",
            "answer",
            "requested_at",
            "decided_at",
            "received_at",
            "lines",
        ]
        read_only_fields = fields
