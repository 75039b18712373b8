"""The same application for an ASGI server: for streams, which hold their connection open."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

import zuka.celery  # noqa: F401 - tasks sent from a request find their broker through it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
application = get_asgi_application()
