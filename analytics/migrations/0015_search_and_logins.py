"""Searches by day and query, and who signed in each day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0014_fill_recency'),
    ]

    operations = [
        migrations.AddField(
            model_name='rolluptraffic',
            name='logged_in',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name='RollupSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('query', models.TextField()),
                ('searches', models.BigIntegerField()),
                ('counted', models.BigIntegerField()),
                ('found', models.BigIntegerField()),
                ('followed', models.BigIntegerField()),
                ('refined', models.BigIntegerField()),
                ('empty', models.BigIntegerField()),
                ('lost', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rollup_searches',
                'constraints': [models.UniqueConstraint(fields=('day', 'query'), name='rollup_searches_once')],
            },
        ),
    ]
