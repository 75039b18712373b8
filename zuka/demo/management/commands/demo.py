"""`manage.py demo`: invented, repeatable data for an empty shop."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zuka.demo.catalogue import make_catalogue
from zuka.demo.history import History
from zuka.demo.loading import count, has_data, learn, load
from zuka.demo.plans import STAGES, Plan, Stage, present
from zuka.platform import clock


class Command(BaseCommand):
    """Fill an empty shop with the data of a stage of its life."""

    help = "Make demo data: " + "; ".join(f"{stage.name}: {stage.text}" for stage in STAGES.values()) + "."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=list(STAGES), default="busy")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other data; the same, the same")
        parser.add_argument("--once", action="store_true", help="do nothing when the shop has data")
        parser.add_argument("--today", type=date.fromisoformat, help="a past day to end with, for example 2026-11-20")

    def handle(self, *_args: Any, stage: str, seed: int, once: bool, today: date | None, **_options: Any) -> None:
        chosen = STAGES[stage]
        if has_data():
            if once:
                self.stdout.write("The shop has data already; nothing was changed.")
                return
            raise CommandError("The shop has data already. Demo data is for an empty shop; use an empty database.")
        try:
            until = present(today=today, now=clock.now())
        except ValueError as error:
            raise CommandError(f"--today {error}.") from error
        if not chosen.has_catalogue:
            self.stdout.write("The shop stays empty.")
            return
        self.fill(chosen, Plan(seed=seed, days=chosen.days, events=chosen.events, until=until))

    def fill(self, stage: Stage, plan: Plan) -> None:
        began = time.monotonic()
        catalogue = make_catalogue(seed=plan.seed, opened_at=plan.opened_at)
        history, events = load(plan, catalogue)
        learn()
        self.stdout.write(f"{len(catalogue.products)} products, {len(catalogue.variants)} variants.")
        if history:
            self.describe(history, events, seconds=time.monotonic() - began)
            counting = time.monotonic()
            rows = count(plan)
            self.stdout.write(f"{rows} rows of rollups counted in {time.monotonic() - counting:.1f} s.")
        self.stdout.write(f"Stage {stage.name} is ready after {time.monotonic() - began:.1f} s.")

    def describe(self, history: History, events: int, *, seconds: float) -> None:
        bought, plan = history.bought, history.plan
        payments, refunds = (sum(len(getattr(each, name)) for each in bought) for name in ("payments", "refunds"))
        self.stdout.write(
            f"{len(history.customers)} customers, {len(bought)} orders, {payments} payments, {refunds} refunds."
        )
        self.stdout.write(f"{events} events from {plan.first} to {plan.last}, made and stored in {seconds:.1f} s.")
