"""Raising a worry: one act, from the case that worries. Seniors are told at once, and its pictures are kept meanwhile.

A case has one open incident. Whoever is worried about it too adds to that one, and is answered as the first was: nobody
learns from the answer that somebody else has looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Case
from verification.review.claims import SILENCE, ClaimEnded, NoSuchClaim, end_of
from verification.review.models import Claim

from . import holds, keeping, telling
from .limits import MAX_SENTENCE, RAISED_AFTER_CLAIM
from .locking import locked_case
from .models import Incident, IncidentNote
from .telling import Told


class InvalidWorry(ValueError):
    """Something is missing or cannot be stored. `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of it. `kept` is false where the pictures were destroyed already, so that nothing was left to hold."""

    at: datetime
    told: Told
    kept: bool


@transaction.atomic
def raise_worry(claim_id: UUID | str, reviewer: User, *, kind: str, sentence: str = "") -> Raised:
    """Raise it from the reviewer's own claim, open or over for no more than minutes. Safe to repeat.

    Raises `InvalidWorry`, `Refused`, `NoSuchClaim`, `ClaimEnded`.
    """
    worry, words = _parsed(kind, sentence)
    insist_on(reviewer, Permission.INCIDENT_RAISE)
    claim = _claim(claim_id, reviewer)
    case = locked_case(claim.item_id)
    incident = Incident.objects.filter(case=case, closed_at__isnull=True).first()
    if incident is None:
        incident = _open(claim, reviewer, worry, words)
        if not keeping.active().filter(case=case).exists() and case.media_destroyed_at is None:
            holds.begin(incident, reviewer)
        at = incident.raised_at
    else:
        at = _add(incident, claim, worry, words)
    return Raised(at, telling.of_worry(incident, reviewer), _kept(case))


def raised_under(claim: Claim) -> datetime | None:
    """When the reviewer raised a worry under this claim; None when they did not."""
    first = Incident.objects.filter(case_id=claim.item_id, claim=str(claim.pk)).first()
    if first is not None:
        return first.raised_at
    notes = IncidentNote.objects.filter(
        incident__case_id=claim.item_id, by_id=claim.reviewer_id, at__gte=claim.claimed_at
    )
    return notes.values_list("at", flat=True).first()


def _parsed(kind: str, sentence: str) -> tuple[Incident.Kind, str]:
    words = sentence.strip()
    problems = {}
    if kind not in Incident.Kind.values:
        problems["kind"] = "Say what worries you."
    if len(words) > MAX_SENTENCE:
        problems["sentence"] = f"Keep the sentence under {MAX_SENTENCE} characters."
    if "\x00" in words:
        problems["sentence"] = "The sentence holds a character that cannot be stored."
    if problems:
        raise InvalidWorry(problems)
    return Incident.Kind(kind), words


def _claim(claim_id: UUID | str, reviewer: User) -> Claim:
    """The reviewer's claim, locked."""
    claims = Claim.objects.select_related("reviewer", "item").select_for_update(of=("self",))
    claim = claims.filter(pk=claim_id, reviewer=reviewer).first()
    if claim is None:
        raise NoSuchClaim
    now = timezone.now()
    end = end_of(claim, now)
    over_since = claim.ended_at or min(claim.ends_at, claim.heard_at + SILENCE)
    if end is not None and now - over_since > RAISED_AFTER_CLAIM:
        raise ClaimEnded(end.value)
    return claim


def _open(claim: Claim, reviewer: User, kind: Incident.Kind, sentence: str) -> Incident:
    incident = Incident.objects.create(
        case_id=claim.item_id, claim=str(claim.pk), kind=kind, sentence=sentence, raised_by=reviewer
    )
    log.record(
        Event.INCIDENT_RAISED,
        actor=Actor.person(reviewer.pk),
        case_id=claim.item_id,
        incident=str(incident.pk),
        claim=str(claim.pk),
        kind=kind.value,
    )
    return incident


def _add(incident: Incident, claim: Claim, kind: Incident.Kind, sentence: str) -> datetime:
    """Add to the open incident; returns when. The same worry sent twice, as by a lost answer, is one."""
    if incident.claim == str(claim.pk) and (incident.kind, incident.sentence) == (kind, sentence):
        return incident.raised_at
    text = f"Raised again: {kind.label.lower()}. {sentence}".strip()
    note = incident.notes.filter(by=claim.reviewer, text=text).first()
    if note is None:
        note = IncidentNote.objects.create(incident=incident, by=claim.reviewer, text=text)
        actor = Actor.person(claim.reviewer_id)
        log.record(Event.INCIDENT_NOTED, actor=actor, case_id=incident.case_id, incident=str(incident.pk))
    return note.at


def _kept(case: Case) -> bool:
    return keeping.active().filter(case=case).exists()
