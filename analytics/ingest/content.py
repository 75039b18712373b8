"""What an event says, whoever says it and whenever: its type, its checked properties, and the columns lifted from them.

The same product is viewed a thousand times in the same words, so what a text of properties means is remembered:
making content takes 13 µs, finding it 0.4. Each rule is one small named function on a `ContentDraft`. A rule that
objects raises Rejection. To add one: write a function here, put its name into RULES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings

from analytics.ingest.context import CLICK_IDS, UTM_NAMES
from analytics.ingest.lenient import read_value
from analytics.ingest.properties import amount_kobo, canonical_facts, check_shape, text_or_none, whole
from analytics.ingest.received import NO_EVENT, Content, Rejection, Source, Terms
from analytics.ingest.redaction import needs_redaction, redact_column, redact_value
from analytics.registry.naming import custom_name, find_type, fold_name, is_reserved
from analytics.registry.types import EventType, Flag, Reason, Said
from analytics.store.event import FACTS, KIND, encode_columns

NAME_LENGTH = 200
ID_LENGTH = 200
LONGEST_PROPERTIES = 1_000
CONTENTS_KEPT = 8_192
TERMS_KEPT = 256
PAGE_FACTS = frozenset(("url", "path", "referrer")) | UTM_NAMES | CLICK_IDS
# Ids of people in properties are kept as those beside them are: an alias must name whom it is about.
WHO = ("previous_id", "previousId")
RENAMED, CLAIMED = int(Flag.RENAMED), int(Flag.CLAIMED)
_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=TERMS_KEPT)
def make_terms(key: tuple[bool, bool, frozenset[str]], aliases: tuple[Any, ...], shop: tuple[Any, ...]) -> Terms:
    """Return the one `Terms` of these values."""
    return Terms(*key, dict(aliases), *shop)


def terms_of(source: Source) -> Terms:
    """Return the terms that a request's events are read by."""
    key = (source.key_id is not None, source.is_strict, source.allowed_events)
    aliases = tuple(sorted(source.aliases.items())) if source.aliases else ()
    content = (tuple(settings.REDACT), settings.SHOP_CURRENCY, settings.INGEST_MAX_EVENT_BYTES)
    return make_terms(key, aliases, (*content, settings.CONSENT_REQUIRED, bool(settings.GEOIP_PATH)))


@dataclass(slots=True)
class ContentDraft:
    """An event's content on its way through the rules. `facts` are the properties under canonical names."""

    name: Any
    properties: Any
    terms: Terms
    content: Content
    facts: dict[str, Any]

    @property
    def declared(self) -> EventType | None:
        """The declared type; None for a custom one."""
        return self.content.declared


Rule = Callable[[ContentDraft], None]


def name_type(draft: ContentDraft) -> None:
    """Find the canonical type, by the key's own names first.

    Unknown names and names only the shop may say are kept as `custom.…`.
    """
    name, terms, content = draft.name, draft.terms, draft.content
    if not isinstance(name, str) or not name.strip():
        raise Rejection(Reason.MISSING_TYPE, "The event has no name; set `type` (or `event`).", "type")
    if len(name) > NAME_LENGTH:
        raise Rejection(Reason.TOO_LARGE, f"The event's name is longer than {NAME_LENGTH} characters.", "type")
    own = terms.aliases.get(fold_name(name)) if terms.aliases else None
    declared = find_type(own or name)
    if declared and terms.is_client and is_reserved(declared):
        content.flags |= RENAMED
        declared = None
    elif declared is None and terms.is_strict:
        raise Rejection(Reason.UNKNOWN_TYPE, f"This key takes declared event types only, not {name!r}.", "type")
    content.source_name, content.declared = name, declared
    content.event_type = declared.name if declared else custom_name(name)


def check_permission(draft: ContentDraft) -> None:
    """Keep a key to the events it was given for."""
    allowed, event_type = draft.terms.allowed_events, draft.content.event_type
    if allowed and event_type not in allowed:
        message = f"This key may not send {event_type}; its allowed events are set in the back office."
        raise Rejection(Reason.NOT_ALLOWED_FOR_KEY, message, "type")


def read_properties(draft: ContentDraft) -> None:
    """Take the properties. Their shape is bounded, since they are kept. PHP writes an empty object as `[]`."""
    properties = draft.properties
    if properties and not isinstance(properties, dict):
        message = f"`properties` must be an object, not {type(properties).__name__}."
        raise Rejection(Reason.MALFORMED, message, "properties")
    draft.properties = properties or {}
    if properties:
        check_shape(properties)


def check_properties(draft: ContentDraft) -> None:
    """Check the properties against the declared type; custom events may carry anything."""
    draft.facts, declared = canonical_facts(draft.properties), draft.declared
    if declared is None:
        return
    try:
        msgspec.convert(draft.facts, declared.payload, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        field = path.strip("`").lstrip(".") or missing_field(problem)
        message = f"{declared.name}: {problem}."
        raise Rejection(Reason.INVALID_PROPERTY, message, f"properties.{field}".rstrip(".")) from error


def missing_field(problem: str) -> str:
    """Return the field that msgspec names as missing: "Object missing required field `rating`"."""
    return problem.split("`")[1] if "`" in problem else ""


def lift_commerce(draft: ContentDraft) -> None:
    """Lift product, order, search and money into columns, so that counting never opens JSON."""
    facts, content, declared = draft.facts, draft.content, draft.declared
    if not facts:
        return
    content.product = text_or_none(facts.get("product_id"), 200)
    value = amount_kobo(facts, declared.value if declared else ("value", "revenue", "total"))
    default = draft.terms.currency if value is not None else None
    columns = {
        "category": text_or_none(facts.get("category"), 200),
        "search_query": text_or_none(facts.get("query"), 500),
        "order_ref": text_or_none(facts.get("order_id"), 200),
        "quantity": whole(facts.get("quantity")),
        "value_kobo": value,
        "currency": currency(facts.get("currency"), default=default),
    }
    content.columns = {name: value for name, value in columns.items() if value is not None}


def currency(said: Any, *, default: str | None) -> str | None:
    """Return the ISO 4217 code of an amount: the client's, else the shop's; None without an amount or a code."""
    if not said:
        return default
    code = str(said).strip().upper()
    if len(code) != 3 or not code.isalpha() or not code.isascii():
        message = f"currency must be a three-letter code like NGN, not {str(said)[:20]!r}."
        raise Rejection(Reason.INVALID_PROPERTY, message, "properties.currency")
    return code


def note_circumstances(draft: ContentDraft) -> None:
    """Take what the properties say about the page, the platform, the screen and who it was."""
    facts, content, declared = draft.facts, draft.content, draft.declared
    content.said = {name: facts[name] for name in sorted(PAGE_FACTS.intersection(facts))}
    content.said_text = _encode(content.said) if content.said else b""
    content.platform = facts.get("platform")
    if content.event_type == "screen.viewed":
        content.screen_name = text_or_none(facts.get("name"), 200)
    if declared and declared.said is Said.CLAIM:
        content.user_id = text_or_none(draft.properties.get("user_id"), ID_LENGTH)
        if draft.terms.is_client:
            content.flags |= CLAIMED


def encode_properties(draft: ContentDraft) -> None:
    """Take personal data out, encode what is kept of the properties, and bound its size."""
    properties, content, declared = draft.properties, draft.content, draft.declared
    if declared and declared.hidden:
        properties = {key: value for key, value in properties.items() if key not in declared.hidden}
    encoded = _encode(properties)
    check_size(encoded, most=draft.terms.most_bytes)
    if needs_redaction(properties, encoded):
        who = {name: properties[name] for name in WHO if isinstance(properties.get(name), (str, int))}
        encoded = _encode(redact_value(properties) | who)
        check_size(encoded, most=draft.terms.most_bytes)
    content.properties = encoded.decode()
    for name in ("search_query", "category"):
        if text := content.columns.get(name):
            content.columns[name] = redact_column(text)


def check_size(encoded: bytes, *, most: int) -> None:
    """Reject properties that are more than an event may carry."""
    if len(encoded) > most:
        message = f"Its properties are {len(encoded)} bytes; {most} is the most."
        raise Rejection(Reason.TOO_LARGE, message, "properties")


RULES: tuple[Rule, ...] = (
    name_type,
    check_permission,
    read_properties,
    check_properties,
    lift_commerce,
    note_circumstances,
    encode_properties,
)


def make_content(name: Any, properties: Any, terms: Terms) -> Content:
    """Read properties by every rule. Raises Rejection, which names the rule as its stage."""
    draft = ContentDraft(name, properties, terms, Content(), {})
    for rule in RULES:
        try:
            rule(draft)
        except Rejection as rejection:
            rejection.stage = rule.__name__
            raise
    return draft.content


@lru_cache(maxsize=CONTENTS_KEPT)
def cached_content(name: str, properties: bytes, terms: Terms) -> Content:
    """Return the content of properties as JSON, remembered with its columns encoded. Raises Rejection, which is not."""
    content = make_content(name, read_value(properties, "properties"), terms)
    said = {"event_type": content.event_type, "source_name": content.source_name, "properties": content.properties}
    event = msgspec.structs.replace(NO_EVENT, **said, **content.columns)
    content.kind, content.facts = encode_columns(event, KIND), encode_columns(event, FACTS)
    return content


def read_content(name: Any, properties: Any, terms: Terms) -> Content:
    """Return what an event says. Shared by events that say the same: not to be changed. Raises Rejection."""
    if type(properties) is not msgspec.Raw:
        return make_content(name, properties, terms)
    text = bytes(properties)
    if len(text) <= LONGEST_PROPERTIES and type(name) is str and len(name) <= NAME_LENGTH:
        return cached_content(name, text, terms)
    return make_content(name, read_value(text, "properties"), terms)
