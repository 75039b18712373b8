"""Where Django looks for analytics' tables; they live in `store/models/`."""

from __future__ import annotations

from analytics.store import models as stored

__all__ = ["stored"]
