"""What each SDK can do, and what Zuka holds when it has told the shopper's story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.rig.site import Site

Row = tuple[str, str | None, int | None, str | None, str | None, str | None, str | None]
STORED = """
    SELECT event_type, product_ref, value_kobo, order_ref, search_query, user_id,
           CASE WHEN visitor_id IS NULL OR visitor_id = 'visitor-1' THEN visitor_id ELSE 'made up' END
    FROM analytics_events ORDER BY event_type
"""
STEPS: tuple[tuple[str, str | None, int | None, str | None, str | None], ...] = (
    ("cart.item_added", "ankara-gown", 3_700_000, None, None),
    ("checkout.started", None, 3_700_000, None, None),
    ("order.created", None, 3_700_000, "web-1001", None),
    ("page.viewed", None, None, None, None),
    ("product.searched", None, None, None, "ankara"),
    ("product.viewed", "ankara-gown", 1_850_000, None, None),
)


@dataclass(frozen=True, slots=True)
class Sdk:
    """A published SDK.

    `identify` says whether its protocol has such a call and whether that names the person. `refused` is how many posts
    it sends with a wrong key, and `status` what each of them is answered. `retries` says whether it sends again what
    was not taken; Umami's and Jitsu's do not. rudder_node sends its first call alone, so it learns of a key twice.
    """

    name: str
    visitor: str | None = "visitor-1"
    identify: Literal["named", "nameless", "none"] = "named"
    retries: bool = True
    refused: int = 1
    status: int = 401

    @property
    def language(self) -> str:
        """The language it is for."""
        return self.name.rpartition("_")[2]

    @property
    def rows(self) -> list[Row]:
        """What Zuka holds after the story."""
        told: list[Row] = [(*step, "shopper-1", self.visitor) for step in STEPS]
        if self.identify == "none":
            return told
        who = "shopper-1" if self.identify == "named" else None
        return [*told, ("user.identified", None, None, None, None, who, self.visitor)]


SDKS = (
    Sdk("segment_python"),
    Sdk("segment_node"),
    Sdk("rudder_python"),
    Sdk("rudder_node", refused=2),
    Sdk("posthog_python", visitor=None),
    Sdk("posthog_node", visitor=None),
    Sdk("snowplow_python", identify="none"),
    Sdk("snowplow_node", identify="none"),
    Sdk("umami_python", visitor="made up", identify="none", retries=False, status=400),
    Sdk("umami_node", visitor="made up", identify="nameless", retries=False, refused=7, status=400),
    Sdk("jitsu_node", retries=False, refused=7),
)


def forget(site: Site) -> None:
    """Empty what the last story left."""
    site.sql("TRUNCATE analytics_events, analytics_rejected_events")


def stored(site: Site) -> list[Row]:
    """Return what Zuka holds."""
    return [(row[0], row[1], row[2], row[3], row[4], row[5], row[6]) for row in site.sql(STORED)]
