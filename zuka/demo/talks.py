"""Talks of customers with their pets: what is said, shown, clicked and done, in the words that the personas have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import msgspec
from django.conf import settings

from pets.models import (
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
from pets.tools.cards import card
from zuka.demo.checkouts import Till
from zuka.demo.draws import random_for, random_uuid
from zuka.demo.people import Customer
from zuka.demo.purses import Purses
from zuka.demo.shelf import Offer, Shelf
from zuka.demo.tables.talks import ADDING, COLOURS, NAMES, PERSONAS, POINTS, PUZZLE, STATUS, TASTE, TOPICS, Topic
from zuka.demo.telling import AT_ONCE, Session
from zuka.platform.money import format_money

encode = msgspec.json.Encoder().encode
# Of visits of signed-in customers, those with a talk; of talks about products, what comes of them.
TALKING, CLICKING, ADDED_AFTER, ADDED_UNSEEN = 0.13, 0.45, 0.5, 0.1
FAILING = 0.01
BRAIN = "scripted"
WAITS = timedelta(minutes=10)
XP_OF_TALK, XP_OF_DEED = 1, 5
# What becomes of the question whether something may be put in the cart.
ANSWERS: tuple[tuple[ActionStatus, Consent, float], ...] = (
    (ActionStatus.DONE, Consent.BUTTON, 52.0),
    (ActionStatus.DONE, Consent.WORDS, 22.0),
    (ActionStatus.DECLINED, Consent.BUTTON, 11.0),
    (ActionStatus.EXPIRED, Consent.ASKED, 9.0),
    (ActionStatus.REFUSED, Consent.BUTTON, 6.0),
)
ENDINGS = {ActionStatus.DONE: "added", ActionStatus.DECLINED: "declined", ActionStatus.REFUSED: "refused"}
SOLD_OUT = "That is sold out."


@dataclass(slots=True, eq=False)
class Chat:
    """A talk while it lasts: whose it is, its row, and what chance it has."""

    session: Session
    customer: Customer
    conversation: PetConversation
    rng: Random
    shown: list[Offer] = field(default_factory=list)

    def phrase(self, kind: str, **facts: object) -> str:
        """Return the persona's phrase for a kind of answer."""
        talk = self.conversation
        return Voice(find_persona(talk.persona), str(talk.pk), talk.turns).phrase(kind, **facts)


class Talks:
    """Lets customers talk with their pets; keeps the unsaved rows of it up to `until`.

    `look` opens a product's page in a session. `orders` are customers' latest orders, by their ids.
    """

    def __init__(
        self,
        *,
        seed: int,
        until: datetime,
        shelf: Shelf,
        till: Till,
        purses: Purses,
        look: Callable[[Session, Offer], object],
        last_message: int = 0,
    ) -> None:
        self.seed, self.until, self.shelf, self.till, self.purses = seed, until, shelf, till, purses
        self.look, self.last_message = look, last_message
        self.orders: dict[str, str] = {}
        self.pets: dict[str, UserPet] = {}
        self.conversations: list[PetConversation] = []
        self.messages: list[PetMessage] = []
        self.actions: list[PetAction] = []
        self.shown: list[tuple[PetMessage, Sequence[Offer]]] = []

    def talk(self, session: Session, customer: Customer) -> None:
        """Perhaps let a customer talk with their pet, taken in for that. Each visit has a chance of its own."""
        rng = random_for(self.seed, f"talk {session.session_id}")
        if rng.random() > TALKING:
            return
        pet = self.adopt(customer, at=session.at)
        began = session.at
        conversation = PetConversation(
            id=random_uuid(rng), pet=pet, persona=pet.persona, started_at=began, last_message_at=began
        )
        if began <= self.until:
            self.pets[customer.ref] = pet
            self.conversations.append(conversation)
        chat = Chat(session, customer, conversation, rng)
        self.write(chat, MessageRole.PET, chat.phrase("greeting", name=pet.name))
        for topic in rng.choices([each for each, _ in TOPICS], [weight for _, weight in TOPICS], k=rng.randrange(1, 4)):
            self.take_turn(chat, topic)

    def adopt(self, customer: Customer, *, at: datetime) -> UserPet:
        """Return a customer's pet, drawn by who they are."""
        if customer.ref in self.pets:
            return self.pets[customer.ref]
        rng = random_for(self.seed, f"pet {customer.ref}")
        persona = rng.choices([name for name, _ in PERSONAS], [weight for _, weight in PERSONAS])[0]
        return UserPet(id=random_uuid(rng), user=customer.user, persona=persona, name=rng.choice(NAMES), adopted_at=at)

    def take_turn(self, chat: Chat, topic: Topic) -> None:
        """Say something and hear the answer; what is shown may be clicked, and may be put in the cart."""
        rng = chat.rng
        category = rng.choice(list(self.shelf.aisles))
        what = rng.choice(COLOURS) if topic is TASTE else category.lower()
        chat.session.wait(rng.randrange(4_000, 20_000))
        self.hear(chat, topic.intent, rng.choice(topic.said).format(what=what), is_understood=topic is not PUZZLE)
        chat.session.wait(AT_ONCE)
        offers = self.find(topic, category, rng)
        is_failing = bool(topic.tool) and rng.random() < FAILING
        status, code, words = self.reply(chat, topic, what, len(offers))
        if is_failing:
            status, code, words, offers = ActionStatus.FAILED, "failed", chat.phrase("again"), []
        if topic.tool:
            self.act(chat, topic.tool, status, code=code, products=offers)
        kind = topic.kind if status == ActionStatus.DONE else MessageKind.REFUSAL
        self.answer(chat, words, kind, offers, deeds=1 if topic.tool else 0)
        if offers:
            self.follow(chat, rng.choice(offers))

    def find(self, topic: Topic, category: str, rng: Random) -> list[Offer]:
        """Return the products that an answer shows."""
        if topic.kind is not MessageKind.PRODUCTS:
            return []
        named = [offer for offer in self.shelf.offers if topic.intent == "recommend" or offer.category == category]
        return rng.sample(named, k=min(len(named), 3))

    def reply(self, chat: Chat, topic: Topic, what: str, count: int) -> tuple[ActionStatus, str, str]:
        """Return what comes of a topic's tool, why not, and what the pet says."""
        number = self.orders.get(chat.customer.ref)
        if topic is STATUS and number is None:
            return ActionStatus.REFUSED, "not_found", chat.phrase("order_none")
        phrase, facts = topic.phrase, {"what": what, "count": count, "number": number, "status": "on its way"}
        if topic is POINTS:
            points = self.purses.of(chat.customer).points
            worth = format_money(points * settings.POINTS_VALUE_KOBO, settings.SHOP_CURRENCY)
            facts, phrase = {"points": f"{points:,} points", "worth": worth}, "points" if points else "points_none"
        return ActionStatus.DONE, "", chat.phrase(phrase, **facts)

    def follow(self, chat: Chat, offer: Offer) -> None:
        """Perhaps click a product that was shown, and perhaps have it put in the cart."""
        session, persona = chat.session, chat.conversation.persona
        is_clicked = chat.rng.random() < CLICKING
        wants = chat.rng.random() < (ADDED_AFTER if is_clicked else ADDED_UNSEEN)
        if is_clicked:
            session.wait(chat.rng.randrange(2_000, 9_000))
            message_id = f"pet.recommendation_clicked:{self.last_message}:{offer.ref}"
            said = encode({"persona": persona, "product_id": offer.ref}).decode()
            session.state("pet.recommendation_clicked", message_id, said, speaker=None, product_ref=offer.ref)
            self.look(session, offer)
        if wants:
            self.add(chat, offer)

    def add(self, chat: Chat, offer: Offer) -> None:
        """Ask for a product to be put in the cart: the pet asks back, and does it on a yes."""
        rng, session = chat.rng, chat.session
        status, consent, _ = rng.choices(ANSWERS, [weight for _, _, weight in ANSWERS])[0]
        session.wait(rng.randrange(3_000, 12_000))
        self.hear(chat, "add_to_cart", rng.choice(ADDING), is_understood=True)
        session.wait(AT_ONCE)
        asked_at = session.at
        question = f"Put {offer.name} in your cart?"
        self.answer(chat, chat.phrase("ask", question=question), MessageKind.CONFIRMATION, [], deeds=1)
        if status != ActionStatus.EXPIRED:
            session.wait(rng.randrange(1_500, 9_000))
        if consent == Consent.WORDS:
            self.hear(chat, "yes", "yes", is_understood=True)
        code = "not_for_sale" if status == ActionStatus.REFUSED else ""
        self.act(chat, "add_to_cart", status, code=code, products=[offer], asked_at=asked_at, consent=consent)
        if status == ActionStatus.DONE:
            self.till.take(session, offer)
        if status in ENDINGS:
            facts = {"product": offer.name, "total": format_money(offer.price_kobo, "NGN"), "reason": SOLD_OUT}
            self.answer(chat, chat.phrase(ENDINGS[status], **facts), MessageKind.TEXT, [], deeds=1)

    def hear(self, chat: Chat, intent: str, text: str, *, is_understood: bool) -> None:
        """Write down what the customer said."""
        chat.conversation.turns += chat.session.at <= self.until
        message = self.write(chat, MessageRole.USER, text)
        message.intent, message.is_understood = intent, is_understood

    def answer(self, chat: Chat, words: str, kind: MessageKind, offers: Sequence[Offer], *, deeds: int) -> None:
        """Write down what the pet says with what it shows, and have the shop state it."""
        session, talk = chat.session, chat.conversation
        message = self.write(chat, MessageRole.PET, words, kind)
        message.brain = BRAIN
        if offers:
            self.shown.append((message, offers))
        if session.at <= self.until:
            talk.pet.xp += XP_OF_TALK + XP_OF_DEED * deeds
            talk.seen = {"products": [offer.ref for offer in offers], "focus": None} if offers else talk.seen
        said = encode({"persona": talk.persona, "brain": BRAIN, "kind": kind}).decode()
        session.state("pet.message_sent", f"pet.message_sent:{message.pk}", said, speaker=None)
        for offer in offers:
            shown = encode({"persona": talk.persona, "product_id": offer.ref}).decode()
            message_id = f"pet.recommendation_shown:{message.pk}:{offer.ref}"
            session.state("pet.recommendation_shown", message_id, shown, speaker=None, product_ref=offer.ref)

    def write(self, chat: Chat, role: MessageRole, text: str, kind: MessageKind = MessageKind.TEXT) -> PetMessage:
        """Return a message of just now, kept if that is not to come."""
        self.last_message += 1
        at = chat.session.at
        message = PetMessage(
            id=self.last_message, conversation=chat.conversation, role=role, kind=kind, text=text, created_at=at
        )
        if at <= self.until:
            chat.conversation.last_message_at = at
            self.messages.append(message)
        return message

    def act(
        self,
        chat: Chat,
        tool: str,
        status: ActionStatus,
        *,
        code: str = "",
        products: Sequence[Offer] = (),
        asked_at: datetime | None = None,
        consent: Consent = Consent.NOT_NEEDED,
    ) -> None:
        """Record a call of a tool that has ended, and have the shop state it."""
        session, began = chat.session, asked_at or chat.session.at
        is_unanswered = status == ActionStatus.EXPIRED
        ended = began + WAITS if is_unanswered else session.at
        action = PetAction(
            id=random_uuid(chat.rng),
            conversation=chat.conversation,
            tool=tool,
            status=status,
            consent=consent,
            expires_at=began + WAITS if asked_at else None,
            outcome={"products": [offer.ref for offer in products]} if products else {},
            code=code,
            brain=BRAIN,
            created_at=began,
            ended_at=ended,
        )
        if max(began, ended) <= self.until:
            self.actions.append(action)
        if not is_unanswered:
            facts = {"persona": chat.conversation.persona, "action": tool, "status": status, "consent": consent}
            said = encode(facts).decode()
            session.state("pet.action_taken", f"pet.action_taken:{action.pk}", said, speaker=None)

    def draw_cards(self) -> None:
        """Give the messages the products that they show, as they are drawn; of a saved catalogue."""
        cards = {
            offer.ref: {**card(offer.variants[0].product), "in_stock": True}
            for offer in {offer for _, offers in self.shown for offer in offers}
        }
        for message, offers in self.shown:
            message.metadata = {"products": [cards[offer.ref] for offer in offers]}
