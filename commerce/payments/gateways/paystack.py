"""Paystack (`payments.md`; its OpenAPI file): amounts in kobo, webhooks signed with the secret key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from commerce.payments.gateways.protocol import (
    Authorization,
    Bill,
    Charge,
    ChargeState,
    Debit,
    GatewayRefused,
    Listed,
    ListedRefund,
    Message,
    MessageError,
    Notice,
    RefundAnswer,
    RefundNotice,
    RefundState,
    Return,
    ask,
    ask_list,
    checked,
    checked_refund,
    read_card,
    read_facts,
    read_moment,
    read_moments,
    read_page,
    reading,
)

# "abandoned" is also what Paystack says of a page that the customer has open, or has not opened yet.
STATES = {
    "success": ChargeState.PAID,
    "failed": ChargeState.FAILED,
    "reversed": ChargeState.REVERSED,
    **dict.fromkeys(("ongoing", "pending", "processing", "queued"), ChargeState.UNDER_WAY),
}
REFUND_STATES = {"processed": RefundState.DONE, "failed": RefundState.FAILED}
UNKNOWN = "transaction reference not found"
PER_PAGE = 100
# A list goes by when charges were made, and some are paid on a page of the days before.
PAGES_LAST = timedelta(days=3)


class Paystack:
    """The provider `paystack`."""

    paid_lists = ("success", "reversed")

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

    def debit(self, debit: Debit) -> Charge:
        """Charge an authorization; Paystack tells of a decline as of any charge."""
        body = {
            "email": debit.email,
            "amount": debit.amount_kobo,
            "currency": debit.currency,
            "reference": debit.reference,
            "authorization_code": debit.code,
            "metadata": {"title": debit.title},
        }
        data = self.data_of("POST", "/transaction/charge_authorization", json=body)
        with reading():
            return checked(read_charge(data))

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

    def list_charges(self, *, status: str, since: datetime, until: datetime, page: int) -> Listed[Charge]:
        """Return a page of the charges in a status; those paid at another time than in the span come too."""
        params = {"status": status, **span_of(since - PAGES_LAST, until), "page": page}
        rows, meta = self.list_of("/transaction", params=params)
        with reading():
            return Listed([checked(read_listed(row)) for row in rows], has_more(rows, meta, page))

    def list_refunds(self, *, since: datetime, until: datetime, page: int) -> Listed[ListedRefund]:
        """Return a page of the refunds that were begun in a span."""
        rows, meta = self.list_of("/refund", params={**span_of(since, until), "page": page})
        with reading():
            return Listed([read_listed_refund(row) for row in rows], has_more(rows, meta, page))

    def find_refunds(self, *, reference: str, provider_id: str) -> Sequence[ListedRefund]:
        """Return the refunds of one charge."""
        rows, _ = self.list_of("/refund", params={"transaction": provider_id or reference, "perPage": PER_PAGE})
        with reading():
            return [read_listed_refund(row) for row in rows]

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

    def list_of(self, path: str, *, params: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return rows and `meta` of a page. Raises GatewayUnavailable, GatewayRefused."""
        return ask_list(f"{settings.PAYSTACK_URL}{path}", key=settings.PAYSTACK_SECRET_KEY, success=True, params=params)


def span_of(since: datetime, until: datetime) -> dict[str, str | int]:
    """Return what a list is asked with, to the second."""
    first, last = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z" for at in (since, until))
    return {"from": first, "to": last, "perPage": PER_PAGE}


def has_more(rows: Sequence[Any], meta: Mapping[str, Any], page: int) -> bool:
    """Say whether a page is not the last one."""
    count = meta.get("pageCount")
    return page < count if isinstance(count, int) else len(rows) >= PER_PAGE


def read_listed(data: Mapping[str, Any]) -> Charge:
    """Return a charge of a list: with the moment when it was made where none says when it was paid."""
    return replace(read_charge(data), paid_at=read_moments(data, "paid_at", "paidAt", "created_at", "createdAt"))


def read_listed_refund(data: Mapping[str, Any]) -> ListedRefund:
    """Return a refund of a list; of its charge it has the id, bare or in an object, and mostly the reference."""
    charge = data.get("transaction")
    about: Mapping[str, Any] = charge if isinstance(charge, dict) else {"id": charge or ""}
    return checked_refund(
        ListedRefund(
            provider_id=str(data["id"]),
            payment_reference=str(data.get("transaction_reference") or about.get("reference") or ""),
            charge_id=str(about.get("id") or ""),
            amount_kobo=int(data["amount"]),
            currency=str(data["currency"]),
            is_test=data.get("domain") != "live",
            made_at=read_moments(data, "createdAt", "created_at"),
            answer=refund_answer(str(data["status"]), data.get("refund_reference")),
        )
    )


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
        authorization=read_authorization(data),
    )


def read_authorization(data: Mapping[str, Any]) -> Authorization | None:
    """Return the card of a charge, if Paystack says that it can be charged again."""
    card, customer = data.get("authorization"), data.get("customer")
    if not isinstance(card, dict) or not isinstance(customer, dict) or card.get("reusable") is not True:
        return None
    return read_card(
        code=card.get("authorization_code"),
        email=customer.get("email"),
        brand=card.get("brand"),
        last4=card.get("last4"),
        expires=f"{card.get('exp_month')}/{card.get('exp_year')}" if card.get("exp_year") else "",
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
