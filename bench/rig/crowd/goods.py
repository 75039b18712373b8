"""What there is to buy for a crowd, and who buys it."""

from __future__ import annotations

CATEGORIES = 20
COLOUR = "red"
ADDRESS = {
    "recipient_name": "Ada Obi",
    "street_address": "12 Allen Avenue",
    "city": "Ikeja",
    "state": "Lagos",
    "country": "NG",
}
REFUSED = ", refused"  # what the name of a call gets in the crowd's table that was refused
METHOD = "cash_on_delivery"
CONTACT = {"name": "Ada Obi", "phone": "+2348031234567"}


def slug_of(number: int) -> str:
    """Return the slug of a product, as `products.sql` makes it."""
    return f"crowd-{number}"


def sku_of(number: int) -> str:
    """Return the SKU of a product's variant."""
    return f"CROWD-{number}-{COLOUR}"


def reference_of(number: int) -> str:
    """Return the id by which events name a product."""
    return f"p_{number:012}"
