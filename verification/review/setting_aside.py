"""Not deciding a case now: putting it aside for a while, handing it over, or skipping it. Each ends the claim.

None of these may be a way to pick cases, so each has a limit and leaves its trace in the log. And none may tell anybody
who voted on a case: every colleague may be chosen to hand a case to, the answer is the same whoever it was, and the one
who gave it away does not get it back meanwhile. `order.py` lets a case that its receiver cannot take go to others.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from verification.access import directory
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event
from verification.notices import board
from verification.notices.models import Notice

from .claims import end_claim, open_claim, right_to
from .models import Claim, ReviewItem, Skip, Vote
from .order import CARE_PRIORITY
from .own_enrolments import is_own

MINUTES = range(5, 31)
"""For how long a case may be put aside."""
HOLDS_PER_CASE = 2
HELD_AT_ONCE = 2
# How long a case that was put aside is kept for whoever did so, once it is back.
KEPT_AFTERWARDS = timedelta(minutes=5)
# How long a case is kept for whoever it was handed to.
KEPT_FOR_RECEIVER = timedelta(minutes=30)
# A person who may not be well or not be free cannot wait for as long, whatever is done with their case.
WITH_CARE = timedelta(minutes=5)
SKIPPED_FOR = timedelta(minutes=60)
SKIPS_PER_HOUR = 5
# In the log, in the place of a person's id.
ANY_SENIOR = "senior"
# Older notices than this speak of no case that is still kept.
_LONGEST_KEPT = timedelta(hours=2)


class HoldReason(StrEnum):
    """Why a case is put aside."""

    WAITING_FOR_HELP = "waiting_for_help"
    ASKED_SOMEBODY = "asked_somebody"
    PICTURE_LOADING = "picture_loading"
    NEED_A_BREAK = "need_a_break"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    HoldReason.WAITING_FOR_HELP: "I am waiting for help with it",
    HoldReason.ASKED_SOMEBODY: "I asked somebody about it",
    HoldReason.PICTURE_LOADING: "The pictures do not open properly",
    HoldReason.NEED_A_BREAK: "I need a break",
}


class NotSetAside(Exception):
    """The case stays with the reviewer; the message says why."""


def hold(claim_id: UUID | str, reviewer: User, *, reason: str, minutes: int) -> datetime:
    """Put the case aside; it comes back to the same reviewer. Returns until when.

    Raises `NotSetAside`, `NoSuchClaim`, `ClaimEnded`.
    """
    with transaction.atomic():
        claim = open_claim(claim_id, reviewer, lock=True)
        _insist_on_hold(claim, reason, minutes)
        end_claim(claim, Claim.End.HELD, actor=Actor.person(reviewer.pk))
        until = timezone.now() + timedelta(minutes=minutes)
        ReviewItem.objects.filter(pk=claim.item_id).update(
            state=ReviewItem.State.HELD,
            held_until=until,
            hold_reason=reason,
            holds=F("holds") + 1,
            handed_to=reviewer,
        )
        log.record(
            Event.CASE_HELD,
            actor=Actor.person(reviewer.pk),
            case_id=claim.item_id,
            claim=str(claim.pk),
            reason=reason,
            minutes=minutes,
        )
    return until


def hand_over(claim_id: UUID | str, reviewer: User, to: UUID | None) -> None:
    """Keep the case for a colleague, or with None for any senior; after a while it is everybody's again.

    Raises `NotSetAside`, `NoSuchClaim`, `ClaimEnded`.
    """
    with transaction.atomic():
        claim = open_claim(claim_id, reviewer, lock=True)
        receivers = _receivers(claim, to)
        end_claim(claim, Claim.End.HANDED_OVER, actor=Actor.person(reviewer.pk))
        until = timezone.now() + (WITH_CARE if _with_care(claim) else KEPT_FOR_RECEIVER)
        ReviewItem.objects.filter(pk=claim.item_id).update(handed_to_id=to, handed_until=until)
        _keep_from(claim, until)
        told = [person for person in receivers if not _barred(claim, person)]
        board.notify(Notice.Kind.HANDED_OVER, claim.pk, told)
        log.record(
            Event.CASE_HANDED_OVER,
            actor=Actor.person(reviewer.pk),
            case_id=claim.item_id,
            claim=str(claim.pk),
            to=ANY_SENIOR if to is None else str(to),
        )


def skip(claim_id: UUID | str, reviewer: User) -> None:
    """Pass the case on; it does not come back to this reviewer for a while. Raises as `hand_over` does."""
    with transaction.atomic():
        claim = open_claim(claim_id, reviewer, lock=True)
        _insist_on_skip(reviewer)
        end_claim(claim, Claim.End.SKIPPED, actor=Actor.person(reviewer.pk))
        _keep_from(claim, timezone.now() + (WITH_CARE if _with_care(claim) else SKIPPED_FOR))


def colleagues(claim: Claim) -> tuple[User, ...]:
    """Everybody the case may be handed to: all who may take a case like it, whether or not they have voted on this."""
    return tuple(person for person in directory.who_may(right_to(claim.item)) if person != claim.reviewer)


def held_by(reviewer: User) -> tuple[ReviewItem, ...]:
    """What the reviewer has put aside, the first to come back first."""
    mine = ReviewItem.objects.filter(state=ReviewItem.State.HELD, handed_to=reviewer)
    return tuple(mine.select_related("case").order_by("held_until"))


def fetch_back(reviewer: User) -> int:
    """Let what the reviewer has put aside come back now. Returns how many cases did."""
    return sum(_bring_back(item, Actor.person(reviewer.pk), "fetched") for item in held_by(reviewer))


def bring_back_due() -> int:
    """Let every case come back whose time aside is over. For the sweeper."""
    due = ReviewItem.objects.filter(state=ReviewItem.State.HELD, held_until__lte=timezone.now())
    return sum(_bring_back(item, SWEEPER, "time") for item in due.select_related("handed_to"))


@transaction.atomic
def _bring_back(item: ReviewItem, actor: Actor, reason: str) -> bool:
    now = timezone.now()
    held = ReviewItem.objects.filter(pk=item.pk, state=ReviewItem.State.HELD, held_until=item.held_until)
    if not held.update(state=ReviewItem.State.WAITING, held_until=None, handed_until=now + KEPT_AFTERWARDS):
        return False
    last = Claim.objects.filter(item=item, end=Claim.End.HELD).order_by("ended_at").last()
    if last is not None and item.handed_to is not None:
        board.notify(Notice.Kind.CASE_BACK, last.pk, [item.handed_to])
    claim = str(last.pk) if last is not None else None
    log.record(Event.CASE_BACK, actor=actor, case_id=item.pk, claim=claim, reason=reason)
    return True


def settle_notices(case_id: UUID) -> None:
    """The case is taken, so nobody need come for it any more."""
    for claim in Claim.objects.filter(item_id=case_id, end__in=_KINDS):
        board.settle(_KINDS[Claim.End(claim.end)], claim.pk)


def settle_late_notices() -> int:
    """Settle what was said about cases that are kept for nobody now: their time is over, or they are gone."""
    now = timezone.now()
    settled = 0
    told = Notice.objects.filter(at__gt=now - _LONGEST_KEPT, kind__in=_KINDS.values(), settled_at__isnull=True)
    for kind, claim_id in told.values_list("kind", "subject").distinct():
        kept = ReviewItem.objects.filter(claims=UUID(claim_id), state=ReviewItem.State.WAITING, handed_until__gt=now)
        if not kept.exists():
            settled += board.settle(Notice.Kind(kind), claim_id)
    return settled


_KINDS = {Claim.End.HANDED_OVER: Notice.Kind.HANDED_OVER, Claim.End.HELD: Notice.Kind.CASE_BACK}


def _insist_on_hold(claim: Claim, reason: str, minutes: int) -> None:
    if reason not in set(HoldReason):
        raise NotSetAside("Say why you put this case aside.")
    if minutes not in MINUTES:
        raise NotSetAside(f"A case can be put aside for {MINUTES[0]} to {MINUTES[-1]} minutes.")
    if _with_care(claim) and timedelta(minutes=minutes) > WITH_CARE:
        raise NotSetAside("This case is to be looked at with care, so it waits five minutes at most. Or hand it over.")
    if claim.item.holds >= HOLDS_PER_CASE:
        raise NotSetAside("This case was put aside twice already. Decide it, hand it over, or give it back.")
    if len(held_by(claim.reviewer)) >= HELD_AT_ONCE:
        raise NotSetAside("You have put two cases aside already. Take one of them back first.")


def _insist_on_skip(reviewer: User) -> None:
    """A claim lasts a quarter of an hour at most, so those skipped within the hour began little before it."""
    now = timezone.now()
    hour_ago = now - timedelta(hours=1)
    skipped = Claim.objects.filter(
        reviewer=reviewer, claimed_at__gt=hour_ago - timedelta(minutes=30), end=Claim.End.SKIPPED, ended_at__gt=hour_ago
    ).order_by("ended_at")
    if len(skipped) >= SKIPS_PER_HOUR:
        first = skipped[0].ended_at
        assert first is not None
        minutes = -(-(first - hour_ago).total_seconds() // 60)
        raise NotSetAside(
            f"You have skipped {SKIPS_PER_HOUR} cases within an hour. You can skip again in {minutes:.0f} min. "
            "Decide this one, hand it over, or give it back."
        )


def _receivers(claim: Claim, to: UUID | None) -> tuple[User, ...]:
    """Whom the case is kept for. Raises `NotSetAside`."""
    if to is None:
        return tuple(person for person in directory.who_may(Permission.CASE_ADJUDICATE) if person != claim.reviewer)
    chosen = tuple(person for person in colleagues(claim) if person.pk == to)
    if not chosen:
        raise NotSetAside("Choose a colleague from the list, or a senior. The case is still yours.")
    return chosen


def _barred(claim: Claim, person: User) -> bool:
    live = [Vote.State.PENDING, Vote.State.COUNTED]
    voted = Vote.objects.filter(case_id=claim.item_id, reviewer=person, state__in=live)
    return voted.exists() or is_own(claim.item.case, person)


def _with_care(claim: Claim) -> bool:
    return claim.item.priority <= CARE_PRIORITY


def _keep_from(claim: Claim, until: datetime) -> None:
    """Let the case not come back to whoever gave it away."""
    Skip.objects.update_or_create(item_id=claim.item_id, reviewer=claim.reviewer, defaults={"until": until})
