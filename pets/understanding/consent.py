"""Whether somebody's own words are a plain yes to the question that waits: nothing else may count as their consent."""

from __future__ import annotations

import unicodedata

from pets.understanding.lexicon import SPELLINGS
from pets.understanding.normalizing import Said, clean

MOST_WORDS, MOST_LETTERS = 4, 60
# Each says yes. Spellings are the lexicon's, by which "ok" and "oya" are "okay".
YES = (
    *("yes", "yeah", "yep", "yup", "yh", "ye", "yess", "okay", "sure", "correct", "exactly", "absolutely"),
    *("definitely", "affirmative", "confirm", "confirmed", "proceed", "deal", "agreed", "agree", "alright", "fine"),
    *("perfect", "right", "continue", "gbam", "ehen", "beeni", "sharp", "go ahead", "do it", "of course", "why not"),
    *("sounds good", "no wahala", "no problem", "no shaking", "please do", "carry go", "it correct", "is so"),
    *("i agree", "i confirm", *(f"that is {word}" for word in ("fine", "correct", "okay", "right", "good"))),
)
# May stand beside a yes, and change nothing of it.
AROUND = ("please", "oh", "o", "ah", "so", "dear", "sir", "ma", "sha", "jare", "then", "now", "boss", "add it")
REFUSING = frozenset("❌✖🚫🛑✋🙅🤔")


def usual(phrase: str) -> tuple[str, ...]:
    """Return a phrase's words as utterances have them."""
    return tuple(word for each in phrase.split() for word in SPELLINGS.get(each, each).split())


IS_YES = {**{usual(each): False for each in AROUND}, **{usual(each): True for each in YES}}
LONGEST = max(map(len, IS_YES))


def is_plain_yes(said: Said) -> bool:
    """Say whether an utterance is a yes and nothing besides: up to four words of a closed set, and no question.

    "ok show me gowns" and "ok is it leather?" are about something else, though they begin like one.
    """
    words = tuple(said.words)
    if said.has_question_mark or len(words) > MOST_WORDS or not is_read_whole(said.text):
        return False
    start, has_yes = 0, False
    while start < len(words):
        length = next((n for n in range(LONGEST, 0, -1) if words[start : start + n] in IS_YES), 0)
        if not length:
            return False
        has_yes |= IS_YES[words[start : start + length]]
        start += length
    return has_yes


def is_read_whole(text: str) -> bool:
    """Say whether the words are all that was said: no other letters, no sign that refuses, nothing cut off."""
    rest = [each for each in clean(text) if not each.isascii()]
    is_known = all(each not in REFUSING and unicodedata.category(each)[0] not in "LN" for each in rest)
    return is_known and len(text) <= MOST_LETTERS
