"""Connections to PostgreSQL end with the threads that opened them."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from django.db import close_old_connections, connection, connections

from analytics.ingest.products import find_product
from zuka.platform.db.connections import Closing

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'short'"


def ask(opened: list[int]) -> None:
    """Use this thread's connection, as the doors do, and leave it open."""
    find_product("gown")
    with connection.cursor() as cursor:
        cursor.execute("SET application_name = 'short'")
        cursor.execute(MINE)
        opened.append(cursor.fetchone()[0])


def test_a_thread_that_ends_leaves_no_connection_behind():
    opened: list[int] = []
    for _ in range(3):
        thread = threading.Thread(target=ask, args=[opened])
        thread.start()
        thread.join()
    with connection.cursor() as cursor:
        for _ in range(100):  # PostgreSQL takes a moment to notice
            cursor.execute("SELECT pg_sleep(0.02)")
            cursor.execute(MINE)
            if cursor.fetchone() == (0,):
                break
        cursor.execute(MINE)
        assert (cursor.fetchone(), opened[0]) == ((0,), 1)


def test_a_forked_process_leaves_its_parent_s_connections_alone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    closing = Closing(connection.connection)
    closing.process = 0
    del closing
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_connection_that_is_used_all_the_time_is_asked_once_in_five_seconds():
    connection.close()
    connection.ensure_connection()
    vars(connections["default"])["asked_at"] = 0.0
    assert connection.is_usable()
    pid = connection.connection.info.backend_pid
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [pid])
        before = cursor.fetchone()
        assert connection.is_usable()
        cursor.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [pid])
        assert cursor.fetchone() == before
        vars(connections["default"])["asked_at"] -= 5
        assert connection.is_usable()
        cursor.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [pid])
        assert cursor.fetchone() > before


def test_a_connection_that_the_server_ended_is_opened_anew():
    connection.close()
    connection.ensure_connection()
    assert connection.is_usable()
    pid = connection.connection.info.backend_pid
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)

    close_old_connections()  # as Django does before and after each request
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (pid,)
