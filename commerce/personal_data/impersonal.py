"""Columns of the shop that say nothing of anybody, and why: a test asks this of every new one."""

from __future__ import annotations

from collections.abc import Mapping

GOODS = "Goods and their texts."
RULES = "Rules that staff write for everybody."
STAFF = "A member of staff who did it; an account of staff is not erased."
NUMBERS = "A number or word of the shop's own."
PROVIDER = "A number by which a payment is found at its provider: books."
HASH = "A hash with which nothing can be looked up but by who has the word itself."

IMPERSONAL: Mapping[str, Mapping[str, str] | str] = {
    "auth.permission": RULES,
    "auth.group": RULES,
    "contenttypes.contenttype": RULES,
    "sessions.session": "Signed tokens of sign-ins; those of a device are deleted with it.",
    "django_celery_beat.solarschedule": RULES,
    "django_celery_beat.intervalschedule": RULES,
    "django_celery_beat.crontabschedule": RULES,
    "django_celery_beat.periodictask": RULES,
    "commerce.spenttoken": "Hashes of tokens, deleted when those expire.",
    "commerce.productimport": "Sheets of goods.",
    "commerce.category": GOODS,
    "commerce.brand": GOODS,
    "commerce.product": GOODS,
    "commerce.productvariant": GOODS,
    "commerce.productimage": GOODS,
    "commerce.productsearch": GOODS,
    "commerce.searchword": GOODS,
    "commerce.stockmovement": {"*": "Of goods.", "actor": STAFF},
    "commerce.shippingzone": RULES,
    "commerce.shippingrate": RULES,
    "commerce.taxrate": RULES,
    "commerce.coupon": RULES,
    "commerce.reward": RULES,
    "commerce.plan": RULES,
    "commerce.lease": "Which process is at something.",
    "commerce.addressoptout": HASH,
    "commerce.paymentcomparison": {"*": "Days and sums.", "asked_by": STAFF},
    "commerce.order": dict.fromkeys(
        (
            *("number", "currency", "tax_title", "utm_source", "utm_medium", "utm_campaign", "coupon_code", "coupons"),
            *("tracking_number", "shipping_provider", "shipping_method"),
        ),
        NUMBERS,
    ),
    "commerce.orderline": GOODS,
    "commerce.orderevent": dict.fromkeys(("from_state", "to_state"), NUMBERS),
    "commerce.shipment": {"courier": NUMBERS},
    "commerce.cart": {"currency": NUMBERS},
    "commerce.user": {"gem_level": NUMBERS},
    "commerce.entitlement": {"source_type": NUMBERS, "source_id": NUMBERS},
    "commerce.notification": {"kind": NUMBERS},
    "commerce.payment": {"reference": PROVIDER, "provider_id": PROVIDER},
    "commerce.refund": dict.fromkeys(("provider_reference", "listed_id", "request_key"), PROVIDER),
    "commerce.webhookdelivery": dict.fromkeys(("event", "dedupe_key", "outcome"), PROVIDER),
    "commerce.difference": dict.fromkeys(("subject_key", "reference", "provider_id"), PROVIDER),
    "commerce.gameplay": {"game": NUMBERS, "refusal": NUMBERS},
    "commerce.gamescore": {"game": NUMBERS},
    "commerce.pointsentry": {"source_type": NUMBERS},
    "commerce.referral": {"order_number": NUMBERS},
    "commerce.subscriptioninvoice": {"tax_title": NUMBERS},
    "commerce.subscriptioncharge": {"reference": PROVIDER, "provider_id": PROVIDER},
    "commerce.subscriptionrefund": dict.fromkeys(("provider_reference", "listed_id", "request_key"), PROVIDER),
}
