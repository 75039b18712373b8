"""What a user agent says: device, system, browser, and whether it is a robot. Kept libraries do the reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import crawleruseragents
from ua_parser import parse

LONGEST = 500
KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Agent:
    """A reading of a user agent. `is_browser` is False for programs, whose robots are not asked about."""

    device_type: str | None = None
    os: str | None = None
    browser: str | None = None
    is_browser: bool = False
    is_bot: bool = False


NOBODY = Agent()


def read_agent(text: str | None) -> Agent:
    """Return what a user agent says; nothing for none."""
    return parse_agent(text[:LONGEST]) if text else NOBODY


@lru_cache(maxsize=KEPT)
def parse_agent(text: str) -> Agent:
    """Read a user agent: 10 µs by the parser and 100 µs by the list of robots, so the answer is kept.

    The list calls HTTP libraries robots, but an app's own client is none: only browsers are looked up in it.
    """
    is_browser = text.startswith(("Mozilla/", "Opera/"))
    found = parse(text)
    return Agent(
        device_type=device_type(text) if is_browser else None,
        os=found.os.family if found.os else None,
        browser=found.user_agent.family if found.user_agent and is_browser else None,
        is_browser=is_browser,
        is_bot=is_browser and bool(crawleruseragents.is_crawler(text)),
    )


def device_type(text: str) -> str:
    """Return desktop, tablet or mobile, by what browsers agree to put into their user agent."""
    if "iPad" in text or "Tablet" in text or ("Android" in text and "Mobile" not in text):
        return "tablet"
    return "mobile" if "Mobi" in text or "iPhone" in text else "desktop"
