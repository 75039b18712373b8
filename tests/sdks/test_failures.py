"""What an SDK does when Zuka refuses it, is away for a moment, or asks for patience."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.rig.site import Site
from tests.sdks.installing import tell
from tests.sdks.proxy import Answer, Proxy, open_proxy
from tests.sdks.stories import SDKS, Sdk, forget, stored

pytestmark = pytest.mark.journey
RETRYING = [sdk for sdk in SDKS if sdk.retries]
HASTY = [sdk for sdk in SDKS if not sdk.retries]
AWAY = Answer(503)
PATIENCE = Answer(429, {"Retry-After": "1", "X-RateLimit-Reset": "1"})


def events_of(site: Site) -> list[str]:
    """Return the types of what is stored."""
    return [row[0] for row in stored(site)]


def address(site: Site) -> tuple[str, int]:
    """Return where web listens."""
    return site.address.host, site.address.port


def tell_through(proxy: Proxy, site: Site, sdk: Sdk, folder: Path) -> None:
    """Tell the story through a proxy, with a key that is right."""
    forget(site)
    tell(sdk.name, folder, host=proxy.url, key=site.keys["publishable"])


@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.name)
def test_a_wrong_key_stops_an_sdk_at_once(live_zuka: Site, installed: Path, sdk: Sdk) -> None:
    forget(live_zuka)
    with open_proxy(address(live_zuka)) as proxy:
        tell(sdk.name, installed, host=proxy.url, key="zpk_" + "0" * 40)

    assert proxy.statuses == [sdk.status] * sdk.refused
    assert stored(live_zuka) == []


@pytest.mark.parametrize("answer", [AWAY, PATIENCE], ids=["away", "patience"])
@pytest.mark.parametrize("sdk", RETRYING, ids=lambda sdk: sdk.name)
def test_what_is_not_taken_at_first_is_sent_again_and_counted_once(
    live_zuka: Site, installed: Path, sdk: Sdk, answer: Answer
) -> None:
    with open_proxy(address(live_zuka), [answer]) as proxy:
        tell_through(proxy, live_zuka, sdk, installed)

    assert Counter(proxy.statuses)[answer.status] == 1
    assert stored(live_zuka) == sdk.rows


@pytest.mark.parametrize("sdk", HASTY, ids=lambda sdk: sdk.name)
def test_an_sdk_without_retries_loses_what_is_not_taken(live_zuka: Site, installed: Path, sdk: Sdk) -> None:
    with open_proxy(address(live_zuka), [AWAY]) as proxy:
        tell_through(proxy, live_zuka, sdk, installed)

    assert proxy.statuses[0] == AWAY.status
    assert len(events_of(live_zuka)) == len(proxy.statuses) - 1
