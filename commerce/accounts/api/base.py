from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION
from zuka.platform.errors import ErrorSerializer

REFUSALS: Mapping[int, Any] = {400: ErrorSerializer, 401: ErrorSerializer}
LIMITED: Mapping[int, Any] = {429: ErrorSerializer}
TEXTED: Mapping[int, Any] = {**LIMITED, 409: ErrorSerializer, 503: ErrorSerializer}


def code_field() -> serializers.CharField:
    """Return the field of a code that was sent; blanks and dashes in it do not matter."""
    return serializers.CharField(max_length=20, help_text="The digits of the mail or message.")


def password_field() -> serializers.CharField:
    """Return the field of the current password, which opens another way to sign in."""
    return serializers.CharField(
        max_length=128,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        write_only=True,
        help_text="The current one, where the account has one.",
    )


def read_body(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return what was sent, as a serializer reads it. Raises ValidationError."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    said: dict[str, Any] = body.validated_data
    return said


class PublicView(APIView):
    """What everybody may ask for; who is signed in makes no difference."""

    authentication_classes: list[type] = []
    permission_classes: list[type] = []


class CustomerView(APIView):
    """What only a signed-in customer may ask for, of their own things."""

    authentication_classes = CUSTOMER_AUTHENTICATION
    permission_classes = [IsAuthenticated]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Keep personal answers out of caches."""
        return {**super().default_response_headers, "Cache-Control": "private, no-store"}
