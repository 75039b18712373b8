"""How well pets understand, how long a turn takes in a large shop, and many conversations at once.

./run.sh bench pets [--products 100000] [--turns 200] [--talks 500] [--messages 4]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING

import django
from psycopg import sql

from bench.rig.databases import run_apart, scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from zuka.platform.actor import Actor
from zuka.platform.clock import now
from zuka.platform.db.files import load_sql
from zuka.up.homes import CHECKOUT

if TYPE_CHECKING:
    from commerce.accounts.models import User
    from pets.models import PetConversation

PRODUCTS = CHECKOUT / "bench" / "rig" / "crowd" / "products.sql"
# What is said, in the words of the shop of `products.sql`: new searches, follow-ups, and what is not a search.
TALK = (
    "abeg show me red ankara gown wey no pass 500k",
    "cheaper one",
    "in blue",
    "tell me about the second one",
    "lace sandals under 200k",
    "any other brand?",
    "compare 1 and 2",
    "silk kaftna between 100k and 300k",
    "recommend something for me",
    "wetin dey my cart",
    "linen shirt size M",
    "how much be the first one?",
)
WARM = 12
STEP_HEADS = ("step", "count", "p50, ms", "p95, ms", "p99, ms", "own CPU, ms (p50)", "PostgreSQL CPU, ms (mean)")


@dataclass(frozen=True)
class Talker:
    """Somebody with a pet: the token of the session and the conversation."""

    token: str
    conversation: str


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench pets", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=200, help="turns in one conversation after the other")
    parser.add_argument("--talks", type=int, default=500, help="conversations at once")
    parser.add_argument("--messages", type=int, default=4, help="messages of each of them")
    return parser.parse_args()


def set_up(site: Site, *, products: int) -> None:
    """Make this process one of the site's, and fill the shop."""
    os.environ.update(site.environment)
    django.setup()
    site.sql(load_sql(PRODUCTS), {"rows": products})
    from commerce.catalog.services import refresh_search_words

    refresh_search_words()
    for command in ("VACUUM ANALYZE", "CHECKPOINT"):
        run_apart(site.database_url, sql.SQL(command))


def accuracy_rows() -> list[list[str]]:
    """Return how many of the scored utterances are understood: of all, and of those in Pidgin."""
    from bench.rig.utterances import Utterance, hear, is_right, read_utterances

    def row(title: str, said: Sequence[Utterance]) -> list[str]:
        heard = [(each, hear(each)) for each in said]
        intents = sum(each.intent is found.intent for each, found in heard)
        slots = sum(is_right(each, found) for each, found in heard)
        return [title, str(len(said)), *(f"{count / len(said):.1%}" for count in (intents, slots))]

    rows = []
    for part, title in (("tuned", "tuned on"), ("held_out", "held out")):
        said = list(read_utterances(part))
        rows += [row(title, said), row(f"{title}, Pidgin", [each for each in said if each.is_pidgin])]
    return rows


@dataclass(frozen=True)
class Took:
    """How long a call took, and what of it was this process's own processor time; in seconds."""

    wall: float
    cpu: float


def percentiles(title: str, waits: Sequence[float]) -> list[str]:
    """Return a row of the median and the 95th and 99th percentiles, in milliseconds."""
    hundredths = statistics.quantiles(waits, n=100)
    return [title, str(len(waits)), *(f"{hundredths[at] * 1000:.1f}" for at in (49, 94, 98))]


def timed(call: Callable[[], object]) -> Took:
    """Return how long a call takes."""
    began, spent = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - began, time.process_time() - spent)


def step_row(site: Site, title: str, calls: Sequence[Callable[[], object]]) -> list[str]:
    """Make the calls one after the other; return the row of their times, the first ones left out."""
    took = [timed(call) for call in calls[:WARM]]
    before = site.cpu()[1]
    took = [timed(call) for call in calls[WARM:]]
    postgres = (site.cpu()[1] - before) / len(took)
    own = statistics.median(each.cpu for each in took)
    return [*percentiles(title, [each.wall for each in took]), f"{own * 1000:.1f}", f"{postgres * 1000:.1f}"]


def sign_up(number: int) -> tuple[User, PetConversation]:
    """Return somebody new who adopted a pet and begins to talk."""
    from commerce.accounts.models import User
    from pets.adopting import adopt_pet
    from pets.conversation import start_conversation

    user = User.objects.create(email=f"talker-{number}@example.com", name="Ada")
    pet = adopt_pet(user_id=user.pk, persona="funny", name="Simba", at=now())
    return user, start_conversation(user=user, pet=pet, actor=Actor(user_id=str(user.pk)), at=now())


def make_talker(number: int) -> Talker:
    """Return somebody signed in who talks by HTTP."""
    from tests.commerce.accounts.doors import token_of

    user, conversation = sign_up(number)
    return Talker(token_of(user), str(conversation.pk))


def turn_calls(texts: Sequence[str]) -> list[Callable[[], object]]:
    """Return whole turns: a new conversation for each round of the talk."""
    from pets.conversation import answer, open_talk

    calls: list[Callable[[], object]] = []
    for at, text in enumerate(texts):
        if at % len(TALK) == 0:
            user, conversation = sign_up(at)
        talk = partial(open_talk, conversation=conversation, user=user, actor=Actor(user_id=str(user.pk)))
        calls.append(partial(lambda talk, text: list(answer(talk(at=now()), text)), talk, text))
    return calls


def measure_turns(site: Site, turns: int) -> list[list[str]]:
    """Return what understanding, a search and whole turns take, one after the other in this process."""
    from commerce.catalog.services import ProductFilter, find_products
    from pets.understanding import Seen, understand, vocabulary_now

    vocabulary, texts = vocabulary_now(now=now()), list(islice(cycle(TALK), turns + WARM))
    wanted = ProductFilter(words="ankara gown", colours=("red",), max_price_kobo=50_000_000, in_stock=True)

    def search() -> object:
        return list(find_products(wanted).order_by("current_price_kobo", "-id")[:6])

    heard = [partial(understand, text=text, vocabulary=vocabulary, seen=Seen()) for text in texts]
    return [
        step_row(site, "understanding", heard),
        step_row(site, "a search: words, colour, price, in stock", [search] * len(texts)),
        step_row(site, "a whole turn", turn_calls(texts)),
    ]


def talk_by_http(site: Site, talker: Talker, messages: int) -> tuple[Counter[str], list[float]]:
    """Say some things, each when the last is answered; return the statuses and the waits."""
    statuses: Counter[str] = Counter()
    waits = []
    line = http.client.HTTPConnection(site.address.host, site.address.port, timeout=120)
    for text in islice(cycle(TALK), messages):
        began = time.perf_counter()
        path = f"/api/v1/pets/conversations/{talker.conversation}/messages/"
        headers = {"Content-Type": "application/json", "X-Session-Token": talker.token}
        line.request("POST", path, json.dumps({"text": text}), headers)
        answer = line.getresponse()
        answer.read()
        waits.append(time.perf_counter() - began)
        statuses[str(answer.status)] += 1
    line.close()
    return statuses, waits


def measure_crowd(site: Site, *, talks: int, messages: int) -> tuple[list[str], Counter[str]]:
    """Let all talk at once, without a pause; return their waits and the statuses."""
    talkers = [make_talker(1_000 + number) for number in range(talks)]
    began = time.perf_counter()
    with ThreadPoolExecutor(talks) as pool:
        found = list(pool.map(lambda talker: talk_by_http(site, talker, messages), talkers))
    seconds = time.perf_counter() - began
    statuses = sum((each for each, _ in found), Counter[str]())
    waits = [wait for _, each in found for wait in each]
    row = percentiles(f"{talks} conversations at once, over HTTP", waits)
    return [*row, f"{len(waits) / seconds:.0f}", str(statuses.total() - statuses["200"])], statuses


def main() -> int:
    """Measure and print; 1 where a message of the crowd was not answered."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_pets") as url, open_site(url) as site:
        set_up(site, products=arguments.products)
        site.start_web()
        print(describe_run(f"pets, {arguments.products:,} products"))
        print(markdown(["utterances", "count", "intent", "intent and slots"], accuracy_rows()))
        print(markdown([*STEP_HEADS], measure_turns(site, arguments.turns)))
        row, statuses = measure_crowd(site, talks=arguments.talks, messages=arguments.messages)
        print(markdown(["crowd", "messages", "p50, ms", "p95, ms", "p99, ms", "a second", "not answered"], [row]))
        sys.stderr.write(f"{dict(statuses)}\n")
        from django.db import connections

        connections.close_all()
    return int(set(statuses) != {"200"})


if __name__ == "__main__":
    sys.exit(main())
