"""What brings people back: what they are told, and what they wish for."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

GROUP = "Engagement"

REPORTS = (
    Report(
        id="messages",
        title="Notices and mails",
        question="What were customers told, and did they look at it?",
        group=GROUP,
        icon="mark_email_read",
        basis=Basis.RECORDS,
        columns=(
            Column("kind", "About", Unit.TEXT),
            Column("notices", "Notices", Unit.COUNT, "In customers' accounts.", sums=True),
            Column("read", "Read", Unit.COUNT, "Notices that were opened.", sums=True),
            Column("read_share", "Read %", Unit.PERCENT, "Read ÷ notices; empty without notices.", parts=("notices",)),
            Column("mails", "Mails", Unit.COUNT, "That left, for as long as mails are kept.", sums=True),
            Column("opened", "Opened", Unit.COUNT, "Of those about a cart left behind, by the link in it."),
            Column("undelivered", "Not delivered", Unit.COUNT, "Mails that failed.", sums=True, lower_is_better=True),
        ),
        chart=Chart("bar", "kind", ("notices", "mails")),
        has_totals=True,
        no_rows="Notices and mails stand in lists of their own in the back office.",
        empty="Nobody was told anything in this period. Orders, parcels and carts left behind send notices and mails.",
    ),
    Report(
        id="wishes",
        title="Wishes",
        question="What do customers wish for?",
        group=GROUP,
        icon="favorite",
        basis=Basis.RECORDS,
        columns=(
            Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("product_days", "product")),
            Column("product", "Product", Unit.TEXT),
            Column("wishes", "Wishes", Unit.COUNT, "Put on a wishlist in the period, and still there.", sums=True),
            Column("people", "People", Unit.COUNT, "Different ones; one with several wishes is in the total once."),
        ),
        chart=Chart("bar", "product", ("wishes",)),
        has_totals=True,
        brand_scopable=True,
        no_rows="A wishlist is its owner's own.",
        empty="Nobody wished for anything in this period. Customers who sign in can put products on a wishlist.",
    ),
)
