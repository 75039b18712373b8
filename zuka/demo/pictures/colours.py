"""The colours that pictures are drawn in, by name."""

from __future__ import annotations

COLOURS: dict[str, str] = {
    "amber": "#e08a1e",
    "ash": "#9a9c98",
    "black": "#24211f",
    "blush": "#f0c4b4",
    "brass": "#b98a3a",
    "bronze": "#8a5a2b",
    "burgundy": "#6d1a2d",
    "butter": "#f6dc8c",
    "champagne": "#ead3ad",
    "charcoal": "#43464a",
    "coffee": "#5b3a29",
    "coral": "#e2583e",
    "cream": "#f8efdc",
    "emerald": "#0f7b55",
    "fuchsia": "#b8256e",
    "gold": "#d9a441",
    "green": "#2f7d3b",
    "grey": "#b4b8b8",
    "indigo": "#22336b",
    "ivory": "#fbf6e9",
    "lemon": "#f1d94a",
    "lilac": "#b7a0d4",
    "mint": "#9fd3b6",
    "mustard": "#d3a02a",
    "navy": "#1d2b4a",
    "nude": "#d9b196",
    "olive": "#6f7136",
    "orange": "#e2711d",
    "oxblood": "#5e1f1f",
    "peach": "#f4b48d",
    "pink": "#ef94a9",
    "plum": "#5a2a5c",
    "purple": "#5b2f8f",
    "red": "#c1272d",
    "rose": "#d98880",
    "rust": "#a8482a",
    "saffron": "#f2b138",
    "sand": "#d8bd8f",
    "silver": "#c9ccd2",
    "sky": "#8fbfe0",
    "slate": "#5a6b7b",
    "stone": "#c2b8a3",
    "tan": "#b0743f",
    "teal": "#117a7c",
    "terracotta": "#c4623f",
    "turquoise": "#2aa7a8",
    "wine": "#7d1f3c",
    "white": "#ffffff",
}
PAPER, INK = "#fbf7f0", "#1d1a18"


def mix(first: str, second: str, share: float) -> str:
    """Return a colour between two `#rrggbb`; `share` of the second, 0 to 1."""
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)
