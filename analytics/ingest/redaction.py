"""Personal data that does not belong in analytics: found in properties and URLs, replaced by what it was.

The rules are declared here; REDACT names those that are on. Ids (`product_id`, `sku`) are looked at for e-mail
addresses only: a product's number may look like a phone's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from analytics.ingest.cards import NUMBERS, hide_cards
from analytics.registry.naming import AMOUNTS


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of personal data: how it looks in text, and the names of properties that hold nothing else.

    What replaces it is a text, or a function that looks more closely at what was found.
    """

    name: str
    pattern: re.Pattern[str]
    names: frozenset[str]
    replacement: str | Callable[[re.Match[str]], str]
    in_ids: bool = False

    def apply(self, text: str) -> str:
        """Return a text in which what this rule finds is replaced."""
        return self.pattern.sub(self.replacement, text)


RULES: tuple[Rule, ...] = (
    Rule(
        "email",
        re.compile(r"(?<![\w.+'-])(?:[\w.+'-]|%2[Bb]){1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII),
        frozenset({"email", "e_mail", "email_address", "mail"}),
        "[email]",
        in_ids=True,
    ),
    Rule(
        "card",
        NUMBERS,
        frozenset({"card_number", "cardnumber", "pan", "cvv", "cvc", "cvv2"}),
        hide_cards,
    ),
    Rule(
        "phone",
        re.compile(
            r"(?:(?:\+|%2[Bb])[1-9](?:[ -]?\d){8,14}|(?<![\w.-])(?:234|0)[ -]?[789][01]\d(?:[ -]?\d){7})(?![\w-])",
            re.ASCII,
        ),
        frozenset({"phone", "phone_number", "phonenumber", "mobile", "mobile_number", "msisdn", "whatsapp"}),
        "[phone]",
    ),
    Rule(
        "token",
        re.compile(
            r"(?<=[?&#;])((?:[\w-]*(?:token|secret|password|passwd|api[_-]?key|signature|otp)|auth|code|sig|jwt|key)=)"
            r"[^&#\s\"']+",
            re.ASCII | re.IGNORECASE,
        ),
        frozenset(
            {
                "password",
                "passwd",
                "secret",
                "token",
                "access_token",
                "refresh_token",
                "id_token",
                "otp",
                "authorization",
            }
        ),
        r"\1[token]",
        in_ids=True,
    ),
)
RULE_NAMES = tuple(rule.name for rule in RULES)
# What any rule could find begins with one of these, so that most events are looked at once and left alone.
SUSPECT = re.compile(
    rb"@|%40|\d(?:[ -]?\d){8}|token|secret|passw|key=|code=|auth|sig=|signature|jwt|otp|mail|phone|mobile|msisdn"
    rb"|whatsapp|card|cvv|cvc|\"pan\"",
    re.IGNORECASE,
)
LONGEST_NAME = 100
SHORTEST_NUMBER, LONGEST_NUMBER = 10**9, 10**19
PASSES = 3  # a bound: texts can be made that need one for each number in them
IDENTIFIER = re.compile(r"(?:^|_)(?:id|sku|ref|uuid|imei|number)$")
DIGITS = re.compile(rb"[0-9][0-9 -]{7,}[0-9]")
BETWEEN = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s-]+")


@lru_cache(maxsize=8)
def rules_in_force(names: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules that are on."""
    return tuple(rule for rule in RULES if rule.name in names)


def current_rules() -> tuple[Rule, ...]:
    """Return the rules that this shop has on."""
    return rules_in_force(tuple(settings.REDACT))


def redact_text(text: str, *, is_id: bool = False) -> str:
    """Return a text without personal data.

    What stands beside something that was found is looked at once more, so that a second call finds nothing.
    """
    for _ in range(PASSES):
        before = text
        for rule in current_rules():
            if rule.in_ids or not is_id:
                text = rule.apply(text)
        if text == before:
            break
    return text


def redact_column(text: str | None) -> str | None:
    """Return a column's text without personal data; most have nothing that looks like it."""
    if not text or not settings.REDACT:
        return text
    return cleaned_column(text, tuple(settings.REDACT)) if len(text) <= LONGEST_NAME else redact_text(text)


@lru_cache(maxsize=4096)
def cleaned_column(text: str, _rules: tuple[str, ...]) -> str:
    """Return a short column's text without personal data, remembered: categories and searches repeat."""
    return redact_text(text) if SUSPECT.search(text.encode("utf-8", "replace")) else text


def fold_key(name: str) -> str:
    """Return a property's name as rules know it: lower case, words joined by `_`; one that is too long is none."""
    return folded_key(name) if len(name) <= LONGEST_NAME else ""


@lru_cache(maxsize=4096)
def folded_key(name: str) -> str:
    """Return a folded name, remembered."""
    return BETWEEN.sub("_", name).lower()


def rule_for_key(name: str) -> Rule | None:
    """Return the rule whose kind of data a property's name promises."""
    folded = fold_key(name)
    return next((rule for rule in current_rules() if folded in rule.names), None)


def redact_value(value: Any, *, name: str = "", with_ids: bool = True) -> Any:
    """Return a JSON value without personal data; without `with_ids`, what is called an id stays as it is."""
    if isinstance(value, dict):
        return {redact_text(key): redact_value(each, name=key, with_ids=with_ids) for key, each in value.items()}
    if isinstance(value, list):
        return [redact_value(each, name=name, with_ids=with_ids) for each in value]
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return value
    if value != "" and name and (rule := rule_for_key(name)):
        return f"[{rule.name}]"
    is_id = IDENTIFIER.search(fold_key(name)) is not None if name else False
    if is_id and not with_ids:
        return value
    return redact_text(value, is_id=is_id) if isinstance(value, str) else redact_number(value, name=name, is_id=is_id)


def redact_number(value: int, *, name: str, is_id: bool) -> int | str:
    """Return a whole number as it is, or what it was when it is as long as a phone's or a card's and is one. Money
    stays.
    """
    if name in AMOUNTS or not SHORTEST_NUMBER < value < LONGEST_NUMBER:
        return value
    kept = redact_text(str(value), is_id=is_id)
    return value if kept == str(value) else kept


@lru_cache(maxsize=8)
def told_in_json(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds values of telling names in a text that may be JSON, whole or broken off."""
    telling = "|".join(name.replace("_", "[_ -]?") for rule in rules_in_force(names) for name in sorted(rule.names))
    return re.compile(rf'("(?:{telling})"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|[\d.-]+)', re.IGNORECASE | re.DOTALL)


def redact_document(text: str) -> str:
    """Return a text that nobody could read as JSON, or not as a whole, without personal data."""
    if not settings.REDACT:
        return text
    return redact_text(told_in_json(tuple(settings.REDACT)).sub(r'\1"[hidden]"', text))


@lru_cache(maxsize=4096)
def is_telling(name: str, rules: tuple[str, ...]) -> bool:
    """Say whether a property's name promises personal data, by the rules that are on."""
    return any(fold_key(name) in rule.names for rule in rules_in_force(rules))


def needs_redaction(properties: dict[str, Any], encoded: bytes) -> bool:
    """Say whether properties, given as JSON too, may hold anything that a rule could find.

    Most hold nothing and are told so by cheap looks: the one expression over all of it takes five times as long.
    """
    rules = tuple(settings.REDACT)
    if not rules:
        return False
    is_flat = encoded.count(b"{") == 1
    if is_flat and b"@" not in encoded and b"%40" not in encoded and b"=" not in encoded and not DIGITS.search(encoded):
        return any(is_telling(name, rules) for name in properties if len(name) <= LONGEST_NAME)
    return SUSPECT.search(encoded) is not None
