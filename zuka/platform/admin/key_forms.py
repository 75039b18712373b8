"""What staff fill in of a key, and what no key can have."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from zuka.platform import clock
from zuka.platform.keys.issuing import ScopeNotAllowed, check_scopes, check_tier
from zuka.platform.keys.scopes import SCOPES, scope_name
from zuka.platform.models import ApiKey

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


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # takes its type in stubs alone
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
        self.check_licence(kind, values)
        if "expires_at" in self.changed_data and values.get("expires_at") and values["expires_at"] <= clock.now():
            self.add_error("expires_at", "This moment has passed.")
        return values

    def check_licence(self, kind: str | None, values: dict[str, Any]) -> None:
        """Refuse what a partner's tier does not grant, and a public key for one device.

        What was given by a higher tier than now may stay, or its buttons could not be pressed: it grants nothing.
        """
        owner = values.get("owner") if "owner" in self.fields else self.instance.owner_id
        if owner and values.get("tier") and {"scopes", "tier", "owner"} & set(self.changed_data):
            try:
                check_tier(tier=values["tier"], scopes=values.get("scopes", ()))
            except ScopeNotAllowed as refusal:
                self.add_error("scopes", refusal.message)
        if values.get("is_device_bound") and kind == ApiKey.Kind.PUBLISHABLE:
            self.add_error("is_device_bound", "A publishable key can be read by anybody: bind a secret one.")
