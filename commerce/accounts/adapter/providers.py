"""Signing in or up by Google or Apple, and how one can sign in at all."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.decorators import rate_limit
from allauth.headless.base.response import get_config_data
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.internal.restkit.response import APIResponse
from allauth.headless.mfa.response import get_config_data as get_factor_config
from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.utils.decorators import method_decorator

from commerce.accounts.adapter.entering import EntryView
from commerce.accounts.authentication import read_platform
from commerce.accounts.gateways import TOKEN_LENGTH, offered_providers, read_token
from commerce.accounts.models import AuthProvider, SignInProvider
from commerce.accounts.services import Entry, enter_by_provider, signup_source
from zuka.platform.actor import current_actor
from zuka.platform.clock import now
from zuka.platform.sms.sending import sends_sms


class ProviderInput(Input):
    """An id token, the nonce that it was asked for with, and the name that Apple told beside it."""

    provider = forms.ChoiceField(choices=SignInProvider.choices)
    id_token = forms.CharField(max_length=TOKEN_LENGTH)
    nonce = forms.CharField(max_length=200, required=False)
    name = forms.CharField(max_length=200, required=False)


@method_decorator(rate_limit(action="read_token"), name="handle")
class ProviderSignIn(EntryView):
    """Sign in by a provider; who has no account gets one."""

    input_class: ClassVar[dict[str, type[ProviderInput]]] = {"POST": ProviderInput}
    field = "id_token"

    def enter(self, request: HttpRequest) -> tuple[Entry, AuthProvider]:
        """Return whom the token is about. Raises what `read_token` and `enter_by_provider` do."""
        actor, said = current_actor(), self.input.cleaned_data
        provider = SignInProvider(said["provider"])
        claim = read_token(provider=provider, token=said["id_token"], nonce=said["nonce"] or None, name=said["name"])
        entry = enter_by_provider(
            claim=claim, source=signup_source(actor), platform=read_platform(request), actor=actor, at=now()
        )
        return entry, AuthProvider(provider.value)


class SignInConfig(APIView):
    """How one can sign in."""

    def get(self, request: HttpRequest, *_args: Any, **_options: Any) -> HttpResponseBase:
        """Return what allauth says of itself, whether `phone` is offered, and the providers that are."""
        host = split_domain_port(request.get_host())[0]
        providers = [
            {"id": each.id.value, "name": each.id.label, "client_ids": each.client_ids, "page_url": each.page_url(host)}
            for each in offered_providers()
        ]
        ours = {"phone": {"is_offered": sends_sms()}, "providers": providers}
        answer: HttpResponseBase = APIResponse(
            request, data={**get_config_data(request), **get_factor_config(request), **ours}
        )
        return answer
