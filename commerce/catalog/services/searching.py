"""Searching: what a shopper typed becomes a question to the index, mended where nothing is written like that.

Words are looked for as beginnings ("ank" finds ankara), all of them in one product. Quotes, `-word` and `or` are
understood as web searches do. Where nothing is found, each word that no product has is replaced by the nearest one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, IntegerField, Q, Value
from django.db.models.functions import Cast

from commerce.catalog.indexes import ProductSearch, SearchWord
from commerce.catalog.models import Product, ProductVariant
from zuka.platform.spelling import distance, shortened

CONFIG = "zuka"  # the text search configuration of the migrations
MOST_WORDS = 8
SHORTEST_MENDED = 3
RANK_STEPS = 1_000_000  # ranks are compared as whole numbers: a cursor cannot hold a float exactly
MOST_CANDIDATES = 40
LONG_WORD = 6  # from here on two letters may be wrong
HALF = 0.5
WORD = re.compile(r"[^\W_]+")
OPERATORS = re.compile(r"""["“”]|(^|\s)-\w|\bor\b""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: a question to the index, or the one product of a SKU, or nothing that could be found.

    `meant` is the text that was probably meant, where what was typed is found nowhere.
    """

    query: SearchQuery | None = None
    owner: int | None = None
    meant: str | None = None

    @property
    def condition(self) -> Q:
        """Return what products are kept by."""
        return Q(search__vector=self.query) if self.query else Q(pk=self.owner)

    @property
    def relevance(self) -> Cast:
        """Return how well a product fits, as a whole number."""
        rank = SearchRank(F("search__vector"), self.query) * RANK_STEPS if self.query else Value(RANK_STEPS)
        return Cast(rank, IntegerField())


def words_of(text: str) -> list[str]:
    """Return the words of a text as the index writes them: small, without accents; at most eight."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return WORD.findall(bare)[:MOST_WORDS]


def beginning(word: str) -> str:
    """Return a word in the index's language, as the beginning of one; a single letter is a word by itself."""
    return f"'{word}':*" if len(word) > 1 else f"'{word}'"


def raw_query(words: list[str]) -> SearchQuery:
    """Return the question for products that have all of the words. They hold letters and digits alone."""
    return SearchQuery(" & ".join(beginning(word) for word in words), config=CONFIG, search_type="raw")


def is_found(query: SearchQuery) -> bool:
    """Say whether any product has it, shown or not."""
    return ProductSearch.objects.filter(vector=query).exists()


def plan_search(text: str) -> Search:
    """Return what to look for. Takes two queries, and some more where it must mend.

    The SKU of a product or variant finds that product alone.
    """
    if owner := find_by_sku(text.strip()):
        return Search(owner=owner)
    words = words_of(text)
    if not words:
        return Search()
    if OPERATORS.search(text):
        return Search(SearchQuery(text, config=CONFIG, search_type="websearch"))
    query = raw_query(words)
    if is_found(query):
        return Search(query)
    mended = [mend_word(word) for word in words]
    return Search(query) if mended == words else Search(raw_query(mended), meant=" ".join(mended))


def mend_word(word: str) -> str:
    """Return the word that was probably meant: itself where a product has it or nothing is near."""
    if len(word) < SHORTEST_MENDED or word.isdecimal() or is_found(raw_query([word])):
        return word
    near = SearchWord.objects.filter(Q(near__overlap=shortened(word)) | Q(word__trigram_similar=word))
    candidates = near.order_by("-products", "word").values_list("word", flat=True)[:MOST_CANDIDATES]
    allowed = (2 if len(word) >= LONG_WORD else 1) + HALF
    measured = ((mistakes(word, each), place, each) for place, each in enumerate(candidates))
    best = min((each for each in measured if each[0] <= allowed), default=None)
    return best[2] if best else word


def mistakes(typed: str, word: str) -> float:
    """Return how many letters of a word are wrong, or of its beginning, which is half a letter worse."""
    return min(distance(typed, word), distance(typed, word[: len(typed)]) + HALF)


def find_by_sku(text: str) -> int | None:
    """Return the id of the shown product that has a SKU, itself or on a variant, in capitals or as typed."""
    if not text or " " in text:
        return None
    written = {text, text.upper()}
    of_shown = Product.objects.published().values("pk")
    of_products = Product.objects.published().filter(sku__in=written).values_list("pk", flat=True)
    of_variants = ProductVariant.objects.filter(sku__in=written, product__in=of_shown).values_list("product", flat=True)
    return next(iter(of_products.union(of_variants)), None)
