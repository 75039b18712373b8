"""The runs of a job as staff see them: bars of how long each took, and the latest in a table."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zuka.platform.job_runs import JobRun

DRAWN, LISTED = 60, 20
STEP, HEIGHT, LEAST = 10, 100, 3


def duration_text(seconds: float | None) -> str:
    """Return how long something took: `42 ms`, `3.1 s`, `2 min 5 s`; a dash where that is not known."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60} min {int(seconds) % 60} s"


def end_text(run: JobRun) -> str:
    """Return how a run ended."""
    return "Done" if run.outcome == "done" else f"Failed: {run.error}"


def show_runs(task: str) -> SafeString:
    """Return the last runs of a task."""
    runs = list(JobRun.objects.filter(task=task)[:DRAWN])
    longest = max((run.seconds for run in runs), default=0.0)
    facts: dict[str, Any] = {"runs": runs, "width": len(runs) * STEP, "height": HEIGHT}
    facts["bars"] = [bar_of(run, place, longest) for place, run in enumerate(reversed(runs))]
    facts["listed"] = [
        {"started_at": run.started_at, "text": duration_text(run.seconds), "end": end_text(run), "error": run.error}
        for run in runs[:LISTED]
    ]
    facts |= {"longest": duration_text(longest), "failed": sum(run.outcome == "failed" for run in runs)}
    return render_to_string("platform/job_runs.html", facts)


def bar_of(run: JobRun, place: int, longest: float) -> dict[str, Any]:
    """Return the bar of a run: whole numbers, which no language writes with a comma."""
    height = max(round(run.seconds / longest * HEIGHT), LEAST) if longest else LEAST
    text = f"{duration_text(run.seconds)}, {end_text(run)}"
    return {
        "x": place * STEP + 1,
        "y": HEIGHT - height,
        "height": height,
        "failed": run.outcome == "failed",
        "text": text,
    }
