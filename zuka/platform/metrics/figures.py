"""The platform's own figures: jobs, queue, mails, the database."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Min

from zuka.platform.mail.models import WAITING, MailStatus, OutgoingMail
from zuka.platform.metrics.declared import Figure, Kind, Sample, one
from zuka.platform.models import JobState
from zuka.platform.queues.waiting import count_waiting
from zuka.platform.replica.standing import has_replica, standing

SESSIONS = """
    SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1
"""


def read_jobs(field: str) -> Iterator[Sample]:
    """Yield a fact of each job that has run; moments are in seconds of the epoch."""
    for task, value in JobState.objects.order_by("task").values_list("task", field):
        if value is not None:
            yield (task,), value.timestamp() if hasattr(value, "timestamp") else float(value)


def read_queues() -> list[Sample]:
    """Return how many tasks wait in each queue. Raises RedisError."""
    return [((name,), count) for name, count in count_waiting().items()]


def read_mails() -> Iterator[Sample]:
    """Yield how many mails wait, and how many failed."""
    found = dict(OutgoingMail.objects.values_list("status").annotate(mails=Count("pk")).order_by("status"))
    yield ("waiting",), sum(found.get(status, 0) for status in WAITING)
    yield ("failed",), found.get(MailStatus.FAILED, 0)


def read_oldest_mail() -> list[Sample]:
    """Return since when the oldest waiting mail waits."""
    oldest = OutgoingMail.objects.filter(status__in=WAITING).aggregate(at=Min("queued_at"))["at"]
    return one(oldest.timestamp() if oldest else None)


def read_sessions() -> list[Sample]:
    """Return the sessions in the database by what they do."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        return [((state,), count) for state, count in cursor.fetchall()]


def read_most_sessions() -> list[Sample]:
    """Return how many sessions PostgreSQL takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        return one(cursor.fetchone()[0])


def read_size() -> list[Sample]:
    """Return how large the database is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return one(cursor.fetchone()[0])


def read_lag() -> list[Sample]:
    """Return how far the replica is behind, as far as that is known; nothing without one."""
    return one(standing().lag.seconds) if has_replica() else []


def read_nearness() -> list[Sample]:
    """Return 1 where the replica may be asked, and 0 where the primary answers for it; nothing without one."""
    return one(standing().is_near) if has_replica() else []


FIGURES = (
    Figure(
        "zuka_job_last_success_timestamp_seconds",
        Kind.GAUGE,
        "When a job last ended well.",
        lambda: read_jobs("done_at"),
        ("task",),
    ),
    Figure("zuka_job_seconds", Kind.GAUGE, "How long a job's last run took.", lambda: read_jobs("seconds"), ("task",)),
    Figure(
        "zuka_job_failures",
        Kind.GAUGE,
        "Failed runs of a job since it last ended well.",
        lambda: read_jobs("failures"),
        ("task",),
    ),
    Figure("zuka_queue_tasks", Kind.GAUGE, "Tasks that wait for a worker, by queue.", read_queues, ("queue",)),
    Figure("zuka_mails", Kind.GAUGE, "Mails in the outbox that wait, or have failed.", read_mails, ("state",)),
    Figure(
        "zuka_mail_oldest_timestamp_seconds",
        Kind.GAUGE,
        "When the oldest waiting mail was queued.",
        read_oldest_mail,
    ),
    Figure(
        "zuka_database_connections", Kind.GAUGE, "Sessions in the database by their state.", read_sessions, ("state",)
    ),
    Figure("zuka_database_connections_max", Kind.GAUGE, "Sessions that PostgreSQL takes.", read_most_sessions),
    Figure("zuka_database_bytes", Kind.GAUGE, "Size of the database.", read_size),
    Figure("zuka_replica_lag_seconds", Kind.GAUGE, "How far the replica is behind; none while it is away.", read_lag),
    Figure("zuka_replica_near", Kind.GAUGE, "1 while reports are read from the replica, else 0.", read_nearness),
)
