"""What is kept of a customer: a copy of it for them, and being erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.accounts.api.base import LIMITED, REFUSALS, CustomerView, read_body
from commerce.accounts.api.profile import ClosingSerializer
from commerce.accounts.authentication import customer_of, limit_rate, prove_password
from commerce.accounts.services import ask_for_copy, ask_to_be_erased, open_copy, own_copies, own_erasure
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages
from zuka.platform.models import DataExport, ErasureRequest

CONFIRMATION = "erase everything"


class ZipRenderer(BaseRenderer):
    """Lets callers ask for a zip; the view itself sends it."""

    media_type = "application/zip"
    format = "zip"
    charset = None

    def render(self, data: Any, *_context: Any) -> bytes:
        """Return an error as it is read by people, since callers of this door may read no JSON."""
        return str(data.get("message", "")).encode() if isinstance(data, dict) else b""


class DataCopySerializer(Answer, serializers.ModelSerializer[DataExport]):
    """A copy of what is kept of the customer."""

    asked_at = serializers.DateTimeField(source="created_at", read_only=True)
    kept_until = serializers.DateTimeField(source="expires_at", read_only=True, help_text="Once it is done.")
    bytes = serializers.IntegerField(source="size", read_only=True, help_text="Once it is done.")

    class Meta:
        model = DataExport
        fields = ["id", "status", "asked_at", "kept_until", "bytes"]
        read_only_fields = fields


class ErasingSerializer(ClosingSerializer):
    """What proves that it is the owner who wants to be erased, and that they mean it."""

    confirm = serializers.ChoiceField(choices=[CONFIRMATION], help_text="These words, so that it is meant.")


class ErasureSerializer(Answer, serializers.ModelSerializer[ErasureRequest]):
    """How far the erasure of the customer is."""

    asked_at = serializers.DateTimeField(source="created_at", read_only=True)
    note = serializers.CharField(source="failure", read_only=True, help_text="What it waits for; empty when nothing.")

    class Meta:
        model = ErasureRequest
        fields = ["status", "asked_at", "note"]
        read_only_fields = fields


class DataCopyPages(CursorPages):
    """Pages of copies, the newest first."""

    ordering: Any = ("-created_at", "-id")


class DataCopyCollection(CustomerView, generics.ListAPIView[DataExport]):
    """The copies of their data that the customer asked for."""

    serializer_class = DataCopySerializer
    pagination_class = DataCopyPages
    queryset = DataExport.objects.none()

    @extend_schema(
        operation_id="listDataCopies",
        summary="List the copies of your data",
        tags=["Customers"],
        responses={200: DataCopySerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        """Return what you asked for, the newest first, with how far it is."""
        return super().get(request, *args, **options)

    def get_queryset(self) -> QuerySet[DataExport]:
        """Return the copies of whoever asks."""
        return own_copies(customer_of(self.request))

    @extend_schema(
        operation_id="askForDataCopy",
        summary="Ask for a copy of your data",
        tags=["Customers"],
        request=None,
        responses={201: DataCopySerializer, 401: ErrorSerializer, **LIMITED, 503: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Have all that is kept of you made into a zip of JSON and CSV; a mail says when it is ready. Once a day: asked
        again, the answer is the one of before.
        """
        user = customer_of(request)
        limit_rate(request, "own_data", about=str(user.pk))
        return Response(DataCopySerializer(ask_for_copy(user=user, at=now())).data, status=201)


class DataCopyFile(CustomerView):
    """The file of a copy; to everyone else there is no such file."""

    renderer_classes = [JSONRenderer, ZipRenderer]

    @extend_schema(
        operation_id="downloadDataCopy",
        summary="Download a copy of your data",
        tags=["Customers"],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            **dict.fromkeys((401, 404, 409, 410, 429), ErrorSerializer),
        },
    )
    def get(self, request: Request, copy_id: UUID) -> FileResponse:
        """Return the zip; 409 until it is made, 410 when it is no longer kept."""
        user = customer_of(request)
        limit_rate(request, "own_data", about=str(user.pk))
        _, file = open_copy(user=user, copy_id=copy_id, at=now())
        return FileResponse(file, as_attachment=True, filename="my-data.zip", content_type="application/zip")


class Erasure(CustomerView):
    """Being erased: the account and all that is kept of the customer."""

    @extend_schema(
        operation_id="getErasure",
        summary="See how far your erasure is",
        tags=["Customers"],
        responses={200: ErasureSerializer, 204: None, 401: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return how far it is, until the account is gone and you are signed out; nothing where you have not asked."""
        asked = own_erasure(customer_of(request))
        return Response(ErasureSerializer(asked).data) if asked else Response(status=204)

    @extend_schema(
        operation_id="askForErasure",
        summary="Erase your account and all your data",
        tags=["Customers"],
        request=ErasingSerializer,
        responses={202: ErasureSerializer, **REFUSALS, 409: ErrorSerializer, **LIMITED},
    )
    def post(self, request: Request) -> Response:
        """Erase the account and take you out of all that is kept, for good, within minutes: by its password or, without
        one, by the code that `sendClosingCode` sends. 409 names what is open: an order, a plan, money on its way back.

        Closing the account (`closeAccount`) forgets who you are there; erasing also does so in your orders, whose
        amounts stay, in what was counted of your visits, and in everything else.
        """
        limit_rate(request, "check_code")
        user = customer_of(request)
        said = read_body(request, ErasingSerializer)
        prove_password(request, said["password"])
        code = None if user.has_usable_password() else said["code"]
        return Response(ErasureSerializer(ask_to_be_erased(user=user, code=code, at=now())).data, status=202)
