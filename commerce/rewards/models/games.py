from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import choice_check, not_negative_check


class PlayStatus(models.TextChoices):
    """What became of a play."""

    OPEN = "open", "Under way"
    FINISHED = "finished", "Finished"
    REFUSED = "refused", "Refused"


class GamePlay(models.Model):
    """One play of a game, which the shop begins and ends: its token is good for one result until `expires_at`.

    `state` is what the shop has dealt (cards, questions) and is not shown whole; `refusal` why a result did not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="game_plays", db_index=False
    )
    game = models.CharField(max_length=20)
    nonce = models.CharField(max_length=32)
    state = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=PlayStatus, default=PlayStatus.OPEN)
    refusal = models.CharField("why it was refused", max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.BigIntegerField(null=True, blank=True)
    points = models.BigIntegerField(default=0)

    class Meta:
        db_table = "commerce_game_play"
        indexes = [
            models.Index(fields=["user", "game", "-started_at"], name="game_play_user"),
            models.Index(fields=["started_at"], name="game_play_started_at"),
            models.Index(fields=["-started_at"], name="game_play_refused", condition=Q(status="refused")),
        ]
        constraints = [
            choice_check("game_play", "status", PlayStatus),
            not_negative_check("game_play", "score"),
            not_negative_check("game_play", "points"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="game_play_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.game}, {self.started_at:%d %B %Y}"


class Period(models.TextChoices):
    """The span of a leaderboard, in days of the shop. Weeks begin on Monday."""

    DAY = "day", "Today"
    WEEK = "week", "This week"
    ALL = "all", "All time"


class GameScore(models.Model):
    """A player's best score of a game in a span, and when it was reached, to the second: who was first is ahead.

    `start_date` is the span's first day; of all time it is the first of January 1970. The rows are the leaderboards;
    what Valkey holds is made of them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="game_scores", db_index=False
    )
    game = models.CharField(max_length=20)
    period = models.CharField(max_length=5, choices=Period)
    start_date = models.DateField()
    score = models.BigIntegerField()
    reached_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_game_score"
        constraints = [
            models.UniqueConstraint(fields=["user", "game", "period", "start_date"], name="game_score_best"),
            choice_check("game_score", "period", Period),
            not_negative_check("game_score", "score"),
        ]
        indexes = [
            models.Index("game", "period", "start_date", F("score").desc(), "reached_at", name="game_score_board"),
        ]

    def __str__(self) -> str:
        return f"{self.game}: {self.score}"
