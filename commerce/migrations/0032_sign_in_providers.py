"""Whom Google and Apple let in, and the tokens that have done so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0031_no_phone_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpentToken',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'commerce_spent_token',
            },
        ),
        migrations.CreateModel(
            name='ProviderIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('google', 'Google'), ('apple', 'Apple')], max_length=10)),
                ('subject', models.CharField(max_length=255)),
                ('email', models.CharField(blank=True, default='', help_text='As the provider said last.', max_length=254)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'provider identities',
                'db_table': 'commerce_provider_identity',
                'ordering': ['provider'],
                'constraints': [models.UniqueConstraint(models.F('provider'), models.F('subject'), name='provider_identity_subject'), models.UniqueConstraint(models.F('user'), models.F('provider'), name='provider_identity_of_user'), models.CheckConstraint(condition=models.Q(('provider__in', ['google', 'apple'])), name='provider_identity_provider')],
            },
        ),
    ]
