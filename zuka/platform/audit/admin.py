"""The audit log in the back office: a list to search and take away, each entry as from what to what."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast
from django.forms import DateField
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.contrib.import_export.forms import ExportForm

from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.agents import read_agent
from zuka.platform.audit.actions import ACTIONS, record_action
from zuka.platform.audit.models import ActorKind, AuditEntry, AuditOrigin, AuditPersonal
from zuka.platform.audit.reading import (
    PEOPLE,
    action_title,
    actor_words,
    changes_of,
    column_name,
    kind_of,
    model_of,
    name_actors,
    personal_of,
    read_uuid,
    thing_link,
    thing_words,
)
from zuka.platform.audit.rules import audited_tables
from zuka.platform.clock import day_bounds
from zuka.platform.places import find_place
from zuka.platform.spreadsheets import guard_text
from zuka.platform.staff.proving import proved

MAY_SEE = "platform.view_auditentry"
COLOURS = {**dict.fromkeys(ACTIONS, "warning"), "created": "success", "changed": "info", "deleted": "danger"}
MOST_EXPORTED = 50_000
MOST_PEOPLE = 200
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
CUT = "There is more: this file ends after {most:,} entries. Narrow the list by day to take the rest."
HEADS = ("When", "Who", "What", "Thing", "Column", "Before", "After", "Why", "From", "Entry")


class ActionFilter(admin.SimpleListFilter):
    """What was done: the declared actions, so that nobody reads the log for them."""

    title = "what"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the actions."""
        return [(each.name, each.title) for each in ACTIONS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the entries of the chosen one."""
        return queryset.filter(action=self.value()) if self.value() else queryset


class ThingFilter(admin.SimpleListFilter):
    """What kind of thing it was done to."""

    title = "thing"
    parameter_name = "thing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the audited tables, by what their rows are called."""
        return sorted(((label, kind_of(label).capitalize()) for label in audited_tables()), key=lambda each: each[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the entries of the chosen table."""
        return queryset.filter(model=self.value()) if self.value() else queryset


class StaffFilter(admin.SimpleListFilter):
    """Who did it, of those who are staff."""

    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the staff."""
        staff = get_user_model()._default_manager.filter(is_staff=True).order_by("name", "email")[:MOST_PEOPLE]  # noqa: SLF001 - Django's name for it
        return [(str(each.pk), str(each)) for each in staff]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return what the chosen person did."""
        return queryset.filter(actor_id=self.value()) if self.value() else queryset


class DayFilter(RangeDateFilter):
    """When it was done: from one of the shop's days to another, both of them in it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the entries of the chosen days; what is no day is not asked for."""
        first, last = (read_day(request.GET.get(f"{self.parameter_name}_{end}", "")) for end in ("from", "to"))
        if first is not None:
            queryset = queryset.filter(at__gte=day_bounds(first)[0])
        return queryset.filter(at__lt=day_bounds(last)[1]) if last is not None else queryset


def read_day(text: str) -> date | None:
    """Return the day that a filter was given; None for what is none, and for one beyond the calendar's ends."""
    try:
        day = parse_date(text) or DateField().to_python(text)
    except (ValueError, ValidationError):
        return None  # as if it had not been filled in
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


class LogSheet(resources.Resource):
    """Entries as rows of a sheet: one a column that was changed."""

    def get_user_visible_fields(self) -> list[Field]:
        """Return the columns, for the page of the export."""
        return [Field(column_name=name) for name in HEADS]

    def export(self, queryset: QuerySet[AuditEntry], **_options: Any) -> Dataset:
        """Return the sheet, newest entries first; text in it starts no formula."""
        sheet = Dataset(headers=list(HEADS))
        entries = list(queryset[:MOST_EXPORTED])
        names, personal = name_actors(entries), personal_of(entries)
        known = {each.origin_id for each in entries if each.origin_id}
        origins = dict(AuditOrigin.objects.filter(pk__in=known).values_list("pk", "ip"))
        for entry in entries:
            said = personal.get(entry.pk)
            reason = entry.reason or (said.reason if said else "")
            facts = (entry.at.isoformat(" ", "seconds"), actor_words(entry, names), action_title(entry.action))
            thing = thing_words(entry, said.words if said else "")
            rest = (reason, origins.get(entry.origin_id or 0, ""), str(entry.pk))
            for before, after, name in raw_changes(entry, said) or [("", "", "")]:
                sheet.append([guard_text(text) for text in (*facts, thing, name, before, after, *rest)])
        if len(entries) == MOST_EXPORTED and queryset[MOST_EXPORTED : MOST_EXPORTED + 1]:
            sheet.append([CUT.format(most=MOST_EXPORTED), *[""] * (len(HEADS) - 1)])
        return sheet

    @classmethod
    def get_display_name(cls) -> str:
        """Return what is exported, for people."""
        return "Audit log, a row a changed column"


def raw_changes(entry: AuditEntry, said: AuditPersonal | None) -> list[tuple[str, str, str]]:
    """Return before, after and name of each column as the log has it: looking up what it refers to takes too long."""
    before = {**entry.before, **(said.before if said else {})}
    after = {**entry.after, **(said.after if said else {})}
    model = model_of(entry.model)
    names = sorted(before.keys() | after.keys())
    return [(str(before.get(name, "")), str(after.get(name, "")), column_name(model, name)) for name in names]


@admin.register(AuditEntry)
class AuditEntryAdmin(ExportMixin, RecordAdmin):
    """What was changed, by whom: to be looked at, and taken away as a sheet."""

    resource_classes = (LogSheet,)
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"
    list_display = ("at", "show_who", "show_action", "show_thing", "show_columns", "show_reason")
    list_filter = (StaffFilter, ActionFilter, ThingFilter, ("at", DayFilter))
    list_filter_submit = True
    list_filter_sheet = True
    search_fields = ("subject_id",)
    search_help_text = "A person’s e-mail, phone or name, a thing’s name or number, or a request’s id."
    ordering = ("-id",)
    fields = (
        ("at", "show_actor"),
        ("show_what", "show_subject"),
        "show_changes",
        "show_why",
        ("show_address", "show_device"),
        "path",
        "request_id",
        "show_beside",
    )
    readonly_fields: ClassVar = [
        "show_actor",
        "show_what",
        "show_subject",
        "show_changes",
        "show_why",
        "show_address",
        "show_device",
        "show_beside",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Add the names that the list shows, which the log itself does not keep."""
        found: QuerySet[AuditEntry] = super().get_queryset(request)
        users = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
        is_person = Q(actor_kind__in=PEOPLE)
        person = Case(When(is_person, then=Cast("actor_id", UUIDField())), output_field=UUIDField())
        personal = AuditPersonal.objects.filter(entry_id=OuterRef("pk"), at=OuterRef("at"))
        return found.alias(actor_uuid=person).annotate(
            actor_name=Subquery(users.filter(pk=OuterRef("actor_uuid")).values("name")[:1]),
            actor_mail=Subquery(users.filter(pk=OuterRef("actor_uuid")).values("email")[:1]),
            personal_words=Subquery(personal.values("words")[:1], output_field=CharField()),
            personal_reason=Subquery(personal.values("reason")[:1], output_field=CharField()),
        )

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return entries by or about a person, of a thing, or of a request: each by an index."""
        words = search_term.strip()[:200]
        if not words:
            return queryset, False
        users = get_user_model()._default_manager.filter(  # noqa: SLF001 - Django's name for it
            Q(email__icontains=words) | Q(phone=words) | Q(name__icontains=words)
        )
        people = list(users.values_list("pk", flat=True)[:MOST_PEOPLE])
        here = Q(subject_id=words) | Q(request_id=words) | Q(words__icontains=words) | Q(person_id__in=people)
        here |= Q(actor_id__in=[str(each) for each in people] or [words])
        if (one := read_uuid(words)) is not None:
            here |= Q(person_id=one) | Q(actor_id=words)
        return queryset.filter(here), False

    def get_export_formats(self) -> list[Any]:
        """Return the kinds of files."""
        return [CSV, XLSX]

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may take it away: who may read it."""
        return bool(request.user.has_perm(MAY_SEE))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Ask who is there, then give the sheet; that it was taken is an entry too."""
        return proved(self.give_sheet)(request)

    def give_sheet(self, request: HttpRequest) -> HttpResponse:
        """Show the page of the export, or give the sheet."""
        answer: HttpResponse = super().export_action(request)
        if request.method == "POST" and "Content-Disposition" in answer.headers:
            record_action("export.downloaded", after={"what": "audit log", "filters": filters_of(request)})
        return answer

    @column(description="Who")
    def show_who(self, entry: Any) -> str:
        """Return who did it, for the list."""
        name = entry.actor_name or entry.actor_mail
        return actor_words(entry, {entry.actor_id: name} if name else {})

    @column(description="What", label=COLOURS)
    def show_action(self, entry: AuditEntry) -> tuple[str, str]:
        """Return what was done, with its colour."""
        return entry.action, action_title(entry.action)

    @column(description="Thing")
    def show_thing(self, entry: Any) -> str:
        """Return which thing it was, for the list."""
        return thing_words(entry, entry.personal_words or "") or "–"

    @column(description="Columns")
    def show_columns(self, entry: AuditEntry) -> str:
        """Return which columns were changed."""
        model = model_of(entry.model)
        names = [column_name(model, name) for name in sorted(entry.before.keys() | entry.after.keys())]
        shown = ", ".join(names[:4])
        return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown or "–"

    @column(description="Why")
    def show_reason(self, entry: Any) -> str:
        """Return the reason that was given; who closes their account takes those about them along."""
        return entry.reason or entry.personal_reason or "–"

    @column(description="Who")
    def show_actor(self, entry: AuditEntry) -> str:
        """Return who did it."""
        origin = origin_of(entry)
        words = actor_words(entry, name_actors([entry]))
        if entry.actor_kind == ActorKind.JOB and origin is not None and origin.person_id:
            person = get_user_model()._default_manager.filter(pk=origin.person_id).first()  # noqa: SLF001 - Django's name for it
            return f"{words} for {person}"
        return words

    @column(description="What")
    def show_what(self, entry: AuditEntry) -> str:
        """Return what was done."""
        return action_title(entry.action)

    @column(description="Thing")
    def show_subject(self, entry: Any) -> SafeString | str:
        """Return which thing it was, with a link to its page."""
        words = thing_words(entry, entry.personal_words or "") or "–"
        link = thing_link(entry, entry.reader)
        return format_html('<a class="text-link" href="{}">{}</a>', link, words) if link else words

    @column(description="From what to what")
    def show_changes(self, entry: AuditEntry) -> SafeString:
        """Return each changed column, before and after."""
        changes = changes_of(entry, personal_of([entry]).get(entry.pk))
        return render_to_string("platform/audit_changes.html", {"changes": changes, "entry": entry})

    @column(description="Why")
    def show_why(self, entry: AuditEntry) -> str:
        """Return the reason that the page has asked for."""
        said = personal_of([entry]).get(entry.pk)
        return entry.reason or (said.reason if said else "") or "–"

    @column(description="From")
    def show_address(self, entry: AuditEntry) -> str:
        """Return the network address, and the place where that is known."""
        origin = origin_of(entry)
        if origin is None or not origin.ip:
            return "–"
        place = find_place(origin.ip)
        return " · ".join(filter(None, [origin.ip, place.get("city"), place.get("country")]))

    @column(description="Device")
    def show_device(self, entry: AuditEntry) -> str:
        """Return what the user agent says."""
        origin = origin_of(entry)
        agent = read_agent(origin.user_agent if origin else "")
        return " on ".join(filter(None, [agent.browser, agent.os])) or "–"

    @column(description="Done by the same click")
    def show_beside(self, entry: AuditEntry) -> SafeString | str:
        """Return the other entries of the request."""
        if not entry.request_id:
            return "–"
        beside = AuditEntry.objects.filter(request_id=entry.request_id, at=entry.at).exclude(pk=entry.pk)[:50]
        rows = [(each.pk, action_title(each.action), thing_words(each)) for each in beside]
        return render_to_string("platform/audit_beside.html", {"rows": rows}) if rows else "Nothing else."

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return an entry, and remember who reads it: a link to its thing is for who may see that."""
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.reader = request.user
        return entry


def filters_of(request: HttpRequest) -> str:
    """Return by what a list was narrowed, without the words that were searched: they may be somebody's name."""
    asked = request.GET.copy()
    asked.pop(SEARCH_VAR, None)
    return asked.urlencode()[:500]


def origin_of(entry: AuditEntry) -> AuditOrigin | None:
    """Return from where an entry came."""
    return AuditOrigin.objects.filter(pk=entry.origin_id, at=entry.at).first() if entry.origin_id else None
