"""The two doors to a capture session: its address, which opens it once, and the cookie of the browser that did.

Both are 256 random bits of which only the SHA-256 is kept. Only the server's clock counts.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from verification.cases.pseudonyms import Use, keyed_digest, text_of
from verification.cases.states import CaseStatus

from .models import CaptureSession

# For how long an address can be opened and the camera started.
OPEN_FOR = timedelta(minutes=15)
# For how long the same browser may come back to see what is held, withdraw or erase.
COME_BACK_FOR = timedelta(days=7)
SECRET_CHARACTERS = 43


class Closed(Exception):
    """The session does not go on. `code` is stable; the person's page has a sentence for each."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def token_of(programme_id: UUID, session_id: UUID) -> str:
    """The secret in the session's address: 43 characters of base64url.

    It is derived, not drawn, so that a repeated request can be answered with the same address although only a digest
    is stored. Without the pseudonym key nobody can derive it.
    """
    return text_of(keyed_digest(Use.CAPTURE_ADDRESS, programme_id, session_id.bytes))


def digest_of(secret: str) -> bytes:
    """What is stored of a token, a cookie or a nonce. They are random, so no slow hash is needed."""
    return sha256(secret.encode()).digest()


def by_address(token: str) -> CaptureSession | None:
    """The session of an address, whatever its state; None for every other text."""
    if len(token) != SECRET_CHARACTERS:
        return None
    return _sessions().filter(token_digest=digest_of(token)).first()


def by_cookie(cookie: str, now: datetime | None = None) -> CaptureSession | None:
    """The session that this browser holds; None when it holds none, or none any more."""
    if len(cookie) != SECRET_CHARACTERS:
        return None
    since = (now or timezone.now()) - COME_BACK_FOR
    return _sessions().filter(browser_digest=digest_of(cookie), created_at__gt=since).first()


def bind(session: CaptureSession, *, cookie: str, embedded: bool) -> str | None:
    """Give the session to the browser that asks first. Returns its new cookie, or None where it has it already.

    Raises `Closed`: `opened_elsewhere` when another browser was first, `expired` and the like when it is over.
    """
    if holds(session, cookie):
        return None
    insist_open(session)
    fresh = secrets.token_urlsafe(32)
    now = timezone.now()
    free = CaptureSession.objects.filter(
        pk=session.pk, browser_digest__isnull=True, ended_at__isnull=True, expires_at__gt=now
    )
    if not free.update(browser_digest=digest_of(fresh), opened_at=now, embedded=embedded):
        raise Closed("opened_elsewhere")
    session.refresh_from_db()
    return fresh


def holds(session: CaptureSession, cookie: str) -> bool:
    """Whether the session is bound to this browser."""
    bound = session.browser_digest
    return bound is not None and secrets.compare_digest(bytes(bound), digest_of(cookie))


def insist_open(session: CaptureSession, now: datetime | None = None) -> None:
    """Raises `Closed` with why the session does not go on: how it ended, or `expired`."""
    if session.ended_at is not None:
        raise Closed(session.end)
    if session.case.status != CaseStatus.AWAITING_CAPTURE:
        # Erased or ended from another side.
        raise Closed("erased" if session.case.status == CaseStatus.ERASED else "ended")
    if (now or timezone.now()) >= session.expires_at:
        raise Closed("expired")


def _sessions() -> QuerySet[CaptureSession]:
    return CaptureSession.objects.select_related("case__programme")
