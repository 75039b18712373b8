"""`up`: servers, tables, staff user, demo data, then web, worker, beat and practice payments until it is stopped."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

from zuka.demo.providers.pages import MAILS, MESSAGES
from zuka.deployment.processes import beat_command, streams_command, web_command, worker_command
from zuka.platform.queues.declared import broker_url
from zuka.up.environment import for_shop, value_of
from zuka.up.homes import Home, open_home, tag_of, write_private
from zuka.up.ports import Address, read_address, refuse_unless_free
from zuka.up.practice import MAIL, SIGN_IN, SMS, has_any, is_wanted, reserve_practice
from zuka.up.refusals import Refusal
from zuka.up.runs import Run, claim_run
from zuka.up.servers import Server, environment_of, find_dead, running_servers, say_what_stays
from zuka.up.stopping import Stop, StopRequested, listening_to_signals
from zuka.up.supervision import Supervisor, run_step
from zuka.up.terminal import say, stage, write

READY_SECONDS = 90.0
WATCH_SECONDS = 0.25
# As root Celery warns in ten lines; an evaluation on a fresh server is often just that.
AS_ROOT = ("-W", "ignore:You're running the worker with superuser")


def run_up(arguments: list[str]) -> int:
    """Start everything and stay until a signal, then return 0; raises Refusal when something cannot work."""
    if arguments:
        raise Refusal(
            f"up takes no arguments, and got {' '.join(arguments)}", "Its settings are variables: ./run.sh help"
        )
    began = time.monotonic()
    address = read_address(os.environ)
    home = open_home(os.environ)
    with listening_to_signals() as stop, claim_run(home, url=address.url) as run:
        try:
            refuse_unless_free(address)
            with running_servers(home) as servers:
                serve(home, address, servers, run=run, stop=stop, began=began)
        except StopRequested:
            say_what_stays(home)
            say("stopped")
    return 0


def serve(home: Home, address: Address, servers: list[Server], *, run: Run, stop: Stop, began: float) -> None:
    """Prepare the data, start the processes, say where they are, and watch them until a signal (StopRequested)."""
    environment = for_shop(home, environment_of(servers), address=address)
    empty_counts(home)
    stop.check()
    credentials = prepare_shop(home, environment, stop)
    supervisor = Supervisor(home.logs, stop)
    try:
        practice_url = start_processes(supervisor, home, address, environment)
        run.note_children(supervisor.children)
        wait_until_ready(supervisor, home, address, environment)
        facts = {"url": address.url, **credentials, **urls_of(environment)}
        write_private(home.run_file, json.dumps(facts, indent=2) + "\n")
        announce(home, facts, environment, practice_url=practice_url, seconds=time.monotonic() - began)
        watch(supervisor, servers)
    finally:
        if supervisor.children:
            with stage(f"{', '.join(child.name for child in supervisor.children)} stopped") as current:
                supervisor.end_all(current)


def empty_counts(home: Home) -> None:
    """Forget what the processes of the run before counted for /metrics: each new one adds a file of its own."""
    for path in (home.path / "metrics").glob("*.db"):
        path.unlink(missing_ok=True)


def urls_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return where the servers are, for scripts."""
    return {"database_url": environment["DATABASE_URL"], "redis_url": environment["REDIS_URL"]}


def prepare_shop(home: Home, environment: Mapping[str, str], stop: Stop) -> dict[str, Any]:
    """Migrate, make the staff user and the keys, and fill an empty shop with demo data; return login and keys."""
    migrate(home, environment, stop)
    credentials = bootstrap(home, environment, stop)
    demo_stage = environment.get("ZUKA_DEMO_STAGE") or "busy"
    with stage(f"demo data ({demo_stage}, unless the shop has data)") as current:
        demo = manage("demo", "--stage", demo_stage, "--once")
        run_step("demo", demo, environment=environment, logs=home.logs, stop=stop, stage=current)
    return credentials


def migrate(home: Home, environment: Mapping[str, str], stop: Stop) -> None:
    """Bring the tables up to date."""
    with stage("tables are up to date") as current:
        command = manage("migrate", "--no-input", "--verbosity", "0")
        run_step("migrate", command, environment=environment, logs=home.logs, stop=stop, stage=current)


def bootstrap(home: Home, environment: Mapping[str, str], stop: Stop) -> dict[str, Any]:
    """Make the staff user and the keys unless those in run.json still work; return them."""
    # Not through a log: it holds a password and a secret key.
    with tempfile.TemporaryFile() as output, stage("staff user and keys") as current:
        command = manage("bootstrap", "--known", str(home.run_file))
        run_step("bootstrap", command, environment=environment, logs=home.logs, stop=stop, stage=current, output=output)
        output.seek(0)
        printed = json.loads(output.read())
    return {"staff": printed["staff"], "keys": printed["keys"]}


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "manage.py", *arguments]


def start_processes(supervisor: Supervisor, home: Home, address: Address, environment: Mapping[str, str]) -> str:
    """Start web, worker and beat, streams and practice payments where wanted; return where the latter are."""
    with contextlib.ExitStack() as held:
        practice = held.enter_context(reserve_practice(home, address)) if is_wanted(environment) else None
        settings = {**environment, **(practice.settings(environment) if practice else {})}
        for name, command in {**process_table(home, address, environment), **streams(address, environment)}.items():
            supervisor.start(name, [sys.executable, *command], environment=settings)
        if practice is None:
            return ""
        command = [sys.executable, *practice.command(address, environment)]
        supervisor.start("payments", command, environment=settings, files=practice.files)
        return practice.address.url


def process_table(home: Home, address: Address, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the processes of a shop: what Python is called with, by name."""
    worker_node, beat_node = node_names(home)
    workers, threads = (str(value_of(name, environment)) for name in ("WEB_WORKERS", "WEB_THREADS"))
    return {
        "web": web_command(host=address.host, port=str(address.port), workers=workers, threads=threads),
        "worker": [*AS_ROOT, *worker_command(node=worker_node)],
        "beat": [*AS_ROOT, *beat_command(node=beat_node)],
    }


def streams(address: Address, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the process that streams, where ZUKA_STREAM_PORT names its port: what Python is called with."""
    port = environment.get("ZUKA_STREAM_PORT")
    if not port:
        return {}
    own = read_address({"ZUKA_HOST": address.host, "ZUKA_PORT": port})
    refuse_unless_free(own)
    return {"streams": stream_command(own)}


def stream_command(own: Address) -> list[str]:
    """Return what Python is called with to stream at an address."""
    return streams_command(host=own.host, port=str(own.port))


def node_names(home: Home) -> list[str]:
    """Return Celery's names for worker and beat: their own for each home, should two share one REDIS_URL."""
    return [f"{name}-{tag_of(home.path)}@localhost" for name in ("worker", "beat")]


def wait_until_ready(supervisor: Supervisor, home: Home, address: Address, environment: Mapping[str, str]) -> None:
    """Wait until web says that it is ready and the worker answers; raises Refusal with the last answer otherwise."""
    with stage("web answers") as current:
        if not supervisor.wait_for(lambda: ask_ready(address)[0] == 200, seconds=READY_SECONDS, stage=current):
            status, body = ask_ready(address)
            raise Refusal(
                f"web is not ready after {READY_SECONDS:.0f} s ({status}: {body})", f"Its log is in {home.logs}."
            )
    with stage("worker and beat answer") as current:
        ping = celery_ping(environment["REDIS_URL"], node_names(home))
        if not supervisor.wait_for(ping, seconds=READY_SECONDS, stage=current):
            raise Refusal(f"worker or beat do not answer after {READY_SECONDS:.0f} s", f"Its log is in {home.logs}.")


def ask_ready(address: Address) -> tuple[int, str]:
    """Return what /readyz answers: status and body; 0 where nobody answers."""
    connection = http.client.HTTPConnection(address.local_host, address.port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status, answer.read(500).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)


def celery_ping(redis_url: str, names: list[str]) -> Callable[[], bool]:
    """Return a function that says whether all these nodes answer."""
    # Needed here only, and 0.2 s to import.
    from celery import Celery

    broker = Celery("up", broker=broker_url(redis_url), set_as_current=False)
    return lambda: len(broker.control.ping(destination=names, timeout=1, limit=len(names)) or []) == len(names)


def announce(
    home: Home, facts: Mapping[str, Any], environment: Mapping[str, str], *, practice_url: str, seconds: float
) -> None:
    """Print where everything is, and how to get in."""
    url, staff, keys = facts["url"], facts["staff"], facts["keys"]
    shop = {"Shop": f"{url}/shop/"} if environment.get("STOREFRONT", "").lower() == "true" else {}
    if practice_url:
        shop["Practice payments"] = f"{practice_url}  (no money moves; set PAYSTACK_SECRET_KEY for real ones)"
        if not has_any(environment, SIGN_IN):
            shop["Practice sign-in"] = "Google and Apple are played; set GOOGLE_CLIENT_IDS for real ones"
        if not has_any(environment, MAIL):
            shop["Practice mail"] = f"{practice_url}{MAILS}  (codes are shown here; set EMAIL_URL for real ones)"
        if not has_any(environment, SMS):
            shop["Practice SMS"] = f"{practice_url}{MESSAGES}  (codes are shown here; set SMS_URL for real ones)"
    rows = shop | {
        "Back office": f"{url}/{environment.get('ADMIN_PATH') or 'admin/'}",
        "Staff login": f"{staff['email']}  {staff['password']}",
        "API docs": f"{url}/api/docs/",
        "Publishable key": keys["publishable"],
        "Secret key": keys["secret"],
        "For scripts": str(home.run_file),
    }
    if home.data != home.path:
        rows["Server data"] = str(home.data)
    write("")
    say(f"up after {seconds:.1f} s. Ctrl-C stops everything, as does ./run.sh down from another terminal.")
    for name, text in rows.items():
        write(f"  {name:<17} {text}")
    write("")


def watch(supervisor: Supervisor, servers: list[Server]) -> None:
    """Show what the processes say until a signal (StopRequested), or until a process or server is gone (Refusal)."""
    while True:
        supervisor.look()
        if gone := find_dead(servers):
            raise Refusal(
                f"{gone} is gone, so everything is stopped", "Start again with ./run.sh up; no committed data are lost."
            )
        time.sleep(WATCH_SECONDS)
