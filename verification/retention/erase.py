"""Destroying a case's media, and erasing a case altogether. Both are safe to repeat."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.lifecycle import LostRace, advance
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.review.claims import end_claim
from verification.review.models import Claim, Decision, ReviewItem
from verification.vault import store

_TRIES = 5


@transaction.atomic
def destroy_media(case_id: UUID, *, actor: Actor, reason: str) -> int:
    """Destroy the keys now and the bytes after the commit. Returns how many images this call made unreadable."""
    counts = store.destroy_case_media(case_id, actor=actor, reason=reason)
    Case.objects.filter(pk=case_id, media_destroyed_at__isnull=True).update(media_destroyed_at=timezone.now())
    return counts.images


def erase_case(case_id: UUID | str, *, actor: Actor, reason: str = "requested") -> bool:
    """Erase everything about a case but its log entries and its bare row. False when it was erased before.

    A worker or a reviewer may move the case at the same moment; then it is read again and erased from where it is.
    Raises `Case.DoesNotExist`.
    """
    for _ in range(_TRIES):
        try:
            return _erase(Case.objects.get(pk=case_id), actor, reason)
        except LostRace:
            continue
    raise LostRace("The case kept moving.")


@transaction.atomic
def _erase(case: Case, actor: Actor, reason: str) -> bool:
    if case.status == CaseStatus.ERASED:
        return False
    _close_review(case, actor)
    advance(case, CaseStatus.ERASED, actor=actor, subject="", reasons=[])
    images = destroy_media(case.pk, actor=actor, reason=reason)
    case.results.all().delete()
    # The decision with its note goes first: it protects its claim. Claims and tickets go with the item.
    Decision.objects.filter(pk=case.pk).delete()
    ReviewItem.objects.filter(pk=case.pk).delete()
    log.record(Event.CASE_ERASED, actor=actor, case_id=case.pk, reason=reason, images=images)
    return True


def _close_review(case: Case, actor: Actor) -> None:
    """Claims are locked before the case, in the order in which a decision locks them."""
    for claim in Claim.objects.select_for_update().filter(item_id=case.pk, ended_at__isnull=True):
        end_claim(claim, Claim.End.CASE_CLOSED, actor=actor)


def expire_case(case: Case, *, actor: Actor) -> bool:
    """End a case that nobody settled in time as unresolved. False when somebody moved it first."""
    try:
        with transaction.atomic():
            _close_review(case, actor)
            advance(case, CaseStatus.UNRESOLVED, actor=actor, outcome=Outcome.UNRESOLVED)
            ReviewItem.objects.filter(pk=case.pk).update(state=ReviewItem.State.DONE)
            destroy_media(case.pk, actor=actor, reason="time_limit")
    except LostRace:
        return False
    return True
