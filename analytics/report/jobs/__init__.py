"""Exports that a worker writes while nobody waits: started, written, offered, and thrown away."""

from analytics.report.jobs.offering import ExportUnknown, find_export, may_read, open_export, read_link, sign_link
from analytics.report.jobs.starting import ExportRefused, Owner, cancel_export, start_export
from analytics.report.jobs.writing import forget_exports, write_exports

__all__ = [
    "ExportRefused",
    "ExportUnknown",
    "Owner",
    "cancel_export",
    "find_export",
    "forget_exports",
    "may_read",
    "open_export",
    "read_link",
    "sign_link",
    "start_export",
    "write_exports",
]
