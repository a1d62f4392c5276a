"""Whatever turns a request away, that it was turned away is in the log: written here, at one place, from the answer.

A view or a guard that knows more than the answer's status says `because(request, reason)`; one whose room has written
the refusal itself says `on_record(request)`. Nobody has to remember either: without both, the status speaks.

No refusal: an address that is nowhere, a method that an address does not know, and a form that came back with mistakes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from verification.access.models import User
from verification.audit import attempts
from verification.audit.events import SUBJECT, VISITOR, Actor, Event
from verification.capture.models import CaptureSession
from verification.cases.models import ApiKey

Handler = Callable[[HttpRequest], HttpResponse]

_BY_STATUS = {401: "key_missing", 403: "forbidden", 404: "not_found", 410: "over", 429: "too_many_requests"}
_ON_RECORD = ""
# Everybody comes to the front door first, and is shown the way in.
_FRONT_DOOR = "home"

_logger = logging.getLogger(__name__)


class Denials:
    """Stands outside of everything that can turn a request away."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        reason = _why(request, response)
        if reason:
            _record(request, reason)
        return response


def because(request: HttpRequest, reason: str) -> None:
    """Say why this request is turned away: a code from a closed list."""
    request.turned_away = reason  # type: ignore[attr-defined]  # requests carry attributes; their type does not say so


def on_record(request: HttpRequest) -> None:
    """The room has written this refusal into the log already, with more than is known here."""
    because(request, _ON_RECORD)


def held_by(request: HttpRequest, session: CaptureSession) -> None:
    """The person in the picture asks, by the cookie of their capture session."""
    request.held_session = session  # type: ignore[attr-defined]  # as above


def about(request: HttpRequest, session: CaptureSession | None) -> None:
    """Whose capture the request was about, whoever asked."""
    request.about_case = session.case_id if session else None  # type: ignore[attr-defined]  # as above


def _why(request: HttpRequest, response: HttpResponse) -> str:
    """The reason as a code; empty where nothing was refused, or where the refusal is on record."""
    said: str | None = getattr(request, "turned_away", None)
    if said is not None:
        return said
    if request.resolver_match is None:
        return ""
    if getattr(request, "revoked_key", None) is not None:
        return "key_revoked"
    if _leads_to_the_door(request, response):
        return "signed_out"
    code = getattr(response, "data", None)
    if response.status_code in _BY_STATUS and isinstance(code, dict):
        # The API's problem documents name their cause.
        return str(code.get("code", _BY_STATUS[response.status_code]))
    return _BY_STATUS.get(response.status_code, "")


def _leads_to_the_door(request: HttpRequest, response: HttpResponse) -> bool:
    door = resolve_url(settings.LOGIN_URL) + "?"
    sent = response.status_code == 302 and response.get("Location", "").startswith(door)
    return sent and not request.user.is_authenticated and _route(request) != _FRONT_DOOR


def _record(request: HttpRequest, reason: str) -> None:
    """What was refused stays refused, also while the database is away and cannot be told."""
    held: CaptureSession | None = getattr(request, "held_session", None)
    case_id: UUID | None = held.case_id if held else getattr(request, "about_case", None)
    try:
        with transaction.atomic():
            attempts.refused(
                Event.ACCESS_DENIED, actor=_actor(request), case_id=case_id, route=_route(request), reason=reason
            )
    except OperationalError:
        _logger.exception("a refusal could not be recorded")


def _actor(request: HttpRequest) -> Actor:
    key = getattr(request, "auth", None) or getattr(request, "revoked_key", None)
    if isinstance(key, ApiKey):
        return Actor.relying_party(key.pk)
    if getattr(request, "held_session", None) is not None:
        return SUBJECT
    return Actor.person(request.user.pk) if isinstance(request.user, User) else VISITOR


def _route(request: HttpRequest) -> str:
    """The name of the address, which holds no id and no secret."""
    return request.resolver_match.view_name if request.resolver_match else ""
