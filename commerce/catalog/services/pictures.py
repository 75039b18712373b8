"""Pictures of products: the gallery, and which pictures are named anywhere in the shop."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import models, transaction
from django.db.models import Max

from commerce.catalog.models import Product, ProductImage
from commerce.columns import is_picture_address
from zuka.platform.pictures.sizes import FOLDER, MEDIA_URL
from zuka.platform.pictures.storing import digests_in


@transaction.atomic
def add_gallery_pictures(*, product: Product, urls: Sequence[str]) -> None:
    """Put pictures behind those of a product's gallery; the first is the main one of a product that has none."""
    rest = list(urls)
    if rest and not product.image_url:
        product.image_url = rest.pop(0)
        product.save(update_fields=["image_url", "updated_at"])
    last = product.images.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    images = [ProductImage(product=product, url=url, position=first + place) for place, url in enumerate(rest)]
    ProductImage.objects.bulk_create(images)


def pictures_in_columns() -> set[str]:
    """Return the digests of the pictures that any table names in a column of a picture or of an address."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - public by Django's documentation
            if isinstance(field, models.URLField) or is_picture_address in field.validators:
                named = model._base_manager.filter(**{f"{field.name}__contains": MEDIA_URL + FOLDER})  # noqa: SLF001 - as above
                found |= digests_in(named.values_list(field.name, flat=True).iterator())
    return found
