"""How pets think: brains behind one protocol. Add one by a file here and its row in `BRAINS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings

from pets.brains.base import Brain
from pets.brains.scripted import Scripted


def language_model() -> Brain:
    """Return the brain that asks a language model."""
    # Its client is loaded where a model is set, and not before.
    from pets.brains.llm import LanguageModel, read_endpoint

    return LanguageModel(read_endpoint())


BRAINS: Mapping[str, Callable[[], Brain]] = {
    "scripted": Scripted,
    "openai": language_model,
    "anthropic": language_model,
}


def chosen_brain() -> Brain:
    """Return the brain that PET_BRAIN names."""
    return BRAINS[settings.PET_BRAIN]()


__all__ = ["BRAINS", "Scripted", "chosen_brain"]
