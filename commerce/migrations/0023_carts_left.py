"""Reminders of carts that were left, wishlists, and who waits for what is sold out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0022_taxes_checked'),
    ]

    operations = [
        migrations.CreateModel(
            name='CartReminder',
            fields=[
                ('cart', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reminder', serialize=False, to='commerce.cart')),
                ('email', models.EmailField(blank=True, default='', editable=False, max_length=254)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('address_hash', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('key_hash', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
            ],
            options={
                'db_table': 'commerce_cart_reminder',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='cart_reminder_due'), models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email'], name='cart_reminder_email'), models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['sent_at'], name='cart_reminder_sent_at'), models.Index(condition=models.Q(('address_hash', ''), _negated=True), fields=['address_hash', 'sent_at'], name='cart_reminder_sent')],
            },
        ),
        migrations.CreateModel(
            name='Wishlist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='commerce.product')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to=settings.AUTH_USER_MODEL)),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='commerce.productvariant')),
            ],
            options={
                'verbose_name': 'wish',
                'verbose_name_plural': 'wishes',
                'db_table': 'commerce_wishlist',
                'indexes': [models.Index(fields=['user', '-id'], name='wishlist_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'product', 'variant'), name='wishlist_once_a_choice', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='StockAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stock_alerts', to=settings.AUTH_USER_MODEL)),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stock_alerts', to='commerce.productvariant')),
            ],
            options={
                'db_table': 'commerce_stock_alert',
                'indexes': [models.Index(condition=models.Q(('told_at__isnull', True)), fields=['asked_at', 'id'], name='stock_alert_waiting')],
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('variant'), condition=models.Q(('told_at', None)), name='stock_alert_one_waiting')],
            },
        ),
    ]
