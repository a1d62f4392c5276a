"""The risk officer's page on which a leaked picture names the look it came from. The picture itself is never shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from verification.access.roles import Permission
from verification.audit.events import Actor
from verification.intake.refusals import ImageRefusal
from verification.leaks import trace as leaks

from .one_upload import TooLarge
from .permission import needs, signed_in
from .picture_upload import FIELD, PictureUploadHandler

_KEYS = (("T", "Trace the chosen picture"),)


# The token is read from the body, and the body needs our bounds first: `csrf_protect` below still asks for it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LEAK_TRACE)
def trace(request: HttpRequest) -> HttpResponse:
    """GET asks for a picture; POST traces it and shows what it says. Nothing of it is kept."""
    request.upload_handlers = [PictureUploadHandler(request)]
    try:
        return _traced(request)
    except TooLarge:
        return _page(request, leaks.refuse(ImageRefusal.TOO_LARGE, actor=_actor(request)))


@csrf_protect
def _traced(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    sent = request.FILES.get(FIELD)
    try:
        # Nothing chosen is an empty picture, and is refused as one.
        found = leaks.trace(sent.read() if sent else b"", actor=_actor(request))
    except leaks.CannotTrace as problem:
        return _page(request, problem)
    return _page(request, traced=found)


def _page(
    request: HttpRequest, problem: leaks.CannotTrace | None = None, traced: leaks.Traced | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"page_keys": _KEYS, "problem": problem, "traced": traced}
    return render(request, "leaks/trace.html", context, status=_status(problem))


def _status(problem: leaks.CannotTrace | None) -> int:
    if problem is None:
        return 200
    return 503 if problem.reason == leaks.BUSY else 400


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(signed_in(request).pk)
