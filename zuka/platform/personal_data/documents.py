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

## Whose it is

A person is an account, or a guest by the e-mail of their orders, or a browser. An account's own e-mail and phone are
those it has confirmed. The phone that a gift was sent to, and whoever else ordered in the same browser, are other
people: nothing of theirs is exported or erased. In a browser that several people use, only what says whose it is
counts as somebody's. Where an account has an e-mail that it never confirmed, and a guest has ordered with it, you are
asked which of the two is meant: `--user` with the account's id, or `--guest` with the e-mail (*Guest, by e-mail*).

## Backups, and restoring one

**A backup made before an erasure still holds the person, and restoring it brings them back.** Nothing does the erasure
again by itself: an erasure keeps no name, so neither the shop nor Zuka can tell from the database whom to forget.

- **How long**: with the settings as they come, a person is in backups for up to half a year after their erasure:
  `BACKUP_KEEP_DAYS` (7), `BACKUP_KEEP_WEEKS` (4) and `BACKUP_KEEP_MONTHS` (6) say it, `docs/backups.md` how. Tell
  people that number, or lower it. Copies made otherwise, as by your host or of the archive's folder, live as long as
  you say.
- **Keep what people wrote to you**, the request with the account's id or the e-mail and the day it was done, outside of
  the shop's database, as long as the oldest backup lives, and no longer.
- **After restoring**, before the shop opens: erase everybody again whose request is younger than the backup, in the
  back office or by `manage.py person erase --user <id>`. The database of before, which a restore
  leaves beside the new one, has in `platform_erasure_request` how many there were and when: erase as many.

Payment providers, mail providers and SMS providers keep their own records: ask them too. A browser keeps
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
