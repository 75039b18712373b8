"""From what somebody typed to plain words: small letters, no accents, the many spellings of chat made one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from pets.understanding.lexicon import SCALES, SPELLINGS, SYMBOLS

MOST_LETTERS = 400  # what is longer is read to here: nobody asks a shop for more in one breath
NAIRA = re.compile(r"(?:₦|\bngn|\bn)[ ]?(?=\d)|#[ ]?(?=\d{3})")
MARKED = "₦"
STRETCHED = re.compile(r"([a-z])\1{2,}")
GROUPED = re.compile(r"(?<=\d)[, ](?=\d{3}(?!\d))")
WORD = re.compile(r"[₦#]?\d+(?:\.\d+)?[a-z]*|[a-z]+(?:'[a-z]+)*\d*[a-z]*|[-<>+]")
PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"))


@dataclass(slots=True)
class Said:
    """An utterance as words; `used` are the places of those that mean something already. `text` is as it was typed."""

    text: str
    words: list[str]
    used: set[int] = field(default_factory=set)
    has_question_mark: bool = False

    def take(self, start: int, end: int) -> None:
        """Mark the words from `start` to before `end` as understood."""
        self.used.update(range(start, end))

    def is_free(self, start: int, end: int) -> bool:
        """Say whether none of the words is understood yet."""
        return self.used.isdisjoint(range(start, end))

    def phrase_ends_at(self, end: int, phrase: tuple[str, ...]) -> bool:
        """Say whether a phrase stands right before a place."""
        return end >= len(phrase) and tuple(self.words[end - len(phrase) : end]) == phrase


def clean(text: str) -> str:
    """Return a text in small letters without accents, control characters and stretched letters; cut where too long."""
    cut = text[:MOST_LETTERS]
    for symbol, meaning in SYMBOLS.items():
        cut = cut.replace(symbol, meaning)
    plain = unicodedata.normalize("NFKD", cut.lower())
    kept = "".join(" " if unicodedata.category(each) in {"Cc", "Cf"} else each for each in plain)
    bare = "".join(each for each in kept if not unicodedata.combining(each))
    return STRETCHED.sub(r"\1", " ".join(bare.split()))


def words_of(text: str) -> list[str]:
    """Return the words of a cleaned text, amounts and signs among them, each in its usual spelling."""
    grouped = GROUPED.sub("", NAIRA.sub(MARKED, text))
    words: list[str] = []
    for word in WORD.findall(grouped):
        if word == "am" and words and words[-1] not in {"i", "who"}:  # Pidgin's "it": "buy am"
            words.append("it")
        elif word in SCALES and words and words[-1][-1].isdigit():  # "20 k", which is no "okay"
            words.append(word)
        else:
            words.extend(SPELLINGS.get(word, word).split())
    return words


def hear(text: str) -> Said:
    """Return an utterance as words."""
    cleaned = clean(text)
    return Said(text=text[:MOST_LETTERS], words=words_of(cleaned), has_question_mark="?" in cleaned)


def singular(word: str) -> str:
    """Return a word without its plural ending or possessive: near enough to compare names of a catalogue by."""
    bare = word.removesuffix("'s").replace("'", "")
    for plural, one in PLURALS:
        if bare.endswith(plural) and len(bare) > len(plural) + 1:
            return bare.removesuffix(plural) + one
    return bare[:-1] if bare.endswith("s") and not bare.endswith("ss") and len(bare) > 3 else bare
