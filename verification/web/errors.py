"""Error pages. Each says what happened, what was kept, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from .denials import because


@dataclass(frozen=True, slots=True)
class Explanation:
    """The three things that an error page owes its reader."""

    status: int
    title: str
    happened: str
    kept: str
    next: str


_BAD_REQUEST = Explanation(
    400,
    "That request could not be read",
    "The browser sent something that this page does not understand.",
    "Nothing was changed.",
    "Go back, reload the page and try again.",
)
_CSRF = Explanation(
    403,
    "This page was too old to be sent",
    "You signed in or out after the page was opened, so its form no longer belongs to your session.",
    "Nothing was changed.",
    "Open the page again and repeat what you did.",
)
_SIGNED_OUT = Explanation(
    403,
    "You are signed out",
    "You are signed out, so nothing can be sent from this page.",
    "Nothing was changed.",
    "Sign in, then repeat what you did.",
)
_NOT_FOUND = Explanation(
    404,
    "There is nothing here",
    "The address is wrong, or what was here is not for you.",
    "Nothing was changed.",
    "Go to the start page and choose from there.",
)
_SERVER_ERROR = Explanation(
    500,
    "Something broke on our side",
    "The console could not finish this. It has been written to the operator's log.",
    "What was recorded before is safe; this last step was not recorded.",
    "Try once more. If it happens again, tell the operator the time shown below.",
)


def explain(request: HttpRequest, explanation: Explanation) -> HttpResponse:
    """A page for a person; the same in JSON for a script of a page, which asks for nothing else."""
    if request.headers.get("Accept") != "application/json":
        return render(request, "errors/error.html", {"error": explanation}, status=explanation.status)
    answer = {"title": explanation.title, "sentence": explanation.happened}
    return JsonResponse(answer, status=explanation.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return explain(request, _BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    denied = Explanation(
        403,
        "This is not open to you",
        str(exception) or "Your role does not include this.",
        "Nothing was changed. That you asked has been recorded.",
        "Go to the start page, or ask an administrator who has the role.",
    )
    return explain(request, denied)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return explain(request, _NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token lives in the session, so a page of a session that has ended fails here before anything else."""
    signed_out = not request.user.is_authenticated and request.path != reverse("login")
    because(request, "signed_out" if signed_out else "foreign_form")
    return explain(request, _SIGNED_OUT if signed_out else _CSRF)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the usual context, because whatever broke may be what the context needs."""
    page = render_to_string("errors/error.html", {"error": _SERVER_ERROR, "at": timezone.now()})
    return HttpResponse(page, status=500)
