"""`manage.py compare_payments`: the daily comparison by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commerce.orders.services.comparing import compare_day
from commerce.payments.gateways import GATEWAYS
from commerce.payments.models import ComparisonStatus, PaymentComparison
from zuka.platform.clock import local_day, now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money


class Command(BaseCommand):
    """Compare one day of each provider, or of one."""

    help = "Compare what payment providers list of a day with the ledger, and say what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="for example 2026-11-20; without: yesterday")
        parser.add_argument("--provider", choices=list(GATEWAYS), help="without: each that the shop has keys for")

    def handle(self, *_args: Any, day: date | None, provider: str | None, **_options: Any) -> None:
        at = now()
        providers = [provider] if provider else [name for name, each in GATEWAYS.items() if each.is_configured()]
        if not providers:
            raise CommandError("The shop has no keys of a payment provider.")
        rows = []
        for name in providers:
            try:
                rows.append(compare_day(provider=name, day=day or local_day(at) - timedelta(days=1), at=at))
            except Refused as refusal:
                raise CommandError(refusal.message) from refusal
            self.tell(rows[-1])
        if any(row.status == ComparisonStatus.FAILED for row in rows):
            raise CommandError("Not everything was compared.")

    def tell(self, row: PaymentComparison) -> None:
        """Write what a comparison came to."""
        if row.status == ComparisonStatus.FAILED:
            self.stdout.write(f"{row}: failed. {row.failure_reason}")
            return
        sums = " and ".join(
            f"{count} of {format_money(kobo, row.currency)} {where}"
            for count, kobo, where in (
                (row.provider_count, row.provider_kobo, "there"),
                (row.ledger_count, row.ledger_kobo, "here"),
            )
        )
        open_ones = list(row.differences.unresolved().order_by("id"))
        self.stdout.write(f"{row}: {sums}; {len(open_ones)} differences.")
        for each in open_ones:
            self.stdout.write(f"  {each}. {each.explanation}")
