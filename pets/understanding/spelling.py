"""Mending mistyped words by the words that are known: those of the cues and of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from zuka.platform.spelling import distance, shortened

SHORTEST = 4
LONG = 7  # from here on two letters may be wrong
LONGEST = 24


@dataclass(frozen=True)
class Speller:
    """Finds the known word that is nearest to a mistyped one. `near` leads from a word less one letter to the words."""

    known: frozenset[str]
    near: dict[str, tuple[str, ...]] = field(repr=False)

    def mend(self, word: str) -> str:
        """Return the word that was probably meant: itself where it is known, short, or nothing is near."""
        if word in self.known or not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return word
        candidates = {each for key in keys_of(word) for each in self.near.get(key, ())}
        if len(word) == SHORTEST:  # another letter makes too many short words another word: "wife", "wine"
            candidates = {each for each in candidates if len(each) > len(word) or sorted(each) == sorted(word)}
        allowed = 2 if len(word) >= LONG else 1
        measured = ((distance(word, each), each[0] != word[0], each) for each in candidates)
        best = min((each for each in measured if each[0] <= allowed), default=None)
        return best[2] if best else word


def keys_of(word: str) -> set[str]:
    """Return a word less one letter each; of a long one less two."""
    once = shortened(word)
    return {key for each in once[1:] for key in shortened(each)} | set(once) if len(word) >= LONG else set(once)


def make_speller(*, targets: Iterable[str], known: Iterable[str]) -> Speller:
    """Return what mends towards `targets` and leaves `known` words as they are."""
    near: dict[str, list[str]] = defaultdict(list)
    words = sorted({each for each in targets if SHORTEST <= len(each) <= LONGEST and each.isalpha()})
    for word in words:
        for key in keys_of(word):
            near[key].append(word)
    return Speller(frozenset({*words, *known}), {key: tuple(found) for key, found in near.items()})
