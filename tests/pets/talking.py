"""A small shop and people who talk with their pets in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commerce.accounts.models import User
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import refresh_search_words
from pets.adopting import adopt_pet
from pets.catalogue import forget_vocabulary
from pets.models import PetConversation, UserPet
from tests.commerce.accounts.doors import call
from tests.commerce.factories import NOON, BrandFactory, CategoryFactory, ProductFactory, VariantFactory

GOWNS = (
    ("adire-gown", "Adire maxi gown", "red", 1_500_000),
    ("ankara-gown", "Ankara gown", "red", 1_900_000),
    ("lace-gown", "Lace gown", "blue", 4_500_000),
)


def stock_shop() -> None:
    """Three gowns, red and blue, of sizes M and L; a leather bag. What is found by words is learned."""
    gowns, bags = CategoryFactory.create(slug="gowns", name="Gowns"), CategoryFactory.create(slug="bags", name="Bags")
    brand = BrandFactory.create(slug="eko-threads", name="Eko Threads")
    for slug, name, colour, price in GOWNS:
        gown = ProductFactory.create(
            public_id=f"p_{slug}", slug=slug, name=name, category=gowns, brand=brand, price_kobo=price, sku=slug.upper()
        )
        for size in ("M", "L"):
            VariantFactory.create(product=gown, size=size, colour=colour, sku=f"{slug}-{size}".upper())
    bag = ProductFactory.create(
        public_id="p_bag", slug="bag", name="Leather bag", category=bags, brand=None, price_kobo=800_000, sku="BAG"
    )
    VariantFactory.create(product=bag, sku="BAG-1", size=None, colour=None)
    refresh_search_words()
    forget_vocabulary()


def variant(sku: str) -> ProductVariant:
    """Return a variant by its sku."""
    return ProductVariant.objects.select_related("product").get(sku=sku)


@dataclass
class Person:
    """A customer with a pet, over HTTP."""

    user: User
    conversation_id: str = ""

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, status: int = 200) -> Any:
        """Call the API of pets and return its JSON; the status must be the one expected."""
        answer = call(self.user, method, f"pets/{path}", body)
        assert answer.status_code == status, (answer.status_code, answer.content)
        return answer.json() if answer.content else None

    def say(self, text: str, *, status: int = 200) -> Any:
        """Say something and return the messages; begins a conversation first where there is none."""
        if not self.conversation_id:
            self.conversation_id = self.ask("post", "conversations/", status=201)["id"]
        answer = self.ask("post", f"conversations/{self.conversation_id}/messages/", {"text": text}, status=status)
        return answer["messages"] if status == 200 else answer

    def last(self, text: str) -> Any:
        """Say something and return the pet's last message."""
        return self.say(text)[-1]

    @property
    def pet(self) -> UserPet:
        """Return the person's pet as it is now."""
        return UserPet.objects.get(user=self.user)

    @property
    def conversation(self) -> PetConversation:
        """Return the conversation as it is now."""
        return PetConversation.objects.get(pk=self.conversation_id)


def adopt(user: User, persona: str = "funny") -> UserPet:
    """Give somebody a pet."""
    return adopt_pet(user_id=user.pk, persona=persona, name="Bingo", at=NOON)
