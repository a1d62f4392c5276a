"""Who is told of a worry and of a hold. Notices name nobody; they say that something waits, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verification.access.directory import who_may
from verification.access.models import User
from verification.access.roles import Permission
from verification.notices import board
from verification.notices.models import Notice

from . import duty
from .models import Incident, LegalHold

Kind = Notice.Kind


class Who(StrEnum):
    """Which seniors a worry reached."""

    ON_DUTY = "on_duty"
    # Nobody else is on duty.
    EVERYBODY = "everybody"
    # Whoever raised it is the only senior there is.
    RAISER_ALONE = "raiser_alone"
    # Nobody has the role.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Told:
    """How far a worry reached: `people` seniors, and which."""

    who: Who
    people: int


def of_worry(incident: Incident, raiser: User) -> Told:
    """Tell the seniors, once each."""
    who, seniors = _seniors(without=raiser)
    board.notify(Kind.INCIDENT_RAISED, incident.pk, seniors)
    return Told(who, len(seniors))


def of_no_more_worry(incident: Incident) -> None:
    """Somebody took it on, or it is closed."""
    board.settle(Kind.INCIDENT_RAISED, incident.pk)


def of_request(hold: LegalHold) -> None:
    """Look for a second person: every risk officer, and the seniors unless they are told of the worry itself."""
    incident, seniors = hold.incident, who_may(Permission.INCIDENT_HANDLE)
    asked = set(who_may(Permission.HOLD_APPROVE)) - set(seniors)
    if hold.asked_by_id != incident.raised_by_id:
        asked |= set(_seniors(without=hold.asked_by)[1])
    own = {hold.asked_by_id, incident.raised_by_id}
    board.notify(Kind.HOLD_ASKED, hold.pk, [person for person in asked if person.pk not in own])


def of_answer(hold: LegalHold) -> None:
    """The request is answered, or its time is over."""
    board.settle(Kind.HOLD_ASKED, hold.pk)


def of_ending(hold: LegalHold) -> int:
    """It ends soon and nobody has asked for a renewal. Returns how many were told now."""
    return board.notify(Kind.HOLD_ENDING, hold.pk, _seniors()[1])


def of_end(hold: LegalHold) -> None:
    """Nothing is left to be done about it."""
    for kind in (Kind.HOLD_ASKED, Kind.HOLD_ENDING):
        board.settle(kind, hold.pk)


def _seniors(*, without: User | None = None) -> tuple[Who, list[User]]:
    """Those on duty; with nobody on duty, everybody; never whoever it comes from, unless there is nobody else."""
    left_out = without.pk if without else None
    there = [senior for senior in duty.on_duty() if senior.pk != left_out]
    if there:
        return Who.ON_DUTY, there
    everybody = list(who_may(Permission.INCIDENT_HANDLE))
    others = [senior for senior in everybody if senior.pk != left_out]
    if others:
        return Who.EVERYBODY, others
    return (Who.RAISER_ALONE, everybody) if everybody else (Who.NOBODY, [])
