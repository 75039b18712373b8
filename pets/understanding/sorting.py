"""In what order somebody wants to see things."""

from __future__ import annotations

from pets.understanding.normalizing import Said

SORTS: dict[str, frozenset[str]] = {
    "dearer": frozenset({"dearer", "premium", "luxury", "luxurious", "fancier", "costliest", "pricier"}),
    "cheaper": frozenset({"cheaper", "cheapest", "lowest", "cheap", "affordable", "costly"}),
    "popular": frozenset({"popular", "trending", "reigning", "reign", "selling", "sellers", "hottest", "bestseller"}),
    "newest": frozenset({"newest", "latest", "new", "recent", "arrivals"}),
    "rated": frozenset({"rated", "rating", "ratings", "stars", "rate"}),
}
# Read before single words: "less expensive" is not "expensive".
PHRASES: dict[str, tuple[str, ...]] = {
    "dearer": ("more expensive", "most expensive", "higher quality"),
    "cheaper": (
        *(
            "less expensive",
            "too cost",
            "too expensive",
            "too much",
            "too dear",
            "too high",
            "lower price",
            "low price",
        ),
        *("it cost", "it is cost", "that kind money", "no get money", "price high"),
    ),
    "rated": ("good reviews", "best reviews"),
}
SPLIT = tuple((sort, tuple(phrase.split())) for sort, phrases in PHRASES.items() for phrase in phrases)


def find_sort(said: Said) -> str | None:
    """Return the order that is asked for, and mark its words as understood."""
    for sort, phrase in SPLIT:
        for at in range(len(said.words) - len(phrase) + 1):
            if tuple(said.words[at : at + len(phrase)]) == phrase:
                said.take(at, at + len(phrase))
                return sort
    for sort, words in SORTS.items():
        for at in (at for at, word in enumerate(said.words) if word in words):
            said.take(at, at + 1)
            return sort
    return None
