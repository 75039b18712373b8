"""Understanding what shoppers say, in English and Nigerian Pidgin: an intent with its slots, without any network."""

from __future__ import annotations

from datetime import datetime

from pets.understanding.deciding import understand
from pets.understanding.records import ACTING, Intent, Seen, Slots, Understanding
from pets.understanding.vocabulary import Named, Vocabulary

__all__ = ["ACTING", "Intent", "Named", "Seen", "Slots", "Understanding", "Vocabulary", "understand", "vocabulary_now"]


def vocabulary_now(*, now: datetime) -> Vocabulary:
    """Return the words of the live catalogue, read at most every five minutes by a process."""
    from pets.catalogue.words import vocabulary_now as kept_vocabulary  # which is made of this package's records

    return kept_vocabulary(now=now)
