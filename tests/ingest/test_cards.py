"""Card numbers are found in whatever surroundings, and what is no card stays."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.ingest.cards import PRINTED, is_card, passes_luhn
from analytics.ingest.redaction import redact_text

# Beginnings that issuers have, with the length and the groups of their cards.
ISSUERS = (
    ("4", (4, 4, 4, 4)),
    ("4", (8, 8)),
    ("4", (4, 4, 4, 4, 3)),
    ("51", (4, 4, 4, 4)),
    ("55", (4, 4, 4, 4)),
    ("2221", (4, 4, 4, 4)),
    ("2720", (4, 4, 4, 4)),
    ("34", (4, 6, 5)),
    ("37", (4, 6, 5)),
    ("36", (4, 6, 4)),
    ("305", (4, 6, 4)),
    ("3528", (4, 4, 4, 4)),
    ("5061", (4, 4, 4, 4)),
    ("5061", (4, 4, 4, 4, 3)),
    ("650002", (4, 4, 4, 4, 2)),
    ("6011", (4, 4, 4, 4)),
    ("62", (4, 4, 4, 4)),
)
WORDS = st.sampled_from(["paid with", "order", "naira,", "(card:", "é", "#", "No.", "expires", "ref:", "…", "ada"])
BESIDE = st.one_of(WORDS, st.integers(0, 999_999).map(str), st.sampled_from(["12/28", "1,500.00", "2026-11-21"]))
PIECES = st.lists(BESIDE, max_size=4).map(" ".join)


def finished(digits: str) -> str:
    """Return digits with the last one that makes them a card's."""
    return next(number for each in "0123456789" if passes_luhn(number := digits + each))


@st.composite
def cards(draw: st.DrawFn) -> str:
    begin, groups = draw(st.sampled_from(ISSUERS))
    size = sum(groups) - len(begin) - 1
    digits = finished(begin + draw(st.text("0123456789", min_size=size, max_size=size)))
    between = draw(st.sampled_from(["", " ", "-"]))
    ends = [sum(groups[: place + 1]) for place in range(len(groups))]
    return between.join(digits[end - length : end] for end, length in zip(ends, groups, strict=True))


def test_every_printed_form_is_tried():
    assert {groups for _, groups in ISSUERS} == PRINTED


@given(cards(), PIECES, PIECES)
@example("5169 4000 0000 0008", "", "2026-11-21")  # 4000 0000 0008 2026 is a card's number, too
def test_a_card_is_hidden_whatever_stands_beside_it(card, before, after):
    told = redact_text(f"{before} {card} {after}")
    assert card not in told
    assert "[card]" in told
    # A neighbour whose digits make another card's number with a part of this one goes with it; all else stays.
    words = f"{before} {after}".split()
    begun = {word[:end] for word in words for end in range(1, len(word) + 1)}
    ended = {word[start:] for word in words for start in range(len(word))}
    assert set(" ".join(told.split("[card]")).split()) <= {*begun, *ended, "[phone]"}


@given(cards(), st.sampled_from(['"', "(", "=", ":", ",", "/", "#", "é ", "No."]), st.sampled_from([*'")&,;/.!', " é"]))
def test_a_card_is_hidden_between_signs(card, before, after):
    assert redact_text(f"{before}{card}{after}") == f"{before}[card]{after}"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("12 4111 1111 1111 1111", "12 [card]"),
        ("order 5 4111 1111 1111 1111", "order 5 [card]"),
        ("order 5432 4111 1111 1111 1111", "order 5432 [card]"),
        ("4111 1111 1111 1111 12/28 123", "[card] 12/28 123"),
        ("4111111111111111 123", "[card] 123"),
        ("4111 1111 1111 1111 2nd", "[card] 2nd"),
        ("4111-1111-1111-1111 5500-0000-0000-0004", "[card] [card]"),
        ("0803 123 4567 4111 1111 1111 1111", "[phone] [card]"),
        ("41111111 11111111", "[card]"),
        ("4 111 1111 111111 11", "4 111 1111 111111 11"),
    ],
)
def test_numbers_beside_a_card_hide_it_no_more(told, kept):
    assert redact_text(told) == kept


@given(st.integers(1_000_000_001, 1_999_999_999), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_moments_are_no_cards(seconds, unit):
    count, moment = str(seconds * unit + unit // 7), datetime.fromtimestamp(seconds + 0.123456, tz=UTC)
    written = [f"{moment:%Y%m%d%H%M%S}", f"{moment:%Y%m%d%H%M%S%f}"[:16], f"{moment:%Y%m%d%H%M%S%f}"[:17]]
    for text in (count, f"{count} {count}", moment.isoformat(), f"{moment:%Y-%m-%d %H:%M:%S.%f}", *written):
        assert redact_text(text) == text


@given(st.integers(0, 99_999_999), st.integers(0, 99_999_999))
def test_phones_are_phones(one, other):
    text = f"0803{one:08}"[:11] + " " + f"+234 803 {other:08}"[:16]
    assert redact_text(text) == "[phone] [phone]"


@given(st.integers(2020, 2099), st.integers(0, 999_999), st.integers(10**6, 10**9))
def test_orders_and_amounts_are_no_cards(year, number, kobo):
    for text in (f"ZUKA-{year}-{number:06}", f"{number} {kobo} {year}", f"₦{kobo:,}.00 {number:06} {year}"):
        assert "[card]" not in redact_text(text)


@given(st.text("0123456789", min_size=1, max_size=24))
def test_a_number_that_stands_alone_is_a_card_or_stays(digits):
    assert (redact_text(digits) == "[card]") is is_card(digits)


def test_long_runs_of_numbers_take_time_in_proportion():
    began = time.process_time()
    for piece in ("4111 ", "4-", "4 4-", "41111111111111"):
        redact_text(piece * 40_000 + "x")
    assert time.process_time() - began < 5
