from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from commerce.accounts.models import Address, DeviceSession, Ending, ProviderIdentity, User, UserStatus
from commerce.accounts.services import change_password, find_people, revoke_devices
from zuka.platform.admin.panels import render_panels
from zuka.platform.admin.roles import reason_of
from zuka.platform.admin.rows import FrozenRows, RecordAdmin, column
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.countries import read_country
from zuka.platform.models import StaffSession
from zuka.platform.staff.proving import ProvedChanges, ask_again, is_proved
from zuka.platform.staff.sessions import end_sessions, rotate_sessions

STATUS_COLOURS = {UserStatus.ACTIVE: "success", UserStatus.SUSPENDED: "warning", UserStatus.DELETED: "danger"}


# Web addresses that staff type without a scheme.
HTTPS_URLS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


class PanelledAdmin(ModelAdmin):
    """A page that shows the panels other rooms and packages added for its kind of subject."""

    panel_subject: ClassVar[str]
    change_form_after_template = "commerce/panels.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Add the panels of a saved thing to its page."""
        if obj is not None:
            context["panels"] = render_panels(subject=self.panel_subject, request=request, thing=obj)
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        return answer


def is_superuser(request: HttpRequest) -> bool:
    """Say whether a superuser asks."""
    return bool(getattr(request.user, "is_superuser", False))


def gives_roles(request: HttpRequest) -> bool:
    """Say whether the person decides who is staff, in which role."""
    return bool(request.user.has_perm("auth.change_group"))


class NewUserForm(UserCreationForm):
    """An account made by staff."""

    class Meta:
        model = User
        fields = ("email", "name")


class PersonForm(UserChangeForm):
    """An account that staff change."""

    def clean_country(self) -> str | None:
        """Return the country's code, however it was written, None where it is not known. Raises ValidationError for
        what is none.
        """
        code = self.cleaned_data["country"]
        return read_country(code) if code else None


class NewPasswordForm(AdminPasswordChangeForm):
    """A password that staff set."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Set the password; devices are signed out, and the owner is told, as when they change it themselves."""
        user: User = self.user
        if not self.cleaned_data["set_usable_password"]:
            revoke_devices(user=user, because=Ending.STAFF, at=now())
            super().save(commit)
            return user
        change_password(user=user, password=self.cleaned_data["password1"], at=now(), keep=None)
        return user


class AddressInline(FrozenRows, TabularInline):
    """Where parcels go; customers write their addresses themselves."""

    model = Address
    extra = 0
    hide_title = True
    fields = ("label", "recipient_name", "phone", "street_address", "city", "state", "country", "is_default")
    readonly_fields = fields


class DeviceInline(FrozenRows, TabularInline):
    """Where the customer is signed in now."""

    model = DeviceSession
    extra = 0
    hide_title = True
    verbose_name_plural = "signed in on"
    fields = ("name", "place", "created_at", "last_active_at", "expires_at")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeviceSession]:
        """Leave out tokens that are over."""
        rows: QuerySet[DeviceSession] = super().get_queryset(request)
        return rows.filter(pk__in=DeviceSession.objects.signed_in(now()))


def may_change(request: HttpRequest, user: User) -> bool:
    """Say whether an account, and so its password, may be changed: of staff by who gives roles."""
    if is_superuser(request) or not request.user.has_perm("commerce.change_user"):
        return is_superuser(request)
    return not user.is_superuser and (not user.is_staff or gives_roles(request))


def follow_rights(user: User) -> None:
    """Give the sessions of somebody whose rights have changed new keys; end them of who is staff no more."""
    if user.is_staff:
        rotate_sessions(user)
    else:
        end_sessions(user=user, because=StaffSession.Ending.OWNER, at=now())


class FactorInline(FrozenRows, TabularInline):
    """Second factors. A customer who has lost theirs is let in without it by deleting the row; what it is made of stays
    unseen. That of staff is taken away on the page of their sign-in, which the panel below links to.
    """

    model = Authenticator
    extra = 0
    hide_title = True
    verbose_name_plural = "second step"
    fields = ("type", "created_at", "last_used_at")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Say whether a person may take a second factor away here."""
        return obj is not None and not obj.is_staff and may_change(request, obj)


class IdentityInline(FrozenRows, TabularInline):
    """Who else lets the customer in. They connect and disconnect providers themselves."""

    model = ProviderIdentity
    extra = 0
    hide_title = True
    verbose_name_plural = "signs in by"
    fields = ("provider", "email", "created_at", "last_used_at")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(ProvedChanges, SearchedAdmin, DjangoUserAdmin, PanelledAdmin):  # type: ignore[misc,type-arg]  # two admins of different parents
    """Customers and staff. Staff are changed by who may give roles, superusers by superusers only."""

    panel_subject = "customer"
    formfield_overrides = HTTPS_URLS
    form = PersonForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    ordering = ("-created_at",)
    list_display = ("show_person", "phone", "show_status", "is_staff", "country", "signup_source", "created_at")
    list_filter = ("status", "is_staff", "is_test", "auth_provider", "signup_source", "signup_platform", "created_at")
    search_routes = (Route("e-mail, phone or name", find_people),)
    search_icon = "person"
    readonly_fields = (
        "id",
        "email_verified_at",
        "phone_verified_at",
        "reward_points",
        "total_xp",
        "gem_level",
        "last_login",
        "created_at",
        "updated_at",
    )
    rights = ("is_staff", "is_superuser", "groups")
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)
    actions_submit_line = ("sign_out",)
    fieldsets = (
        (None, {"fields": ("name", "email", "phone", "status", "password")}),
        (
            "Person",
            {
                "fields": (
                    ("gender_preference", "date_of_birth"),
                    ("country", "language"),
                    "time_zone",
                    ("email_verified_at", "phone_verified_at"),
                    "profile_image_url",
                    "accepts_marketing",
                )
            },
        ),
        ("Rewards", {"fields": (("reward_points", "total_xp", "gem_level"),)}),
        (
            "Where from",
            {"fields": (("auth_provider", "signup_source", "signup_platform"), ("created_at", "last_login"))},
        ),
        ("Rights", {"fields": (*rights, "is_test")}),
        ("Record", {"classes": ("collapse",), "fields": ("id", "updated_at", "metadata")}),
    )

    def changes_rights(self, request: HttpRequest, object_id: str | None) -> bool:
        """Say whether an account becomes or ceases to be staff, gets other roles, or loses its second step."""
        user = self.get_object(request, object_id) if object_id else None
        if any(name.startswith("authenticator_set-") and name.endswith("-DELETE") for name in request.POST):
            return True
        if user is None or not gives_roles(request):
            return False
        posted = ("is_staff" in request.POST, set(request.POST.getlist("groups")))
        now_so = (user.is_staff, {str(pk) for pk in user.groups.values_list("pk", flat=True)})
        return posted != now_so or (is_superuser(request) and ("is_superuser" in request.POST) != user.is_superuser)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's signature
        """Ask who is there before the form for a password of staff; a password that was posted is kept nowhere."""
        user = self.get_object(request, id)
        if user is not None and (user.is_staff or user.is_superuser) and not is_proved(request):
            return ask_again(request)
        return super().user_change_password(request, id, form_url)

    def found_detail(self, thing: User) -> str:
        """Return how a found person is reached."""
        return " · ".join(filter(None, ["staff" if thing.is_staff else "customer", thing.email, thing.phone]))

    @column(description="Person", header=True, ordering="name")
    def show_person(self, user: User) -> tuple[str, str]:
        """Return name and e-mail, one above the other."""
        return str(user), user.email or ""

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, user: User) -> tuple[str, str]:
        """Return the status with its colour."""
        return user.status, user.get_status_display()

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[TabularInline]]:  # noqa: ARG002 - Django's signature
        """Show addresses, devices, providers and second factors of an account that exists."""
        return [AddressInline, DeviceInline, IdentityInline, FactorInline] if obj else []

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button that signs a person out, for staff who may change the account."""
        user = self.get_object(request, str(object_id))
        return [self.get_unfold_action("sign_out")] if user and may_change(request, user) else []

    @admin.display(description="Sign out everywhere")
    def sign_out(self, request: HttpRequest, user: User) -> None:
        """Sign a person out on all devices, at once."""
        count = revoke_devices(user=user, because=Ending.STAFF, at=now())
        count += end_sessions(user=user, because=StaffSession.Ending.OWNER, at=now(), keep=request.session.session_key)
        messages.success(request, f"Signed out on {count} {'device' if count == 1 else 'devices'}.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save the account, then do what the pressed button says.

        Nobody has proved an e-mail or phone that staff write: guest orders go to who has proved theirs.
        """
        if change and "email" in form.changed_data:
            obj.email_verified_at = None
        if change and "phone" in form.changed_data:
            obj.phone_verified_at = None
        super().save_model(request, obj, form, change)
        if change and set(self.rights) & set(form.changed_data):
            follow_rights(obj)
        if "commerce_user_sign_out" in request.POST and may_change(request, obj):
            self.sign_out(request, obj)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        """Stay on the account after its button."""
        if "commerce_user_sign_out" in request.POST:
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Keep rights from those who may not give them, and the highest one from all but superusers."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        if is_superuser(request):
            return fixed
        return (*fixed, "is_superuser") if gives_roles(request) else (*fixed, *self.rights, "is_test")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Say whether an account may be changed."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or may_change(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Keep accounts: orders refer to them. Suspend one, or mark it as deleted."""
        return False


@admin.register(DeviceSession)
class DeviceSessionAdmin(RecordAdmin):
    """Devices on which customers are or were signed in, newest use first."""

    list_display = ("name", "show_person", "place", "last_active_at", "expires_at", "revoked_at", "revoked_because")
    list_filter = ("platform", "revoked_because", "last_active_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__phone", "user__name")
    actions = ("sign_devices_out",)
    fields = (
        ("user", "name"),
        ("platform", "place"),
        ("created_at", "last_active_at"),
        ("expires_at", "revoked_at"),
        "revoked_because",
    )

    def has_sign_out_permission(self, request: HttpRequest) -> bool:
        """Say whether a person may sign customers out."""
        return request.user.has_perm("commerce.change_user")

    @column(description="Person", ordering="user__name")
    def show_person(self, device: DeviceSession) -> str:
        """Return who is signed in there."""
        return str(device.user)

    @admin.action(description="Sign out", permissions=["sign_out"])
    def sign_devices_out(self, request: HttpRequest, devices: QuerySet[DeviceSession]) -> None:
        """Revoke the tokens of devices, at once."""
        count = 0
        for device in devices.select_related("user"):
            if may_change(request, device.user):
                count += revoke_devices(user=device.user, device_id=device.pk, because=Ending.STAFF, at=now())
        messages.success(request, f"{count} signed out.")


# allauth's own table stays empty: an account's e-mail is in the account.
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ProvedChanges, DjangoGroupAdmin, ModelAdmin):
    """Roles of staff: named sets of permissions. Those that Zuka declares are read-only; a shop may add its own."""

    list_display = ("name", "show_why", "show_people")
    fields = ("name", "show_why", "permissions")
    readonly_fields = ("show_why",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Count who has each role."""
        found: QuerySet[Group] = super().get_queryset(request)
        return found.annotate(people=Count("user", distinct=True))

    @column(description="For whom")
    def show_why(self, group: Group) -> str:
        """Return what the role is for."""
        return reason_of(group) or "A role of your own."

    @column(description="People")
    def show_people(self, group: Group) -> int:
        """Return how many have the role."""
        people: int = group.people  # type: ignore[attr-defined]  # of get_queryset
        return people

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Keep declared roles as they are declared: the next update would undo a change."""
        return bool(super().has_change_permission(request, obj)) and not (obj and reason_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Keep declared roles: the next update would bring them back."""
        return bool(super().has_delete_permission(request, obj)) and not (obj and reason_of(obj))
