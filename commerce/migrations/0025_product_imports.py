"""Sheets of products that staff bring."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0024_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('content', models.BinaryField(null=True)),
                ('skips_bad_rows', models.BooleanField(default=False, verbose_name='leave rows with a mistake out')),
                ('sets_stock', models.BooleanField(default=False, verbose_name='set the stock of variants that exist')),
                ('status', models.CharField(choices=[('waiting', 'Waiting to be checked'), ('checking', 'Being checked'), ('ready', 'Checked: look at it'), ('confirmed', 'Waiting to be imported'), ('importing', 'Being imported'), ('done', 'Imported'), ('failed', 'Failed: nothing was imported'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('changes', models.JSONField(default=list)),
                ('failure', models.CharField(blank=True, default='', max_length=500)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('brought_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='product_imports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'commerce_product_import',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'checking', 'ready', 'confirmed', 'importing', 'done', 'failed', 'cancelled'])), name='product_import_status')],
            },
        ),
    ]
