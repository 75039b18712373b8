"""Tables made from the catalogue, to find things in it: the database or a job keeps them, nobody edits them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from commerce.catalog.models import Product


class ProductSearch(models.Model):
    """What a product is found by. Triggers write it with the product and its variants, and with names of its shelves.

    `vector`: name (A), brand and tags (B), gender and categories (C), short description (D), by the database's text
    search configuration `zuka`: unaccented, stemmed, no stop words. `words`: those of A to C as people type them.
    `sizes` and `colours`: those of its active variants, each once; what is in stock is asked of variants.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="search")
    words = ArrayField(models.TextField())
    vector = SearchVectorField()
    sizes = ArrayField(models.TextField(), default=list, db_default=[])
    colours = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        db_table = "commerce_product_search"
        indexes: ClassVar = [GinIndex(fields=["vector"], name="product_search_vector", fastupdate=False)]

    def __str__(self) -> str:
        return f"Search of product {self.pk}"


class SearchWord(models.Model):
    """A word of the products that the shop shows, to mend typing mistakes by; a job counts them anew.

    `near` holds the word, and what is left of it without each one of its letters: two words that share one of these
    are a letter apart, or two that changed places.
    """

    word = models.TextField(primary_key=True)
    products = models.PositiveIntegerField()
    near = ArrayField(models.TextField())

    class Meta:
        db_table = "commerce_search_word"
        indexes: ClassVar = [
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_like"),
            GinIndex(fields=["near"], name="search_word_near"),
        ]

    def __str__(self) -> str:
        return self.word


class RelatedProduct(models.Model):
    """Two products that customers bought in one order, as the page of `product` shows `other`; a job counts them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    orders = models.PositiveIntegerField(help_text="How many orders hold both.")
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_related_product"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "other"], name="related_product_once"),
            models.CheckConstraint(condition=~Q(product=F("other")), name="related_product_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} with {self.other_id}"
