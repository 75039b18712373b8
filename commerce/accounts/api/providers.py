from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import LIMITED, REFUSALS, CustomerView, password_field, read_body
from commerce.accounts.authentication import customer_of, limit_rate, prove_password
from commerce.accounts.gateways import TOKEN_LENGTH, offered_providers, read_token
from commerce.accounts.models import ProviderIdentity, SignInProvider, User
from commerce.accounts.services import connect_provider, disconnect_provider
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class ConnectionSerializer(serializers.Serializer[dict[str, Any]]):
    """A provider, and whom it lets in to the account."""

    provider = serializers.CharField(help_text="google or apple.")
    name = serializers.CharField()
    is_connected = serializers.BooleanField()
    email = serializers.CharField(help_text="As the provider said last; empty when it said none.")
    connected_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class ConnectingSerializer(serializers.Serializer[dict[str, str]]):
    """A provider's token, and the account's password."""

    id_token = serializers.CharField(max_length=TOKEN_LENGTH)
    nonce = serializers.CharField(max_length=200, default="", allow_blank=True)
    password = password_field()


def connection(provider: SignInProvider, identity: ProviderIdentity | None) -> dict[str, Any]:
    """Return what `ConnectionSerializer` shows of a provider."""
    return {
        "provider": provider.value,
        "name": provider.label,
        "is_connected": identity is not None,
        "email": identity.email if identity else "",
        "connected_at": identity.created_at if identity else None,
        "last_used_at": identity.last_used_at if identity else None,
    }


def connections(user: User) -> list[dict[str, Any]]:
    """Return the providers that the shop offers or the account is connected with."""
    known = {each.provider: each for each in user.identities.all()}
    offered = {each.id for each in offered_providers()}
    return [connection(each, known.get(each.value)) for each in SignInProvider if each in offered or each in known]


def read_provider(name: str) -> SignInProvider:
    """Return the provider that an address names. Raises `NotFound`."""
    if name not in SignInProvider.values:
        raise NotFound
    return SignInProvider(name)


class ConnectionCollection(CustomerView):
    """The providers that the customer can sign in by."""

    @extend_schema(
        operation_id="listSignInProviders",
        summary="List the providers, and which of them sign you in",
        tags=["Customers"],
        responses={200: ConnectionSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return each provider that the shop offers or the account is connected with; no pages, there are few."""
        return Response(connections(customer_of(request)))


class ConnectionDetail(CustomerView):
    """One provider."""

    @extend_schema(
        operation_id="connectSignInProvider",
        summary="Let a provider sign you in too",
        tags=["Customers"],
        request=ConnectingSerializer,
        responses={
            200: ConnectionSerializer,
            **REFUSALS,
            404: ErrorSerializer,
            409: ErrorSerializer,
            **LIMITED,
            503: ErrorSerializer,
        },
    )
    def put(self, request: Request, provider: str) -> Response:
        """Connect the account with whom the token is about, and return the connection. Its e-mail is told."""
        chosen, user = read_provider(provider), customer_of(request)
        limit_rate(request, "read_token")
        said = read_body(request, ConnectingSerializer)
        # A provider lets in, so it takes more than a token of ours that was left lying about.
        prove_password(request, said["password"])
        claim = read_token(provider=chosen, token=said["id_token"], nonce=said["nonce"] or None)
        identity = connect_provider(user=user, claim=claim, at=now())
        return Response(ConnectionSerializer(connection(chosen, identity)).data)

    @extend_schema(
        operation_id="disconnectSignInProvider",
        summary="Let a provider sign you in no more",
        tags=["Customers"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def delete(self, request: Request, provider: str) -> Response:
        """Disconnect, unless it is the last way to sign in. Devices stay signed in. The account's e-mail is told."""
        disconnect_provider(user=customer_of(request), provider=read_provider(provider), at=now())
        return Response(status=204)
