"""Paystack (`payments.md`; its OpenAPI file): amounts in kobo, webhooks signed with the secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from commerce.payments.gateways.protocol import (
    Bill,
    Charge,
    ChargeState,
    GatewayRefused,
    Message,
    MessageError,
    Notice,
    RefundAnswer,
    RefundNotice,
    RefundState,
    Return,
    ask,
    checked,
    read_facts,
    read_moment,
    read_page,
    reading,
)

# "abandoned" is also what Paystack says of a page that the customer has open, or has not opened yet.
STATES = {
    "success": ChargeState.PAID,
    "failed": ChargeState.FAILED,
    "reversed": ChargeState.FAILED,
    **dict.fromkeys(("ongoing", "pending", "processing", "queued"), ChargeState.UNDER_WAY),
}
REFUND_STATES = {"processed": RefundState.DONE, "failed": RefundState.FAILED}
UNKNOWN = "transaction reference not found"


class Paystack:
    """The provider `paystack`."""

    def is_configured(self) -> bool:
        """Say whether the shop has a secret key."""
        return bool(settings.PAYSTACK_SECRET_KEY)

    def start(self, bill: Bill) -> str:
        """Initialise a transaction and return its page."""
        body = {
            "email": bill.email,
            "amount": bill.amount_kobo,
            "currency": bill.currency,
            "reference": bill.reference,
            "callback_url": bill.return_url,
            "metadata": {"name": bill.name, "phone": bill.phone},
        }
        data = self.data_of("POST", "/transaction/initialize", json=body)
        with reading():
            return read_page(data["authorization_url"])

    def verify(self, reference: str) -> Charge | None:
        """Return what became of a transaction."""
        try:
            data = self.data_of("GET", f"/transaction/verify/{reference}")
        except GatewayRefused as refusal:
            if UNKNOWN in refusal.words.lower():
                return None
            raise
        with reading():
            return checked(read_charge(data))

    def refund(self, wanted: Return) -> RefundAnswer:
        """Ask for a refund; Paystack sends word when it is done."""
        body = {"transaction": wanted.reference, "amount": wanted.amount_kobo, "merchant_note": wanted.reason}
        data = self.data_of("POST", "/refund", json=body)
        # Its messages name a refund by another word than this answer does, so they are matched by amount.
        return refund_answer(str(data.get("status")), data.get("refund_reference"))

    def is_signed(self, message: Message) -> bool:
        """Compare the HMAC of the body as it came: written anew, JSON is another text."""
        expected = hmac.new(settings.PAYSTACK_SECRET_KEY.encode(), message.body, hashlib.sha512).hexdigest()
        sent = message.headers.get("x-paystack-signature", "").encode("utf-8", "replace")
        return self.is_configured() and hmac.compare_digest(expected.encode(), sent)

    def read_notice(self, body: Mapping[str, Any]) -> Notice:
        """Return what a webhook says; Paystack gives it no id of its own."""
        event, data = body.get("event"), body.get("data")
        if not isinstance(event, str) or not isinstance(data, dict):
            raise MessageError("expected {event, data}")
        name = data.get("refund_reference") or data.get("id") or data.get("reference")
        about = data.get("transaction_reference") or data.get("reference")
        key = f"{event}:{name}:{about}:{data.get('status')}:{data.get('amount')}"
        if event.startswith("refund."):
            return Notice(event, key, refund=read_refund(data))
        about_charge = event == "charge.success"
        return Notice(event, key, charge_reference=str(data["reference"]) if about_charge else None)

    def data_of(self, method: str, path: str, *, json: Any = None) -> dict[str, Any]:
        """Return the `data` of an answer. Raises GatewayUnavailable, GatewayRefused."""
        url = f"{settings.PAYSTACK_URL}{path}"
        return ask(method, url, key=settings.PAYSTACK_SECRET_KEY, success=True, json=json)


def read_charge(data: Mapping[str, Any]) -> Charge:
    """Return what a verified transaction says."""
    asked = data.get("requested_amount")
    return Charge(
        state=STATES.get(str(data["status"]), ChargeState.OPEN),
        reference=str(data["reference"]),
        provider_id=str(data["id"]),
        # More where the customer bears the fees, less where they could pay only a part.
        amount_kobo=min(int(data["amount"]), int(asked)) if asked else int(data["amount"]),
        currency=str(data["currency"]),
        fee_kobo=int(data.get("fees") or 0),
        is_test=data.get("domain") != "live",
        paid_at=read_moment(data.get("paid_at")),
        words=str(data.get("gateway_response") or data["status"]).replace("\0", "")[:200],
        raw=read_facts(data),
    )


def refund_answer(status: str, reference: object) -> RefundAnswer:
    """Return a refund's state by Paystack's word for it."""
    state = REFUND_STATES.get(status, RefundState.OPEN)
    return RefundAnswer(state, str(reference or ""), status if state == RefundState.FAILED else "")


def read_refund(data: Mapping[str, Any]) -> RefundNotice:
    """Return what a refund's webhook says; its amount is a number in some events and text in others."""
    reference, amount = data.get("transaction_reference"), str(data.get("amount"))
    if not reference or not amount.isdigit():
        raise MessageError("expected transaction_reference and amount")
    return RefundNotice(
        str(reference), int(amount), refund_answer(str(data.get("status")), data.get("refund_reference"))
    )
