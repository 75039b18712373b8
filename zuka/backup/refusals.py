"""Why a backup or a restore is not done, in an operator's words."""

from __future__ import annotations

from zuka.platform.errors import Refused


class BackupRefused(Refused):
    """A backup or restore that cannot be done as things are; the message names the fix."""

    code = "backup_refused"


class BackupDamaged(BackupRefused):
    """A backup is not as its manifest says; the message names the files."""

    code = "backup_damaged"


class BackupBusy(BackupRefused):
    """Another process is at it already."""

    code = "backup_busy"


class BackupLate(BackupRefused):
    """The last good backup is older than BACKUP_LATE_HOURS."""

    code = "backup_late"
