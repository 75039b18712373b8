"""Which pictures orders show: those of the day they were placed."""

from __future__ import annotations

from django.db.models.fields.json import KeyTextTransform

from commerce.orders.models import OrderLine
from zuka.platform.pictures.sizes import FOLDER, MEDIA_URL
from zuka.platform.pictures.storing import digests_in


def pictures_in_orders() -> set[str]:
    """Return the digests of the pictures that the lines of orders name for ever."""
    # As text: within JSON `contains` would ask for the whole value.
    lines = OrderLine.objects.annotate(picture=KeyTextTransform("image_url", "product_snapshot"))
    named = lines.filter(picture__contains=MEDIA_URL + FOLDER)
    return digests_in(named.values_list("picture", flat=True).order_by().distinct().iterator())
