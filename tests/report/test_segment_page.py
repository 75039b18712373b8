"""Segments as staff make, share and use them: pages, API, command line, and who may not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.rollup.fill import fill_dirty
from analytics.store.models import Segment, SegmentMember
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory
from tests.report.brands import make_brands, make_member
from tests.rollup.story import SATURDAY, at, event
from zuka.platform.keys.issuing import issue_key
from zuka.roles import ANALYST, FINANCE, OWNER

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:analytics_segment_add", "admin:analytics_segment_changelist"
KANO = {"c1": "visited", "c1by": "state", "c1values": "Kano | Jigawa", "c1times": "1", "c1days": "7"}
FORM = {"name": "Kano", "match": "all", "description": "", **KANO}


@pytest.fixture
def shop():
    """Femi came from Kano and Bola from Lagos; it is Saturday evening."""
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        for visitor, state in (("femi", "Kano"), ("bola", "Lagos")):
            event("page.viewed", at(SATURDAY, 9), visitor_id=visitor, state=state, source_key=UUID(int=1))
        fill_dirty()
        yield


def staff_of(name: str) -> tuple[User, Client]:
    person: User = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=name))
    client = Client()
    client.force_login(person)
    return person, client


def save(client: Client, **form: Any) -> Segment:
    answer = client.post(reverse(ADD), {**FORM, "do": "save", **form})
    assert answer.status_code == 302, answer.context["refusal"]
    return Segment.objects.latest("pk")


def visits(client: Client, **params: str) -> Any:
    return client.get(reverse("admin:report", args=["sessions"]), {"period": "7d", **params})


def test_a_segment_is_put_together_counted_saved_and_used(shop):
    ada, client = staff_of(OWNER.name)

    page = client.post(reverse(ADD), {**FORM, "do": "add", "kind": "spent"})
    assert [row.kind for row in page.context["rows"]] == ["visited", "spent"]
    assert (page.context["count"], page.context["people"]) == (0, [])
    page = client.post(reverse(ADD), {**FORM, "c2": "spent", "c2least": "1", "c2span": "ever", "do": "remove-2"})
    assert ([row.kind for row in page.context["rows"]], page.context["count"]) == (["visited"], 1)
    assert [name for name, _, _ in page.context["people"]] == ["femi"]
    assert not Segment.objects.exists()

    saved = save(client)
    words = "Visited with state Kano or Jigawa at least 1 time in the last 7 days."
    assert (saved.owner, saved.name, client.get(reverse(LIST)).content.decode().count(words)) == (ada, "Kano", 1)
    page = visits(client, segment=str(saved.pk))
    assert (page.context["table"].totals["sessions"], page.context["about"]) == (
        1,
        "Kano (1 person as of Sat 21 Nov 2026, 20:00)",
    )
    chosen = next(field for field in page.context["fields"] if field.name == "segment")
    assert [(choice.title, choice.is_chosen) for choice in chosen.choices] == [
        ("Everybody", False),
        ("Kano", True),
        ("All but Kano", False),
    ]
    assert visits(client, segment=f"not-{saved.pk}").context["table"].totals["sessions"] == 1
    assert visits(client).context["table"].totals["sessions"] == 2


def test_reports_that_cannot_be_narrowed_do_not_offer_it_and_say_why(shop):
    _, client = staff_of(ANALYST.name)
    saved = save(client)
    address = reverse("admin:report", args=["top_products"])
    assert "segment" not in [field.name for field in client.get(address).context["fields"]]
    refused = client.get(address, {"segment": str(saved.pk)})
    assert (refused.status_code, refused.context["refusal"]["field"]) == (400, "People")
    assert "which does not say whose its rows are. Leave segment out." in refused.context["refusal"]["message"]
    builder = client.get(reverse("admin:report-build"), {"metric": "sessions", "segment": str(saved.pk)})
    assert builder.context["table"].totals == {"sessions": 1}


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        ({"name": " "}, "Name", "Give it a name of 1 to 80 characters."),
        ({"description": "x" * 301}, "Description", "Write 300 characters at most."),
        ({"c1values": "|"}, "1. is", "Say which; it cannot be left empty."),
        ({"c1days": "soon"}, "1. in the last … days", "Write a whole number from 1 to 1,100."),
        ({"c1": "spent", "c1least": "ten"}, "1. at least", "Write an amount from 0 to ₦1,000,000,000.00."),
    ],
)
def test_what_cannot_be_read_is_not_saved(shop, form, field, message):
    answer = staff_of(OWNER.name)[1].post(reverse(ADD), {**FORM, "do": "save", **form})
    assert (answer.status_code, answer.context["refusal"]) == (400, {"field": field, "message": message})
    assert not Segment.objects.exists()


def test_colleagues_use_what_is_shared_and_only_its_owner_changes_it(shop):
    _, ada = staff_of(OWNER.name)
    role = Group.objects.get(name=ANALYST.name)
    shared, own = save(ada, roles=[str(role.pk)]), save(ada, name="Own")
    analyst, finance = staff_of(ANALYST.name)[1], staff_of(FINANCE.name)[1]

    page = analyst.get(reverse("admin:analytics_segment_change", args=[shared.pk]))
    assert (page.context["count"], page.context["may_change"], "people" in page.context) == (1, False, False)
    assert analyst.post(reverse("admin:analytics_segment_change", args=[shared.pk]), FORM).status_code == 403
    assert visits(analyst, segment=str(shared.pk)).status_code == 200
    for client, segment in ((analyst, own), (finance, shared)):
        refused = visits(client, segment=str(segment.pk))
        assert (refused.status_code, "There is no segment" in refused.context["refusal"]["message"]) == (400, True)
        assert client.get(reverse("admin:analytics_segment_change", args=[segment.pk])).status_code == 404


def test_a_brands_own_staff_have_no_segments(shop):
    saved = save(staff_of(OWNER.name)[1])
    client = Client()
    client.force_login(make_member(*make_brands()))
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("segments")).json() == []
    page = reverse("admin:report", args=["product_performance"])
    assert "segment" not in [field.name for field in client.get(page).context["fields"]]
    refused = client.get(reverse("report", args=["product_performance"]), {"segment": str(saved.pk)})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_brands")


def test_keys_and_commands_use_every_segment(shop, capsys):
    saved = save(staff_of(OWNER.name)[1])
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    client: Any = Client(headers={"Authorization": f"Bearer {token}"})
    listed = client.get(reverse("segments")).json()
    assert [(each["id"], each["words"]) for each in listed] == [
        (saved.pk, "Visited with state Kano or Jigawa at least 1 time in the last 7 days.")
    ]
    answer = client.get(reverse("report", args=["sessions"]), {"segment": f"not-{saved.pk}"}).json()
    assert answer["segment"] == {
        "id": saved.pk,
        "name": "Kano",
        "outside": True,
        "people": 1,
        "as_of": "2026-11-21T19:00:00Z",
    }
    csv = client.get(reverse("report-csv", args=["sessions"]), {"segment": str(saved.pk), "period": "today"})
    assert b"".join(csv.streaming_content).decode().splitlines()[1].startswith("2026-11-21,1,")
    call_command("report", "sessions", f"segment={saved.pk}", "period=today")
    assert capsys.readouterr().out.startswith("Visits by day: Kano, Sat 21 Nov 2026\n")
    with pytest.raises(CommandError, match="segment: There is no segment 'moon'"):
        call_command("report", "sessions", "segment=moon")


def test_a_segment_is_deleted_with_its_people_at_once(shop):
    _, client = staff_of(OWNER.name)
    saved = save(client)
    visits(client, segment=str(saved.pk))
    address = reverse("admin:analytics_segment_delete", args=[saved.pk])
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert not [each for each in queries if "analytics_segment_members" in each["sql"]]
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert (Segment.objects.count(), SegmentMember.objects.count()) == (0, 0)


def test_the_list_asks_as_often_for_three_as_for_one(shop):
    _, client = staff_of(OWNER.name)
    save(client)
    counts = []
    for more in (0, 2):
        for _ in range(more):
            save(client)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]
