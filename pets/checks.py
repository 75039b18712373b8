"""What must hold of pets before they start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from pets.personas import KINDS, PERSONAS


@register
def check_pets(**_kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong: a model without a place, or a persona that would be lost for words."""
    found: list[CheckMessage] = []
    if settings.PET_BRAIN != "scripted" and not (settings.PET_MODEL and settings.PET_MODEL_URL):
        hint = "Set PET_MODEL and PET_MODEL_URL, or PET_BRAIN=scripted."
        found.append(Error(f"PET_BRAIN={settings.PET_BRAIN} has no model to ask.", hint=hint, id="pets.E001"))
    for persona in PERSONAS.values():
        missing = sorted(kind for kind in KINDS if not persona.phrases.get(kind))
        if missing:
            hint = f"Add them to pets/personas/{persona.id}.py."
            found.append(Error(f"The persona {persona.id} has no phrases for {missing}.", hint=hint, id="pets.E002"))
    return found
