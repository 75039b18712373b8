"""What the page on operations says of queues and workers."""

from __future__ import annotations

from celery import current_app

from zuka.platform.documents import OURS, markdown_table
from zuka.platform.queues.declared import EARLIER, NOW, QUEUES, SLOTS, SLOW, SOON

OWN_WORKERS = f"""```
python -m celery --app zuka worker --concurrency 4 --queues {NOW},{SOON},{EARLIER} --hostname urgent@%h
python -m celery --app zuka worker --concurrency 2 --queues {SLOW} --hostname slow@%h
```"""


def declared_tasks() -> dict[str, str]:
    """Return the queue of each of Zuka's own background tasks, by its name."""
    current_app.loader.import_default_modules()
    tasks = current_app.tasks
    return {name: getattr(tasks[name], "urgency", None) or "" for name in sorted(tasks) if name.startswith(OURS)}


def queue_parts() -> list[str]:
    """Return the page's part on queues."""
    tasks = declared_tasks()
    rows = [
        (f"`{each.name}`", each.text, ", ".join(f"`{task}`" for task, queue in tasks.items() if queue == each.name))
        for each in QUEUES
    ]
    slots = (
        f"One worker serves them all, with {SLOTS} slots (`--concurrency`). For each queue one slot is kept from what "
        f"is less urgent: of {SLOTS}, two at most are with `{SLOW}`, three with `{SOON}` and `{SLOW}` together, so a "
        "mail finds a free one whatever else goes on. A slot takes up to 65 MB of its own."
    )
    workers = (
        "Any number of workers may run, on any machine that reaches PostgreSQL, the broker and the shared folders "
        "(`MEDIA_ROOT`, `EXPORTS_ROOT`). A worker that is told its queues keeps slots among those alone; together they "
        "must serve every queue:"
    )
    earlier = (
        f"`{EARLIER}` is the queue of releases before 0.11.0; what they left there is done by whoever serves it. Let "
        "the worker finish before going back to such a release: that one would not look into the others. More than one "
        "beat does no harm: a job that is queued twice does its work once."
    )
    return [
        "## Queues and workers",
        "Background tasks wait in queues by urgency. Platform, Jobs and `zuka_queue_tasks` say how many wait in each.",
        markdown_table(("Queue", "What it is for", "Tasks"), rows),
        *(slots, workers, OWN_WORKERS, earlier),
    ]
