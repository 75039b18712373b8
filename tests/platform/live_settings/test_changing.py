"""Settings that staff change while the shop runs."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, get_type_hints

import pytest
from django.conf import settings as environment
from django.db import DatabaseError, connection

from tests.commerce.factories import UserFactory
from zuka.platform import keeping
from zuka.platform.checks import check_pinned
from zuka.platform.errors import Refused
from zuka.platform.keeping import KeptSteadily
from zuka.platform.live_settings.changing import change_setting, undo_change
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.live_settings.reading import LIVE_SETTINGS, LiveSettings, live, load_set, set_by_staff

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
POINT = "POINTS_VALUE_KOBO"


def change(name: str = POINT, value: str | None = "200", **told: Any) -> SettingChange:
    """Change a setting as the first one does, for a reason."""
    given = {"reason": "Holidays", "seen": 0, "by": None, "at": NOW}
    return change_setting(name=name, value=value, **{**given, **told})


def rows() -> list[tuple[Any, ...]]:
    """Return the whole history, oldest first."""
    return list(
        SettingChange.objects.order_by("id").values_list("name", "revision", "value", "reason", "undoes__revision")
    )


def test_every_live_setting_has_its_type():
    hints = get_type_hints(LiveSettings)
    assert list(hints) == [name for name in hints if name in LIVE_SETTINGS]
    assert set(hints) == set(LIVE_SETTINGS)
    assert {name: type(each.read(each.default)) for name, each in LIVE_SETTINGS.items()} == hints


def test_what_guards_against_staff_and_secrets_are_not_live():
    closed = {"REFUND_FOUR_EYES", "POINTS_FOUR_EYES", "STAFF_IDLE_MINUTES", "SECRET_KEY", "PINNED_SETTINGS"}
    assert closed & set(LIVE_SETTINGS) == set()
    with pytest.raises(AttributeError, match="SECRET_KEY is no live setting"):
        _ = live.SECRET_KEY


@pytest.mark.django_db
def test_staff_win_over_the_environment_and_undo_gives_it_back(settings):
    settings.POINTS_VALUE_KOBO = 150
    assert live.POINTS_VALUE_KOBO == 150

    first = change()
    assert live.POINTS_VALUE_KOBO == 200
    second = change(value="300", seen=1, reason="  More  ")
    assert live.POINTS_VALUE_KOBO == 300
    undone = undo_change(change=second, by=None, at=NOW)
    assert (live.POINTS_VALUE_KOBO, undone.undoes) == (200, second)
    change(value=None, seen=3, reason="Over")
    assert live.POINTS_VALUE_KOBO == 150
    assert rows() == [
        (POINT, 1, "200", "Holidays", None),
        (POINT, 2, "300", "More", None),
        (POINT, 3, "200", "Change 2 taken back", 2),
        (POINT, 4, None, "Over", None),
    ]
    with pytest.raises(Refused, match="was changed by somebody meanwhile"):
        undo_change(change=first, by=None, at=NOW)


@pytest.mark.django_db
def test_undo_of_the_first_change_gives_the_setting_back_to_the_environment():
    undo_change(change=change(), by=None, at=NOW)
    assert (live.POINTS_VALUE_KOBO, rows()[-1]) == (100, (POINT, 2, None, "Change 1 taken back", 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        ({"value": "0"}, "value", "POINTS_VALUE_KOBO: expected a whole number from 1 to 1,000,000."),
        ({"value": "1" * 400}, "value", "POINTS_VALUE_KOBO: expected a whole number from 1 to 1,000,000."),
        ({"value": "²"}, "value", "POINTS_VALUE_KOBO: expected a whole number from 1 to 1,000,000."),
        ({"name": "SHOP_ADDRESS", "value": "a\x00b"}, "value", "SHOP_ADDRESS: expected text without NUL characters."),
        ({"name": "SECRET_KEY"}, "name", "SECRET_KEY is no setting that staff may change."),
        ({"reason": " "}, "reason", "reason: say in up to 300 characters why it changes."),
        ({"reason": "x" * 301}, "reason", "reason: say in up to 300 characters why it changes."),
        ({"value": None}, "value", "POINTS_VALUE_KOBO is what the environment says already."),
        ({"seen": 1}, "value", "POINTS_VALUE_KOBO was changed by somebody meanwhile. Look at it, and save again."),
    ],
)
def test_refusals_name_the_field_and_the_fix(told, field, message):
    with pytest.raises(Refused) as refused:
        change(**told)
    assert (refused.value.field, refused.value.message, rows()) == (field, message, [])


@pytest.mark.django_db
def test_the_value_that_it_has_is_no_change():
    change()
    with pytest.raises(Refused, match="POINTS_VALUE_KOBO is 200 already"):
        change(seen=1)


@pytest.mark.django_db
def test_a_pin_of_the_environment_wins(settings):
    change()
    settings.PINNED_SETTINGS = [POINT]
    assert live.POINTS_VALUE_KOBO == environment.POINTS_VALUE_KOBO
    with pytest.raises(Refused, match="POINTS_VALUE_KOBO is pinned: take it out of PINNED_SETTINGS"):
        change(seen=1, value="250")
    settings.PINNED_SETTINGS = [POINT, "POINTS_VALUE"]
    assert [each.msg for each in check_pinned(None)] == ["PINNED_SETTINGS: POINTS_VALUE is no live setting."]


@pytest.mark.django_db
def test_a_value_that_its_setting_takes_no_more_is_left_out():
    SettingChange.objects.create(name=POINT, revision=1, value="none", reason="Old", changed_at=NOW)
    SettingChange.objects.create(name="GONE", revision=1, value="1", reason="Old", changed_at=NOW)
    assert (load_set(), live.POINTS_VALUE_KOBO) == ({}, 100)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_is_told():
    people = [UserFactory.create(is_staff=True) for _ in range(8)]
    start = Barrier(len(people))

    def try_it(number: int) -> str:
        start.wait()
        try:
            change(value=str(200 + number), by=people[number])
        except Refused as refusal:  # who comes second is refused, and counted so below
            return refusal.code
        finally:
            connection.close()
        return "changed"

    with ThreadPoolExecutor(len(people)) as pool:
        said = sorted(pool.map(try_it, range(len(people))))
    assert said == ["changed", *["changed_meanwhile"] * 7]
    assert SettingChange.objects.count() == 1


@pytest.mark.django_db
def test_another_process_has_a_change_within_a_second(monkeypatch):
    other: KeptSteadily[Mapping[str, Any]] = KeptSteadily(
        load_set,
        models=(),
        otherwise={},
        # As another process, which hears of nothing that this one saves.
    )
    assert other.get() == {}
    change()
    assert other.get() == {}
    monkeypatch.setattr(keeping, "FRESH_SECONDS", 1.0)
    assert other.loaded is not None
    other.loaded = (other.loaded[0] - 1.0, other.loaded[1])
    assert other.get() == {POINT: 200}


@pytest.mark.django_db
def test_without_a_database_the_last_known_values_hold():
    answers: list[Any] = [DatabaseError("away"), {POINT: 200}, DatabaseError("away")]

    def load() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept: KeptSteadily[Mapping[str, Any]] = KeptSteadily(load, models=(), otherwise={})
    assert kept.get() == {}
    kept.forget()
    assert kept.get() == {POINT: 200}
    kept.forget()
    assert (kept.get(), kept.get(), answers) == ({POINT: 200}, {POINT: 200}, [])


@pytest.mark.django_db
def test_a_read_costs_no_query_while_it_is_kept(django_assert_num_queries):
    set_by_staff.forget()
    with django_assert_num_queries(1):
        assert [live.POINTS_VALUE_KOBO for _ in range(50)] == [100] * 50
    with django_assert_num_queries(0):
        assert live.RETURN_DAYS == 14
