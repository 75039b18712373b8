"""Webhooks: made and signed as each provider does, sent from the background until the shop answers 200."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from zuka.demo.providers import flutterwave, paystack
from zuka.demo.providers.state import Charge, Keys, Refund
from zuka.demo.providers.wire import write_json

SEND_SECONDS = 10.0
PAUSES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
REFUND_STATUSES: dict[str, str] = {
    "refund.pending": "pending",
    "refund.processing": "processing",
    "refund.processed": "processed",
    "refund.failed": "failed",
}
logger = logging.getLogger(__name__)


class Webhook(NamedTuple):
    """What is posted to the shop: the path there, all headers, and the body to the byte."""

    path: str
    headers: dict[str, str]
    body: bytes


def paystack_webhook(content: Mapping[str, Any], keys: Keys) -> Webhook:
    """Sign what Paystack has to say: HMAC-SHA512 of the body, by the secret key."""
    body = write_json(content)
    signature = hmac.new(keys.paystack_secret.encode(), body, hashlib.sha512).hexdigest()
    headers = {"Content-Type": "application/json", "x-paystack-signature": signature}
    return Webhook("/webhooks/paystack/", headers, body)


def flutterwave_webhook(content: Mapping[str, Any], keys: Keys) -> Webhook:
    """Send Flutterwave's secret hash along: no signature, the same for every body."""
    headers = {"Content-Type": "application/json", "verif-hash": keys.flutterwave_hash}
    return Webhook("/webhooks/flutterwave/", headers, write_json(content))


def charge_success(charge: Charge, keys: Keys) -> Webhook:
    """Return Paystack's `charge.success`, which claims a success whatever the ledger says."""
    data = {**paystack.describe_charge(charge, keys), "status": "success", "gateway_response": "Successful"}
    return paystack_webhook({"event": "charge.success", "data": data}, keys)


def charge_completed(charge: Charge, keys: Keys) -> Webhook:
    """Return Flutterwave's `charge.completed`, for a success or a failure."""
    data = flutterwave.describe_charge(charge)
    return flutterwave_webhook({"event": "charge.completed", "data": data, "event.type": "CARD_TRANSACTION"}, keys)


def refund_event(event: str, charge: Charge, refund: Refund, keys: Keys) -> Webhook:
    """Return one of Paystack's `refund.…`. The amount is a text, and there is no reference, as long as it waits."""
    waits = event in {"refund.pending", "refund.processing"}
    data = {
        "status": REFUND_STATUSES[event],
        "transaction_reference": charge.reference,
        "refund_reference": None if waits else refund.reference,
        "amount": refund.amount_kobo if waits else str(refund.amount_kobo),
        "currency": charge.currency,
        "processor": "instant-transfer",
        "customer": {"first_name": None, "last_name": None, "email": charge.customer.email},
        "integration": 1,
        "domain": keys.paystack_domain,
    }
    return paystack_webhook({"event": event, "data": data}, keys)


def settled_event(charge: Charge, keys: Keys) -> Webhook | None:
    """Return what a provider sends when a charge is settled: Paystack is silent about failures, both about cancels."""
    if charge.provider == "paystack":
        return charge_success(charge, keys) if charge.status == "success" else None
    return charge_completed(charge, keys) if charge.status in {"success", "failed"} else None


def refunds_events(charge: Charge, refunds: Sequence[Refund], keys: Keys) -> list[Webhook]:
    """Return what Paystack sends when refunds are settled."""
    return [refund_event(f"refund.{refund.status}", charge, refund, keys) for refund in refunds]


def named_event(charge: Charge, event: str | None, refund_id: int | None, keys: Keys) -> Webhook:
    """Return the webhook of an event's name. Raises LookupError for one that the provider does not send."""
    if charge.provider == "flutterwave" and event in {None, "charge.completed"}:
        return charge_completed(charge, keys)
    if charge.provider == "paystack" and event in {None, "charge.success"}:
        return charge_success(charge, keys)
    if charge.provider == "paystack" and event in REFUND_STATUSES:
        return refund_event(event, charge, find_refund(charge, refund_id), keys)
    raise LookupError(f"{charge.provider} sends no {event!r}")


def find_refund(charge: Charge, refund_id: int | None) -> Refund:
    """Return a refund by its id, or the newest. Raises LookupError."""
    found = [refund for refund in charge.refunds if refund_id in {None, refund.id}]
    if not found:
        raise LookupError(f"{charge.reference!r} has no such refund")
    return found[-1]


class StayingHere(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for what it is to a webhook: no 200."""

    def redirect_request(self, *_facts: Any) -> None:
        """Follow none."""


# The shop is on this machine or beside it: no proxy of the environment lies between.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), StayingHere)


def send_once(shop_url: str, webhook: Webhook) -> int:
    """Post a webhook to the shop and return the status; 0 when there was no answer."""
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
        shop_url.rstrip("/") + webhook.path, webhook.body, webhook.headers, method="POST"
    )
    try:
        with OPENER.open(request, timeout=SEND_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with contextlib.closing(refusal):
            return refusal.code
    except (OSError, http.client.HTTPException):
        return 0  # nobody answered: the outbox sends it again


class Outbox:
    """Sends webhooks from threads of its own, and ends them when it is closed."""

    def __init__(self, shop_url: str, pauses: Sequence[float] = PAUSES) -> None:
        self.shop_url = shop_url
        self._pauses = pauses
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def send(self, webhook: Webhook) -> None:
        """Send a webhook soon, again and again until the shop answers 200 or the pauses are used up."""
        self.later(0, lambda: [webhook])

    def later(self, seconds: float, make: Callable[[], Sequence[Webhook]]) -> None:
        """After some seconds make webhooks and send them one after the other."""
        thread = threading.Thread(target=self._run, args=(seconds, make), daemon=True)
        with self._lock:
            if self._closing.is_set():
                return
            self._threads = [each for each in self._threads if each.is_alive()]
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Give up what waits, and return when nothing is being sent any more."""
        with self._lock:
            self._closing.set()
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _run(self, seconds: float, make: Callable[[], Sequence[Webhook]]) -> None:
        if not self._closing.wait(seconds):
            for webhook in make():
                self._deliver(webhook)

    def _deliver(self, webhook: Webhook) -> None:
        status = 0
        for pause in self._pauses:
            if self._closing.wait(pause):
                return
            status = send_once(self.shop_url, webhook)
            if status == http.client.OK:
                return
        logger.warning("the shop did not take a webhook to %s: its last answer was %s", webhook.path, status or "none")
