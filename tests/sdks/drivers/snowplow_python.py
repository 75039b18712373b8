"""Tell the story through snowplow-tracker, with the entities of Snowplow's e-commerce plug-in."""

import threading
from typing import Any

from shared_story import HOST, KEY, LINE, STORY
from snowplow_tracker import Emitter, PageView, SelfDescribing, SelfDescribingJson, Subject, Tracker

ECOMMERCE = "iglu:com.snowplowanalytics.snowplow.ecommerce"
EVENTS = 6
sent: list[dict[str, Any]] = []
ended = threading.Event()


def count(payloads: list[dict[str, Any]]) -> None:
    """Note what was taken."""
    sent.extend(payloads)
    if len(sent) >= EVENTS:
        ended.set()


def give_up(_taken: int, _payloads: list[dict[str, Any]]) -> None:
    """End soon, unless a retry is taken sooner: the SDK does not say whether it will send again."""
    timer = threading.Timer(3, ended.set)
    timer.daemon = True
    timer.start()


emitter = Emitter(HOST, batch_size=EVENTS, on_success=count, on_failure=give_up)
subject = Subject().set_platform("srv").set_user_id(STORY["user"]).set_domain_user_id(STORY["visitor"])
tracker = Tracker("shop", emitter, subject=subject, app_id=KEY)


def entity(name: str, data: dict[str, Any]) -> SelfDescribingJson:
    """Return an entity of the e-commerce plug-in."""
    return SelfDescribingJson(f"{ECOMMERCE}/{name}/jsonschema/1-0-0", data)


def act(kind: str, *entities: SelfDescribingJson) -> None:
    """Send an e-commerce action."""
    event = SelfDescribingJson(f"{ECOMMERCE}/snowplow_ecommerce_action/jsonschema/1-0-2", {"type": kind})
    tracker.track(SelfDescribing(event, context=list(entities)))


product = {"id": LINE["product_id"], **{name: LINE[name] for name in ("name", "price", "currency")}}
total = {"currency": "NGN"}
tracker.track(PageView(page_url=STORY["page"]["url"], page_title=STORY["page"]["title"]))
search = "iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0"
tracker.track(SelfDescribing(SelfDescribingJson(search, {"terms": [STORY["query"]]})))
act("product_view", entity("product", product))
act("add_to_cart", entity("product", {**product, "quantity": STORY["quantity"]}))
act("checkout_step", entity("checkout_step", {"step": 1}), entity("cart", {**total, "total_value": STORY["total"]}))
order = {**total, "transaction_id": STORY["order"], "revenue": STORY["total"], "payment_method": "card"}
act("transaction", entity("transaction", order), entity("product", {**product, "quantity": STORY["quantity"]}))
tracker.flush()
ended.wait(30)
