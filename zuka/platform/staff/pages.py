"""Staff's own sign-in, and that of others for owners: second step, browsers, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.rows import read_number
from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.audit.actions import record_action
from zuka.platform.clock import now
from zuka.platform.staff.factors import (
    has_factor,
    needs_factor,
    new_recovery_codes,
    picture_of,
    recovery_codes_left,
    secret_of,
    set_up,
    take_away,
)
from zuka.platform.staff.history import mail_to, tell_of_set_up
from zuka.platform.staff.locking import locks_of, unlock
from zuka.platform.staff.models import StaffSignIn
from zuka.platform.staff.proving import proved
from zuka.platform.staff.sessions import Ending, device_words, end_sessions, open_sessions, place_words, rotate_now

MAY_GIVE_ROLES = "auth.change_group"
MOST_ATTEMPTS = 10


class SecurityPages:
    """The pages, for staff only."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses."""
        guard = self.guard
        return [
            path("security/", guard(self.show_mine), name="my-security"),
            path("security/second-step/", guard(proved(self.set_up)), name="my-second-step"),
            path("security/second-step/off/", guard(posted(proved(self.turn_off))), name="my-second-step-off"),
            path("security/recovery-codes/", guard(posted(proved(self.make_codes))), name="my-recovery-codes"),
            path("security/browsers/end/", guard(posted(self.end_mine)), name="my-browsers-end"),
            path("security/people/<uuid:pk>/", guard(self.show_person), name="staff-security"),
            path("security/people/<uuid:pk>/second-step/off/", guard(posted(proved(self.reset))), name="staff-reset"),
            path("security/people/<uuid:pk>/unlock/", guard(posted(self.unlock)), name="staff-unlock"),
            path("security/people/<uuid:pk>/browsers/end/", guard(posted(self.end_theirs)), name="staff-browsers-end"),
        ]

    def guard(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Let staff in alone, and have no browser keep what it was shown."""
        guarded: Callable[..., HttpResponse] = never_cache(self.site.admin_view(view))
        return guarded

    def answer(self, request: HttpRequest, page: str, **facts: Any) -> HttpResponse:
        """Return a page of the back office."""
        return TemplateResponse(request, f"platform/{page}.html", {**self.site.each_context(request), **facts})

    def show_mine(self, request: HttpRequest) -> HttpResponse:
        """Show somebody how they sign in, where they are signed in, and who tried."""
        facts = facts_of(request.user, here=request.session.session_key)
        return self.answer(request, "security", title="My sign-in", person=request.user, is_own=True, **facts)

    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Show what the app scans, then take its first code; recovery codes are shown in that very answer."""
        if has_factor(request.user):
            return HttpResponseRedirect(reverse("admin:my-security"))
        is_wrong = False
        if request.method == "POST":
            codes = set_up(request, request.POST.get("code", "").strip())
            if codes is not None:
                self.follow_set_up(request)
                return self.show_codes(request, codes)
            is_wrong = True
        secret = secret_of(request)
        facts = {"picture": picture_of(request.user, secret), "secret": grouped(secret), "is_wrong": is_wrong}
        needs = needs_factor(request.user)
        return self.answer(request, "second_step", title="Set up a second step", is_needed=needs, **facts)

    def follow_set_up(self, request: HttpRequest) -> None:
        """End the browsers that signed in without the second step, and tell whose it is."""
        person, at = request.user, now()
        note(request, "account.second_step_on")
        rotate_now(request)
        end_sessions(user=person, because=Ending.REVOKED, at=at, keep=request.session.session_key)
        tell_of_set_up(person, at=at)

    def show_codes(self, request: HttpRequest, codes: list[str]) -> HttpResponse:
        """Show recovery codes, this once."""
        return self.answer(request, "recovery_codes", title="Your recovery codes", codes=codes)

    def make_codes(self, request: HttpRequest) -> HttpResponse:
        """Make new recovery codes."""
        if not has_factor(request.user):
            return HttpResponseRedirect(reverse("admin:my-second-step"))
        note(request, "account.recovery_codes")
        return self.show_codes(request, new_recovery_codes(request.user))

    def turn_off(self, request: HttpRequest) -> HttpResponse:
        """Take somebody's own second step away, unless their role needs one."""
        if needs_factor(request.user):
            messages.error(request, "Your role needs a second step. Set up another phone by turning to an owner.")
        elif take_away(request.user):
            note(request, "account.second_step_off")
            rotate_now(request)
            messages.success(request, "Your second step is off. Your password alone signs you in now.")
        return HttpResponseRedirect(reverse("admin:my-security"))

    def end_mine(self, request: HttpRequest) -> HttpResponse:
        """Sign out of another browser, or of all others."""
        only = read_number(request.POST["session"]) if "session" in request.POST else None
        here = request.session.session_key
        count = end_sessions(user=request.user, because=Ending.REVOKED, at=now(), keep=here, only=only)
        messages.success(request, f"Signed out of {count} {'browser' if count == 1 else 'browsers'}.")
        return HttpResponseRedirect(reverse("admin:my-security"))

    def show_person(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Show owners how a member of staff signs in."""
        person = find_staff(request, pk)
        if person.pk == request.user.pk:
            return HttpResponseRedirect(reverse("admin:my-security"))
        facts = facts_of(person, here=None)
        return self.answer(request, "security", title=f"Sign-in of {person}", person=person, is_own=False, **facts)

    def reset(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Take a second step away that somebody has lost, sign them out, and tell them."""
        person, at = find_staff(request, pk), now()
        if take_away(person):
            end_sessions(user=person, because=Ending.OWNER, at=at)
            note(request, "staff.second_step_reset", person=person)
            if person.email:
                key = f"staff.second_step_reset:{person.pk}:{at.timestamp()}"
                mail_to(person, template="staff.second_step_reset", key=key, at=at)
            messages.success(request, f"{person} signs in by password alone now, and was told by mail.")
        return back_to(person)

    def unlock(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Let somebody try again who was locked."""
        person = find_staff(request, pk)
        if unlock(person):
            note(request, "staff.sign_in_unlocked", person=person)
            messages.success(request, f"{person} can try again now.")
        return back_to(person)

    def end_theirs(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Sign somebody out of one browser or of all."""
        person = find_staff(request, pk)
        only = read_number(request.POST["session"]) if "session" in request.POST else None
        count = end_sessions(user=person, because=Ending.OWNER, at=now(), only=only)
        note(request, "staff.session_ended", person=person, after={"browsers": count})
        messages.success(request, f"Signed out of {count} {'browser' if count == 1 else 'browsers'}.")
        return back_to(person)


def posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view one that only forms reach."""

    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return view(request, *args, **options) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return answer


def may_manage(request: HttpRequest, person: Any) -> bool:
    """Say whether somebody decides about another's sign-in: who gives roles, and superusers about superusers."""
    if not request.user.has_perm(MAY_GIVE_ROLES):
        return False
    return bool(getattr(request.user, "is_superuser", False) or not person.is_superuser)


def find_staff(request: HttpRequest, pk: Any) -> Any:
    """Return a member of staff. Raises Http404, and PermissionDenied for who may not decide about them."""
    if not request.user.has_perm(MAY_GIVE_ROLES):
        raise PermissionDenied
    person = get_user_model()._default_manager.filter(pk=pk, is_staff=True).first()  # noqa: SLF001 - Django's name for it
    if person is None:
        raise Http404
    if not may_manage(request, person):
        raise PermissionDenied
    return person


def facts_of(person: Any, *, here: str | None) -> dict[str, Any]:
    """Return what a page says of somebody's sign-in."""
    rows = open_sessions(person)
    attempts = StaffSignIn.objects.filter(user=person)[:MOST_ATTEMPTS]
    return {
        "has_factor": has_factor(person),
        "needs_factor": needs_factor(person),
        "codes_left": recovery_codes_left(person),
        "lock_minutes": settings.STAFF_LOCK_MINUTES,
        "is_locked": bool(locks_of(person, at=now())),
        "sessions": [
            {
                "pk": each.pk,
                "device": device_words(each.user_agent),
                "place": place_words(each.ip),
                "seen_at": each.last_seen_at,
                "is_here": each.session_key == here,
            }
            for each in rows
        ],
        "attempts": [(each, device_words(each.user_agent), place_words(each.ip)) for each in attempts],
    }


def note(request: HttpRequest, action: str, *, person: Any = None, after: dict[str, Any] | None = None) -> None:
    """Write an entry about somebody's sign-in."""
    subject: Any = person or request.user
    record_action(action, subject=subject, person_id=subject.pk, after=after)


def back_to(person: Any) -> HttpResponseRedirect:
    """Return to the page about somebody's sign-in."""
    return HttpResponseRedirect(reverse("admin:staff-security", args=[person.pk]))


def grouped(secret: str) -> str:
    """Return a secret in groups of four, as people type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def sign_in_panel(request: HttpRequest, person: Any) -> SafeString | str:
    """Return what owners see of a member of staff's sign-in on their page."""
    if not person.is_staff or not may_manage(request, person):
        return ""
    facts = {
        "person": person,
        "has_factor": has_factor(person),
        "needs_factor": needs_factor(person),
        "is_locked": bool(locks_of(person, at=now())),
        "count": len(open_sessions(person)),
    }
    return render_to_string("platform/security_panel.html", facts, request=request)


add_pages(lambda site: SecurityPages(site).urls())
add_panel(subject="customer", panel=sign_in_panel)
add_menu(
    MenuGroup(
        "Security",
        85,
        [
            MenuItem("My sign-in", "key", "my-security", "", is_shown=lambda user: bool(user.is_staff)),
            MenuItem("Audit log", "history", "platform_auditentry_changelist", "platform.view_auditentry"),
            MenuItem("Staff sign-ins", "login", "platform_staffsignin_changelist", "platform.view_staffsignin"),
            MenuItem("Staff sessions", "devices", "platform_staffsession_changelist", "platform.view_staffsession"),
            MenuItem("Sign-in locks", "lock", "platform_signinlock_changelist", "platform.view_signinlock"),
            MenuItem("Second step by role", "phonelink_lock", "platform_rolerule_changelist", "platform.view_rolerule"),
        ],
    )
)
