"""Paystack's API: from a call to its answer, and its charges and refunds as it writes them. Amounts are kobo."""

from __future__ import annotations

import re
import secrets
from typing import Any

from zuka.demo.providers.state import (
    Asked,
    CardError,
    Charge,
    Customer,
    DuplicateReferenceError,
    Keys,
    Office,
    Refund,
    RefundError,
)
from zuka.demo.providers.wire import (
    Answer,
    Call,
    Page,
    Read,
    answer_by,
    bearer,
    cut_page,
    is_currency,
    is_email,
    is_web_address,
    json_answer,
    moment,
    refunds_among,
    route,
    same,
    within,
    words,
)

REFERENCE = re.compile(r"[A-Za-z0-9.=-]+")
CURRENCIES = ("NGN", "GHS", "ZAR", "KES", "USD")
FLAT_KOBO, FLAT_FROM_KOBO, MOST_KOBO = 10_000, 250_000, 200_000
GATEWAY_WORDS = {
    "success": "Successful",
    "reversed": "Successful",
    "failed": "Declined",
    "abandoned": "The transaction was not completed",
    "pending": "Waiting for the bank",
}


def answer_paystack(office: Office, call: Call) -> Answer:
    """Answer one call."""
    secret = bearer(call)
    if secret is None or not same(secret, office.keys.paystack_secret):
        return refuse(401, "No Authorization Header was found" if secret is None else "Invalid key")
    return answer_by(ROUTES, refuse, office, call)


def refuse(status: int, message: str) -> Answer:
    """Return a refusal as Paystack words it."""
    return json_answer(status, {"status": False, "message": message})


def accept(message: str, data: Any, meta: Any = None) -> Answer:
    """Return a success as Paystack words it."""
    more = {} if meta is None else {"meta": meta}
    return json_answer(200, {"status": True, "message": message, "data": data, **more})


def initialize(office: Office, call: Call, _named: str) -> Answer:
    """Open a checkout."""
    body = call.read()
    flaw = find_flaw(body)
    if flaw:
        return refuse(400, flaw)
    asked = Asked(
        provider="paystack",
        reference=body.get("reference") or secrets.token_hex(8),
        amount_kobo=read_kobo(body["amount"]) or 0,
        currency=body.get("currency") or "NGN",
        customer=Customer(email=body["email"]),
        callback_url=words(body.get("callback_url")),
        metadata=body.get("metadata") or "",
    )
    try:
        charge = office.ledger.open(asked)
    except DuplicateReferenceError:
        return refuse(400, "Duplicate Transaction Reference")
    return accept(
        "Authorization URL created",
        {
            "authorization_url": office.checkout_url(charge),
            "access_code": charge.access_code,
            "reference": charge.reference,
        },
    )


def charge_authorization(office: Office, call: Call, _named: str) -> Answer:
    """Charge a card without its customer; Paystack says of one that is declined that it tried."""
    body = call.read()
    flaw = find_flaw(body)
    if flaw:
        return refuse(400, flaw)
    asked = Asked(
        provider="paystack",
        reference=body.get("reference") or secrets.token_hex(8),
        amount_kobo=read_kobo(body["amount"]) or 0,
        currency=body.get("currency") or "NGN",
        customer=Customer(email=body["email"]),
        metadata=body.get("metadata") or "",
    )
    try:
        charge = office.ledger.debit(asked, card=words(body.get("authorization_code")).removeprefix(CODE))
    except DuplicateReferenceError:
        return refuse(400, "Duplicate Transaction Reference")
    except CardError as refusal:
        return refuse(400, str(refusal).capitalize())
    office.debited(charge)
    return accept("Charge attempted", describe_charge(charge, office.keys))


def find_flaw(body: Read) -> str | None:
    """Return what is wrong with a request for a checkout, in Paystack's words."""
    checks = (
        (is_email(body.get("email")), "Invalid Email Address Passed"),
        ((read_kobo(body.get("amount")) or 0) > 0, "Invalid Amount Sent"),
        (body.get("currency") is None or is_known(body.get("currency")), "Currency not supported by merchant"),
        (is_reference(body.get("reference")), "Invalid characters in reference: only -, ., = and alphanumerics"),
        (is_callback(body.get("callback_url")), "Invalid callback URL"),
    )
    return next((message for good, message in checks if not good), None)


def is_known(currency: Any) -> bool:
    """Say whether a currency is one that Paystack takes."""
    return is_currency(currency) and currency in CURRENCIES


def is_reference(value: Any) -> bool:
    """Say whether this may be a reference; without one Paystack makes its own."""
    return value is None or (isinstance(value, str) and REFERENCE.fullmatch(value) is not None)


def is_callback(value: Any) -> bool:
    """Say whether a customer can be sent back there, or nowhere."""
    return value is None or is_web_address(value)


def read_kobo(value: Any) -> int | None:
    """Return a whole number of kobo, also one written in digits, as Paystack's own examples do."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def verify(office: Office, _call: Call, reference: str) -> Answer:
    """Tell how a charge stands."""
    charge = office.ledger.find(reference)
    if charge is None or charge.provider != "paystack":
        return refuse(400, "Transaction reference not found")
    return accept("Verification successful", describe_charge(charge, office.keys))


def list_charges(office: Office, call: Call, _named: str) -> Answer:
    """List charges of a span, of a status where one is given, page by page."""
    try:
        found = within(office.ledger.all("paystack"), call.query)
        wanted = [each for each in found if call.query.get("status") in {None, "", status_of(each)}]
        page = cut_page(wanted, number=call.query.get("page", "1"), size=call.query.get("perPage", "50"))
    except ValueError:
        return refuse(400, "Invalid query: from, to, page or perPage")
    return accept("Transactions retrieved", [describe_charge(each, office.keys) for each in page.rows], about(page))


def about(page: Page[Any]) -> Read:
    """Return the `meta` of a page."""
    return {"total": page.total, "perPage": page.size, "page": page.number, "pageCount": page.count}


def create_refund(office: Office, call: Call, _named: str) -> Answer:
    """Begin a refund; it waits until the bank has it."""
    body = call.read()
    charge = find_charge(office, str(body.get("transaction") or ""))
    if charge is None:
        return refuse(400, "Transaction not found")
    amount = read_kobo(body.get("amount"))
    if body.get("amount") is not None and (amount is None or amount < 1):
        return refuse(400, "Invalid Amount Sent")
    try:
        note = words(body.get("merchant_note"))
        refund = office.ledger.refund(charge.reference, amount, status="pending", note=note)
    except RefundError as refusal:
        return refuse(400, str(refusal))
    office.refund_waits(charge, refund)
    described = describe_refund(charge, refund, office.keys)
    short = {name: described[name] for name in ("domain", "currency")}
    paid = {"id": charge.id, "reference": charge.reference, "amount": charge.amount_kobo, **short}
    return accept("Refund has been queued for processing", {**described, "transaction": paid})


def list_refunds(office: Office, call: Call, _named: str) -> Answer:
    """List refunds of a span, those of one transaction where it is named, page by page, the newest first."""
    named = call.query.get("transaction", "")
    charge = find_charge(office, named)
    charges = ([charge] if charge else []) if named else office.ledger.all("paystack")
    try:
        found = within(refunds_among(charges), call.query)
        page = cut_page(found, number=call.query.get("page", "1"), size=call.query.get("perPage", "50"))
    except ValueError:
        return refuse(400, "Invalid query: from, to, page or perPage")
    described = [describe_refund(each.charge, each.refund, office.keys) for each in page.rows]
    return accept("Refunds retrieved", described, about(page))


def find_charge(office: Office, named: str) -> Charge | None:
    """Return a charge by its reference or its id."""
    charge = office.ledger.find(named)
    return charge if charge and charge.provider == "paystack" else office.ledger.find_id("paystack", named)


def fees_kobo(amount_kobo: int) -> int:
    """Return what Paystack keeps: 1.5 % and N100, without the N100 below N2,500, never more than N2,000."""
    share = (amount_kobo * 15 + 500) // 1000
    return min(share + (FLAT_KOBO if amount_kobo >= FLAT_FROM_KOBO else 0), MOST_KOBO)


def status_of(charge: Charge) -> str:
    """Return a charge's status; Paystack calls abandoned what nobody has paid yet, and reversed what all went back."""
    if charge.status == "success" and charge.refunded_kobo("processed") >= charge.paid_kobo:
        return "reversed"
    return "abandoned" if charge.status == "open" else charge.status


def describe_charge(charge: Charge, keys: Keys) -> Read:
    """Return a charge as answers and webhooks have it."""
    status, paid = status_of(charge), charge.status == "success"
    settled = moment(charge.settled_at) if paid else None
    return {
        "id": charge.id,
        "domain": keys.paystack_domain,
        "status": status,
        "reference": charge.reference,
        "amount": charge.amount_kobo,
        "requested_amount": charge.asked_kobo,
        "currency": charge.currency,
        "gateway_response": charge.words or GATEWAY_WORDS[status],
        "message": None,
        "channel": "card",
        "fees": fees_kobo(charge.paid_kobo) if paid else None,
        "paid_at": settled,
        "created_at": moment(charge.created_at),
        "ip_address": None,
        "metadata": charge.metadata,
        "customer": describe_customer(charge),
        "authorization": describe_card(charge) if paid or charge.card else {},
        "plan": None,
    }


CODE = "AUTH_"
CARD = {
    "bin": "408408",
    "last4": "4081",
    "exp_month": "12",
    "exp_year": "2030",
    "channel": "card",
    "card_type": "visa",
    "bank": "TEST BANK",
    "country_code": "NG",
    "brand": "visa",
    "reusable": True,
    "signature": "SIG_practice",
}


def describe_card(charge: Charge) -> Read:
    """Return the card that was charged, with the code by which it can be charged again."""
    return {"authorization_code": f"{CODE}{charge.card_name}", **CARD}


def describe_customer(charge: Charge) -> Read:
    """Return who pays."""
    return {
        "id": charge.id,
        "first_name": None,
        "last_name": None,
        "email": charge.customer.email,
        "customer_code": f"CUS_{charge.id}",
        "phone": None,
        "metadata": None,
    }


def describe_refund(charge: Charge, refund: Refund, keys: Keys) -> Read:
    """Return a refund as answers have it; webhooks have less."""
    done = refund.status == "processed"
    return {
        "id": refund.id,
        "domain": keys.paystack_domain,
        "transaction": charge.id,
        "transaction_reference": charge.reference,
        "amount": refund.amount_kobo,
        "deducted_amount": refund.amount_kobo if done else 0,
        "fully_deducted": done,
        "currency": charge.currency,
        "status": refund.status,
        "refunded_by": "shop@example.com",
        "customer_note": None,
        "merchant_note": refund.note or None,
        "createdAt": moment(refund.created_at),
    }


ROUTES = (
    route("POST", "/transaction/initialize", initialize),
    route("POST", "/transaction/charge_authorization", charge_authorization),
    route("GET", "/transaction/verify/{}", verify),
    route("GET", "/transaction", list_charges),
    route("POST", "/refund", create_refund),
    route("GET", "/refund", list_refunds),
)
