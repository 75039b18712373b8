"""Points, levels, rewards, referrals and games. The ledger of points is only ever added to."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


REFUSE = """
CREATE FUNCTION zuka_refuse_points_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of points are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER zuka_points_entry_kept BEFORE UPDATE OR DELETE ON commerce_points_entry
    FOR EACH ROW EXECUTE FUNCTION zuka_refuse_points_change();
"""
ALLOW = """
DROP TRIGGER zuka_points_entry_kept ON commerce_points_entry;
DROP FUNCTION zuka_refuse_points_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0047_coupon_suggested'),
    ]

    operations = [
        migrations.CreateModel(
            name='GamePlay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('game', models.CharField(max_length=20)),
                ('nonce', models.CharField(max_length=32)),
                ('state', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('open', 'Under way'), ('finished', 'Finished'), ('refused', 'Refused')], default='open', max_length=10)),
                ('refusal', models.CharField(blank=True, default='', max_length=200, verbose_name='why it was refused')),
                ('started_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('score', models.BigIntegerField(blank=True, null=True)),
                ('points', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'commerce_game_play',
            },
        ),
        migrations.CreateModel(
            name='GameScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('game', models.CharField(max_length=20)),
                ('period', models.CharField(choices=[('day', 'Today'), ('week', 'This week'), ('all', 'All time')], max_length=5)),
                ('start_date', models.DateField()),
                ('score', models.BigIntegerField()),
                ('reached_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'commerce_game_score',
            },
        ),
        migrations.CreateModel(
            name='PointsAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField(help_text='Less than zero takes points away.')),
                ('reason', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('asked', 'Waits for a colleague'), ('applied', 'Done'), ('declined', 'Declined')], max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'points given by staff',
                'verbose_name_plural': 'points given by staff',
                'db_table': 'commerce_points_adjustment',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PointsEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_type', models.CharField(max_length=30, verbose_name='for')),
                ('source_id', models.CharField(max_length=120, verbose_name='of')),
                ('points', models.BigIntegerField()),
                ('xp', models.BigIntegerField(default=0, verbose_name='XP')),
                ('balance_after', models.BigIntegerField(verbose_name='balance')),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('occurred_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'change of points',
                'verbose_name_plural': 'changes of points',
                'db_table': 'commerce_points_entry',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PointsLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points_left', models.BigIntegerField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'commerce_points_lot',
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('joined', 'Waits for a first order'), ('held', 'To be looked at'), ('rewarded', 'Both were given points'), ('refused', 'Refused')], default='joined', max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('order_number', models.CharField(blank=True, default='', max_length=30, verbose_name='order')),
                ('joined_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'commerce_referral',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=100)),
                ('description', models.CharField(blank=True, default='', max_length=300)),
                ('points', models.PositiveIntegerField(verbose_name='costs, in points')),
                ('kind', models.CharField(choices=[('percentage', 'A share of the goods'), ('fixed', 'An amount'), ('free_shipping', 'The delivery')], max_length=20, verbose_name='takes off')),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('amount_kobo', models.BigIntegerField(blank=True, null=True)),
                ('max_discount_kobo', models.BigIntegerField(blank=True, null=True)),
                ('min_spend_kobo', models.BigIntegerField(blank=True, null=True)),
                ('valid_days', models.PositiveIntegerField(default=30, verbose_name='days the code is valid')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='how many there are')),
                ('user_limit', models.PositiveIntegerField(blank=True, null=True, verbose_name='a customer')),
                ('redeemed_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='redeemed')),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'db_table': 'commerce_reward',
                'ordering': ['points', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RewardProfile',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reward_profile', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('nickname', models.CharField(blank=True, default='', max_length=20)),
                ('referral_code', models.CharField(max_length=12, unique=True)),
                ('streak_days', models.PositiveIntegerField(default=0)),
                ('streak_date', models.DateField(blank=True, null=True)),
            ],
            options={
                'db_table': 'commerce_reward_profile',
            },
        ),
        migrations.CreateModel(
            name='UserReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveIntegerField()),
                ('redeemed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'reward taken',
                'verbose_name_plural': 'rewards taken',
                'db_table': 'commerce_user_reward',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='gameplay',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='game_plays', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='gamescore',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='game_scores', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointsadjustment',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointsadjustment',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointsadjustment',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points_adjustments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointsentry',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointsentry',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points_entries', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pointslot',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='commerce.pointsentry'),
        ),
        migrations.AddField(
            model_name='pointslot',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='referred',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='referral', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='referrer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='reward_points_positive'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('valid_days__gt', 0)), name='reward_valid_days_positive'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('max_discount_kobo__gt', 0)), name='reward_max_discount_kobo_positive'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('min_spend_kobo__gte', 0)), name='reward_min_spend_kobo_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['percentage', 'fixed', 'free_shipping'])), name='reward_kind'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'percentage'), _negated=True), models.Q(('percent__gt', 0), ('percent__isnull', False), ('percent__lte', 100)), _connector='OR'), name='reward_percentage_has_percent'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'fixed'), _negated=True), models.Q(('amount_kobo__gt', 0), ('amount_kobo__isnull', False)), _connector='OR'), name='reward_fixed_has_amount'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('stock', None), ('redeemed_count__lte', models.F('stock')), _connector='OR'), name='reward_within_stock'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('starts_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='reward_window'),
        ),
        migrations.AddField(
            model_name='userreward',
            name='coupon',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reward', to='commerce.coupon'),
        ),
        migrations.AddField(
            model_name='userreward',
            name='reward',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='commerce.reward'),
        ),
        migrations.AddField(
            model_name='userreward',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='gameplay',
            index=models.Index(fields=['user', 'game', '-started_at'], name='game_play_user'),
        ),
        migrations.AddIndex(
            model_name='gameplay',
            index=models.Index(fields=['started_at'], name='game_play_started_at'),
        ),
        migrations.AddIndex(
            model_name='gameplay',
            index=models.Index(condition=models.Q(('status', 'refused')), fields=['-started_at'], name='game_play_refused'),
        ),
        migrations.AddConstraint(
            model_name='gameplay',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'finished', 'refused'])), name='game_play_status'),
        ),
        migrations.AddConstraint(
            model_name='gameplay',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0)), name='game_play_score_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='gameplay',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', 0)), name='game_play_points_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='gameplay',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('started_at'))), name='game_play_expires'),
        ),
        migrations.AddIndex(
            model_name='gamescore',
            index=models.Index(models.F('game'), models.F('period'), models.F('start_date'), models.OrderBy(models.F('score'), descending=True), models.F('reached_at'), name='game_score_board'),
        ),
        migrations.AddConstraint(
            model_name='gamescore',
            constraint=models.UniqueConstraint(fields=('user', 'game', 'period', 'start_date'), name='game_score_best'),
        ),
        migrations.AddConstraint(
            model_name='gamescore',
            constraint=models.CheckConstraint(condition=models.Q(('period__in', ['day', 'week', 'all'])), name='game_score_period'),
        ),
        migrations.AddConstraint(
            model_name='gamescore',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0)), name='game_score_score_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='pointsadjustment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'applied', 'declined'])), name='points_adjustment_status'),
        ),
        migrations.AddConstraint(
            model_name='pointsadjustment',
            constraint=models.CheckConstraint(condition=models.Q(('points', 0), _negated=True), name='points_adjustment_changes'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(fields=['user', '-id'], name='points_entry_user'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(fields=['occurred_at'], name='points_entry_occurred_at'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.UniqueConstraint(fields=('source_type', 'source_id'), name='points_entry_source_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(('balance_after__gte', 0)), name='points_entry_balance_after_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('points', 0), _negated=True), models.Q(('xp', 0), _negated=True), _connector='OR'), name='points_entry_changes'),
        ),
        migrations.AddIndex(
            model_name='pointslot',
            index=models.Index(condition=models.Q(('points_left__gt', 0)), fields=['user', 'expires_at', 'id'], name='points_lot_next'),
        ),
        migrations.AddIndex(
            model_name='pointslot',
            index=models.Index(condition=models.Q(('points_left__gt', 0)), fields=['expires_at'], name='points_lot_expires_at'),
        ),
        migrations.AddConstraint(
            model_name='pointslot',
            constraint=models.CheckConstraint(condition=models.Q(('points_left__gte', 0)), name='points_lot_points_left_not_negative'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['referrer', '-id'], name='referral_referrer'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['status', '-id'], name='referral_status'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['joined_at'], name='referral_joined_at'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['joined', 'held', 'rewarded', 'refused'])), name='referral_status'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('referrer', models.F('referred')), _negated=True), name='referral_not_oneself'),
        ),
        migrations.AddIndex(
            model_name='userreward',
            index=models.Index(fields=['user', '-id'], name='user_reward_user'),
        ),
        migrations.AddIndex(
            model_name='userreward',
            index=models.Index(fields=['redeemed_at'], name='user_reward_redeemed_at'),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
