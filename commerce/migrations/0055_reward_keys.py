"""The key with which a customer takes a reward once, however often the request is sent."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0054_points_settled_kobo_checked'),
    ]

    operations = [
        migrations.AddField(
            model_name='userreward',
            name='idempotency_key',
            field=models.CharField(blank=True, editable=False, max_length=200, null=True),
        ),
    ]
