"""The unique index of those keys, while rewards go on being taken."""

from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('commerce', '0055_reward_keys'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # One that was broken off leaves an index that is not valid behind.
                    [
                        'DROP INDEX CONCURRENTLY IF EXISTS user_reward_key_once',
                        'CREATE UNIQUE INDEX CONCURRENTLY user_reward_key_once '
                        'ON commerce_user_reward (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL',
                    ],
                    'DROP INDEX CONCURRENTLY IF EXISTS user_reward_key_once',
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name='userreward',
                    constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key__isnull', False)), fields=('user', 'idempotency_key'), name='user_reward_key_once'),
                ),
            ],
        ),
    ]
