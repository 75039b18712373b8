"""Events as clients send them, and how tests read what was kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.issuing import issue_key

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def make_key(kind: str = "publishable", **settings: Any) -> str:
    forget_keys()
    scopes = settings.pop("scopes", ["track"])
    return issue_key(name="Test", kind=kind, scopes=scopes, **settings)[1]


def page_view(**fields: Any) -> dict[str, Any]:
    return {"type": "page.viewed", "visitor_id": "ada", "properties": {"path": "/"}, **fields}


def send(body: Any, *, key: str, path: str = "/api/v1/events", status: int = 200, **headers: Any) -> Any:
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    kind = headers.pop("content_type", "application/json")
    answer = Client().post(path, data=data, content_type=kind, headers={"Authorization": f"Bearer {key}", **headers})
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    assert answer["received"] == answer["accepted"] + answer["duplicate"] + answer["rejected"] + answer["dropped"]
    return answer["accepted"], answer["duplicate"], answer["rejected"]


def stored(*columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM analytics_events ORDER BY {', '.join(columns)}")
        return list(cursor.fetchall())


def rejected(*columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM analytics_rejected_events ORDER BY {', '.join(columns)}")
        return list(cursor.fetchall())


def moment(**back: float) -> str:
    return (datetime.now(UTC) - timedelta(**back)).isoformat()


def write_places(path: Path) -> str:
    """Write a file of places, in which this machine is in Ikeja, and return its path."""
    writer = MMDBWriter(ip_version=6, database_type="GeoLite2-City", ipv4_compatible=True)
    lagos = {
        "country": {"iso_code": "NG"},
        "subdivisions": [{"names": {"en": "Lagos"}}],
        "city": {"names": {"en": "Ikeja"}},
    }
    writer.insert_network(IPSet(["127.0.0.0/8"]), lagos)
    writer.to_db_file(str(path))
    return str(path)
