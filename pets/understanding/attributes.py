"""What an utterance says of a product: its category, brand, colours and sizes."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TypeVar

from pets.understanding.normalizing import Said, singular
from pets.understanding.vocabulary import Named, Phrase, Vocabulary

Meaning = TypeVar("Meaning")
MOST_WORDS_OF_A_NAME = 5
SIZED = frozenset({"size", "sizes", "sized", "wear", "eu", "uk"})
LINKS = frozenset({"is", "in", "a", "number", "be", "of", "the", "leg", "shoe", "dey", "are", "my", "for"})
# A letter or a plain number is a size only beside a word that says so; these are plain anywhere.
PLAIN_SIZES = frozenset({"xs", "xl", "xxl", "xxxl", "2xl", "3xl", "large", "medium"})
SIZE_NUMBERS = range(30, 50)
MOST_AGE = 17
UNWANTED = frozenset({"not", "except", "without"})
BEFORE_UNWANTED = frozenset({"in", "a", "the", "any", "is", "it", "this", "for"})
NO_BRAND = (("other", "brand"), ("another", "brand"), ("different", "brand"), ("any", "brand"), ("all", "brand"))


def phrases_in(said: Said, meanings: Mapping[Phrase, Meaning]) -> Iterator[tuple[int, int, Meaning]]:
    """Yield the known phrases of words that mean nothing else yet, the longest at each place, from the left."""
    stems = [singular(word) for word in said.words]
    at = 0
    while at < len(stems):
        for length in range(min(MOST_WORDS_OF_A_NAME, len(stems) - at), 0, -1):
            phrase = tuple(stems[at : at + length])
            if phrase in meanings and said.is_free(at, at + length):
                yield at, at + length, meanings[phrase]
                at += length
                break
        else:
            at += 1


def take_brand(said: Said, vocabulary: Vocabulary) -> Named | None:
    """Return the first brand that is named."""
    for start, end, brand in phrases_in(said, vocabulary.brand_phrases):
        said.take(start, end)
        return brand
    return None


def take_category(said: Said, vocabulary: Vocabulary) -> Named | None:
    """Return the category that is named: of several the most particular one, of two apart the first that is no shelf
    for people. A word that names two categories names none, unless another word tells which."""
    found = list(phrases_in(said, vocabulary.category_phrases))
    # A word of two categories: other words may say which.
    sure = [(start, end, options[0]) for start, end, options in found if len(options) == 1]
    for start, end, options in found:
        if len(options) > 1:
            told = [each for each in options if any(vocabulary.is_within(each, above) for _, _, above in sure)]
            if len(told) == 1:
                sure.append((start, end, told[0]))
    if not sure:
        return None
    deepest = max(sure, key=lambda each: (depth(each[2], vocabulary), not has_children(each[2], vocabulary), -each[0]))
    for start, end, category in sure:
        if category == deepest[2] or vocabulary.is_within(deepest[2], category):
            said.take(start, end)
    return deepest[2]


def depth(category: Named, vocabulary: Vocabulary) -> int:
    """Return how many categories lie above one; a top one whose name is of things counts as particular."""
    return sum(vocabulary.is_within(category, each) for each in vocabulary.categories)


def has_children(category: Named, vocabulary: Vocabulary) -> bool:
    """Say whether categories lie below one."""
    return any(each.parent_id == category.id for each in vocabulary.categories)


def take_unwanted_colours(said: Said, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the catalogue's colours that are named as not wanted: `not red`, `not in red or blue`, `except red`."""
    unwanted: dict[str, None] = {}
    last_end = -1
    for start, end, colours in phrases_in(said, vocabulary.colour_phrases):
        at = start - 1
        while at >= 0 and said.words[at] in BEFORE_UNWANTED:
            at -= 1
        is_joined = start - 1 == last_end and said.words[start - 1] in {"or", "and"}
        is_told = (at >= 0 and said.words[at] in UNWANTED) or said.phrase_ends_at(at + 1, ("no", "want"))
        if is_joined or is_told:
            said.take(start, end)
            unwanted.update(dict.fromkeys(colours))
            last_end = end
    return tuple(unwanted)


def take_colours(said: Said, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the catalogue's colours that are named: of words that stand together those that have all of them."""
    chosen: dict[str, None] = {}
    last_end = -1
    last: tuple[str, ...] = ()
    for start, end, colours in phrases_in(said, vocabulary.colour_phrases):
        said.take(start, end)
        both = tuple(each for each in colours if each in last) if start == last_end else ()
        if both:
            for each in last:
                chosen.pop(each, None)
        last_end, last = end, both or colours
        chosen.update(dict.fromkeys(last))
    return tuple(chosen)


def take_sizes(said: Said, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the sizes that are named, as the catalogue writes them; one that it does not have as it was said."""
    found: dict[str, None] = {}
    known = vocabulary.size_phrases
    for start, end, size in phrases_in(said, known):
        word = said.words[start]
        if end - start > 1 or word in PLAIN_SIZES or is_said_to_be_size(said, start, end, known):
            said.take(start, end)
            found[size] = None
    if len(found) > 1:
        found.pop("One size", None)  # "the black one, size XL"
    if not found:
        found.update(dict.fromkeys(take_unknown_size(said)))
    if not found:
        found.update(dict.fromkeys(take_age(said, vocabulary)))
    for at, word in enumerate(said.words):
        if found and word in SIZED - {"wear"}:
            said.take(at, at + 1)
    return tuple(found)


def is_said_to_be_size(said: Said, start: int, end: int, known: Container[Phrase]) -> bool:
    """Say whether a letter, number or word is a size here: `size 42`, `42 size`, `I wear 42`, `M or L`."""
    words = said.words
    if end < len(words) and words[end] in SIZED - {"wear"}:
        return True
    at = start - 1
    while at >= 0 and words[at] in LINKS | {"or", "and", "not"}:
        at -= 1
    if at >= 0 and (words[at] in SIZED or (words[at] == "in" and (words[at],) not in known)):
        return True
    joined = at >= 0 and at < start - 1 and words[start - 1] in {"or", "and"} and at in said.used
    return joined or (start > 0 and words[start - 1] == "in" and len(words[start]) <= len("xx"))


def take_unknown_size(said: Said) -> tuple[str, ...]:
    """Return a size that the catalogue does not have: what stands after `size`."""
    for at, word in enumerate(said.words[:-1]):
        follows = said.words[at + 1]
        if word == "size" and follows.isdecimal() and said.is_free(at, at + 2):
            said.take(at, at + 2)
            return (follows,)
    return ()


def take_age(said: Said, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the size of a child's age: `5 year old` is `4-5 years`."""
    for at, word in enumerate(said.words[:-1]):
        if word.isdecimal() and int(word) <= MOST_AGE and said.words[at + 1].startswith(("year", "yr")):
            for phrase, size in vocabulary.size_phrases.items():
                ages = [int(each) for each in phrase if each.isdecimal()]
                if phrase[-1] == "year" and ages and min(ages) <= int(word) <= max(ages):
                    old = at + 2 < len(said.words) and said.words[at + 2] == "old"
                    said.take(at, at + (3 if old else 2))
                    return (size,)
    return ()


def take_bare_size(said: Said, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return a size that is a number alone, such as shoes have, where nothing else took it: `red sneakers 42`."""
    for at, word in enumerate(said.words):
        if word.isdecimal() and int(word) in SIZE_NUMBERS and word in vocabulary.sizes and said.is_free(at, at + 1):
            said.take(at, at + 1)
            return (word,)
    return ()
