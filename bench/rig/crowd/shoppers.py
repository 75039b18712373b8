"""A locust scenario: people who look around, search, fill a cart and order, and whose tracker tells of each page.

`python -m locust -f bench/rig/crowd/shoppers.py --headless …`; CROWD_PRODUCTS and CROWD_KEY say what there is,
CROWD_PAUSE for how many seconds people look at a page, and CROWD_TALKERS the file of those who have a pet: a session's
token and a conversation each. What a shop in a crowd refuses (docs/crowds.md) is counted apart.
"""

from __future__ import annotations

import base64
import json
import os
import random
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from locust import FastHttpUser, task

from bench.rig.crowd.goods import ADDRESS, CATEGORIES, CONTACT, METHOD, REFUSED, reference_of, sku_of, slug_of

BUSY = 503
PRODUCTS = int(os.environ["CROWD_PRODUCTS"])
PAUSE = float(os.environ["CROWD_PAUSE"])
KEY = base64.b64encode(f"{os.environ['CROWD_KEY']}:".encode()).decode()
TALKERS = json.loads(Path(os.environ["CROWD_TALKERS"]).read_text()) if "CROWD_TALKERS" in os.environ else []
SAYINGS = ("show me red gowns", "something cheaper", "what is popular?", "thank you", "under 20000 naira")
ARRIVALS = count()
WORDS = ("ankara gown", "adire", "lace wrapper", "linen shirt", "kente cap", "ankra gwon", "silk kaftan")


class Shopper(FastHttpUser):
    """Somebody on the storefront."""

    def wait_time(self) -> float:
        """Return how long they look at a page: TPC-W's think time, exponential, ten times the mean at most."""
        return min(random.expovariate(1 / PAUSE), 10 * PAUSE)

    def on_start(self) -> None:
        """Begin a visit."""
        self.visitor, self.cart = uuid4().hex, ""
        number = next(ARRIVALS)
        self.talker = TALKERS[number] if number < len(TALKERS) else None

    def api(self, method: str, path: str, *, name: str, **options: Any) -> dict[str, Any]:
        """Make one call of the API and return its answer; what is not 2xx or JSON is counted as a failure."""
        headers = {"X-Zuka-Visitor": self.visitor, **({"X-Zuka-Cart": self.cart} if self.cart else {})}
        headers |= options.pop("headers", {})
        with self.rest(method, f"/api/v1/{path}", name=name, headers=headers, **options) as answer:
            found: dict[str, Any] = answer.js or {}
            if answer.status_code == BUSY and found.get("code") == "busy":
                answer.request_meta["name"] = f"{name}{REFUSED}"
                answer.success()  # type: ignore[no-untyped-call]  # locust has no types there
                return {}
            return found

    def tell(self, event: str, **properties: Any) -> None:
        """Send what the tracker sends of a page."""
        at = datetime.now(tz=UTC).isoformat()
        call = {"type": "track", "event": event, "messageId": uuid4().hex, "anonymousId": self.visitor, "timestamp": at}
        body = {"batch": [{**call, "properties": properties}], "sentAt": at}
        self.client.post("/v1/batch", json=body, headers={"Authorization": f"Basic {KEY}"}, name="track an event")

    def draw(self) -> int:
        """Return a product; a few are looked at by most."""
        return 1 + int(PRODUCTS * random.random() ** 3)

    @task(4)
    def open_home(self) -> None:
        """The front page."""
        self.api("GET", "categories/", name="categories")
        self.api("GET", "products/?ordering=popular&page_size=12", name="popular products")
        self.tell("Page Viewed", path="/")

    @task(6)
    def open_category(self) -> None:
        """A category and what it can be filtered by."""
        chosen = f"category={slug_of(random.randint(1, CATEGORIES))}"
        self.api("GET", f"products/?{chosen}", name="a category")
        self.api("GET", f"products/facets/?{chosen}", name="facets of a category")
        self.tell("Product List Viewed", category=chosen)

    @task(3)
    def look_for(self) -> None:
        """A search, with what is suggested while it is typed."""
        words = random.choice(WORDS)
        self.api("GET", f"search/suggestions/?q={words[:5]}", name="suggestions")
        self.api("GET", f"products/?q={words}", name="a search")
        self.tell("Products Searched", query=words)

    @task(8)
    def open_product(self) -> None:
        """A product's page."""
        number = self.draw()
        self.api("GET", f"products/{slug_of(number)}/", name="a product")
        self.api("GET", f"products/{slug_of(number)}/reviews/", name="reviews")
        self.tell("Product Viewed", product_id=reference_of(number))

    @task(2)
    def fill_cart(self) -> None:
        """Something goes into the cart."""
        line = {"sku": sku_of(self.draw()), "quantity": 1}
        cart = self.api("POST", "cart/lines/", json=line, name="add to the cart")
        self.cart = cart.get("token") or self.cart

    @task(1)
    def order(self) -> None:
        """What is in the cart is priced and ordered."""
        if not self.cart:
            self.fill_cart()
        self.api("POST", "checkout/", json={"state": "Lagos"}, name="quote")
        order = {"contact": CONTACT, "shipping_address": ADDRESS, "payment_method": METHOD}
        self.api("POST", "orders/", json=order, headers={"Idempotency-Key": uuid4().hex}, name="place an order")
        self.cart = ""

    @task(2)
    def talk(self) -> None:
        """A word with the pet, of who has one."""
        if self.talker:
            headers = {"X-Session-Token": self.talker["token"]}
            path = f"pets/conversations/{self.talker['conversation']}/messages/"
            self.api("POST", path, json={"text": random.choice(SAYINGS)}, headers=headers, name="say to the pet")

    @task(4)
    def ask_nothing(self) -> None:
        """The bare view, for comparison."""
        self.client.get("/bare/", name="bare DRF view")
