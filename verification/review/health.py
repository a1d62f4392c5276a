"""How the queue stands, for seniors: counts only. Nobody can find a case here, let alone pick one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from verification.access import directory
from verification.access.roles import Permission

from . import queue
from .models import ReviewItem
from .order import CARE_PRIORITY
from .overdue import overdue

ACTIVE_WITHIN = timedelta(minutes=10)
_State, _Stage = ReviewItem.State, ReviewItem.Stage


@dataclass(frozen=True, slots=True)
class Oversight:
    """Each count stops at `queue.COUNT_LIMIT`. `by_programme` is (name, waiting), most first."""

    waiting: queue.QueueHealth
    overdue: int
    with_care: int
    held: int
    settling: int
    claimed: int
    differing: int
    handed_over: int
    by_programme: tuple[tuple[str, int], ...]
    reviewers_active: int
    reviewers: int


def oversight() -> Oversight:
    now = timezone.now()
    waiting = ReviewItem.objects.filter(state=_State.WAITING)
    seen = [person.last_seen_at for person in directory.who_may(Permission.CASE_REVIEW)]
    return Oversight(
        waiting=queue.health(),
        overdue=overdue(now)[: queue.COUNT_LIMIT].count(),
        with_care=waiting.filter(priority__lte=CARE_PRIORITY).count(),
        held=ReviewItem.objects.filter(state=_State.HELD).count(),
        settling=ReviewItem.objects.filter(state=_State.SETTLING).count(),
        claimed=ReviewItem.objects.filter(state=_State.CLAIMED).count(),
        differing=waiting.filter(stage=_Stage.ADJUDICATION).count(),
        handed_over=waiting.filter(handed_until__gt=now).count(),
        by_programme=_by_programme(),
        reviewers_active=sum(moment is not None and moment > now - ACTIVE_WITHIN for moment in seen),
        reviewers=len(seen),
    )


def _by_programme() -> tuple[tuple[str, int], ...]:
    """Of the cases that are due first, as many as are counted at all."""
    first = ReviewItem.objects.filter(state=_State.WAITING).order_by("priority", "due_at")[: queue.COUNT_LIMIT]
    named = ReviewItem.objects.filter(pk__in=first.values("pk")).values_list("case__programme__name")
    return tuple(named.annotate(cases=Count("pk")).order_by("-cases", "case__programme__name"))
