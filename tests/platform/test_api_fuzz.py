"""The API, fuzzed from its own schema: whatever is sent, no answer is an error of ours."""

from contextlib import closing, nullcontext
from typing import Any

import pytest
import schemathesis
from django.http import HttpResponseBase
from hypothesis import HealthCheck, Phase, given, settings

from tests.ingest.factories import make_key
from zuka.platform.keys.scopes import SCOPES
from zuka.wsgi import application

pytestmark = pytest.mark.django_db(transaction=True)
FEW = settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def answer_whole(environ: Any, start_response: Any) -> list[bytes]:
    """The shop's answer, closed at its end as a server closes it: the client here does not."""
    answer = application(environ, start_response)
    with closing(answer) if isinstance(answer, HttpResponseBase) else nullcontext():
        return [b"".join(answer)]


def test_no_call_that_the_schema_allows_is_an_error_of_ours():
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", answer_whole)
    headers = {"Authorization": f"Bearer {make_key('secret', scopes=[scope.name for scope in SCOPES])}"}
    tried: list[str] = []
    failed: dict[str, str] = {}

    def call(case: Any) -> None:
        answer = case.call(headers=headers)
        if answer.status_code >= 500:
            failed[f"{case.method} {case.path}"] = f"{answer.status_code}: {answer.text[:300]}"

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # a broken schema shall fail here
        tried.append(f"{operation.method} {operation.path}")
        FEW(given(case=operation.as_strategy())(call))()
    assert failed == {}
    assert len(tried) > 40
