"""Two hours of a shop in minutes, with everything that goes wrong in years: what is lost, and how long it is away.

./run.sh bench soak [--minutes 6] [--only NAME]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bench.rig.soak.books import check_books, is_settled, wrong_events
from bench.rig.soak.crowd import KINDS, NO_ANSWER, Crowd, Failures, crowd_of, is_refused
from bench.rig.soak.shop import PATIENCE, Shop, holds, open_shop, wait_until
from bench.rig.soak.troubles import LEAD, NEW_MONTH, TROUBLES, Trouble
from bench.rig.tables import describe_run, markdown

HOURS = 2
CALM_SECONDS = 2.0
REST = "rest"
HEADS = (
    "trouble",
    "what happened",
    "calls failed",
    "events lost",
    "event / order / page answered, s",
    "numbers agree, s",
)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=6, help="in which two hours of the shop's pass (6)")
    parser.add_argument(
        "--only", action="append", choices=[each.name for each in TROUBLES], help="one trouble; may be repeated"
    )
    return parser.parse_args()


@dataclass(frozen=True)
class Outcome:
    """What a trouble came to. `answered` again, in seconds by kind of call; `agreed`: None where not in time."""

    trouble: Trouble
    words: str
    failures: Failures
    lost: int
    doubled: int
    answered: dict[str, float]
    agreed: float | None
    problems: list[str]

    @property
    def is_survived(self) -> bool:
        """Whether nothing is lost, nothing is there twice, and everything works again."""
        is_right = not self.lost and not self.doubled and not self.problems
        return is_right and len(self.answered) == len(KINDS) and self.agreed is not None

    def row(self) -> list[str]:
        """Return the row of the table."""
        words = "; ".join(filter(None, (self.trouble.what, self.words)))
        lost = f"{self.lost:,}" + (f", {self.doubled:,} twice" if self.doubled else "")
        late = f"not in {PATIENCE:.0f}"
        answered = [f"{self.answered[kind]:.1f}" if kind in self.answered else late for kind in KINDS]
        agreed = late if self.agreed is None else f"{self.agreed:.1f}"
        return [self.trouble.name, words, failure_words(self.failures), lost, " / ".join(answered), agreed]


def failure_words(failures: Failures) -> str:
    """Return how many calls failed, by kind and status: `an event 12 × 503, a page 3 × no answer`."""
    names = {NO_ANSWER: "no answer"}
    words = [f"{kind} {count:,} × {names.get(code, code)}" for (kind, code), count in sorted(failures.items())]
    return ", ".join(words) or "none"


def seconds_until(true: Callable[[], bool], since: float) -> float | None:
    """Return how many seconds after a moment something came true; None where it did not."""
    try:
        wait_until(true, what="")
    except RuntimeError:  # it did not in time, which the row says
        return None
    return time.monotonic() - since


def endure(shop: Shop, crowd: Crowd, trouble: Trouble, number: int) -> Outcome:
    """Do something to a shop with a crowd in it, and see what becomes of everything."""
    name = f"t{number:02}"
    if trouble.begins and shop.world.now() < trouble.begins:
        shop.world.set_clock(trouble.begins)
    crowd.begin(name)
    time.sleep(CALM_SECONDS)
    done = trouble.act(shop, crowd)
    seconds_until(lambda: len(crowd.answered_since(done.since)) == len(KINDS), done.since)
    time.sleep(CALM_SECONDS)
    crowd.hush()
    failures, answered = crowd.failures(), crowd.answered_since(done.since)
    mended = trouble.mend(shop)
    ids = crowd.taken_as(name)
    agreed = seconds_until(lambda: trouble.must(shop) and is_settled(shop, ids, name), done.since)
    lost, doubled = wrong_events(shop, ids, name)
    ended = [f"{each} ended and was started again" for each in shop.restarted]
    shop.restarted.clear()
    words = "; ".join(filter(None, (done.words, mended, *ended)))
    return Outcome(trouble, words, failures, lost, doubled, answered, agreed, check_books(shop, crowd))


def run(shop: Shop, troubles: list[Trouble], *, minutes: float) -> bool:
    """Let a shop endure troubles, and print the table; say whether it survived all."""
    shop.world.set_clock(NEW_MONTH - LEAD, rate=HOURS * 60 / minutes)
    began, outcomes = time.monotonic(), []
    with crowd_of(shop) as crowd:
        for number, trouble in enumerate(troubles, 1):
            outcomes.append(endure(shop, crowd, trouble, number))
            tell(outcomes[-1])
        rest(shop, crowd, until=began + minutes * 60)
        passed = time.monotonic() - began
        problems = last_look(shop, crowd)
    shown = timedelta(seconds=round(passed * shop.world.rate))
    size = f"{len(crowd.acknowledged):,} events acknowledged, {len(crowd.orders):,} orders taken"
    print(describe_run(f"{shown} of a shop's time in {passed / 60:.1f} minutes, {size}"))
    print(markdown(HEADS, [each.row() for each in outcomes]))
    print("\n".join(problems) or "At the end every event is stored once, every cell recomputes.", flush=True)
    return not problems and all(each.is_survived for each in outcomes)


def tell(outcome: Outcome) -> None:
    """Say at once how a trouble ended: the table comes minutes later."""
    print(f"{' | '.join(outcome.row())}", *outcome.problems, sep="\n  ", file=sys.stderr, flush=True)


def rest(shop: Shop, crowd: Crowd, *, until: float) -> None:
    """Let the crowd go on in peace until the time is over."""
    crowd.begin(REST)
    time.sleep(max(until - time.monotonic(), CALM_SECONDS))
    crowd.hush()
    wait_until(lambda: is_settled(shop, crowd.taken_as(REST), REST), what="all that was tracked in peace is counted")


def last_look(shop: Shop, crowd: Crowd) -> list[str]:
    """Return what is wrong at the end: of any trouble's events some may have gone since.

    Rejected ones go after REJECTED_RETENTION_DAYS, which the clock may have passed.
    """
    found = []
    for name in sorted({each.partition("-")[0] for each in crowd.acknowledged}):
        lost, doubled = wrong_events(shop, {each for each in crowd.taken_as(name) if not is_refused(each)}, name)
        if lost or doubled:
            found.append(f"Of {name} {lost} events are lost at the end, {doubled} there twice.")
    return [*found, *check_books(shop, crowd)]


def main() -> int:
    """Open a shop, trouble it, and say how it was."""
    arguments = read_arguments()
    chosen = [each for each in TROUBLES if not arguments.only or each.name in arguments.only]
    with open_shop(NEW_MONTH - timedelta(hours=1)) as shop:
        wait_until(lambda: holds(lambda: shop.waiting_bytes() == 0), what="the shop is ready")
        return 0 if run(shop, chosen, minutes=arguments.minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
