"""The settings of web processes, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, positive_to

GROUP = "Web"

WEB_SETTINGS: tuple[Setting, ...] = (
    Setting("WEB_WORKERS", positive_to(64), "2", "Web processes that `./run.sh up` starts: one for each core.", GROUP),
    Setting(
        "WEB_THREADS",
        positive_to(512),
        "32",
        "Requests that each web process works on at once. When all of them are busy for a while, what is cheapest to "
        "lose is refused (docs/crowds.md). Where you start web yourself, give its command as many.",
        GROUP,
    ),
)
