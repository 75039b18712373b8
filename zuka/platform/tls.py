"""Whom calls to providers trust: certificates that a process reads once, where httpx reads them for every call."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def trusted_context(*, trust_env: bool = True) -> ssl.SSLContext:
    """Return the context that httpx makes for a call, made once: to read all authorities takes 23 ms of a processor.

    It may be shared by threads and calls. Without `trust_env` SSL_CERT_FILE and SSL_CERT_DIR are not heeded.
    """
    return httpx2.create_ssl_context(trust_env=trust_env)
