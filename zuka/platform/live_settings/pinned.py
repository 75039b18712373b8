"""Which settings of staff the environment keeps to itself, a row of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, names

PINNED = Setting(
    "PINNED_SETTINGS",
    names,
    "",
    "Settings, comma-separated, that staff may not change in the back office, although they could: they have what the "
    "environment says, for example POINTS_VALUE_KOBO.",
    "Operation",
)
