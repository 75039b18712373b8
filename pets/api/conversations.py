"""Talking with a pet, and saying yes or no to what it would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pets.acting import find_action
from pets.api.base import PRIVATE, PersonView
from pets.clicking import click_recommendation
from pets.conversation import answer, open_talk, own_conversation, settle, start_conversation, with_tokens
from pets.models import LONGEST_SAID, Consent, PetAction, PetConversation, PetMessage
from zuka.platform.answers import Answer
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer
from zuka.platform.http import CursorPages


class MessageSerializer(Answer, serializers.ModelSerializer[PetMessage]):
    """A message. `metadata` goes with its `kind`: `products`, `cart`, `coupon`, `order`, `memory`, `choices`.

    A question for consent has `metadata.action`: while it `is_open`, confirm or decline it with its `token`.
    """

    metadata = serializers.SerializerMethodField()

    class Meta:
        model = PetMessage
        fields = ["id", "role", "kind", "text", "metadata", "created_at"]
        read_only_fields = fields

    def get_metadata(self, message: PetMessage) -> dict[str, Any]:
        """Return what is shown with it."""
        return with_tokens(message, self.context["waiting"])


class ConversationSerializer(Answer, serializers.ModelSerializer[PetConversation]):
    """A conversation in a list."""

    class Meta:
        model = PetConversation
        fields = ["id", "persona", "turns", "started_at", "last_message_at"]
        read_only_fields = fields


class StartedSerializer(ConversationSerializer):
    """A conversation that has just begun, with the pet's greeting."""

    messages = MessageSerializer(many=True, read_only=True)

    class Meta(ConversationSerializer.Meta):
        fields = [*ConversationSerializer.Meta.fields, "messages"]
        read_only_fields = fields


class SaySerializer(serializers.Serializer[Any]):
    """What to say to a pet."""

    text = serializers.CharField(max_length=LONGEST_SAID)


class AnswerSerializer(Answer, serializers.Serializer[Any]):
    """What was said and answered, in order."""

    messages = MessageSerializer(many=True)


class TokenSerializer(serializers.Serializer[Any]):
    """The token of the question that is answered."""

    token = serializers.CharField(max_length=100)


class ClickSerializer(serializers.Serializer[Any]):
    """Which of the products that a message shows was clicked."""

    product_id = serializers.CharField(max_length=20)


def waiting_of(conversation_id: UUID) -> set[str]:
    """Return the ids of a conversation's actions that wait for a yes or no. One query."""
    waiting = PetAction.objects.waiting(at=now()).filter(conversation=conversation_id)
    return {str(each) for each in waiting.values_list("pk", flat=True)}


def messages_json(conversation_id: UUID, messages: Iterable[PetMessage]) -> list[dict[str, Any]]:
    """Return messages as their person sees them."""
    context = {"waiting": waiting_of(conversation_id)}
    return list(MessageSerializer(list(messages), many=True, context=context).data)


class ConversationPages(CursorPages):
    """Pages of conversations, the newest first."""

    ordering: Any = ("-last_message_at", "-id")


class MessagePages(CursorPages):
    """Pages of messages, the newest first."""

    ordering: Any = "-id"


class ConversationCollection(PersonView, generics.ListAPIView[PetConversation]):
    """One's conversations with one's pet."""

    serializer_class = ConversationSerializer
    pagination_class = ConversationPages
    queryset = PetConversation.objects.none()

    def get_queryset(self) -> QuerySet[PetConversation]:
        """Return the conversations of who asks."""
        return PetConversation.objects.filter(pet__user=self.person(self.request))

    @extend_schema(
        operation_id="listConversations",
        summary="List your conversations with your pet",
        tags=["Pets"],
        responses={200: ConversationSerializer(many=True), 401: ErrorSerializer},
    )
    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        """Return the conversations, the one last spoken in first."""
        found = super().get(request, *args, **options)
        found["Cache-Control"] = PRIVATE["Cache-Control"]
        return found

    @extend_schema(
        operation_id="startConversation",
        summary="Begin to talk with your pet",
        tags=["Pets"],
        request=None,
        responses={201: StartedSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Begin a conversation; the pet greets."""
        user, pet = self.person(request), self.pet(request)
        begun = start_conversation(user=user, pet=pet, actor=self.actor(request), at=now())
        context: dict[str, Any] = {"waiting": set()}
        return Response(StartedSerializer(begun, context=context).data, status=201, headers=PRIVATE)


class ConversationDetail(PersonView):
    """One conversation."""

    @extend_schema(
        operation_id="eraseConversation",
        summary="Erase a conversation",
        tags=["Pets"],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, conversation_id: UUID) -> Response:
        """Delete a conversation with all that was said in it."""
        own_conversation(conversation_id=conversation_id, user_id=self.person(request).pk).delete()
        return Response(status=204)


class Messages(PersonView, generics.ListAPIView[PetMessage]):
    """What is said in a conversation."""

    serializer_class = MessageSerializer
    pagination_class = MessagePages
    queryset = PetMessage.objects.none()

    def get_queryset(self) -> QuerySet[PetMessage]:
        """Return the messages of one's own conversation. Raises `NoSuchConversation`."""
        found = own_conversation(conversation_id=self.kwargs["conversation_id"], user_id=self.person(self.request).pk)
        return PetMessage.objects.filter(conversation=found)

    def get_serializer_context(self) -> dict[str, Any]:
        """Return which questions wait."""
        waiting = waiting_of(self.kwargs["conversation_id"]) if "conversation_id" in self.kwargs else set()
        return {**super().get_serializer_context(), "waiting": waiting}

    @extend_schema(
        operation_id="listMessages",
        summary="Read a conversation",
        tags=["Pets"],
        responses={200: MessageSerializer(many=True), 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, *args: Any, **options: Any) -> Response:
        """Return the messages, the newest first."""
        found = super().get(request, *args, **options)
        found["Cache-Control"] = PRIVATE["Cache-Control"]
        return found

    @extend_schema(
        operation_id="sayToPet",
        summary="Say something to your pet",
        tags=["Pets"],
        request=SaySerializer,
        responses={
            200: AnswerSerializer,
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
            429: ErrorSerializer,
        },
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Return what was said and what the pet answers, whole. One message of a conversation at a time."""
        body = SaySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = self.person(request)
        conversation = own_conversation(conversation_id=conversation_id, user_id=user.pk)
        talk = open_talk(conversation=conversation, user=user, actor=self.actor(request), at=now())
        said = [each.data for each in answer(talk, body.validated_data["text"]) if each.kind == "message"]
        return Response({"messages": messages_json(conversation_id, said)}, headers=PRIVATE)


class ActionAnswer(PersonView):
    """A yes or no to what a pet would do."""

    is_yes: bool

    def settle(self, request: Request, action_id: UUID) -> Response:
        """Do it, or let it go, and return what the pet says to that."""
        body = TokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user, at = self.person(request), now()
        action = find_action(action_id=action_id, user_id=user.pk, token=body.validated_data["token"])
        conversation = action.conversation
        talk = open_talk(conversation=conversation, user=user, actor=self.actor(request), at=at)
        said = settle(talk, action, is_yes=self.is_yes, consent=Consent.BUTTON)
        return Response({"messages": messages_json(conversation.pk, said)}, headers=PRIVATE)


SETTLED = {
    200: AnswerSerializer,
    400: ErrorSerializer,
    401: ErrorSerializer,
    404: ErrorSerializer,
    409: ErrorSerializer,
}


class ActionConfirm(ActionAnswer):
    """A yes."""

    is_yes = True

    @extend_schema(
        operation_id="confirmAction",
        summary="Let your pet do it",
        tags=["Pets"],
        request=TokenSerializer,
        responses=SETTLED,
    )
    def post(self, request: Request, action_id: UUID) -> Response:
        """Do what was asked, once. A second yes changes nothing and answers with no message."""
        return self.settle(request, action_id)


class ActionDecline(ActionAnswer):
    """A no."""

    is_yes = False

    @extend_schema(
        operation_id="declineAction",
        summary="Tell your pet not to",
        tags=["Pets"],
        request=TokenSerializer,
        responses=SETTLED,
    )
    def post(self, request: Request, action_id: UUID) -> Response:
        """Let it go."""
        return self.settle(request, action_id)


class RecommendationClick(PersonView):
    """A product that a pet showed, clicked."""

    @extend_schema(
        operation_id="clickRecommendation",
        summary="Say that a shown product was clicked",
        tags=["Pets"],
        request=ClickSerializer,
        responses={204: None, 400: ErrorSerializer, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request, message_id: int) -> Response:
        """Count the click, once a message and product."""
        body = ClickSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        click_recommendation(
            message_id=message_id,
            user_id=self.person(request).pk,
            product_id=body.validated_data["product_id"],
            actor=self.actor(request),
            at=now(),
        )
        return Response(status=204)
