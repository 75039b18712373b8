"""`GET /api/v1/flags/`: what the shop's flags are for who asks, for browsers and apps.

Only flags that are marked for clients and live are named, and never by what criteria. A flag drawn by visitor comes
with what it is drawn by, so that a browser evaluates it itself (`flags.js`): no id leaves it, and the answer is the
same for all guests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from zuka.platform.actor import actor_for
from zuka.platform.errors import ErrorSerializer, Refused
from zuka.platform.flags.asking import kept_flags, subject_of
from zuka.platform.flags.evaluating import Flag, Subject, evaluate, meets_criteria
from zuka.platform.http import header_id
from zuka.platform.keys.authentication import KeysAway, key_from_headers
from zuka.platform.keys.finding import Grant, KeysUnavailable, find_grant

KEPT_SECONDS = 15
MOST_ATTRIBUTES, LONGEST_ATTRIBUTE = 20, 100
VARIES = "Origin, X-Zuka-Visitor, X-Session-Token, X-Api-Key, Authorization"


class KeyRefused(Refused):
    """A request for flags without a key that works here."""

    status = 401
    code = "invalid_key"


class BadAttribute(Refused):
    """An attribute that is no `name:value`."""

    status = 400
    code = "bad_attribute"


class FlagVariantSerializer(serializers.Serializer[Any]):
    """A variant and its weight."""

    name = serializers.CharField(help_text="The variant.")
    weight = serializers.IntegerField(help_text="Its part, beside those of the others.")


class FlagDrawSerializer(serializers.Serializer[Any]):
    """What a browser draws by: SHA-256 of `salt:visitor`, modulo 10,000."""

    salt = serializers.CharField(help_text="The flag's own; variants are drawn by `salt/variant`.")
    rollout = serializers.IntegerField(help_text="Buckets below it have the flag: 10000 is everybody.")
    variants = FlagVariantSerializer(many=True, help_text="Empty for a plain switch.")


class FlagSerializer(serializers.Serializer[Any]):
    """A flag as it is for who asks."""

    name = serializers.CharField(help_text="What code asks for.")
    unit = serializers.ChoiceField(choices=["visitor", "user"], help_text="What it is drawn by.")
    is_on = serializers.BooleanField(help_text="Whether who asks has it.")
    variant = serializers.CharField(allow_blank=True, help_text="Which variant; empty for a plain switch.")
    is_experiment = serializers.BooleanField(
        help_text="Whether `experiment.viewed` is to be sent when its variant is shown."
    )
    draw = FlagDrawSerializer(
        allow_null=True, help_text="For flags drawn by visitor whose criteria who asks meets: what to draw by."
    )


class FlagListSerializer(serializers.Serializer[Any]):
    """Flags by name."""

    flags = FlagSerializer(many=True)


def read_grant(request: HttpRequest) -> Grant:
    """Return what the request's key allows, from a header or `?key=`. Raises KeyRefused and KeysAway."""
    token = key_from_headers(request) or request.GET.get("key", "").strip()
    try:
        grant = find_grant(token) if token else None
    except KeysUnavailable as error:
        raise KeysAway from error
    if grant is None:
        raise KeyRefused("Send a key of the shop, as ?key=zpk_… or in the header X-Api-Key.", field="key")
    if not grant.allows_origin(request.headers.get("Origin")):
        raise KeyRefused("This key may not be used by pages of this origin.", field="key")
    return grant


def read_attributes(request: HttpRequest) -> dict[str, str]:
    """Return the attributes that an app says of itself: `?attribute=platform:ios`. Raises BadAttribute."""
    said = request.GET.getlist("attribute")
    pairs = [each.partition(":") for each in said]
    if len(pairs) > MOST_ATTRIBUTES or not all(
        name and colon and len(name) + len(value) <= LONGEST_ATTRIBUTE for name, colon, value in pairs
    ):
        message = f"attribute: write it like platform:ios, up to {MOST_ATTRIBUTES} of {LONGEST_ATTRIBUTE} characters."
        raise BadAttribute(message, field="attribute")
    return {name: value for name, _, value in pairs}


def flag_json(flag: Flag, subject: Subject) -> Mapping[str, Any]:
    """Return a flag as it is for somebody."""
    answer = evaluate(flag, subject)
    is_drawn = flag.unit == "visitor" and not flag.kept_variant and meets_criteria(flag, subject)
    variants = [{"name": name, "weight": weight} for name, weight in flag.variants]
    return {
        "name": flag.name,
        "unit": flag.unit,
        "is_on": answer.is_on,
        "variant": answer.variant,
        "is_experiment": bool(flag.variants) and not flag.kept_variant,
        "draw": {"salt": flag.salt, "rollout": flag.rollout, "variants": variants} if is_drawn else None,
    }


class FlagList(APIView):
    """The flags of who asks. The addresses of the whole say how customers are known."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="listFlags",
        summary="Read the shop's flags as they are for you",
        tags=["Flags"],
        parameters=[
            OpenApiParameter("key", OpenApiTypes.STR, description="A publishable key, where no header has one."),
            OpenApiParameter(
                "attribute", OpenApiTypes.STR, many=True, description="What an app is, like platform:ios."
            ),
            OpenApiParameter(
                "X-Zuka-Visitor", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The visitor's id."
            ),
        ],
        responses={200: FlagListSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 503: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the flags for clients that are live, by name, as they are for the visitor or customer who asks."""
        plain = request._request  # noqa: SLF001 - DRF's documented way to the Django request
        grant, attributes = read_grant(plain), read_attributes(plain)
        actor = actor_for(user_id=request.user.pk if request.user.is_authenticated else None)
        subject = subject_of(actor, tier=grant.tier, attributes=attributes)
        flags = sorted((each for each in kept_flags.get().values() if each.is_public and each.is_live), key=by_name)
        return Response({"flags": [flag_json(each, subject) for each in flags]}, headers=own_headers(request))

    def options(self, request: Any, *_args: Any, **_kwargs: Any) -> Response:
        """Let pages of other origins ask with headers; the key says which origins get an answer."""
        asked = header_id(request._request, "Access-Control-Request-Headers")  # noqa: SLF001 - as above
        headers = {"Access-Control-Allow-Methods": "GET", "Access-Control-Max-Age": "86400"}
        headers["Access-Control-Allow-Headers"] = asked or "x-api-key"
        return Response(
            status=204,
            headers={**own_headers(request), **headers, "Access-Control-Allow-Headers": asked or "x-api-key"},
        )


def by_name(flag: Flag) -> str:
    """Return what flags are sorted by."""
    return flag.name


def own_headers(request: Request) -> dict[str, str]:
    """Return the headers of an answer: kept for some seconds by who asked, readable by pages of any origin."""
    origin = request.headers.get("Origin")
    shared = {"Cache-Control": f"private, max-age={KEPT_SECONDS}", "Vary": VARIES}
    return {**shared, "Access-Control-Allow-Origin": origin} if origin else shared
