"""Papers of an order as PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from commerce.orders.api.orders import TOKEN_PARAMETER
from commerce.orders.api.payments import PRIVATE, OneOrderView, order_of
from commerce.orders.services import invoice_of
from zuka.platform.errors import ErrorSerializer


class PdfRenderer(BaseRenderer):
    """Lets callers ask for a PDF; the view itself makes it."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(self, data: Any, *_context: Any) -> bytes:
        """Return an error as it is read by people, since callers of this door may read no JSON."""
        return str(data.get("message", "")).encode() if isinstance(data, dict) else b""


class Invoice(OneOrderView):
    """The invoice of an order."""

    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="getInvoice",
        summary="Read an order's invoice",
        tags=["Orders"],
        parameters=[TOKEN_PARAMETER],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 404: ErrorSerializer},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """Return the invoice as PDF, to the order's owner or who holds its token."""
        paper = invoice_of(order_of(request, number))
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{paper.filename}"'}
        return HttpResponse(paper.content, content_type="application/pdf", headers=headers)
