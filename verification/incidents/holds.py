"""Legal holds: the only thing that beats destruction. One person asks, a second one answers, and each hold has an end.

From its asking a hold keeps the sealed frames for a short while, so that nothing is destroyed while a second person is
reached. A yes makes it last a week; a no, a release, or the passing of its time lets the frames die within seconds.
A renewal is another hold, asked and answered in the same way; until a yes, the first one goes on to its own end.

One person alone cannot keep anything for longer than the short while: on a closed case a hold is only asked for while
one that two people agreed to is in force. Every change locks the case's row first, as every destruction does.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import Refused, facts_about, insist_on
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Denied
from verification.audit import log
from verification.audit.events import Actor, Event

from . import telling
from .hold_ends import HoldOver, end
from .keeping import active
from .limits import HOLD_FOR, PROVISIONAL
from .locking import locked_hold, locked_incident
from .models import Incident, LegalHold
from .rules import Asked, may_answer_hold

State = LegalHold.State


class AlreadyAsked(Exception):
    """A request for this case waits for its answer already."""


class NothingLeft(Exception):
    """The pictures are destroyed, or about to be, and nothing brings them back."""


def begin(incident: Incident, asker: User, *, renews: LegalHold | None = None) -> LegalHold:
    """Write a request down, under the caller's lock on the case. It keeps the frames from now on."""
    now = timezone.now()
    # A renewal can be answered for as long as the hold it renews goes on.
    until = max(now + PROVISIONAL, renews.until) if renews else now + PROVISIONAL
    hold = LegalHold.objects.create(
        case_id=incident.case_id, incident=incident, asked_by=asker, asked_at=now, until=until, renews=renews
    )
    log.record(
        Event.HOLD_ASKED,
        actor=Actor.person(asker.pk),
        case_id=incident.case_id,
        hold=str(hold.pk),
        incident=str(incident.pk),
        hours=round((until - now).total_seconds() / 3600),
    )
    telling.of_request(hold)
    return hold


@transaction.atomic
def ask_hold(incident_id: UUID | str, asker: User) -> LegalHold:
    """Ask for a hold, or for the renewal of the one in force.

    Raises `Refused`, `NoSuchIncident`, `AlreadyAsked`, `NothingLeft`.
    """
    insist_on(asker, Permission.INCIDENT_HANDLE)
    incident, case = locked_incident(incident_id)
    standing = {hold.state: hold for hold in active().filter(case=case)}
    if State.ASKED in standing:
        raise AlreadyAsked
    in_force = standing.get(State.IN_FORCE)
    if case.media_destroyed_at is not None:
        raise NothingLeft
    if case.closed_at is not None and (in_force is None or timezone.now() >= in_force.until):
        raise NothingLeft
    return begin(incident, asker, renews=in_force)


@transaction.atomic
def answer_hold(hold_id: UUID | str, approver: User, *, approves: bool) -> LegalHold:
    """A second person's yes or no. Raises `NoSuchHold`, `Refused`, `HoldOver`."""
    hold = locked_hold(hold_id)
    ruling = may_answer_hold(facts_about(approver), Asked(hold.asked_by_id, hold.incident.raised_by_id))
    if isinstance(ruling, Denied):
        raise Refused(ruling)
    now = timezone.now()
    if hold.state != State.ASKED:
        raise HoldOver(hold.state)
    if now >= hold.until:
        raise HoldOver(State.EXPIRED)
    hold.answered_by, hold.answered_at = approver, now
    if approves:
        _put_in_force(hold, approver, now)
    else:
        hold.state, hold.ended_by, hold.ended_at = State.REFUSED, approver, now
    hold.save(update_fields=["state", "answered_by", "answered_at", "until", "ended_by", "ended_at"])
    log.record(
        Event.HOLD_ANSWERED,
        actor=Actor.person(approver.pk),
        case_id=hold.case_id,
        hold=str(hold.pk),
        approves="yes" if approves else "no",
        until=hold.until.isoformat(timespec="seconds"),
    )
    telling.of_answer(hold)
    return hold


def _put_in_force(hold: LegalHold, approver: User, now: datetime) -> None:
    """A renewal begins where the hold that it renews would have ended."""
    before = hold.renews
    hold.state = State.IN_FORCE
    hold.until = (before.until if before else now) + HOLD_FOR
    if before and before.state == State.IN_FORCE:
        end(before, State.RENEWED, Actor.person(approver.pk), by=approver)
