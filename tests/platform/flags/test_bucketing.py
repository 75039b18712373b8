"""Who is drawn: the same for ever, evenly, and the same on the server and in the browser."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ingest.tracker import FLAGS_SCRIPT
from zuka.platform.flags.bucketing import BUCKETS, bucket_of, is_rolled_out, pick_variant
from zuka.platform.flags.evaluating import Flag, Subject, evaluate

PAIR = (("control", 50), ("promise", 50))
FIVE = (("control", 1), ("a", 2), ("b", 3), ("c", 4), ("d", 990))
ROLLOUTS = st.integers(0, BUCKETS)
RUN = Path(__file__).with_name("evaluate.js")


def flag(**told: Any) -> Flag:
    given_ones = {"name": "promise", "unit": "visitor", "salt": "f00d", "rollout": BUCKETS, "variants": PAIR}
    return Flag(is_on=True, is_public=True, **{**given_ones, **told})


# What these are must never change: people would change sides in every shop at once.
@pytest.mark.parametrize(
    ("salt", "unit", "bucket"),
    [
        ("f00d", "ada", 7842),
        ("f00d", "bola", 596),
        ("f00d/variant", "ada", 498),
        ("", "", 8935),
        ("sạ́lt", "Ṣadé 😀", 3693),
    ],
)
def test_buckets_stay_what_they_are(salt, unit, bucket):
    assert bucket_of(salt, unit) == bucket


@given(
    salt=st.text(max_size=16), unit=st.text(max_size=200), rollout=st.integers(0, BUCKETS), more=st.integers(0, BUCKETS)
)
def test_a_larger_rollout_keeps_everybody_of_a_smaller_one_and_their_variants(salt, unit, rollout, more):
    smaller, larger = sorted((rollout, more))
    of = [evaluate(flag(salt=salt, rollout=each), Subject(visitor_id=unit)) for each in (smaller, larger)]
    assert not of[0].is_on or of[0] == of[1]
    assert is_rolled_out(salt=salt, unit=unit, rollout=0) is False
    assert is_rolled_out(salt=salt, unit=unit, rollout=BUCKETS) is True


def test_buckets_and_variants_are_even_and_flags_are_independent():
    people = [f"visitor-{number}" for number in range(20_000)]
    tenths = Counter(bucket_of("one", each) // 1_000 for each in people)
    # Chi-square over 10 tenths: 27.9 is passed by one salt of a thousand.
    assert sum((count - 2_000) ** 2 / 2_000 for count in tenths.values()) < 27.9
    variants = Counter(pick_variant(salt="one", unit=each, variants=FIVE) for each in people)
    assert sum((variants[name] - weight * 20) ** 2 / (weight * 20) for name, weight in FIVE) < 18.5
    both = Counter((bucket_of("one", each) < 5_000, bucket_of("two", each) < 5_000) for each in people)
    assert sum((count - 5_000) ** 2 / 5_000 for count in both.values()) < 16.3
    drawn = [each for each in people if bucket_of("one", each) < 1_000]
    halves = Counter(pick_variant(salt="one", unit=each, variants=PAIR) for each in drawn)
    assert abs(halves["control"] - len(drawn) / 2) < 3.3 * (len(drawn) / 4) ** 0.5


def vectors() -> list[tuple[Flag, str]]:
    """Return flags and visitors that the server and the browser must agree on."""
    flags = [
        flag(),
        flag(variants=()),
        flag(variants=FIVE, salt="0123456789abcdef"),
        flag(rollout=5_000, salt="half"),
        flag(rollout=1, salt="few", variants=()),
        flag(rollout=0),
        flag(rollout=9_999, variants=(("control", 1), ("much", 999)), salt="sạ́lt"),
    ]
    people = [
        "ada",
        "",
        "Ṣadé 😀",
        "x" * 47,
        "x" * 55,
        "x" * 56,
        "x" * 64,
        "x" * 200,
        *(f"v-{each}" for each in range(200)),
    ]
    return [(each, person) for each in flags for person in people]


@pytest.mark.skipif(which("node") is None, reason="node runs the browser's script; it is not on this machine")
def test_the_browser_draws_as_the_server_does():
    asked = [
        {
            "visitor": person,
            "draw": {
                "salt": each.salt,
                "rollout": each.rollout,
                "variants": [{"name": name, "weight": weight} for name, weight in each.variants],
            },
        }
        for each, person in vectors()
    ]
    ran = subprocess.run(
        ["node", str(RUN), str(FLAGS_SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answers = [evaluate(each, Subject(visitor_id=person)) for each, person in vectors()]
    assert json.loads(ran.stdout) == [answer.variant or answer.is_on for answer in answers]
