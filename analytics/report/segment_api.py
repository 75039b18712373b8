"""Segments over HTTP: `/api/v1/reports/segments/`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.people.conditions import DefinitionError, read_definition, say_definition
from analytics.report.api import MayReadReports, asked_scope
from analytics.report.narrowed import visible_segments
from analytics.store.models import Segment


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """A segment: its number, which reports take as `segment`, whom it has in words, and how many when."""

    words = serializers.SerializerMethodField()

    class Meta:
        model = Segment
        fields = ("id", "name", "words", "people", "refreshed_at")

    def get_words(self, segment: Segment) -> str:
        """Return the conditions as a sentence."""
        try:
            return say_definition(read_definition(segment.definition))
        except DefinitionError as wrong:
            return f"{wrong.field}: {wrong.message}"


class SegmentList(APIView):
    """Every segment that the caller may use."""

    permission_classes = [MayReadReports]

    @extend_schema(operation_id="segments", tags=["reports"], responses={200: SegmentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Return the segments; a brand's own staff have none."""
        return Response(SegmentSerializer(visible_segments(asked_scope(request)), many=True).data)
