"""Words that English and Pidgin chat is made of: spellings, numbers, and words that say nothing of a product."""

from __future__ import annotations

import tomllib
from pathlib import Path

_WORDS = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text(encoding="utf-8"))
# What each spelling means: a word or two.
SPELLINGS: dict[str, str] = {
    spelling: meaning for meaning, spellings in _WORDS["spellings"].items() for spelling in spellings.split()
}
# Said around what is wanted; never what is searched for.
FILLERS: frozenset[str] = frozenset(_WORDS["fillers"]["words"].split())
# Words of cues: searched for only where products have them.
CUES_ALONE: frozenset[str] = frozenset(_WORDS["fillers"]["cues"].split())
# Words of every day that no cue has: they are not mended, and may be searched for.
EVERYDAY: frozenset[str] = frozenset(_WORDS["everyday"]["words"].split())
# What signs mean, where they mean anything.
SYMBOLS = {"👍": " yes ", "✅": " yes ", "👎": " no ", "🛒": " cart ", "’": "'", "‘": "'", "`": "'", "–": "-", "—": "-"}
SYMBOLS |= {"≤": "<", "≥": ">", "&": " and "}

SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TEENS = {"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBERS: dict[str, int] = {**{word: number for number, word in enumerate(SMALL)}, **TEENS, **TENS}
SCALES = {"k": 1_000, "thousand": 1_000, "thousands": 1_000, "grand": 1_000, "hundred": 100, "m": 1_000_000}
SCALES |= {"million": 1_000_000, "thou": 1_000, "tausand": 1_000}
