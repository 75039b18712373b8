"""Taking a pet in, renaming it, making it another, giving it away; and how it grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from pets.models import LONGEST_NAME, UserPet, level_of
from pets.personas import find_persona
from zuka.platform.errors import Refused


class NoPet(Refused):
    """The person has no pet."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "no_pet"


class HasPet(Refused):
    """The person has a pet already."""

    code: ClassVar[str] = "has_pet"


class BadName(Refused):
    """A name that is blank or too long."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_name"


def clean_name(name: str) -> str:
    """Return a name on one line. Raises `BadName`."""
    text = " ".join("".join(letter for letter in name if letter.isprintable()).split())
    if not 0 < len(text) <= LONGEST_NAME:
        raise BadName(f"Write a name of 1 to {LONGEST_NAME} letters.", field="name")
    return text


def own_pet(user_id: UUID) -> UserPet:
    """Return the pet of a person. Raises `NoPet`."""
    found = UserPet.objects.filter(user_id=user_id).first()
    if found is None:
        raise NoPet("You have no pet yet. Adopt one.")
    return found


def adopt_pet(*, user_id: UUID, persona: str, name: str, at: datetime) -> UserPet:
    """Take a pet in. Raises `HasPet`, `NoSuchPersona`, `BadName`."""
    facts = {"persona": find_persona(persona).id, "name": clean_name(name), "adopted_at": at}
    try:
        with transaction.atomic():
            return UserPet.objects.create(user_id=user_id, **facts)
    except IntegrityError as error:
        raise HasPet("You have a pet already. Rename it, or give it another persona.") from error


def change_pet(*, pet: UserPet, persona: str | None = None, name: str | None = None) -> UserPet:
    """Rename a pet, or give it another persona. Raises `NoSuchPersona`, `BadName`."""
    facts: dict[str, Any] = {}
    if persona is not None:
        facts["persona"] = find_persona(persona).id
    if name is not None:
        facts["name"] = clean_name(name)
    for column, value in facts.items():
        setattr(pet, column, value)
    pet.save(update_fields=[*facts])
    return pet


def give_away(pet: UserPet) -> None:
    """Give a pet away: conversations, memory and actions go with it."""
    pet.delete()


def grow(*, pet: UserPet, xp: int) -> int | None:
    """Let a pet grow by use; return the level that it has reached with this, None where it is as before."""
    UserPet.objects.filter(pk=pet.pk).update(xp=F("xp") + xp)
    before, pet.xp = level_of(pet.xp), pet.xp + xp
    return pet.level if pet.level > before else None
