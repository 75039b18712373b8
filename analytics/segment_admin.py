"""Segments in the back office: listed, put together from conditions with the people counted, shared by role."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from analytics.people.conditions import Definition, DefinitionError, read_definition, say_definition
from analytics.people.segments import SAMPLE, SlowSegmentError, count_people, sample_people
from analytics.registry.reports import REPORTS
from analytics.registry.segments.conditions import CONDITIONS, MOST_CONDITIONS
from analytics.report.narrowed import can_be_narrowed, visible_segments
from analytics.report.presentation import report_url
from analytics.report.scope import PEOPLE, scope_of
from analytics.report.segment_forms import (
    as_definition,
    change_conditions,
    match_choices,
    new_condition,
    read_form,
    rows_of,
    stored_as_typed,
)
from analytics.report.wording import moment_text
from analytics.store.models import Segment
from zuka.platform import clock
from zuka.platform.admin.rows import column, read_number

SHOWN_IN = ("overview", "revenue", "sessions", "customers", "product_performance", "event_funnel")
LONGEST_NAME, LONGEST_TEXT = 80, 300


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment as it stands on the page."""

    name: str = ""
    description: str = ""
    match: str = "all"
    roles: tuple[int, ...] = ()
    conditions: list[dict[str, Any]] = field(default_factory=list)


def new_draft() -> Draft:
    """Return what a new segment begins with."""
    return Draft(conditions=[new_condition(CONDITIONS["visited"])])


def stored_draft(segment: Segment) -> Draft:
    """Return a segment as it is stored."""
    return Draft(
        segment.name,
        segment.description,
        segment.definition.get("match", "all"),
        tuple(segment.roles.values_list("pk", flat=True)),
        stored_as_typed(segment.definition),
    )


def posted_draft(request: HttpRequest) -> Draft:
    """Return what the page's form holds, changed by the button that was pressed."""
    data = request.POST
    action = f"add-{data.get('kind', '')}" if data.get("do") == "add" else str(data.get("do", ""))
    return Draft(
        " ".join(str(data.get("name", "")).split()),
        str(data.get("description", "")).strip(),
        str(data.get("match", "all")),
        tuple(read_number(each) for each in data.getlist("roles")),
        change_conditions(read_form(data), action),
    )


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    """Own segments and those that colleagues share; only who made one changes it."""

    list_display = ("name", "show_definition", "show_people", "show_as_of", "owner", "show_roles")
    list_select_related = ("owner",)
    search_fields = ("name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """Return what this person may use."""
        return visible_segments(scope_of(request.user)).select_related("owner").prefetch_related("roles")

    def has_change_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        """Leave it to whoever made it."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.owner_id == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        """Leave it to whoever made it."""
        return bool(super().has_delete_permission(request, obj)) and (obj is None or obj.owner_id == request.user.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes with segments: Django would read every one of their people to say so."""
        needed = {"segment"} if any(not self.has_delete_permission(request, each) for each in objs) else set()
        return [str(each) for each in objs], {"segments": len(objs)}, needed, []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """Return the page of a segment; a press of Save leads back to it, any other button shows what it changes."""
        segment = self.get_object(request, object_id) if object_id else None
        if object_id and segment is None:
            raise Http404
        may_view = self.has_view_permission(request, segment) if segment else self.has_add_permission(request)
        may_change = self.has_change_permission(request, segment) if segment else may_view
        if not may_view or (request.method == "POST" and not may_change):
            raise PermissionDenied
        if request.method != "POST":
            draft = stored_draft(segment) if segment else new_draft()
            return show_draft(self, request, segment, draft, may_change=may_change)
        return self.take_draft(request, segment, posted_draft(request))

    def take_draft(self, request: HttpRequest, segment: Segment | None, draft: Draft) -> HttpResponse:
        """Save what the form holds where that was asked for and can be, else show it."""
        problem = None
        if request.POST.get("do") == "save":
            try:
                saved = save_draft(request, segment, draft)
            except DefinitionError as wrong:
                problem = wrong
            else:
                messages.success(request, f"{saved.name} is saved. Its people are found when it is used first.")
                return redirect(reverse("admin:analytics_segment_change", args=[saved.pk]))
        return show_draft(self, request, segment, draft, may_change=True, problem=problem)

    @column(description="Who is in it")
    def show_definition(self, segment: Segment) -> str:
        """Return its conditions in words."""
        return segment.description or words_of(segment.definition)

    @column(description="People", ordering="people")
    def show_people(self, segment: Segment) -> str:
        """Return how many there were."""
        return "Not counted yet" if segment.people is None else f"{segment.people:,}"

    @column(description="As of", ordering="refreshed_at")
    def show_as_of(self, segment: Segment) -> str:
        """Return when they were found, or why not."""
        return as_of_text(segment)

    @column(description="Shared with")
    def show_roles(self, segment: Segment) -> str:
        """Return who may use it."""
        return ", ".join(role.name for role in segment.roles.all())


def words_of(definition: dict[str, Any]) -> str:
    """Return a stored definition in words."""
    try:
        return say_definition(read_definition(definition))
    except DefinitionError as wrong:
        return f"{wrong.field}: {wrong.message}"


def as_of_text(segment: Segment) -> str:
    """Return when the people of a segment were found."""
    if segment.failure:
        return f"Failed: {segment.failure}"
    return moment_text(segment.refreshed_at) if segment.refreshed_at else "When it is used first"


def save_draft(request: HttpRequest, segment: Segment | None, draft: Draft) -> Segment:
    """Save a segment and return it; where its conditions changed, its people are found anew. Raises DefinitionError."""
    if not draft.name or len(draft.name) > LONGEST_NAME:
        raise DefinitionError("Name", f"Give it a name of 1 to {LONGEST_NAME} characters.")
    if len(draft.description) > LONGEST_TEXT:
        raise DefinitionError("Description", f"Write {LONGEST_TEXT} characters at most.")
    stored = read_definition(as_definition(draft.match, draft.conditions)).stored
    found = segment or Segment(owner=request.user)  # type: ignore[misc]  # staff pages are for those who signed in
    if found.definition != stored or not found.pk:
        found.refreshed_at, found.people, found.failure = None, None, ""
    found.name, found.description, found.definition = draft.name, draft.description, stored
    found.save()
    found.roles.set(readers().filter(pk__in=draft.roles))
    return found


def readers() -> QuerySet[Group]:
    """Return the roles that a segment can be shared with: those that read reports about the whole shop."""
    return Group.objects.filter(permissions__codename="view_report").order_by("name")


def show_draft(
    page: SegmentAdmin,
    request: HttpRequest,
    segment: Segment | None,
    draft: Draft,
    *,
    may_change: bool,
    problem: DefinitionError | None = None,
) -> HttpResponse:
    """Return the page with a draft, and how many people it has now."""
    title = segment.name if segment else "New segment"
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "segment": segment,
        "draft": draft,
        "rows": rows_of(draft.conditions),
        "matches": match_choices(draft.match),
        "kinds": CONDITIONS.values(),
        "may_add": len(draft.conditions) < MOST_CONDITIONS,
        "may_change": may_change,
        "may_delete": segment is not None and page.has_delete_permission(request, segment),
        "all_roles": readers(),
        "sees_people": request.user.has_perm(PEOPLE),
        "as_of": as_of_text(segment) if segment else "",
        "links": links_of(segment) if segment else [],
        **people_context(request, draft),
    }
    if problem:
        context["refusal"] = {"field": problem.field, "message": problem.message}
    return TemplateResponse(request, "analytics/segment.html", context, status=400 if problem else 200)


def links_of(segment: Segment) -> list[tuple[str, str]]:
    """Return reports about a segment."""
    shown = [REPORTS[name] for name in SHOWN_IN if can_be_narrowed(REPORTS[name])]
    return [(report.title, report_url(report.id, {"segment": str(segment.pk)})) for report in shown]


def people_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """Return how many people a draft has and, for who may see people, some of them; else what is wrong with it."""
    at = clock.now()
    try:
        definition: Definition = read_definition(as_definition(draft.match, draft.conditions))
        found: dict[str, Any] = {"words": say_definition(definition), "count": count_people(definition, at=at)}
        if request.user.has_perm(PEOPLE):
            found["people"] = [
                (name or person, report_url("person_timeline", {"person": person}), moment_text(last) if last else "–")
                for person, name, last in sample_people(definition, at=at)
            ]
    except DefinitionError as wrong:
        return {"unread": {"field": wrong.field, "message": wrong.message}}
    except SlowSegmentError as slow:  # said where the count would stand
        return {
            "words": say_definition(definition),
            "unread": {"field": "People", "message": f"{slow} Use fewer days."},
        }
    return {**found, "sample": SAMPLE}
