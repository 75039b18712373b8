from __future__ import annotations

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import LIMITED, REFUSALS, CustomerView, PublicView, code_field, read_body
from commerce.accounts.api.profile import ProfileSerializer
from commerce.accounts.authentication import customer_of, limit_rate, prove_password
from commerce.accounts.models import User
from commerce.accounts.services import (
    BY_EMAIL,
    confirm_email,
    is_own,
    reset_password,
    send_email_code,
    send_password_code,
)
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class EmailCodeSerializer(serializers.Serializer[dict[str, str]]):
    """Which e-mail shall be confirmed."""

    email = serializers.EmailField(
        max_length=254, required=False, help_text="Another one than the account's; without it the account's own."
    )
    password = serializers.CharField(
        max_length=128, required=False, write_only=True, help_text="For another e-mail, where the account has one."
    )


class EmailProofSerializer(serializers.Serializer[dict[str, str]]):
    """The code that came by mail."""

    email = serializers.EmailField(max_length=254, required=False, help_text="The one that the code was asked for.")
    code = code_field()


class EmailEntrySerializer(serializers.Serializer[dict[str, str]]):
    """Who wants to come in by e-mail."""

    email = serializers.EmailField(max_length=254)


class PasswordCodeSerializer(EmailEntrySerializer):
    """Whose password is forgotten."""


class PasswordResetSerializer(serializers.Serializer[dict[str, str]]):
    """The code that came by mail, and the new password."""

    email = serializers.EmailField(max_length=254)
    code = code_field()
    password = serializers.CharField(min_length=8, max_length=128, write_only=True, trim_whitespace=False)


def email_meant(user: User, said: Mapping[str, str]) -> str:
    """Return the e-mail that a call is about: the one it names, else the account's. Raises ValidationError for none."""
    email = said.get("email") or user.email
    if not email:
        raise serializers.ValidationError({"email": ["Write your e-mail."]}, code="required")
    return email


def count_asking(request: Request, shape: type[EmailEntrySerializer]) -> str:
    """Return the e-mail that somebody unknown asks a code for, having counted it. Raises TooOften, ValidationError."""
    limit_rate(request, "send_code")
    email: str = read_body(request, shape)["email"]
    limit_rate(request, "send_code_to", about=email)
    return email


class EmailCodes(CustomerView):
    """Codes that confirm the customer's e-mail."""

    @extend_schema(
        operation_id="sendEmailCode",
        summary="Get a code that confirms your e-mail, or another one that shall replace it",
        tags=["Customers"],
        request=EmailCodeSerializer,
        responses={202: None, **REFUSALS, 409: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Mail a code; the e-mail changes when it is confirmed. The answer does not say who else has the e-mail."""
        limit_rate(request, "send_code")
        said = read_body(request, EmailCodeSerializer)
        user = customer_of(request)
        email = email_meant(user, said)
        if not is_own(user, email):
            prove_password(request, said.get("password", ""))
        send_email_code(user=user, email=email, at=now())
        return Response(status=202)


class EmailProof(CustomerView):
    """The proof that an e-mail is the customer's."""

    @extend_schema(
        operation_id="confirmEmail",
        summary="Confirm your e-mail by the code",
        tags=["Customers"],
        request=EmailProofSerializer,
        responses={200: ProfileSerializer, **REFUSALS, 409: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Make the e-mail the account's confirmed one, and return the account. Guest orders with it become yours."""
        limit_rate(request, "check_code")
        said = read_body(request, EmailProofSerializer)
        user = customer_of(request)
        email = email_meant(user, said)
        user = confirm_email(user=user, email=email, code=said["code"], at=now())
        return Response(ProfileSerializer(user).data)


class EmailEntryCodes(PublicView):
    """Codes by which somebody signs in or up by e-mail."""

    @extend_schema(
        operation_id="sendEmailSignInCode",
        summary="Get a code by mail, which signs in or up by e-mail",
        tags=["Customers"],
        request=EmailEntrySerializer,
        responses={202: None, 400: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Mail a code, whether or not somebody has an account; then `POST /_allauth/app/v1/auth/email`."""
        BY_EMAIL.send_code(address=count_asking(request, EmailEntrySerializer), at=now())
        return Response(status=202)


class PasswordCodes(PublicView):
    """Codes that set a new password."""

    @extend_schema(
        operation_id="sendPasswordCode",
        summary="Get a code that sets a new password",
        tags=["Customers"],
        request=PasswordCodeSerializer,
        responses={202: None, 400: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Mail a code to who has an account with this e-mail. The answer is the same when nobody has."""
        send_password_code(email=count_asking(request, PasswordCodeSerializer), at=now())
        return Response(status=202)


class PasswordReset(PublicView):
    """Setting a new password by a code."""

    @extend_schema(
        operation_id="resetPassword",
        summary="Set a new password by the code",
        tags=["Customers"],
        request=PasswordResetSerializer,
        responses={204: None, 400: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Set the password and sign every device out; then sign in with it."""
        limit_rate(request, "check_code")
        said = read_body(request, PasswordResetSerializer)
        limit_rate(request, "check_code_of", about=said["email"])
        reset_password(email=said["email"], code=said["code"], password=said["password"], at=now())
        return Response(status=204)
