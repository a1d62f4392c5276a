"""What becomes of a vote when its time to be taken back is over, and of a case when its votes are there.

The sweeper asks every second; so do the pages of those who wait for it. Any number may ask at once: a vote is settled
under the lock of its case's queue entry by whoever gets that first, and nobody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import facts_about
from verification.access.directory import who_may
from verification.access.roles import Permission
from verification.access.rules import may
from verification.audit import log
from verification.audit.events import SWEEPER, Actor, Event
from verification.cases.lifecycle import advance
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.checks.models import StoredResult
from verification.checks.results import Band
from verification.notices import board
from verification.notices.models import Notice
from verification.policy.fusion import Fused, PanelVote, Verdict, fuse

from .answers import as_yes_or_no
from .claims import lock_item, right_to
from .models import Fusion, ReviewItem, Vote

_BATCH = 200


def settle_due() -> int:
    """Settle every vote whose time is over. Returns how many."""
    due = Vote.objects.filter(state=Vote.State.PENDING, takes_effect_at__lte=timezone.now())
    return sum(settle(vote_id) for vote_id in due.order_by("takes_effect_at").values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def settle(vote_id: UUID) -> bool:
    """Let one vote count, if it is due. False when it is not, or somebody else is at its case."""
    due = Vote.objects.filter(pk=vote_id, state=Vote.State.PENDING, takes_effect_at__lte=timezone.now())
    case_id = due.values_list("case_id", flat=True).first()
    item = lock_item(case_id, wait=False) if case_id else None
    vote = due.select_related("reviewer").first() if item else None
    if item is None or vote is None:
        return False
    if not may(facts_about(vote.reviewer), right_to(item)):
        # Whoever may no longer review has no say, not even with what they said a moment ago.
        _void(vote, "role_taken")
        _wait(item)
        return True
    _become(vote, Vote.State.COUNTED)
    log.record(
        Event.DECISION_COUNTED,
        actor=Actor.person(vote.reviewer_id),
        case_id=item.pk,
        claim=str(vote.claim_id),
        vote=str(vote.pk),
    )
    _go_on(item, vote)
    return True


def void_pending(case: Case) -> None:
    """A case is closed before its last vote counts: that vote falls away, and no senior is wanted any more.

    Call it under the lock of the queue entry.
    """
    for vote in Vote.objects.filter(case=case, state=Vote.State.PENDING):
        _void(vote, "case_closed")
    board.settle(Notice.Kind.ADJUDICATION, case.pk)


def _void(vote: Vote, reason: str) -> None:
    _become(vote, Vote.State.VOID)
    log.record(
        Event.DECISION_VOIDED,
        actor=SWEEPER,
        case_id=vote.case_id,
        claim=str(vote.claim_id),
        vote=str(vote.pk),
        reason=reason,
    )


def _go_on(item: ReviewItem, last: Vote) -> None:
    counted = list(Vote.objects.filter(case_id=item.pk, state=Vote.State.COUNTED).order_by("adjudicates", "decided_at"))
    if not last.adjudicates and len(counted) < item.votes_needed:
        _wait(item)
        return
    fused = fuse([_panel_vote(vote) for vote in counted], _bands(item.case))
    _keep(item.case, fused, len(counted))
    if fused.verdict is Verdict.SECOND_PERSON:
        _ask_a_senior(item, counted)
        return
    board.settle(Notice.Kind.ADJUDICATION, item.pk)
    actor = Actor.person(last.reviewer_id)
    ReviewItem.objects.filter(pk=item.pk).update(state=ReviewItem.State.DONE)
    advance(item.case, CaseStatus.DECIDED, actor=actor, outcome=Outcome(fused.verdict.value))


def _ask_a_senior(item: ReviewItem, counted: Sequence[Vote]) -> None:
    answers = {(vote.same_person, vote.alive) for vote in counted}
    reason = "votes_differ" if len(answers) > 1 else "evidence_differs"
    ReviewItem.objects.filter(pk=item.pk).update(
        state=ReviewItem.State.WAITING, stage=ReviewItem.Stage.ADJUDICATION, handed_to=None, handed_until=None
    )
    log.record(Event.ADJUDICATION_ASKED, actor=SWEEPER, case_id=item.pk, reason=reason)
    # Not those who answered it themselves: they could not take it, and would learn that others said something else.
    answered = {vote.reviewer_id for vote in counted}
    seniors = [person for person in who_may(Permission.CASE_ADJUDICATE) if person.pk not in answered]
    board.notify(Notice.Kind.ADJUDICATION, item.pk, seniors)


def _keep(case: Case, fused: Fused, votes: int) -> None:
    Fusion.objects.create(
        case=case,
        rule=fused.rule,
        verdict=fused.verdict.value,
        same_llr=fused.same_llr,
        alive_llr=fused.alive_llr,
        votes=votes,
    )
    log.record(
        Event.VOTES_FUSED,
        actor=SWEEPER,
        case_id=case.pk,
        rule=fused.rule,
        verdict=fused.verdict.value,
        votes=votes,
        same_llr_milli=round(1000 * fused.same_llr),
        alive_llr_milli=round(1000 * fused.alive_llr),
    )


def _panel_vote(vote: Vote) -> PanelVote:
    return PanelVote(
        as_yes_or_no(vote.same_person), as_yes_or_no(vote.alive), vote.confidence, settles=vote.adjudicates
    )


def _bands(case: Case) -> dict[str, Band]:
    return {found.name: Band(found.band) for found in StoredResult.objects.filter(case=case)}


def _become(vote: Vote, state: Vote.State) -> None:
    Vote.objects.filter(pk=vote.pk).update(state=state.value)
    vote.state = state.value


def _wait(item: ReviewItem) -> None:
    ReviewItem.objects.filter(pk=item.pk, state=ReviewItem.State.SETTLING).update(state=ReviewItem.State.WAITING)
