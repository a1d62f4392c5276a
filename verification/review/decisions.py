"""Recording what a reviewer decided. The first write wins; a late or second one gets a clear answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.models import User
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.lifecycle import LostRace, advance
from verification.cases.states import CaseStatus

from .answers import CONFIDENCE, Alive, Reason, SamePerson, outcome_of
from .claims import ClaimEnded, NoSuchClaim, end_claim, open_claim
from .models import Claim, Vote

MAX_NOTE = 500


class InvalidDecision(ValueError):
    """Something is missing or unknown. `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class AlreadyDecided(Exception):
    """The case was decided before, or closed in the meantime. Nothing was recorded now."""


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
    """Record the decision and close the case.

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
    except LostRace:
        _log_refusal(claim_id, reviewer, "case_closed")
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
    )
    outcome = outcome_of(answers.same_person, answers.alive)
    advance(claim.item.case, CaseStatus.DECIDED, actor=actor, outcome=outcome)
    end_claim(claim, Claim.End.DECIDED, actor=actor)
    return vote


def _recorded(claim: Claim, answers: Answers) -> Vote:
    now = timezone.now()
    return Vote.objects.create(
        case=claim.item.case,
        claim=claim,
        reviewer=claim.reviewer,
        same_person=answers.same_person.value,
        alive=answers.alive.value,
        confidence=answers.confidence,
        reasons=[reason.value for reason in answers.reasons],
        note=answers.note,
        decided_at=now,
        takes_effect_at=now,
        state=Vote.State.COUNTED,
        seconds=(now - claim.claimed_at).total_seconds(),
    )


@transaction.atomic
def _log_refusal(claim_id: UUID | str, reviewer: User, reason: str) -> None:
    claim = Claim.objects.filter(pk=claim_id, reviewer=reviewer).first()
    if claim is None:
        raise NoSuchClaim
    log.record(
        Event.DECISION_REFUSED,
        actor=Actor.person(reviewer.pk),
        case_id=claim.item_id,
        claim=str(claim.pk),
        reason=reason,
    )
