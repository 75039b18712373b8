"""What customers are told, and what they want to be told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0023_carts_left'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='What caused it: order.shipped:ZUKA-2026-000123.', max_length=200, unique=True)),
                ('kind', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('body', models.CharField(blank=True, default='', max_length=500)),
                ('link', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(db_index=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'db_table': 'commerce_notification',
                'indexes': [models.Index(fields=['user', '-id'], name='notification_newest'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notification_unread')],
            },
        ),
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(choices=[('orders', 'Orders'), ('reminders', 'Reminders'), ('stock', 'Stock')], max_length=20)),
                ('channel', models.CharField(choices=[('in_app', 'In the account'), ('email', 'By e-mail')], max_length=10)),
                ('is_on', models.BooleanField()),
                ('chosen_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'commerce_notification_preference',
                'constraints': [models.UniqueConstraint(fields=('user', 'group', 'channel'), name='notification_preference_once'), models.CheckConstraint(condition=models.Q(('group__in', ['orders', 'reminders', 'stock'])), name='notification_preference_group'), models.CheckConstraint(condition=models.Q(('channel__in', ['in_app', 'email'])), name='notification_preference_channel')],
            },
        ),
        migrations.CreateModel(
            name='AddressOptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(max_length=64)),
                ('group', models.CharField(choices=[('orders', 'Orders'), ('reminders', 'Reminders'), ('stock', 'Stock')], max_length=20)),
                ('opted_out_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'commerce_address_opt_out',
                'constraints': [models.UniqueConstraint(fields=('address_hash', 'group'), name='address_opt_out_once'), models.CheckConstraint(condition=models.Q(('group__in', ['orders', 'reminders', 'stock'])), name='address_opt_out_group')],
            },
        ),
    ]
