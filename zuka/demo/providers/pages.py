"""The pages a customer sees: where to pay, and what came of it. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from zuka.demo.providers.state import Charge, Message, Outcome

PAY_ONCE, DECLINE = "pay_once", "decline"
CHOICES: Mapping[str, Outcome] = {"pay": "success", PAY_ONCE: "success", "fail": "failed", "cancel": "abandoned"}
PROVIDER_NAMES = {"paystack": "Paystack", "flutterwave": "Flutterwave"}
SIGNS = {"NGN": "₦", "GHS": "GH₵", "ZAR": "R", "KES": "KSh ", "USD": "$"}
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STYLE = """
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
    display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 1rem;
    background: #eef1ef; color: #1d2420;
    font: 1rem/1.5 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
}
main {
    width: 100%; max-width: 26rem; overflow: hidden; border-radius: 16px; background: #fff;
    box-shadow: 0 1px 2px rgb(29 36 32 / 8%), 0 10px 30px rgb(29 36 32 / 10%);
}
.note { margin: 0; padding: 0.75rem 1.25rem; background: #fcefd3; color: #4a3300; font-size: 0.9rem; }
.note strong { display: block; }
.inside { padding: 1.25rem; }
.to { margin: 0; color: #5a5f58; }
h1 { margin: 0 0 1rem; font-size: 2.25rem; line-height: 1.2; overflow-wrap: anywhere; }
dl { margin: 0 0 1.25rem; border-top: 1px solid #e1e5e2; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.6rem 0; }
dl div { border-bottom: 1px solid #e1e5e2; }
dt { color: #5a5f58; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
form { display: grid; gap: 0.6rem; }
button, .back {
    display: block; width: 100%; min-height: 3rem; padding: 0.6rem 1rem; border: 1px solid #8b8f8a; border-radius: 10px;
    background: #fff; color: #1d2420; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
    cursor: pointer;
}
button:hover, .back:hover { background: #f3f5f3; }
button:focus-visible, .back:focus-visible { outline: 3px solid #f2b552; outline-offset: 2px; }
.pay { border-color: #0e4d3a; background: #0e4d3a; color: #fff; }
.pay:hover { background: #0a3729; }
.fail { color: #a3301c; }
.cancel { border-color: transparent; }
article { margin-bottom: 1.25rem; border-bottom: 1px solid #e1e5e2; }
h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
.text { white-space: pre-line; overflow-wrap: anywhere; }
label { display: grid; gap: 0.2rem; }
.tick { display: flex; gap: 0.6rem; align-items: baseline; margin-block: 0.3rem; }
input:not([type]), input[type=email] { min-height: 2.75rem; padding: 0.4rem 0.7rem; border: 1px solid #8b8f8a; }
input { border-radius: 8px; font: inherit; }
"""
RESULTS = {
    "success": "This payment was made.",
    "failed": "This payment failed.",
    "pending": "The bank has not answered yet.",
    "abandoned": "This payment was cancelled.",
}
NOTE = '<p class="note" role="note"><strong>Practice payment page</strong>No money moves here, whatever you choose.</p>'


def write_money(kobo: int, currency: str) -> str:
    """Return an amount as people read it."""
    whole, rest = divmod(kobo, 100)
    return f"{SIGNS.get(currency, currency + ' ')}{whole:,}.{rest:02}"


SMS_NOTE = '<p class="note" role="note"><strong>Practice text messages</strong>They are sent to nobody.</p>'
MESSAGES = "/messages/"
MAIL_NOTE = '<p class="note" role="note"><strong>Practice mailbox</strong>The shop\'s mails are sent to nobody.</p>'
MAILS = "/mails/"


def frame(title: str, inside: str, note: str = NOTE) -> str:
    """Return a page around what is in it."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f'<body><main>{note}<div class="inside">{inside}</div></main></body></html>'
    )


def checkout_page(charge: Charge, merchant: str) -> str:
    """Return the page of a charge: the buttons until it is paid or failed, what came of it after."""
    name = charge.title or merchant
    amount = write_money(charge.amount_kobo, charge.currency)
    facts = {
        "Reference": charge.reference,
        "Email": charge.customer.email,
        "Provider": f"{PROVIDER_NAMES[charge.provider]} (practice)",
    }
    rows = "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts.items())
    ending = BUTTONS if charge.may_retry or charge.status in {"open", "abandoned"} else ended(charge)
    ending = DECLINED + ending if charge.may_retry else ending
    shown = f'<p class="to">Pay {escape(name)}</p><h1>{escape(amount)}</h1><dl>{rows}</dl>{ending}'
    return frame(f"Pay {name}: practice", shown)


DECLINED = '<p role="status">The card was declined. Try another one.</p>'
BUTTONS = (
    '<form method="post">'
    '<button class="pay" name="choice" value="pay">Pay</button>'
    f'<button name="choice" value="{PAY_ONCE}">Pay, and decline this card later</button>'
    f'<button class="fail" name="choice" value="{DECLINE}">Decline the card, and stay here</button>'
    '<button class="fail" name="choice" value="fail">Let it fail</button>'
    '<button class="cancel" name="choice" value="cancel">Cancel</button></form>'
)


def ended(charge: Charge) -> str:
    """Return what came of a charge, with the way back to the shop where there is one."""
    url = return_url(charge)
    back = f'<a class="back" href="{escape(url)}">Back to the shop</a>' if url else ""
    return f'<p role="status">{RESULTS[charge.status]}</p>{back}'


def front_page() -> str:
    """Return the page for somebody who comes without a payment."""
    words = "Order in the shop and choose to pay online: the page to pay on is here."
    return frame(
        "Practice payments",
        f'<p>{words}</p><p><a href="{MAILS}">Mails</a> · <a href="{MESSAGES}">Text messages</a></p>',
    )


def messages_page(messages: Sequence[Message]) -> str:
    """Return the page of the text messages of late, the newest first: their codes let anybody in, so it is a demo's."""
    rows = "".join(
        f"<div><dt>+{escape(each.to)}<br>{each.at:%H:%M:%S} UTC</dt><dd>{escape(each.text)}</dd></div>"
        for each in reversed(messages)
    )
    inside = f"<dl>{rows}</dl>" if rows else "<p>Sign in by phone in the shop: the code is here. Then reload.</p>"
    return frame("Practice text messages", inside, SMS_NOTE)


def mails_page(letters: Sequence[tuple[str, str, str, str]]) -> str:
    """Return the page of the mails of late, the newest first, each to whom, its subject and its text."""
    rows = "".join(
        f'<article><h2>{escape(subject)}</h2><p class="to">To {escape(to)}</p>'
        f'<p class="text">{escape(text)}</p></article>'
        for to, subject, text, _ in reversed(letters)
    )
    empty = "<p>Sign in by e-mail or order in the shop: what it writes is here a few seconds later. Then reload.</p>"
    return frame("Practice mailbox", rows or empty, MAIL_NOTE)


def missing_page() -> str:
    """Return the page for an access code that belongs to no charge."""
    return frame("No such payment", "<p>There is no such payment. Go back to the shop and try again.</p>")


def return_url(charge: Charge) -> str:
    """Return where the customer goes from here, with the provider's hints of what came of it; empty for nowhere."""
    if not charge.callback_url:
        return ""
    parts = urlsplit(charge.callback_url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *hints(charge).items()])
    return quote(urlunsplit(parts._replace(query=query)), safe="!#$%&'()*+,/:;=?@[]~")


def hints(charge: Charge) -> dict[str, str]:
    """Return the query parameters that a provider adds to the shop's address."""
    if charge.provider == "paystack":
        return {"trxref": charge.reference, "reference": charge.reference}
    if charge.status == "abandoned":
        return {"status": "cancelled", "tx_ref": charge.reference}
    status = "successful" if charge.status == "success" else "failed"
    return {"status": status, "tx_ref": charge.reference, "transaction_id": str(charge.id)}
