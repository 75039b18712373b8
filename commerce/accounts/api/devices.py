from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView
from commerce.accounts.authentication import customer_of, sent_key
from commerce.accounts.models import DeviceSession, Ending
from commerce.accounts.services import revoke_device, revoke_devices
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages


class DeviceSerializer(Answer, serializers.ModelSerializer[DeviceSession]):
    """A device on which the customer is signed in."""

    is_current = serializers.SerializerMethodField()
    signed_in_at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = DeviceSession
        fields = ["id", "name", "platform", "place", "is_current", "signed_in_at", "last_active_at", "expires_at"]
        read_only_fields = fields

    def get_is_current(self, device: DeviceSession) -> bool:
        """Say whether it is the device that asks."""
        return device.session_key == sent_key(self.context["request"])


class DevicePages(CursorPages):
    """Pages of devices, those used last first."""

    ordering: Any = ("-last_active_at", "-id")


class DeviceCollection(CustomerView, generics.ListAPIView[DeviceSession]):
    """The devices on which the customer is signed in."""

    serializer_class = DeviceSerializer
    pagination_class = DevicePages
    queryset = DeviceSession.objects.none()

    @extend_schema(
        operation_id="listDevices",
        summary="List the devices on which you are signed in",
        tags=["Customers"],
        responses={200: DeviceSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        """Return the devices whose token works, those used last first; use is noted every five minutes."""
        return super().get(request, *args, **options)

    def get_queryset(self) -> QuerySet[DeviceSession]:
        """Return the devices of whoever asks."""
        return customer_of(self.request).devices.signed_in(now())

    @extend_schema(
        operation_id="signOutOtherDevices",
        summary="Sign out on all other devices",
        tags=["Customers"],
        responses={204: None, 401: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Revoke every token but the one that asks, at once."""
        revoke_devices(user=customer_of(request), because=Ending.REVOKED, keep=sent_key(request), at=now())
        return Response(status=204)


class DeviceDetail(CustomerView):
    """One of the customer's devices; to everyone else there is no such device."""

    @extend_schema(
        operation_id="signOutDevice",
        summary="Sign out on a device",
        tags=["Customers"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Revoke the device's token, at once; that of the device that asks too."""
        revoke_device(user=customer_of(request), device_id=device_id, because=Ending.REVOKED, at=now())
        return Response(status=204)
