"""One-time codes by e-mail, and the devices on which customers are signed in."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0008_coupons'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeviceSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(help_text='What the user agent says: Chrome on Android.', max_length=100)),
                ('platform', models.CharField(choices=[('web', 'Web'), ('android', 'Android'), ('ios', 'iOS'), ('server', 'Server')], max_length=10)),
                ('place', models.CharField(blank=True, default='', help_text="By the operator's GeoIP file.", max_length=200)),
                ('created_at', models.DateTimeField()),
                ('last_active_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_because', models.CharField(blank=True, choices=[('signed_out', 'Signed out there'), ('revoked', 'Signed out from another device'), ('password', 'The password was changed'), ('staff', 'Signed out by staff')], default='', max_length=10)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'device',
                'db_table': 'commerce_device_session',
                'ordering': ['-last_active_at', '-id'],
                'indexes': [models.Index(fields=['user', '-last_active_at'], name='device_session_user'), models.Index(fields=['expires_at'], name='device_session_expires_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('platform__in', ['web', 'android', 'ios', 'server'])), name='device_session_platform'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_because', '')), models.Q(('revoked_at__isnull', False), ('revoked_because__in', ['signed_out', 'revoked', 'password', 'staff'])), _connector='OR'), name='device_session_revoked_because')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('email', 'Confirms an e-mail'), ('password', 'Sets a new password'), ('close', 'Closes an account')], max_length=10)),
                ('address_hash', models.CharField(max_length=64)),
                ('code_hash', models.CharField(max_length=64)),
                ('guesses', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'commerce_one_time_code',
                'indexes': [models.Index(fields=['address_hash', 'purpose', 'created_at'], name='one_time_code_address'), models.Index(fields=['created_at'], name='one_time_code_created_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['email', 'password', 'close'])), name='one_time_code_purpose'), models.CheckConstraint(condition=models.Q(('guesses__lte', 5)), name='one_time_code_guesses'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='one_time_code_expires')],
            },
        ),
    ]
