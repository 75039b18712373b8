from __future__ import annotations

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import (
    LIMITED,
    REFUSALS,
    TEXTED,
    CustomerView,
    PublicView,
    code_field,
    password_field,
    read_body,
)
from commerce.accounts.api.profile import ProfileSerializer
from commerce.accounts.authentication import customer_of, limit_rate, prove_password
from commerce.accounts.models import User
from commerce.accounts.services import BY_PHONE, confirm_phone, send_phone_code
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer

PHONE_LENGTH = 30
OTHER = "Another one than the account's; without it the account's own."


class EntryCodeSerializer(serializers.Serializer[dict[str, str]]):
    """Who wants to come in by phone."""

    phone = serializers.CharField(max_length=PHONE_LENGTH, help_text="Local or with +234.")


class PhoneCodeSerializer(serializers.Serializer[dict[str, str]]):
    """Which phone shall be confirmed."""

    phone = serializers.CharField(max_length=PHONE_LENGTH, required=False, help_text=OTHER)
    password = password_field()


class PhoneProofSerializer(serializers.Serializer[dict[str, str]]):
    """The code that came by text message."""

    phone = serializers.CharField(
        max_length=PHONE_LENGTH, required=False, help_text="The one that the code was asked for."
    )
    code = code_field()


def phone_meant(user: User, said: Mapping[str, str]) -> str:
    """Return the phone that a call is about: the one it names, else the account's. Raises ValidationError for none."""
    phone = said.get("phone") or user.phone
    if not phone:
        raise serializers.ValidationError({"phone": ["Write your phone."]}, code="required")
    return phone


class EntryCodes(PublicView):
    """Codes by which somebody signs in or up by phone."""

    @extend_schema(
        operation_id="sendPhoneSignInCode",
        summary="Get a code by text message, which signs in or up by phone",
        tags=["Customers"],
        request=EntryCodeSerializer,
        responses={202: None, 400: ErrorSerializer, **TEXTED},
    )
    def post(self, request: Request) -> Response:
        """Send a code to a phone, whoever has it; then `POST /_allauth/app/v1/auth/phone`."""
        said = read_body(request, EntryCodeSerializer)
        limit_rate(request, "send_sms")
        BY_PHONE.send_code(address=said["phone"], at=now())
        return Response(status=202)


class PhoneCodes(CustomerView):
    """Codes that confirm the customer's phone."""

    @extend_schema(
        operation_id="sendPhoneCode",
        summary="Get a code that confirms your phone, or another one that shall replace it",
        tags=["Customers"],
        request=PhoneCodeSerializer,
        responses={202: None, **REFUSALS, **TEXTED},
    )
    def post(self, request: Request) -> Response:
        """Send a code; the phone changes when it is confirmed. The answer does not say who else has the phone."""
        said = read_body(request, PhoneCodeSerializer)
        user = customer_of(request)
        phone = phone_meant(user, said)
        # A confirmed phone lets in, so it takes more than a token that was left lying about.
        prove_password(request, said["password"])
        limit_rate(request, "send_sms")
        send_phone_code(user=user, phone=phone, at=now())
        return Response(status=202)


class PhoneProof(CustomerView):
    """The proof that a phone is the customer's."""

    @extend_schema(
        operation_id="confirmPhone",
        summary="Confirm your phone by the code",
        tags=["Customers"],
        request=PhoneProofSerializer,
        responses={200: ProfileSerializer, **REFUSALS, 409: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Make the phone the account's confirmed one, and return the account. Guest orders with it become yours."""
        limit_rate(request, "check_code")
        said = read_body(request, PhoneProofSerializer)
        user = customer_of(request)
        user = confirm_phone(user=user, phone=phone_meant(user, said), code=said["code"], at=now())
        return Response(ProfileSerializer(user).data)
