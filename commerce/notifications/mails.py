"""Every mail to customers and staff, in tables: its subject, when it is sent, and an example to look at."""

from __future__ import annotations

from typing import Any

from zuka.platform.mail.templates import MailTemplate

_ORDER: dict[str, Any] = {
    "number": "ZUKA-2026-000123",
    "name": "Ada Obi",
    "currency": "NGN",
    "total_kobo": 4_350_000,
    "link": "https://shop.example/orders/ZUKA-2026-000123",
}
_PLACED: dict[str, Any] = {
    "lines": [
        {"name": "Adire wrap gown", "choice": "M, indigo", "quantity": 1, "total_kobo": 3_200_000},
        {"name": "Beaded sandals", "choice": "40", "quantity": 2, "total_kobo": 1_000_000},
    ],
    "subtotal_kobo": 4_200_000,
    "discounts": [],
    "shipping_kobo": 150_000,
    "tax_kobo": 0,
    "tax_included_kobo": 303_488,
    "tax_title": "VAT 7.5%",
    "address": ["Ada Obi", "12 Allen Avenue", "Ikeja, Lagos", "+2348012345678"],
    "payment_method": "paystack",
    "payment_name": "Paystack",
    "hold_minutes": 60,
}
_PARCEL: dict[str, Any] = {
    "parcel": 2,
    "lines": [{"name": "Beaded sandals", "choice": "40", "quantity": 1, "total_kobo": 1_000_000}],
    "courier": "GIG Logistics",
    "tracking_number": "GIG-99812",
    "tracking_url": "https://courier.example/GIG-99812",
    "delivery_date": "2026-03-14",
    "cash_kobo": 4_350_000,
}
_RETURN: dict[str, Any] = {"lines": _PARCEL["lines"], "answer": ""}

ORDER_MAILS: tuple[MailTemplate, ...] = (
    MailTemplate(
        "order.placed", "Your order {number}", "When an order is placed: what, where to, how to pay.", _ORDER | _PLACED
    ),
    MailTemplate(
        "order.part_paid",
        "A part of order {number} is paid",
        "When less came in than the order costs.",
        _ORDER | {"received_kobo": 2_000_000, "due_kobo": 2_350_000, "is_closed": False},
    ),
    MailTemplate(
        "order.paid",
        "We have received your payment for order {number}",
        "When an order is paid in full, also in cash.",
        _ORDER | {"received_kobo": 4_350_000, "due_kobo": 0, "is_closed": False},
    ),
    MailTemplate(
        "order.payment_failed",
        "Your payment for order {number} did not go through",
        "When a payment has failed and none is under way; once an order.",
        _ORDER,
    ),
    MailTemplate(
        "order.expired", "Order {number} was not paid", "When an order is let go that nobody paid in time.", _ORDER
    ),
    MailTemplate(
        "order.shipped",
        "Order {number} is on its way",
        "When the courier has a parcel, one each.",
        _ORDER | _PARCEL,
    ),
    MailTemplate(
        "order.delivered", "Order {number} has been delivered", "When a parcel has arrived, one each.", _ORDER | _PARCEL
    ),
    MailTemplate(
        "order.return_requested",
        "You want to send something of order {number} back",
        "When a customer asks to send something back.",
        _ORDER | _RETURN,
    ),
    MailTemplate(
        "order.return_approved",
        "You can send something of order {number} back",
        "When staff approve a return, or begin one.",
        _ORDER | _RETURN,
    ),
    MailTemplate(
        "order.return_refused",
        "We cannot take something of order {number} back",
        "When staff refuse a return, with their answer.",
        _ORDER | _RETURN | {"answer": "The seal of the box is broken."},
    ),
    MailTemplate(
        "order.return_received",
        "Something of order {number} is back with us",
        "When staff have received a return.",
        _ORDER | _RETURN,
    ),
    MailTemplate(
        "order.cancelled",
        "Order {number} is cancelled",
        "When the shop or the customer has cancelled an order.",
        _ORDER | {"has_paid": True},
    ),
    MailTemplate(
        "order.part_cancelled",
        "A part of order {number} is cancelled",
        "When the shop has cancelled pieces that had not left; the rest goes on.",
        _ORDER | {"lines": _PARCEL["lines"], "less_kobo": 500_000, "has_paid": True},
    ),
    MailTemplate(
        "order.refunded",
        "We have refunded {amount} of order {number}",
        "Each time that money went back.",
        _ORDER | {"amount": "₦10,000.00", "amount_kobo": 1_000_000, "provider": "paystack"},
    ),
)

_PERSON: dict[str, Any] = {"name": "Ada Obi"}
_CODE: dict[str, Any] = {**_PERSON, "code": "48213907"}

ACCOUNT_MAILS: tuple[MailTemplate, ...] = (
    MailTemplate(
        "account.email_code",
        "Confirm your e-mail",
        "When somebody asks for it: the code that confirms an e-mail.",
        _CODE,
        is_secret=True,
    ),
    MailTemplate(
        "account.entry_code",
        "Your code to {aim}",
        "When somebody asks to come in by e-mail: the code, to sign in or to open an account.",
        {**_CODE, "aim": "sign in"},
        is_secret=True,
    ),
    MailTemplate(
        "account.begun_anew",
        "Your account begins anew",
        "When a mailed code lets somebody in to an account that nobody had confirmed.",
        _PERSON,
    ),
    MailTemplate(
        "account.password_code",
        "Set a new password",
        "When somebody has forgotten their password: the code that sets a new one.",
        _CODE,
        is_secret=True,
    ),
    MailTemplate(
        "account.password_changed", "Your password was changed", "Each time that a password was changed.", _PERSON
    ),
    MailTemplate(
        "account.email_changed",
        "Your e-mail was changed",
        "To the e-mail that an account had before.",
        {**_PERSON, "email": "ada.obi@example.com"},
    ),
    MailTemplate(
        "account.phone_changed",
        "Your phone was confirmed",
        "When somebody has confirmed a phone for their account, with which they can sign in.",
        {**_PERSON, "phone": "+2348012345678"},
    ),
    MailTemplate(
        "account.phone_gone",
        "Your phone was confirmed elsewhere",
        "To an account that had a phone unconfirmed, which somebody else has confirmed.",
        {**_PERSON, "phone": "+2348012345678"},
    ),
    MailTemplate(
        "account.provider_connected",
        "You can sign in by {provider} now",
        "When a provider lets somebody in to an account that was there before.",
        {**_PERSON, "provider": "Google", "begins_anew": True},
    ),
    MailTemplate(
        "account.provider_gone",
        "{provider} does not sign you in any more",
        "When somebody has disconnected a provider from their account.",
        {**_PERSON, "provider": "Google"},
    ),
    MailTemplate(
        "account.closing_code",
        "Close your account, or delete all your data",
        "When somebody without a password wants to close their account or have it erased: the code that does it.",
        _CODE,
        is_secret=True,
    ),
    MailTemplate("account.closed", "Your account is closed", "When a customer has closed their account.", _PERSON),
    MailTemplate(
        "account.data_ready",
        "The copy of your data is ready",
        "When the file with what is kept of a customer, which they asked for, can be downloaded.",
        {**_PERSON, "kept_until": "28 November 2026"},
    ),
    MailTemplate(
        "account.erasure_asked",
        "Your account and your data are being deleted",
        "When a customer has asked to be erased; the last mail that they get.",
        _PERSON,
        is_last=True,
    ),
    MailTemplate(
        "account.second_step_on",
        "A second step protects your account",
        "When somebody has linked an authenticator app.",
        _PERSON,
    ),
    MailTemplate(
        "account.second_step_off",
        "Your account has no second step any more",
        "When somebody has unlinked their authenticator app.",
        _PERSON,
    ),
    MailTemplate("account.recovery_codes", "New recovery codes", "When somebody has made new recovery codes.", _PERSON),
)

CART_REMINDER = MailTemplate(
    "cart.reminder",
    "Your cart at {shop_name} is waiting for you",
    "Once a cart, when it was left and its owner has agreed to be reminded.",
    {
        "name": "Ada Obi",
        "currency": "NGN",
        "lines": [
            {"name": "Adire wrap gown", "choice": "M, indigo", "quantity": 1, "total_kobo": 3_200_000},
            {"name": "Beaded sandals", "choice": "40", "quantity": 2, "total_kobo": 1_000_000},
        ],
        "subtotal_kobo": 4_200_000,
        "has_account": True,
        "link": "https://shop.example/cart/#recover=token",
        "opt_out_link": "https://shop.example/unsubscribe/token/",
    },
)

BACK_IN_STOCK = MailTemplate(
    "stock.back",
    "{product} is back in stock",
    "Once to each customer who asked for it, when a size and colour that was sold out can be bought again.",
    {
        "name": "Ada Obi",
        "product": "Adire wrap gown",
        "choice": "M, indigo",
        "price_kobo": 3_200_000,
        "currency": "NGN",
        "link": "https://shop.example/product/adire-wrap-gown/",
        "opt_out_link": "https://shop.example/unsubscribe/token/",
    },
)

REWARD_MAILS: tuple[MailTemplate, ...] = (
    MailTemplate(
        "rewards.points",
        "{points} points: {why}",
        "When points have come for an order whose goods are kept, or for a friend.",
        {
            "name": "Ada Obi",
            "points": "1,250",
            "why": "An order",
            "link": "https://shop.example/shop/rewards/",
            "opt_out_link": "https://shop.example/unsubscribe/token/",
        },
    ),
    MailTemplate(
        "rewards.level",
        "You have reached {level}",
        "Once for each gem level that a customer reaches.",
        {
            "name": "Ada Obi",
            "level": "Sapphire",
            "link": "https://shop.example/shop/rewards/",
            "opt_out_link": "https://shop.example/unsubscribe/token/",
        },
    ),
)

_PLAN: dict[str, Any] = {
    "name": "Ada Obi",
    "plan": "Professional, a month",
    "amount": "₦10,000.00",
    "until": "14 April 2026",
    "again": "15 March 2026",
    "card": "Visa •••• 4081 12/2030",
    "why": "Insufficient Funds",
    "link": "https://shop.example/shop/subscription/",
}

SUBSCRIPTION_MAILS: tuple[MailTemplate, ...] = (
    MailTemplate("subscription.trial", "Your trial of {plan} has begun", "When a trial begins.", _PLAN),
    MailTemplate(
        "subscription.trial_ending", "Your trial of {plan} ends soon", "Three days before a trial is over.", _PLAN
    ),
    MailTemplate("subscription.started", "Welcome to {plan}", "When a plan is paid for the first time.", _PLAN),
    MailTemplate(
        "subscription.renewed",
        "{plan}: we have charged {amount}",
        "Each time that a period was paid: the receipt.",
        _PLAN,
    ),
    MailTemplate(
        "subscription.payment_failed",
        "{plan}: your payment did not go through",
        "Each time that a renewal could not be charged: why, and when it is tried again.",
        _PLAN,
    ),
    MailTemplate(
        "subscription.unpaid", "{plan} has ended unpaid", "When the last try to charge a renewal has failed.", _PLAN
    ),
    MailTemplate("subscription.changed", "Your plan: {plan}", "When a plan was changed, or goes on after all.", _PLAN),
    MailTemplate(
        "subscription.canceled",
        "{plan} ends on {until}",
        "When a customer ends their plan: until when it goes on.",
        _PLAN,
    ),
    MailTemplate("subscription.ended", "{plan} has ended", "When a plan that its customer ended is over.", _PLAN),
    MailTemplate(
        "subscription.refunded",
        "We have refunded {amount} of {plan}",
        "Each time that money of a plan went back.",
        _PLAN,
    ),
)

STAFF_MAILS: tuple[MailTemplate, ...] = (
    MailTemplate(
        "refunds.asked",
        "{amount} of order {number} waits for your approval",
        "To staff who may refund, when a colleague asks for a refund above REFUND_FOUR_EYES.",
        {
            "number": "ZUKA-2026-000123",
            "amount": "₦150,000.00",
            "reason": "The gown came in another colour.",
            "asked_by": "Bola Ade",
            "link": "https://shop.example/admin/commerce/refund/7/change/",
        },
    ),
    MailTemplate(
        "payments.differences",
        "{provider}, {day}: the ledger differs",
        "To staff who may refund, when the daily comparison finds something new; once a day that was compared.",
        {
            "provider": "Paystack",
            "day": "10 March 2026",
            "count": 2,
            "sums": "₦187,500.00 there, ₦185,500.00 here",
            "refund_sums": "₦10,000.00 there, ₦10,000.00 here",
            "differences": [
                "Money of no payment of ours: 4099260516. No order has a payment with this reference.",
                "Another amount: ZUKA-2026-000123-9f2c11ab. ₦43,500.00 there, ₦43,000.00 here.",
            ],
            "more": 0,
            "link": "https://shop.example/admin/commerce/paymentcomparison/7/change/",
        },
    ),
)
