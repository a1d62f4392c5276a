"""Recording what a reviewer decided. The first write wins; a late or second one gets a clear answer.

A decision is a vote. It can be taken back for some seconds, then it counts (`settling.py`), and only the votes of a
case together move it. The pictures close the moment the vote is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.rules import may
from verification.audit import attempts, log
from verification.audit.events import Actor, Event
from verification.audit.pseudonyms import entries_of

from .answers import CONFIDENCE, Alive, Reason, SamePerson
from .claims import ClaimEnded, NoSuchClaim, end_claim, lock_item, open_claim, reopen, right_to
from .models import Claim, ReviewItem, Vote
from .own_enrolments import is_own

MAX_NOTE = 500
UNDO_FOR = timedelta(seconds=10)
_TRIES = 3
HASTY = timedelta(seconds=4)
"""Nobody compares two faces in less. Such a vote counts all the same, and the record says so."""


class InvalidDecision(ValueError):
    """Something is missing or unknown. `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class AlreadyDecided(Exception):
    """The case was decided before, or closed in the meantime. Nothing was recorded now."""


class VotedBefore(Exception):
    """Nobody votes twice on a case, and nobody on their own enrolment."""


class TooLate(Exception):
    """The vote counts already, or fell away with its case. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a reviewer answered, checked. `confidence` is 1 (guessing) to 5 (certain)."""

    same_person: SamePerson
    alive: Alive
    confidence: int
    reasons: tuple[Reason, ...]
    note: str


def decide(
    claim_id: UUID | str,
    reviewer: User,
    *,
    same_person: str,
    alive: str,
    confidence: str,
    reasons: list[str],
    note: str = "",
) -> Vote:
    """Record the vote, close the pictures, and let the time run in which it can be taken back.

    Raises `InvalidDecision`, `AlreadyDecided`, `ClaimEnded`, `NoSuchClaim`; all but the first are logged.
    """
    answers = _parsed(same_person, alive, confidence, reasons, note)
    try:
        return _decide(claim_id, reviewer, answers)
    except ClaimEnded as over:
        _log_refusal(claim_id, reviewer, over.reason)
        if over.reason in {Claim.End.DECIDED, Claim.End.CASE_CLOSED}:
            raise AlreadyDecided from None
        raise
    except VotedBefore:
        _log_refusal(claim_id, reviewer, "voted_before")
        # Nothing can ever come of this claim, and it must not keep the case from others.
        end_claim(open_claim(claim_id, reviewer), Claim.End.RELEASED, actor=Actor.person(reviewer.pk))
        raise AlreadyDecided from None


def _parsed(same: str, alive: str, confidence: str, reasons: list[str], note: str) -> Answers:
    problems = dict(_problems(same, alive, confidence, reasons, note.strip()))
    if problems:
        raise InvalidDecision(problems)
    codes = tuple(sorted({Reason(reason) for reason in reasons}))
    return Answers(SamePerson(same), Alive(alive), int(confidence), codes, note.strip())


def _problems(same: str, alive: str, confidence: str, reasons: list[str], note: str) -> Iterator[tuple[str, str]]:
    if same not in set(SamePerson):
        yield "same_person", "Say whether it is the same person."
    if alive not in set(Alive):
        yield "alive", "Say whether the person is live."
    if confidence not in CONFIDENCE:
        yield "confidence", "Say how sure you are."
    if not reasons:
        yield "reasons", "Give at least one reason."
    elif set(reasons) - set(Reason):
        yield "reasons", "One of the reasons is not in the list."
    if len(note) > MAX_NOTE:
        yield "note", f"Keep the note under {MAX_NOTE} characters."
    if "\x00" in note:
        yield "note", "The note holds a character that cannot be stored."


@transaction.atomic
def _decide(claim_id: UUID | str, reviewer: User, answers: Answers) -> Vote:
    lock_item(open_claim(claim_id, reviewer).item_id)
    claim = open_claim(claim_id, reviewer, lock=True)
    actor = Actor.person(reviewer.pk)
    vote = _recorded(claim, answers)
    log.record(
        Event.DECISION_RECORDED,
        actor=actor,
        case_id=claim.item_id,
        claim=str(claim.pk),
        vote=str(vote.pk),
        same_person=vote.same_person,
        alive=vote.alive,
        confidence=vote.confidence,
        reasons=vote.reasons,
        seconds=int(vote.seconds),
        hasty=int(vote.hasty),
        adjudicates=int(vote.adjudicates),
    )
    end_claim(claim, Claim.End.DECIDED, actor=actor)
    return vote


def _recorded(claim: Claim, answers: Answers) -> Vote:
    if is_own(claim.item.case, claim.reviewer):
        raise VotedBefore
    try:
        with transaction.atomic():
            return _insert(claim, answers, timezone.now())
    except IntegrityError:
        raise VotedBefore from None


def _insert(claim: Claim, answers: Answers, now: datetime) -> Vote:
    return Vote.objects.create(
        case=claim.item.case,
        claim=claim,
        reviewer=claim.reviewer,
        adjudicates=claim.item.stage == ReviewItem.Stage.ADJUDICATION,
        same_person=answers.same_person.value,
        alive=answers.alive.value,
        confidence=answers.confidence,
        reasons=[reason.value for reason in answers.reasons],
        note=answers.note,
        decided_at=now,
        takes_effect_at=now + UNDO_FOR,
        seconds=(now - claim.claimed_at).total_seconds(),
        hasty=_is_hasty(claim, now),
    )


def _is_hasty(claim: Claim, now: datetime) -> bool:
    """Whether the pictures, where there are any, were not looked at, or hardly."""
    if not claim.item.crops:
        return False
    first = (
        entries_of(claim.item_id)
        .filter(event=Event.CROP_VIEWED.value, body__contains=f'"{claim.pk}"')
        .order_by("id")
        .first()
    )
    return first is None or now - first.at < HASTY


def undo(claim_id: UUID | str, reviewer: User) -> Claim:
    """Take a vote back before it counts: the reviewer gets the case again, and gives back what they took meanwhile.

    Raises `NoSuchClaim`, `TooLate`, `ClaimEnded`.
    """
    for _ in range(_TRIES):
        try:
            return _undo(claim_id, reviewer)
        except IntegrityError:
            # They took the next case at this very moment, in another tab: now it is there to be given back.
            continue
    raise TooLate


@transaction.atomic
def _undo(claim_id: UUID | str, reviewer: User) -> Claim:
    mine = Vote.objects.filter(claim_id=claim_id, reviewer=reviewer)
    case_id = mine.values_list("case_id", flat=True).first()
    item = lock_item(case_id) if case_id else None
    vote = mine.select_related("claim", "reviewer").first() if item else None
    if item is None or vote is None:
        raise NoSuchClaim
    now = timezone.now()
    if vote.state != Vote.State.PENDING or now >= vote.takes_effect_at:
        raise TooLate
    if not may(facts_about(reviewer), right_to(item)):
        raise TooLate
    return _taken_back(vote)


def _taken_back(vote: Vote) -> Claim:
    actor = Actor.person(vote.reviewer_id)
    for other in Claim.objects.filter(reviewer=vote.reviewer, ended_at__isnull=True):
        end_claim(other, Claim.End.RELEASED, actor=actor)
    Vote.objects.filter(pk=vote.pk).update(state=Vote.State.UNDONE)
    log.record(Event.DECISION_UNDONE, actor=actor, case_id=vote.case_id, claim=str(vote.claim_id), vote=str(vote.pk))
    # Now, and not when this began: what they took meanwhile has ended since, and nobody holds two cases at once.
    return reopen(vote.claim, timezone.now())


@transaction.atomic
def _log_refusal(claim_id: UUID | str, reviewer: User, reason: str) -> None:
    claim = Claim.objects.filter(pk=claim_id, reviewer=reviewer).first()
    if claim is None:
        raise NoSuchClaim
    attempts.refused(
        Event.DECISION_REFUSED,
        actor=Actor.person(reviewer.pk),
        case_id=claim.item_id,
        claim=str(claim.pk),
        reason=reason,
    )
