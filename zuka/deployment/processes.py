"""The command lines of Zuka's processes, each as what Python is called with."""

from __future__ import annotations

from collections.abc import Sequence

from zuka.platform.queues.declared import SLOTS

WSGI, ASGI = "zuka.wsgi:application", "zuka.asgi:application"
# A worker that the kernel ended (out of memory, say) is replaced; without it the other would be stopped too.
ALIVE = ("--respawn-failed-workers",)
SCHEDULER = "zuka.platform.queues.beat:SteadyScheduler"
CELERY = ("-m", "celery", "--quiet", "--app", "zuka")


def web_command(*, host: str, port: str, workers: str, threads: str) -> list[str]:
    """Return the command of web: so many processes that share a port, each with so many threads."""
    listen = ["--host", host, "--port", port, "--backlog", "2048", "--no-ws"]
    size = ["--workers", workers, "--blocking-threads", threads, "--runtime-mode", "st"]
    return ["-m", "granian", "--interface", "wsgi", *listen, *size, *ALIVE, "--log-level", "error", WSGI]


def streams_command(*, host: str, port: str) -> list[str]:
    """Return the command of the process that streams."""
    listen = ["--host", host, "--port", port, "--no-ws", *ALIVE]
    return ["-m", "granian", "--interface", "asginl", *listen, "--log-level", "error", ASGI]


def worker_command(*, node: str, queues: Sequence[str] = ()) -> list[str]:
    """Return the command of a worker by its name; of these queues, or of all."""
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    asked = ["--queues", ",".join(queues)] if queues else []
    size = ["--concurrency", str(SLOTS), *quick, *asked]
    return [*CELERY, "worker", *size, "--loglevel", "warning", "--hostname", node]


def beat_command(*, node: str) -> list[str]:
    """Return the command of beat, by its name."""
    scheduler = ["--scheduler", SCHEDULER, "--enable-remote-control"]
    return [*CELERY, "beat", "--pidfile=", *scheduler, "--loglevel", "warning", "--hostname", node]
