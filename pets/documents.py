"""The page of pets, made from what the code declares."""

from __future__ import annotations

from pets.acting import WAITS
from pets.brains import BRAINS
from pets.conversation import MESSAGES_OF_ONE, MOST_SECONDS, MOST_STEPS
from pets.models import LEVELS, MessageKind
from pets.personas import PERSONAS
from pets.tools import TOOLS
from zuka.platform.config import SETTINGS
from zuka.platform.documents import add_document, markdown_table, page

ADDING = """## Adding a persona
One file in `pets/personas/` with a `PERSONA`: id, title, text, avatar (a file in the storefront's `pets/` folder),
voice and rules for language models, one phrase or more for each kind of answer in `forms.KINDS`; its name in
`MODULES`.
A system check names the phrases that are missing. The API, the widget and reports read it from there.

## Adding a tool
One `Tool` in a file of `pets/tools/`: a name, what it does in a sentence (language models read it), the type of its
arguments (their JSON schema is made from it), and `run(context, arguments)`, which calls the shop's services as
`context.user` and returns an `Outcome`. With `propose` the person is asked first: it looks whether it can be done and
returns the question with the arguments to the piece; only those are run after a yes. None: there is nothing to ask, as
the person has just said it (`context.told`). A refusal is a `Refused`.
What the pet says of it is a row in `pets/brains/wording.py`; when the scripted brain calls it, a row of `CALLS` in
`pets/brains/scripted.py`.

## Adding a brain
One file in `pets/brains/` with a class that has a `name` and `think(turn)`, its row in `BRAINS`, and its name among the
values of `PET_BRAIN`. `think` yields `Say`, `Call`, `Piece`, `Understood` and `Spent`; after calls it is asked again,
with their outcomes in `turn.steps`. It has no hands: it cannot confirm anything, and what it asks for is checked like
what anybody asks for. When it raises `BrainFailed`, the scripted one takes over within the same turn."""


def pets_page() -> str:
    """Return the page of pets."""
    personas = [(f"`{each.id}`", each.title, each.text) for each in PERSONAS.values()]
    tools = [(f"`{each.name}`", each.text, "asked first" if each.propose else "") for each in TOOLS.values()]
    settings = [(f"`{each.name}`", each.text) for each in SETTINGS if each.group == "Pets"]
    levels = ", ".join(f"{least:,}" for least in LEVELS)
    return page(
        "Pets",
        "A signed-in shopper adopts a pet and talks with it. It finds things, compares them, fills the cart, looks for "
        "coupons, and knows where orders are. Whatever brain thinks, tools act as that person and by the shop's rules; "
        "what changes something waits for a yes.",
        "## Personas",
        markdown_table(("Id", "Title", "Who"), personas),
        "## Tools",
        markdown_table(("Tool", "What it does", "Consent"), tools),
        f"A question waits for {int(WAITS.total_seconds() / 60)} minutes. Its yes is the button, which sends the "
        "question's signed token, or the person's own plain yes as the next message; it works once. Every call is kept "
        "as an action with its outcome; staff see those that were refused or failed.",
        "## A turn",
        f"At most {MOST_STEPS} rounds of thinking and {MOST_SECONDS:.0f} seconds; {MESSAGES_OF_ONE.most} messages a "
        f"minute and person. Brains: {', '.join(f'`{name}`' for name in BRAINS)}. A message's kind says how to show "
        "it: "
        f"{', '.join(f'`{kind.value}`' for kind in MessageKind)}.",
        f"A pet grows with use: levels begin at {levels} XP.",
        "## Streams",
        "With ZUKA_STREAM_PORT `./run.sh up` runs a process `streams` beside web, and so does `docker compose` with "
        "`--profile streams`; elsewhere run "
        "`granian --interface asginl --port PORT --no-ws zuka.asgi:application`. There "
        "`POST /api/v1/pets/conversations/{id}/stream/` answers with server-sent events: `message`, `piece`, `action`, "
        "`error`, `done`. Pages of the same host, of SHOP_URL and of ZUKA_URL may read them. A proxy in front must not "
        "hold the answer back (`X-Accel-Buffering: no` is sent). A client that leaves does not end the turn.",
        "## Coupons",
        "A pet takes any code that its person types, by the rules of the checkout. Of itself it tells only of coupons "
        "that staff have marked as suggested by pets.",
        "## Settings",
        markdown_table(("Name", "What it does"), settings),
        ADDING,
    )


add_document("docs/pets.md", pets_page)
