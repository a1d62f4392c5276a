"""A claim is a lease on one case. This file says when one is open, and ends it; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from verification.access.assignment import facts_about, facts_about_each
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Person, may
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event

from .models import Claim, ReviewItem

CLAIM_FOR = timedelta(minutes=10)
EXTEND_BY = timedelta(minutes=5)
# Somebody who takes a vote back needs at least so long to give another.
LEAST_REOPENED = timedelta(minutes=2)
# A page that has not been heard of for this long was closed, crashed or lost its network.
SILENCE = timedelta(seconds=60)


class NoSuchClaim(LookupError):
    """There is no such claim for this reviewer. A foreign claim and a missing one look the same."""


class ClaimEnded(Exception):
    """The claim is over. `reason` is a `Claim.End` value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# What becomes of a case when its claim ends; everything else waits for the next reviewer.
_AFTERWARDS = {Claim.End.DECIDED: ReviewItem.State.SETTLING, Claim.End.CASE_CLOSED: ReviewItem.State.DONE}


class AlreadyExtended(Exception):
    """A claim is extended once."""


@dataclass(frozen=True, slots=True)
class ClaimState:
    """What an open page needs to know each second. `reason` is why it ended, or empty."""

    open: bool
    seconds_left: int
    reason: str
    extended: bool


def end_of(claim: Claim, now: datetime) -> Claim.End | None:
    """Why a claim no longer holds at `now`; None while it does."""
    return _end_of(claim, now, facts_about(claim.reviewer))


def _end_of(claim: Claim, now: datetime, reviewer: Person) -> Claim.End | None:
    if claim.ended_at is not None:
        return Claim.End(claim.end)
    if now >= claim.ends_at:
        return Claim.End.EXPIRED
    if now >= claim.heard_at + SILENCE:
        return Claim.End.ABANDONED
    if not may(reviewer, right_to(claim.item)):
        return Claim.End.ROLE_TAKEN
    return None


def right_to(item: ReviewItem) -> Permission:
    """What somebody must be allowed in order to hold this case: votes or evidence that differ are for a senior."""
    return Permission.CASE_ADJUDICATE if item.stage == ReviewItem.Stage.ADJUDICATION else Permission.CASE_REVIEW


def open_claim(claim_id: UUID | str, reviewer: User, *, lock: bool = False) -> Claim:
    """The reviewer's claim, if it holds now. With `lock`, until the end of the caller's transaction.

    Raises `NoSuchClaim`, `ClaimEnded`.
    """
    claims = Claim.objects.select_related("item__case__programme", "reviewer")
    if lock:
        claims = claims.select_for_update(of=("self",))
    claim = claims.filter(pk=claim_id, reviewer=reviewer).first()
    if claim is None:
        raise NoSuchClaim
    end = end_of(claim, timezone.now())
    if end is not None:
        raise ClaimEnded(end.value)
    return claim


def lock_item(case_id: UUID, *, wait: bool = True) -> ReviewItem | None:
    """The queue entry of a case, for the caller's transaction. None when it is gone, or busy and not waited for.

    Whatever changes a case under review takes this lock first, then those of votes, of claims and of the case.
    """
    items = ReviewItem.objects.select_for_update(of=("self",), skip_locked=not wait)
    return items.select_related("case__programme").filter(pk=case_id).first()


@transaction.atomic
def end_claim(claim: Claim, end: Claim.End, *, actor: Actor) -> bool:
    """End a claim and offer its case again, unless it was voted on or closed. False when it had ended already."""
    lock_item(claim.item_id)
    ended = Claim.objects.filter(pk=claim.pk, ended_at__isnull=True).update(ended_at=timezone.now(), end=end.value)
    if not ended:
        return False
    ReviewItem.objects.filter(pk=claim.item_id, fence=claim.fence, state=ReviewItem.State.CLAIMED).update(
        state=_AFTERWARDS.get(end, ReviewItem.State.WAITING)
    )
    log.record(Event.CLAIM_ENDED, actor=actor, case_id=claim.item_id, claim=str(claim.pk), reason=end.value)
    return True


def reopen(ended: Claim, now: datetime) -> Claim:
    """The case of a claim that ended in a vote, once more for the same reviewer, for what was left of their time.

    Call it under the lock of the queue entry. Raises `ClaimEnded` when the case is no longer there to be had.
    """
    taken = ReviewItem.objects.filter(pk=ended.item_id, state=ReviewItem.State.SETTLING)
    if not taken.update(state=ReviewItem.State.CLAIMED, fence=F("fence") + 1):
        raise ClaimEnded(Claim.End.CASE_CLOSED.value)
    left = max(ended.ends_at - (ended.ended_at or now), LEAST_REOPENED)
    claim = Claim.objects.create(
        item_id=ended.item_id,
        reviewer=ended.reviewer,
        fence=ReviewItem.objects.values_list("fence", flat=True).get(pk=ended.item_id),
        claimed_at=now,
        heard_at=now,
        ends_at=now + left,
        extended_at=ended.extended_at,
    )
    log.record(
        Event.CLAIM_TAKEN,
        actor=Actor.person(ended.reviewer_id),
        case_id=ended.item_id,
        claim=str(claim.pk),
        fence=claim.fence,
        waited_seconds=0,
    )
    return claim


def end_overdue() -> int:
    """End every claim that no longer holds. Called before each claim and by the sweeper."""
    now = timezone.now()
    ended = 0
    held = Claim.objects.filter(ended_at__isnull=True).select_related("reviewer", "item")
    reviewers = facts_about_each(claim.reviewer for claim in held)
    for claim in held:
        end = _end_of(claim, now, reviewers[claim.reviewer_id])
        if end is not None:
            ended += end_claim(claim, end, actor=SWEEPER)
    return ended


def release(claim_id: UUID | str, reviewer: User) -> None:
    """Give the case back. Raises `NoSuchClaim`, `ClaimEnded`."""
    claim = open_claim(claim_id, reviewer)
    end_claim(claim, Claim.End.RELEASED, actor=Actor.person(reviewer.pk))


@transaction.atomic
def extend(claim_id: UUID | str, reviewer: User) -> Claim:
    """Five more minutes, once. Raises `NoSuchClaim`, `ClaimEnded`, `AlreadyExtended`."""
    claim = open_claim(claim_id, reviewer, lock=True)
    if claim.extended_at is not None:
        raise AlreadyExtended
    claim.extended_at = timezone.now()
    claim.ends_at += EXTEND_BY
    claim.save(update_fields=["extended_at", "ends_at"])
    log.record(Event.CLAIM_EXTENDED, actor=Actor.person(reviewer.pk), case_id=claim.item_id, claim=str(claim.pk))
    return claim


def pulse(claim_id: UUID | str, reviewer: User) -> ClaimState:
    """The page's sign of life, and what it must know. Raises `NoSuchClaim`."""
    try:
        claim = open_claim(claim_id, reviewer)
    except ClaimEnded as over:
        return ClaimState(open=False, seconds_left=0, reason=over.reason, extended=False)
    now = timezone.now()
    Claim.objects.filter(pk=claim.pk, ended_at__isnull=True).update(heard_at=now)
    left = max(0, int((claim.ends_at - now).total_seconds()))
    return ClaimState(open=True, seconds_left=left, reason="", extended=claim.extended_at is not None)
