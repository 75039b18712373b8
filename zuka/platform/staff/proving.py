"""Whether it is still the same person: staff prove it again before money goes back, rights are given, people's data
leaves.

What was proved is kept in allauth's records of the session, beside those of the shop's sign-in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, suspend_request
from allauth.core.internal.httpkit import deserialize_request
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from unfold.forms import BaseDialogForm
from unfold.widgets import BASE_INPUT_CLASSES

from zuka.platform.admin.site import add_pages
from zuka.platform.clock import now
from zuka.platform.http import client_ip
from zuka.platform.staff.history import record_attempt
from zuka.platform.staff.locking import LOCKED, give_back, take_attempt
from zuka.platform.staff.models import StaffSignIn

HELP = "You are asked again, since you signed in more than {minutes} minutes ago."


def is_proved(request: HttpRequest) -> bool:
    """Say whether somebody signed in, or proved who they are, within STAFF_REAUTH_MINUTES."""
    if not settings.STAFF_REAUTH_MINUTES:
        return True
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    latest = max((float(each["at"]) for each in records), default=0.0)
    return time.time() - latest < settings.STAFF_REAUTH_MINUTES * 60


def has_app(user: Any) -> bool:
    """Say whether somebody signs in with the code of an app."""
    return bool(get_factor_adapter().is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def proof_field(user: Any) -> forms.CharField:
    """Return the field for what proves it: the code of their app for those who have one, else their password."""
    by_code = has_app(user)
    kind = forms.TextInput if by_code else forms.PasswordInput
    complete = "one-time-code" if by_code else "current-password"
    return forms.CharField(
        label="Code of your app" if by_code else "Your password",
        max_length=128,
        help_text=HELP.format(minutes=settings.STAFF_REAUTH_MINUTES),
        widget=kind(attrs={"autocomplete": complete, "class": " ".join(BASE_INPUT_CLASSES)}),
    )


def check_proof(request: HttpRequest, proof: str) -> None:
    """Record that somebody has proved who they are. Raises ValidationError; guesses count as those at the sign-in.

    They do so exactly, by account and address, and what was wrong stands in the history of sign-ins.
    """
    user: Any = request.user
    adapter, at = get_adapter(), now()
    email, ip = user.email or "", client_ip(request) or "unknown"
    if not take_attempt(email=email, ip=ip, at=at):
        record_attempt(user=user, outcome=StaffSignIn.Outcome.LOCKED, at=at)
        raise forms.ValidationError(LOCKED.format(minutes=settings.STAFF_LOCK_MINUTES), code="locked")
    adapter.pre_authenticate(request, email=email)
    if has_app(user):
        is_right = AuthenticateForm(data={"code": proof}, user=user).is_valid()
    else:
        is_right = user.check_password(proof)
    if not is_right:
        wrong = StaffSignIn.Outcome.WRONG_CODE if has_app(user) else StaffSignIn.Outcome.REFUSED
        record_attempt(user=user, outcome=wrong, at=at)
        raise forms.ValidationError("That is not right. Try again.", code="proof")
    adapter.forgive_attempt()
    give_back(email=email, ip=ip)
    record_authentication(request, user, "password", reauthenticated=True)


class ProvedForm(BaseDialogForm):
    """A dialog that asks who is there, when that was long ago; what else was filled in stays filled in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_proved(self.request):
            self.fields["proof"] = proof_field(self.request.user)

    def clean(self) -> dict[str, Any]:
        """Check the proof once all else is right."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "proof" in self.fields and not self.errors:
            try:
                check_proof(self.request, cleaned["proof"])
            except forms.ValidationError as wrong:
                self.add_error("proof", wrong)
        return cleaned


class ProofForm(forms.Form):
    """The page that asks who is there."""

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.fields["proof"] = proof_field(request.user)

    def clean_proof(self) -> str:
        """Check it."""
        check_proof(self.request, self.cleaned_data["proof"])
        return str(self.cleaned_data["proof"])


def ask_for_proof(request: HttpRequest) -> HttpResponseRedirect:
    """Keep what was posted, and ask who is there; once that is known it is posted for them, and nothing of before."""
    request.session.pop(STATE_SESSION_KEY, None)
    answer: HttpResponseRedirect = suspend_request(request, reverse("admin:prove"))
    return answer


def proved(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page ask who is there when that was long ago: what was asked for or posted is kept, and then done."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return view(request, *args, **options) if is_proved(request) else ask_for_proof(request)

    return answer


def ask_again(request: HttpRequest) -> HttpResponseRedirect:
    """Ask who is there, keeping nothing of what was posted, as of a password; then the page is shown anew."""
    request.session.pop(STATE_SESSION_KEY, None)
    return HttpResponseRedirect(f"{reverse('admin:prove')}?{urlencode({'next': request.get_full_path()})}")


class ProvedChanges:
    """Pages that change rights: who posts one proves who they are first, when they signed in long ago."""

    def changes_rights(self, request: HttpRequest, object_id: str | None) -> bool:  # noqa: ARG002 - of a page below
        """Say whether what was posted gives or takes rights."""
        return True

    def must_prove(self, request: HttpRequest, object_id: str | None) -> bool:
        """Say whether who posts has to prove who they are."""
        return request.method == "POST" and not is_proved(request) and self.changes_rights(request, object_id)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> HttpResponse:
        """Ask who is there, keeping what was posted."""
        if self.must_prove(request, object_id):
            return ask_for_proof(request)
        answer: HttpResponse = super().changeform_view(request, object_id, *args, **options)  # type: ignore[misc]  # mixed into an admin, which has it
        return answer

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        """Ask who is there before one goes."""
        if self.must_prove(request, object_id):
            return ask_for_proof(request)
        answer: HttpResponse = super().delete_view(request, object_id, *args, **options)  # type: ignore[misc]  # as above
        return answer

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Ask who is there before many go."""
        if request.POST.get("action") == "delete_selected" and self.must_prove(request, None):
            return ask_for_proof(request)
        answer: HttpResponse = super().changelist_view(request, *args, **options)  # type: ignore[misc]  # as above
        return answer


def go_on(request: HttpRequest) -> HttpResponse:
    """Do what was posted before the question, or go back to the page. An address may have a query, forms none of it."""
    kept = request.session.pop(STATE_SESSION_KEY, None) or {}
    address = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return HttpResponseRedirect(reverse("admin:index"))
    if "request" not in kept:
        return HttpResponseRedirect(address)
    before = deserialize_request(kept["request"], request)
    if before.path != urlsplit(address).path:
        return HttpResponseRedirect(address)
    found = resolve(before.path_info)
    answer: HttpResponse = found.func(before, *found.args, **found.kwargs)
    return answer


def prove(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask who is there, then go on with what was kept, or back to the page."""
    form = ProofForm(request.POST or None, request=request)
    if form.is_valid():
        return go_on(request)
    context = {**site.each_context(request), "title": "Is it you?", "form": form}
    return TemplateResponse(request, "platform/office_proof.html", context)


def proof_page(site: AdminSite) -> list[URLPattern | URLResolver]:
    """Return the address of the page."""
    view = site.admin_view(lambda request: prove(request, site))
    return [path("prove/", view, name="prove")]


add_pages(proof_page)
