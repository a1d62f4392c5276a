"""What is kept of the times of an erased case: the day. A finer time would tell which entries in the log were of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from .models import Case, IdempotencyRecord
from .states import CaseStatus


def day_of(at: datetime) -> datetime:
    """The beginning of that day in the console's time zone."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def delay_after(closed: datetime, at: datetime | None, due: datetime | None = None) -> datetime | None:
    """The day of a case's closing, and as many minutes later as `at` came after `due`, rounded up; 0 if before it.

    Promises to destroy are measured in minutes from the closing, or from the end of what kept something longer: so it
    can still be told whether they were kept.
    """
    if at is None:
        return None
    late = (at - (due or closed)) / timedelta(minutes=1)
    return day_of(closed) + timedelta(minutes=max(0, ceil(late)))


def is_coarse(case: Case) -> bool:
    """Whether no time of the case is kept but days."""
    return case.status == CaseStatus.ERASED and case.received_at == day_of(case.received_at)


def coarsen(case: Case) -> None:
    """Leave of an erased case what its relying party and the reports need: programme, kind, status, outcome, scopes and
    days; and how long the checks took, in whole seconds."""
    took = case.settled_at - (case.captured_at or case.received_at) if case.settled_at else None
    case.received_at = day_of(case.received_at)
    case.captured_at = case.received_at if case.captured_at else None
    case.settled_at = None if took is None else case.received_at + timedelta(seconds=round(took.total_seconds()))
    for name in ("closed_at", "media_destroyed_at"):
        at = getattr(case, name)
        setattr(case, name, at and day_of(at))
    case.leased_until = case.announced_at = None
    case.notice_version, case.policy, case.live_images, case.attempts = "", "", 0, 0
    case.save(update_fields=_COARSENED)
    for record in IdempotencyRecord.objects.filter(case=case):
        # The end of its day: a key must not be forgotten early, or a repeated request would bring the person back.
        record.created_at = day_of(record.created_at + timedelta(days=1))
        record.save(update_fields=["created_at"])


_COARSENED = (
    "received_at", "captured_at", "settled_at", "closed_at", "media_destroyed_at", "leased_until", "announced_at",
    "notice_version", "policy", "live_images", "attempts",
)  # fmt: skip
