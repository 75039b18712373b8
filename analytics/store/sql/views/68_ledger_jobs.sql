-- Scheduled jobs and how each went last. One that has not run for two of its periods is overdue, unless it is paused.
SELECT
    django_celery_beat_periodictask.name,
    platform_job_state.started_at,
    platform_job_state.seconds,
    platform_job_state.outcome,
    platform_job_state.error,
    coalesce(platform_job_state.failures, 0) AS failures,
    periods.every_seconds,
    django_celery_beat_periodictask.enabled AS is_enabled,
    django_celery_beat_periodictask.enabled AND now() > coalesce(
        platform_job_state.started_at, django_celery_beat_periodictask.date_changed
    ) + make_interval(secs => 2 * periods.every_seconds + 60) AS is_overdue,
    django_celery_beat_periodictask.description AS why
FROM django_celery_beat_periodictask
JOIN (
    SELECT
        id,
        every * CASE period WHEN 'days' THEN 86400 WHEN 'hours' THEN 3600 WHEN 'minutes' THEN 60 ELSE 1 END
            AS every_seconds
    FROM django_celery_beat_intervalschedule
) AS periods ON periods.id = django_celery_beat_periodictask.interval_id
LEFT JOIN platform_job_state ON platform_job_state.task = django_celery_beat_periodictask.task
