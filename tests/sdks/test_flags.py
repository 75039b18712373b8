"""PostHog's SDKs, unmodified, are told the shop's own flags as the server itself draws them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bench.rig.site import Site
from tests.sdks.installing import tell
from tests.sdks.stories import Sdk
from zuka.platform.flags.bucketing import is_rolled_out, pick_variant

pytestmark = pytest.mark.journey
SALT, HALF, PAIR = "f00d", 5_000, (("control", 50), ("promise", 50))
MAKING = f"""
from django.utils.timezone import now
from zuka.platform.models import FeatureFlag
FeatureFlag.objects.all().delete()
usual = {{"salt": "{SALT}", "is_public": True, "started_at": now()}}
FeatureFlag.objects.create(name="half", rollout={HALF}, **usual)
FeatureFlag.objects.create(name="promise", variants={PAIR}, **usual)
"""


@pytest.mark.parametrize("sdk", [Sdk("posthog_flags_python"), Sdk("posthog_flags_node")], ids=lambda sdk: sdk.name)
def test_posthogs_sdks_are_told_our_flags(live_zuka: Site, installed: Path, sdk: Sdk) -> None:
    live_zuka.manage("shell", "--no-imports", "-c", MAKING)
    time.sleep(1.2)  # web's copy is a second old at most

    done = tell(sdk.name, installed, host=live_zuka.url, key=live_zuka.keys["publishable"])

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        who: {
            "half": is_rolled_out(salt=SALT, unit=who, rollout=HALF),
            "promise": pick_variant(salt=SALT, unit=who, variants=PAIR),
        }
        for who in ("ada", "bola", "chidi")
    }
