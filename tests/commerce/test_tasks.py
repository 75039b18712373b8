from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from commerce.tasks import forget_expired_sessions


@pytest.mark.django_db
def test_sign_ins_that_are_over_are_forgotten() -> None:
    for name, days in (("over", -1), ("living", 1)):
        expires = timezone.now() + timedelta(days=days)
        Session.objects.create(session_key=name, session_data="", expire_date=expires)

    forget_expired_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["living"]
