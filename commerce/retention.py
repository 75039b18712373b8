"""What the shop keeps: its books for ever, what only passes through for a while."""

from __future__ import annotations

from django.db.models import Q

from zuka.platform.retention.declaring import SWEEP, Kept, Way, add_kept, for_ever, stays
from zuka.platform.retention.spans import days, months

AREA = "Shop"
SESSIONS = "commerce.tasks.forget_expired_sessions"
ACCOUNT = "The account."
BOOKS = "The shop's books. No job takes any of them."

GONE = (
    Kept(
        AREA,
        ("commerce.notification",),
        "Notices in customers' accounts.",
        span=days("NOTICE_RETENTION_DAYS"),
        task="commerce.tasks.forget_old_notices",
        column="created_at",
        personal="The account, and what it was told.",
    ),
    Kept(
        AREA,
        ("commerce.onetimecode",),
        "One-time codes, hashed.",
        span=days(count=1),
        task=SESSIONS,
        column="created_at",
        personal="The account; e-mail or phone as a hash.",
    ),
    Kept(
        AREA,
        ("commerce.devicesession",),
        "Devices of customers, since their sign-in ended.",
        span=days(count=30),
        task=SESSIONS,
        column="expires_at",
        personal="The account, the device's name and where it was.",
    ),
    Kept(
        AREA,
        ("commerce.spenttoken",),
        "Tokens of sign-in providers that were used, until they expire.",
        span=days(count=0),
        task=SESSIONS,
        column="expires_at",
    ),
    Kept(
        AREA,
        ("commerce.cart",),
        "Carts with nothing left in them that were not ordered.",
        span=months("CART_RETENTION_MONTHS"),
        task=SWEEP,
        column="last_active_at",
        only=Q(lines__isnull=True) & ~Q(status="converted"),
        personal="The account or the visitor.",
    ),
    Kept(
        AREA,
        ("commerce.webhookdelivery",),
        "Messages of payment providers, once handled: that they came and what became of them stays.",
        span=months("WEBHOOK_RETENTION_MONTHS"),
        task=SWEEP,
        way=Way.EMPTIED,
        column="received_at",
        only=Q(handled_at__isnull=False),
        emptied={"body": ""},
        personal="The payer's e-mail, name and last digits of a card, until they are emptied.",
    ),
)
LEDGER = (
    for_ever(
        AREA,
        "Orders, parcels and returns.",
        *("commerce.order", "commerce.orderline", "commerce.orderevent", "commerce.shipment", "commerce.shipmentline"),
        *("commerce.return", "commerce.returnline"),
        why=BOOKS,
        personal="The account, names, addresses, e-mail and phone, notes.",
    ),
    for_ever(
        AREA,
        "Payments and refunds, and how they compare with the providers' lists.",
        *("commerce.payment", "commerce.refund", "commerce.paymentcomparison", "commerce.difference"),
        why=BOOKS,
        personal="The account, and what the provider answered.",
    ),
    for_ever(
        AREA,
        "Subscriptions, their invoices and charges.",
        *("commerce.subscription", "commerce.subscriptionevent", "commerce.subscriptioninvoice"),
        *("commerce.subscriptioncharge", "commerce.subscriptionrefund", "commerce.entitlement"),
        why=BOOKS,
        personal="The account, and the e-mail a card belongs to.",
    ),
    for_ever(
        AREA,
        "Points, and what they were given and spent for.",
        *("commerce.pointsentry", "commerce.pointslot", "commerce.pointsadjustment", "commerce.userreward"),
        *("commerce.couponredemption", "commerce.referral"),
        why="Each balance is the sum of its changes.",
        personal="The account, and staff's reasons.",
    ),
    for_ever(
        AREA,
        "Movements of stock.",
        "commerce.stockmovement",
        why="What is on hand is their sum, and a job compares the two each day.",
        personal="Who of staff moved it.",
    ),
    for_ever(
        AREA,
        "What is in carts, and reminders of it.",
        *("commerce.cartline", "commerce.cartreminder"),
        why="Reports count what was left and what came back. Lines go with their cart.",
        personal="The reminded address, hashed once it was sent.",
    ),
    for_ever(
        AREA,
        "Plays and scores of games. Plays that nobody finished go after 30 days.",
        *("commerce.gameplay", "commerce.gamescore"),
        why="Points were given for them, and reports count them.",
        personal=ACCOUNT,
    ),
    for_ever(
        AREA,
        "Sheets of products that were imported.",
        "commerce.productimport",
        why="They say which change of the catalogue came from where.",
        personal="Who of staff brought it.",
    ),
)
PEOPLE = (
    for_ever(
        AREA,
        "Accounts, their addresses and choices.",
        *("commerce.user", "commerce.user_groups", "commerce.user_user_permissions", "commerce.address"),
        *("commerce.provideridentity", "commerce.notificationpreference", "commerce.rewardprofile"),
        *("commerce.wishlist", "commerce.stockalert"),
        why="Until somebody closes theirs.",
        personal="Name, e-mail, phone, birthday, addresses; what they wish for.",
    ),
    for_ever(
        AREA,
        "Addresses without an account that want no mails.",
        "commerce.addressoptout",
        why="Who said no must not be written to again.",
        personal="The address as a hash.",
    ),
    for_ever(
        AREA,
        "Reviews, and who found them useful.",
        *("commerce.productreview", "commerce.reviewvote"),
        why="Others read them.",
        personal="The account, and its own words.",
    ),
)
CATALOGUE = (
    stays(
        AREA,
        "Products, and where they are filed.",
        *(
            "commerce.product",
            "commerce.productvariant",
            "commerce.productimage",
            "commerce.category",
            "commerce.brand",
        ),
        why="What the shop sells and has sold.",
    ),
    stays(
        AREA,
        "Who works for which brand.",
        "commerce.brandmember",
        why="As many as there are staff of brands.",
        personal=ACCOUNT,
    ),
    stays(
        AREA,
        "Words and pairs of products.",
        *("commerce.productsearch", "commerce.searchword", "commerce.relatedproduct"),
        why="Made anew from the catalogue and the last year's orders.",
    ),
    stays(
        AREA,
        "Delivery, taxes, coupons, rewards and plans.",
        *("commerce.shippingzone", "commerce.shippingrate", "commerce.taxrate", "commerce.taxrate_exempt"),
        *("commerce.coupon", "commerce.coupon_products", "commerce.coupon_categories"),
        *("commerce.reward", "commerce.plan"),
        why="What staff set up; orders name it.",
        personal="A coupon may be one customer's.",
    ),
    stays(AREA, "Which worker does what now.", "commerce.lease", why="One row a kind of work."),
)
KEPT = (*GONE, *LEDGER, *PEOPLE, *CATALOGUE)

add_kept(*KEPT)
