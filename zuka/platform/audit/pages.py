"""The history of a thing, on its page; and what was done about or by a person, on theirs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.safestring import SafeString

from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.audit.admin import MAY_SEE
from zuka.platform.audit.models import AuditEntry
from zuka.platform.audit.reading import (
    Change,
    action_title,
    actor_words,
    changes_of,
    may_view,
    name_actors,
    personal_of,
    thing_words,
)
from zuka.platform.audit.rules import label_of

MOST_SHOWN = 100
PEOPLE_RIGHT = f"{settings.AUTH_USER_MODEL.split('.')[0]}.view_{settings.AUTH_USER_MODEL.split('.')[1].lower()}"
MOST_OF_PERSON = 15


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that was done, as the history shows it."""

    at: datetime
    who: str
    what: str
    thing: str = ""
    why: str = ""
    changes: tuple[Change, ...] = ()
    entry: AuditEntry | None = None


def history_pages(site: BackOffice) -> list[URLPattern | URLResolver]:
    """Return the addresses of histories, in the place of Django's own: one a table."""
    return [
        path(
            f"{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/history/",  # noqa: SLF001 - public by Django's documentation
            site.admin_view(partial(show_history, page=page)),
            name=f"{model._meta.app_label}_{model._meta.model_name}_history",  # noqa: SLF001 - as above
        )
        for model, page in site._registry.items()  # noqa: SLF001 - the list of pages has no other door
    ]


def show_history(request: HttpRequest, object_id: str, *, page: Any) -> HttpResponse:
    """Show what was done to a thing, and to the rows on its page. Raises Http404, PermissionDenied."""
    thing = page.get_object(request, unquote(object_id))
    if thing is None:
        raise Http404
    if not page.has_view_or_change_permission(request, thing):
        raise PermissionDenied
    entries = entries_of(type(thing), thing.pk)
    shown = [each for each in entries[:MOST_SHOWN] if may_view(each, request.user)]
    moments = [*moments_of(shown, reader=request.user), *notes_of(thing, entries)]
    context = {
        **page.admin_site.each_context(request),
        "title": f"History of {thing}",
        "opts": page.opts,
        "object": thing,
        "moments": sorted(moments, key=lambda each: each.at, reverse=True),
        "is_cut": len(entries) > MOST_SHOWN,
    }
    return TemplateResponse(request, "platform/audit_history.html", context)


def entries_of(model: type[Any], pk: Any) -> list[AuditEntry]:
    """Return the newest entries of a thing and of the rows on its page, one more than are shown."""
    label = label_of(model)
    here = AuditEntry.objects.filter(model=label, subject_id=str(pk))[: MOST_SHOWN + 1]
    below = AuditEntry.objects.filter(parent_model=label, parent_id=str(pk))[: MOST_SHOWN + 1]
    return sorted({*here, *below}, key=lambda each: each.pk, reverse=True)[: MOST_SHOWN + 1]


def moments_of(entries: list[AuditEntry], *, reader: Any) -> list[Moment]:
    """Return entries as people read them; what is personal for who may read the log, names for who may see people."""
    names, personal = name_actors(entries), personal_of(entries) if reader.has_perm(MAY_SEE) else {}
    names_people = reader.has_perm(PEOPLE_RIGHT)
    return [
        Moment(
            at=each.at,
            who=actor_words(each, names),
            what=action_title(each.action),
            thing=thing_words(each, personal[each.pk].words if each.pk in personal else ""),
            why=each.reason or (personal[each.pk].reason if each.pk in personal else ""),
            changes=tuple(changes_of(each, personal.get(each.pk), names_people=names_people)),
            entry=each,
        )
        for each in entries
    ]


def notes_of(thing: Any, entries: list[AuditEntry]) -> list[Moment]:
    """Return what Django noted of a thing: from before the log began, and what a page said in its own words."""
    kind = ContentType.objects.get_for_model(type(thing))
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(thing.pk)).select_related("user")
    began = entries[-1].at if entries else None
    return [
        Moment(at=each.action_time, who=str(each.user), what=each.get_change_message() or str(each))
        for each in rows.order_by("-action_time")[:MOST_SHOWN]
        if began is None or each.action_time < began or not is_listed(each.change_message)
    ]


def is_listed(message: str) -> bool:
    """Say whether a note of Django's only lists the columns that were changed, which entries do better."""
    try:
        return isinstance(json.loads(message or "[]"), list)
    except ValueError:
        return False  # words of a page


def person_panel(request: HttpRequest, person: Any) -> SafeString | str:
    """Return what was done about a person, and by them, for who may read the log."""
    if not request.user.has_perm(MAY_SEE):
        return ""
    found = AuditEntry.objects.filter(Q(person_id=person.pk) | Q(actor_id=str(person.pk)))[:MOST_OF_PERSON]
    entries = list(found)
    names, personal = name_actors(entries), personal_of(entries)
    rows = [
        (
            each.pk,
            each.at,
            actor_words(each, names),
            action_title(each.action),
            thing_words(each, personal[each.pk].words if each.pk in personal else ""),
        )
        for each in entries
    ]
    return render_to_string("platform/audit_panel.html", {"rows": rows, "person": person}, request=request)


add_pages(history_pages)
add_panel(subject="customer", panel=person_panel)
