"""Leases of what only one may do at a time."""

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
    ]
