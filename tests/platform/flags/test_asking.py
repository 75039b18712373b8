"""What a flag is for somebody, and the note that they saw it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection

from analytics.store.models import Event
from tests.commerce.factories import UserFactory
from tests.platform.flags.making import NOW, make_flag
from zuka.platform import keeping
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.flags.asking import answer_for, groups_of, is_on, kept_flags, load_flags, see_variant
from zuka.platform.flags.changing import FlagChanged, check_variants, edit_flag, end_flag, set_killed, start_flag
from zuka.platform.flags.evaluating import OFF, Answer, Flag, Subject, evaluate
from zuka.platform.flags.models import FeatureFlag
from zuka.platform.keeping import KeptSteadily

ADA = Actor(visitor_id="ada")
CHOSEN: dict[str, Any] = {
    "tiers": frozenset({"pro"}),
    "countries": frozenset({"NG"}),
    "groups": frozenset({"Owner"}),
    "attributes": {"platform": frozenset({"ios", "android"})},
}
MEETS: dict[str, Any] = {
    "visitor_id": "ada",
    "tier": "pro",
    "country": "NG",
    "attributes": {"platform": "ios", "app": "2"},
    "find_groups": lambda: frozenset({"Owner", "Support"}),
}


@pytest.mark.parametrize(
    ("changed", "is_met"),
    [
        ({}, True),
        ({"tier": "free"}, False),
        ({"country": ""}, False),
        ({"find_groups": frozenset}, False),
        ({"attributes": {"app": "2"}}, False),
        ({"attributes": {"platform": "web"}}, False),
        ({"visitor_id": None, "user_id": "ada"}, False),
    ],
)
def test_every_kind_of_criteria_must_hold(changed, is_met):
    flag = Flag(name="f", unit="visitor", salt="s", rollout=10_000, is_on=True, is_public=False, **CHOSEN)
    assert evaluate(flag, Subject(**{**MEETS, **changed})) == (Answer(is_on=True) if is_met else OFF)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({}, Answer(is_on=True, variant="control")),
        ({"variants": []}, Answer(is_on=True)),
        ({"started_at": None}, OFF),
        ({"is_killed": True}, OFF),
        ({"ended_at": NOW}, OFF),
        ({"ended_at": NOW, "kept_variant": "promise"}, Answer(is_on=True, variant="promise")),
        ({"ended_at": NOW, "kept_variant": "promise", "is_killed": True}, OFF),
        ({"rollout": 7_842}, OFF),  # Ada's bucket is 7,842
        ({"rollout": 7_843}, Answer(is_on=True, variant="control")),
        ({"unit": "user"}, OFF),
    ],
)
def test_a_flag_goes_by_its_state(told, answer):
    make_flag(**told)
    assert (answer_for("promise", actor=ADA), is_on("promise", actor=ADA)) == (answer, answer.is_on)
    assert answer_for("unknown", actor=ADA) == OFF


@pytest.mark.django_db(transaction=True)
def test_a_flag_for_keys_of_a_tier_or_for_apps_is_on_where_these_are_told():
    make_flag(tiers=["pro"], attributes={"platform": ["ios"]})
    who = Actor(visitor_id="told")
    told: tuple[dict[str, Any], ...] = (
        {},
        {"tier": "pro"},
        {"attributes": {"platform": "ios"}},
        {"tier": "pro", "attributes": {"platform": "ios"}},
    )
    assert [is_on("promise", actor=who, **each) for each in told] == [False, False, False, True]
    assert [bool(see_variant("promise", at=NOW, actor=who, **each)) for each in told] == [False, False, False, True]
    assert [row[0] for row in seen()] == ["told"]


@pytest.mark.django_db
def test_groups_are_asked_for_only_where_a_flag_has_them(django_assert_num_queries):
    person = UserFactory.create()
    person.groups.add(Group.objects.get(name="Owner"))
    make_flag("everybody")
    make_flag("owners", groups=["Owner"])
    who = Actor(visitor_id="ada", user_id=str(person.pk))
    kept_flags.get()
    with django_assert_num_queries(0):
        assert is_on("everybody", actor=who) is True
    with django_assert_num_queries(1):
        assert is_on("owners", actor=who) is True
    assert (is_on("owners", actor=ADA), groups_of("no-account")) == (False, frozenset())


def seen() -> list[tuple[Any, ...]]:
    """Return every exposure that is stored."""
    told = Event.objects.filter(event_type="experiment.viewed").order_by("occurred_at")
    return [(each.visitor_id, each.properties, each.occurred_at) for each in told]


@pytest.mark.django_db(transaction=True)
def test_who_sees_a_variant_is_noted_once_a_day():
    make_flag()
    make_flag("switch", variants=[])
    make_flag("over", ended_at=NOW, kept_variant="promise")
    who = Actor(visitor_id="once-a-day")
    times = (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1))
    variant = see_variant("promise", at=NOW, actor=who)
    assert [see_variant("promise", at=at, actor=who) for at in times] == [variant] * 3
    assert [see_variant(name, at=NOW, actor=who) for name in ("switch", "over", "unknown")] == ["", "promise", ""]
    properties = {"experiment_id": "promise", "variation_id": variant}
    assert seen() == [("once-a-day", properties, NOW), ("once-a-day", properties, times[2])]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_another_process_note_it_once():
    make_flag()
    kept_flags.get()
    who = Actor(visitor_id="at-once")
    start = threading.Barrier(4)

    def see() -> None:
        start.wait()
        see_variant("promise", at=NOW, actor=who)
        connection.close()

    threads = [threading.Thread(target=see) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [row[0] for row in seen()] == ["at-once"]


@pytest.mark.django_db
def test_the_kill_switch_is_everywhere_within_a_second(monkeypatch):
    flag = make_flag()
    other: KeptSteadily[Mapping[str, Flag]] = KeptSteadily(
        load_flags,
        models=(),
        otherwise={},
        # As another process, which hears of nothing that this one saves.
    )
    assert evaluate(other.get()["promise"], Subject(visitor_id="ada")).is_on is True
    set_killed(flag_id=flag.pk, is_killed=True)
    assert is_on("promise", actor=ADA) is False  # here at once
    monkeypatch.setattr(keeping, "FRESH_SECONDS", 1.0)
    assert other.loaded is not None
    other.loaded = (other.loaded[0] - 1.0, other.loaded[1])
    assert evaluate(other.get()["promise"], Subject(visitor_id="ada")) == OFF
    set_killed(flag_id=flag.pk, is_killed=False)
    assert is_on("promise", actor=ADA) is True


@pytest.mark.django_db
def test_without_a_database_flags_stay_as_they_were_and_unknown_ones_are_off():
    flag = Flag(name="f", unit="visitor", salt="s", rollout=10_000, is_on=True, is_public=False)
    answers: list[Any] = [DatabaseError("away"), {"f": flag}, DatabaseError("away")]

    def load() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept: KeptSteadily[Mapping[str, Flag]] = KeptSteadily(load, models=(), otherwise={})
    found = []
    for _ in range(3):
        found.append(evaluate(kept.get().get("f"), Subject(visitor_id="ada")).is_on)
        kept.forget()
    assert found == [False, True, True]


@pytest.mark.django_db
def test_a_flag_is_started_once_and_ended_once():
    flag = make_flag(started_at=None)
    start_flag(flag_id=flag.pk, at=NOW)
    with pytest.raises(Refused, match="It was started before"):
        start_flag(flag_id=flag.pk, at=NOW)
    with pytest.raises(Refused, match="keep: promise has the variants control, promise"):
        end_flag(flag_id=flag.pk, keep="red", at=NOW)
    end_flag(flag_id=flag.pk, keep="promise", at=NOW + timedelta(days=1))
    with pytest.raises(Refused, match="It has ended"):
        start_flag(flag_id=flag.pk, at=NOW)
    with pytest.raises(Refused, match="Only a flag that was started can end, once"):
        end_flag(flag_id=flag.pk, keep="", at=NOW)
    flag.refresh_from_db()
    assert (flag.started_at, flag.kept_variant, flag.revision) == (NOW, "promise", 3)


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("variants", [["control", 1], ["promise", 3]]), ("unit", "user")])
def test_what_would_move_people_stays_once_it_was_started(field, value):
    flag = make_flag()
    with pytest.raises(Refused, match=f"{field}: stays as it is once started") as refused:
        edit_flag(flag_id=flag.pk, seen=1, values={field: value})
    assert refused.value.field == field
    edit_flag(flag_id=flag.pk, seen=1, values={"variants": [("control", 50), ("promise", 50)], "rollout": 100})
    assert FeatureFlag.objects.get().rollout == 100


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ([("a", 1)], "variants: an experiment has 2 to 10"),
        ([(str(each), 1) for each in range(11)], "variants: an experiment has 2 to 10"),
        ([("a", 1), ("a", 2)], "variants: each needs a name of its own"),
        ([("a", 1), ("b", 0)], "variants: each needs a weight from 1 to 1,000"),
    ],
)
def test_variants_that_are_no_choice_are_refused(variants, message):
    with pytest.raises(Refused, match=message):
        check_variants(variants)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_edit_at_once_one_is_told():
    flag = make_flag()
    start = threading.Barrier(6)
    said: list[str] = []

    def edit(number: int) -> None:
        start.wait()
        try:
            edit_flag(flag_id=flag.pk, seen=1, values={"rollout": number})
            said.append("changed")
        except FlagChanged:
            said.append("told")
        connection.close()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sorted(said), FeatureFlag.objects.get().revision) == (["changed", *["told"] * 5], 2)
