"""The files of servers: units that systemd takes, with the commands of our processes, and one place for each fact."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from zuka.deployment.documents import deployment_page
from zuka.deployment.processes import beat_command, web_command, worker_command
from zuka.deployment.servers import STREAM_PORT, WEB_PORTS, Plan, make_files
from zuka.platform.config import SETTINGS
from zuka.up.homes import CHECKOUT

PLAN = Plan(host="shop.example", code=str(CHECKOUT), python="/usr/bin/env", user="daemon")
DEFAULTS = {each.name: each.default for each in SETTINGS}


def command_of(unit: str) -> list[str]:
    return next(line for line in unit.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=").split()


def test_every_file_is_made_and_nothing_is_left_open() -> None:
    made = make_files(PLAN)
    assert sorted(made) == [
        *("zuka-beat.service", "zuka-streams.service", "zuka-web@.service", "zuka-worker.service"),
        *("zuka.nginx.conf", "zuka.target"),
    ]
    assert [name for name, content in made.items() if "@@" in content] == []


def test_units_run_what_up_runs() -> None:
    made = make_files(PLAN)
    web = web_command(host="127.0.0.1", port="%i", workers="${WEB_WORKERS}", threads="${WEB_THREADS}")
    assert command_of(made["zuka-web@.service"]) == ["/usr/bin/env", *web]
    assert command_of(made["zuka-worker.service"]) == ["/usr/bin/env", *worker_command(node="worker@%H")]
    assert command_of(made["zuka-beat.service"]) == ["/usr/bin/env", *beat_command(node="beat@%H")]


def test_units_of_a_machine_of_their_own_listen_to_its_network() -> None:
    made = make_files(replace(PLAN, listen="10.0.0.5"))
    listening = [command_of(unit) for unit in made.values() if " granian " in unit]
    assert [command[command.index("--host") + 1] for command in listening] == ["10.0.0.5", "10.0.0.5"]
    site = made["zuka.nginx.conf"]
    assert re.findall(r"10\.0\.0\.5:(\d+)", site) == [*WEB_PORTS, STREAM_PORT]
    assert "127.0.0.1" not in site


def test_the_settings_of_the_guide_pass_every_check(tmp_path: Path) -> None:
    found = re.search(r"```\n(SECRET_KEY=.*?)```", deployment_page(), re.DOTALL)
    assert found is not None
    lines = found[1].replace("what openssl rand -hex 32 prints", secrets.token_hex(32)).replace("/var/lib/zuka", "{0}")
    given = dict(line.format(tmp_path).split("=", 1) for line in lines.splitlines())
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **given, "METRICS_PATH": str(tmp_path / "metrics")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (asked.returncode, asked.stderr) == (0, "")


def test_no_part_of_a_command_needs_quotes() -> None:
    units = [content for name, content in make_files(PLAN).items() if name.endswith(".service")]
    plain = re.compile(r"[\w@%$/{}.,:=-]+")
    assert [part for unit in units for part in command_of(unit) if not plain.fullmatch(part)] == []


def test_the_image_starts_web_as_up_does() -> None:
    found = re.search(r'CMD \["sh", "-c", "exec python (.*?)"\]', (CHECKOUT / "Dockerfile").read_text(), re.DOTALL)
    assert found is not None
    said = found[1].replace("\\\n", "").split()
    sizes = (f"${{{name}:-{DEFAULTS[name]}}}" for name in ("WEB_WORKERS", "WEB_THREADS"))
    workers, threads = sizes
    meant = web_command(host="0.0.0.0", port="8000", workers=workers, threads=threads)
    assert sorted(said) == sorted("warning" if part == "error" else part for part in meant)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    (tmp_path / "zuka.env").touch()
    for name, content in make_files(PLAN).items():
        (tmp_path / name).write_text(content)
    files = sorted(path.name.replace("@.", "@8000.") for path in tmp_path.glob("zuka*.service"))
    asked = subprocess.run(
        ["systemd-analyze", "verify", *files, "zuka.target"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (asked.returncode, asked.stdout) == (0, "")
