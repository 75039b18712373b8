"""Moments of requests for people's data that packages above act on, in the same transaction."""

from django.dispatch import Signal

# The file that somebody asked for of themselves can be had. Sent with `export`, `kept_until` and `at`.
export_ready = Signal()
