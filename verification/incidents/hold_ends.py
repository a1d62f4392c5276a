"""How a hold ends: by a senior's release, a renewal, or its time. What it kept then dies at the sweeper's next turn."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event

from . import telling
from .keeping import ACTIVE, active
from .limits import WARN_BEFORE
from .locking import locked_hold
from .models import LegalHold

State = LegalHold.State
_BATCH = 200


class HoldOver(Exception):
    """The hold was answered, ended, or its time ran out. Nothing was changed. `state` is what it came to."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def release(hold_id: UUID | str, person: User) -> None:
    """Let the case's pictures go: this hold ends, and with it any renewal that was asked for.

    Raises `NoSuchHold`, `Refused`, `HoldOver`.
    """
    insist_on(person, Permission.INCIDENT_HANDLE)
    hold = locked_hold(hold_id)
    if hold.state not in ACTIVE:
        raise HoldOver(hold.state)
    release_all(hold.case_id, person)


def release_all(case_id: UUID, person: User) -> None:
    """End every hold of the case, under the caller's lock on it."""
    for hold in active().filter(case_id=case_id):
        end(hold, State.RELEASED, Actor.person(person.pk), by=person)


def end(hold: LegalHold, state: LegalHold.State, actor: Actor, *, by: User | None = None) -> None:
    """Under the caller's lock on its case. `by` is who wanted it so, and nobody where its time was over."""
    reason = "unanswered" if state is State.EXPIRED and hold.state == State.ASKED else state.value
    hold.state, hold.ended_by, hold.ended_at = state, by, timezone.now()
    hold.save(update_fields=["state", "ended_by", "ended_at"])
    log.record(Event.HOLD_ENDED, actor=actor, case_id=hold.case_id, hold=str(hold.pk), reason=reason)
    telling.of_end(hold)


def end_overdue() -> int:
    """End what nobody answered or renewed in time. Returns how many."""
    late = active().filter(until__lte=timezone.now()).order_by("until").values_list("pk", flat=True)
    return sum(_expire(hold_id) for hold_id in list(late[:_BATCH]))


@transaction.atomic
def warn_of_ends() -> int:
    """Tell seniors of holds that end within a day and are not being renewed. Returns how many people were told now."""
    soon = LegalHold.objects.filter(state=State.IN_FORCE, until__lte=timezone.now() + WARN_BEFORE)
    unasked = soon.exclude(renewals__state=State.ASKED)
    return sum(telling.of_ending(hold) for hold in unasked.order_by("until")[:_BATCH])


@transaction.atomic
def _expire(hold_id: UUID) -> int:
    hold = locked_hold(hold_id)
    if hold.state not in ACTIVE or timezone.now() < hold.until:
        return 0
    end(hold, State.EXPIRED, SWEEPER)
    return 1
