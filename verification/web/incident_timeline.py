"""Everything that happened in one incident, in order, as lines for its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from verification.access.models import User
from verification.incidents.listing import Detail
from verification.incidents.models import LegalHold

from .worry_words import ENDED

_State = LegalHold.State


@dataclass(frozen=True, slots=True)
class Moment:
    """`by` is None where nobody did it: a time ran out. `text` is what somebody wrote."""

    at: datetime
    what: str
    by: User | None
    text: str = ""


def moments(found: Detail) -> list[Moment]:
    """The oldest first."""
    everything = [*_of_the_incident(found), *_of_notes(found)]
    for hold in found.history:
        everything += _of_a_hold(hold)
    return sorted(everything, key=lambda moment: moment.at)


def _of_the_incident(found: Detail) -> Iterator[Moment]:
    incident = found.incident
    yield Moment(incident.raised_at, "Raised", incident.raised_by, incident.sentence)
    if incident.taken_at is not None:
        yield Moment(incident.taken_at, "Taken on", incident.taken_by)
    if incident.closed_at is not None:
        yield Moment(incident.closed_at, f"Closed: {incident.get_outcome_display().lower()}", incident.closed_by)


def _of_notes(found: Detail) -> Iterator[Moment]:
    for note in found.notes:
        yield Moment(note.at, "Written down", note.by, note.text)


def _of_a_hold(hold: LegalHold) -> Iterator[Moment]:
    name = "renewal of the legal hold" if hold.renews_id else "legal hold"
    yield Moment(hold.asked_at, f"Asked for a {name}", hold.asked_by)
    if hold.answered_at is not None:
        word = "Refused" if hold.state == _State.REFUSED else "Approved"
        yield Moment(hold.answered_at, f"{word} the {name}", hold.answered_by)
    if hold.ended_at is not None and hold.state not in {_State.REFUSED, _State.RENEWED}:
        yield Moment(hold.ended_at, f"{ENDED[hold.state]}: {name}", hold.ended_by)
