"""What holds for every page: a session has an end, and nothing that was shown is kept by a browser or a proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from verification.access.models import User

from . import sessions

Handler = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])


def sent_by_the_page(view: View) -> View:
    """Mark a view that pages call by themselves, such as a heartbeat: it is no sign that anybody sits there."""
    view.sent_by_the_page = True  # type: ignore[attr-defined]  # functions carry attributes; their type does not say so
    return view


# A page that looks again at its own address by itself says so, with any value.
BY_ITSELF = "X-By-Itself"


def by_itself(request: HttpRequest) -> bool:
    """Whether a page asks for this without anybody having done anything. At worst a liar ends their own session."""
    return BY_ITSELF in request.headers


class SessionLimits:
    """End sessions that are idle or old (NIST SP 800-63B, AAL3), and note when a person was last seen."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            reason = sessions.why_over(request.session)
            if reason is not None:
                sessions.end(request, reason)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> None:
        if not isinstance(request.user, User) or getattr(view, "sent_by_the_page", False) or by_itself(request):
            return
        if sessions.note_activity(request.session):
            User.objects.filter(pk=request.user.pk).update(last_seen_at=timezone.now())


class NoDevices:
    """Closed by default: only the camera page says otherwise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=()")
        return response


class NoStore:
    """Closed by default: an answer may be kept only when its view says so."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
