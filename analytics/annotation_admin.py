"""Notes on charts in the back office: written from a chart or here, changed by whoever wrote them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from analytics.report.annotations import places, visible_annotations
from analytics.report.periods import Period
from analytics.report.scope import scope_of
from analytics.report.wording import period_text
from analytics.store.models import Annotation
from zuka.platform.admin.rows import column

TITLES = {name: title for _, options in places() for name, title in options}


class AnnotationForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no argument when it runs
    """When, what, and on which charts."""

    places = forms.MultipleChoiceField(
        label="On",
        choices=[(name, f"{title} ({group.lower()[:-1]})") for group, options in places() for name, title in options],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="The dashboards and reports whose charts show it; nothing chosen: all charts over days.",
    )

    class Meta:
        model = Annotation
        fields = ("first_date", "last_date", "text", "places", "roles")
        # A list that is searched would need the right to open the list of roles.
        widgets: ClassVar = {"roles": UnfoldAdminCheckboxSelectMultipleWidget}

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return the place that a chart's link names as one of several."""
        value = super().get_initial_for_field(field, field_name)
        return [value] if field_name == "places" and isinstance(value, str) else value

    def clean(self) -> dict[str, Any]:
        """Fill the last day of a note about one, and refuse days in the wrong order."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("first_date"), found.get("last_date")
        if first and not last:
            found["last_date"] = first
        elif first and last and last < first:
            raise ValidationError({"last_date": f"It is before {first}; choose that day or a later one."})
        return found


@admin.register(Annotation)
class AnnotationAdmin(ModelAdmin):
    """Notes that this person may read; only who wrote one changes it."""

    form = AnnotationForm
    list_display = ("text", "show_days", "show_places", "author", "show_roles")
    list_select_related = ("author",)
    search_fields = ("text",)
    date_hierarchy = "first_date"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        """Return what this person may read."""
        return visible_annotations(scope_of(request.user)).select_related("author").prefetch_related("roles")

    def save_model(self, request: HttpRequest, obj: Annotation, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save it as this person's own."""
        if not change:
            obj.author = request.user  # type: ignore[assignment]  # staff pages are for those who signed in
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Annotation | None = None) -> bool:
        """Leave it to whoever wrote it."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.author_id == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Annotation | None = None) -> bool:
        """Leave it to whoever wrote it."""
        return bool(super().has_delete_permission(request, obj)) and (obj is None or obj.author_id == request.user.pk)

    @column(description="Days", ordering="first_date")
    def show_days(self, annotation: Annotation) -> str:
        """Return the days it is about."""
        return period_text(Period(annotation.first_date, annotation.last_date))

    @column(description="On")
    def show_places(self, annotation: Annotation) -> str:
        """Return whose charts show it."""
        return ", ".join(TITLES.get(place, place) for place in annotation.places) or "All charts over days"

    @column(description="Only for")
    def show_roles(self, annotation: Annotation) -> str:
        """Return who reads it."""
        return ", ".join(role.name for role in annotation.roles.all()) or "Everybody"
