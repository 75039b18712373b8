"""The parameter `segment` of Customers is `group` since segments are something else: what is saved follows."""

from django.db import migrations

SAVED = ('SavedReport', 'ReportSubscription')


def rename(apps, before, after):
    for name in SAVED:
        model = apps.get_model('analytics', name)
        for row in model.objects.filter(report='customers', params__has_key=before):
            row.params[after] = row.params.pop(before)
            row.save(update_fields=['params'])


def forwards(apps, _schema_editor):
    rename(apps, 'segment', 'group')


def backwards(apps, _schema_editor):
    rename(apps, 'group', 'segment')


class Migration(migrations.Migration):
    dependencies = [
        ('analytics', '0027_segments'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]
