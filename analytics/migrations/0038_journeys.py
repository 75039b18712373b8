import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0037_alert_segments'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollupJourney',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('event_type', models.TextField()),
                ('is_claim', models.BooleanField()),
                ('person_keys', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('moments', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None)),
                ('event_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
            options={
                'db_table': 'rollup_journeys',
                'constraints': [models.UniqueConstraint(fields=('day', 'event_type', 'is_claim'), name='rollup_journeys_once')],
            },
        ),
        migrations.AddField(
            model_name='visitorsession',
            name='pages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
        ),
        # Hashes and ids do not get smaller by trying: packing them would take as long as counting them.
        migrations.RunSQL(
            """
            ALTER TABLE rollup_journeys
                ALTER person_keys SET STORAGE EXTERNAL, ALTER moments SET STORAGE EXTERNAL,
                ALTER event_ids SET STORAGE EXTERNAL
            """,
            migrations.RunSQL.noop,
        ),
    ]
