"""Doing the same in several threads at one moment, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection, connections


def do_at_once(work: Callable[[], object], *, times: int = 2) -> list[Exception]:
    """Do something in so many threads at one moment; return what went wrong."""
    barrier, wrong = threading.Barrier(times), []

    def one() -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            work()
        except Exception as error:  # noqa: BLE001 - told by the test that asked
            wrong.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=one) for _ in range(times)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return wrong
