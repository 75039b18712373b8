"""Leases of what only one may do at a time, and which refund of a provider's list one of a subscription is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0057_subscriptions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('holder', models.UUIDField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'commerce_lease',
            },
        ),
        migrations.AddField(
            model_name='subscriptionrefund',
            name='listed_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name="id in the provider's lists"),
        ),
        migrations.AddConstraint(
            model_name='subscriptionrefund',
            constraint=models.UniqueConstraint(condition=models.Q(('listed_id', ''), _negated=True), fields=('charge', 'listed_id'), name='subscription_refund_listed'),
        ),
    ]
