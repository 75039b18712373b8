"""Where analytics keeps data of people."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.personal_data.archive import count_archived, read_archived
from analytics.personal_data.around import (
    count_rejected,
    drain,
    drop_exports,
    drop_named_reports,
    empty_verify_runs,
    erase_damaged,
    erase_rejected,
    forget_answers,
    read_rejected,
    refresh_people,
    refuse_coming_history,
    refuse_known_browser,
    wait_for_counts,
)
from analytics.personal_data.mirrored import erase_mirrored
from analytics.personal_data.replacing import (
    count_events,
    erase_events,
    find_visitors,
    read_events,
    see_other_accounts,
)
from zuka.platform.personal_data.declaring import (
    Erasure,
    Held,
    add_guard,
    add_impersonal,
    add_personal_data,
)
from zuka.platform.personal_data.people import add_finder, add_watcher

IN_PLACE = "The person becomes a random id, the same everywhere: counts stay, and counting again agrees."
WITH_EVENTS = "Replaced together with the events."
COUNTS = "Counts: nobody is in them."
STAFF = "What staff have set up; an account of staff is not erased."

EVENTS = (
    Held(
        name="spool",
        title="Events that wait on disk",
        erasure=Erasure.REPLACE,
        why="Stored first, then as events.",
        turn=10,
        erase=drain,
    ),
    Held(name="spool.damaged", title="Damaged files of the spool", turn=10, erase=erase_damaged),
    Held(
        name="analytics.event",
        title="Events",
        columns=(
            *("user_id", "visitor_id", "session_id", "ip", "message_id", "click_id", "properties", "referrer_url"),
            *("page_path", "screen_name", "search_query", "source_name", "category", "state", "city"),
            *("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
        ),
        erasure=Erasure.CHANGE,
        why=f"{IN_PLACE} Products, amounts, pages and places up to the city stay, where they hold no word of theirs.",
        turn=60,
        export=read_events,
        erase=erase_events,
        count=count_events,
    ),
    Held(
        name="archive",
        title="Archived events",
        erasure=Erasure.CHANGE,
        why="Together with the events: months that hold theirs are written anew, and the old files removed.",
        turn=60,
        export=read_archived,
        count=count_archived,
    ),
    Held(
        name="analytics.visitorsession",
        title="Visits",
        columns=(
            *("visitor", "visitor_id", "user_id", "person", "entry_page", "exit_page", "referrer_url", "click_id"),
            *("pages", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "state"),
        ),
        found_by={"person": "own_ids"},
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(
        name="analytics.identitylink",
        title="Which browsers are whose",
        columns=("visitor_id", "user_id"),
        found_by={"user_id": "users"},
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(
        name="analytics.rollupvisitor",
        title="Days on which they were there",
        columns=("person",),
        found_by={"person": "own_ids"},
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(
        name="analytics.rollupjourney",
        title="Who did what when, as keys",
        columns=("person_keys",),
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(
        name="analytics.touch",
        title="What led to orders",
        columns=("person", "source", "medium", "campaign", "referrer"),
        found_by={"person": "own_ids"},
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(
        name="analytics.segmentmember",
        title="Segments they are in",
        columns=("person",),
        found_by={"person": "own_ids"},
        erasure=Erasure.REPLACE,
        why=WITH_EVENTS,
    ),
    Held(name="analytics.leadscore", title="Score", columns=("person",), found_by={"person": "own_ids"}),
    Held(
        name="analytics.behaviourprofile",
        title="What they are interested in",
        columns=("person", "products", "categories", "brands", "searches"),
        found_by={"person": "own_ids"},
    ),
    Held(
        name="analytics.rejectedevent",
        title="Rejected events",
        columns=("payload", "reading", "message", "message_id"),
        erasure=Erasure.CHANGE,
        why="That an event was refused, and why, stays.",
        export=read_rejected,
        erase=erase_rejected,
        count=count_rejected,
    ),
)
AROUND = (
    Held(
        name="analytics.exportjob",
        title="Files of reports",
        columns=("params", "part", "file_name", "failure", "user"),
        why="All that are kept at the time: any may list the person.",
        turn=65,
        erase=drop_exports,
    ),
    Held(
        name="analytics.savedreport",
        title="Saved reports about them",
        columns=("params", "title", "owner"),
        turn=65,
        erase=drop_named_reports,
    ),
    Held(
        name="analytics.verifyrun",
        title="Cells that differed",
        columns=("differences",),
        erasure=Erasure.CHANGE,
        turn=65,
        erase=empty_verify_runs,
    ),
    Held(
        name="analytics.rolluplanding",
        title="Counts by pages, searches and campaigns",
        columns=("entry_page",),
        erasure=Erasure.KEEP,
        why="Counted again where a text held a word of theirs.",
        turn=92,
        erase=wait_for_counts,
    ),
    Held(
        name="user_analytics",
        title="The view of customers",
        erasure=Erasure.CHANGE,
        why="Made anew.",
        turn=96,
        erase=refresh_people,
    ),
    Held(
        name="warehouse",
        title="Events and counts in ClickHouse",
        erasure=Erasure.CHANGE,
        why="As in PostgreSQL, once their days are counted again; the files of before are merged away.",
        turn=95,
        erase=erase_mirrored,
    ),
    Held(name="cache", title="Answers kept for some minutes", turn=97, erase=forget_answers),
)
IMPERSONAL: Mapping[str, Mapping[str, str] | str] = {
    "analytics.reportaccess": COUNTS,
    "analytics.archivedmonth": "Which months are where; who is in them is in their files.",
    "analytics.compactedperiod": COUNTS,
    "analytics.segment": STAFF,
    "analytics.alert": STAFF,
    "analytics.alertfiring": STAFF,
    "analytics.annotation": STAFF,
    "analytics.dashboardpin": STAFF,
    "analytics.historyimport": STAFF,
    "analytics.importedday": COUNTS,
    "analytics.spendimport": STAFF,
    "analytics.campaignspend": COUNTS,
    "analytics.reportsubscription": STAFF,
    "analytics.reportrecipient": STAFF,
    "analytics.reportdelivery": STAFF,
    "analytics.hourlyapiperformance": COUNTS,
    "analytics.orderattribution": "Orders by their number, which stay.",
    "analytics.rollupattribution": COUNTS,
    "analytics.dirtyday": COUNTS,
    "analytics.fillstate": COUNTS,
    "analytics.refreshrun": COUNTS,
    "analytics.warehouseday": COUNTS,
    "analytics.diskuse": COUNTS,
    "analytics.displacedevent": COUNTS,
    "analytics.ingesttally": COUNTS,
    "analytics.ingesthour": COUNTS,
    "analytics.ingestalert": COUNTS,
    **{
        f"analytics.rollup{name}": COUNTS
        for name in (
            *("event", "product", "viewedpair", "signup", "session", "source", "claim", "order", "good"),
            *("cash", "recency", "search", "traffic"),
        )
    },
    "analytics.event": dict.fromkeys(
        (
            *("event_type", "platform", "device_type", "os", "browser", "country", "product_ref", "currency"),
            *("order_ref", "source_key"),
        ),
        "What was done, with what, and where: no more than a country.",
    ),
    "analytics.visitorsession": dict.fromkeys(
        (*("order_ref", "currency", "referrer_host", "platform", "device_type", "os", "browser", "country"),),
        "As of events.",
    ),
    "analytics.rejectedevent": dict.fromkeys(
        ("stage", "field", "door", "source_key", "source_name"), "Words of the shop's own."
    ),
    "analytics.rollupjourney": {"event_type": COUNTS, "event_ids": COUNTS},
    "analytics.identitylink": {"event_id": COUNTS},
    "analytics.rolluplanding": {"currency": COUNTS},
    "analytics.touch": {"channel": COUNTS},
    "analytics.exportjob": {"report": STAFF, "format": STAFF, "key": STAFF},
    "analytics.savedreport": {"report": STAFF},
}


def declare() -> None:
    """Add analytics' part of the table."""
    add_personal_data(*EVENTS, *AROUND)
    add_impersonal(IMPERSONAL)
    add_finder(find_visitors)
    add_watcher(see_other_accounts)
    add_guard(refuse_known_browser)
    add_guard(refuse_coming_history)
