"""The person's pages up to the camera: the notice with its two equal ways, the consents, the camera, the other way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from verification.capture import challenges, consents, doors
from verification.capture.models import CaptureSession
from verification.intake import sessions

from .answers import embeddable, page, refused, with_camera
from .guard import cookie_of, for_the_person, keep_cookie, with_session


@for_the_person("GET")
def notice(request: HttpRequest, token: str) -> HttpResponseBase:
    """Screen 1. Opening it changes nothing: whoever previews a link must not use it up."""
    session = doors.by_address(token)
    if session is None:
        return refused(request, "unknown")
    if doors.holds(session, cookie_of(request)) and session.ended_at is not None:
        return redirect(_where_it_stands(session))
    try:
        _insist_free(session, cookie_of(request))
    except doors.Closed as closed:
        return refused(request, closed.code, session)
    session.embedded = request.GET.get("embed") == "1"
    response = page(request, "notice", session, token=token)
    return embeddable(response, session) if session.embedded else response


@for_the_person("POST")
def choose(request: HttpRequest, token: str) -> HttpResponseBase:
    """The first POST: it binds the session to this browser."""
    session = doors.by_address(token)
    if session is None:
        return refused(request, "unknown")
    # Only a page that is in a frame already goes on in one.
    embedded = request.headers.get("Sec-Fetch-Dest") == "iframe" and bool(session.case.programme.embed_origins)
    choice = request.POST.get("choice", "")
    try:
        fresh = sessions.choose(session, choice, cookie=cookie_of(request), embedded=embedded)
    except doors.Closed as closed:
        return refused(request, closed.code, session)
    response = redirect(_where_it_stands(session))
    return keep_cookie(response, fresh) if fresh else response


@with_session("POST")
def choose_other_way(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """From any later screen: the same way at the same cost."""
    sessions.take_other_way(session)
    return redirect("capture-other-way")


@with_session("GET")
def other_way(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    if session.end != CaptureSession.End.OTHER_WAY:
        return redirect(_where_it_stands(session))
    return page(request, "other_way", session)


@with_session("GET", "POST")
def consent(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """Screen 2. Nothing is ticked beforehand; without what is needed the camera stays shut."""
    if session.ended_at is not None:
        return redirect(_where_it_stands(session))
    doors.insist_open(session)
    if request.method != "POST":
        return page(request, "consent", session, scopes=consents.asked(session))
    if request.POST.get("choice") == CaptureSession.Choice.OTHER_WAY:
        return _other_way(session)
    ticked = request.POST.getlist("scope")
    try:
        consents.give(session, ticked)
    except consents.ScopesMissing:
        return page(request, "consent", session, status=422, scopes=_as_sent(session, ticked), problem=True)
    return redirect("capture-camera")


@with_session("GET")
def camera(request: HttpRequest, session: CaptureSession) -> HttpResponseBase:
    """Screens 3 and 4."""
    if session.ended_at is not None:
        return redirect(_where_it_stands(session))
    doors.insist_open(session)
    if not consents.agreed(session):
        return redirect("capture-consent")
    filmed = page(
        request, "camera", session, region=session.case.programme.capture_region,
        asks_voice=session.asks_voice, attempts_left=challenges.attempts_left(session),
    )  # fmt: skip
    return with_camera(filmed)


def _other_way(session: CaptureSession) -> HttpResponse:
    sessions.take_other_way(session)
    return redirect("capture-other-way")


def _as_sent(session: CaptureSession, ticked: list[str]) -> list[consents.Asked]:
    return [consents.Asked(each.name, each.required, each.name in ticked) for each in consents.asked(session)]


def _insist_free(session: CaptureSession, cookie: str) -> None:
    if session.browser_digest is not None and not doors.holds(session, cookie):
        raise doors.Closed("opened_elsewhere")
    doors.insist_open(session)


def _where_it_stands(session: CaptureSession) -> str:
    """The page on which the person goes on."""
    if session.end == CaptureSession.End.OTHER_WAY:
        return "capture-other-way"
    return "capture-status" if session.ended_at is not None else "capture-consent"
