"""A reviewer's own work: what they decided lately and how their session goes. Never anybody else's; never a picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from verification.access.models import User

from .models import Claim, Vote

_LAST = 8


@dataclass(frozen=True, slots=True)
class OwnWork:
    """`cases` and `median_seconds` count since `since`; `last` are the latest decisions, newest first, of any day."""

    since: datetime
    cases: int
    median_seconds: float | None
    last: tuple[Vote, ...]
    open_claim: Claim | None


def own_work(reviewer: User, since: datetime) -> OwnWork:
    mine = Vote.objects.filter(reviewer=reviewer).exclude(state=Vote.State.UNDONE)
    done = mine.exclude(state=Vote.State.VOID)
    seconds = list(done.filter(decided_at__gte=since).values_list("seconds", flat=True))
    return OwnWork(
        since=since,
        cases=len(seconds),
        median_seconds=median(seconds) if seconds else None,
        last=tuple(mine.select_related("case").order_by("-decided_at")[:_LAST]),
        open_claim=_open_claim(reviewer),
    )


def _open_claim(reviewer: User) -> Claim | None:
    return Claim.objects.filter(reviewer=reviewer, ended_at__isnull=True).select_related("item__case").first()
