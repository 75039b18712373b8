"""What is refused while a web process sheds load, and what is not."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from zuka.platform.shedding.middleware import SheddingMiddleware


def greet(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


@override_settings(ROOT_URLCONF="bench.rig.crowd.bare_urls")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/search/suggestions/", 503), ("/bare/", 200), ("/nothing/is/here", 200)],
    ids=["of the least urgent", "of no row of the table", "of no route"],
)
def test_only_what_has_a_place_in_the_table_is_refused(rf: RequestFactory, path: str, status: int) -> None:
    shedding = SheddingMiddleware(greet)
    for door in shedding.gate.doors.values():
        door.is_shut, door.busy_since = True, 0.0
    shedding.gate.in_work = 1_000
    assert shedding(rf.get(path)).status_code == status
