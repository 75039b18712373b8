"""What the shop sells, in the words that people say it with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pets.understanding.amounts import PRICE_WORDS
from pets.understanding.cues import CUE_WORDS
from pets.understanding.lexicon import EVERYDAY, FILLERS, NUMBERS, SCALES, SPELLINGS
from pets.understanding.normalizing import clean, singular, words_of
from pets.understanding.spelling import Speller, make_speller

Phrase = tuple[str, ...]
LETTERS_OF_A_NAME = 3
GENERAL = frozenset({"wear", "clothe", "clothing", "collection", "item"})  # "Senator Wear" is "senator"
# Colours that people call by one word, where a catalogue names them more finely.
FAMILIES: dict[str, frozenset[str]] = {
    "red": frozenset({"wine", "burgundy", "crimson", "maroon", "oxblood", "scarlet"}),
    "blue": frozenset({"navy", "indigo", "teal", "turquoise", "sky", "denim"}),
    "green": frozenset({"olive", "emerald", "mint", "lime", "khaki"}),
    "brown": frozenset({"tan", "coffee", "chocolate", "camel", "terracotta"}),
    "white": frozenset({"ivory", "cream", "off-white"}),
    "black": frozenset({"charcoal", "ebony"}),
    "grey": frozenset({"gray", "ash", "slate", "silver", "charcoal"}),
    "yellow": frozenset({"mustard", "lemon"}),
    "pink": frozenset({"rose", "peach", "fuchsia"}),
    "purple": frozenset({"lilac", "lavender", "violet"}),
    "orange": frozenset({"coral", "peach"}),
    "gold": frozenset({"golden"}),
}
# What people call a category, where neither its name nor a product has the word.
SYNONYMS: dict[str, str] = {
    **dict.fromkeys(("kicks", "trainer", "canvas", "gymshoe"), "sneaker"),
    **dict.fromkeys(("gown", "frock"), "dress"),
    **dict.fromkeys(("slide", "flipflop"), "slipper"),
    **dict.fromkeys(("handbag", "purse"), "bag"),
    **dict.fromkeys(("footwear", "foot"), "shoe"),
    **dict.fromkeys(("lady", "female", "woman"), "women"),
    **dict.fromkeys(("man", "male", "gentleman"), "men"),
    **dict.fromkeys(("child", "children", "baby"), "kid"),
    **dict.fromkeys(("hat", "cap"), "cap"),
    **dict.fromkeys(("jewel", "jewels"), "jewellery"),
    **dict.fromkeys(("native",), "senator"),
}
SIZE_NAMES: dict[Phrase, str] = {
    ("extra", "extra", "large"): "xxl",
    ("double", "xl"): "xxl",
    ("extra", "large"): "xl",
    ("extra", "small"): "xs",
    ("2xl",): "xxl",
    ("3xl",): "xxxl",
    ("large",): "l",
    ("medium",): "m",
    ("small",): "s",
}


@dataclass(frozen=True)
class Named:
    """A category or a brand of the catalogue; `parent_id` is the category above."""

    id: int
    slug: str
    name: str
    parent_id: int | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The live catalogue's words: colours and sizes as variants have them, `words` those that products are found by."""

    categories: tuple[Named, ...] = ()
    brands: tuple[Named, ...] = ()
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    @cached_property
    def category_phrases(self) -> Mapping[Phrase, tuple[Named, ...]]:
        """Return categories by what they are called: the whole name, and each part of `Slippers and Sandals`."""
        found: dict[Phrase, list[Named]] = defaultdict(list)
        for category in self.categories:
            for phrase in dict.fromkeys(parts_of(category.name)):
                found[phrase].append(category)
        for category in self.categories:
            whole = phrase_of(category.name)
            if (
                len(whole) > 1 and whole[:1] in found and whole[-1] not in GENERAL and category not in found[whole[1:]]
            ):  # "Men's Kaftans"
                found[whole[1:]].append(category)
        for said, meant in SYNONYMS.items():
            if (said,) not in found and (meant,) in found:
                found[said,] = found[meant,]
        return {phrase: tuple(categories) for phrase, categories in found.items()}

    @cached_property
    def brand_phrases(self) -> Mapping[Phrase, Named]:
        """Return brands by their names, and by the first word of a name where that means nothing else."""
        found = {phrase: brand for brand in self.brands if (phrase := phrase_of(brand.name))}
        first: dict[str, list[Named]] = defaultdict(list)
        for brand in self.brands:
            for word in phrase_of(brand.name)[:1]:
                first[word].append(brand)
        taken = {word for phrase in (*self.category_phrases, *self.colour_phrases) for word in phrase} | FILLERS
        for word, brands in first.items():
            if len(brands) == 1 and len(word) >= LETTERS_OF_A_NAME and word not in taken:
                found.setdefault((word,), brands[0])
        return found

    @cached_property
    def colour_phrases(self) -> Mapping[Phrase, tuple[str, ...]]:
        """Return the catalogue's colours by what people say: the colour itself, a word of it, its family."""
        found: dict[Phrase, dict[str, None]] = defaultdict(dict)
        colours = [colour for colour in self.colours if phrase_of(colour)]
        for colour in colours:
            found[phrase_of(colour)][colour] = None
        for colour in colours:
            own = phrase_of(colour)
            for family, members in FAMILIES.items():
                for said in {family, *members, *({"gray"} if family == "grey" else ())}:
                    if said in own or (said == family and members & set(own)):
                        found[said,][colour] = None
        return {phrase: tuple(colours) for phrase, colours in found.items()}

    @cached_property
    def size_phrases(self) -> Mapping[Phrase, str]:
        """Return the catalogue's sizes by what people say."""
        found = {phrase: size for size in self.sizes if (phrase := phrase_of(size))}
        for said, size in SIZE_NAMES.items():
            if (size,) in found:
                found.setdefault(said, found[size,])
        return found

    @cached_property
    def speller(self) -> Speller:
        """Return what mends words by those of the catalogue and of the cues."""
        phrases: Iterable[Phrase] = (*self.category_phrases, *self.brand_phrases, *self.colour_phrases)
        names = {word for phrase in phrases for word in phrase}
        return make_speller(
            targets={*names, *CUE_WORDS, *plurals_of(self.category_phrases)},
            known={*self.words, *FILLERS, *PRICE_WORDS, *EVERYDAY, *NUMBERS, *SCALES, *SPELLINGS, *FAMILIES, *SYNONYMS},
        )

    @cached_property
    def known_words(self) -> frozenset[str]:
        """Return the words of products without their endings."""
        return frozenset(singular(word) for word in self.words)

    def is_within(self, category: Named, above: Named) -> bool:
        """Say whether a category lies below another one."""
        by_id = {each.id: each for each in self.categories}
        current: Named | None = category
        for _ in self.categories:
            current = by_id.get(current.parent_id) if current and current.parent_id else None
            if current is None:
                return False
            if current.id == above.id:
                return True
        return False


def phrase_of(name: str) -> Phrase:
    """Return a name as words without endings; none where it has neither a Latin letter nor a digit."""
    return tuple(singular(word) for word in words_of(clean(name)))


def parts_of(name: str) -> Iterator[Phrase]:
    """Yield a name, and the parts of one that joins several: `Gele and Aso-oke`."""
    whole = phrase_of(name)
    if not whole:
        return
    yield whole
    if len(whole) > 1 and whole[-1] in GENERAL:
        yield whole[:-1]
    part: list[str] = []
    for word in (*whole, "and"):
        if word == "and":
            if part:
                yield tuple(part)
            part = []
        else:
            part.append(word)


def plurals_of(phrases: Iterable[Phrase]) -> Iterator[str]:
    """Yield simple plurals of one-word names, so that mistyped ones are near."""
    for phrase in phrases:
        if len(phrase) == 1:
            word = phrase[0]
            yield word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
