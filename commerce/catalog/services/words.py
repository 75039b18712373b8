"""The words that typing mistakes are mended by, counted anew by a job: searches need only be near the truth there."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F, Func, TextField

from commerce.catalog.indexes import ProductSearch, SearchWord
from commerce.catalog.models import Product
from zuka.platform.spelling import shortened

ROWS_AT_ONCE = 2_000


def count_words() -> dict[str, int]:
    """Return in how many products that the shop shows each word is."""
    shown = ProductSearch.objects.filter(product__in=Product.objects.published().values("pk"))
    word = Func(F("words"), function="unnest", output_field=TextField())
    counted = shown.annotate(word=word).values("word").annotate(products=Count("*")).values_list("word", "products")
    return dict(counted.order_by())


@transaction.atomic
def refresh_search_words() -> int:
    """Count the words of the catalogue, write those that changed, and return how many there are. Safe to run twice."""
    counted = count_words()
    kept = dict(SearchWord.objects.select_for_update().order_by("word").values_list("word", "products"))
    SearchWord.objects.filter(word__in=kept.keys() - counted.keys()).delete()
    changed = sorted(word for word, products in counted.items() if kept.get(word) != products)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, products=counted[word], near=shortened(word)) for word in changed],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["word"],
        update_fields=["products"],
    )
    return len(counted)
