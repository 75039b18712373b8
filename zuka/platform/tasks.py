"""The platform's scheduled jobs: thin, tolerant of unknown keywords, safe to run twice."""

from __future__ import annotations

from typing import Any

from zuka.platform.audit.syncing import keep_months
from zuka.platform.clock import local_day, now
from zuka.platform.job_runs import forget_old_runs
from zuka.platform.keys.issuing import forget_retired_tokens
from zuka.platform.keys.validating import state_validations as state_waiting
from zuka.platform.mail import forgetting, sending
from zuka.platform.personal_data import erasing, exporting, files
from zuka.platform.queues.declared import NOW, SLOW, SOON
from zuka.platform.queues.declaring import background
from zuka.platform.retention import sizes, sweeping
from zuka.platform.staff.history import forget_old_sign_ins
from zuka.platform.throttling.buckets import forget_full_buckets
from zuka.platform.usage.keeping import drop_old_usage, ensure_usage_partitions


@background(name="zuka.platform.tasks.send_waiting_mails", queue=NOW)
def send_waiting_mails(**_unknown: Any) -> None:
    """Send the mails that wait in the outbox."""
    sending.send_waiting_mails(at=now())


@background(name="zuka.platform.tasks.forget_old_mails", queue=SLOW)
def forget_old_mails(**_unknown: Any) -> None:
    """Drop what old mails said, and whom they went to."""
    forgetting.forget_old_mails(at=now())


@background(name="zuka.platform.tasks.keep_api_usage", queue=SOON)
def keep_api_usage(**_unknown: Any) -> None:
    """Make the months of requests that are coming, and drop those past their days."""
    ensure_usage_partitions(at=now())
    drop_old_usage(at=now())


@background(name="zuka.platform.tasks.forget_job_runs", queue=SLOW)
def forget_job_runs(**_unknown: Any) -> None:
    """Forget all but the last runs of each job."""
    forget_old_runs()


@background(name="zuka.platform.tasks.forget_old_secrets", queue=SOON)
def forget_old_secrets(**_unknown: Any) -> None:
    """Drop secrets of keys that no longer work, and buckets of limits that are full again."""
    forget_retired_tokens(at=now())
    forget_full_buckets(at=now())


@background(name="zuka.platform.tasks.keep_audit_log", queue=SOON)
def keep_audit_log(**_unknown: Any) -> None:
    """Make the audit log's months to come, and drop those that are over."""
    keep_months(today=local_day(now()))


@background(name="zuka.platform.tasks.forget_staff_sign_ins", queue=SLOW)
def forget_staff_sign_ins(**_unknown: Any) -> None:
    """Drop the history of staff's sign-ins that is over."""
    forget_old_sign_ins(at=now())


@background(name="zuka.platform.tasks.forget_what_is_over", queue=SLOW)
def forget_what_is_over(**_unknown: Any) -> None:
    """Delete or empty what is over of all tables that no other job takes care of."""
    sweeping.forget_what_is_over(at=now())


@background(name="zuka.platform.tasks.measure_tables", queue=SLOW)
def measure_tables(**_unknown: Any) -> None:
    """Note how large each table is today."""
    sizes.measure_tables(at=now())


@background(name="zuka.platform.tasks.state_validations", queue=NOW)
def state_validations(**_unknown: Any) -> None:
    """State the facts of keys' validations that wait."""
    state_waiting()


@background(name="zuka.platform.tasks.erase_people", queue=SLOW)
def erase_people(**_unknown: Any) -> None:
    """Erase the people who are to be."""
    erasing.erase_people(at=now())


@background(name="zuka.platform.tasks.write_personal_data", queue=SLOW)
def write_personal_data(**_unknown: Any) -> None:
    """Write the files of what is kept of people who asked, and drop those that are over."""
    exporting.write_exports(at=now())
    files.forget_files(at=now())
