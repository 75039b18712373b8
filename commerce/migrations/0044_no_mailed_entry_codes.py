"""On the way back: codes that sign in by e-mail are deleted, which the check before did not know. They are good for minutes."""

from django.db import migrations


def delete_mailed_entry_codes(apps, schema_editor):
    apps.get_model('commerce', 'OneTimeCode').objects.filter(purpose='entry_mail').delete()


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0043_mailed_entry_codes_checked'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, delete_mailed_entry_codes),
    ]
