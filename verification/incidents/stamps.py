"""Cheap to read, and another one whenever the pages of worries or of holds would show something else."""

from __future__ import annotations

from django.db.models import Count, Max
from django.utils import timezone

from .models import DutyShift, Incident, IncidentNote, LegalHold


def of_holds() -> object:
    """Every change of a hold, and of the incident that it is told with, writes the present moment into a time."""
    holds = LegalHold.objects.aggregate(Count("pk"), Max("asked_at"), Max("answered_at"), Max("ended_at"))
    return holds, _incidents()


def of_worries() -> object:
    """The reference is a text without a time of its own, and an age is another one each minute."""
    open_ones = list(Incident.objects.filter(closed_at__isnull=True).order_by("pk").values_list("pk", "reference"))
    notes = IncidentNote.objects.aggregate(Count("pk"), Max("at"))
    shifts = DutyShift.objects.aggregate(Count("pk"), Max("began_at"), Max("ended_at"))
    minute = timezone.now().replace(second=0, microsecond=0) if open_ones else None
    return of_holds(), open_ones, notes, shifts, minute


def _incidents() -> object:
    return Incident.objects.aggregate(
        Count("pk"),
        Max("raised_at"),
        Max("taken_at"),
        Max("closed_at"),
        Max("case__closed_at"),
        Max("case__media_destroyed_at"),
    )
