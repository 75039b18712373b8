"""Understanding what shoppers say, in English and Nigerian Pidgin: an intent with its slots, without any network."""

from __future__ import annotations

from pets.catalogue import vocabulary_now
from pets.understanding.deciding import understand
from pets.understanding.records import ACTING, Intent, Seen, Slots, Understanding
from pets.understanding.vocabulary import Named, Vocabulary

__all__ = ["ACTING", "Intent", "Named", "Seen", "Slots", "Understanding", "Vocabulary", "understand", "vocabulary_now"]
