"""Signing in or up without a password, as a call of allauth's app client: tokens and second steps are as by e-mail."""

from __future__ import annotations

from typing import ClassVar

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.internal.restkit.response import ErrorResponse
from django import forms
from django.http import HttpRequest, HttpResponseBase

from commerce.accounts.models import AuthProvider
from commerce.accounts.services import Entry
from zuka.platform.errors import Refused

TOO_MANY = 429


class EntryView(APIView):
    """A proof of who somebody is; who has no account gets one."""

    input: Input
    field: ClassVar[str]  # what a refusal is about that names none

    def post(self, request: HttpRequest, *_args: object, **_options: object) -> HttpResponseBase:
        """Answer as a sign-in by password does: with a token, or with the second step that is pending."""
        if request.user.is_authenticated:
            conflict: HttpResponseBase = ConflictResponse(request)
            return conflict
        try:
            entry, method = self.enter(request)
        except Refused as refusal:
            return self.refuse(request, refusal)
        record_authentication(request, entry.user, method=method.value)
        login = Login(user=entry.user, signup=entry.is_new, signal_kwargs={"method": method.value})
        answer: HttpResponseBase = AuthenticationResponse.from_response(request, perform_login(request, login))
        return answer

    def enter(self, request: HttpRequest) -> tuple[Entry, AuthProvider]:
        """Return who came in, and how. Raises `Refused`."""
        raise NotImplementedError

    def refuse(self, request: HttpRequest, refusal: Refused) -> HttpResponseBase:
        """Answer a refusal of ours as this API words them."""
        self.input.add_error(refusal.field or self.field, forms.ValidationError(refusal.message, code=refusal.code))
        # What the caller can mend at once is 400 all over this API, where 409 means that somebody is signed in already.
        status = refusal.status if refusal.status >= TOO_MANY else 400
        answer: HttpResponseBase = ErrorResponse(request, input=self.input, status=status)
        return answer
