"""Every scheduled job in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled job: what runs, how often, and why."""

    name: str
    task: str
    every: int  # seconds
    why: str
    at_start: bool = False  # also once whenever a worker starts


MINUTE, HOUR, DAY = 60, 3600, 86400

SCHEDULE: tuple[Job, ...] = (
    Job("Fill rollups", "analytics.tasks.fill_rollups", MINUTE, "New events show in reports within a minute."),
    Job(
        "Fill older days",
        "analytics.tasks.fill_older_days",
        15 * MINUTE,
        "Who signs in is the same person as the visitor of the days before.",
    ),
    Job(
        "Copy to ClickHouse",
        "analytics.tasks.copy_to_warehouse",
        MINUTE,
        "With ANALYTICS_ENGINE, ClickHouse has what was counted within a minute; without, nothing is done.",
    ),
    Job("Refresh views", "analytics.tasks.refresh_views", 15 * MINUTE, "Product reports read materialized views."),
    Job(
        "Score leads",
        "analytics.tasks.score_leads",
        15 * MINUTE,
        "The list of whom to call follows what people did within the hour.",
    ),
    Job(
        "Refresh segments",
        "analytics.tasks.refresh_segments",
        15 * MINUTE,
        "Reports about a segment are about who meets its conditions now.",
    ),
    Job("Add up ingest counts", "analytics.tasks.fold_ingest_counts", MINUTE, "Each write adds a row of counts."),
    Job(
        "Count API hours",
        "analytics.tasks.count_api_hours",
        5 * MINUTE,
        "How fast the API answers is known by hour and route for API_HOURS_MONTHS.",
    ),
    Job(
        "Watch keys",
        "analytics.tasks.watch_ingest",
        10 * MINUTE,
        "A tracker that stopped, or sends what is refused, is noticed within the hour.",
    ),
    Job(
        "Check alerts",
        "analytics.tasks.check_alerts",
        10 * MINUTE,
        "Staff hear of figures beyond their limits, silent keys and failed jobs within minutes.",
    ),
    Job(
        "State validations",
        "zuka.platform.tasks.state_validations",
        MINUTE,
        "A validation of a key is counted while its app waits; the event that reports read is written after.",
    ),
    Job(
        "Forget old secrets",
        "zuka.platform.tasks.forget_old_secrets",
        DAY,
        "Secrets from before a key's rotation, and buckets of limits that are full, are of no use to anybody.",
    ),
    Job(
        "Verify counts",
        "analytics.tasks.verify_counts",
        DAY,
        "A sample of days is counted again from raw, and every cell that differs is named.",
    ),
    Job(
        "Measure the disk",
        "analytics.tasks.measure_disk",
        DAY,
        "How fast the database grows says for how many days the disk lasts.",
        at_start=True,
    ),
    Job(
        "Measure tables",
        "zuka.platform.tasks.measure_tables",
        DAY,
        "The page of what is kept says how large each table is, how fast it grows and what goes next.",
        at_start=True,
    ),
    Job(
        "Create partitions",
        "analytics.tasks.create_partitions",
        DAY,
        "An event whose month has no partition would be kept as rejected.",
        at_start=True,
    ),
    Job(
        "Archive events",
        "analytics.tasks.archive_events",
        6 * HOUR,
        "Months of raw events past EVENT_RETENTION_MONTHS go to the archive; what was left half done is ended.",
    ),
    Job(
        "Pack events",
        "analytics.tasks.pack_events",
        DAY,
        "Months of raw events that have been over for EVENT_HOT_MONTHS take less room.",
    ),
    Job(
        "Compact counts",
        "analytics.tasks.compact_counts",
        DAY,
        "Counts older than ROLLUP_DAY_MONTHS are kept by month, and by year after ROLLUP_MONTH_YEARS.",
    ),
    Job(
        "Forget expired sessions",
        "commerce.tasks.forget_expired_sessions",
        DAY,
        "Each sign-in adds a row, and nobody asks for those that are over.",
    ),
    Job(
        "Watch payments",
        "commerce.tasks.watch_payments",
        5 * MINUTE,
        "A payment whose message was lost is found, and pieces that nobody pays for can be sold again.",
    ),
    Job(
        "Renew subscriptions",
        "commerce.tasks.renew_subscriptions",
        5 * MINUTE,
        "Periods are charged when they begin, failed charges on their days, and nobody's end is forgotten.",
    ),
    Job(
        "Compare payments",
        "commerce.tasks.compare_payments",
        15 * MINUTE,
        "Each day is compared with the providers' lists once it is over; a day that failed or differs is tried again.",
    ),
    Job(
        "Pair products",
        "commerce.tasks.refresh_related_products",
        DAY,
        "A product's page shows what others bought with it in the last year.",
    ),
    Job(
        "Count what is popular",
        "commerce.tasks.refresh_popularity",
        DAY,
        "Lists by popularity follow what sold; oftener would make the kept pages of products anew for a number alone.",
    ),
    Job(
        "Learn words",
        "commerce.tasks.refresh_search_words",
        15 * MINUTE,
        "Searches with typing mistakes are mended by the words of the catalogue; new ones are known soon.",
        at_start=True,
    ),
    Job(
        "Delete unnamed pictures",
        "commerce.tasks.delete_unnamed_pictures",
        DAY,
        "Pictures that were replaced, or uploaded with a form that nobody saved, would fill the disk.",
    ),
    Job(
        "Check stock",
        "commerce.tasks.check_stock",
        DAY,
        "Pieces on hand that their history does not explain are a mistake, or somebody's hand in the database.",
    ),
    Job(
        "Settle points",
        "commerce.tasks.settle_points",
        HOUR,
        "Orders earn points when nothing of them can be sent back any more.",
    ),
    Job(
        "Check points",
        "commerce.tasks.check_points",
        DAY,
        "Points that have lapsed go, and balances that do not add up are found.",
    ),
    Job(
        "Watch carts",
        "commerce.tasks.watch_carts",
        5 * MINUTE,
        "Carts that nobody came back to are known as abandoned, and who has agreed is reminded once.",
    ),
    Job(
        "Tell who waits",
        "commerce.tasks.tell_who_waits",
        5 * MINUTE,
        "Customers hear that what was sold out can be bought again, whatever brought it back.",
    ),
    Job(
        "Import products",
        "commerce.tasks.handle_product_imports",
        MINUTE,
        "Sheets are checked and imported at once where a worker was woken; those that were not, with the next run.",
    ),
    Job(
        "Write exports",
        "analytics.tasks.write_exports",
        MINUTE,
        "Exports begin at once where a worker was woken; those that were not, and those of a dead one, with a run.",
    ),
    Job(
        "Import history",
        "analytics.tasks.import_history",
        MINUTE,
        "History begins at once where a worker was woken; what was not, and what a dead one left, with a run.",
    ),
    Job(
        "Mail reports",
        "analytics.tasks.send_due_reports",
        5 * MINUTE,
        "Reports by mail are due at a full hour; one that could not be made is tried again.",
    ),
    Job(
        "Forget exports",
        "analytics.tasks.forget_exports",
        HOUR,
        "Files of exports are kept for EXPORT_RETENTION_DAYS, those of history that nobody goes on with for 14 days.",
    ),
    Job(
        "Send mails",
        "zuka.platform.tasks.send_waiting_mails",
        MINUTE,
        "Mails leave at once where a worker was woken; those that were not, or were refused, leave with the next run.",
    ),
    Job(
        "Forget old mails",
        "zuka.platform.tasks.forget_old_mails",
        DAY,
        "What a mail said and whom it went to is kept for MAIL_RETENTION_DAYS.",
    ),
    Job(
        "Erase people",
        "zuka.platform.tasks.erase_people",
        5 * MINUTE,
        "Who asked to be forgotten is, at once where a worker was woken; one that stopped half-way goes on.",
    ),
    Job(
        "Write personal data",
        "zuka.platform.tasks.write_personal_data",
        5 * MINUTE,
        "Who asked what is kept of them gets it; files are kept for PERSONAL_DATA_DAYS.",
    ),
    Job(
        "Keep API usage",
        "zuka.platform.tasks.keep_api_usage",
        DAY,
        "Requests to the API are kept for API_USAGE_DAYS; a request whose month is missing would wait for it.",
        at_start=True,
    ),
    Job(
        "Back up",
        "zuka.backup.tasks.back_up",
        HOUR,
        "With BACKUP_URL, the whole shop is kept every BACKUP_HOURS; one that failed is tried again within the hour.",
    ),
    Job(
        "Watch backups",
        "zuka.backup.tasks.watch_backups",
        HOUR,
        "Fails when the last good backup is older than BACKUP_LATE_HOURS: alerts on jobs tell staff.",
    ),
    Job(
        "Forget runs of jobs",
        "zuka.platform.tasks.forget_job_runs",
        DAY,
        "Of each job the last 500 runs are kept.",
    ),
    Job(
        "Keep the audit log",
        "zuka.platform.tasks.keep_audit_log",
        DAY,
        "Without a month to write to, nobody could save in the back office; old ones go after AUDIT_RETENTION_YEARS.",
        at_start=True,
    ),
    Job(
        "Forget what is over",
        "zuka.platform.tasks.forget_what_is_over",
        DAY,
        "Runs, old notes, counts, empty carts and messages are kept as long as docs/retention.md says.",
    ),
    Job(
        "Forget staff sign-ins",
        "zuka.platform.tasks.forget_staff_sign_ins",
        DAY,
        "The history of staff's sign-ins is kept for STAFF_SIGN_IN_DAYS.",
    ),
    Job(
        "Forget old notices",
        "commerce.tasks.forget_old_notices",
        DAY,
        "Notices stay in customers' accounts for NOTICE_RETENTION_DAYS.",
    ),
    Job(
        "Forget conversations",
        "pets.tasks.forget_conversations",
        DAY,
        "Talks with pets are kept for PET_RETENTION_MONTHS.",
    ),
    Job(
        "Drop old rejected events",
        "analytics.tasks.drop_old_rejected",
        DAY,
        "Rejected events are kept for REJECTED_RETENTION_DAYS, to be mended and replayed.",
    ),
)
