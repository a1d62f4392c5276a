"""Cases past their time, and telling seniors so: once for each case, and once an hour however many there are.

A case has one due time, which lies in one hour of the clock. Every hour in which cases became due that still wait is
one notice: a thousand that became due together are one, and a case that was told of is not told of at the next hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from verification.access.models import User
from verification.notices import board
from verification.notices.models import Notice

from .models import ReviewItem

# How far back a sweeper that was away looks.
_LOOKS_BACK = timedelta(hours=6)
_UNDECIDED = (ReviewItem.State.WAITING, ReviewItem.State.HELD, ReviewItem.State.CLAIMED)


def overdue(now: datetime) -> QuerySet[ReviewItem]:
    """Cases that should have been decided by now and are not, whether or not somebody is at it."""
    return ReviewItem.objects.filter(state__in=_UNDECIDED, due_at__lte=now)


def tell(seniors: Iterable[User]) -> int:
    """Put up what is new, and settle all when nothing is overdue any more. Returns how many were told."""
    now = timezone.now()
    late = overdue(now)
    if not late.exists():
        _settle_all()
        return 0
    hours = {_hour(now - timedelta(hours=back)) for back in range(int(_LOOKS_BACK / timedelta(hours=1)))}
    told = [*seniors]
    return sum(
        board.notify(Notice.Kind.QUEUE_OVERDUE, f"{hour:%Y-%m-%dT%H}", told)
        for hour in sorted(hours)
        if late.filter(due_at__gte=hour, due_at__lt=hour + timedelta(hours=1)).exists()
    )


def _settle_all() -> None:
    open_ones = Notice.objects.filter(
        kind=Notice.Kind.QUEUE_OVERDUE, settled_at__isnull=True, at__gt=timezone.now() - board.KEPT_FOR
    )
    for hour in set(open_ones.values_list("subject", flat=True)):
        board.settle(Notice.Kind.QUEUE_OVERDUE, hour)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
