"""What happens to copies of people's data, as their owners hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.accounts.models import User
from commerce.notifications.services import notify_of_account
from zuka.platform.clock import local_day
from zuka.platform.personal_data.models import DataExport


def tell_of_copy(*, export: DataExport, kept_until: datetime, at: datetime, **_signal: Any) -> None:
    """Mail the owner of a copy that it can be downloaded; who has no e-mail sees it in the account."""
    user = User.objects.filter(pk=export.owner_id).first()
    if user is not None and user.email:
        facts = {"kept_until": f"{local_day(kept_until):%-d %B %Y}"}
        notify_of_account(kind="account.data_ready", email=user.email, name=user.name, facts=facts, at=at)
