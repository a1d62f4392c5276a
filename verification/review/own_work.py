"""A reviewer's own work: what they decided lately and how their session goes. Never anybody else's; never a picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone

from verification.access.models import User

from .models import Claim, Vote

_LAST = 8
# So long without work is a break; and after so long without one, one is due.
BREAK = timedelta(minutes=5)
BREAK_DUE = timedelta(minutes=50)
_STRETCH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OwnWork:
    """`cases` and `median_seconds` count since `since`; `last` are the latest decisions, newest first, of any day."""

    since: datetime
    cases: int
    median_seconds: float | None
    last: tuple[Vote, ...]
    open_claim: Claim | None


@dataclass(frozen=True, slots=True)
class Session:
    """A reviewer's own pace. `minutes` is how long they have worked without a break of `BREAK`; 0 while they rest."""

    cases: int
    median_seconds: float | None
    minutes: int

    @property
    def break_due(self) -> bool:
        return timedelta(minutes=self.minutes) >= BREAK_DUE


def session(reviewer: User, since: datetime) -> Session:
    """`cases` and `median_seconds` count since `since`; the time without a break goes back over sign-ins."""
    seconds = _seconds(reviewer, since)
    return Session(len(seconds), median(seconds) if seconds else None, _minutes_without_break(reviewer))


def _minutes_without_break(reviewer: User) -> int:
    """From the claims alone: nobody looks or votes without one."""
    now = timezone.now()
    began = now
    claims = Claim.objects.filter(reviewer=reviewer, claimed_at__gt=now - _STRETCH).order_by("-claimed_at")
    for claimed_at, ended_at in claims.values_list("claimed_at", "ended_at"):
        if began - (ended_at or now) >= BREAK:
            break
        began = min(began, claimed_at)
    return int((now - began).total_seconds() // 60)


def _seconds(reviewer: User, since: datetime) -> list[float]:
    given = Vote.objects.filter(reviewer=reviewer, decided_at__gte=since)
    return list(given.exclude(state__in=[Vote.State.UNDONE, Vote.State.VOID]).values_list("seconds", flat=True))


def own_work(reviewer: User, since: datetime) -> OwnWork:
    mine = Vote.objects.filter(reviewer=reviewer).exclude(state=Vote.State.UNDONE)
    seconds = _seconds(reviewer, since)
    return OwnWork(
        since=since,
        cases=len(seconds),
        median_seconds=median(seconds) if seconds else None,
        last=tuple(mine.select_related("case").order_by("-decided_at")[:_LAST]),
        open_claim=_open_claim(reviewer),
    )


def _open_claim(reviewer: User) -> Claim | None:
    return Claim.objects.filter(reviewer=reviewer, ended_at__isnull=True).select_related("item__case").first()
