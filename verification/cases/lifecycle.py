"""Beginning a case and moving it. One function moves; the table in `states.py` says where to; the entry is in the same
transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from verification.audit import log, pseudonyms
from verification.audit.events import WORKER, Actor, Event

from .models import Case
from .states import CLOSED, TRANSITIONS, CaseStatus, Outcome

# Longer than the worker's hard time limit (45 s), so that a lease only ends when its holder is gone.
CHECK_LEASE = timedelta(seconds=60)


class LostRace(Exception):
    """Somebody else moved the case first. Nothing was changed."""


class NoSuchTransition(ValueError):
    """The table of transitions does not know this step. A programming error, never a race."""


@transaction.atomic
def begin(**fields: Any) -> Case:
    """Make a case and give it its name in the log. Nothing else makes one: what has no name leaves no trace."""
    case = Case.objects.create(**fields)
    pseudonyms.give(case.pk, programme_id=case.programme_id, counted=not case.known)
    return case


@transaction.atomic
def advance(
    case: Case, to: CaseStatus, *, actor: Actor, outcome: Outcome | None = None, reasons: list[str] | None = None,
    **changes: Any,
) -> Case:  # fmt: skip
    """Move `case` from the status and fence it was read with. Raises `LostRace`, `NoSuchTransition`."""
    before = CaseStatus(case.status)
    if to not in TRANSITIONS[before]:
        raise NoSuchTransition(f"{before} → {to}")
    changes |= {"status": to.value, "leased_until": None}
    if outcome is not None:
        changes["outcome"] = outcome.value
    if reasons is not None:
        changes["reasons"] = reasons
    if to in CLOSED and case.closed_at is None:
        changes["closed_at"] = timezone.now()
    moved = Case.objects.filter(pk=case.pk, status=before.value, fence=case.fence).update(**changes)
    if moved != 1:
        raise LostRace(f"{before} → {to}")
    for name, value in changes.items():
        setattr(case, name, value)
    log.record(
        Event.CASE_ADVANCED, actor=actor, case_id=case.pk, from_=before.value, to=to.value,
        outcome=case.outcome, reasons=list(case.reasons), policy=case.policy,
    )  # fmt: skip
    return case


@transaction.atomic
def lease_for_checks(case_id: UUID | str) -> Case | None:
    """Take a case for checking: a new one, or one whose worker was lost. None when there is nothing to take."""
    now = timezone.now()
    free = Q(status=CaseStatus.RECEIVED.value) | Q(status=CaseStatus.CHECKING.value, leased_until__lt=now)
    taken = Case.objects.filter(free, pk=case_id).update(
        status=CaseStatus.CHECKING.value,
        leased_until=now + CHECK_LEASE,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
    )
    if taken != 1:
        return None
    case = Case.objects.select_related("programme").get(pk=case_id)
    log.record(Event.CHECKS_STARTED, actor=WORKER, case_id=case.pk, attempt=case.attempts)
    return case


def end_lease(case: Case, *, counted: bool = True) -> None:
    """Give the case back for another try, if it is still ours. An attempt that is not `counted` was no fault of it."""
    Case.objects.filter(pk=case.pk, status=CaseStatus.CHECKING.value, fence=case.fence).update(
        leased_until=timezone.now(), attempts=case.attempts if counted else case.attempts - 1
    )
