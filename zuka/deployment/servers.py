"""What systemd and nginx read, made from the processes: `python -m zuka.deployment` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zuka.deployment.processes import beat_command, streams_command, web_command, worker_command
from zuka.platform.config import find_setting

FOLDER = Path(__file__).parent / "files"
WEB_PORTS = ("8000", "8001")
STREAM_PORT = "8010"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things are on a server: the shop's host name, code, Python, data, backups, settings, who runs it, and the
    address that it listens to."""

    host: str
    code: str = "/srv/zuka/current"
    python: str = "/srv/zuka/current/.venv/bin/python"
    data: str = "/var/lib/zuka"
    backups: str = "/var/backups/zuka"
    settings: str = "/etc/zuka.env"
    user: str = "zuka"
    listen: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of systemd: its file, what it does, its command, and how long it may take to end what it has begun."""

    file: str
    text: str
    command: tuple[str, ...]
    stop_seconds: int = 60


def units(listen: str) -> tuple[Unit, ...]:
    """Return the units, some of which listen to an address.

    Web's is a template by port: two, so that one answers while the other starts anew.
    """
    web = web_command(host=listen, port="%i", workers="${WEB_WORKERS}", threads="${WEB_THREADS}")
    return (
        Unit("zuka-web@.service", "web on port %i", tuple(web)),
        Unit("zuka-worker.service", "background tasks", tuple(worker_command(node="worker@%H")), 900),
        Unit("zuka-beat.service", "the clock of background tasks", tuple(beat_command(node="beat@%H"))),
        Unit("zuka-streams.service", "streamed answers", tuple(streams_command(host=listen, port=STREAM_PORT))),
    )


def fill(name: str, facts: dict[str, str]) -> str:
    """Return a file of ours with its `@names@` filled in. Raises KeyError for one that is not given."""
    pieces = (FOLDER / name).read_text(encoding="utf-8").split("@@")
    return "".join(facts[piece] if at % 2 else piece for at, piece in enumerate(pieces))


def facts_of(plan: Plan) -> dict[str, str]:
    """Return what the files name of a plan and of settings."""
    return {
        "host": plan.host,
        "code": plan.code,
        "data": plan.data,
        "backups": plan.backups,
        "settings": plan.settings,
        "user": plan.user,
        "workers": "1",
        "threads": find_setting("WEB_THREADS").default,
        "import_path": f"/{find_setting('ADMIN_PATH').default}analytics/historyimport/add/",
        "streams": f"{plan.listen}:{STREAM_PORT}",
        "webs": "\n".join(f"    server {plan.listen}:{port} max_fails=0;" for port in WEB_PORTS),
        "wants": " ".join([*(f"zuka-web@{port}.service" for port in WEB_PORTS), *OTHERS]),
    }


OTHERS = ("zuka-worker.service", "zuka-beat.service")


def make_files(plan: Plan) -> dict[str, str]:
    """Return every file by its name."""
    facts = facts_of(plan)
    made = {unit.file: fill("unit.service", facts | facts_of_unit(plan, unit)) for unit in units(plan.listen)}
    return {**made, "zuka.target": fill("zuka.target", facts), "zuka.nginx.conf": fill("nginx.conf", facts)}


def facts_of_unit(plan: Plan, unit: Unit) -> dict[str, str]:
    """Return what a unit's file names of it."""
    return {"text": unit.text, "command": command_line(plan, unit), "stop_seconds": str(unit.stop_seconds)}


def command_line(plan: Plan, unit: Unit) -> str:
    """Return a unit's command: nothing in it needs quotes, and systemd fills in settings and `%i`."""
    return " ".join((plan.python, *unit.command))
