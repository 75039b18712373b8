"""The platform app."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate


class PlatformConfig(AppConfig):
    """What every package needs; knows none of them."""

    name = "zuka.platform"
    label = "platform"
    verbose_name = "Platform"

    def ready(self) -> None:
        """Register system checks, keep the SQL day function in step with the settings, end connections with threads.

        And watch what is traced, where traces are sent.
        """
        from zuka.platform import checks  # noqa: F401 - registers the checks
        from zuka.platform.db.connections import close_connections_with_threads
        from zuka.platform.db.days import create_day_function
        from zuka.platform.keys import schema  # noqa: F401 - registers the scheme of API keys
        from zuka.platform.metrics import documents as metrics_page  # noqa: F401 - registers its page
        from zuka.platform.metrics.declared import add_figures
        from zuka.platform.metrics.figures import FIGURES
        from zuka.platform.personal_data import documents as personal_data_page  # noqa: F401 - registers its page
        from zuka.platform.personal_data.declared import declare
        from zuka.platform.retention import documents as kept_page  # noqa: F401 - registers its page
        from zuka.platform.retention import entries  # noqa: F401 - registers what is kept
        from zuka.platform.shedding import documents as crowds_page  # noqa: F401 - registers its page
        from zuka.platform.staff.history import note_office_sign_in, note_office_sign_out
        from zuka.platform.throttling import documents as limits_page  # noqa: F401 - registers its page
        from zuka.platform.tracing.watching import watch
        from zuka.platform.usage.keeping import ensure_usage_partitions

        declare()
        add_figures(*FIGURES)
        post_migrate.connect(create_day_function, sender=self)
        post_migrate.connect(ensure_usage_partitions, sender=self)
        user_logged_in.connect(note_office_sign_in, dispatch_uid="platform.staff")
        user_logged_out.connect(note_office_sign_out, dispatch_uid="platform.staff")
        close_connections_with_threads()
        watch()
