"""API keys in the back office: issue one, see its secret once, change what it may do, revoke it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import localize
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from zuka.platform import clock
from zuka.platform.admin.key_forms import KeyForm
from zuka.platform.admin.rows import column
from zuka.platform.audit.reading import actor_words, name_actors
from zuka.platform.errors import Refused
from zuka.platform.keys.devices import release_device
from zuka.platform.keys.finding import forget_keys, is_stopped
from zuka.platform.keys.issuing import (
    OVERLAP,
    new_token,
    resume_key,
    revoke_key,
    rotate_key,
    scopes_of,
    state_of,
    store_key,
    suspend_key,
)
from zuka.platform.keys.moving import note_tier_of_staff
from zuka.platform.keys.validating import most_validations
from zuka.platform.models import ApiKey, AuditEntry, SourceAlias

STATUS_COLOURS = {
    ApiKey.Status.ACTIVE: "success",
    ApiKey.Status.SUSPENDED: "warning",
    ApiKey.Status.REVOKED: "danger",
    ApiKey.Status.EXPIRED: "danger",
}
TIER_NOTED = ("tier_source", "tier_given_at")
KIND_COLOURS = {ApiKey.Kind.PUBLISHABLE: "info", ApiKey.Kind.SECRET: "warning"}
BUTTONS = (
    "rotate_this_key",
    "replace_this_key",
    "release_this_device",
    "suspend_this_key",
    "resume_this_key",
    "revoke_this_key",
)


def may_see_people(request: HttpRequest) -> bool:
    """Say whether who asks may see the shop's people, as owners of keys are."""
    people = get_user_model()._meta  # noqa: SLF001 - public by Django's documentation
    return bool(request.user.has_perm(f"{people.app_label}.view_{people.model_name}"))


def status_of(key: ApiKey) -> ApiKey.Status:
    """Return whether a key works now."""
    return state_of(key, at=clock.now())


class StateFilter(admin.SimpleListFilter):
    """Keys by whether they work: one whose time is over has expired, whatever its row says."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the states."""
        return [(str(value), str(label)) for value, label in ApiKey.Status.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:  # noqa: ARG002 - as above
        """Return the keys of the chosen state."""
        over = Q(status=ApiKey.Status.EXPIRED) | Q(status=ApiKey.Status.ACTIVE, expires_at__lte=clock.now())
        if self.value() == ApiKey.Status.EXPIRED:
            return queryset.filter(over)
        return queryset.filter(status=self.value()).exclude(over) if self.value() else queryset


def name_tier_giver(key: ApiKey) -> str:
    """Return which of staff gave a key the tier it has; empty where the audit log does not go back so far."""
    about = AuditEntry.objects.filter(model="platform.apikey", subject_id=str(key.pk), after__tier=key.tier)
    entry = about.order_by("-id").first()
    return actor_words(entry, name_actors([entry])) if entry else ""


@admin.register(ApiKey)
class KeyAdmin(ModelAdmin):
    """Keys of the API. They are revoked, never deleted: what they sent names them."""

    form = KeyForm
    list_display = ("name", "show_kind", "tier", "show_prefix", "show_scopes", "show_status", "last_validated_at")
    list_filter = ("kind", "tier", StateFilter)
    search_fields = ("name", "prefix")
    actions = ("revoke_keys",)
    actions_submit_line = BUTTONS
    autocomplete_fields = ("owner",)
    licence = ("tier", "validations_most", "is_device_bound", "is_limited")
    use = (("show_validations", "show_device"), "show_retired")
    rights = (
        "scopes",
        "allowed_origins",
        "allowed_events",
        "is_strict",
        "event_aliases",
        "event_age_days",
        "expires_at",
    )
    facts = (("show_prefix", "say_status"), ("issued_at", "last_validated_at", "revoked_at"))
    readonly_fields = (
        *("show_prefix", "say_status", "issued_at", "last_validated_at", "revoked_at"),
        *("show_validations", "show_device", "show_retired", "show_tier_giver"),
    )

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Return the form of a new key, or that of an issued one, whose kind is settled. Owners are people."""
        told = ("show_tier_giver",) if obj is not None else ()
        licence = (*(("owner",) if may_see_people(request) else ()), *told, *self.licence)
        below = (("Rights", {"fields": self.rights}), ("Licence", {"fields": licence}))
        if obj is None:
            return ((None, {"fields": (("name", "kind"),)}), *below)
        token = ("token",) if obj.token else ()
        return (
            (None, {"fields": (("name", "kind"), *token, *self.facts)}),
            ("Use", {"fields": self.use}),
            *below,
        )

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Fix the kind of an issued key; a publishable token may be read."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "kind", "token")

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Say whether a key may be changed: not after it was revoked."""
        is_revoked = obj is not None and obj.status == ApiKey.Status.REVOKED
        return bool(super().has_change_permission(request, obj)) and not is_revoked

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:  # noqa: ARG002
        """Keys are revoked, not deleted."""
        return False

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Leave room for the buttons of what is done with a key: beside it there is one way to save."""
        one = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, {**context, **one}, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        """Issue a new key, or save what was changed, so that a revocation made meanwhile stays."""
        is_given = not change or "tier" in form.changed_data
        if is_given:
            note_tier_of_staff(key=obj, at=clock.now())
        if change:
            obj.save(update_fields=[*form.changed_data, *(TIER_NOTED if is_given else ()), "updated_at"])
        else:
            token = new_token(obj.kind)
            store_key(obj, token=token)
            request.issued_token = token  # type: ignore[attr-defined]  # for the answer to this request
        forget_keys()
        if change:
            for button in self.get_actions_submit_line(request, obj.pk):
                if button.action_name in request.POST:
                    button.method(request, obj)

    def response_change(self, request: HttpRequest, obj: ApiKey) -> HttpResponse:
        """Show a new token in this very answer, as for a new key."""
        return (
            self.response_add(request, obj)
            if hasattr(request, "issued_token")
            else super().response_change(request, obj)
        )

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002
        """Show the token in this very answer: it is kept nowhere, so it cannot be shown by a later one."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Your new API key",
            "opts": self.opts,
            "key": obj,
            "token": request.issued_token,  # type: ignore[attr-defined]  # set by `save_model`
            "is_secret": obj.kind == ApiKey.Kind.SECRET,
        }
        return TemplateResponse(request, "platform/key_issued.html", context)

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of what can be done with a key now, for one that may be changed."""
        key = self.get_object(request, str(object_id)) if object_id else None
        if key is None or not self.has_change_permission(request, key):
            return []
        state = status_of(key)
        shown = {
            "rotate_this_key": state == ApiKey.Status.ACTIVE,
            "replace_this_key": state == ApiKey.Status.ACTIVE,
            "release_this_device": key.device_hash is not None,
            "suspend_this_key": state == ApiKey.Status.ACTIVE,
            "resume_this_key": state == ApiKey.Status.SUSPENDED,
            "revoke_this_key": True,
        }
        return [self.get_unfold_action(name) for name in BUTTONS if shown[name]]

    @action(description="New secret")  # type: ignore[untyped-decorator]  # Unfold's
    def rotate_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Give the key a new token, shown in the answer; the old one works for a day more."""
        self.rotate(request, key, OVERLAP, "The old one works for 24 hours more.")

    @action(description="New secret, old one ends now")  # type: ignore[untyped-decorator]  # Unfold's
    def replace_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Give a key that has leaked a new token, shown in the answer; none that it had works on."""
        self.rotate(request, key, timedelta(), "The old one is refused from now on, and those before it.")

    def rotate(self, request: HttpRequest, key: ApiKey, overlap: timedelta, told: str) -> None:
        """Give the key a new token, shown in the answer, and say what becomes of the old one."""
        try:
            rotated, token = rotate_key(key=key, at=clock.now(), overlap=overlap)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return
        key.prefix, key.token = rotated.prefix, rotated.token
        request.issued_token = token  # type: ignore[attr-defined]  # for the answer to this request
        self.note(request, key, "New secret.", f"{key.name} has a new secret. {told}")

    @action(description="Release the device")  # type: ignore[untyped-decorator]  # Unfold's
    def release_this_device(self, request: HttpRequest, key: ApiKey) -> None:
        """Let another device bind the key."""
        if release_device(key=key):
            self.note(request, key, "Device released.", f"The next device that validates {key.name} is bound to it.")

    @action(description="Suspend")  # type: ignore[untyped-decorator]  # Unfold's
    def suspend_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Stop the key until it is resumed."""
        if suspend_key(key=key):
            self.note(request, key, "Suspended.", f"{key.name} is suspended. Requests with it are refused from now on.")

    @action(description="Resume")  # type: ignore[untyped-decorator]  # Unfold's
    def resume_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Let a suspended key work again."""
        if resume_key(key=key):
            self.note(request, key, "Resumed.", f"{key.name} works again.")

    @action(description="Revoke this key", variant=ActionVariant.DANGER)  # type: ignore[untyped-decorator]  # Unfold's
    def revoke_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Revoke the key whose page this is."""
        self.revoke(request, key)

    def note(self, request: HttpRequest, key: ApiKey, done: str, told: str) -> None:
        """Note who did something to a key, say so, and let it hold in this process at once."""
        forget_keys()
        self.log_change(request, key, done)
        messages.success(request, told)

    @admin.action(description="Revoke for good", permissions=["change"])
    def revoke_keys(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Revoke the chosen keys."""
        for key in keys.exclude(status=ApiKey.Status.REVOKED):
            self.revoke(request, key)

    def revoke(self, request: HttpRequest, key: ApiKey) -> None:
        """Revoke a key, note who did it, and stop taking it in this process at once."""
        revoke_key(key=key, at=clock.now())
        self.note(request, key, "Revoked.", f"{key.name} is revoked. Requests with it are refused from now on.")

    @column(description="Kind", ordering="kind", label=KIND_COLOURS)
    def show_kind(self, key: ApiKey) -> tuple[str, str]:
        """Return the kind in one word, with its colour."""
        return key.kind, key.kind.capitalize()

    @column(description="Begins with", ordering="prefix")
    def show_prefix(self, key: ApiKey) -> str:
        """Return what tells keys apart."""
        return f"{key.prefix}…"

    @column(description="Scopes")
    def show_scopes(self, key: ApiKey) -> str:
        """Return what the key may do now."""
        return ", ".join(sorted(scopes_of(key)))

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, key: ApiKey) -> tuple[str, str]:
        """Return whether the key works, with its colour."""
        status = status_of(key)
        return status.value, status.label

    @column(description="Status")
    def say_status(self, key: ApiKey) -> str:
        """Return whether the key works, for its page: labels with a colour are for lists."""
        said = str(status_of(key).label)
        return f"{said}, but its owner's account is not" if is_stopped(key) else said

    @column(description="Validations today")
    def show_validations(self, key: ApiKey) -> str:
        """Return how many of today's validations are used."""
        most, today = most_validations(key), clock.local_day(clock.now())
        rows = key.validation_days.filter(day=today).values_list("result", "validations")
        used = dict(rows)
        refused = sum(used.values()) - used.get("success", 0)
        return f"{used.get('success', 0):,} of {most:,}" + (f", {refused:,} refused" if refused else "")

    @column(description="Tier given by")
    def show_tier_giver(self, key: ApiKey) -> str:
        """Return who gave the key its tier, and when: of staff, who it was by the audit log."""
        if not key.tier_source or key.tier_given_at is None:
            return "Nobody noted" if key.tier != ApiKey.Tier.FREE else "Every key begins with it"
        by: str = key.get_tier_source_display()
        if key.tier_source == ApiKey.TierSource.STAFF:
            by = name_tier_giver(key) or by
        return f"{by}, {localize(localtime(key.tier_given_at))}"

    @column(description="Device")
    def show_device(self, key: ApiKey) -> str:
        """Return the device that the key is bound to."""
        if not key.device_hash:
            return "The first that asks" if key.is_device_bound else "Any"
        said = [each for each in (key.device_name, key.device_os, key.device_app_version) if each]
        return ", ".join(said) or "A device without a name"

    @column(description="Earlier secrets that still work")
    def show_retired(self, key: ApiKey) -> str:
        """Return the tokens that the key had before, and until when they work."""
        rows = key.retired_tokens.filter(works_until__gt=clock.now())
        return "; ".join(f"{row.prefix}… until {localize(localtime(row.works_until))}" for row in rows) or "None"


@admin.register(SourceAlias)
class SourceAliasAdmin(ModelAdmin):
    """What clients of other protocols call themselves, and the key that stands for it."""

    list_display = ("identifier", "protocol", "key", "created_at")
    list_filter = ("protocol",)
    list_select_related = ("key",)
    search_fields = ("identifier",)
    autocomplete_fields = ("key",)
    fields = ("protocol", "identifier", "key")

    def save_model(self, request: HttpRequest, obj: SourceAlias, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save, and take it in this process at once. Domains are compared in lower case."""
        obj.identifier = obj.identifier.strip()
        if obj.protocol == SourceAlias.Protocol.PLAUSIBLE:
            obj.identifier = obj.identifier.lower()
        super().save_model(request, obj, form, change)
        forget_keys()
