"""Everything that an utterance names: each word means one thing, the plainest first."""

from __future__ import annotations

from itertools import pairwise

from pets.understanding.amounts import take_range
from pets.understanding.attributes import (
    take_bare_size,
    take_brand,
    take_category,
    take_colours,
    take_sizes,
    take_unwanted_colours,
)
from pets.understanding.lexicon import CUES_ALONE, FILLERS
from pets.understanding.normalizing import Said
from pets.understanding.picks import take_picks, take_quantity
from pets.understanding.records import Seen, Slots
from pets.understanding.sorting import find_sort
from pets.understanding.vocabulary import Vocabulary

CARTS = {("my", "bag"), ("my", "basket"), ("my", "trolley"), ("shopping", "bag")}


def read_slots(said: Said, vocabulary: Vocabulary, seen: Seen, *, is_comparing: bool) -> Slots:
    """Return everything that is named, the plainest first: each word counts once."""
    take_cart(said)
    sort = find_sort(said)
    sizes = take_sizes(said, vocabulary)
    brand = take_brand(said, vocabulary)
    category = take_category(said, vocabulary)
    not_colours = take_unwanted_colours(said, vocabulary)
    colours = take_colours(said, vocabulary)
    picks = take_picks(said, seen, is_comparing=is_comparing)
    price = take_range(said)
    sizes = sizes or take_bare_size(said, vocabulary)
    quantity = take_quantity(said)
    left = [word for at, word in enumerate(said.words) if at not in said.used and is_sought(word, vocabulary)]
    return Slots(
        words=" ".join(left),
        category_id=category.id if category else None,
        brand_id=brand.id if brand else None,
        colours=colours,
        not_colours=not_colours,
        sizes=sizes,
        price_min_kobo=price.low,
        price_max_kobo=price.high,
        sort=sort,
        quantity=quantity,
        picks=picks,
    )


def take_cart(said: Said) -> None:
    """Mark `my bag` as the cart's, which is none of the bags on sale."""
    for at, pair in enumerate(pairwise(said.words)):
        if pair in CARTS:
            said.take(at, at + 2)


def is_sought(word: str, vocabulary: Vocabulary) -> bool:
    """Say whether a word that means nothing else may be one to search products by."""
    is_word = len(word) > 1 and word[0].isalpha() and word not in FILLERS
    return is_word and (word not in CUES_ALONE or word in vocabulary.words)
