#!/usr/bin/env python3
"""Django's command line."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
    # Tasks find their broker through it, and `migrate` brings the schedule's rows in step with it.
    import zuka.celery  # noqa: F401

    execute_from_command_line(sys.argv)
