"""Files of history as each product writes them, and how tests import them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.history.starting import bring_file, start_import
from analytics.history.working import import_waiting
from analytics.store.models import HistoryImport
from zuka.platform import clock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOPPER = {
    "website_id": "site-1",
    "session_id": "ses-1",
    "visit_id": "vis-1",
    "event_id": "evt-1",
    "hostname": "shop.example",
    "browser": "chrome",
    "os": "Windows 10",
    "device": "laptop",
    "screen": "1920x1080",
    "language": "en-US",
    "country": "NG",
    "region": "NG-LA",
    "city": "Ikeja",
    "url_path": "/shoes",
    "url_query": "utm_source=ig&utm_medium=social",
    "referrer_path": "/p/1",
    "referrer_query": "",
    "referrer_domain": "instagram.com",
    "page_title": "Shoes, all of them",
    "event_type": "1",
    "event_name": "",
    "tag": "",
    "distinct_id": "",
    "created_at": "2025-11-20 10:00:00",
}
ADDED = {
    "event_id": "evt-2",
    "url_path": "/shoes/1",
    "event_type": "2",
    "event_name": "add_to_cart",
    "distinct_id": "ada",
}
NOBODY_SENT = {"url_query": "", "referrer_path": "", "referrer_domain": ""}
PHONE = {"session_id": "ses-2", "visit_id": "vis-2", "event_id": "evt-3", "browser": "crios", "os": "iOS"}
ACCRA = {"device": "mobile", "country": "GH", "region": "", "city": "Accra", "url_path": "/"}


def table(*rows: dict[str, str]) -> str:
    """Rows as CSV, with the first one's columns."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


UMAMI = table(
    SHOPPER,
    {**SHOPPER, **NOBODY_SENT, **ADDED, "created_at": "2025-11-20 10:01:30"},
    {**SHOPPER, **NOBODY_SENT, **PHONE, **ACCRA, "created_at": "2025-12-01 23:30:00"},
)
PLAUSIBLE = """"date","visitors","pageviews","bounces","visits","visit_duration"
"2025-10-01",120,340,60,150,9000
"2025-10-02",0,0,0,0,0
"2025-10-03",80,200,40,90,5400
"""


def matomo_visit(**fields: Any) -> dict[str, Any]:
    action = {"url": "https://shop.example/shoes", "timestamp": 1_763_632_800}
    item = {"itemSKU": "SHOE-1", "itemName": "Shoe", "itemCategory": "Shoes", "price": 5000, "quantity": 2}
    return {
        "idSite": "1",
        "idVisit": "68536",
        "visitorId": "0123456789abcdef",
        "userId": None,
        "actionDetails": [
            {"type": "action", **action, "pageTitle": "Shoes", "pageId": "11"},
            {
                "type": "action",
                **action,
                "pageId": "12",
                "productViewSku": "SHOE-1",
                "productViewName": "Shoe",
                "productViewCategories": ["Shoes"],
                "productViewPrice": 5000,
            },
            {"type": "search", "siteSearchKeyword": "red shoes", "siteSearchCount": "4", **action, "pageId": "13"},
            {"type": "event", "eventCategory": "Video", "eventAction": "play", **action, "pageId": "14"},
            {
                "type": "ecommerceOrder",
                "orderId": "A-100",
                "revenue": "11000.50",
                "revenueShipping": "1000.50",
                "itemDetails": [item],
                "timestamp": 1_763_632_900,
            },
        ],
        "siteCurrency": "NGN",
        "referrerType": "campaign",
        "referrerName": "detty",
        "referrerKeyword": "shoes",
        "referrerUrl": "https://instagram.com/p/1",
        "deviceType": "Smartphone",
        "operatingSystemName": "Android",
        "browserName": "Chrome Mobile",
        "countryCode": "ng",
        "region": "Lagos",
        "city": "Ikeja",
        **fields,
    }


def ga4_row(name: str = "page_view", *, micros: int = 1_763_632_800_123_456, **fields: Any) -> dict[str, Any]:
    params = {
        "page_location": {"string_value": "https://shop.example/shoes?utm_source=ig"},
        "ga_session_id": {"int_value": "1763632799"},
        "source": {"string_value": "ig"},
        "medium": {"string_value": "social"},
        **fields.pop("params", {}),
    }
    return {
        "event_date": "20251120",
        "event_timestamp": str(micros),
        "event_name": name,
        "event_params": [{"key": key, "value": value} for key, value in params.items()],
        "user_pseudo_id": "111.222",
        "user_id": None,
        "privacy_info": {"analytics_storage": "Yes"},
        "device": {"category": "mobile", "operating_system": "Android", "web_info": {"browser": "Chrome"}},
        "geo": {"country": "Nigeria", "region": "Lagos", "city": "(not set)"},
        "traffic_source": {"source": "google", "medium": "cpc", "name": "the first of all"},
        "platform": "WEB",
        "items": [],
        **fields,
    }


def lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def pages(count: int, *, day: str = "2025-11-20", ids: str = "m") -> str:
    """So many page views in our own format, a second apart."""
    return lines(
        *(
            {
                "type": "page.viewed",
                "visitor_id": f"v{number % 7}",
                "message_id": f"{ids}{number}",
                "occurred_at": f"{day}T10:{number // 60:02}:{number % 60:02}Z",
                "page_path": "/",
            }
            for number in range(count)
        )
    )


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bring(path: Path, *, format_id: str = "", source: str = "shop.example") -> HistoryImport:
    """A file that a command reads where it is."""
    return bring_file(path=path, name=path.name, format_id=format_id, source=source, at=clock.now(), is_kept=False)


def bring_kept(folder: Path, name: str, content: str | bytes, *, format_id: str = "") -> HistoryImport:
    """A file in the folder of history, that a worker may import."""
    kept = folder / "history"
    kept.mkdir(parents=True, exist_ok=True)
    path = write(kept, name, content)
    job = bring_file(path=path, name=name, format_id=format_id, source="shop.example", at=clock.now())
    return start_import(job_id=job.pk, at=clock.now())


def run(job: HistoryImport) -> tuple[str, int, int, int, int, int]:
    """Let a worker import; return status, records, accepted, duplicate, rejected, dropped."""
    import_waiting(at=clock.now())
    return outcome(job)


def outcome(job: HistoryImport) -> tuple[str, int, int, int, int, int]:
    job.refresh_from_db()
    assert job.received == job.accepted + job.duplicate + job.rejected + job.dropped
    return job.status, job.records, job.accepted, job.duplicate, job.rejected, job.dropped
