"""The words of the live catalogue, kept by each process for a while."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db.models import F, Func, TextField

from commerce.catalog.indexes import ProductSearch, SearchWord
from commerce.catalog.models import Brand, Category
from pets.understanding.vocabulary import Named, Vocabulary

KEPT = timedelta(minutes=5)
MOST_WORDS = 30_000
MOST_VALUES = 500
_lock = threading.Lock()
_kept: tuple[datetime, Vocabulary] | None = None


def vocabulary_now(*, now: datetime) -> Vocabulary:
    """Return the words of the live catalogue, read at most every five minutes by a process.

    Where the words are old, one thread reads them anew; the others meanwhile go on with the old ones.
    """
    global _kept  # noqa: PLW0603 - kept by the process on purpose
    kept = _kept
    if kept and kept[0] <= now < kept[0] + KEPT:
        return kept[1]
    if not _lock.acquire(blocking=kept is None):
        assert kept
        return kept[1]
    try:
        if _kept is None or not _kept[0] <= now < _kept[0] + KEPT:
            _kept = now, read_vocabulary()
        return _kept[1]
    finally:
        _lock.release()


def forget_vocabulary() -> None:
    """Let the next question read the words anew."""
    global _kept  # noqa: PLW0603 - kept by the process on purpose
    _kept = None


def read_vocabulary() -> Vocabulary:
    """Return the words of what the shop shows. Five queries."""
    categories = Category.objects.active().order_by("pk").values_list("pk", "slug", "name", "parent_id")
    brands = Brand.objects.active().order_by("pk").values_list("pk", "slug", "name")
    words = SearchWord.objects.order_by("-products", "word").values_list("word", flat=True)[:MOST_WORDS]
    return Vocabulary(
        categories=tuple(Named(*row) for row in categories),
        brands=tuple(Named(*row) for row in brands),
        colours=read_values("colours"),
        sizes=read_values("sizes"),
        words=frozenset(words),
    )


def read_values(field: str) -> tuple[str, ...]:
    """Return the colours or sizes that variants have, the commonest first."""
    value = Func(F(field), function="unnest", output_field=TextField())
    values = ProductSearch.objects.annotate(value=value).values_list("value", flat=True).distinct().order_by("value")
    return tuple(values[:MOST_VALUES])
