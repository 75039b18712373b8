"""API keys in the back office: issue one, see its secret once, change what it may do, revoke it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from zuka.platform import clock
from zuka.platform.admin.rows import column
from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.issuing import ScopeNotAllowed, check_scopes, new_token, revoke_key, store_key
from zuka.platform.keys.scopes import SCOPES, scope_name
from zuka.platform.models import ApiKey, SourceAlias

STATUS_COLOURS = {
    ApiKey.Status.ACTIVE: "success",
    ApiKey.Status.SUSPENDED: "warning",
    ApiKey.Status.REVOKED: "danger",
    ApiKey.Status.EXPIRED: "danger",
}
KIND_COLOURS = {ApiKey.Kind.PUBLISHABLE: "info", ApiKey.Kind.SECRET: "warning"}
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Return a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return lines as a list, without empty ones and repeats."""
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether the list differs, whatever its spaces."""
        return bool(list(initial or []) != self.to_python(data))


class PairsField(LinesField):
    """A table of short texts, one `name = value` a line."""

    def prepare_value(self, value: Any) -> Any:
        """Return a table as lines."""
        return "\n".join(f"{name} = {each}" for name, each in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """Return lines as a table. Raises ValidationError for a line without `=`."""
        pairs = [line.partition("=") for line in super().to_python(value)]
        for name, equals, each in pairs:
            if not (name.strip() and equals and each.strip()):
                raise ValidationError(f"“{name.strip()}” has no meaning; write it like Bought It = order.created.")
        return {name.strip(): each.strip() for name, _, each in pairs}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether the table differs, whatever its spaces."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:  # what cannot be read differs
            return True


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a key may do."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.name, f"{scope.name}: {scope.text}") for scope in SCOPES],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="A publishable key can be read by anybody, so it may only send events.",
    )
    allowed_origins = LinesField(
        required=False,
        help_text="Web origins that may use the key, one a line, for example https://shop.example. Empty: any.",
    )
    allowed_events = LinesField(
        required=False, help_text="Event types this key may send, one a line, for example product.viewed. Empty: any."
    )
    event_aliases = PairsField(
        required=False,
        label="Own names",
        help_text="What this key calls an event type, one a line, for example Bought It = order.created.",
    )
    event_age_days = forms.IntegerField(
        label="Oldest event, in days",
        min_value=1,
        max_value=800,
        initial=30,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Older events are rejected.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scopes" in self.initial:
            self.initial["scopes"] = [scope_name(each) for each in self.initial["scopes"]]

    def clean_allowed_origins(self) -> list[str]:
        """Refuse what is no origin: scheme and host, without a path."""
        origins = [origin.lower().rstrip("/") for origin in self.cleaned_data["allowed_origins"]]
        for origin in origins:
            if not ORIGIN.fullmatch(origin) or len(origin) > 255:
                raise ValidationError(f"“{origin}” is no origin; write it like https://shop.example.")
        return origins

    def clean_allowed_events(self) -> list[str]:
        """Refuse names that are too long to be one."""
        names: list[str] = self.cleaned_data["allowed_events"]
        if any(len(name) > 200 for name in names):
            raise ValidationError("An event type has 200 characters at most.")
        return names

    def clean(self) -> dict[str, Any]:
        """Refuse scopes that the kind of key may not carry, and an expiry that has passed."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind = values.get("kind") or self.instance.kind
        try:
            check_scopes(kind=kind, scopes=values.get("scopes", ())) if kind else None
        except ScopeNotAllowed as refusal:
            self.add_error("scopes", refusal.message)
        if "expires_at" in self.changed_data and values.get("expires_at") and values["expires_at"] <= clock.now():
            self.add_error("expires_at", "This moment has passed.")
        return values


def status_of(key: ApiKey) -> ApiKey.Status:
    """Return whether a key works: an active one whose time is over has expired."""
    is_over = key.status == ApiKey.Status.ACTIVE and key.expires_at is not None and key.expires_at <= clock.now()
    return ApiKey.Status.EXPIRED if is_over else ApiKey.Status(key.status)


@admin.register(ApiKey)
class KeyAdmin(ModelAdmin):
    """Keys of the API. They are revoked, never deleted: what they sent names them."""

    form = KeyForm
    list_display = ("name", "show_kind", "show_prefix", "show_scopes", "show_status", "last_validated_at")
    list_filter = ("kind", "status")
    search_fields = ("name", "prefix")
    actions = ("revoke_keys",)
    actions_submit_line = ("revoke_this_key",)
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
    add_fieldsets = ((None, {"fields": (("name", "kind"), *rights)}),)
    readonly_fields = ("show_prefix", "say_status", "issued_at", "last_validated_at", "revoked_at")

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:  # noqa: ARG002
        """Return the form of a new key, or that of an issued one, whose kind is settled."""
        if obj is None:
            return self.add_fieldsets
        token = ("token",) if obj.token else ()
        return ((None, {"fields": (("name", "kind"), *token, *self.facts)}), ("Rights", {"fields": self.rights}))

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

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001
        """Issue a new key, or save what was changed, so that a revocation made meanwhile stays."""
        if change:
            obj.save(update_fields=[*form.changed_data, "updated_at"])
        else:
            token = new_token(obj.kind)
            store_key(obj, token=token)
            request.issued_token = token  # type: ignore[attr-defined]
        forget_keys()
        if change:
            for button in self.get_actions_submit_line(request, obj.pk):
                if button.action_name in request.POST:
                    button.method(request, obj)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002
        """Show the token in this very answer: it is kept nowhere, so it cannot be shown by a later one."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Your new API key",
            "opts": self.opts,
            "key": obj,
            "token": request.issued_token,  # type: ignore[attr-defined]
            "is_secret": obj.kind == ApiKey.Kind.SECRET,
        }
        return TemplateResponse(request, "platform/key_issued.html", context)

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button that revokes, for a key that may be changed."""
        key = self.get_object(request, str(object_id)) if object_id else None
        may = key is not None and self.has_change_permission(request, key)
        return [self.get_unfold_action("revoke_this_key")] if may else []

    @action(description="Revoke this key", variant=ActionVariant.DANGER)  # type: ignore[untyped-decorator]
    def revoke_this_key(self, request: HttpRequest, key: ApiKey) -> None:
        """Revoke the key whose page this is."""
        self.revoke(request, key)

    @admin.action(description="Revoke for good", permissions=["change"])
    def revoke_keys(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """Revoke the chosen keys."""
        for key in keys.exclude(status=ApiKey.Status.REVOKED):
            self.revoke(request, key)

    def revoke(self, request: HttpRequest, key: ApiKey) -> None:
        """Revoke a key, note who did it, and stop taking it in this process at once."""
        revoke_key(key=key, at=clock.now())
        forget_keys()
        self.log_change(request, key, "Revoked.")
        messages.success(request, f"{key.name} is revoked. Requests with it are refused from now on.")

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
        """Return what the key may do."""
        return ", ".join(map(scope_name, key.scopes))

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, key: ApiKey) -> tuple[str, str]:
        """Return whether the key works, with its colour."""
        status = status_of(key)
        return status.value, status.label

    @column(description="Status")
    def say_status(self, key: ApiKey) -> str:
        """Return whether the key works, for its page: labels with a colour are for lists."""
        return str(status_of(key).label)


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
