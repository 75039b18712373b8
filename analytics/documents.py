"""Analytics' pages of the docs, made from the registry."""

from __future__ import annotations

import json

from analytics.history.formats import FORMATS as HISTORY
from analytics.history.forms import Format as HistoryFormat
from analytics.ingest.doors.table import DOORS
from analytics.ingest.typescript import types_page
from analytics.registry.attribution import MODELS
from analytics.registry.channels import CHANNELS, RULES, UNATTRIBUTED
from analytics.registry.dashboards import DASHBOARDS, Dashboard, Form, Widget
from analytics.registry.events import EVENT_TYPES
from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import DAY, Metric
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Column, Report
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.registry.segments.conditions import CONDITIONS
from analytics.registry.segments.conditions import Field as ConditionField
from analytics.registry.segments.conditions import Form as FieldForm
from analytics.registry.types import EventType, Reason, Said
from analytics.report.export import FORMATS
from analytics.report.narrowed import can_be_narrowed
from analytics.spend.planning import COLUMNS
from analytics.warehouse.staying import OF_EVENTS, REASONS, SEGMENTS, STAYS
from zuka.platform.documents import add_document, markdown_table, page

SAID = {
    Said.SERVER: "the shop alone",
    Said.CLAIM: "the shop; a client's word is kept as a claim",
    Said.ANYONE: "anyone",
}


def event_row(each: EventType) -> tuple[str, ...]:
    """Return an event type's row."""
    example = f"`{json.dumps(dict(each.example), ensure_ascii=False)}`"
    return f"`{each.name}`", each.text, SAID[each.said], ", ".join(each.aliases), example


def events_page() -> str:
    """Return the page of event types."""
    intro = (
        "Names are compared without regard to case, spaces, `_` and `-`; what is not listed is kept as "
        "`custom.<name>`. `GET /api/v1/events/schema` has the same as JSON Schema."
    )
    reasons = ", ".join(f"`{reason.value}`" for reason in Reason)
    table = markdown_table(
        ("Event", "What happened", "Said by", "Other names", "Example"), map(event_row, EVENT_TYPES.values())
    )
    return page("Events", intro, table, f"An event that cannot be taken is kept as rejected, with a reason: {reasons}.")


def doors_page() -> str:
    """Return the page of wire protocols."""
    rows = [(each.name, each.text, " ".join(f"`{path}`" for path in each.paths)) for each in DOORS]
    return page("Tracking doors", markdown_table(("Protocol", "How to use it", "Paths"), rows))


def clickhouse_page() -> str:
    """Return the page of which engine answers which report."""
    intro = "What [ClickHouse](clickhouse.md) answers with `ANALYTICS_ENGINE=clickhouse`, and why PostgreSQL all else."
    soon = ", ".join(f"`{each}`" for each in REPORTS if each in OF_EVENTS)
    there = ", ".join(f"`{each}`" for each in REPORTS if each not in STAYS and each not in OF_EVENTS)
    rows = [(reason, ", ".join(f"`{each}`" for each in reports)) for reason, reports in REASONS.items()]
    stays = markdown_table(("Why it stays in PostgreSQL", "Reports"), rows)
    whats = (
        f"Read from ClickHouse, as they read as much as there were events: {soon}.",
        f"With `CLICKHOUSE_READS=all` also, though PostgreSQL adds up counts by day sooner: {there}.",
    )
    return page("Reports on ClickHouse", intro, *whats, stays, SEGMENTS)


def column_text(column: Column) -> str:
    """Return what a column means, and that not everybody gets it."""
    whom = {"customers": column.personal, "orders": column.of_orders}
    said = [f"Only for staff who may see {what}." for what, is_so in whom.items() if is_so]
    return " ".join([column.text, *said]).strip()


def report_part(report: Report) -> str:
    """Return the part about one report."""
    columns = markdown_table(
        ("Column", "Unit", "What it means"),
        [(each.title, each.unit.value, column_text(each)) for each in report.columns],
    )
    choices = [
        f"`{each.name}` ({', '.join(key for key, _ in each.choices) or 'any text'})" for each in report.parameters
    ]
    asked = f" Parameters: {', '.join(choices)}." if choices else ""
    asked += " Takes `segment`." if can_be_narrowed(report) else ""
    texts = dict.fromkeys(f" {each.text}." for each in report.parameters if each.text)
    asked += "".join(texts)
    head = f"## {report.title}\n\n{report.question} `GET /api/v1/reports/{report.id}`. From: {report.basis.value}."
    return f"{head}{asked}\n\n{columns}"


def reports_page() -> str:
    """Return the page of reports."""
    intro = (
        "Each is a page of the back office, an answer of the API, and a file. All take `period` or `from` and `to`, "
        "`compare`, `currency` and `limit`; a day is a day in the shop's time zone. Those that say so take `segment`, "
        "the number of a [segment](segments.md), or `not-` and its number for everybody else. Notes on charts are in "
        "the JSON of reports over days as `notes`."
    )
    kinds = [(each.title, f"`/api/v1/reports/<id>.{each.id}`", each.text) for each in FORMATS.values()]
    files = markdown_table(("File", "Address", "What is in it"), kinds)
    return page("Reports", intro, files, *map(report_part, REPORTS.values()))


def widget_row(widget: Widget) -> tuple[str, ...]:
    """Return a widget's row."""
    report = REPORTS[widget.report]
    names = widget.columns or (report.chart.series if report.chart and widget.form is Form.CHART else ())
    shown = ", ".join(report.column(name).title for name in names) or "all"
    asked = ", ".join(f"`{name}={value}`" for name, value in widget.parameters)
    return widget.heading, widget.form.value, shown, f"`{report.id}`", asked


def dashboard_part(dashboard: Dashboard) -> str:
    """Return the part about one dashboard."""
    table = markdown_table(
        ("Widget", "Shown as", "Figures", "Report", "Asked with"), map(widget_row, dashboard.widgets)
    )
    head = f"## {dashboard.title}\n\n{dashboard.question} `GET /api/v1/reports/dashboards/{dashboard.id}`."
    return f"{head}\n\n{table}"


def dashboards_page() -> str:
    """Return the page of dashboards."""
    intro = (
        "A dashboard is a page of widgets, each a report's totals, chart or first rows; staff land on Overview. All "
        "widgets take the page's `period` or `from` and `to`, `compare` and `currency`, which stay in its address. "
        "Each says its basis, since when it is right and what it is compared with, and leads to its report over the "
        "same period, with CSV, JSON and a picture (PNG). `GET /api/v1/reports/dashboards/` lists them. What the "
        "figures mean is on the [page of reports](reports.md)."
    )
    return page("Dashboards", intro, *map(dashboard_part, DASHBOARDS.values()))


def read_from(metric: Metric) -> str:
    """Return where a metric comes from, and by what it may be broken down there."""
    ways = [
        f"`{ROLLUPS[name].table}`{' by ' if SOURCES[name].dimensions else ''}"
        + ", ".join(DIMENSIONS[each].label.lower() for each in SOURCES[name].dimensions)
        for name in metric.sources
    ]
    return "; ".join(ways) or ", ".join(f"`{name}`" for name in metric.table.split(", "))


def additivity_of(metric: Metric) -> str:
    """Return in words whether a metric's parts may be added up."""
    over = ["days" if each == DAY else DIMENSIONS[each].label.lower() for each in metric.not_over]
    return f"may be added up, but not over {' or '.join(over)}" if over else metric.additivity.value


def metric_part(metric: Metric) -> str:
    """Return the part about one metric."""
    shown = dict.fromkeys(place.partition(".")[0] for place in metric.columns)
    facts = [
        ("In the builder and API", f"`{metric.id}`" if metric.sources else "by its reports alone"),
        ("Unit", metric.unit.value),
        ("Basis", metric.basis.value),
        ("By the word of", metric.facts.value),
        ("Read from", read_from(metric)),
        ("Worked out by", f"`sql/builder/{metric.expression}.sql`" if metric.expression else "its reports' SQL"),
        ("Its parts", additivity_of(metric)),
        ("Where there is nothing", "0" if metric.empty == 0 else "empty, never 0"),
        ("Less is better", "yes" if metric.lower_is_better else "no"),
        ("Shown by", ", ".join(REPORTS[each].title for each in shown) or "the report builder"),
    ]
    return f"### {metric.label}\n\n{metric.formula}\n\n{markdown_table(('', ''), facts)}"


def numbers_page() -> str:
    """Return the page of what each number means."""
    intro = (
        "Each number is told once, and means the same on every page, in every file and in the API. Days are the "
        "shop's, both ends of a period included; today is partial. Test and staff orders are never counted. "
        "Amounts are kobo in JSON, naira in files, of one currency. A share without anything to be a share of is empty."
    )
    groups = dict.fromkeys(metric.group for metric in METRICS.values())
    parts = [
        part
        for group in groups
        for part in (f"## {group}", *(metric_part(each) for each in METRICS.values() if each.group == group))
    ]
    return page("What each number means", intro, *parts)


HELD = {
    FieldForm.MONEY: "kobo",
    FieldForm.WORDS: "a list of words",
    FieldForm.WORD: "a word",
    FieldForm.EVENT: "an event type",
}


def field_text(field: ConditionField) -> str:
    """Return a field of a condition with what it may be."""
    known = ", ".join(name for name, _ in field.choices)
    ranged = f"{field.least:,} to {field.most:,}" if field.form is FieldForm.NUMBER else ""
    what = known or ranged or HELD[field.form]
    return f"`{field.name}` ({what}{', may be left out' if field.may_be_empty or field.default else ''})"


def segments_page() -> str:
    """Return the page of segments."""
    rows = [
        (f"`{each.id}`", each.title, "; ".join(map(field_text, each.fields)), each.words.replace("|", "or"))
        for each in CONDITIONS.values()
    ]
    narrowed = [f"`{report.id}`" for report in REPORTS.values() if can_be_narrowed(report)]
    whole = [f"`{report.id}`" for report in REPORTS.values() if not can_be_narrowed(report)]
    return page(
        "Segments",
        "A segment is a named set of people who meet all or any of up to ten conditions, each of which may be turned "
        "round. People are accounts, else browsers, as visits know them; a guest is the browser of their first order. "
        "Staff and test accounts are in none. It is made under Dashboards › Segments, with the people counted as it is "
        "put together, and shared by role; only whoever made it changes it. A brand's own staff cannot use segments, "
        "which are made of the people of all brands.",
        "Its people are found every fifteen minutes, and when it is first used. Reports about it say since when. Every "
        "report that can be narrowed takes `segment`: pages, JSON, files, exports, mails, `manage.py report` and the "
        "report builder. What is inside and outside adds up to the whole. `GET /api/v1/reports/segments/` lists them.",
        markdown_table(("Condition", "Title", "Fields", "In words"), rows),
        f"Reports that take `segment`: {', '.join(narrowed)}.",
        f"Those that read what is not kept by person, or are not about people, refuse it: {', '.join(whole)}.",
    )


def rollups_page() -> str:
    """Return the page of what is counted."""
    tables = [(f"`{each.table}`", each.text, ", ".join(("day", *each.keys))) for each in ROLLUPS.values()]
    views = [(f"`{each.name}`", each.text, ", ".join(each.unique)) for each in MATERIALIZED_VIEWS.values()]
    names = [f"`{each.table}`" for each in ROLLUPS.values() if each.compacts]
    head = ("Table", "What it counts", "One row for each")
    whole = " and ".join([", ".join(names[:-1]), names[-1]])
    return page(
        "Counting",
        markdown_table(head, tables),
        f"{whole} are kept by month once they are older than `ROLLUP_DAY_MONTHS`: [lifecycle.md](lifecycle.md).",
        "Materialized views:",
        markdown_table(head, views),
    )


def pattern(text: str) -> str:
    """Return a rule's pattern as it stands in a table."""
    return f"`{text}`" if text else ""


def attribution_page() -> str:
    """Return the page of channels, models and campaign spend."""
    models = markdown_table(("Model", "What it does"), [(each.title, each.text) for each in MODELS])
    rules = [
        (CHANNELS[each.channel], *map(pattern, (each.source, each.medium, each.tags, each.click))) for each in RULES
    ]
    channels = markdown_table(("Channel", "Source", "Medium", "Campaign words", "Click id"), rules)
    columns = markdown_table(("Column", "What it means"), [(each.name, each.text) for each in COLUMNS.values()])
    return page(
        "Attribution",
        "An order's money is shared among the visits of the same person in the `ATTRIBUTION_DAYS` days before it was "
        "placed, on the day the money came in, and taken back in the same parts on the day it went back. What no visit "
        f"led to is {CHANNELS[UNATTRIBUTED].lower()}; so every model adds up to revenue paid.",
        models,
        "The first line that fits names a visit's channel. Patterns are regular expressions over lower-case words; the "
        "source is utm_source, else the host of the page before.",
        channels,
        "Campaign spend is imported as CSV or XLSX under Acquisition › Import spend; a campaign's day that is there "
        "already is replaced.",
        columns,
    )


def history_part(each: HistoryFormat) -> str:
    """Return the part about one format of history."""
    fields = markdown_table(("In the file", "In Zuka"), [(f"`{theirs}`", ours) for theirs, ours in each.fields])
    said = [
        f"## {each.title} (`{each.id}`)",
        f"**The file.** {each.files[0].upper()}{each.files[1:]}.",
        f"**How to get it.** {each.get}",
        f"**Kept.** {each.kept}",
        f"**Not kept.** {each.lost}",
        fields,
        f"Described by its makers: <{each.facts}>.",
    ]
    return "\n\n".join(said)


def history_page() -> str:
    """Return the page for who moves to Zuka from elsewhere."""
    rows = [(each.title, each.files, "days" if each.read_day else "events") for each in HISTORY.values()]
    return page(
        "Moving in",
        "What another product counted can be brought along, so that reports do not begin on the day of the move. In "
        "the back office: Tracking › Import history. Choose the file, say whose it is (`shop.example`; the same for "
        "all files of one website), look at what its first rows become, and import it. A worker does it while its page "
        "tells how far it is. Sheets of products are another matter: [imports.md](imports.md).",
        markdown_table(("From", "The file", "Brings"), rows),
        "On the server, for files larger than an upload: `./run.sh manage import_history FILE --source shop.example`, "
        "first with `--dry-run`. Interrupted, the same command goes on behind the last row that was stored.",
        "**Nothing twice.** The same file again, or one that overlaps with it, adds only what is new. Choose the same "
        "source for it. Choose another day for the end of the history than for the beginning of Zuka's own tracker, or "
        "that day is counted by both.",
        "**Nothing lost.** Rows read = stored + there before + refused + left out for privacy. What is refused is kept "
        "with the reason under Rejected events, to be mended and replayed.",
        "**Nobody is told.** No alert, mail or webhook comes of old events. Days of history are counted after those of "
        "today: a year takes an hour or two to show in the reports. Orders in it are claims: revenue comes from Zuka's "
        "own orders.",
        "**Taken back.** An import can be taken back: its events are deleted and its days counted again. What another "
        "file brought as well goes too; bring that file again. What stops half way is tried again until all is gone.",
        "**Archived months.** Months in the archive that events fall in, or are taken back from, come back to "
        "PostgreSQL first, and are archived again `ARCHIVE_RESTORED_DAYS` later. While the archive cannot be reached "
        "the import stops there, and goes on where it was.",
        "**How long.** Events of history are kept as long as all others (`EVENT_RETENTION_MONTHS`); what was counted "
        "of them stays.",
        *map(history_part, HISTORY.values()),
    )


add_document("docs/moving-in.md", history_page)
add_document("docs/attribution.md", attribution_page)
add_document("docs/events.md", events_page)
add_document("docs/doors.md", doors_page)
add_document("docs/reports.md", reports_page)
add_document("docs/clickhouse-reports.md", clickhouse_page)
add_document("docs/dashboards.md", dashboards_page)
add_document("docs/counting.md", rollups_page)
add_document("docs/segments.md", segments_page)
add_document("docs/numbers.md", numbers_page)
add_document("docs/tracker-types.md", types_page)
