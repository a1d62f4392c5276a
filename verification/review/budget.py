"""How much one person may look within an hour, so that nobody can leaf through faces, not even case by case.

Counted from the audit log, which holds every look before it is shown: what is not in the log was not seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.rules import Denied
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.audit.models import Entry

HOUR = timedelta(hours=1)
_LOOKS = (Event.CROP_VIEWED.value, Event.WIDER_VIEWED.value)


def opens_again(reviewer: User, *, beyond: int = 0) -> datetime | None:
    """When the person may look again; None while something of their budget, and `beyond`, is left."""
    limit = settings.LOOKS_PER_REVIEWER_HOUR + beyond
    looks = _lately(reviewer).filter(event__in=_LOOKS).order_by("-at").values_list("at", flat=True)
    last_within = list(looks[limit - 1 : limit])
    return last_within[0] + HOUR if last_within else None


def insist_on_some(reviewer: User) -> None:
    """Raises `Refused` when the budget is spent, which is in the log once an hour. Not inside a transaction."""
    again = opens_again(reviewer)
    if again is None:
        return
    _note_spent(reviewer)
    minutes = -(-(again - timezone.now()).total_seconds() // 60)
    raise Refused(
        Denied(
            "budget_spent",
            f"You have looked at {settings.LOOKS_PER_REVIEWER_HOUR} pictures within an hour, and that is the limit. "
            f"You can look again in {max(1, minutes):.0f} min. Nothing was taken.",
        )
    )


@transaction.atomic
def _note_spent(reviewer: User) -> None:
    # One at a time, so that two tabs write one entry.
    User.objects.select_for_update().get(pk=reviewer.pk)
    if not _lately(reviewer).filter(event=Event.BUDGET_SPENT.value).exists():
        actor = Actor.person(reviewer.pk)
        log.record(Event.BUDGET_SPENT, actor=actor, looks=settings.LOOKS_PER_REVIEWER_HOUR)


def _lately(reviewer: User) -> QuerySet[Entry]:
    return Entry.objects.filter(actor_id=str(reviewer.pk), at__gt=timezone.now() - HOUR)
