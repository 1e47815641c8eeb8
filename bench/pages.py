"""Server time of each role's home page with the demo class, against the log-in page, which asks the database nothing.

Reads the database that DATABASE_URL or DAILIES_DATA name (the demo's by default). The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 30
PEOPLE = ("student1", "instructor", "mentor", "admin")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DAILIES_DATA", str(ROOT / "var" / "demo"))
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

    floor = median_ms(Client(), "/log-in/")
    homes = {}
    for name in PEOPLE:
        client = Client()
        client.force_login(User.objects.get(username=name))
        milliseconds = median_ms(client, "/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        homes[name] = {
            "ms": milliseconds,
            "queries": len(queries),
            "times_floor": round(milliseconds / floor, 1),
        }
    print(json.dumps({"bench": "pages", "log_in_ms": floor, "home": homes}))


def median_ms(client: object, path: str) -> float:
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        response = client.get(path)  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - begun))
        if response.status_code != 200:
            raise SystemExit(f"{path} answered {response.status_code}")
    return round(statistics.median(times), 1)


if __name__ == "__main__":
    main()
