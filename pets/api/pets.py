"""Personas, and one's own pet."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pets.adopting import adopt_pet, change_pet, give_away
from pets.api.base import PRIVATE, PersonView
from pets.models import LEVELS, LONGEST_NAME, UserPet
from pets.personas import PERSONAS
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer


class PersonaSerializer(Answer, serializers.Serializer[Any]):
    """A character that a pet can have."""

    id = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    avatar = serializers.CharField(help_text="The file of its picture.")
    example = serializers.SerializerMethodField(help_text="Something it says.")

    def get_example(self, persona: Any) -> str:
        """Return the first of its ways to help."""
        words: str = persona.phrases["help"][0]
        return words


class PetSerializer(Answer, serializers.ModelSerializer[UserPet]):
    """One's own pet. `next_level_xp` is null at the last level."""

    avatar = serializers.SerializerMethodField()
    level = serializers.IntegerField(read_only=True)
    next_level_xp = serializers.SerializerMethodField(help_text="XP at which the next level begins.")

    class Meta:
        model = UserPet
        fields = ["id", "persona", "name", "avatar", "level", "xp", "next_level_xp", "adopted_at"]
        read_only_fields = fields

    def get_avatar(self, pet: UserPet) -> str:
        """Return the file of its picture."""
        return PERSONAS[pet.persona].avatar if pet.persona in PERSONAS else ""

    def get_next_level_xp(self, pet: UserPet) -> int | None:
        """Return where the next level begins."""
        return next((least for least in LEVELS if least > pet.xp), None)


class AdoptSerializer(serializers.Serializer[Any]):
    """Which pet to adopt."""

    persona = serializers.CharField(max_length=30, help_text="The id of one of the personas.")
    name = serializers.CharField(max_length=LONGEST_NAME)


class ChangePetSerializer(serializers.Serializer[Any]):
    """What shall be another; what is left out stays."""

    persona = serializers.CharField(max_length=30, required=False, help_text="The id of one of the personas.")
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)


class PersonaList(APIView):
    """Who pets can be."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="listPersonas",
        summary="List who a pet can be",
        tags=["Pets"],
        responses={200: PersonaSerializer(many=True)},
        auth=[],
    )
    def get(self, _request: Request) -> Response:
        """Return every persona."""
        return Response(PersonaSerializer(list(PERSONAS.values()), many=True).data)


class PetCollection(PersonView):
    """Adoption."""

    @extend_schema(
        operation_id="adoptPet",
        summary="Adopt a pet",
        tags=["Pets"],
        request=AdoptSerializer,
        responses={201: PetSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take in a pet; one each."""
        body = AdoptSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pet = adopt_pet(user_id=self.person(request).pk, at=now(), **body.validated_data)
        return Response(PetSerializer(pet).data, status=201, headers=PRIVATE)


class OwnPet(PersonView):
    """One's own pet."""

    @extend_schema(
        operation_id="getPet",
        summary="Read your pet",
        tags=["Pets"],
        responses={200: PetSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the pet; 404 `no_pet` for who has none."""
        return Response(PetSerializer(self.pet(request)).data, headers=PRIVATE)

    @extend_schema(
        operation_id="changePet",
        summary="Rename your pet, or change its persona",
        tags=["Pets"],
        request=ChangePetSerializer,
        responses={200: PetSerializer, 400: ErrorSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change the name or the persona; conversations go on with the persona they began with."""
        body = ChangePetSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pet = change_pet(pet=self.pet(request), **body.validated_data)
        return Response(PetSerializer(pet).data, headers=PRIVATE)

    @extend_schema(
        operation_id="giveAwayPet",
        summary="Give your pet away",
        tags=["Pets"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Delete the pet with its conversations, its memory and what it did."""
        give_away(self.pet(request))
        return Response(status=204)
