"""`manage.py warehouse`, and the job that copies each minute."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.rollup.fill import fill_dirty
from analytics.tasks import copy_to_warehouse
from analytics.warehouse.client import Warehouse
from tests.rollup.story import FRIDAY, THURSDAY, at, event

pytestmark = pytest.mark.django_db
SWITCH = "Set ANALYTICS_ENGINE=clickhouse and restart web and workers; `both` goes back at once."


def said(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("warehouse", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_shop_goes_over_to_clickhouse(warehouse: Warehouse, settings: Any) -> None:
    settings.ANALYTICS_ENGINE = "both"
    event("page.viewed", at(THURSDAY, 9), visitor_id="v1")
    fill_dirty()
    made, filled, copied, same, switch = said("cut-over")
    assert (made.endswith("tables are there."), switch) == (True, SWITCH)
    assert filled.startswith(f"{THURSDAY}: 1 days, ")
    assert copied.endswith("rows were copied, 0 taken back.")
    assert same == f"Every value from {THURSDAY} to {THURSDAY} is the same on both sides."
    event("page.viewed", at(FRIDAY, 9), visitor_id="v1")
    with pytest.raises(CommandError, match="figures differ"):
        said("check")
    assert said("check", "--last", str(THURSDAY)) == [same]
    fill_dirty()
    copy_to_warehouse()
    assert said("check") == [f"Every value from {THURSDAY} to {FRIDAY} is the same on both sides."]


def test_nothing_goes_there_unless_it_is_chosen(warehouse: Warehouse, settings: Any) -> None:
    settings.ANALYTICS_ENGINE, settings.CLICKHOUSE_URL = "postgresql", ""
    copy_to_warehouse()
    with pytest.raises(CommandError, match="Set ANALYTICS_ENGINE to both, and CLICKHOUSE_URL"):
        said("fill")
    settings.ANALYTICS_ENGINE = "both"
    with pytest.raises(CommandError, match="set CLICKHOUSE_URL"):
        said("fill")
