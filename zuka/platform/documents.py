"""Pages that are made from declarations, so that they cannot go stale: each package adds its own.

`manage.py document` writes them, `manage.py document --check` fails when one is not what it would write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands, load_command_class

from zuka.platform.config import SETTINGS, render_env_example
from zuka.platform.keys.scopes import SCOPES
from zuka.platform.keys.tiers import TIERS
from zuka.platform.pictures.reading import MEGABYTE, MEGAPIXEL, MOST_BYTES, MOST_PIXELS
from zuka.platform.pictures.sizes import SIZES

OURS = ("zuka.", "analytics", "commerce", "pets")
MADE = "<!-- Made by `manage.py document`; change the declarations instead. -->"
SETTINGS_INTRO = (
    "Environment variables. Each may also be given as `NAME_FILE`, the path of a file that holds the value. What is "
    "live may be changed by the shop's owner while it runs, in the back office under Platform, Settings: what is set "
    "there wins over the environment, in every process within a second, unless `PINNED_SETTINGS` names it. Each change "
    "says who, when and why, and can be taken back."
)
_documents: dict[str, Callable[[], str]] = {}


def add_document(path: str, render: Callable[[], str]) -> None:
    """Add a page: its path from the top of the repository, and what it says."""
    _documents[path] = render


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars in cells are escaped."""
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *parts: str) -> str:
    """Return a page with its title and the mark that it is made."""
    return "\n\n".join([f"# {title}", MADE, *parts]) + "\n"


def settings_page() -> str:
    """Return the page of settings."""
    rows = [
        (
            f"`{each.name}`",
            f"`{each.default}`" if each.default else "",
            "yes" if each.live else "",
            each.text,
            each.group,
        )
        for each in SETTINGS
    ]
    return page("Settings", SETTINGS_INTRO, markdown_table(("Name", "Default", "Live", "What it does", "Group"), rows))


def pictures_page() -> str:
    """Return the page of pictures."""
    rows = [(each.name, f"{each.width} pixels", each.text) for each in SIZES]
    most = MOST_PIXELS // MEGAPIXEL
    return page(
        "Pictures",
        "Staff drop pictures on products, variants, categories and brands in the back office, or give an address of "
        "another site. An upload is read by what it is, not by its name: JPEG, PNG, WebP or GIF, up to "
        f"{MOST_BYTES // MEGABYTE} MB and {most} megapixels. It is turned upright, drawn again as WebP in sRGB, and "
        "nothing else of the file is kept: no place, no camera, no comment.",
        markdown_table(("Size", "Width", "For"), rows),
        "No size is larger than the upload. The API gives each picture as `{url, width, height, sizes}`, the smallest "
        "size first, ready for `srcset`; a picture of another site has no sizes. Addresses that begin with `/` are "
        "paths of Zuka's own host.",
        "## Where they are",
        "In the folder `MEDIA_ROOT`, which web and worker share; `./run.sh up` has one in `ZUKA_HOME`, and the "
        "containers a volume. Back it up with the database. Files are named by their content and never change. What "
        "no row and no order names is deleted by a daily job, a day after it was uploaded at the earliest.",
        "## Serving them",
        "Web serves them itself, without asking the database, to be kept by browsers for a year: enough for a small "
        "shop. A web server in front can take them over:",
        "```nginx\nlocation /media/pictures/ {\n    alias /srv/media/pictures/;\n    types { image/webp webp; }\n"
        "    default_type application/octet-stream;\n    add_header X-Content-Type-Options nosniff;\n"
        '    add_header Cache-Control "public, max-age=31536000, immutable";\n}\n```',
    )


def our_commands() -> dict[str, str]:
    """Return Zuka's own management commands and what they do."""
    found = {name: str(app) for name, app in get_commands().items() if str(app).startswith(OURS)}
    return {name: load_command_class(app, name).help for name, app in sorted(found.items())}


def commands_page() -> str:
    """Return the page of management commands."""
    rows = [(f"`manage.py {name}`", text) for name, text in our_commands().items()]
    intro = "`./run.sh manage NAME --help` says what each takes; `./run.sh help` lists the commands around them."
    return page("Management commands", intro, markdown_table(("Command", "What it does"), rows))


def scopes_page() -> str:
    """Return the page of key scopes."""
    rows = [(f"`{each.name}`", each.text, "both kinds" if each.public else "secret keys") for each in SCOPES]
    intro = "Publishable keys stand in pages and apps, secret ones on servers. A key may do what its scopes say."
    tiers = [
        (each.title, each.text, f"{each.validations:,}", ", ".join(f"`{scope}`" for scope in sorted(each.scopes)))
        for each in TIERS.values()
    ]
    return page(
        "API keys",
        intro,
        markdown_table(("Scope", "May", "Carried by"), rows),
        "## Tiers",
        "A key with an owner, a partner's customer account, is a licence of a tier: it carries no scope that the tier"
        " does not grant. Where the tier ends, as with the plan that gave it, the key may do no more than the lower "
        "one grants, and as before when it comes again. With the account's suspension its keys stop, until it "
        "ends; with its closing they are revoked, and the names of their devices forgotten. Keys without an owner are "
        "the shop's own.",
        "Limits by tier are in `limits.md`, how partners use a key in `partners.md`.",
        markdown_table(("Tier", "What for", "Validations a day", "Scopes"), tiers),
    )


def stale_documents(*, write: bool) -> list[str]:
    """Return the pages that are not what their declarations say; with `write` they are brought up to date."""
    stale = []
    for path, render in sorted(_documents.items()):
        file = Path(settings.BASE_DIR) / path
        content = render()
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            stale.append(path)
            if write:
                file.parent.mkdir(exist_ok=True)
                file.write_text(content, encoding="utf-8")
    return stale


add_document(".env.example", render_env_example)
add_document("docs/settings.md", settings_page)
add_document("docs/pictures.md", pictures_page)
add_document("docs/commands.md", commands_page)
add_document("docs/keys.md", scopes_page)
