"""Where pets keep data of people: what was said and liked goes, that somebody talked stays for the counts."""

from __future__ import annotations

from collections.abc import Mapping

from zuka.platform.personal_data.declaring import Erasure, Held, add_impersonal, add_personal_data

COUNTED = "Reports count talks and what pets did; what was said is gone."
HELD = (
    Held(
        name="pets.userpet",
        title="Pet",
        columns=("user", "name"),
        found_by={"user": "users"},
        erasure=Erasure.CHANGE,
        changes={"name": "Pet"},
        why=COUNTED,
    ),
    Held(
        name="pets.petpreference", title="What the pet remembers", columns=("value",), found_by={"pet__user": "users"}
    ),
    Held(
        name="pets.petconversation",
        title="Talks",
        columns=("seen",),
        found_by={"pet__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"seen": {}, "answering_until": None},
        why=COUNTED,
    ),
    Held(
        name="pets.petmessage",
        title="What was said",
        columns=("text", "metadata"),
        found_by={"conversation__pet__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"text": "", "metadata": {}},
        why=COUNTED,
    ),
    Held(
        name="pets.petaction",
        title="What the pet did for them",
        columns=("arguments", "outcome"),
        found_by={"conversation__pet__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"arguments": {}, "outcome": {}},
        why=COUNTED,
    ),
    Held(
        name="pets.petspend",
        title="What their talks cost",
        columns=("user",),
        found_by={"user": "users"},
        erasure=Erasure.KEEP,
        why="Counted; it follows the random id that stands for the account.",
    ),
)
WORDS = "Words of the shop's own."
IMPERSONAL: Mapping[str, Mapping[str, str] | str] = {
    "pets.userpet": {"persona": WORDS},
    "pets.petconversation": {"persona": WORDS},
    "pets.petmessage": {"brain": WORDS, "intent": WORDS},
    "pets.petaction": {"tool": WORDS, "code": WORDS, "brain": WORDS},
}


def declare() -> None:
    """Add pets' part of the table."""
    add_personal_data(*HELD)
    add_impersonal(IMPERSONAL)
