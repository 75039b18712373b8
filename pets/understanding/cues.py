"""What tells intents apart: the cues of `cues.toml`, compiled. That file says how a cue is written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pets.understanding.lexicon import SPELLINGS
from pets.understanding.records import Intent

GAP = r"(?:\S+ ){0,5}?"


@dataclass(frozen=True, slots=True)
class Cue:
    """A compiled cue; `anchor` are words of which one must be there, so that most cues need not be tried."""

    intent: Intent
    weight: int
    pattern: re.Pattern[str]
    anchor: frozenset[str]
    words: frozenset[str]


def spellings_of(part: str) -> list[str]:
    """Return the words of a part of a cue in their usual spelling."""
    return [SPELLINGS.get(word, word) for word in part.removesuffix("?").split("/")]


def compile_cue(intent: Intent, weight: int, text: str) -> Cue:
    """Return a cue, to be looked for in words that each end with a blank."""
    pattern, anchor, literal = r"(?<!\S)", frozenset[str](), set[str]()
    for part in text.split():
        if part in {"^", "$", "~"}:
            pattern = {"^": r"\A", "$": rf"{pattern}\Z", "~": pattern + GAP}[part]
            continue
        words, is_needed = spellings_of(part), not part.endswith("?")
        literal.update(each for word in words for each in word.split())
        pattern += f"(?:(?:{'|'.join(map(re.escape, words))}) )" + ("" if is_needed else "?")
        if is_needed and not anchor:
            anchor = frozenset(word.split()[0] for word in words)
    return Cue(intent, weight, re.compile(pattern), anchor, frozenset(literal))


def read_cues() -> Iterator[tuple[Intent, int, str]]:
    """Yield every cue with its intent and weight."""
    table = tomllib.loads((Path(__file__).parent / "cues.toml").read_text(encoding="utf-8"))
    for intent, weights in table.items():
        for weight, cues in weights.items():
            for cue in cues:
                yield Intent(intent), int(weight), cue


CUES: tuple[Cue, ...] = tuple(compile_cue(*each) for each in read_cues())
CUE_WORDS: frozenset[str] = frozenset(
    word
    for _, _, cue in read_cues()
    for part in cue.split()
    for spelling in spellings_of(part)
    for word in spelling.split()
    if word.isalpha()
)
