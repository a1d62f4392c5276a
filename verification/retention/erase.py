"""Destroying a case's media, and erasing a case altogether. Both are safe to repeat."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event
from verification.audit.pseudonyms import entries_of
from verification.capture import endings
from verification.capture.models import CaptureSession
from verification.cases.lifecycle import LostRace, advance
from verification.cases.models import Case
from verification.cases.states import CLOSED, CaseStatus, Outcome
from verification.incidents import forgetting, keeping
from verification.incidents.models import LegalHold
from verification.notices import board
from verification.review.claims import end_claim, lock_item
from verification.review.models import Claim, ReviewItem, Vote
from verification.review.settling import void_pending
from verification.vault import store
from verification.vault.models import Purpose

from .cutting import cut

# Why a case ended unresolved without the checks having anything to do with it.
CAPTURE_EXPIRED = "capture_expired"
WITHDRAWN = "withdrawn"
_TRIES = 5
# What a legal hold does not keep: it was made for looking, and nobody looks any more.
_NEVER_HELD = (Purpose.CROP, Purpose.WIDER)


@transaction.atomic
def destroy_media(case_id: UUID, *, actor: Actor, reason: str) -> int:
    """Destroy the keys now and the bytes after the commit. Returns how many images this call made unreadable.

    The one way to destroy a case's media, and so the one place where a legal hold beats it: of a held case the frames
    and the clip stay sealed until the hold ends, and what was made from them for looking dies all the same.
    """
    hold = keeping.held(case_id)
    if hold is not None:
        _log_held(hold, actor, reason)
        return store.destroy_case_media(case_id, actor=actor, reason=reason, purposes=_NEVER_HELD).images
    counts = store.destroy_case_media(case_id, actor=actor, reason=reason)
    Case.objects.filter(pk=case_id, media_destroyed_at__isnull=True).update(media_destroyed_at=timezone.now())
    return counts.images


def _log_held(hold: LegalHold, actor: Actor, reason: str) -> None:
    """Once for each reason to destroy, however often it is tried."""
    said = entries_of(hold.case_id).filter(event=Event.MEDIA_HELD.value)
    if not said.filter(body__contains=f'"reason":"{reason}"').exists():
        log.record(Event.MEDIA_HELD, actor=actor, case_id=hold.case_id, hold=str(hold.pk), reason=reason)


def erase_case(case_id: UUID | str, *, actor: Actor, reason: str = "requested") -> bool:
    """Erase everything about a case but its log entries and its bare row, and cut the one from the other.

    False when it was erased before. Frames under a legal hold stay sealed until it ends; `incidents.forgetting` says
    what stays of an incident. Where something stays, the cut comes after it (`cutting.py`).

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
    board.take_down(case.pk)
    # Votes with their notes go first: each protects its claim. Claims and tickets go with the item.
    Vote.objects.filter(case=case).delete()
    case.fusions.all().delete()
    ReviewItem.objects.filter(pk=case.pk).delete()
    endings.scrub(case.pk)
    forgetting.let_go(case.pk)
    log.record(Event.CASE_ERASED, actor=actor, case_id=case.pk, reason=reason, images=images)
    cut(case.pk)
    return True


def _close_review(case: Case, actor: Actor) -> None:
    """Under the lock that every vote and claim of the case needs too, so that none comes in between."""
    lock_item(case.pk)
    void_pending(case)
    for claim in Claim.objects.select_for_update().filter(item_id=case.pk, ended_at__isnull=True):
        end_claim(claim, Claim.End.CASE_CLOSED, actor=actor)


def expire_case(case: Case, *, actor: Actor) -> bool:
    """End a case that nobody settled in time as unresolved. False when somebody moved it first."""
    try:
        _leave_unresolved(case, actor, "time_limit")
    except LostRace:
        return False
    return True


def expire_capture(case_id: UUID) -> bool:
    """End a case whose capture never came. False when the person, or an erasure, was first."""
    case = Case.objects.get(pk=case_id)
    if case.status != CaseStatus.AWAITING_CAPTURE:
        # A session whose case went another way must not be found again and again.
        return endings.end(case_id, CaptureSession.End.EXPIRED, actor=SWEEPER)
    try:
        with transaction.atomic():
            _leave_unresolved(case, SWEEPER, "time_limit", [CAPTURE_EXPIRED])
            endings.end(case_id, CaptureSession.End.EXPIRED, actor=SWEEPER)
    except LostRace:
        return False
    return True


def withdraw_case(case_id: UUID, *, actor: Actor) -> None:
    """The person takes their consent back: media dies now, and an open case ends as unresolved, never as refused.

    Of a case that is closed already there is nothing left to stop, so its record is erased. Safe to repeat.
    """
    for _ in range(_TRIES):
        try:
            return _withdraw(Case.objects.get(pk=case_id), actor)
        except LostRace:
            continue
    raise LostRace("The case kept moving.")


@transaction.atomic
def _withdraw(case: Case, actor: Actor) -> None:
    if case.status == CaseStatus.ERASED or WITHDRAWN in case.reasons:
        return
    log.record(Event.CONSENT_WITHDRAWN, actor=actor, case_id=case.pk)
    if CaseStatus(case.status) in CLOSED:
        _erase(case, actor, WITHDRAWN)
        return
    _leave_unresolved(case, actor, WITHDRAWN, [WITHDRAWN])
    endings.end(case.pk, CaptureSession.End.WITHDRAWN, actor=actor)


@transaction.atomic
def _leave_unresolved(case: Case, actor: Actor, reason: str, reasons: list[str] | None = None) -> None:
    """`reason` is why the media is destroyed; `reasons`, where given, stand in the case."""
    _close_review(case, actor)
    advance(case, CaseStatus.UNRESOLVED, actor=actor, outcome=Outcome.UNRESOLVED, reasons=reasons)
    ReviewItem.objects.filter(pk=case.pk).update(state=ReviewItem.State.DONE)
    destroy_media(case.pk, actor=actor, reason=reason)
