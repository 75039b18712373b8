"""Zuka's settings with one view more, which does nothing: what any answer of this stack costs at the least."""

from zuka.settings import *  # noqa: F403 - settings are names, all of them

ROOT_URLCONF = "bench.rig.crowd.bare_urls"
