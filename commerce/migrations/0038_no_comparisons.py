"""On the way back: payments lose the mark of a difference, which the check before did not know."""

from django.db import migrations


def forget_differences(apps, schema_editor):
    apps.get_model('commerce', 'Payment').objects.filter(attention='differs').update(attention='')


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0037_comparisons_checked'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_differences),
    ]
