"""Google and Apple as far as they say who somebody is: public keys, the page that asks people, and how it answers.

Anybody may say to be anybody here, so it is a demo's.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from zuka.demo.providers.issuers import CLIENT_ID, Issuer, Person
from zuka.demo.providers.pages import HEADERS
from zuka.demo.providers.sign_in_pages import back_page, flaw_page, person_page
from zuka.demo.providers.state import Office
from zuka.demo.providers.wire import Answer, Call, answer_by, is_email, is_web_address, json_answer, route

KEYS, PAGE = "/keys", "/authorize"
HIDDEN = "privaterelay.appleid.com"
# What each is asked for by a shop that takes tokens in the browser; Apple tells an e-mail by a form only.
WANTED: Mapping[str, Mapping[str, str]] = {
    "google": {"response_type": "id_token"},
    "apple": {"response_type": "code id_token", "response_mode": "form_post"},
}
CANCELLED = {"google": "access_denied", "apple": "user_cancelled_authorize"}


def answer_google(office: Office, call: Call) -> Answer:
    """Answer one call as Google does."""
    return answer_by(GOOGLE_ROUTES, refuse, office, call)


def answer_apple(office: Office, call: Call) -> Answer:
    """Answer one call as Apple does."""
    return answer_by(APPLE_ROUTES, refuse, office, call)


def refuse(status: int, message: str) -> Answer:
    """Return a refusal in the words of OAuth."""
    return json_answer(status, {"error": "invalid_request", "error_description": message})


def show(status: int, page: str) -> Answer:
    """Return a page as an answer."""
    return Answer(status, page.encode(), HEADERS)


def find_flaw(provider: str, asked: Mapping[str, str]) -> str | None:
    """Return what is wrong with how a shop asks; None when nothing is."""
    if asked.get("client_id") != CLIENT_ID:
        return "Unknown client_id"
    if not is_web_address(asked.get("redirect_uri")):
        return "Unknown redirect_uri"
    for name, value in WANTED[provider].items():
        if asked.get(name) != value:
            return f"{name} must be {value}"
    if "email" not in asked.get("scope", "").split():
        return "scope must hold email"
    return None if asked.get("nonce") and asked.get("state") else "nonce and state are missing"


class Desk:
    """The endpoints of one provider."""

    def __init__(self, provider: str) -> None:
        self.provider = provider

    def keys(self, office: Office, _call: Call, _named: str) -> Answer:
        """Publish the keys."""
        return json_answer(200, office.issuers[self.provider].published())

    def ask(self, _office: Office, call: Call, _named: str) -> Answer:
        """Ask who somebody is."""
        if flaw := find_flaw(self.provider, call.query):
            return show(400, flaw_page(self.provider, flaw))
        return show(200, person_page(self.provider))

    def tell(self, office: Office, call: Call, _named: str) -> Answer:
        """Send somebody back to the shop, as whom they say to be."""
        asked, said = call.query, dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if flaw := find_flaw(self.provider, asked):
            return show(400, flaw_page(self.provider, flaw))
        if said.get("choice") == "cancel":
            return self.go_back(asked, {"error": CANCELLED[self.provider]})
        person = Person(said.get("email", "").strip(), said.get("name", "").strip(), "unproved" not in said)
        if not is_email(person.email):
            return show(400, person_page(self.provider, flaw="That is no e-mail."))
        told = google_says if self.provider == "google" else apple_says
        return self.go_back(asked, told(office.issuers[self.provider], hidden(person, said), asked))

    def go_back(self, asked: Mapping[str, str], answer: Mapping[str, str]) -> Answer:
        """Answer in the fragment, or by a form that the browser posts to the shop."""
        fields = {"state": asked["state"], **answer}
        if asked.get("response_mode") == "form_post":
            return show(200, back_page(self.provider, asked["redirect_uri"], fields))
        return Answer(303, b"", {**HEADERS, "Location": f"{asked['redirect_uri']}#{urlencode(fields)}"})


def hidden(person: Person, said: Mapping[str, str]) -> Person:
    """Return a person by the address that Apple makes for who hides theirs."""
    return replace(person, email=f"{person.subject[:10]}@{HIDDEN}") if "hide" in said else person


def google_says(issuer: Issuer, person: Person, asked: Mapping[str, str]) -> dict[str, str]:
    """Return Google's answer: a token with the name in it."""
    claims = issuer.claims(person, nonce=asked["nonce"])
    return {"id_token": issuer.sign({**claims, "name": person.name})}


def apple_says(issuer: Issuer, person: Person, asked: Mapping[str, str]) -> dict[str, str]:
    """Return Apple's answer: truths of the token in quotation marks, the name beside it and once."""
    more = {"email_verified": str(person.is_proved).lower(), "nonce_supported": True}
    token = issuer.sign({**issuer.claims(person, nonce=asked["nonce"]), **more})
    answer = {"code": secrets.token_urlsafe(24), "id_token": token}
    if not issuer.is_new(person):
        return answer
    first, _, last = person.name.partition(" ")
    user: dict[str, Any] = {"name": {"firstName": first, "lastName": last}, "email": person.email}
    return {**answer, "user": json.dumps(user)}


GOOGLE, APPLE = Desk("google"), Desk("apple")
GOOGLE_ROUTES, APPLE_ROUTES = (
    (route("GET", KEYS, each.keys), route("GET", PAGE, each.ask), route("POST", PAGE, each.tell))
    for each in (GOOGLE, APPLE)
)
