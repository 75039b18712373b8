"""The settings of staff's sign-in and of the audit log, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, positive

GROUP = "Security"

STAFF_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "STAFF_LOCK_ATTEMPTS",
        positive,
        "5",
        "Wrong passwords and codes after which an account's sign-in to the back office is locked; of one network "
        "address four times as many, whatever accounts it tries.",
        GROUP,
    ),
    Setting(
        "STAFF_LOCK_MINUTES", positive, "15", "Minutes for which such a lock lasts, unless an owner opens it.", GROUP
    ),
    Setting(
        "STAFF_SIGN_IN_DAYS",
        positive,
        "400",
        "Days that the history of staff's sign-ins is kept: addresses, devices, and what came of each.",
        GROUP,
    ),
    Setting(
        "AUDIT_RETENTION_YEARS",
        positive,
        "7",
        "Years that the audit log is kept: what staff changed, from what to what.",
        GROUP,
    ),
)
