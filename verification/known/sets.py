"""What is in stock, by set and altogether: counts, and how many pairs may be shown again now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from verification.cases.models import Case
from verification.cases.states import CLOSED

from .models import KnownPair

REST = timedelta(days=365)
"""A pair is shown again no sooner. Which reviewer will take a case is not known when it is made, so this is how nobody
meets a pair twice: answers are kept for 365 days, and within that time each pair is one case."""

GENUINE = Q(same=True, live=True)


@dataclass(frozen=True, slots=True)
class SetState:
    """One set under one permission. `ready` pairs may be shown now; `impostors` includes presentation attacks."""

    name: str
    permitted_by: str
    genuine: int
    impostors: int
    ready: int
    retired: int


@dataclass(frozen=True, slots=True)
class Stock:
    """Pairs that may be shown now, by what the right answer is, and those that rest because they were."""

    genuine: int
    impostors: int
    resting: int


def ready(now: datetime | None = None) -> QuerySet[KnownPair]:
    """Pairs that hold images and were not shown within `REST`."""
    rested = Q(last_used_at__isnull=True) | Q(last_used_at__lt=(now or timezone.now()) - REST)
    return KnownPair.objects.filter(rested, retired_at__isnull=True)


def open_cases_of(set_name: str) -> list[UUID]:
    """Known cases that were made from a set and are not closed, for whoever retires it."""
    made = Case.objects.filter(known_answer__pair__set_name=set_name)
    return list(made.exclude(status__in=[status.value for status in CLOSED]).values_list("pk", flat=True))


def sets() -> list[SetState]:
    living = Q(retired_at__isnull=True)
    counted = (
        KnownPair.objects.values("set_name", "permitted_by")
        .annotate(
            genuine=Count("pk", filter=living & GENUINE),
            impostors=Count("pk", filter=living & ~GENUINE),
            ready=Count("pk", filter=Q(pk__in=ready().values("pk"))),
            retired=Count("pk", filter=~living),
        )
        .order_by("set_name", "permitted_by")
    )
    return [
        SetState(row["set_name"], row["permitted_by"], row["genuine"], row["impostors"], row["ready"], row["retired"])
        for row in counted
    ]


def in_stock() -> Stock:
    living = KnownPair.objects.filter(retired_at__isnull=True).count()
    now = ready().aggregate(genuine=Count("pk", filter=GENUINE), impostors=Count("pk", filter=~GENUINE))
    return Stock(now["genuine"], now["impostors"], living - now["genuine"] - now["impostors"])
