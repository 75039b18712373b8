"""What a web server serves."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

import zuka.celery  # noqa: F401 - tasks sent from a request find their broker through it
from zuka.platform.slow_clients import watch_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
_django = get_wsgi_application()

from analytics.ingest.doors.serving import DoorsApplication  # noqa: E402 - its tables need Django to be set up
from analytics.ingest.writer import process_writer  # noqa: E402 - as above

application = DoorsApplication(_django)
# What is loaded by now stays, and is not looked through again.
gc.collect()
gc.freeze()
watch_connections()
if settings.SPOOL_PATH:  # what waits on disk is stored now, not with the next event that comes
    process_writer()
