"""`/api/v1/keys/mine/`: what a partner sees of the keys they own, and may do with them. Others' keys are not there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.utils.module_loading import import_string
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from zuka.platform.audit.actions import acting_for, record_action
from zuka.platform.audit.models import ActorKind
from zuka.platform.clock import local_day, now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.keys.api import KeyLimitSerializer
from zuka.platform.keys.devices import release_device
from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.issuing import JustRotated, KeyNotActive, rotate_key, scopes_of, state_of
from zuka.platform.keys.limits_of import limits_of
from zuka.platform.keys.models import RetiredToken, ValidationDay, ValidationResult
from zuka.platform.keys.validating import most_validations
from zuka.platform.models import ApiKey
from zuka.platform.usage.days import calls_by_day

SHOWN_DAYS = 30
CALLED_DAYS = 7


class BoundDeviceSerializer(serializers.Serializer[dict[str, Any]]):
    """The device that a key is bound to, as it named itself."""

    name = serializers.CharField(allow_blank=True)
    os = serializers.CharField(allow_blank=True)
    app_version = serializers.CharField(allow_blank=True)
    bound_at = serializers.DateTimeField()


class RetiredTokenSerializer(serializers.Serializer[dict[str, Any]]):
    """A secret from before the last rotation."""

    prefix = serializers.CharField(help_text="How it begins.")
    works_until = serializers.DateTimeField()


class KeyDaySerializer(serializers.Serializer[dict[str, Any]]):
    """A day's validations."""

    day = serializers.DateField()
    success = serializers.IntegerField()
    refused = serializers.IntegerField()


class CallDaySerializer(serializers.Serializer[dict[str, Any]]):
    """A day's calls of the API."""

    day = serializers.DateField()
    calls = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Answered with 4xx or 5xx.")


class OwnKeySerializer(serializers.Serializer[dict[str, Any]]):
    """A key, as its owner sees it: never its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    tier = serializers.CharField()
    status = serializers.ChoiceField(choices=ApiKey.Status.choices)
    prefix = serializers.CharField(help_text="How it begins.")
    features = serializers.ListField(child=serializers.CharField(), help_text="The key's scopes.")
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    validations_most = serializers.IntegerField(help_text="Validations a day.")
    validations_today = serializers.IntegerField(help_text="Those that succeeded.")
    is_device_bound = serializers.BooleanField()
    device = BoundDeviceSerializer(allow_null=True)
    retired = RetiredTokenSerializer(many=True, help_text="Earlier secrets that still work.")
    limits = KeyLimitSerializer(many=True)
    days = KeyDaySerializer(many=True, help_text="The last 30 days on which somebody asked, the latest first.")


class RotatedKeySerializer(OwnKeySerializer):
    """A key with its new secret, which is shown this once."""

    token = serializers.CharField(help_text="The new secret. Nobody can show it again.")


class RotateKeySerializer(serializers.Serializer[dict[str, Any]]):
    """How long the old secret goes on working."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=720, default=24)


def days_of(rows: Iterable[ValidationDay]) -> list[dict[str, Any]]:
    """Return a key's validations by day, the latest day first."""
    days: dict[date, dict[str, Any]] = {}
    for row in rows:
        said = days.setdefault(row.day, {"day": row.day, "success": 0, "refused": 0})
        said["success" if row.result == ValidationResult.SUCCESS else "refused"] += row.validations
    return [days[day] for day in sorted(days, reverse=True)]


def facts_of(key: ApiKey) -> dict[str, Any]:
    """Return what an owner sees of a key that `own_keys` read."""
    at = now()
    days = days_of(key.validation_days.all())
    bound = {"name": key.device_name, "os": key.device_os, "app_version": key.device_app_version}
    today = next((each["success"] for each in days if each["day"] == local_day(at)), 0)
    same = ("id", "name", "kind", "tier", "prefix", "issued_at", "expires_at", "is_device_bound")
    return {
        **{name: getattr(key, name) for name in same},
        "status": state_of(key, at=at).value,
        "features": sorted(scopes_of(key)),
        "last_used_at": key.last_validated_at,
        "validations_most": most_validations(key),
        "validations_today": today,
        "device": {**bound, "bound_at": key.device_bound_at} if key.device_hash else None,
        "retired": list(key.retired_tokens.all()),
        "limits": limits_of(key.tier, is_limited=key.is_limited),
        "days": days,
    }


def own_keys(user_id: Any) -> Any:
    """Return the keys that an account owns, with their last days and the secrets they had before."""
    at = now()
    days = ValidationDay.objects.filter(day__gt=local_day(at) - timedelta(days=SHOWN_DAYS))
    retired = RetiredToken.objects.filter(works_until__gt=at)
    parts = (Prefetch("validation_days", days), Prefetch("retired_tokens", retired))
    return ApiKey.objects.filter(owner_id=user_id).prefetch_related(*parts).order_by("name", "id")


def own_key(request: Request, key_id: UUID) -> ApiKey:
    """Return one of the caller's keys. Raises Http404 for any other, whether there is one or not."""
    key: ApiKey | None = own_keys(request.user.pk).filter(pk=key_id).first()
    if key is None:
        raise Http404
    return key


class OwnerView(APIView):
    """A view for signed-in customers, who own keys."""

    permission_classes = (IsAuthenticated,)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return how the shop's customers sign in."""
        return [import_string(settings.KEY_OWNER_AUTHENTICATION)()]


def record_owned(action: str, request: Request, key: ApiKey) -> None:
    """Keep in the audit log what an owner does with a key, in the caller's transaction."""
    owner = request.user
    record_action(action, by=acting_for(owner, kind=ActorKind.CUSTOMER), subject=key, person_id=owner.pk)


class OwnKeys(OwnerView):
    """The caller's keys."""

    @extend_schema(tags=["keys"], operation_id="own_keys", responses=OwnKeySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the keys of who is signed in: state, limits, validations, device. Revoked ones stay listed."""
        said: Any = [facts_of(key) for key in own_keys(request.user.pk)]
        return Response(OwnKeySerializer(said, many=True).data)


class OwnKey(OwnerView):
    """One of the caller's keys."""

    @extend_schema(tags=["keys"], operation_id="own_key", responses={200: OwnKeySerializer, 404: ErrorSerializer})
    def get(self, request: Request, key_id: UUID) -> Response:
        """Show a key of who is signed in."""
        return Response(OwnKeySerializer(facts_of(own_key(request, key_id))).data)


ROTATED = OpenApiResponse(ErrorSerializer, f"`{JustRotated.code}` a minute ago, or `{KeyNotActive.code}`.")


class OwnKeyRotation(OwnerView):
    """A new secret for one of the caller's keys."""

    @extend_schema(
        tags=["keys"],
        operation_id="own_key_rotate",
        request=RotateKeySerializer,
        responses={200: RotatedKeySerializer, 404: ErrorSerializer, 409: ROTATED},
    )
    def post(self, request: Request, key_id: UUID) -> Response:
        """Give the key a new secret, shown in this answer only; the old one works for 24 hours, or as many as said."""
        sent = RotateKeySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        overlap = timedelta(hours=sent.validated_data["overlap_hours"])
        with transaction.atomic():
            key, token = rotate_key(key=own_key(request, key_id), at=now(), overlap=overlap)
            record_owned("key.rotated", request, key)
        forget_keys()
        said = {**facts_of(own_key(request, key.pk)), "token": token}
        return Response(RotatedKeySerializer(said).data, headers={"Cache-Control": "no-store"})


class OwnKeyDevice(OwnerView):
    """The device that one of the caller's keys is bound to."""

    @extend_schema(
        tags=["keys"], operation_id="own_key_release", responses={200: OwnKeySerializer, 404: ErrorSerializer}
    )
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Release the device: the next one that validates the key is bound to it."""
        with transaction.atomic():
            key = own_key(request, key_id)
            release_device(key=key)
            record_owned("key.device_released", request, key)
        forget_keys()
        return Response(OwnKeySerializer(facts_of(own_key(request, key_id))).data)


class OwnKeyUsage(OwnerView):
    """How much one of the caller's keys called the API."""

    @extend_schema(
        tags=["keys"],
        operation_id="own_key_usage",
        responses={200: CallDaySerializer(many=True), 404: ErrorSerializer},
    )
    def get(self, request: Request, key_id: UUID) -> Response:
        """List the calls of the last 7 days by day, the latest first; a call is counted some seconds later."""
        days: Any = calls_by_day(key_id=own_key(request, key_id).pk, days=CALLED_DAYS, at=now())
        return Response(CallDaySerializer(days, many=True).data)
