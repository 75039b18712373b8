"""The shop's part of the back office: the rooms' pages and their menu."""

from django.contrib import admin

from commerce.accounts import admin as accounts
from commerce.accounts.adapter.factors import OfficeSignIn
from commerce.cart import admin as cart
from commerce.catalog import admin as catalog
from commerce.delivery import admin as delivery
from commerce.notifications import admin as notifications
from commerce.orders import admin as orders
from commerce.promotions import admin as promotions
from commerce.reviews import admin as reviews
from commerce.rewards import admin as rewards
from commerce.subscriptions import admin as subscriptions
from commerce.taxes import admin as taxes
from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu

__all__ = [
    "accounts",
    "cart",
    "catalog",
    "delivery",
    "notifications",
    "orders",
    "promotions",
    "reviews",
    "rewards",
    "subscriptions",
    "taxes",
]

# Staff who have a second step are asked for it here too.
admin.site.login_form = OfficeSignIn
admin.site.login_template = "commerce/office_sign_in.html"


def item(title: str, icon: str, model: str, app: str = "commerce") -> MenuItem:
    """Return the menu entry of a table's list, for who may view it."""
    return MenuItem(title=title, icon=icon, url_name=f"{app}_{model}_changelist", permission=f"{app}.view_{model}")


add_menu(
    MenuGroup(
        "Orders",
        10,
        [
            item("Orders", "receipt_long", "order"),
            item("Parcels", "package_2", "shipment"),
            item("Returns", "assignment_return", "return"),
            item("Carts", "shopping_cart", "cart"),
            item("Delivery", "local_shipping", "shippingzone"),
            item("Taxes", "percent", "taxrate"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Catalogue",
        20,
        [
            item("Products", "apparel", "product"),
            item("Stock", "inventory_2", "productvariant"),
            item("Imports", "upload_file", "productimport"),
            item("Categories", "account_tree", "category"),
            item("Brands", "sell", "brand"),
            item("Brands' own staff", "badge", "brandmember"),
            item("Reviews", "reviews", "productreview"),
            item("Coupons", "confirmation_number", "coupon"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Customers",
        30,
        [
            item("People", "group", "user"),
            item("Devices", "devices", "devicesession"),
            item("Notices", "notifications", "notification"),
            item("Staff roles", "badge", "group", app="auth"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Rewards",
        35,
        [
            item("Points", "stars", "pointsentry"),
            item("Points by staff", "exposure", "pointsadjustment"),
            item("Rewards", "redeem", "reward"),
            item("Rewards taken", "local_activity", "userreward"),
            item("Friends brought", "group_add", "referral"),
            item("Plays", "sports_esports", "gameplay"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Subscriptions",
        37,
        [
            item("Subscriptions", "autorenew", "subscription"),
            item("Plans", "loyalty", "plan"),
            item("Invoices", "receipt", "subscriptioninvoice"),
            item("Refunds of plans", "currency_exchange", "subscriptionrefund"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Payments",
        40,
        [
            item("Payments", "payments", "payment"),
            item("Refunds", "currency_exchange", "refund"),
            item("Comparison", "balance", "paymentcomparison"),
            item("Differences", "difference", "difference"),
            item("Messages of providers", "webhook", "webhookdelivery"),
        ],
    )
)
