"""A shop that sends its mails to the practice post office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zuka.demo.providers.post import PostOffice
from zuka.demo.providers.post import open_post_office as open_office

__all__ = ["PostOffice", "open_post_office"]


@contextmanager
def open_post_office(settings: Any) -> Iterator[PostOffice]:
    """A post office that the shop sends by."""
    with open_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        settings.EMAIL_URL = f"smtp://127.0.0.1:{office.port}"
        settings.MAIL_FROM = "shop@zuka.example"
        settings.SHOP_NAME = "Ada's Shop"
        yield office
