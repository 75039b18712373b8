"""How the API is used: each request to `/api/`, recorded off the request's path.

```text
 middleware.py ─► recording.py ─► writing.py ─► platform_api_usage, a partition a month
 notes a call     queue, thread    COPY          keeping.py makes months ahead and drops old ones
```

The tracking doors answer before Django and are not recorded row by row: what came in by them is counted by key and hour
(`analytics/ingest/counting.py`).
"""
