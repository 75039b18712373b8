"""Customers choose whether they are told of points and levels."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0050_points_of_orders_checked'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='addressoptout',
            name='address_opt_out_group',
        ),
        migrations.RemoveConstraint(
            model_name='notificationpreference',
            name='notification_preference_group',
        ),
        migrations.AlterField(
            model_name='addressoptout',
            name='group',
            field=models.CharField(choices=[('orders', 'Orders'), ('reminders', 'Reminders'), ('stock', 'Stock'), ('rewards', 'Rewards')], max_length=20),
        ),
        migrations.AlterField(
            model_name='notificationpreference',
            name='group',
            field=models.CharField(choices=[('orders', 'Orders'), ('reminders', 'Reminders'), ('stock', 'Stock'), ('rewards', 'Rewards')], max_length=20),
        ),
        AddConstraintNotValid(
            model_name='addressoptout',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ['orders', 'reminders', 'stock', 'rewards'])), name='address_opt_out_group'),
        ),
        AddConstraintNotValid(
            model_name='notificationpreference',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ['orders', 'reminders', 'stock', 'rewards'])), name='notification_preference_group'),
        ),
    ]
