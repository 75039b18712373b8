"""Staff's sign-ins, sessions, locks and rules in the back office, for who gives roles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.audit.actions import record_action
from zuka.platform.clock import now
from zuka.platform.staff.models import RoleRule, SignInLock, StaffSession, StaffSignIn
from zuka.platform.staff.pages import may_manage
from zuka.platform.staff.proving import ProvedChanges
from zuka.platform.staff.sessions import Ending, device_words, end_sessions, place_words

OUTCOME_COLOURS = {"signed_in": "success", "refused": "warning", "wrong_code": "warning", "locked": "danger"}


@admin.register(StaffSignIn)
class StaffSignInAdmin(RecordAdmin):
    """Who signed in to the back office, or tried to."""

    list_display = ("at", "show_person", "show_outcome", "show_device", "show_place", "is_new_device")
    list_filter = ("outcome", "is_new_device", "at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "ip")
    fields = (("at", "user"), ("outcome", "is_new_device"), ("show_device", "show_place"), "user_agent")
    readonly_fields = ("show_device", "show_place")

    @column(description="Person", ordering="user__name")
    def show_person(self, attempt: StaffSignIn) -> str:
        """Return whose account was meant."""
        return str(attempt.user or "No account of staff")

    @column(description="What came of it", ordering="outcome", label=OUTCOME_COLOURS)
    def show_outcome(self, attempt: StaffSignIn) -> tuple[str, str]:
        """Return the outcome with its colour."""
        return attempt.outcome, attempt.get_outcome_display()

    @column(description="Device")
    def show_device(self, attempt: StaffSignIn) -> str:
        """Return the browser."""
        return device_words(attempt.user_agent)

    @column(description="From", ordering="ip")
    def show_place(self, attempt: StaffSignIn) -> str:
        """Return the address, and where it is when that is known."""
        return place_words(attempt.ip)


@admin.register(StaffSession)
class StaffSessionAdmin(RecordAdmin):
    """Browsers in which staff are or were signed in."""

    list_display = ("show_person", "show_device", "show_place", "created_at", "last_seen_at", "ended_because")
    list_filter = ("ended_because", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "ip")
    actions = ("sign_out",)
    fields = (
        ("user", "show_device"),
        ("show_place", "user_agent"),
        ("created_at", "last_seen_at"),
        ("ended_at", "ended_because"),
    )
    readonly_fields = ("show_device", "show_place")

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may sign staff out."""
        return bool(request.user.has_perm("platform.change_staffsession"))

    @column(description="Person", ordering="user__name")
    def show_person(self, session: StaffSession) -> str:
        """Return who is signed in there."""
        return str(session.user)

    @column(description="Device")
    def show_device(self, session: StaffSession) -> str:
        """Return the browser."""
        return device_words(session.user_agent)

    @column(description="From", ordering="ip")
    def show_place(self, session: StaffSession) -> str:
        """Return the address, and where it is when that is known."""
        return place_words(session.ip)

    @admin.action(description="Sign out", permissions=["end"])
    def sign_out(self, request: HttpRequest, sessions: QuerySet[StaffSession]) -> None:
        """End the chosen sessions at once."""
        count = 0
        for each in sessions.select_related("user"):
            if may_manage(request, each.user):
                ended = end_sessions(user=each.user, because=Ending.OWNER, at=now(), only=each.pk)
                if ended:
                    record_action("staff.session_ended", subject=each.user, person_id=each.user_id)
                count += ended
        messages.success(request, f"{count} signed out.")


@admin.register(SignInLock)
class SignInLockAdmin(ModelAdmin):
    """Accounts and addresses with wrong attempts; deleting a row lets them try again."""

    list_display = ("show_who", "kind", "failures", "began_at", "locked_until")
    list_filter = ("kind",)
    list_select_related = ("user",)
    fields = (("show_who", "kind"), ("failures", "began_at", "locked_until"))
    readonly_fields = ("show_who",)

    @column(description="Who")
    def show_who(self, lock: SignInLock) -> str:
        """Return the account or the address."""
        return str(lock)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Attempts alone add rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Counts stay as they are; the row is deleted to unlock."""
        return False


@admin.register(RoleRule)
class RoleRuleAdmin(ProvedChanges, ModelAdmin):
    """Which roles need a second step."""

    list_display = ("group", "needs_second_step")
    list_select_related = ("group",)
    fields = ("group", "needs_second_step")

    def get_readonly_fields(self, request: HttpRequest, obj: RoleRule | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix the role of a rule."""
        return ("group",) if obj else ()
