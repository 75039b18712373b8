"""The platform's scheduled jobs: thin, tolerant of unknown keywords, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from zuka.platform.clock import now
from zuka.platform.mail import forgetting, sending


@shared_task(name="zuka.platform.tasks.send_waiting_mails")
def send_waiting_mails(**_unknown: Any) -> None:
    """Send the mails that wait in the outbox."""
    sending.send_waiting_mails(at=now())


@shared_task(name="zuka.platform.tasks.forget_old_mails")
def forget_old_mails(**_unknown: Any) -> None:
    """Drop what old mails said, and whom they went to."""
    forgetting.forget_old_mails(at=now())
