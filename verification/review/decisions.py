"""Recording what a reviewer decided. The first write wins; a late or second one gets a clear answer."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.models import User
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.lifecycle import LostRace, advance
from verification.cases.states import CaseStatus

from .answers import Alive, Reason, SamePerson, outcome_of
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


def decide(
    claim_id: UUID | str, reviewer: User, *, same_person: str, alive: str, reasons: list[str], note: str = ""
) -> Vote:
    """Record the decision and close the case.

    Raises `InvalidDecision`, `AlreadyDecided`, `ClaimEnded`, `NoSuchClaim`; all but the first are logged.
    """
    same, live, codes = _parsed(same_person, alive, reasons, note)
    try:
        return _decide(claim_id, reviewer, same, live, codes, note.strip())
    except ClaimEnded as over:
        _log_refusal(claim_id, reviewer, over.reason)
        if over.reason in {Claim.End.DECIDED, Claim.End.CASE_CLOSED}:
            raise AlreadyDecided from None
        raise
    except LostRace:
        _log_refusal(claim_id, reviewer, "case_closed")
        raise AlreadyDecided from None


def _parsed(same: str, alive: str, reasons: list[str], note: str) -> tuple[SamePerson, Alive, list[Reason]]:
    problems = {}
    if same not in set(SamePerson):
        problems["same_person"] = "Say whether it is the same person."
    if alive not in set(Alive):
        problems["alive"] = "Say whether the person is live."
    if not reasons:
        problems["reasons"] = "Give at least one reason."
    elif set(reasons) - set(Reason):
        problems["reasons"] = "One of the reasons is not in the list."
    if len(note.strip()) > MAX_NOTE:
        problems["note"] = f"Keep the note under {MAX_NOTE} characters."
    if "\x00" in note:
        problems["note"] = "The note holds a character that cannot be stored."
    if problems:
        raise InvalidDecision(problems)
    return SamePerson(same), Alive(alive), sorted({Reason(reason) for reason in reasons})


@transaction.atomic
def _decide(
    claim_id: UUID | str, reviewer: User, same: SamePerson, alive: Alive, reasons: list[Reason], note: str
) -> Vote:
    claim = open_claim(claim_id, reviewer, lock=True)
    actor = Actor.person(reviewer.pk)
    now = timezone.now()
    vote = Vote.objects.create(
        case=claim.item.case,
        claim=claim,
        reviewer=reviewer,
        same_person=same.value,
        alive=alive.value,
        reasons=[reason.value for reason in reasons],
        note=note,
        decided_at=now,
        takes_effect_at=now,
        state=Vote.State.COUNTED,
        seconds=(now - claim.claimed_at).total_seconds(),
    )
    log.record(
        Event.DECISION_RECORDED,
        actor=actor,
        case_id=claim.item_id,
        claim=str(claim.pk),
        vote=str(vote.pk),
        same_person=same.value,
        alive=alive.value,
        confidence=vote.confidence,
        reasons=vote.reasons,
        seconds=int(vote.seconds),
    )
    advance(claim.item.case, CaseStatus.DECIDED, actor=actor, outcome=outcome_of(same, alive))
    end_claim(claim, Claim.End.DECIDED, actor=actor)
    return vote


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
