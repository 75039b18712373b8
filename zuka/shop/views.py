"""Shells of the storefront's pages. Scripts fill them over the public API, so a shell is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from commerce.cart.services import sends_reminders
from zuka.platform.live_settings.reading import live
from zuka.shop.keys import storefront_key
from zuka.shop.places import STATES

Page = Callable[..., HttpResponseBase]
KEPT_SECONDS = 60  # a shell names the tracking key; a revoked one is gone from pages by then

ANSWER = ("state", "id_token", "user", "error")  # what a provider's form holds that we have a use for

# Pages run no inline script and no eval, unlike the back office. Pictures may stand at the shop's own picture host.
POLICY = {"script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:", "https:"]}


def storefront_page(view: Page) -> Page:
    """Make a view one of the storefront's: safe methods, its own policy, briefly cached; 404 when it is off."""
    shown = cache_control(public=True, max_age=KEPT_SECONDS)(csp_replace(POLICY)(require_safe(view)))

    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponseBase:
        if not settings.STOREFRONT:
            raise Http404
        response = shown(request, **parts)
        if streams := streams_origin(request):
            response._csp_replace = {**POLICY, "connect-src": [SELF, streams]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's own way
        return response

    return answer


def streams_origin(request: HttpRequest) -> str:
    """Return where answers of pets are streamed from; empty where they are not."""
    if not settings.ZUKA_STREAM_PORT:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    here = f"{request.scheme}://{f'[{host}]' if ':' in host else host}:{settings.ZUKA_STREAM_PORT}"
    return settings.STREAM_URL or here


def streams_url(request: HttpRequest) -> str:
    """Return the address of the API there; empty without one."""
    origin = streams_origin(request)
    return f"{origin}/api/v1/" if origin else ""


def shell(request: HttpRequest, page: str, **facts: Any) -> HttpResponse:
    """Return a page's shell. Rendered without the request, so that nothing reads a session; one query, for the key."""
    context = {
        "page": page,
        "shop_name": settings.SHOP_NAME,
        "currency": settings.SHOP_CURRENCY,
        "key": storefront_key(),
        "streams": streams_url(request),
        "canonical": request.build_absolute_uri(request.path),
        **facts,
    }
    return HttpResponse(render_to_string(f"shop/{page}.html", context))


def words(slug: str) -> str:
    """Return a slug as a heading until the script knows the name: `tops-and-skirts` is `Tops and skirts`."""
    return slug.replace("-", " ").replace("_", " ").strip().capitalize()


@storefront_page
def home(request: HttpRequest) -> HttpResponse:
    """Show what is new, popular and on sale."""
    return shell(request, "home")


@storefront_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """List a category's products."""
    return shell(request, "category", slug=slug, heading=words(slug))


@storefront_page
def search(request: HttpRequest) -> HttpResponse:
    """List what a search finds; everything without one."""
    return shell(request, "search")


@storefront_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product and its reviews."""
    return shell(request, "product", slug=slug, heading=words(slug), return_days=live.RETURN_DAYS)


@storefront_page
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart."""
    return shell(request, "cart")


@storefront_page
def wishlist(request: HttpRequest) -> HttpResponse:
    """Show what somebody wishes for."""
    return shell(request, "wishlist")


@storefront_page
def pet(request: HttpRequest) -> HttpResponse:
    """Adopt a pet; what it remembers of who is signed in."""
    return shell(request, "pet")


@storefront_page
def rewards(request: HttpRequest) -> HttpResponse:
    """Show somebody's points, what they buy, and the link for friends."""
    return shell(request, "rewards")


@storefront_page
def subscription(request: HttpRequest) -> HttpResponse:
    """Show the plans, and somebody's own: change it, pay for it, end it."""
    return shell(request, "subscription")


@storefront_page
def games(request: HttpRequest) -> HttpResponse:
    """Let somebody play for points, and show who is best."""
    return shell(request, "games")


@storefront_page
def checkout(request: HttpRequest) -> HttpResponse:
    """Ask where the order goes, and place it."""
    return shell(request, "checkout", states=STATES, reminders=sends_reminders())


@storefront_page
def thank_you(request: HttpRequest, number: str) -> HttpResponse:
    """Show a placed order to who holds its token or owns it."""
    return shell(request, "thank_you", number=number)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Send who comes from Google or Apple on to their account, with what the provider answered in the fragment.

    Google put it there already, and browsers take it along; Apple posts it. It is not read here: no cookie says whose
    answer it is, so any page may post here, and the script in the tab that asked looks at its state and nonce.
    """
    if not settings.STOREFRONT:
        raise Http404
    answer = {name: request.POST[name] for name in ANSWER if name in request.POST}
    fragment = f"#{urlencode(answer)}" if answer else ""
    headers = {"Location": reverse("shop:account") + fragment, "Cache-Control": "no-store"}
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers=headers)


@storefront_page
def keys(request: HttpRequest) -> HttpResponse:
    """Show a partner the API keys they own."""
    return shell(request, "keys")


@storefront_page
def account(request: HttpRequest) -> HttpResponse:
    """Sign in or up; orders, addresses and details of who is signed in."""
    return shell(request, "account", states=STATES)
