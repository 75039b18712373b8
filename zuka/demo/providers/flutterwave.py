"""Flutterwave's API, version 3: from a call to its answer, and transactions as it writes them. Amounts are naira."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from zuka.demo.providers.state import (
    Asked,
    CardError,
    Charge,
    Customer,
    DuplicateReferenceError,
    Office,
    Refund,
    RefundError,
)
from zuka.demo.providers.wire import (
    Answer,
    Call,
    Read,
    Thing,
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

PAGE_SIZE = "10"
MOST_FEE_KOBO, MOST_KOBO = 200_000, 10**15
NOT_FOUND = "No transaction was found for this id"
STATUS_NAMES = {
    "open": "pending",
    "pending": "pending",
    "success": "successful",
    "failed": "failed",
    "abandoned": "failed",
}
TOKEN, TOKEN_END = "flw-t1nf-", "-m03k"


def answer_flutterwave(office: Office, call: Call) -> Answer:
    """Answer one call."""
    secret = bearer(call)
    if secret is None or not same(secret, office.keys.flutterwave_secret):
        return refuse(401, "Authorization required" if secret is None else "Invalid authorization key")
    return answer_by(ROUTES, refuse, office, call)


def refuse(status: int, message: str) -> Answer:
    """Return a refusal as Flutterwave words it."""
    return json_answer(status, {"status": "error", "message": message, "data": None})


def accept(message: str, data: Any, **more: Any) -> Answer:
    """Return a success as Flutterwave words it."""
    return json_answer(200, {"status": "success", "message": message, **more, "data": data})


def create_payment(office: Office, call: Call, _named: str) -> Answer:
    """Open a checkout."""
    body = call.read()
    flaw = find_flaw(body)
    if flaw:
        return refuse(400, flaw)
    who = body["customer"]
    asked = Asked(
        provider="flutterwave",
        reference=body["tx_ref"],
        amount_kobo=read_naira(body["amount"]) or 0,
        currency=body.get("currency") or "NGN",
        customer=Customer(who["email"], words(who.get("name")), words(who.get("phonenumber"))),
        callback_url=body["redirect_url"],
        title=read_title(body.get("customizations")),
        metadata=body.get("meta"),
    )
    try:
        charge = office.ledger.open(asked)
    except DuplicateReferenceError:
        return refuse(400, "Duplicate tx_ref")
    return accept("Hosted Link", {"link": office.checkout_url(charge)})


def charge_token(office: Office, call: Call, _named: str) -> Answer:
    """Charge a card by its token, without its customer."""
    body = call.read()
    flaw = next((message for good, message in token_checks(body) if not good), None)
    if flaw:
        return refuse(400, flaw)
    asked = Asked(
        provider="flutterwave",
        reference=body["tx_ref"],
        amount_kobo=read_naira(body["amount"]) or 0,
        currency=body["currency"],
        customer=Customer(body["email"], words(body.get("first_name"))),
        title=words(body.get("narration")),
    )
    card = words(body.get("token")).removeprefix(TOKEN).removesuffix(TOKEN_END)
    try:
        charge = office.ledger.debit(asked, card=card)
    except DuplicateReferenceError:
        return refuse(400, "Duplicate tx_ref")
    except CardError:
        return refuse(400, "Wrong token or email passed")
    office.debited(charge)
    if charge.status == "failed":
        return refuse(400, charge.words)
    return accept("Charge successful", describe_charge(charge))


def token_checks(body: Read) -> tuple[tuple[bool, str], ...]:
    """Return what must hold of a request to charge a token, and what is said where it does not."""
    return (
        (bool(words(body.get("tx_ref")).strip()), "tx_ref is required"),
        ((read_naira(body.get("amount")) or 0) > 0, "amount must be a positive number with two decimals at most"),
        (is_currency(body.get("currency")), "currency is required"),
        (body.get("country") == "NG", "country is required"),
        (is_email(body.get("email")), "email is required"),
    )


def describe_card(charge: Charge) -> Read:
    """Return the card that was charged, with the token by which it can be charged again."""
    return {
        "first_6digits": "408408",
        "last_4digits": "4081",
        "issuer": "TEST BANK",
        "country": "NG",
        "type": "VISA",
        "token": f"{TOKEN}{charge.card_name}{TOKEN_END}",
        "expiry": "12/30",
    }


def find_flaw(body: Read) -> str | None:
    """Return what is wrong with a request for a checkout."""
    who = body.get("customer")
    checks = (
        (bool(words(body.get("tx_ref")).strip()), "tx_ref is required"),
        ((read_naira(body.get("amount")) or 0) > 0, "amount must be a positive number with two decimals at most"),
        (body.get("currency") is None or is_currency(body.get("currency")), "currency is not supported"),
        (is_web_address(body.get("redirect_url")), "redirect_url is required"),
        (isinstance(who, dict) and is_email(who.get("email")), "customer email is required"),
    )
    return next((message for good, message in checks if not good), None)


def read_title(customizations: Any) -> str:
    """Return the shop's name as it wants to be called on the page."""
    return words(customizations.get("title")) if isinstance(customizations, dict) else ""


def read_naira(value: Any) -> int | None:
    """Return an amount of naira as kobo, also one written in digits; None for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        kobo = Decimal(value) * 100
    except ArithmeticError:  # no number: the caller refuses it in Flutterwave's words
        return None
    return int(kobo) if kobo.is_finite() and kobo < MOST_KOBO and kobo == kobo.to_integral_value() else None


def naira(kobo: int) -> int | float:
    """Return kobo as naira, with decimals where there are any."""
    return kobo // 100 if kobo % 100 == 0 else kobo / 100


def was_attempted(charge: Charge) -> bool:
    """Say whether there is a transaction at all: a link that nobody has paid by is none yet."""
    return charge.status in {"success", "failed", "pending"}


def verify_reference(office: Office, call: Call, _named: str) -> Answer:
    """Tell how the transaction of a reference stands."""
    charge = office.ledger.find(call.query.get("tx_ref", ""))
    return verify(charge if charge and charge.provider == "flutterwave" else None)


def verify_id(office: Office, _call: Call, named: str) -> Answer:
    """Tell how the transaction of an id stands."""
    return verify(office.ledger.find_id("flutterwave", named))


def verify(charge: Charge | None) -> Answer:
    """Tell how a transaction stands."""
    if charge is None or not was_attempted(charge):
        return refuse(400, NOT_FOUND)
    described = {**describe_charge(charge), "meta": charge.metadata, "amount_settled": settled_naira(charge)}
    return accept("Transaction fetched successfully", described)


def list_charges(office: Office, call: Call, _named: str) -> Answer:
    """List the transactions of a span of days, of a status where one is given, page by page."""
    asked = call.query.get("status") or None
    charges = [
        each
        for each in office.ledger.all("flutterwave")
        if was_attempted(each) and asked in {None, STATUS_NAMES[each.status]}
    ]
    return list_page(
        call, charges, "Transactions fetched", lambda each: {**describe_charge(each), "meta": each.metadata}
    )


def list_refunds(office: Office, call: Call, _named: str) -> Answer:
    """List the refunds of a span of days, page by page."""
    refunds = refunds_among(office.ledger.all("flutterwave"))
    return list_page(call, refunds, "Refunds fetched", lambda each: describe_refund(each.charge, each.refund))


def list_page(call: Call, things: Sequence[Thing], message: str, describe: Callable[[Thing], Read]) -> Answer:
    """Return the page of a list that a call asks for."""
    try:
        page = cut_page(within(things, call.query), number=call.query.get("page", "1"), size=PAGE_SIZE)
    except ValueError:
        return refuse(400, "from and to must be days, page a number from 1")
    info = {"total": page.total, "current_page": page.number, "total_pages": page.count}
    return accept(message, [describe(each) for each in page.rows], meta={"page_info": info})


def create_refund(office: Office, call: Call, named: str) -> Answer:
    """Refund a transaction, in whole or in part, at once."""
    charge = office.ledger.find_id("flutterwave", named)
    if charge is None:
        return refuse(400, NOT_FOUND)
    body = call.read() if call.body.strip() else {}
    amount = read_naira(body.get("amount"))
    if body.get("amount") is not None and (amount is None or amount < 1):
        return refuse(400, "amount must be a positive number with two decimals at most")
    try:
        note = words(body.get("comments"))
        refund = office.ledger.refund(charge.reference, amount, status="processed", note=note)
    except RefundError as refusal:
        return refuse(400, str(refusal))
    return accept("Transaction refund initiated", describe_refund(charge, refund))


def fee_kobo(amount_kobo: int) -> int:
    """Return what Flutterwave keeps: 2 %, never more than N2,000."""
    return min((amount_kobo * 2 + 50) // 100, MOST_FEE_KOBO)


def settled_naira(charge: Charge) -> int | float:
    """Return what reaches the shop."""
    return naira(charge.paid_kobo - fee_kobo(charge.paid_kobo))


def describe_charge(charge: Charge) -> Read:
    """Return a transaction as answers and webhooks have it; one that was paid with its card."""
    card = {"card": describe_card(charge)} if charge.status == "success" else {}
    return {
        **card,
        "id": charge.id,
        "tx_ref": charge.reference,
        "flw_ref": f"FLW-PRACTICE-{charge.id}",
        "device_fingerprint": "N/A",
        "amount": naira(charge.amount_kobo),
        "currency": charge.currency,
        "charged_amount": naira(charge.amount_kobo),
        "app_fee": naira(fee_kobo(charge.paid_kobo)),
        "merchant_fee": 0,
        "processor_response": charge.words or ("Approved" if charge.status == "success" else "Declined"),
        "auth_model": "PIN",
        "ip": "127.0.0.1",
        "narration": "CARD Transaction",
        "status": STATUS_NAMES[charge.status],
        "payment_type": "card",
        "created_at": moment(charge.created_at),
        "account_id": 1,
        "customer": {
            "id": charge.id,
            "name": charge.customer.name or "Anonymous customer",
            "phone_number": charge.customer.phone or None,
            "email": charge.customer.email,
            "created_at": moment(charge.created_at),
        },
    }


def describe_refund(charge: Charge, refund: Refund) -> Read:
    """Return a refund."""
    return {
        "id": refund.id,
        "account_id": 1,
        "tx_id": charge.id,
        "flw_ref": refund.reference,
        "wallet_id": 1,
        "amount_refunded": naira(refund.amount_kobo),
        "status": "completed",
        "destination": "payment_source",
        "comments": refund.note,
        "meta": {"source": "availablebalance"},
        "created_at": moment(refund.created_at),
    }


ROUTES = (
    route("POST", "/payments", create_payment),
    route("POST", "/tokenized-charges", charge_token),
    route("GET", "/transactions/verify_by_reference", verify_reference),
    route("GET", "/transactions/{}/verify", verify_id),
    route("POST", "/transactions/{}/refund", create_refund),
    route("GET", "/transactions", list_charges),
    route("GET", "/refunds", list_refunds),
)
