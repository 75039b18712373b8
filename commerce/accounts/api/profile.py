from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import LIMITED, REFUSALS, TEXTED, CustomerView, read_body
from commerce.accounts.authentication import customer_of, limit_rate, prove_password
from commerce.accounts.models import GenderPreference, User
from commerce.accounts.services import ProfileChanges, change_profile, close_account, send_closing_code
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class ProfileSerializer(serializers.ModelSerializer[User]):
    """The signed-in customer. The e-mail changes by a code that is mailed to the new one."""

    phone = serializers.CharField(
        max_length=30, required=False, allow_null=True, allow_blank=True, help_text="Local or with +234; null for none."
    )
    gender_preference = serializers.ChoiceField(
        choices=GenderPreference.choices, required=False, allow_null=True, help_text="Whose clothes to show first."
    )
    signed_up_at = serializers.DateTimeField(source="created_at", read_only=True)
    is_email_confirmed = serializers.SerializerMethodField()
    is_phone_confirmed = serializers.SerializerMethodField()
    has_password = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "is_email_confirmed",
            "phone",
            "is_phone_confirmed",
            "has_password",
            "name",
            "gender_preference",
            "accepts_marketing",
            "signed_up_at",
        ]
        read_only_fields = ["id", "email"]

    def get_is_email_confirmed(self, user: User) -> bool:
        """Say whether the e-mail is proved to be the customer's."""
        return user.email_verified_at is not None

    def get_is_phone_confirmed(self, user: User) -> bool:
        """Say whether the phone is proved to be the customer's, who then signs in by it."""
        return user.phone_verified_at is not None

    def get_has_password(self, user: User) -> bool:
        """Say whether the account has a password, which some calls ask for."""
        return user.has_usable_password()


class ClosingSerializer(serializers.Serializer[dict[str, str]]):
    """What proves that it is the owner who closes an account."""

    password = serializers.CharField(max_length=128, default="", allow_blank=True, trim_whitespace=False)
    code = serializers.CharField(max_length=20, default="", allow_blank=True, help_text="Without a password.")


class Profile(CustomerView):
    """The customer's own account."""

    @extend_schema(
        operation_id="getProfile",
        summary="Read your account",
        tags=["Customers"],
        responses={200: ProfileSerializer, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return who is signed in."""
        return Response(ProfileSerializer(customer_of(request)).data)

    @extend_schema(
        operation_id="changeProfile",
        summary="Change your account",
        tags=["Customers"],
        request=ProfileSerializer(partial=True),
        responses={200: ProfileSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change what is sent, and return the account."""
        body = ProfileSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changes: ProfileChanges = body.validated_data
        user = change_profile(user=customer_of(request), changes=changes)
        return Response(ProfileSerializer(user).data)

    @extend_schema(
        operation_id="closeAccount",
        summary="Close your account",
        tags=["Customers"],
        responses={204: None, **REFUSALS, 409: ErrorSerializer, **LIMITED},
    )
    def delete(self, request: Request) -> Response:
        """Close the account for good, by its password or, without one, by a code; not while an order is open."""
        limit_rate(request, "check_code")
        user = customer_of(request)
        said = read_body(request, ClosingSerializer)
        prove_password(request, said["password"])
        code = None if user.has_usable_password() else said["code"]
        close_account(user=user, code=code, at=now())
        return Response(status=204)


class ClosingCodes(CustomerView):
    """Codes that close or erase an account without a password."""

    @extend_schema(
        operation_id="sendClosingCode",
        summary="Get a code that closes or erases your account, if it has no password",
        tags=["Customers"],
        request=None,
        responses={202: None, 401: ErrorSerializer, **TEXTED},
    )
    def post(self, request: Request) -> Response:
        """Mail a code to the account's e-mail, or send it to the phone of an account that has none."""
        user = customer_of(request)
        limit_rate(request, "send_code" if user.email else "send_sms")
        send_closing_code(user=user, at=now())
        return Response(status=202)
