"""The analytics app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AnalyticsConfig(AppConfig):
    """An event's journey, from the door to a number on a page."""

    name = "analytics"
    verbose_name = "Analytics"

    def ready(self) -> None:
        """Keep views, triggers and partitions in step after each migrate; register the system checks."""
        from analytics import checks, documents, retention  # noqa: F401 - register checks, pages, and what is kept
        from analytics.figures import FIGURES
        from analytics.lifecycle.archive.tiers import event_tiers
        from analytics.lifecycle.compaction.tiers import count_tiers
        from analytics.personal_data import declare
        from analytics.report import mails  # noqa: F401 - registers its templates
        from analytics.report.mailing.boards import BOARD
        from analytics.report.mailing.composing import MAILED
        from analytics.rollup.disk import read_disk
        from analytics.store.extensions import count_statements
        from analytics.store.partitioning import ensure_event_partitions
        from analytics.store.views import sync_views
        from analytics.track import track
        from zuka.platform.facts import bind_facts
        from zuka.platform.mail.templates import add_mail_templates
        from zuka.platform.metrics.declared import add_figures
        from zuka.platform.retention.storage import bind_disk, bind_tiers

        declare()
        add_mail_templates([MAILED, BOARD])
        add_figures(*FIGURES)
        bind_facts(track)
        bind_disk(read_disk)
        bind_tiers(lambda: [*event_tiers(), *count_tiers()])
        post_migrate.connect(sync_views, sender=self)
        post_migrate.connect(ensure_event_partitions, sender=self)
        post_migrate.connect(count_statements, sender=self)
