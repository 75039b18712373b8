import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0036_slow_query_alerts'),
    ]

    operations = [
        migrations.AddField(
            model_name='alert',
            name='segment',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='analytics.segment', verbose_name='people'),
        ),
    ]
