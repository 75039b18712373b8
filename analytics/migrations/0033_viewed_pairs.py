from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0032_unseen_campaigns'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollupViewedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('product_ref', models.TextField()),
                ('other_ref', models.TextField()),
                ('visits', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rollup_viewed_pairs',
                'constraints': [models.UniqueConstraint(fields=('day', 'product_ref', 'other_ref'), name='rollup_viewed_pairs_once')],
            },
        ),
    ]
