from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import REFUSALS, CustomerView
from commerce.accounts.authentication import customer_of
from commerce.accounts.models import Address
from commerce.accounts.services import AddressDetails, add_address, change_address, find_address, remove_address
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class CustomerAddressSerializer(serializers.ModelSerializer[Address]):
    """One of the customer's addresses."""

    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, help_text="Local or with +234.")
    country = serializers.RegexField(r"^[A-Z]{2}$", default="NG", help_text="ISO 3166 code.")
    is_default = serializers.BooleanField(
        required=False, help_text="True unmakes the other default; false changes nothing: choose another one instead."
    )

    class Meta:
        model = Address
        fields = [
            "id",
            "label",
            "recipient_name",
            "phone",
            "street_address",
            "city",
            "state",
            "country",
            "postal_code",
            "is_default",
        ]
        read_only_fields = ["id"]


class AddressCollection(CustomerView):
    """The customer's addresses."""

    @extend_schema(
        operation_id="listAddresses",
        summary="List your addresses",
        tags=["Customers"],
        responses={200: CustomerAddressSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return all addresses, the default one first, then the newest."""
        return Response(CustomerAddressSerializer(customer_of(request).addresses.all(), many=True).data)

    @extend_schema(
        operation_id="addAddress",
        summary="Add an address",
        tags=["Customers"],
        request=CustomerAddressSerializer,
        responses={201: CustomerAddressSerializer, **REFUSALS, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add an address, up to 20; the first one is the default."""
        body = CustomerAddressSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        details: AddressDetails = body.validated_data
        address = add_address(user=customer_of(request), details=details, at=now())
        return Response(CustomerAddressSerializer(address).data, status=201)


class AddressDetail(CustomerView):
    """One of the customer's addresses; to everyone else there is no such address."""

    @extend_schema(
        operation_id="getAddress",
        summary="Read an address",
        tags=["Customers"],
        responses={200: CustomerAddressSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, address_id: UUID) -> Response:
        """Return the address."""
        address = find_address(customer_of(request).addresses.all(), address_id)
        return Response(CustomerAddressSerializer(address).data)

    @extend_schema(
        operation_id="changeAddress",
        summary="Change an address",
        tags=["Customers"],
        request=CustomerAddressSerializer(partial=True),
        responses={200: CustomerAddressSerializer, **REFUSALS, 404: ErrorSerializer},
    )
    def patch(self, request: Request, address_id: UUID) -> Response:
        """Change what is sent, and return the address."""
        body = CustomerAddressSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        details: AddressDetails = body.validated_data
        address = change_address(user=customer_of(request), address_id=address_id, details=details, at=now())
        return Response(CustomerAddressSerializer(address).data)

    @extend_schema(
        operation_id="removeAddress",
        summary="Remove an address",
        tags=["Customers"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, address_id: UUID) -> Response:
        """Remove the address; after the default one, the newest that is left is the default."""
        remove_address(user=customer_of(request), address_id=address_id, at=now())
        return Response(status=204)
