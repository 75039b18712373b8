"""Staff ask for a person's data and for their erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from tests.commerce.factories import UserFactory
from zuka.platform.audit.models import AuditEntry
from zuka.platform.clock import now
from zuka.platform.models import DataExport, ErasureRequest
from zuka.platform.personal_data.exporting import write_exports

pytestmark = pytest.mark.django_db
ERASURES, EXPORTS = "admin:platform_erasurerequest", "admin:platform_dataexport"


@pytest.fixture
def office(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="owner@shop.example", password="x"))
    return client


def add(client: Client, page: str, **said: str) -> Any:
    return client.post(reverse(f"{page}_add"), {"reason": "Asked by mail", "sure": "on", **said}, follow=True)


def test_an_erasure_is_asked_for_with_a_reason_and_noted(office: Client, settings: Any) -> None:
    settings.STAFF_REAUTH_MINUTES = 0
    user = UserFactory.create(email="ada@example.com")

    assert office.get(reverse(f"{ERASURES}_add")).status_code == 200
    assert b"This field is required" in add(office, ERASURES, kind="email", name="ada@example.com", reason="").content
    assert b"This field is required" in add(office, ERASURES, kind="email", name="ada@example.com", sure="").content
    assert ErasureRequest.objects.count() == 0
    assert b"There is no such account" in add(office, ERASURES, kind="user", name=str(ErasureRequest().pk)).content
    assert add(office, ERASURES, kind="email", name="ada@example.com").status_code == 200
    request = ErasureRequest.objects.get()

    assert (request.asked_by, request.status, request.reason) == ("staff", "waiting", "Asked by mail")
    assert AuditEntry.objects.filter(action="person.erasure_asked", person_id=user.pk).count() == 1
    assert office.get(reverse(f"{ERASURES}_change", args=[request.pk])).status_code == 200


def test_a_file_is_for_who_asked(office: Client, settings: Any, tmp_path: Path) -> None:
    settings.STAFF_REAUTH_MINUTES, settings.MEDIA_ROOT = 0, str(tmp_path)
    user = UserFactory.create()
    add(office, EXPORTS, kind="user", name=str(user.pk))
    export = DataExport.objects.get()
    address = reverse("admin:personal-data-file", args=[export.pk])
    assert b"is being made" in office.get(address, follow=True).content

    write_exports(at=now())
    other = Client()
    other.force_login(User.objects.create_superuser(email="other@shop.example", password="x"))
    answer: Any = office.get(address)

    assert (answer["Content-Type"], b"".join(answer.streaming_content)[:2]) == ("application/zip", b"PK")
    assert b"no longer kept" in other.get(address, follow=True).content


def test_who_may_not_ask_sees_no_page(db: None) -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True))

    assert [client.get(reverse(f"{page}_add")).status_code for page in (ERASURES, EXPORTS)] == [403, 403]
