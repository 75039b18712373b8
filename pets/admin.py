"""Pets in the back office: conversations to read, actions that were refused or failed. Nobody writes for a pet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.admin import TabularInline

from pets.models import MessageRole, PetAction, PetConversation, PetMessage, PetPreference, UserPet
from pets.personas import PERSONAS
from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.rows import FrozenRows, RecordAdmin, column

MOST_MESSAGES = 200
STATUS_COLOURS = {
    "done": "success",
    "waiting": "info",
    "refused": "warning",
    "failed": "danger",
    "declined": "default",
    "expired": "default",
}
MOST_PREFERENCES = 50


def count_of(rows: QuerySet[Any], owner: str) -> Any:
    """Return how many rows belong to each of a page's rows: a subquery, so that only those shown are counted."""
    mine = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)


class PersonaFilter(admin.SimpleListFilter):
    """By who the pet is."""

    title = "persona"
    parameter_name = "persona"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return every persona."""
        return [(each.id, each.title) for each in PERSONAS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the rows of the chosen one."""
        return queryset.filter(persona=self.value()) if self.value() in PERSONAS else queryset


class PersonGuard:
    """Whose a row is, shown to staff who may see customers; to others it is a customer."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What people write to their pets is theirs: it needs the right to see customers too."""
        allowed: bool = super().has_view_permission(request, obj)  # type: ignore[misc]  # of the admin
        return allowed and request.user.has_perm("commerce.view_user")


class PreferenceInline(FrozenRows, TabularInline):
    """What a pet remembers."""

    model = PetPreference
    extra = 0
    hide_title = True
    max_num = per_page = MOST_PREFERENCES
    fields = readonly_fields = ("kind", "value", "source", "times", "is_refused", "learned_at")


@admin.register(UserPet)
class UserPetAdmin(PersonGuard, RecordAdmin):
    """Pets: whose they are, who they are, and what they remember."""

    list_display = ("name", "persona", "user", "level", "xp", "adopted_at")
    list_filter = (PersonaFilter,)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    search_help_text = "A customer's e-mail."
    ordering = ("-adopted_at",)
    fields = ("name", "persona", "user", ("level", "xp"), "adopted_at")
    inlines = (PreferenceInline,)


class MessageInline(FrozenRows, TabularInline):
    """What was said."""

    model = PetMessage
    extra = 0
    hide_title = True
    max_num = per_page = MOST_MESSAGES
    fields = readonly_fields = ("created_at", "role", "text", "kind", "intent", "is_understood", "brain")


class ActionInline(FrozenRows, TabularInline):
    """What the pet did."""

    model = PetAction
    extra = 0
    hide_title = True
    max_num = per_page = MOST_MESSAGES
    ordering = ("created_at", "id")
    fields = readonly_fields = ("created_at", "tool", "arguments", "status", "consent", "code", "outcome")


@admin.register(PetConversation)
class ConversationAdmin(PersonGuard, RecordAdmin):
    """Conversations, to read: what was said, and what the pet did."""

    list_display = ("last_message_at", "show_person", "persona", "turns", "show_puzzling", "show_actions")
    list_filter = (PersonaFilter, "last_message_at")
    list_select_related = ("pet__user",)
    search_fields = ("id", "pet__user__email")
    search_help_text = "A customer's e-mail, or a conversation's id."
    ordering = ("-last_message_at", "-id")
    fields = ("show_person", "persona", ("started_at", "last_message_at"), "turns", "id")
    readonly_fields = ("show_person",)
    inlines = (MessageInline, ActionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PetConversation]:
        """Return conversations with how much was not understood, and how often the pet did something."""
        rows: QuerySet[PetConversation] = super().get_queryset(request)
        puzzling = PetMessage.objects.filter(role=MessageRole.USER, is_understood=False)
        return rows.annotate(
            puzzling=count_of(puzzling, "conversation"), deeds=count_of(PetAction.objects.all(), "conversation")
        )

    @column(description="Person")
    def show_person(self, conversation: PetConversation) -> str:
        """Return whose pet it is."""
        return str(conversation.pet.user)

    @column(description="Not understood")
    def show_puzzling(self, conversation: PetConversation) -> int:
        """Return how many messages were not understood."""
        return int(getattr(conversation, "puzzling", 0))

    @column(description="Actions")
    def show_actions(self, conversation: PetConversation) -> int:
        """Return how often the pet did something."""
        return int(getattr(conversation, "deeds", 0))


@admin.register(PetAction)
class ActionAdmin(PersonGuard, RecordAdmin):
    """What pets did, were refused, or failed at."""

    list_display = ("created_at", "tool", "show_status", "consent", "code", "brain", "show_person")
    list_filter = ("status", "consent", "tool", "created_at")
    list_select_related = ("conversation__pet__user",)
    search_fields = ("id", "conversation__pet__user__email")
    search_help_text = "A customer's e-mail, or an action's id."
    ordering = ("-created_at", "-id")
    fields = (
        "tool",
        ("show_status", "code"),
        "consent",
        "show_person",
        "conversation",
        "arguments",
        "outcome",
        ("created_at", "ended_at", "expires_at"),
        "brain",
    )
    readonly_fields = ("show_status", "show_person")

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, action: PetAction) -> tuple[str, str]:
        """Return the status with its colour."""
        return action.status, action.get_status_display()

    @column(description="Person")
    def show_person(self, action: PetAction) -> str:
        """Return whose pet it was."""
        return str(action.conversation.pet.user)


@admin.register(PetMessage)
class MessageAdmin(PersonGuard, RecordAdmin):
    """What pets did not understand, and everything else that was said."""

    list_display = ("created_at", "text", "intent", "is_understood", "brain", "conversation")
    list_filter = ("is_understood", "role", "kind", "created_at")
    list_select_related = ("conversation",)
    search_fields = ("text",)
    ordering = ("-id",)
    fields = ("created_at", "role", "text", "kind", "intent", "is_understood", "brain", "conversation", "metadata")


def show_pet(request: HttpRequest, user: Any) -> str:
    """Return a customer's pet for the customer page; empty for staff who may not see it, and without one."""
    pet = UserPet.objects.filter(user=user).first() if request.user.has_perm("pets.view_userpet") else None
    if pet is None:
        return ""
    link = reverse("admin:pets_userpet_change", args=[pet.pk])
    return render_to_string("pets/pet_panel.html", {"pet": pet, "link": link}, request)


add_panel(subject="customer", panel=show_pet)


def item(title: str, icon: str, model: str) -> MenuItem:
    """Return the menu entry of a table's list, for who may see it and customers."""
    permission = f"pets.view_{model}"
    return MenuItem(
        title=title,
        icon=icon,
        url_name=f"pets_{model}_changelist",
        permission=permission,
        is_shown=lambda user: user.has_perm(permission) and user.has_perm("commerce.view_user"),
    )


add_menu(
    MenuGroup(
        "Pets",
        35,
        [
            item("Conversations", "forum", "petconversation"),
            item("Actions", "pets", "petaction"),
            item("Messages", "chat", "petmessage"),
            item("Pets", "cruelty_free", "userpet"),
        ],
    )
)
