"""Signing in or up by phone, as a call of allauth's app client: tokens and second steps are as by e-mail."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.decorators import rate_limit
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse, get_config_data
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.internal.restkit.response import APIResponse, ErrorResponse
from allauth.headless.mfa.response import get_config_data as get_factor_config
from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator

from commerce.accounts.authentication import read_platform
from commerce.accounts.models import AuthProvider
from commerce.accounts.services import AccountTaken, Entry, InvalidPhone, WrongCode, enter_by_phone, signup_source
from zuka.platform.actor import current_actor
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.sms.sending import sends_sms


class PhoneInput(Input):
    """A phone and the code that it got; a name for a new account, if they like."""

    phone = forms.CharField(max_length=30)
    code = forms.CharField(max_length=20)
    name = forms.CharField(max_length=200, required=False)


@method_decorator(rate_limit(action="check_code"), name="handle")
class PhoneSignIn(APIView):
    """Sign in by phone; who has no account gets one."""

    input_class: ClassVar[dict[str, type[PhoneInput]]] = {"POST": PhoneInput}
    input: PhoneInput

    def post(self, request: HttpRequest, *_args: Any, **_options: Any) -> HttpResponseBase:
        """Answer as a sign-in by password does: with a token, or with the second step that is pending."""
        if request.user.is_authenticated:
            conflict: HttpResponseBase = ConflictResponse(request)
            return conflict
        try:
            entry = self.enter(request)
        except (InvalidPhone, WrongCode, AccountTaken) as refusal:
            return self.refuse(request, refusal)
        record_authentication(request, entry.user, method=AuthProvider.PHONE.value)
        login = Login(user=entry.user, signup=entry.is_new, signal_kwargs={"method": AuthProvider.PHONE.value})
        answer: HttpResponseBase = AuthenticationResponse.from_response(request, perform_login(request, login))
        return answer

    def enter(self, request: HttpRequest) -> Entry:
        """Return whose phone it is. Raises `InvalidPhone`, `WrongCode`, `AccountTaken`."""
        actor, said = current_actor(), self.input.cleaned_data
        return enter_by_phone(
            phone=said["phone"],
            code=said["code"],
            name=said["name"],
            source=signup_source(actor),
            platform=read_platform(request),
            actor=actor,
            at=now(),
        )

    def refuse(self, request: HttpRequest, refusal: Refused) -> HttpResponseBase:
        """Answer a refusal of ours as this API words them."""
        self.input.add_error(refusal.field or "phone", forms.ValidationError(refusal.message, code=refusal.code))
        answer: HttpResponseBase = ErrorResponse(request, input=self.input)
        return answer


class SignInConfig(APIView):
    """How one can sign in."""

    def get(self, request: HttpRequest, *_args: Any, **_options: Any) -> HttpResponseBase:
        """Return what allauth says of itself, and whether `phone` is offered."""
        data = {**get_config_data(request), **get_factor_config(request), "phone": {"is_offered": sends_sms()}}
        answer: HttpResponseBase = APIResponse(request, data=data)
        return answer
