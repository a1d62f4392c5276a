"""The life of a session: when it began, when its owner last did something, and its end in the audit log."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from verification.access.models import User
from verification.audit import log
from verification.audit.events import Actor, Event

# Seconds since the epoch.
_BEGAN = "began"
_ACTED = "acted"
# Writing the session at every request would cost a row update each; half a minute is fine enough for fifteen.
_NOTE_EVERY = 30


def began(session: SessionBase) -> float:
    """When the person signed in, to within their first request; seconds since the epoch."""
    return float(session[_BEGAN])


def why_over(session: SessionBase) -> str | None:
    """`absolute` or `idle` when a limit has passed; None while it holds. The first request marks the beginning."""
    now = time.time()
    if _BEGAN not in session:
        session[_BEGAN] = now
        # So that the first request is noted at once.
        session[_ACTED] = now - _NOTE_EVERY
    if now - session[_BEGAN] >= settings.SESSION_COOKIE_AGE:
        return "absolute"
    if now - session[_ACTED] >= settings.SESSION_IDLE_SECONDS:
        return "idle"
    return None


def note_activity(session: SessionBase) -> bool:
    """Put off the idle limit. True when enough time had passed for it to be worth writing down."""
    now = time.time()
    if now - session[_ACTED] < _NOTE_EVERY:
        return False
    session[_ACTED] = now
    return True


def end(request: HttpRequest, reason: str) -> None:
    """Sign the person out, and say so in the log."""
    user = request.user
    with transaction.atomic():
        if isinstance(user, User):
            log.record(Event.SESSION_ENDED, actor=Actor.person(user.pk), reason=reason)
        logout(request)
