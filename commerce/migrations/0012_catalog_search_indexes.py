"""Orders that lists of products come in, indexed while the shop goes on."""

import django.db.models.functions.comparison
from decimal import Decimal
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('commerce', '0011_catalog_search'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(models.OrderBy(models.F('purchase_count'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published')), name='product_popular'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(models.OrderBy(django.db.models.functions.comparison.Coalesce('rating_average', Decimal('0')), descending=True), models.OrderBy(models.F('rating_count'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'published')), name='product_stars'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'published')), fields=['id'], include=('category', 'brand', 'gender', 'current_price_kobo', 'on_sale', 'rating_average'), name='product_facets'),
        ),
    ]
