"""Everything that changes an incident or a hold locks the case's row first, as everything that destroys its media does.

Where a claim is locked too, it comes before the case; the vault's keys come after it.
"""

from __future__ import annotations

from uuid import UUID

from verification.cases.models import Case

from .models import Incident, LegalHold


class NoSuchIncident(LookupError):
    """There is no such incident."""


class NoSuchHold(LookupError):
    """There is no such hold."""


def locked_case(case_id: UUID) -> Case:
    """The case, its row locked until the end of the caller's transaction."""
    return Case.objects.select_for_update(no_key=True).get(pk=case_id)


def locked_incident(incident_id: UUID | str) -> tuple[Incident, Case]:
    """The incident as it stands once its case is locked. Raises `NoSuchIncident`."""
    case_id = Incident.objects.filter(pk=incident_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NoSuchIncident
    case = locked_case(case_id)
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise NoSuchIncident
    return incident, case


def locked_hold(hold_id: UUID | str) -> LegalHold:
    """The hold as it stands once its case is locked. Raises `NoSuchHold`."""
    case_id = LegalHold.objects.filter(pk=hold_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NoSuchHold
    locked_case(case_id)
    hold = LegalHold.objects.select_related("incident", "renews").filter(pk=hold_id).first()
    if hold is None:
        raise NoSuchHold
    return hold
