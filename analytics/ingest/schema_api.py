"""`/api/v1/events/schema`: the JSON Schema of every event type, made from the registry."""

from __future__ import annotations

from typing import Any

import msgspec
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.registry.events import EVENT_TYPES


def event_schemas() -> dict[str, Any]:
    """Return, by type: what it means, who may say it, other names for it, an example, the schema of its properties."""
    schemas, components = msgspec.json.schema_components(
        [each.payload for each in EVENT_TYPES.values()], ref_template="#/$defs/{name}"
    )
    types = {
        each.name: {
            "description": each.text,
            "said_by": each.said.value,
            "aliases": list(each.aliases),
            "example": dict(each.example),
            "properties": schema,
        }
        for each, schema in zip(EVENT_TYPES.values(), schemas, strict=True)
    }
    return {"types": types, "$defs": components}


class EventSchema(APIView):
    """The declared event types, for people and code generators."""

    authentication_classes = ()
    permission_classes = [AllowAny]

    @extend_schema(operation_id="event_schema", tags=["tracking"], responses={200: OpenApiTypes.OBJECT})
    def get(self, _request: Request) -> Response:
        """Return the JSON Schema of every event type."""
        return Response(event_schemas())
