"""Limits of the API: every view of DRF is counted before it answers, by its route's name.

Answers say how it stands in `RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-10 writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from zuka.platform.actor import current_actor
from zuka.platform.http import client_ip
from zuka.platform.keys.finding import Grant
from zuka.platform.limits import network_of
from zuka.platform.throttling.buckets import Subject, Taken, take
from zuka.platform.throttling.rules import ANY, IP, KEY, RULES, VISITOR, Rule


class TooMany(Throttled):
    """A limit is reached; the answer says when there is more."""

    default_code = "rate_limited"
    default_detail = "Too many requests."
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."


def policy_of(rules: Iterable[Rule]) -> str:
    """Return the limits as the header `RateLimit-Policy`: name, quota and window in seconds of each."""
    buckets = [(rule, bucket) for rule in rules for bucket in rule.buckets]
    return ", ".join(
        f'"{name_in(rule, bucket.span)}";q={bucket.capacity};w={bucket.seconds}' for rule, bucket in buckets
    )


def name_in(rule: Rule, span: str) -> str:
    """Return what the headers call a bucket: its span, with whose it is where that is no key's."""
    return span if rule.counted_by == KEY else f"{rule.counted_by}-{span}"


def headers_of(subjects: list[Subject], taken: Taken) -> dict[str, str]:
    """Return the headers of an answer: the limits, and of each what is left and in how many seconds it is full."""
    rules = [subject.rule for subject in subjects for _ in subject.rule.buckets]
    said = [
        f'"{name_in(rule, left.bucket.span)}";r={max(0, int(left.tokens))}'
        f";t={left.bucket.seconds_to(left.bucket.capacity - left.tokens)}"
        for rule, left in zip(rules, taken.left, strict=True)
    ]
    return {"RateLimit-Policy": policy_of(subject.rule for subject in subjects), "RateLimit": ", ".join(said)}


def subjects_of(rules: dict[str, Rule], *, key: str, visitor: str, ip: str) -> list[Subject]:
    """Return whose calls are counted, of those that are known."""
    known = {KEY: key, VISITOR: visitor, IP: ip}
    return [Subject(rule, known[counted_by]) for counted_by, rule in rules.items() if known[counted_by]]


def count_call(request: HttpRequest, endpoint: str, grant: Grant | None) -> tuple[Taken | None, dict[str, str]]:
    """Take one token of each rule that holds for a call; return what is left and the answer's headers.

    Of a call that no rule counts, and of a key that is marked as not limited, nothing is taken.
    """
    if grant is not None and not grant.is_limited:
        return None, {}
    rules = RULES.get().find(endpoint, grant.tier if grant else ANY)
    if not rules:
        return None, {}
    subjects = subjects_of(
        rules,
        key=str(grant.key_id) if grant else "",
        visitor=current_actor().visitor_id or "",
        ip=network_of(client_ip(request) or ""),
    )
    if not subjects:
        return None, {}
    taken = take(subjects)
    return taken, headers_of(subjects, taken)


class RateLimit(BaseThrottle):
    """Counts a request against the rules of its endpoint."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Take one token of each rule that holds, and say so in the answer's headers. Raises TooMany."""
        grant = request.auth if isinstance(request.auth, Grant) else None
        django_request = request._request  # noqa: SLF001 - DRF's documented way to the Django request
        match = django_request.resolver_match
        if match is None:
            return True
        taken, headers = count_call(django_request, match.url_name or "", grant)
        view.headers.update(headers)
        if taken is not None and not taken.is_taken:
            raise TooMany(wait=taken.wait)
        return True
