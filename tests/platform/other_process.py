"""Another process of the shop on the same database: it answers questions about itself, one a line."""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def main() -> None:
    """Answer until nobody asks any more."""
    django.setup()
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")

    def ask(question: dict[str, Any]) -> dict[str, Any]:
        """Return the statuses of calls by a key and by who is limited, and what a flag is."""
        key, limited = ({"authorization": f"Bearer {question[name]}"} for name in ("key", "limited"))
        flags = client.get("/api/v1/flags/", {"key": question["public"]}, headers={"X-Zuka-Visitor": "ada"}).json()
        return {
            "validation": client.post("/api/v1/keys/validate", {}, "application/json", headers=key).status_code,
            "api": client.get("/api/v1/reports/", headers=key).status_code,
            "flag": [each["is_on"] for each in flags["flags"] if each["name"] == "promise"],
            "limited": [client.get("/api/v1/reports/", headers=limited).status_code for _ in range(2)],
        }

    for line in sys.stdin:
        print(json.dumps(ask(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
