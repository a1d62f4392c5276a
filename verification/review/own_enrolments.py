"""Members of staff are subjects too. A case of one's own never comes to oneself."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from verification.access.assignment import insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Case, Programme
from verification.cases.programmes import subject_hash

from .claims import end_claim
from .models import Claim, OwnEnrolment

LONGEST_REFERENCE = 128


def is_own(case: Case, person: User) -> bool:
    """Whether an administrator noted that this person is the subject of that case."""
    if not case.subject:
        return False
    noted = OwnEnrolment.objects.filter(person=person, programme_id=case.programme_id, subject=case.subject)
    return noted.exists()


class InvalidReference(ValueError):
    """What was given cannot be a relying party's reference. The message is a sentence for whoever gave it."""


def noted_of(person: User) -> QuerySet[OwnEnrolment]:
    """What is noted of one person, by programme."""
    noted = OwnEnrolment.objects.filter(person=person).select_related("programme", "noted_by")
    return noted.order_by("programme__name", "noted_at")


def note(noter: User, person: User, programme: Programme, reference: str) -> bool:
    """Keep this subject's cases from this person. Only the pseudonym of the reference is kept.

    A claim that the person has on such a case ends at once. False when it was noted before. Raises `Refused`,
    `InvalidReference`.
    """
    insist_on(noter, Permission.PERSON_MANAGE)
    reference = reference.strip()
    if not reference or len(reference) > LONGEST_REFERENCE or not reference.isprintable():
        raise InvalidReference(f"Give what the relying party calls them, in up to {LONGEST_REFERENCE} characters.")
    subject = subject_hash(programme, reference)
    with transaction.atomic():
        _note, new = OwnEnrolment.objects.get_or_create(
            person=person, programme=programme, subject=subject, defaults={"noted_by": noter}
        )
        if new:
            _end_claim(noter, person, programme, subject)
            _record(Event.OWN_ENROLMENT_NOTED, noter, person, programme)
    return new


def remove(remover: User, person: User, note_id: int) -> bool:
    """Take a note back. False when it was gone. Raises `Refused`."""
    insist_on(remover, Permission.PERSON_MANAGE)
    with transaction.atomic():
        noted = OwnEnrolment.objects.select_for_update(of=("self",)).select_related("programme")
        found = noted.filter(pk=note_id, person=person).first()
        if found is None:
            return False
        found.delete()
        _record(Event.OWN_ENROLMENT_REMOVED, remover, person, found.programme)
    return True


def _end_claim(noter: User, person: User, programme: Programme, subject: str) -> None:
    held = Claim.objects.select_for_update(of=("self",)).filter(reviewer=person, ended_at__isnull=True)
    for claim in held.filter(item__case__programme=programme, item__case__subject=subject):
        end_claim(claim, Claim.End.OWN_ENROLMENT, actor=Actor.person(noter.pk))


def _record(event: Event, actor: User, person: User, programme: Programme) -> None:
    log.record(event, actor=Actor.person(actor.pk), person=str(person.pk), programme=str(programme.pk))
