"""Flutterwave v3 (`payments.md`): amounts in naira; webhooks carry a shared word, which proves little."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
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
from zuka.platform.live_settings.reading import live

STATES = {"successful": ChargeState.PAID, "failed": ChargeState.FAILED, "pending": ChargeState.UNDER_WAY}
LONGEST_SESSION = 1440  # minutes
UNKNOWN = "no transaction"
COUNTRY = "NG"
TEST_KEY = "FLWSECK_TEST"


class Flutterwave:
    """The provider `flutterwave`."""

    paid_lists = ("successful",)

    def is_configured(self) -> bool:
        """Say whether the shop has a secret key, and the word that webhooks carry."""
        return bool(settings.FLUTTERWAVE_SECRET_KEY and settings.FLUTTERWAVE_SECRET_HASH)

    def start(self, bill: Bill) -> str:
        """Begin a payment and return its page."""
        body = {
            "tx_ref": bill.reference,
            "amount": naira_of(bill.amount_kobo),
            "currency": bill.currency,
            "redirect_url": bill.return_url,
            "customer": {"email": bill.email, "name": bill.name, "phonenumber": bill.phone},
            "customizations": {"title": settings.SHOP_NAME},
            "session_duration": min(max(live.ORDER_HOLD_MINUTES, 1), LONGEST_SESSION),
        }
        data = self.data_of("POST", "/payments", json=body)
        with reading():
            return read_page(data["link"])

    def debit(self, debit: Debit) -> Charge:
        """Charge a card's token; Flutterwave refuses the request where the bank declines."""
        body = {
            "token": debit.code,
            "currency": debit.currency,
            "country": COUNTRY,
            "amount": naira_of(debit.amount_kobo),
            "email": debit.email,
            "tx_ref": debit.reference,
            "narration": debit.title,
        }
        data = self.data_of("POST", "/tokenized-charges", json=body)
        with reading():
            return checked(read_charge(data))

    def verify(self, reference: str) -> Charge | None:
        """Return what became of a payment; there is none before the customer has tried."""
        try:
            data = self.data_of("GET", "/transactions/verify_by_reference", params={"tx_ref": reference})
        except GatewayRefused as refusal:
            if UNKNOWN in refusal.words.lower():
                return None
            raise
        with reading():
            return checked(read_charge(data))

    def refund(self, wanted: Return) -> RefundAnswer:
        """Refund a part of a transaction, which its own id names."""
        body = {"amount": naira_of(wanted.amount_kobo), "comments": wanted.reason}
        data = self.data_of("POST", f"/transactions/{wanted.provider_id}/refund", json=body)
        return refund_answer(data)

    def list_charges(self, *, status: str, since: datetime, until: datetime, page: int) -> Listed[Charge]:
        """Return a page of the transactions in a status, of whole days of UTC."""
        rows, meta = self.list_of("/transactions", params={"status": status, **days_of(since, until), "page": page})
        with reading():
            return Listed([checked(read_listed(row)) for row in rows], has_more(rows, meta, page))

    def list_refunds(self, *, since: datetime, until: datetime, page: int) -> Listed[ListedRefund]:
        """Return a page of the refunds of whole days of UTC."""
        rows, meta = self.list_of("/refunds", params={**days_of(since, until), "page": page})
        with reading():
            return Listed([read_listed_refund(row) for row in rows], has_more(rows, meta, page))

    def find_refunds(self, *, reference: str, provider_id: str) -> Sequence[ListedRefund]:  # noqa: ARG002 - the protocol's
        """Return none: it cannot be asked that. Its refunds are made at once, so those of their day have them."""
        return []

    def is_signed(self, message: Message) -> bool:
        """Compare the shared word. It is the same for every body, so nothing in the body is believed."""
        sent = message.headers.get("verif-hash", "").encode("utf-8", "replace")
        return self.is_configured() and hmac.compare_digest(settings.FLUTTERWAVE_SECRET_HASH.encode(), sent)

    def read_notice(self, body: Mapping[str, Any]) -> Notice:
        """Return what a webhook says: which payment to ask about."""
        event, data = body.get("event"), body.get("data")
        if not isinstance(event, str) or not isinstance(data, dict):
            raise MessageError("expected {event, data}")
        key = f"{event}:{data.get('id')}:{data.get('tx_ref')}:{data.get('status')}"
        return Notice(event, key, charge_reference=str(data["tx_ref"]) if event == "charge.completed" else None)

    def data_of(self, method: str, path: str, *, json: Any = None, params: Any = None) -> dict[str, Any]:
        """Return the `data` of an answer. Raises GatewayUnavailable, GatewayRefused."""
        url = f"{settings.FLUTTERWAVE_URL}{path}"
        return ask(method, url, key=settings.FLUTTERWAVE_SECRET_KEY, success="success", json=json, params=params)

    def list_of(self, path: str, *, params: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return rows and `meta` of a page. Raises GatewayUnavailable, GatewayRefused."""
        url = f"{settings.FLUTTERWAVE_URL}{path}"
        return ask_list(url, key=settings.FLUTTERWAVE_SECRET_KEY, success="success", params=params)


def days_of(since: datetime, until: datetime) -> dict[str, str]:
    """Return what a list is asked with: days, which both ends belong to."""
    return {"from": f"{since.astimezone(UTC):%Y-%m-%d}", "to": f"{until.astimezone(UTC):%Y-%m-%d}"}


def has_more(rows: Sequence[Any], meta: Mapping[str, Any], page: int) -> bool:
    """Say whether a page is not the last one; where the answer does not say it, the page after the last is empty."""
    info = meta.get("page_info")
    count = info.get("total_pages") if isinstance(info, dict) else None
    return page < count if isinstance(count, int) else bool(rows)


def read_listed(data: Mapping[str, Any]) -> Charge:
    """Return a transaction of a list, which must say when it was made."""
    return replace(read_charge(data), paid_at=read_moments(data, "created_at"))


def read_listed_refund(data: Mapping[str, Any]) -> ListedRefund:
    """Return a refund of a list: it names its transaction by the id."""
    return checked_refund(
        ListedRefund(
            provider_id=str(data["id"]),
            payment_reference="",
            charge_id=str(data.get("tx_id") or data.get("transaction_id") or ""),
            amount_kobo=kobo_of(data["amount_refunded"]),
            currency=str(data.get("currency") or ""),
            is_test=is_test_key(),
            made_at=read_moments(data, "created_at"),
            answer=refund_answer(data),
        )
    )


def refund_answer(data: Mapping[str, Any]) -> RefundAnswer:
    """Return a refund's state by Flutterwave's words for it, which begin alike and end in how it was sent."""
    status, reference = str(data.get("status")), str(data.get("id") or "")
    if "failed" in status:
        return RefundAnswer(RefundState.FAILED, reference, status)
    is_done = status.startswith("completed")
    return RefundAnswer(RefundState.DONE if is_done else RefundState.OPEN, reference, "")


def is_test_key() -> bool:
    """Say whether the shop's key is one for trials."""
    return settings.FLUTTERWAVE_SECRET_KEY.startswith(TEST_KEY)


def read_charge(data: Mapping[str, Any]) -> Charge:
    """Return what a verified transaction says."""
    return Charge(
        state=STATES.get(str(data["status"]), ChargeState.OPEN),
        reference=str(data["tx_ref"]),
        provider_id=str(data["id"]),
        amount_kobo=kobo_of(data["amount"]),
        currency=str(data["currency"]),
        fee_kobo=kobo_of(data.get("app_fee") or 0),
        is_test=is_test_key(),
        paid_at=read_moment(data.get("created_at")),
        words=str(data.get("processor_response") or data["status"]).replace("\0", "")[:200],
        raw=read_facts(data),
        authorization=read_authorization(data),
    )


def read_authorization(data: Mapping[str, Any]) -> Authorization | None:
    """Return the card of a transaction, if Flutterwave gives a token for it: for a year, it says."""
    card, customer = data.get("card"), data.get("customer")
    if not isinstance(card, dict) or not isinstance(customer, dict):
        return None
    month, _, year = str(card.get("expiry") or "").partition("/")
    return read_card(
        code=card.get("token"),
        email=customer.get("email"),
        brand=str(card.get("type") or "").lower(),
        last4=card.get("last_4digits"),
        expires=f"{month}/20{year[-2:]}" if year else "",
    )


def naira_of(kobo: int) -> float | int:
    """Return an amount as Flutterwave takes it: a number of naira, with kobo behind the point if there are any."""
    return kobo // 100 if kobo % 100 == 0 else kobo / 100


def kobo_of(naira: object) -> int:
    """Return kobo of a number of naira. Raises ArithmeticError or ValueError for what is no number."""
    return int((Decimal(str(naira)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
