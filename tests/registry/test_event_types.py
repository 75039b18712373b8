import json
import uuid

import pytest
from django.test import Client

from analytics.ingest.pipeline import process_event
from analytics.ingest.received import Accepted, RawEvent, Source
from analytics.registry.events import EVENT_TYPES, SOURCE_TYPES
from analytics.registry.naming import custom_name, find_type
from analytics.registry.types import Flag, Reason, Said
from tests.ingest.factories import NOON

pytestmark = pytest.mark.django_db
SHOP = Source(door="track", received_at=NOON)


def process(name, properties):
    raw = RawEvent(name=name, user_id="ada", message_id="1", properties=dict(properties), original={})
    return process_event(raw, SHOP)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_example_of_each_type_passes(name):
    result = process(name, EVENT_TYPES[name].example)
    assert isinstance(result, Accepted)
    kept = {key: value for key, value in EVENT_TYPES[name].example.items() if key not in EVENT_TYPES[name].hidden}
    assert (result.whole.event_type, json.loads(result.whole.properties)) == (name, kept)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_broken_example_of_each_type_is_rejected(name):
    result = process(name, EVENT_TYPES[name].broken)
    assert not isinstance(result, Accepted)
    assert (result.stage, result.reason) == ("check_properties", Reason.INVALID_PROPERTY.value)
    assert result.field.startswith("properties.")


@pytest.mark.parametrize(
    ("name", "alias"), [(each.name, alias) for each in EVENT_TYPES.values() for alias in each.aliases]
)
def test_each_alias_leads_to_its_type_however_it_is_written(name, alias):
    for written in (alias, alias.upper(), f"  {alias} ", alias.replace(" ", "_"), alias.replace(" ", "-")):
        found = find_type(written)
        assert found is not None
        assert found.name == name


def test_the_names_of_the_first_source_are_kept():
    assert [find_type(name) for name in SOURCE_TYPES] == [EVENT_TYPES[name] for name in SOURCE_TYPES]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Clicked a Thing!", "custom.clicked_a_thing"),
        ("custom.mine", "custom.mine"),
        ("Ọjà", "custom.j"),
        ("!!!", "custom.unnamed"),
        ("x" * 200, "custom." + "x" * 100),
    ],
)
def test_unknown_names_are_kept_as_custom(sent, kept):
    assert find_type(sent) is None
    assert custom_name(sent) == kept


@pytest.mark.parametrize("name", [each.name for each in EVENT_TYPES.values() if each.said is Said.SERVER])
def test_a_client_that_says_what_only_the_shop_may_say_is_kept_under_another_name(name):
    client = Source(door="native", received_at=NOON, key_id=uuid.uuid4())
    raw = RawEvent(name=name, user_id="ada", message_id="1", properties={}, original={})
    result = process_event(raw, client)
    assert isinstance(result, Accepted)
    assert (result.whole.event_type, result.whole.flags) == (custom_name(name), Flag.RENAMED)
    assert result.whole.source_name == name


def test_the_schema_of_every_type_is_published():
    answer = Client().get("/api/v1/events/schema")
    assert answer.status_code == 200
    assert list(answer.json()["types"]) == list(EVENT_TYPES)
