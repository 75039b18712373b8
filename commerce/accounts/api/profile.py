from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import CustomerView
from commerce.accounts.authentication import customer_of
from commerce.accounts.models import GenderPreference, User
from commerce.accounts.services import ProfileChanges, change_profile
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

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "is_email_confirmed",
            "phone",
            "name",
            "gender_preference",
            "accepts_marketing",
            "signed_up_at",
        ]
        read_only_fields = ["id", "email"]

    def get_is_email_confirmed(self, user: User) -> bool:
        """Say whether the e-mail is proved to be the customer's."""
        return user.email_verified_at is not None


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
