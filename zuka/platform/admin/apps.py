"""The back office's own admin site, in place of Django's default one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import sites
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from tablib.formats import registry


class LateXlsx:
    """Tablib's XLSX, loaded when the first such file is made.

    What reads and writes them takes 0.2 s and 13 MB of each process, and the library of exports asks every format
    whether it is there while it is imported.
    """

    def __getattr__(self, name: str) -> Any:
        from tablib.formats._xlsx import XLSXFormat  # see above

        return getattr(XLSXFormat, name)


class ZukaAdminConfig(AdminConfig):
    """Django's admin with Zuka's site."""

    default_site = "zuka.platform.admin.site.BackOffice"

    def ready(self) -> None:
        """Find every package's pages, then add the platform's own: they replace some of a library's."""
        # Unfold's app has put its own site in the place of `default_site`; without this, pages would vanish silently.
        site: Any = sites.DefaultAdminSite()
        admin.site = sites.site = site
        registry.register("xlsx", LateXlsx())
        super().ready()
        from zuka.platform.admin import (  # noqa: F401 - models must be loaded
            backups,
            flags,
            jobs,
            keys,
            live_settings,
            mails,
            personal_data,
            rate_limits,
            roles,
        )
        from zuka.platform.audit import pages  # noqa: F401 - as above
        from zuka.platform.audit.syncing import sync_audit
        from zuka.platform.retention import pages as kept  # noqa: F401 - as above
        from zuka.platform.staff import admin as staff  # noqa: F401 - as above

        post_migrate.connect(roles.sync_roles, dispatch_uid="zuka.sync_roles")
        post_migrate.connect(sync_audit, dispatch_uid="zuka.sync_audit")
