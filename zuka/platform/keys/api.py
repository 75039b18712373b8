"""`POST /api/v1/keys/validate`: an app or a partner asks whether a key is valid."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils.timezone import localtime
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import PatientJSONParser
from zuka.platform.keys.authentication import KeysAway, key_from_headers
from zuka.platform.keys.devices import Device
from zuka.platform.keys.finding import LONGEST_NAME, KeysUnavailable
from zuka.platform.keys.limits_of import limits_of
from zuka.platform.keys.models import ValidationResult
from zuka.platform.keys.reading import read_quickly
from zuka.platform.keys.validating import Validation, validate_key


class KeyDeviceSerializer(serializers.Serializer[dict[str, Any]]):
    """Where an app runs, in its own words."""

    fingerprint = serializers.CharField(max_length=300, help_text="The same at each start; kept as a hash.")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    os = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    app_version = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")


class ValidateKeySerializer(serializers.Serializer[dict[str, Any]]):
    """Which key, and on which device."""

    key = serializers.CharField(
        max_length=LONGEST_NAME, required=False, help_text="The key; or send it as `Authorization: Bearer`."
    )
    device = KeyDeviceSerializer(required=False, help_text="Required of keys that are bound to one device.")


class KeyLimitSerializer(serializers.Serializer[dict[str, Any]]):
    """A limit that holds for the key; what is null is not limited."""

    endpoint = serializers.CharField(help_text="Which endpoints; `*` stands for any letters.")
    per_hour = serializers.IntegerField(allow_null=True)
    per_day = serializers.IntegerField(allow_null=True)
    burst = serializers.IntegerField(allow_null=True, help_text="How many at once.")


class KeyValidationSerializer(serializers.Serializer[dict[str, Any]]):
    """A valid key, and what it grants."""

    result = serializers.ChoiceField(choices=[ValidationResult.SUCCESS.value])
    name = serializers.CharField()
    tier = serializers.CharField()
    features = serializers.ListField(child=serializers.CharField(), help_text="The key's scopes.")
    expires_at = serializers.DateTimeField(allow_null=True)
    validations_most = serializers.IntegerField(help_text="Validations a day.")
    validations_left = serializers.IntegerField(help_text="Of today.")
    resets_at = serializers.DateTimeField(help_text="When the next day begins.")
    limits = KeyLimitSerializer(many=True)


REFUSALS = {
    401: OpenApiResponse(ErrorSerializer, "`invalid_key`: nobody's, suspended or revoked."),
    403: OpenApiResponse(ErrorSerializer, "`expired`, or `device_mismatch`: it is used on another device."),
    429: OpenApiResponse(ErrorSerializer, "`rate_limited`: today's validations, or calls; see `Retry-After`."),
    503: OpenApiResponse(ErrorSerializer, "`unavailable`: ask again."),
}


def answer_of(valid: Validation) -> dict[str, Any]:
    """Return what is said of a valid key."""
    licence = valid.licence
    return {
        "result": ValidationResult.SUCCESS.value,
        "name": licence.name,
        "tier": licence.tier,
        "features": licence.features,
        "expires_at": localtime(licence.expires_at) if licence.expires_at else None,
        "validations_most": licence.most,
        "validations_left": valid.left,
        "resets_at": localtime(valid.resets_at),
        "limits": limits_of(licence.tier, is_limited=licence.is_limited),
    }


def read_slowly(request: HttpRequest) -> dict[str, Any]:
    """Return what was asked as the serializer reads it. Raises ParseError, UnsupportedMediaType or ValidationError."""
    sent = ValidateKeySerializer(data=Request(request, parsers=[PatientJSONParser()]).data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def answer_validation(request: HttpRequest) -> dict[str, Any]:
    """Validate the key that a request is about, and say what it grants. Raises APIException and Refused."""
    quick = read_quickly(request)
    sent = read_slowly(request) if quick is None else quick
    token = sent.get("key") or key_from_headers(request)
    if not token:
        raise serializers.ValidationError({"key": ["Send the key to validate."]}, code="required")
    said = sent.get("device")
    try:
        valid = validate_key(token=token, device=Device(**said) if said else None, at=now())
    except (KeysUnavailable, OperationalError, InterfaceError) as error:
        raise KeysAway from error  # nobody can say, or count: what is not counted is not answered
    return answer_of(valid)


class KeyValidation(APIView):
    """Say whether a key is valid. The key itself is what is asked about, so nobody signs in.

    `ValidationMiddleware` answers POST before it comes here: in a third of the time.
    """

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        tags=["keys"],
        operation_id="keys_validate",
        request=ValidateKeySerializer,
        responses={200: KeyValidationSerializer, 400: ErrorSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Validate a key: whether it works here and now, what it grants, and how often it may be asked about today.

        Each validation counts, the refused ones too. A key that is bound to one device binds the first that asks.
        """
        return Response(answer_validation(request._request))  # noqa: SLF001 - DRF's documented way
