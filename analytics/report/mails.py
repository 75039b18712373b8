"""The mails that reports send."""

from __future__ import annotations

from zuka.platform.mail.templates import MailTemplate, add_mail_templates

add_mail_templates(
    [
        MailTemplate(
            "alert.fired",
            "{alert}: {message}",
            "To the recipients of an alert, when a figure is beyond its limit or something that is watched went wrong.",
            {
                "alert": "Quiet days",
                "message": "Revenue paid (Revenue by day), Fri 20 Nov 2026: ₦12,500 is below ₦50,000.",
                "every_hours": 24,
                "link": "https://zuka.example/admin/reports/revenue/?period=yesterday",
            },
        )
    ]
)
