"""On the way back: refunds that wait or were declined, which the check before did not know, have failed."""

from django.db import migrations


def fail_refunds(apps, schema_editor):
    refunds = apps.get_model('commerce', 'Refund').objects
    refunds.filter(status__in=['asked', 'declined']).update(status='failed', decided_by=None)


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0040_refunds_approved_checked'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, fail_refunds),
    ]
