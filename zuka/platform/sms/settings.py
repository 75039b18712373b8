"""The settings of text messages, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, calling_codes, positive, sms_url

GROUP = "Text messages"

SMS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SMS_URL",
        sms_url,
        "",
        "The account that text messages are sent by, with which customers sign in by phone: "
        "termii://API_KEY@v3.api.termii.com?from=SENDER, with the address that Termii's dashboard shows and a sender "
        "that it has approved; special characters as %40. Empty: no signing in by phone.",
        GROUP,
    ),
    Setting(
        "SMS_CALLING_CODES",
        calling_codes,
        "+234",
        "Where phones are that codes are sent to, comma-separated: numbers abroad are dear, and thieves earn by them. "
        "Empty: anywhere.",
        GROUP,
    ),
    Setting("SMS_PHONE_DAILY", positive, "10", "Most codes to one phone in 24 hours.", GROUP, live=True),
    Setting(
        "SMS_ADDRESS_HOURLY",
        positive,
        "10",
        "Most codes that one network address gets sent in an hour.",
        GROUP,
    ),
    Setting(
        "SMS_DAILY",
        positive,
        "500",
        "Most codes in 24 hours, to all phones together: what a day of misuse may cost. Beyond it nobody signs in by "
        "phone until it is fewer again.",
        GROUP,
        live=True,
    ),
)
