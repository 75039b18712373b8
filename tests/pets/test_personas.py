"""Every persona has words for every answer, and says the same thing at the same place of the same talk."""

from __future__ import annotations

import re
import string

import pytest

from pets.brains.wording import WORDINGS
from pets.checks import check_pets
from pets.personas import KINDS, PERSONAS, NoSuchPersona, Voice, find_persona
from pets.personas.forms import NEVER
from pets.tools import TOOLS
from tests.architecture.sources import ROOT

SWEARING = re.compile(r"\b(damn|hell|stupid|idiot|ugly|fat|poor you|shut up|fool|mumu|olodo)\b", re.IGNORECASE)


def names_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_four_of_them():
    assert list(PERSONAS) == ["grumpy", "rude", "nonchalant", "funny"]


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=lambda each: each.id)
def test_a_persona_has_several_phrases_for_each_kind_of_answer(persona):
    assert set(persona.phrases) == set(KINDS)
    assert [kind for kind, variants in persona.phrases.items() if len(set(variants)) < 2] == []
    assert [
        kind for kind, variants in persona.phrases.items() for each in variants if not names_in(each) <= KINDS[kind]
    ] == []


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=lambda each: each.id)
def test_no_persona_insults_and_each_is_told_what_it_never_does(persona):
    said = [text for variants in persona.phrases.values() for text in variants]
    assert [text for text in said if SWEARING.search(text)] == []
    assert set(NEVER) <= set(persona.rules)
    assert (ROOT / "zuka/shop/static/shop/pets" / persona.avatar).exists()


def test_what_was_asked_for_never_follows_one_as_categories_are_called_in_plural():
    said = [text for persona in PERSONAS.values() for text in persona.phrases["found_one"]]
    assert [text for text in said if "for {what}" not in text] == []


def test_every_tool_has_its_words():
    assert set(WORDINGS) == set(TOOLS)


def test_a_turn_says_the_same_each_time_and_another_may_say_something_else():
    voice = Voice(PERSONAS["funny"], "one", 3)
    assert voice.phrase("thanks") == Voice(PERSONAS["funny"], "one", 3).phrase("thanks")
    said = {Voice(PERSONAS["funny"], "one", turn).phrase("thanks") for turn in range(20)}
    assert said == set(PERSONAS["funny"].phrases["thanks"])


def test_an_unknown_persona_is_refused_with_those_there_are():
    with pytest.raises(NoSuchPersona, match="grumpy, rude, nonchalant, funny"):
        find_persona("angry")


def test_a_model_without_a_place_is_a_mistake_of_the_settings(settings):
    assert check_pets() == []
    settings.PET_BRAIN = "openai"
    assert [each.id for each in check_pets()] == ["pets.E001"]
    settings.PET_MODEL, settings.PET_MODEL_URL = "gpt", "https://api.example/v1"
    assert check_pets() == []
