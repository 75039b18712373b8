"""The Chromium that browser tests drive."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(environ: Mapping[str, str]) -> str | None:
    """Return the Chromium that ZUKA_CHROMIUM names, else the first on the path, or None."""
    if chosen := environ.get("ZUKA_CHROMIUM"):
        return shutil.which(chosen, path=environ.get("PATH"))
    return next((path for name in NAMES if (path := shutil.which(name, path=environ.get("PATH")))), None)
