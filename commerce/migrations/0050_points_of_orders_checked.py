"""The checks of points of orders, and the index of orders whose points wait, while orders go on being placed."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('commerce', '0049_points_of_orders'),
    ]

    operations = [
        ValidateConstraint(model_name='order', name='order_points_kobo_not_negative'),
        ValidateConstraint(model_name='orderline', name='order_line_points_kobo_not_negative'),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('points_settled_at', None), ('status', 'completed'), ('user__isnull', False)), fields=['delivered_at'], name='order_points_waiting'),
        ),
    ]
