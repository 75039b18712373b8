"""Where the shop keeps data of people, table by table."""

from __future__ import annotations

from dataclasses import replace

from commerce.cart.models import Cart
from commerce.orders.models import Order
from commerce.personal_data.changing import (
    close_for_good,
    contact_changed,
    count_webhooks,
    email_changed,
    erase_beside_browsers,
    erase_points,
    erase_webhooks,
    phone_changed,
    place_changed,
    replace_account,
)
from commerce.personal_data.finding import FINDERS, GUARDS, see_others
from commerce.personal_data.impersonal import IMPERSONAL
from commerce.personal_data.subscriptions import BOOKS, SUBSCRIPTIONS
from zuka.platform.personal_data.declaring import (
    Erasure,
    Held,
    add_guard,
    add_impersonal,
    add_personal_data,
    pseudonym,
    without_words,
)
from zuka.platform.personal_data.people import add_finder, add_watcher

OF_USER = {"user": "users"}
OF_ORDER = {"order": "orders"}
MOVED = "Counted by reports; it follows the random id that stands for the account."
LINKS = {
    "user_groups": "Roles",
    "user_user_permissions": "Rights",
    "brandmember": "Brands they work for",
    "gamescore": "Places on boards",
    "stockalert": "What they wait for",
    "notificationpreference": "What they want to be told",
}

ACCOUNTS = (
    Held(
        name="commerce.user",
        title="Account",
        columns=("email", "phone", "name", "metadata", "profile_image_url", "time_zone", "language", "country"),
        secrets=("password",),
        found_by={"pk": "users"},
        erasure=Erasure.CHANGE,
        why="An empty account with a random id takes its place: sign-ups and orders of a day stay as many.",
        turn=5,
        erase=close_for_good,
    ),
    Held(
        name="commerce.user (its id)",
        title="The account's id, wherever it stands",
        erasure=Erasure.CHANGE,
        why="Every column that refers to an account is pointed at the empty one; the old id is deleted.",
        turn=90,
        erase=replace_account,
    ),
    Held(
        name="commerce.address",
        title="Addresses",
        columns=(
            *("user", "label", "recipient_name", "phone", "street_address"),
            *("city", "state", "country", "postal_code"),
        ),
        found_by=OF_USER,
    ),
    Held(
        name="commerce.onetimecode",
        title="Codes",
        columns=("user",),
        secrets=("address_hash", "code_hash"),
        found_by=OF_USER,
    ),
    Held(
        name="commerce.devicesession",
        title="Devices",
        columns=("user", "name", "place"),
        secrets=("session_key",),
        found_by=OF_USER,
    ),
    Held(
        name="commerce.provideridentity",
        title="Sign-in by Google and Apple",
        columns=("user", "subject", "email"),
        found_by=OF_USER,
    ),
    Held(name="mfa.authenticator", title="Second step", columns=("user",), secrets=("data",), found_by=OF_USER),
    Held(
        name="account.emailaddress",
        title="E-mail addresses of the sign-in",
        columns=("user", "email"),
        found_by=OF_USER,
    ),
    Held(
        name="account.emailconfirmation",
        title="Confirmations of the sign-in",
        secrets=("key",),
        found_by={"email_address__user": "users"},
    ),
    Held(
        name="commerce.entitlement",
        title="What a plan entitles to",
        columns=("user",),
        found_by=OF_USER,
        erasure=Erasure.REPLACE,
        why=MOVED,
    ),
    *(Held(name=f"commerce.{name}", title=title, columns=("user",), found_by=OF_USER) for name, title in LINKS.items()),
    Held(
        name="commerce.notification",
        title="Notices",
        columns=("user", "key", "title", "body", "link"),
        found_by=OF_USER,
    ),
)
ORDER = Held(
    name="commerce.order",
    title="Orders",
    columns=(
        *("user", "guest_email", "guest_phone", "contact_name", "shipping_address", "billing_address"),
        *("visitor_id", "session_id", "notes"),
    ),
    secrets=("idempotency_key", "idempotency_fingerprint"),
    found_by={"pk": "orders"},
    erasure=Erasure.CHANGE,
    changes={
        "guest_email": email_changed,
        "guest_phone": phone_changed,
        "contact_name": "",
        "shipping_address": place_changed,
        "billing_address": place_changed,
        "visitor_id": pseudonym,
        "session_id": pseudonym,
        "notes": "",
        "idempotency_key": pseudonym,
    },
    why=f"{BOOKS} Of an address the state and the country stay.",
)
CART = Held(
    name="commerce.cart",
    title="Carts",
    columns=("user", "visitor_id", "session_id"),
    secrets=("token_hash",),
    found_by={"pk": "carts"},
    erasure=Erasure.CHANGE,
    changes={"visitor_id": pseudonym, "session_id": pseudonym, "token_hash": pseudonym},
    why="Reports count carts that were left; whose they were is gone.",
)
ORDERS = (
    replace(ORDER, erase=erase_beside_browsers(ORDER, Order)),
    replace(CART, erase=erase_beside_browsers(CART, Cart)),
    Held(
        name="commerce.cartline",
        title="What is in carts",
        found_by={"cart": "carts"},
        erasure=Erasure.REPLACE,
        why=MOVED,
    ),
    Held(
        name="commerce.cartreminder",
        title="Reminders of carts",
        columns=("email",),
        secrets=("address_hash", "key_hash"),
        found_by={"cart": "carts", "email__iexact": "emails"},
        erasure=Erasure.CHANGE,
        changes={"email": "", "due_at": None, "address_hash": "", "key_hash": None},
        why="Reports count how many were sent.",
    ),
    Held(
        name="commerce.wishlist",
        title="Wishes",
        columns=("user",),
        found_by=OF_USER,
        erasure=Erasure.REPLACE,
        why=MOVED,
    ),
    Held(name="commerce.orderline", title="What was ordered", found_by=OF_ORDER, erasure=Erasure.KEEP, why=BOOKS),
    Held(
        name="commerce.orderevent",
        title="What became of orders",
        columns=("note", "actor"),
        unsaid=("actor",),
        found_by=OF_ORDER,
        erasure=Erasure.CHANGE,
        changes={"note": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.shipment",
        title="Parcels",
        columns=("tracking_number", "tracking_url"),
        found_by=OF_ORDER,
        erasure=Erasure.CHANGE,
        changes={"tracking_number": "", "tracking_url": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.return",
        title="Returns",
        columns=("note", "answer", "requested_by"),
        secrets=("idempotency_key",),
        unsaid=("requested_by",),
        found_by=OF_ORDER,
        erasure=Erasure.CHANGE,
        changes={"note": "", "answer": "", "idempotency_key": pseudonym},
        why=BOOKS,
    ),
    Held(
        name="commerce.returnline",
        title="What was sent back",
        columns=("reason",),
        found_by={"goods_return__order": "orders"},
        erasure=Erasure.KEEP,
        why=BOOKS,
    ),
    Held(
        name="commerce.payment",
        title="Payments",
        columns=("user", "collected_by", "failure_reason"),
        secrets=("raw_answer", "checkout_url"),
        unsaid=("collected_by",),
        found_by=OF_ORDER,
        erasure=Erasure.CHANGE,
        changes={"failure_reason": "", "raw_answer": None, "checkout_url": ""},
        why=f"{BOOKS} The provider's reference finds the payment there.",
    ),
    Held(
        name="commerce.refund",
        title="Refunds",
        columns=("reason", "decision_note", "failure_reason", "refunded_by", "decided_by"),
        unsaid=("refunded_by", "decided_by"),
        found_by={"payment__order": "orders"},
        erasure=Erasure.CHANGE,
        changes={"reason": "", "decision_note": "", "failure_reason": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.difference",
        title="Differences from a provider's list",
        columns=("explanation", "note", "resolved_by"),
        unsaid=("resolved_by",),
        found_by={"payment__order": "orders"},
        erasure=Erasure.CHANGE,
        changes={"explanation": without_words, "note": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.webhookdelivery",
        title="Messages of payment providers",
        columns=("body",),
        erasure=Erasure.CHANGE,
        why="That a message came and what came of it stays; what it said does not.",
        erase=erase_webhooks,
        count=count_webhooks,
    ),
    Held(
        name="commerce.couponredemption",
        title="Coupons used",
        columns=("user", "guest"),
        found_by={**OF_USER, **OF_ORDER},
        erasure=Erasure.CHANGE,
        changes={"guest": contact_changed},
        why="Coupons are used as often as before.",
    ),
)
REST = (
    Held(
        name="commerce.productreview",
        title="Reviews",
        columns=("user", "title", "body"),
        found_by=OF_USER,
        erasure=Erasure.CHANGE,
        changes={"title": "", "body": ""},
        why="The stars stay, so that a product's average does not move; what was written goes.",
    ),
    Held(
        name="commerce.reviewvote",
        title="Reviews found helpful",
        columns=("user",),
        found_by=OF_USER,
        erasure=Erasure.REPLACE,
        why=MOVED,
    ),
    Held(
        name="commerce.userreward",
        title="Rewards",
        columns=("user",),
        secrets=("idempotency_key",),
        found_by=OF_USER,
        erasure=Erasure.CHANGE,
        changes={"idempotency_key": pseudonym},
        why=MOVED,
    ),
    Held(
        name="commerce.gameplay",
        title="Games played",
        columns=("user", "state"),
        secrets=("nonce",),
        found_by=OF_USER,
        erasure=Erasure.CHANGE,
        changes={"state": without_words},
        why=MOVED,
    ),
    Held(
        name="commerce.pointsentry",
        title="Points",
        columns=("user", "note", "actor", "source_id"),
        unsaid=("actor",),
        found_by=OF_USER,
        erasure=Erasure.CHANGE,
        why="A ledger: points stay, so that they add up.",
        erase=erase_points,
    ),
    Held(
        name="commerce.pointslot",
        title="Points that can be spent",
        columns=("user",),
        found_by=OF_USER,
        erasure=Erasure.REPLACE,
        why=MOVED,
    ),
    Held(
        name="commerce.pointsadjustment",
        title="Points given by staff",
        columns=("user", "reason", "asked_by", "decided_by"),
        unsaid=("asked_by", "decided_by"),
        found_by=OF_USER,
        erasure=Erasure.CHANGE,
        changes={"reason": ""},
        why=MOVED,
    ),
    Held(
        name="commerce.rewardprofile",
        title="Nickname and code for friends",
        columns=("user", "nickname", "referral_code"),
        found_by=OF_USER,
    ),
    Held(
        name="commerce.referral",
        title="Friends brought along",
        columns=("referrer", "referred", "reason", "decided_by"),
        unsaid=("referrer", "referred", "decided_by"),
        found_by={"referrer": "users", "referred": "users"},
        erasure=Erasure.CHANGE,
        changes={"reason": ""},
        why=MOVED,
    ),
)


def declare() -> None:
    """Add the shop's part of the table."""
    add_personal_data(*ACCOUNTS, *ORDERS, *REST, *SUBSCRIPTIONS)
    add_impersonal(IMPERSONAL)
    for finder in FINDERS:
        add_finder(finder)
    add_watcher(see_others)
    for guard in GUARDS:
        add_guard(guard)
