"""Reports by mail: when they are due, what they say, who gets them."""

from analytics.report.mailing.boards import BOARD, compose_mail, title_of
from analytics.report.mailing.calendar import next_due
from analytics.report.mailing.composing import MAILED, MailedReport, compose_report
from analytics.report.mailing.leaving import leave, read_leaving
from analytics.report.mailing.sending import send_due_reports, send_now

__all__ = [
    "BOARD",
    "MAILED",
    "MailedReport",
    "compose_mail",
    "compose_report",
    "leave",
    "next_due",
    "read_leaving",
    "send_due_reports",
    "send_now",
    "title_of",
]
