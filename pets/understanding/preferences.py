"""What somebody tells of their taste, to be remembered or forgotten."""

from __future__ import annotations

from pets.understanding.normalizing import Said
from pets.understanding.records import Slots
from pets.understanding.vocabulary import Vocabulary

KINDS = {"size": "size", "sizes": "size", "colour": "colour", "colours": "colour", "brand": "brand", "brands": "brand"}
KINDS |= {"budget": "price", "price": "price", "prices": "price", "category": "category", "taste": "everything"}
EVERYTHING = frozenset({"everything", "all", "preferences", "memory", "data", "me"})
DISLIKES = tuple(
    f" {phrase} "
    for phrase in (
        *("no like", "not like", "no dey like", "hate", "dislike", "never show", "no dey wear", "not wear"),
        *("no dey show", "no show", "not show", "no ever show", "can not stand"),
    )
)


def find_preference(said: Said, slots: Slots, vocabulary: Vocabulary, *, is_forgetting: bool) -> tuple[str, str] | None:
    """Return the kind and the value of what is told, or asked to be forgotten; None where neither can be seen."""
    found = told_value(slots, vocabulary)
    if found and not is_forgetting and is_dislike(said):
        return ("dislike", found[1])
    if found:
        return found
    kind = next((KINDS[word] for word in said.words if word in KINDS), None)
    if is_forgetting and kind:
        return (kind, "")
    if is_forgetting:
        return ("everything", "") if EVERYTHING & set(said.words) or len(said.words) <= 3 else None
    if slots.words:
        return ("dislike" if is_dislike(said) else "like", slots.words)
    return None


def told_value(slots: Slots, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """Return the first thing of a product that was named, as the catalogue calls it."""
    if slots.sizes:
        return ("size", slots.sizes[0])
    if slots.brand_id is not None:
        return ("brand", next(each.name for each in vocabulary.brands if each.id == slots.brand_id))
    if slots.colours:
        return ("colour", slots.colours[0])
    if slots.price_max_kobo is not None:
        return ("price", str(slots.price_max_kobo))
    if slots.category_id is not None:
        return ("category", next(each.name for each in vocabulary.categories if each.id == slots.category_id))
    return None


def is_dislike(said: Said) -> bool:
    """Say whether it is told what is not wanted."""
    text = f" {' '.join(said.words)} "
    return any(phrase in text for phrase in DISLIKES)
