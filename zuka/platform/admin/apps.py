"""The back office's own admin site, in place of Django's default one."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ZukaAdminConfig(AdminConfig):
    """Django's admin with Zuka's site."""

    default_site = "zuka.platform.admin.site.BackOffice"
