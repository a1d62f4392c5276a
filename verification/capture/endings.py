"""How a session ends: once, on the record. What is destroyed with it is the caller's business."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.coarse import day_of
from verification.cases.models import Case
from verification.cases.states import CaseStatus

from .challenges import UPLOAD_WITHIN
from .doors import COME_BACK_FOR
from .models import CaptureSession, Challenge

# A challenge drawn at the last moment may still be answered; only then is a session over for good.
GRACE = UPLOAD_WITHIN + timedelta(seconds=30)
# Whoever took the other way is not asked for their face again for so long.
NO_SECOND_PROMPT = timedelta(hours=48)


@transaction.atomic
def end(case_id: UUID, how: CaptureSession.End, *, actor: Actor) -> bool:
    """End the case's session, in the transaction that moves the case. False when there is none, or it had ended."""
    now = timezone.now()
    ended = CaptureSession.objects.filter(case_id=case_id, ended_at__isnull=True).update(ended_at=now, end=how.value)
    if ended:
        log.record(Event.CAPTURE_ENDED, actor=actor, case_id=case_id, end=how.value)
    return bool(ended)


def overdue(limit: int) -> list[UUID]:
    """Cases whose session ran out without a capture. An erased one is over, and nothing more is said of it."""
    late = CaptureSession.objects.filter(ended_at__isnull=True, expires_at__lt=timezone.now() - GRACE)
    late = late.exclude(case__status=CaseStatus.ERASED.value)
    return list(late.order_by("expires_at").values_list("case_id", flat=True)[:limit])


def scrub(case_id: UUID) -> None:
    """Of an erased case's session nothing stays but that there was one, on which day, and how it ended: no consent, no
    challenge, no way back in, and no time by which its entries in the log would be found."""
    Challenge.objects.filter(session__case_id=case_id).delete()
    for session in CaptureSession.objects.filter(case_id=case_id):
        session.browser_digest, session.return_url, session.refusal = None, "", ""
        session.consents, session.notice_version, session.attempts, session.suspicions = {}, "", 0, 0
        session.created_at = session.expires_at = day_of(session.created_at)
        session.opened_at = session.opened_at and day_of(session.opened_at)
        session.ended_at = session.ended_at and day_of(session.ended_at)
        session.save()


def lock_out() -> int:
    """Take the way back from browsers whose time to come back is over."""
    old = CaptureSession.objects.filter(created_at__lt=timezone.now() - COME_BACK_FOR, browser_digest__isnull=False)
    return old.update(browser_digest=None)


def other_way_until(subject: str, programme_id: UUID) -> str | None:
    """Until when this subject must not be asked again, RFC 3339 in UTC; None when they may be asked."""
    since = timezone.now() - NO_SECOND_PROMPT
    taken = Case.objects.filter(
        subject=subject, programme_id=programme_id, status=CaseStatus.OTHER_WAY.value, closed_at__gt=since
    )
    last = taken.order_by("-closed_at").values_list("closed_at", flat=True).first()
    return (last + NO_SECOND_PROMPT).isoformat(timespec="seconds").replace("+00:00", "Z") if last else None
