"""What points paid for of an order, and when what it earned was settled."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0048_rewards'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='points_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='points_settled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='orderline',
            name='points_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('points_kobo__gte', 0)), name='order_points_kobo_not_negative'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('points_kobo__gte', 0)), name='order_line_points_kobo_not_negative'),
        ),
    ]
