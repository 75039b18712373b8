"""What is sent to place an order."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from commerce.orders.models import Channel, PaymentMethod
from commerce.orders.services import open_methods
from commerce.promotions.api import CouponCodesSerializer
from zuka.platform.answers import Answer

MAX_LINES = 100
MAX_QUANTITY = 1000
MOST_POINTS = 1_000_000_000


class LineRequestSerializer(serializers.Serializer[Any]):
    """What is ordered. Prices are the shop's; a price sent along is ignored."""

    sku = serializers.CharField(max_length=64, help_text="The sku of a variant.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class ContactSerializer(serializers.Serializer[Any]):
    """How to reach the customer. A guest gives an e-mail or a phone."""

    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    email = serializers.EmailField(required=False, allow_null=True)
    phone = serializers.CharField(max_length=30, required=False, allow_null=True)


class AddressSerializer(Answer, serializers.Serializer[Any]):
    """Where a parcel or a bill goes."""

    recipient_name = serializers.CharField(max_length=200)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    street_address = serializers.CharField(max_length=300)
    city = serializers.CharField(max_length=100)
    state = serializers.CharField(max_length=100)
    country = serializers.RegexField(r"^[A-Z]{2}$", default="NG", help_text="ISO 3166 code.")
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True)


class CampaignSerializer(serializers.Serializer[Any]):
    """The campaign that brought the customer."""

    utm_source = serializers.CharField(max_length=200, required=False)
    utm_medium = serializers.CharField(max_length=200, required=False)
    utm_campaign = serializers.CharField(max_length=200, required=False)


class PlaceOrderSerializer(CouponCodesSerializer):
    """An order to place."""

    lines = LineRequestSerializer(  # type: ignore[call-arg]  # many=True makes a ListSerializer
        many=True,
        required=False,
        allow_empty=False,
        max_length=MAX_LINES,
        help_text="Without it the order is made of your cart.",
    )
    contact = ContactSerializer(required=False, default=dict)
    shipping_address = AddressSerializer()
    billing_address = AddressSerializer(required=False, allow_null=True)
    payment_method = serializers.ChoiceField(choices=PaymentMethod.choices)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.WEB)
    campaign = CampaignSerializer(required=False)
    delivery_rate = serializers.IntegerField(
        required=False, min_value=1, help_text="One of the quote's delivery_options; the cheapest without it."
    )
    points = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_POINTS,
        default=0,
        help_text="How many of your points pay.",
    )
    notes = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    expected_total_kobo = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="What the customer was shown: another total is refused.",
    )

    def validate_payment_method(self, value: str) -> PaymentMethod:
        """Refuse what the shop cannot collect."""
        methods = open_methods()
        if value not in methods:
            raise serializers.ValidationError(f"This shop takes {' or '.join(methods)}.")
        return PaymentMethod(value)
