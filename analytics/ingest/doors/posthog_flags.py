"""`/flags` and `/decide` of PostHog's API: the shop's own flags, in the shapes that its SDKs read.

`/flags?v=2` is read from `flags`, `/decide?v=3` and `/flags` from `featureFlags` with what is off as false; both are in
each answer. `/decide?v=2` has in `featureFlags` what is on, and older ones the names of those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analytics.ingest.doors.door import Call, Credential, Refusal, Reply, table_of, text_of
from analytics.ingest.doors.reading import BodyRefused, read_body
from zuka.platform.actor import Actor
from zuka.platform.flags.api import LONGEST_ATTRIBUTE, MOST_ATTRIBUTES
from zuka.platform.flags.asking import kept_flags, subject_of
from zuka.platform.flags.evaluating import Answer, Subject, evaluate, no_groups
from zuka.platform.keys.finding import Grant, KeysUnavailable, find_grant

LONGEST_ID = 200


def answer_flags(call: Call, document: Any, credential: Credential | None) -> Reply:
    """Answer who asks for flags; without a key nothing is on. Raises Refusal for a key that does not work here."""
    grant = grant_of(credential, call) if credential else None
    subject = subject_from(table_of(document), call, grant) if grant else None
    found = answers_for(subject) if subject else {}
    return Reply(shape(found, call))


def read_question(call: Call, decode: Any) -> Any:
    """Return the document that a request for flags carries; its query where it has none. Raises Refusal."""
    try:
        body = read_body(call.request)
        return decode(body, call) if body.strip() else call.query
    except BodyRefused as error:
        raise Refusal(error.status, error.code, error.message) from error


def grant_of(credential: Credential, call: Call) -> Grant:
    """Return what the key allows. Raises Refusal."""
    try:
        grant = find_grant(credential.token)
    except KeysUnavailable as error:
        raise Refusal(503, "unavailable", "The key cannot be checked right now; ask again.") from error
    if grant is None:
        raise Refusal(401, "invalid_key", "This API key is unknown, revoked or expired.")
    if not grant.allows_origin(call.request.META.get("HTTP_ORIGIN")):
        raise Refusal(403, "origin_not_allowed", "This key may not be used from this site.", "Origin")
    return grant


def subject_from(said: dict[str, Any], call: Call, grant: Grant) -> Subject:
    """Return whom flags are asked for. Servers name one id, which is the visitor's and the person's.

    What a page says of who it is proves nothing: groups of staff and customers are looked up for secret keys alone.
    Countries are those of pages and apps: a server's address says nothing about whom it asks for.
    """
    traits = table_of(said.get("person_properties"))
    distinct = text_of(said.get("distinct_id") or said.get("$distinct_id")).strip()[:LONGEST_ID]
    told = (said.get("$device_id"), traits.get("$device_id"), said.get("$anon_distinct_id"))
    device = next((text_of(each)[:LONGEST_ID] for each in told if text_of(each)), "")
    is_page = grant.kind == "publishable"
    actor = Actor(
        visitor_id=device or distinct or None,
        user_id=distinct if distinct and distinct != device else None,
        ip=call.address if is_page else None,
    )
    subject = subject_of(actor, tier=grant.tier, attributes=attributes_of(traits))
    return replace(subject, find_groups=no_groups) if is_page else subject


def attributes_of(traits: dict[str, Any]) -> dict[str, str]:
    """Return what an app says of itself, as much as flags may ask for."""
    texts = {name: text_of(value) for name, value in traits.items() if isinstance(value, str)}
    short = {name: text for name, text in texts.items() if len(name) + len(text) <= LONGEST_ATTRIBUTE}
    return dict(list(short.items())[:MOST_ATTRIBUTES])


def answers_for(subject: Subject) -> dict[str, Answer]:
    """Return the flags for clients that are live, by name, as they are for somebody."""
    flags = kept_flags.get()
    public = sorted(name for name, flag in flags.items() if flag.is_public and flag.is_live)
    return {name: evaluate(flags[name], subject) for name in public}


def shape(found: Mapping[str, Answer], call: Call) -> dict[str, Any]:
    """Return the answer that this version of the API has."""
    values = {name: answer.variant or answer.is_on for name, answer in found.items()}
    active: Any = {name: value for name, value in values.items() if value}
    version = call.query.get("v", "")
    if call.request.path_info.rstrip("/") == "/decide" and version in {"", "1", "2"}:
        return {"featureFlags": active if version == "2" else list(active), "featureFlagPayloads": {}}
    return {
        "flags": {name: detail(place, name, answer) for place, (name, answer) in enumerate(found.items(), 1)},
        "featureFlags": values,
        "featureFlagPayloads": {},
        "errorsWhileComputingFlags": False,
    }


def detail(place: int, name: str, answer: Answer) -> dict[str, Any]:
    """Return a flag as `/flags?v=2` tells it."""
    code, text = ("condition_match", "Met and drawn") if answer.is_on else ("out_of_rollout_bound", "Not drawn")
    return {
        "key": name,
        "enabled": answer.is_on,
        "variant": answer.variant or None,
        "reason": {"code": code, "condition_index": 0, "description": text},
        "metadata": {"id": place, "version": 1, "description": None, "payload": None},
    }
