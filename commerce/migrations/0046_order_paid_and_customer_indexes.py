"""Orders by the moment they were paid and by whoever bought, made while orders go on being placed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Cast, Coalesce, Lower, NullIf


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0045_brand_members'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('paid_at__isnull', False)), fields=['paid_at'], name='order_paid_at'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(
                Coalesce(
                    Cast('user_id', models.TextField()),
                    NullIf(Lower('guest_email'), models.Value('')),
                    NullIf('guest_phone', models.Value('')),
                    'number',
                    output_field=models.TextField(),
                ),
                'placed_at',
                'id',
                condition=models.Q(('is_test', False)),
                name='order_customer',
            ),
        ),
    ]
