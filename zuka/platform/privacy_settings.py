"""The settings of what is kept of people, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, boolean, one_of, positive_to, some_of, text

GROUP = "Privacy"

PRIVACY_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "PRIVACY_SIGNALS",
        boolean,
        "true",
        "Drop events of browsers that send Global Privacy Control or Do Not Track; they are counted, nothing is kept.",
        GROUP,
    ),
    Setting(
        "CONSENT_REQUIRED",
        boolean,
        "false",
        "Keep events of publishable keys only when they say that analytics was consented to.",
        GROUP,
    ),
    Setting(
        "ADDRESSES",
        one_of("truncated", "none", "hashed"),
        "truncated",
        "What is kept of a client's address: its network (truncated), nothing (none) or a keyed hash (hashed).",
        GROUP,
    ),
    Setting(
        "REDACT",
        some_of("email", "phone", "card", "token"),
        "email,phone,card,token",
        "Personal data that is taken out of properties and URLs.",
        GROUP,
    ),
    Setting(
        "PERSONAL_DATA_DAYS",
        positive_to(365),
        "7",
        "Days that the file with what is kept of a person can be downloaded. It is kept where exports of reports are.",
        GROUP,
    ),
    Setting("GEOIP_PATH", text, "", "A MaxMind City or Country file (.mmdb) for country, state and city.", GROUP),
)
