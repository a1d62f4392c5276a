"""What seniors do about a worry: take it on, write down what was done, and close it with an outcome. Never silently.

Texts are for those who handle it and are never logged. What is kept of an incident and for how long: `forgetting.py`.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.audit import log
from verification.audit.events import Actor, Event

from . import forgetting, hold_ends, keeping, telling
from .limits import MAX_NOTE, MAX_REFERENCE
from .locking import NoSuchIncident, locked_incident
from .models import Incident, IncidentNote

KEEP, RELEASE = "keep", "release"


class AlreadyTaken(Exception):
    """Somebody else took it first. `by` is who has it."""

    def __init__(self, by: User) -> None:
        super().__init__(str(by.pk))
        self.by = by


class AlreadyClosed(Exception):
    """The incident was closed before. Nothing was changed."""


class InvalidText(ValueError):
    """What was written cannot be kept. `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


@transaction.atomic
def take(incident_id: UUID | str, senior: User, *, over_from: UUID | None = None) -> Incident:
    """Take it on; or over, from the person who has it. Taking what one has already changes nothing.

    Raises `NoSuchIncident`, `Refused`, `AlreadyClosed`, `AlreadyTaken`.
    """
    incident = _open(incident_id, senior)
    if incident.taken_by_id == senior.pk:
        return incident
    if incident.taken_by is not None and incident.taken_by_id != over_from:
        raise AlreadyTaken(incident.taken_by)
    incident.taken_by, incident.taken_at = senior, timezone.now()
    incident.save(update_fields=["taken_by", "taken_at"])
    _log(Event.INCIDENT_TAKEN, incident, senior)
    telling.of_no_more_worry(incident)
    return incident


@transaction.atomic
def note_reading(incident_id: UUID | str, senior: User) -> None:
    """Put on record that somebody reads what was written. Raises `NoSuchIncident`, `Refused`."""
    insist_on(senior, Permission.INCIDENT_HANDLE)
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise NoSuchIncident
    _log(Event.INCIDENT_READ, incident, senior)


@transaction.atomic
def add_note(incident_id: UUID | str, senior: User, text: str) -> IncidentNote:
    """Write down what was done. Raises `NoSuchIncident`, `Refused`, `AlreadyClosed`, `InvalidText`."""
    written = _text("text", text, MAX_NOTE, needed="Write what was done.")
    return _note(_open(incident_id, senior), senior, written)


@transaction.atomic
def set_reference(incident_id: UUID | str, senior: User, reference: str) -> None:
    """The number under which somebody outside knows it; empty takes it back. Raises as `add_note` does."""
    number = _text("reference", reference, MAX_REFERENCE)
    incident = _open(incident_id, senior)
    if number == incident.reference:
        return
    incident.reference = number
    incident.save(update_fields=["reference"])
    _log(Event.INCIDENT_NOTED, incident, senior)


@transaction.atomic
def close(incident_id: UUID | str, senior: User, *, outcome: str, hold: str = "", note: str = "") -> None:
    """Close it, and say what becomes of a hold: `keep` or `release`. Nothing is taken for granted.

    Raises `NoSuchIncident`, `Refused`, `AlreadyClosed`, `InvalidText`.
    """
    incident = _open(incident_id, senior)
    held = keeping.active().filter(case_id=incident.case_id).exists()
    last = _closing(outcome, hold, note, held=held)
    if last:
        _note(incident, senior, last)
    if held and hold == RELEASE:
        hold_ends.release_all(incident.case_id, senior)
    incident.outcome, incident.closed_by, incident.closed_at = outcome, senior, timezone.now()
    incident.save(update_fields=["outcome", "closed_by", "closed_at"])
    log.record(
        Event.INCIDENT_CLOSED,
        actor=Actor.person(senior.pk),
        case_id=incident.case_id,
        incident=str(incident.pk),
        outcome=outcome,
    )
    telling.of_no_more_worry(incident)
    forgetting.let_go(incident.case_id)


def _open(incident_id: UUID | str, senior: User) -> Incident:
    """The incident under its case's lock, if it is open and the person may handle it."""
    insist_on(senior, Permission.INCIDENT_HANDLE)
    incident, _ = locked_incident(incident_id)
    if incident.closed_at is not None:
        raise AlreadyClosed
    return incident


def _closing(outcome: str, hold: str, note: str, *, held: bool) -> str:
    """The last note, once everything that closing needs is there."""
    problems = {}
    if outcome not in Incident.Outcome.values:
        problems["outcome"] = "Say what came of it."
    if held and hold not in {KEEP, RELEASE}:
        problems["hold"] = "Say whether the pictures are kept or let go."
    try:
        last = _text("note", note, MAX_NOTE)
    except InvalidText as invalid:
        problems |= invalid.problems
    if problems:
        raise InvalidText(problems)
    return last


def _text(field: str, text: str, longest: int, *, needed: str = "") -> str:
    written = text.strip()
    if needed and not written:
        raise InvalidText({field: needed})
    if len(written) > longest:
        raise InvalidText({field: f"Keep it under {longest} characters."})
    if "\x00" in written:
        raise InvalidText({field: "It holds a character that cannot be stored."})
    return written


def _note(incident: Incident, senior: User, text: str) -> IncidentNote:
    _log(Event.INCIDENT_NOTED, incident, senior)
    return IncidentNote.objects.create(incident=incident, by=senior, text=text)


def _log(event: Event, incident: Incident, senior: User) -> None:
    actor = Actor.person(senior.pk)
    log.record(event, actor=actor, case_id=incident.case_id, incident=str(incident.pk))
