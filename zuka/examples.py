"""What the fields of the API look like: one example a name, from which the schema's examples come.

A name that means different things has one a component: `Brand.name`. A test says which field has none, and holds each
against its field's type, format and length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

GOWN, CODE, NUMBER = "adire-maxi-gown", "WELCOME10", "ZUKA-2026-000123"
TOKEN = "kM3v0c2T8cW1hQmZ5bXn4R7sYpLdEuJfAaGiOtHxKq0"  # noqa: S105 - opens nothing
WHEN = "2026-11-21T10:30:00+01:00"
PICTURE = "/media/pictures/3f/3f2a9c51d8e7460b9a1c2d3e4f506172-1800x2250.webp"
FORMATS: dict[str, Any] = {
    "date-time": WHEN,
    "date": "2026-11-25",
    "email": "ada@example.com",
    "uuid": "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f",
}
NAMES: dict[str, Any] = {
    "app_version": "2.1.0",
    "burst": 120,
    "endpoint": "*",
    "features": ["reports:read", "track"],
    "fingerprint": "d41d8cd98f00b204",
    "key": "zsk_5f0c3a9be27d41867f30b1c94de2a85617c09d3e",
    "os": "Android 15",
    "overlap_hours": 24,
    "per_day": 20_000,
    "per_hour": 3_600,
    "prefix": "zsk_5f0c3a",
    "refused": 3,
    "success": 42,
    "tier": "free",
    "validations_left": 958,
    "validations_most": 1_000,
    "validations_today": 42,
    "BoundDevice.name": "Ada's phone",
    "KeyDevice.name": "Ada's phone",
    "KeyValidation.name": "Partner app",
    **dict.fromkeys(("OwnKey.name", "RotatedKey.name"), "Partner app"),
    **dict.fromkeys(("OwnKey.kind", "RotatedKey.kind"), "secret"),
    "RotatedKey.token": "zsk_c1e84d07a95b3f62d0871e5a94bc30f7d26a18e5",
    "alt": "The gown from behind",
    "answer": "Bring it to our shop in Ikeja.",
    "author": "Ada",
    "available": 4,
    "body": "The colour stays after washing.",
    "cancelled": 0,
    "care_instructions": "Wash by hand, cold.",
    "checkout_url": "https://checkout.paystack.com/0peioxfhpn",
    "city": "Ikeja",
    "code": "482913",
    "colour": "indigo",
    "count": 24,
    "country": "NG",
    "coupon_code": CODE,
    "coupon_codes": [CODE, "FREEDELIVERY"],
    "courier": "GIG Logistics",
    "currency": "NGN",
    "delivery_rate": 3,
    "description": "Hand-dyed in Abeokuta.",
    "did_you_mean": "ankara gown",
    "display": "₦5,500.00",
    "display_order": 1,
    "expected_total_kobo": 700_000,
    "example": "I find, compare, stuff carts, sniff out coupons and chase parcels.",
    "field": "lines",
    "height": 2250,
    "helpful_count": 7,
    "id": 12,
    "id_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxMDc2OSJ9.c2lnbmF0dXJl",
    "image_url": PICTURE,
    "kind": "order.shipped",
    "kobo": 550_000,
    "label": "Home",
    "level": 2,
    "link": f"/shop/order/?number={NUMBER}",
    "logo_url": PICTURE,
    "material": "Cotton",
    "max_days": 3,
    "message": "Only 2 of Adire maxi gown are left.",
    "min_days": 1,
    "name": "Adire maxi gown",
    "next_level_xp": 60,
    "nonce": "n-0S6_WzA2Mj",
    "next": "https://shop.example/api/v1/products/?cursor=WzQyXQ",
    "note": "Too small for me.",
    "notes": "Please call before you come.",
    "number": NUMBER,
    "parcel": 1,
    "parent": "women",
    "password": "green plantain 47",
    "persona": "funny",
    "phone": "+2348031234567",
    "place": "Lagos, Nigeria",
    "position": 1,
    "answers": [2, 0, 1, 3, 0],
    "balance_after": 1250,
    "cards": ["ankara", "adire", "ankara", "adire"],
    "expiring_points": 40,
    "flips": [0, 9, 3, 12],
    "friend_points": 300,
    "game": "memory",
    "joined": 3,
    "left": 12,
    "level_title": "Sapphire",
    "most_points": 10,
    "next_level": "ruby",
    "next_level_title": "Ruby",
    "nickname": "Queen Ada",
    "percent": "10.00",
    "plays_a_day": 20,
    "points": 200,
    "points_earned": 64,
    "points_most": 500,
    "points_used": 200,
    "postal_code": "100001",
    "previous": None,
    "product_id": "p_4k7q2m9x3b5n",
    "provider": "google",
    "quantity": 1,
    "rating": 5,
    "rating_average": "4.67",
    "rating_count": 18,
    "recipient_name": "Ada Obi",
    "reference": "zk_0197f3a05b7c7d3e",
    "returnable": 1,
    "shipping_method": "Standard",
    "shipping_provider": "GIG Logistics",
    "short_description": "A long gown of adire cotton.",
    "size": "M",
    "sku": "ADIRE-GOWN-M",
    "slug": GOWN,
    "state": "Lagos",
    "status": "shipped",
    "street_address": "12 Allen Avenue",
    "tax_title": "VAT 7.5%",
    "rewarded": 2,
    "agreed_kobo": 250_000,
    "card": "Visa •••• 4081 12/2030",
    "plan": 3,
    "plan_name": "Professional, a month",
    "points_percent": 150,
    "reason": "I order less now.",
    "trial_days": 14,
    "Invoice.kind": "upgrade",
    "Invoice.number": "SUB-27",
    "Plan.description": "For who buys for others too.",
    "Plan.name": "Professional, a month",
    "Subscription.provider": "paystack",
    "Question.answers": ["Indigo", "Kola", "Bitter leaf", "Hibiscus"],
    "right": [2, 0, 1, 3, 0],
    "score": 940,
    "seconds": 30,
    "segment": 3,
    "segments": [5, 10, 0, 20],
    "shown_name": "Queen Ada",
    "source_type": "order",
    "streak_days": 4,
    "turns": 8,
    "valid_days": 30,
    "xp": 320,
    "xp_to_next": 680,
    "text": "Orders, parcels and money that goes back.",
    "title": "Lovely",
    "token": TOKEN,
    "access_token": TOKEN,
    "tracking_number": "GIG0012345",
    "tracking_url": "https://giglogistics.com/track/GIG0012345",
    "unread": 2,
    "url": PICTURE,
    "utm_campaign": "black-friday",
    "utm_medium": "social",
    "utm_source": "instagram",
    "value": "indigo",
    "weight_grams": 450,
    "width": 1800,
    "words": "size M",
    "skus": ["ADIRE-GOWN-M"],
    "tags": ["adire", "cotton"],
    "Brand.name": "Eko Threads",
    "Brand.slug": "eko-threads",
    "Category.name": "Gowns",
    "Category.slug": "gowns",
    "Connection.email": "ada.obi@example.com",
    "Connection.name": "Google",
    "Contact.name": "Ada Obi",
    **dict.fromkeys(("CustomerSession.status", "CustomerSessionConfig.status", "CustomerSignInConfig.status"), 200),
    **dict.fromkeys(("CustomerFactor.status", "CustomerFactors.status"), 200),
    "CustomerSessionMissing.status": 401,
    "CustomerSessionProblem.status": 400,
    "CustomerTotpSecret.status": 404,
    "DeliveryOption.name": "Standard",
    "Device.name": "Chrome on Android",
    "Error.code": "out_of_stock",
    "Export.created_at": WHEN,
    "Export.format": "csv",
    "Export.failure": "",
    "Export.rows": 184_250,
    "Export.size": 9_400_133,
    "Export.url": f"/api/v1/reports/recent_events/exports/0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f/file?token={TOKEN}",
    "Export.report": "recent_events",
    "Export.expires_at": "2026-11-28T10:30:00+01:00",
    "Export.ended_at": "2026-11-21T10:31:12+01:00",
    "SpendRow.day": "2026-11-20",
    "SpendRow.campaign": "detty-december",
    "SpendRow.source": "instagram",
    "SpendRow.medium": "paid_social",
    "SpendRow.spend_kobo": 5_500_050,
    "SpendSent.new": 12,
    "SpendSent.changed": 1,
    "SpendSent.unchanged": 30,
    "UnseenCampaign.campaign": "instagram / paid_social / dety-december",
    "UnseenCampaign.nearest": "instagram / paid_social / detty-december",
    "FacetValue.name": "Indigo",
    "Flag.name": "product-promise",
    "Flag.variant": "promise",
    "FlagDraw.rollout": 10_000,
    "FlagDraw.salt": "5f2b9c0e71d4a683",
    "FlagVariant.name": "promise",
    "FlagVariant.weight": 50,
    "Method.name": "Paystack",
    "NamedSlug.name": "Gowns",
    "NamedSlug.slug": "gowns",
    "Notification.body": "GIG Logistics brings it within three days.",
    "Notification.title": "Your order is on its way",
    "Adopt.name": "Bingo",
    "ChangePet.name": "Bingo",
    "Click.product_id": "p_4k7q2m9x3b5n",
    "Conversation.id": "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f",
    "Message.text": "Ta-da! 3 gowns, red.",
    "Persona.avatar": "funny.svg",
    "Persona.id": "funny",
    "Persona.text": "A goat who laughs at its own jokes.",
    "Persona.title": "Funny",
    "Points.level": "sapphire",
    "Pet.avatar": "funny.svg",
    "Pet.name": "Bingo",
    "Preference.title": "Your orders",
    "Segment.name": "Lagos shoppers",
    "Segment.people": 184,
    "Segment.refreshed_at": WHEN,
    "Segment.words": "Visited with state Lagos at least 1 time in the last 30 days.",
    "Taste.value": "M",
    "PreferenceValue.value": "L",
    "Remember.value": "M",
    "Say.text": "red gowns under 20k",
    "Product.id": "p_4k7q2m9x3b5n",
    "ProductDetail.id": "p_4k7q2m9x3b5n",
    "Profile.name": "Ada Obi",
    "SuggestedProduct.id": "p_4k7q2m9x3b5n",
}
PARAMETERS: dict[str, Any] = {
    "X-Zuka-Visitor": "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f",
    "attribute": ["platform:ios"],
    "key": "zpk_2f1f0f3f7a11b2f6d0c49a574f0e8d5c2f1f0f3f",
    "X-Zuka-Cart": TOKEN,
    "X-Zuka-Platform": "android",
    "Idempotency-Key": "b2f6d0c4-9a57-4f0e-8d5c-2f1f0f3f7a11",
    "cursor": "WzQyXQ",
    "page_size": 24,
    "q": "ankara gown",
    "brand": ["eko-threads"],
    "category": "gowns",
    "gender": ["women"],
    "tags": ["adire"],
    "size": ["M"],
    "colour": ["indigo"],
    "ids": ["p_4k7q2m9x3b5n"],
    "min_price": "5000.00",
    "max_price": "20000.00",
    "min_rating": "4",
    "ordering": "popular",
}
WHOLE = ("Request", "Patched")


def component_of(name: str) -> str:
    """Return what a component is about: `PatchedProfileRequest` is a Profile."""
    return name.removeprefix(WHOLE[1]).removesuffix(WHOLE[0])


def is_simple(field: Schema) -> bool:
    """Say whether a field is a value by itself: no object with fields of its own, no choice, no flag."""
    if field.get("type") == "array":
        return is_simple(field.get("items", {}))
    return "type" in field and field["type"] not in {"boolean", "object"} and "enum" not in field


def example_of(component: str, name: str, field: Schema) -> Any:
    """Return what a field looks like; None where nobody has said."""
    own = NAMES.get(f"{component_of(component)}.{name}")
    return own if own is not None else FORMATS.get(field.get("format", ""), NAMES.get(name))


def simple_fields(schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Yield the fields of all components that are values by themselves: component, name and schema."""
    for component, kind in schema["components"]["schemas"].items():
        for name, field in kind.get("properties", {}).items():
            if is_simple(field):
                yield component, name, field


def add_examples(result: Schema, **_rest: Any) -> Schema:
    """Add the examples to the API's schema; a hook of drf-spectacular."""
    for component, name, field in simple_fields(result):
        if (example := example_of(component, name, field)) is not None:
            field["example"] = example
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in PARAMETERS:
                    parameter["example"] = PARAMETERS[parameter["name"]]
    return result
