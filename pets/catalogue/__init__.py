"""What pets read of the shop by themselves: its words, and what is on offer. Acts are for `pets.tools`."""

from __future__ import annotations

from pets.catalogue.offers import Offer, Order, best_offers, find_offers, lately_bought, offers_by_ref
from pets.catalogue.words import forget_vocabulary, read_vocabulary, vocabulary_now

__all__ = [
    "Offer",
    "Order",
    "best_offers",
    "find_offers",
    "forget_vocabulary",
    "lately_bought",
    "offers_by_ref",
    "read_vocabulary",
    "vocabulary_now",
]
