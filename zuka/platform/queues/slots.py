"""A worker's slots that are kept for what is urgent: one long task more never makes a mail wait.

Of a worker's slots one is kept for each more urgent queue that it serves too: with four of them, at most three are
with what comes soon or slowly, and two of those with what is slow. What a queue may not have now is left in it, for any
worker with a free slot; nothing is taken and then held back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from celery import bootsteps, signals
from celery.worker import state

from zuka.platform.queues.declared import NAMES, rank_of
from zuka.platform.queues.routing import queue_of

LOOK_SECONDS = 0.25


def open_queues(*, served: Sequence[str], at_work: Mapping[str, int], slots: int) -> list[str]:
    """Return the queues, of those that a worker serves, from which it may take a task now.

    `at_work` says how many tasks of each queue it has.
    """
    ranks = sorted({rank_of(queue) for queue in served})
    taken = {rank: sum(count for queue, count in at_work.items() if rank_of(queue) >= rank) for rank in ranks}
    room = {rank: max(slots - place, 1) for place, rank in enumerate(ranks)}
    # What is less urgent than a queue counts against it, since it may not have its place either.
    is_open = {rank: all(taken[each] < room[each] for each in ranks if 0 < each <= rank) for rank in ranks}
    return [queue for queue in served if is_open[rank_of(queue)]]


class KeepSlots(bootsteps.StartStopStep):
    """Celery's consumer, taking from the queues that are open: looked at with each task that comes, and 4 times a
    second for those that have ended.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **_options: Any) -> None:
        super().__init__(consumer)
        self.served: list[str] = []
        self.timer: Any = None

    def start(self, consumer: Any) -> None:
        """Begin, also anew after the broker was away: then the worker takes from all of its queues again."""
        self.served = [name for name in NAMES if name in consumer.app.amqp.queues.consume_from]
        self.look(consumer)
        self.timer = consumer.timer.call_repeatedly(LOOK_SECONDS, self.look, (consumer,))
        signals.task_received.connect(self.look_again, sender=consumer, dispatch_uid="keep_slots")

    def stop(self, consumer: Any) -> None:
        """End."""
        signals.task_received.disconnect(sender=consumer, dispatch_uid="keep_slots")
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def look_again(self, *, sender: Any, request: Any, **_signal: Any) -> None:
        """Look as a task comes, before the broker is asked for the next."""
        self.look(sender, coming=[request])

    def look(self, consumer: Any, *, coming: Sequence[Any] = ()) -> None:
        """Take from the queues that are open now, and from no others."""
        tasks = consumer.task_consumer
        if tasks is None or not self.served:
            return
        at_work = Counter(queue_of(request.name) for request in {*state.reserved_requests, *coming})
        is_open = open_queues(served=self.served, at_work=at_work, slots=consumer.pool.num_processes)
        for queue in self.served:
            if queue in is_open and not tasks.consuming_from(queue):
                tasks.add_queue(consumer.app.amqp.queues[queue])
                tasks.consume()
            elif queue not in is_open and tasks.consuming_from(queue):
                tasks.cancel_by_queue(queue)
