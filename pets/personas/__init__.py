"""Who pets can be: one file a persona. Add one by a file beside these and its name in `MODULES`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pets.personas import funny, grumpy, nonchalant, rude
from pets.personas.forms import KINDS, Persona, Voice
from zuka.platform.errors import Refused

MODULES = (grumpy, rude, nonchalant, funny)
PERSONAS: Mapping[str, Persona] = {module.PERSONA.id: module.PERSONA for module in MODULES}


class NoSuchPersona(Refused):
    """No persona has this name."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "unknown_persona"


def find_persona(persona_id: str) -> Persona:
    """Return a persona by its id. Raises `NoSuchPersona`, which names those there are."""
    found = PERSONAS.get(persona_id)
    if found is None:
        raise NoSuchPersona(f"Choose one of {', '.join(PERSONAS)}.", field="persona")
    return found


__all__ = ["KINDS", "PERSONAS", "NoSuchPersona", "Persona", "Voice", "find_persona"]
