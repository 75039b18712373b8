"""A shop of real processes as crowds use it: guests and customers by the API, staff by their pages, providers apart."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from bench.rig.site import Beginning, Site, scratch_site
from tests.commerce.factories import ADDRESS
from tests.journeys.test_online_payment import keys_of
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers

COUPON = (
    "from commerce.promotions.models import Coupon; "
    "Coupon.objects.create(code='ONCE', name='Once', kind='fixed', amount_kobo=100, usage_limit=1)"
)
SUBMITTED = {"_form_submitted": "True"}


@dataclass
class Clerk:
    """Somebody of the staff with a browser of their own."""

    site: Site
    browser: httpx2.Client

    def post(self, path: str, **fields: Any) -> httpx2.Response:
        """Send a form of the back office."""
        token = self.browser.cookies["csrftoken"]
        fields = {"csrfmiddlewaretoken": token, **fields}
        return self.browser.post(f"/admin/{path}", data=fields, headers={"Referer": f"{self.site.url}/admin/"})

    def press(self, thing: str, pk: int, button: str, **fields: Any) -> int:
        """Fill in the dialog of a button; return the answer's status."""
        return self.post(f"commerce/{thing}/{pk}/{button}/", **SUBMITTED, **fields).status_code

    def step(self, name: str, order: int) -> int:
        """Take an order a step further by the action of the list; return the answer's status."""
        body = {"action": f"{name}_orders", "_selected_action": str(order), "rehearsed": "1"}
        return self.post("commerce/order/", **body).status_code


@dataclass
class Marketplace:
    """A shop whose products can be ordered, and providers that send nothing by themselves."""

    site: Site
    providers: Providers
    turns: Iterator[int] = field(default_factory=itertools.count)

    def product(self, pieces: int) -> str:
        """The sku of another product, of which there are so many pieces."""
        query = (
            "UPDATE commerce_product_variant v SET stock_on_hand = %s, stock_reserved = 0 WHERE id = ("
            "SELECT min(v.id) FROM commerce_product_variant v JOIN commerce_product p ON p.id = v.product_id"
            " WHERE p.status = 'published' GROUP BY p.id ORDER BY p.id LIMIT 1 OFFSET %s) RETURNING sku"
        )
        return str(self.site.sql(query, [pieces, next(self.turns)])[0][0])

    def order(self, sku: str, quantity: int = 1, *, key: str = "", **said: Any) -> tuple[int, Any]:
        """Order as a guest; return the status and the answer."""
        body = {
            "lines": [{"sku": sku, "quantity": quantity}],
            "contact": {"name": "Ada Obi", "email": "ada@shop.example"},
            "shipping_address": ADDRESS,
            "payment_method": "cash_on_delivery",
            **said,
        }
        return self.site.send("POST", "/api/v1/orders/", body, headers={"Idempotency-Key": key} if key else {})

    def pay(self, sku: str) -> tuple[dict[str, Any], str]:
        """Order something, pay on the provider's page, and do not come back yet; return order and reference."""
        _, order = self.order(sku, payment_method="paystack")
        _, payment = self.site.send("POST", f"/api/v1/orders/{order['number']}/payments/?token={order['access_token']}")
        self.providers.settle(payment["reference"])
        return order, payment["reference"]

    def come_back(self, order: dict[str, Any], reference: str) -> int:
        """Ask as the page does to which the provider sends a customer back; return the status."""
        place = f"/api/v1/orders/{order['number']}/payments/{reference}/?token={order['access_token']}"
        return self.site.send("GET", place)[0]

    def tell(self, reference: str, event: str | None = None) -> int:
        """Post a provider's message about a payment; return the status."""
        message = self.providers.webhook_for(reference, event)
        return self.site.send("POST", message.path, message.body, headers=message.headers)[0]

    def find(self, table: str, where: str, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of the rows in which a column has a value."""
        return self.site.sql(f"SELECT {', '.join(columns)} FROM {table} WHERE {where} = %s ORDER BY id", [name])

    def state(self, number: str) -> tuple[Any, ...]:
        """How an order, its money and its parcels stand."""
        columns = ("status", "payment_status", "fulfilment_status")
        return self.find("commerce_order", "number", number, *columns)[0]

    def stock(self, sku: str) -> tuple[Any, ...]:
        """How many pieces of a product are on hand and reserved."""
        return self.find("commerce_product_variant", "sku", sku, "stock_on_hand", "stock_reserved")[0]

    def facts(self, number: str) -> Counter[str]:
        """How often which fact was told of an order."""
        query = "SELECT event_type FROM analytics_events WHERE order_ref = %s AND source_key IS NULL"
        return Counter(event for (event,) in self.site.sql(query, [number]))

    def pk(self, table: str, where: str, name: str) -> int:
        """The id of a row."""
        return int(self.find(table, where, name, "id")[0][0])

    @contextmanager
    def clerk(self) -> Iterator[Clerk]:
        """Somebody of the staff, signed in."""
        with httpx2.Client(base_url=self.site.url, timeout=60) as browser:
            browser.get("/admin/login/")
            clerk = Clerk(self.site, browser)
            said = {"username": self.site.staff["email"], "password": self.site.staff["password"]}
            assert clerk.post("login/?next=/admin/", **said).status_code == 302
            yield clerk


@contextmanager
def open_marketplace() -> Iterator[Marketplace]:
    """A shop with products and a coupon for one use, and its providers."""
    with scratch_site(Beginning.SHOP) as site, open_providers() as providers:
        site.manage("shell", "-c", COUPON)
        site.environment |= keys_of(providers)
        site.start_web()
        yield Marketplace(site, providers)
