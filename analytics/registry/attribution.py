"""Attribution models: how an order is shared among the visits that led to it.

Each shares an order's whole in millionths, and its money in kobo, so that the shares add up exactly: parts are rounded
down, and what is left goes to the largest remainders, the earlier visit first (Hamilton's method).
"""

from __future__ import annotations

from dataclasses import dataclass

# An order is this many parts.
WHOLE = 1_000_000


@dataclass(frozen=True, slots=True)
class AttributionModel:
    """A model: its name, and what it means to people. Its weights are in `sql/rollups/order_attributions.sql`."""

    name: str
    title: str
    text: str


MODELS: tuple[AttributionModel, ...] = (
    AttributionModel("last", "Last visit", "All of it to the last visit before the order."),
    AttributionModel("first", "First visit", "All of it to the first visit within the look-back."),
    AttributionModel("linear", "Every visit alike", "The same to each visit within the look-back."),
    AttributionModel(
        "position",
        "First and last more (40/20/40)",
        "40 % to the first and to the last visit, 20 % to those between; of two visits each half.",
    ),
)
KOBO = tuple(f"{model.name}_kobo" for model in MODELS)
PARTS = tuple(f"{model.name}_parts" for model in MODELS)
