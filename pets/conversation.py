"""One turn of a conversation: recall → think → call a tool → record → answer, bounded in steps, time and spend."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import structlog
from django.db import transaction

from analytics.track import track
from pets.acting import Deed, confirm_action, decline_action, do_call, token_of
from pets.adopting import grow
from pets.brains import Scripted, chosen_brain
from pets.brains.base import Brain, BrainFailed, Call, Face, Line, Piece, Say, Spent, Turn, Understood
from pets.brains.wording import word_step
from pets.claiming import claim_turn, release_turn
from pets.memory import tastes_of
from pets.models import (
    LONGEST_SAID,
    ActionStatus,
    Consent,
    MessageKind,
    MessageRole,
    PetAction,
    PetConversation,
    PetMessage,
    UserPet,
)
from pets.personas import Voice, find_persona
from pets.spending import count_spend, has_budget
from pets.tools import TOOLS, Context, learn_from_orders
from pets.understanding.consent import is_plain_yes
from pets.understanding.normalizing import hear as hear_words
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.limits import Limit

log = structlog.get_logger(__name__)
MOST_STEPS, MOST_CALLS = 6, 10
MOST_SECONDS = 25.0
REMEMBERED_LINES = 12
MESSAGES_OF_ONE = Limit("pet-messages", most=30, seconds=60)
FACES = tuple(Face(tool.name, tool.text, tool.schema()) for tool in TOOLS.values())
XP_OF_TALK, XP_OF_DEED = 1, 5


class NoSuchConversation(Refused):
    """There is no such conversation, or it is another person's."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class BadMessage(Refused):
    """A message that is blank or too long."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_message"


class SaidTooOften(Refused):
    """More messages than people write."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "said_too_often"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens while a message is answered: a `message` (a row), a `piece` of one, or an `action`."""

    kind: str
    data: Any


@dataclass(frozen=True, slots=True)
class Talk:
    """Who talks with whom: the conversation with its pet, and the person's hands."""

    conversation: PetConversation
    context: Context

    @property
    def pet(self) -> UserPet:
        """Return the pet."""
        return self.context.pet


def start_conversation(*, user: Any, pet: UserPet, actor: Actor, at: datetime) -> PetConversation:
    """Begin a talk: the pet greets, and learns from what its person has bought."""
    conversation = PetConversation.objects.create(pet=pet, persona=pet.persona, started_at=at, last_message_at=at)
    learn_from_orders(Context(user=user, pet=pet, actor=actor, at=at))
    keep(conversation, MessageRole.PET, Say(voice_of(conversation).phrase("greeting", name=pet.name)), at=at)
    return conversation


def voice_of(conversation: PetConversation) -> Voice:
    """Return how the pet speaks now in a conversation."""
    return Voice(find_persona(conversation.persona), str(conversation.pk), conversation.turns)


def own_conversation(*, conversation_id: UUID, user_id: UUID) -> PetConversation:
    """Return a person's own conversation with its pet. Raises `NoSuchConversation`."""
    found = PetConversation.objects.select_related("pet").filter(pk=conversation_id, pet__user=user_id).first()
    if found is None:
        raise NoSuchConversation("There is no such conversation.")
    return found


def open_talk(*, conversation: PetConversation, user: Any, actor: Actor, at: datetime) -> Talk:
    """Return a talk with what its pet recalls. One query."""
    pet = conversation.pet
    shown = conversation.seen.get("products", ())
    context = Context(user=user, pet=pet, actor=actor, at=at, tastes=tastes_of(pet.pk), shown=shown)
    return Talk(conversation, context)


def clean_text(text: str) -> str:
    """Return what was said without what cannot be stored. Raises `BadMessage`."""
    said = text.replace("\x00", "").strip()
    if not 0 < len(said) <= LONGEST_SAID:
        raise BadMessage(f"Write 1 to {LONGEST_SAID} letters.", field="text")
    return said


@transaction.atomic
def hear(talk: Talk, text: str) -> PetMessage:
    """Take a message in: one at a time in a conversation. Raises `BadMessage`, `SaidTooOften`, `StillAnswering`."""
    said, at, conversation = clean_text(text), talk.context.at, talk.conversation
    if seconds := MESSAGES_OF_ONE.take(str(talk.context.user.pk), at=at):
        raise SaidTooOften("That was a lot at once. Wait a moment.", retry_after=seconds)
    claim_turn(conversation=conversation, at=at)
    return keep(conversation, MessageRole.USER, Say(said), at=at)


def keep(conversation: PetConversation, role: MessageRole, said: Say, *, at: datetime, brain: str = "") -> PetMessage:
    """Write a message down."""
    return PetMessage.objects.create(
        conversation=conversation,
        role=role,
        kind=said.kind or MessageKind.TEXT,
        text=said.text,
        metadata=dict(said.metadata),
        brain=brain,
        created_at=at,
    )


def answer(talk: Talk, text: str) -> Iterator[Happening]:
    """Answer a message as it happens: its own row first, then pieces and actions, the pet's messages at the end."""
    heard = hear(talk, text)
    try:
        yield Happening("message", heard)
        yield from respond(talk, heard)
    finally:
        release_turn(talk.conversation)


def respond(talk: Talk, heard: PetMessage) -> Iterator[Happening]:
    """Say yes or no to what waits where the message does just that; else let a brain think."""
    waiting = question_before(talk, heard)
    turn = make_turn(talk, heard, is_pending=waiting is not None)
    if waiting and (is_yes := says_yes_or_no(turn)) is not None:
        PetMessage.objects.filter(pk=heard.pk).update(intent="yes" if is_yes else "no", is_understood=True)
        for message in settle(talk, waiting, is_yes=is_yes, consent=Consent.WORDS):
            yield Happening("message", message)
        return
    thinking = Thinking(talk, turn, heard)
    yield from thinking.run()
    for message in thinking.finish():
        yield Happening("message", message)


def question_before(talk: Talk, heard: PetMessage) -> PetAction | None:
    """Return the question that the pet has just asked, while it waits: a yes is to that, never to an older one."""
    before = talk.conversation.messages.filter(pk__lt=heard.pk).order_by("-id").values_list("metadata", flat=True)
    asked = (before.first() or {}).get("action")
    return talk.conversation.actions.waiting(at=talk.context.at).filter(pk=asked["id"]).first() if asked else None


def says_yes_or_no(turn: Turn) -> bool | None:
    """Return whether the person's own words agree to what waits; None where they are about something else.

    Rules read them, whatever brain is chosen: no model says yes for somebody. A yes has nothing beside it.
    """
    if is_plain_yes(hear_words(turn.text)):
        return True
    return False if Scripted().intent(turn) == "no" else None


def make_turn(talk: Talk, heard: PetMessage, *, is_pending: bool) -> Turn:
    """Return what may be thought about: the message, what was said before it, and what the pet recalls. One query."""
    conversation, context = talk.conversation, talk.context
    before = conversation.messages.filter(pk__lt=heard.pk).order_by("-id")
    lines = [Line(role, text) for role, text in before.values_list("role", "text")[:REMEMBERED_LINES]]
    return Turn(
        pet_name=talk.pet.name,
        text=heard.text,
        history=lines[::-1],
        remembered=context.tastes,
        tools=FACES,
        seen=context.shown,
        focus=conversation.seen.get("focus"),
        cart=conversation.seen.get("cart", ()),
        slots=conversation.seen.get("slots"),
        is_pending=is_pending,
        at=context.at,
        voice=voice_of(conversation),
        ends_at=time.monotonic() + MOST_SECONDS,
    )


class Thinking:
    """A turn while it lasts: a brain's thoughts, the tools it calls, what it will have said."""

    def __init__(self, talk: Talk, turn: Turn, heard: PetMessage) -> None:
        self.talk, self.turn, self.heard = talk, turn, heard
        self.said: list[Say] = []
        self.deeds: list[Deed] = []
        self.brain: Brain = self.choose()

    def choose(self) -> Brain:
        """Return the chosen brain; the scripted one for who has used up the day's budget."""
        brain, context = chosen_brain(), self.talk.context
        if brain.name == Scripted.name or has_budget(user_id=context.user.pk, at=context.at):
            return brain
        return Scripted()

    def run(self) -> Iterator[Happening]:
        """Think and act in turns until there is something to say, a question waits, or the bounds are reached."""
        for _ in range(MOST_STEPS):
            try:
                called = yield from self.think()
            except BrainFailed as error:
                log.warning("pets.brain_failed", brain=self.brain.name, reason=str(error))
                self.spend(error.tokens)
                self.brain, self.said = Scripted(), []
                called = True
            is_late = time.monotonic() > self.turn.ends_at
            is_over = len(self.deeds) >= MOST_CALLS or any(deed.question for deed in self.deeds)
            if not called or is_late or is_over:
                return

    def think(self) -> Generator[Happening, None, bool]:
        """Let the brain think once; return whether it called a tool."""
        called = False
        for thought in self.brain.think(self.turn):
            if isinstance(thought, Call):
                called = True
                deed = self.call(thought)
                yield Happening("action", deed.action)
                if deed.question or len(self.deeds) >= MOST_CALLS:
                    break
            elif isinstance(thought, Piece):
                yield Happening("piece", thought.text)
            elif isinstance(thought, Say):
                self.said.append(thought)
            elif isinstance(thought, Spent):
                self.spend(thought.tokens)
            else:
                self.note(thought)
        return called

    def call(self, call: Call) -> Deed:
        """Call a tool and let the brain know what came of it."""
        name = self.brain.name
        context = replace(self.talk.context, told=None if name == Scripted.name else self.heard.text)
        deed = do_call(context=context, conversation=self.talk.conversation, call=call, brain=name)
        self.deeds.append(deed)
        self.turn.steps.append(deed.step)
        return deed

    def spend(self, tokens: int) -> None:
        """Count what thinking cost."""
        if tokens:
            count_spend(user_id=self.talk.context.user.pk, tokens=tokens, at=self.talk.context.at)

    def note(self, understood: Understood) -> None:
        """Keep what the message was taken for."""
        self.heard.intent, self.heard.is_understood = understood.intent[:30], understood.is_understood
        self.heard.save(update_fields=["intent", "is_understood"])
        if understood.slots is not None:
            self.talk.conversation.seen["slots"] = dict(understood.slots)

    def finish(self) -> list[PetMessage]:
        """Write down what the pet says: its words with what the last call brought, or the question that waits."""
        question = next((deed for deed in self.deeds if deed.question), None)
        last = self.deeds[-1].step if self.deeds else None
        says = list(self.said)
        if question:
            says.append(ask(self.turn, question))
        elif not says:
            voice = self.turn.voice
            says.append(word_step(voice, last) if last else Say(voice.phrase("again")))
        if last and not question and says[-1].kind is None:
            says[-1] = Say(says[-1].text, last.kind, last.data if last.status == ActionStatus.DONE else {})
        return say_all(self.talk, says, brain=self.brain.name, deeds=len(self.deeds))


def ask(turn: Turn, deed: Deed) -> Say:
    """Return the question for consent, with the token that a yes carries."""
    words = turn.voice.phrase("ask", question=deed.question)
    return Say(words, MessageKind.CONFIRMATION, {**deed.step.data, **question_json(deed.action)})


def question_json(action: PetAction) -> dict[str, Any]:
    """Return what a client needs to confirm or decline an action."""
    return {"action": {"id": str(action.pk), "tool": action.tool, "status": str(action.status)}}


@transaction.atomic
def say_all(talk: Talk, says: list[Say], *, brain: str, deeds: int = 0) -> list[PetMessage]:
    """Write the pet's messages down, track them and what they show, and let the pet grow."""
    at, conversation = talk.context.at, talk.conversation
    if level := grow(pet=talk.pet, xp=XP_OF_TALK + XP_OF_DEED * deeds):
        # First, since a question must be the last that is said.
        says = [Say(voice_of(conversation).phrase("level_up", level=level), MessageKind.TEXT), *says]
    messages = [keep(conversation, MessageRole.PET, each, at=at, brain=brain) for each in says]
    products = [each["id"] for message in messages for each in message.metadata.get("products", ())]
    conversation.seen = see(conversation.seen, messages, products)
    conversation.save(update_fields=["seen"])
    note_messages(talk, messages, products)
    return messages


def see(seen: dict[str, Any], messages: list[PetMessage], products: list[str]) -> dict[str, Any]:
    """Return what the next message may refer to: the products listed last, the one spoken of since, the cart."""
    carts = [message.metadata["cart"] for message in messages if "cart" in message.metadata]
    found = {**seen, "cart": [line["sku"] for line in carts[-1]["lines"]]} if carts else dict(seen)
    if len(products) == 1 and products[0] in seen.get("products", ()):
        return {**found, "focus": products[0]}
    return {**found, "products": products, "focus": None} if products else found


def note_messages(talk: Talk, messages: list[PetMessage], products: list[str]) -> None:
    """Track that a message was answered, and each product that was shown for it."""
    context, persona = talk.context, talk.conversation.persona
    first = messages[0].pk
    track(
        "pet.message_sent",
        actor=context.actor,
        at=context.at,
        message_id=f"pet.message_sent:{first}",
        persona=persona,
        brain=messages[0].brain,
        kind=str(messages[-1].kind),
    )
    for product in dict.fromkeys(products):
        track(
            "pet.recommendation_shown",
            actor=context.actor,
            at=context.at,
            message_id=f"pet.recommendation_shown:{first}:{product}",
            persona=persona,
            product_id=product,
        )


def settle(talk: Talk, action: PetAction, *, is_yes: bool, consent: Consent) -> list[PetMessage]:
    """Do what waits, or let it go, and say so. Nothing is said where another click did it already.

    Raises `ActionOver`.
    """
    voice = voice_of(talk.conversation)
    if not is_yes:
        decline_action(action=action, context=talk.context, consent=consent)
        return say_all(talk, [Say(voice.phrase("declined"))], brain="")
    deed = confirm_action(action=action, context=talk.context, consent=consent)
    if deed is None:
        return []
    said = word_step(voice, deed.step)
    if said.kind is None:
        said = replace(said, kind=deed.step.kind, metadata=deed.step.data)
    return say_all(talk, [said], brain="", deeds=1)


def with_tokens(message: PetMessage, waiting: set[str]) -> dict[str, Any]:
    """Return a message's metadata as its person sees it: a question that still waits with the token of its yes."""
    action = message.metadata.get("action")
    if action is None:
        return dict(message.metadata)
    is_open = action["id"] in waiting
    shown = {**action, "is_open": is_open, "token": token_of(UUID(action["id"])) if is_open else None}
    return {**message.metadata, "action": shown}
