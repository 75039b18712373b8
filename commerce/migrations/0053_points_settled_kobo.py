"""What the goods of an order were worth when it earned its points; empty for orders that were settled before."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0052_reward_notices_checked'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='points_settled_kobo',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('points_settled_kobo__gte', 0)), name='order_points_settled_kobo_not_negative'),
        ),
    ]
