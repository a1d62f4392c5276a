"""What the pages of incidents and holds show. Reads only, and never a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.rules import Person, Ruling

from . import keeping
from .limits import LISTED_FOR
from .locking import NoSuchIncident
from .models import Incident, IncidentNote, LegalHold
from .rules import Asked, may_answer_hold

_MOST = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """The holds of one case as they stand: the one in force, and the one that waits for an answer."""

    in_force: LegalHold | None
    asked: LegalHold | None

    @property
    def any(self) -> LegalHold | None:
        """The one to speak of: what is in force, else what is asked for."""
        return self.in_force or self.asked


@dataclass(frozen=True, slots=True)
class Listed:
    """One incident in a list. `nothing_left` says that its pictures are destroyed."""

    incident: Incident
    holds: Standing
    nothing_left: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One incident with all that was written. `ruling` says whether the reader may answer the hold that waits."""

    incident: Incident
    notes: tuple[IncidentNote, ...]
    history: tuple[LegalHold, ...]
    holds: Standing
    ruling: Ruling | None
    may_ask: bool
    nothing_left: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hold that waits for an answer, and whether the reader may give it."""

    hold: LegalHold
    ruling: Ruling


def open_incidents() -> tuple[Listed, ...]:
    """The oldest first: it has waited longest."""
    return _listed(_incidents().filter(closed_at__isnull=True).order_by("raised_at"))


def closed_lately() -> tuple[Listed, ...]:
    """The last to be closed first, at most `_MOST`."""
    since = timezone.now() - LISTED_FOR
    return _listed(_incidents().filter(closed_at__gte=since).order_by("-closed_at")[:_MOST])


def detail(incident_id: UUID | str, reader: User) -> Detail:
    """Raises `NoSuchIncident`."""
    incident = _incidents().filter(pk=incident_id).first()
    if incident is None:
        raise NoSuchIncident
    standing, case = _standing(incident.case.holds.all()), incident.case
    return Detail(
        incident=incident,
        notes=tuple(incident.notes.select_related("by")),
        history=tuple(_holds().filter(case=case)),
        holds=standing,
        ruling=_ruling(standing.asked, facts_about(reader)) if standing.asked else None,
        may_ask=standing.asked is None
        and case.media_destroyed_at is None
        and (case.closed_at is None or standing.in_force is not None),
        nothing_left=case.media_destroyed_at is not None,
    )


def holds_waiting(reader: User) -> tuple[Waiting, ...]:
    """The one whose time runs out first comes first."""
    asked = _holds().filter(state=LegalHold.State.ASKED).order_by("until")
    person = facts_about(reader)
    return tuple(Waiting(hold, _ruling(hold, person)) for hold in asked)


def holds_in_force() -> tuple[LegalHold, ...]:
    return tuple(_holds().filter(state=LegalHold.State.IN_FORCE).order_by("until"))


def holds_ended_lately() -> tuple[LegalHold, ...]:
    """The last to end first, at most `_MOST`."""
    since = timezone.now() - LISTED_FOR
    return tuple(_holds().exclude(state__in=keeping.ACTIVE).filter(ended_at__gte=since).order_by("-ended_at")[:_MOST])


def waiting_since() -> datetime | None:
    """When the oldest incident that nobody has taken was raised."""
    untaken = Incident.objects.filter(closed_at__isnull=True, taken_by__isnull=True)
    return untaken.order_by("raised_at").values_list("raised_at", flat=True).first()


def _incidents() -> QuerySet[Incident]:
    people = Incident.objects.select_related("case__programme", "raised_by", "taken_by", "closed_by")
    return people.prefetch_related(Prefetch("case__holds", _holds()))


def _holds() -> QuerySet[LegalHold]:
    return LegalHold.objects.select_related(
        "incident__raised_by", "case__programme", "asked_by", "answered_by", "ended_by", "renews"
    )


def _listed(incidents: Iterable[Incident]) -> tuple[Listed, ...]:
    return tuple(
        Listed(incident, _standing(incident.case.holds.all()), incident.case.media_destroyed_at is not None)
        for incident in incidents
    )


def _standing(of_case: Iterable[LegalHold]) -> Standing:
    by_state = {hold.state: hold for hold in of_case}
    return Standing(by_state.get(LegalHold.State.IN_FORCE), by_state.get(LegalHold.State.ASKED))


def _ruling(hold: LegalHold, reader: Person) -> Ruling:
    return may_answer_hold(reader, Asked(hold.asked_by_id, hold.incident.raised_by_id))
