"""Real SDKs' bodies, changed at random, at every door: drawn by hypothesis, and led by coverage with atheris.

Atheris is 35 MB and only for Linux on x86, so it is no dependency. With `ZUKA_FUZZ` set to a folder it is installed
there, pinned: `ZUKA_FUZZ=.zuka/fuzz ./run.sh test tests/ingest/test_fuzz.py`; `ZUKA_FUZZ_SECONDS=600` goes on longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ingest.doors.table import ROUTES
from tests.ingest.factories import make_key, rejected
from tests.ingest.fuzzing import FORMS, SEEDS, make_request, run_door
from tests.sdks.installing import CannotInstallError, run
from zuka.up.homes import CHECKOUT

FOLDER = os.environ.get("ZUKA_FUZZ")
SECONDS = int(os.environ.get("ZUKA_FUZZ_SECONDS", "10"))
RUNS = 20_000
PINS = Path(__file__).parent / "fuzz_requirements.txt"
NUMBERS = range(len(SEEDS) + len(FORMS))


def seed(number: int) -> bytes:
    """The bytes that stand for a body as it is."""
    return number.to_bytes(2, "little") + bytes(2)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_body_is_taken_as_it_is_sent(db, number):
    outcome = run_door(seed(number))
    assert outcome is not None
    assert outcome.accepted != []


def test_every_door_has_a_body():
    paths = [path for path, _ in SEEDS] + [path for path, _ in FORMS]
    assert {ROUTES[path][0].name for path in paths} == {door.name for door, _ in ROUTES.values()}


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.sampled_from(NUMBERS), changes=st.binary(max_size=60))
def test_no_change_to_a_real_body_is_an_error_of_ours(db, number, changes):
    run_door(number.to_bytes(2, "little") + changes)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.sampled_from(NUMBERS), changes=st.binary(max_size=60))
def test_postgresql_takes_whatever_a_door_accepts(number, changes):
    path, body, headers = make_request(number.to_bytes(2, "little") + changes)
    kind = headers.pop("Content-Type")
    headers["Authorization"] = f"Bearer {make_key()}"
    answer = Client().post(path, data=body, content_type=kind, headers=headers)
    assert answer.status_code < 500, (path, body, answer.content)
    assert [row for row in rejected("reason", "message") if row[0] == "storage_error"] == []


def install_atheris(folder: Path) -> Path:
    """Return where atheris is, installing it when it is not there. Raises CannotInstallError without a network."""
    found = sorted(folder.glob("venv/lib/*/site-packages/atheris"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], folder)
        options = ["--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:"]
        run([str(folder / "venv/bin/python"), "-m", "pip", "install", *options, "-r", str(PINS)], folder)
        found = sorted(folder.glob("venv/lib/*/site-packages/atheris"))
    return found[0].parent


# Atheris is 35 MB and has no wheel for every machine, so it is not locked; the test above fuzzes on every run.
@pytest.mark.skipif(not FOLDER, reason="set ZUKA_FUZZ to a folder to install atheris in")
def test_coverage_leads_to_no_error_of_ours(tmp_path):
    try:
        packages = install_atheris(Path(FOLDER or "").resolve())
    except CannotInstallError as problem:
        pytest.skip(f"no atheris here: {problem}")  # it has wheels for some machines only
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in NUMBERS:
        (corpus / str(number)).write_bytes(seed(number))
    limits = [f"-max_total_time={SECONDS}", f"-atheris_runs={RUNS * max(SECONDS // 10, 1)}", "-max_len=80"]
    command = [sys.executable, "-m", "tests.ingest.fuzz_target", str(corpus), *limits, f"-artifact_prefix={tmp_path}/"]
    # Without a database: what products are meant is left open, as while PostgreSQL is away.
    away = {"DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent", "REDIS_URL": ""}
    environment = {**os.environ, **away, "PYTHONPATH": f"{CHECKOUT}:{packages}"}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=SECONDS + 120, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert "Done " in done.stderr
