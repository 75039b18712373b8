"""Every format of history. To add one: one file beside this one, one name here; choices, docs and tests follow.

The first that fits a file's first record is taken, so those that ask for little stand last.
"""

from __future__ import annotations

from analytics.history.formats.ga4 import GA4
from analytics.history.formats.matomo import MATOMO
from analytics.history.formats.own import CSV, NDJSON
from analytics.history.formats.plausible import PLAUSIBLE
from analytics.history.formats.umami import UMAMI
from analytics.history.forms import Format

FORMATS: dict[str, Format] = {each.id: each for each in (UMAMI, PLAUSIBLE, MATOMO, GA4, CSV, NDJSON)}
