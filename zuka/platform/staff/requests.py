"""What requests of the back office go through: a new key when rights changed, a second step where a role needs it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from zuka.platform.clock import now
from zuka.platform.staff.factors import RULES, has_factor, needs_factor
from zuka.platform.staff.sessions import NOTED, ROTATE, keep_noted, rotate_now, see_session

OPEN = ("my-second-step", "logout", "login", "jsi18n", "prove")


class StaffMiddleware:
    """Keeps staff whose role needs a second step from everything but setting one up; and notes which browsers are used.

    A shop in which no role needs one pays a look at the session, in the back office alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and keep the session's row under its key."""
        is_office = request.path.startswith(f"/{settings.ADMIN_PATH}")
        if not is_office and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        if is_office and SESSION_KEY in request.session:
            see_session(request=request, at=now())
            if ROTATE in request.session:
                rotate_now(request)
        answer = self.answer(request, is_office=is_office)
        if is_office and SESSION_KEY in request.session and request.session.get(NOTED) != request.session.session_key:
            keep_noted(request=request, at=now())  # somebody has just changed their own password
        return answer

    def answer(self, request: HttpRequest, *, is_office: bool) -> HttpResponse:
        """Answer, or send to the set-up."""
        if RULES.get() and lacks_factor(request):
            if not is_office:
                text = "Set up a second step in the back office first: your role needs one."
                return JsonResponse({"code": "second_step_needed", "message": text}, status=403)
            if request.path not in {reverse(f"admin:{name}") for name in OPEN}:
                return send_to_set_up(request)
        return self.get_response(request)


def lacks_factor(request: HttpRequest) -> bool:
    """Say whether somebody is signed in whose role needs a second step, and who has none."""
    if SESSION_KEY not in request.session:
        return False
    user = request.user
    if not (user.is_authenticated and user.is_staff and needs_factor(user)):
        return False
    return not has_factor(user)


def send_to_set_up(request: HttpRequest) -> HttpResponse:
    """Answer with the way to the set-up."""
    messages.info(request, "Your role needs a second step. Set it up to go on; it takes two minutes.")
    address = reverse("admin:my-second-step")
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
