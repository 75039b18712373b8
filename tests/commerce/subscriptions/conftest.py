from __future__ import annotations

from tests.commerce.payments.conftest import providers

__all__ = ["providers"]
