"""What a pet remembers, for its person to see, change and erase."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pets.api.base import PRIVATE, PersonView
from pets.memory import change, erase, forget, in_words, remember, remembered
from pets.models import PetPreference, PreferenceKind
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class TasteSerializer(Answer, serializers.ModelSerializer[PetPreference]):
    """Something that a pet remembers of tastes. A price is whole kobo; `words` says it for people."""

    words = serializers.SerializerMethodField()

    class Meta:
        model = PetPreference
        fields = ["id", "kind", "value", "source", "words", "learned_at"]
        read_only_fields = fields

    def get_words(self, preference: PetPreference) -> str:
        """Return it for people."""
        return in_words(preference.kind, preference.value)


class RememberSerializer(serializers.Serializer[Any]):
    """Something to remember."""

    kind = serializers.ChoiceField(choices=PreferenceKind.choices)
    value = serializers.CharField(max_length=100, help_text="A price is whole kobo: 2000000 is ₦20,000.00.")


class PreferenceValueSerializer(serializers.Serializer[Any]):
    """What a preference shall be instead."""

    value = serializers.CharField(max_length=100)


class MemoryCollection(PersonView):
    """All that a pet remembers."""

    @extend_schema(
        operation_id="listPreferences",
        summary="Read what your pet remembers",
        tags=["Pets"],
        responses={200: TasteSerializer(many=True), 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return what the pet was told, and what it has seen more than once."""
        found = remembered(self.pet(request).pk)
        return Response(TasteSerializer(found, many=True).data, headers=PRIVATE)

    @extend_schema(
        operation_id="addPreference",
        summary="Tell your pet what you like",
        tags=["Pets"],
        request=RememberSerializer,
        responses={201: TasteSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Keep a preference; a price replaces the one before."""
        body = RememberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        kept = remember(pet=self.pet(request), at=now(), **body.validated_data)
        return Response(TasteSerializer(kept).data, status=201, headers=PRIVATE)

    @extend_schema(
        operation_id="erasePreferences",
        summary="Let your pet forget everything",
        tags=["Pets"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Erase all preferences."""
        erase(self.pet(request).pk, at=now())
        return Response(status=204)


class MemoryDetail(PersonView):
    """One preference."""

    @extend_schema(
        operation_id="changePreference",
        summary="Change what your pet remembers",
        tags=["Pets"],
        request=PreferenceValueSerializer,
        responses={200: TasteSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def patch(self, request: Request, preference_id: int) -> Response:
        """Give a preference another value."""
        body = PreferenceValueSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pet_id = self.pet(request).pk
        kept = change(pet_id=pet_id, preference_id=preference_id, at=now(), **body.validated_data)
        return Response(TasteSerializer(kept).data, headers=PRIVATE)

    @extend_schema(
        operation_id="forgetPreference",
        summary="Let your pet forget something",
        tags=["Pets"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, preference_id: int) -> Response:
        """Take a preference out; the pet does not learn it again by watching."""
        forget(pet_id=self.pet(request).pk, preference_id=preference_id)
        return Response(status=204)
