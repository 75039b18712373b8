"""Every SDK, unmodified, with its host changed, tells the same story, and Zuka holds the same events."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.rig.site import Site
from tests.sdks.installing import tell
from tests.sdks.stories import SDKS, Sdk, forget, stored

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.name)
def test_an_sdk_s_story_arrives_whole(live_zuka: Site, installed: Path, sdk: Sdk) -> None:
    forget(live_zuka)

    done = tell(sdk.name, installed, host=live_zuka.url, key=live_zuka.keys["publishable"])

    assert done.returncode == 0, done.stderr
    assert stored(live_zuka) == sdk.rows
    assert live_zuka.sql("SELECT reason, message FROM analytics_rejected_events") == []
