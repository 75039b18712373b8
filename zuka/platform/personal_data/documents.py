"""The page that says where data of people is kept, what an export has of it, and what becomes of it."""

from __future__ import annotations

from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.personal_data.declaring import held_data

INTRO = """A person can ask what is kept of them, get it as a file that programs read, and be forgotten:

- **By themselves**, in the shop's account under *Security*, or by `/api/v1/me/data/` and `/api/v1/me/erasure/`: a copy
  once a day, told of by a mail and had by nobody else; and *Delete everything*, with their password or a code. A last
  mail says that it was asked for, and is forgotten with the rest.
- **In the back office**, under *Privacy*: *Data of a person* makes a zip of JSON and CSV, *Erasures* forgets somebody
  for good. Both ask who, and why; who signed in long ago proves who they are first. The audit log has who asked.
- **By the command line**: `manage.py person export --email ada@example.com`, `manage.py person erase --user <id>`,
  `… --visitor <id>` for a browser that nobody has signed in with. `--dry-run` says what would be erased.

An erasure is done by a worker within minutes, place by place, and goes on where it stopped. It is refused, and says
what to do, while an order is under way, a subscription runs or money is on its way back, and for accounts of staff."""
CLOSING = """## Closing and erasing

Who closes their account is forgotten in the account: name, e-mail, phone, addresses, devices, wishes. Their orders keep
name and address, visits and talks stay as they were, and the account's id leads from one to the other. An erasure does
all that and goes through every place below, so that nothing leads to them."""
HOW = """## What an erasure does

The person is replaced by a random id, the same everywhere, and nobody keeps which. So a day has as many visitors,
orders and sales as before, and counting it again gives the same. Orders and payments stay, since the shop's books must:
without name, address, e-mail and phone. Reviews keep their stars and lose their text. Somebody who comes back later is
new.

Backups made before hold the person until they are over: keep them no longer than you said, and erase again after
restoring one. Payment providers, mail providers and SMS providers keep their own records: ask them too. A browser keeps
the visitor id in its storage; what it does from then on is kept as that of somebody new.

Addresses that nobody may write to are kept as plain SHA-256, so who has the database can test whether an address that
they know is among them. A keyed hash would hide that, and forget with a new `SECRET_KEY` whom not to write to: the
wish not to be written to has to outlast the key."""


def personal_data_page() -> str:
    """Return the page."""
    rows = [
        (
            each.title,
            f"`{each.name}`",
            "yes" if each.found_by or each.export else "",
            each.erasure.value,
            each.why,
        )
        for each in held_data()
    ]
    titles = ("What", "Where", "In the export", "Erasure", "Why, or how")
    return page("Personal data", INTRO, CLOSING, HOW, "## Where it is kept", markdown_table(titles, rows))


add_document("docs/personal-data.md", personal_data_page)
