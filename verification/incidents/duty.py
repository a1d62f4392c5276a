"""Who is on duty. A senior says so and takes it back; a shift that was forgotten ends by itself."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from verification.access.assignment import insist_on
from verification.access.directory import who_may
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event

from .limits import DUTY_FOR, SHIFT_KEPT
from .models import DutyShift


def on_duty() -> list[User]:
    """Those on duty who still may handle an incident, by user name."""
    shifts = DutyShift.objects.filter(ended_at__isnull=True, began_at__gt=timezone.now() - DUTY_FOR)
    there = set(shifts.values_list("person_id", flat=True))
    return [senior for senior in who_may(Permission.INCIDENT_HANDLE) if senior.pk in there]


def shift_of(person: User) -> DutyShift | None:
    """The person's open shift."""
    return DutyShift.objects.filter(person=person, ended_at__isnull=True).first()


def start(person: User) -> bool:
    """Go on duty. False when they were already. Raises `Refused`."""
    insist_on(person, Permission.INCIDENT_HANDLE)
    try:
        with transaction.atomic():
            DutyShift.objects.create(person=person)
            log.record(Event.DUTY_STARTED, actor=Actor.person(person.pk))
    except IntegrityError:
        return False
    return True


def stop(person: User) -> bool:
    """Go off duty. False when they were not on it. Anybody may: a right that was taken away is no reason to stay."""
    return bool(_end(Q(person=person), Actor.person(person.pk), "own"))


def end_overdue() -> int:
    """End the shifts of those who forgot, and of those who may no longer handle incidents."""
    gone = ~Q(person__in=who_may(Permission.INCIDENT_HANDLE))
    late = Q(began_at__lte=timezone.now() - DUTY_FOR)
    return _end(gone, SWEEPER, "role_taken") + _end(late, SWEEPER, "time_limit")


def forget() -> int:
    """Delete shifts that ended long ago; the log still tells of them. Returns how many."""
    return DutyShift.objects.filter(ended_at__lt=timezone.now() - SHIFT_KEPT).delete()[0]


@transaction.atomic
def _end(which: Q, actor: Actor, reason: str) -> int:
    ended = 0
    for shift in DutyShift.objects.select_for_update().filter(which, ended_at__isnull=True):
        shift.ended_at = timezone.now()
        shift.save(update_fields=["ended_at"])
        log.record(Event.DUTY_ENDED, actor=actor, person=str(shift.person_id), reason=reason)
        ended += 1
    return ended
