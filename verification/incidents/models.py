"""Incidents, what was done about them, who is on duty, and legal holds."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User
from verification.cases.models import Case


class Incident(models.Model):
    """A reviewer is worried about the person of a case. It is closed with an outcome and never silently."""

    class Kind(models.TextChoices):
        NO_RESPONSE = "no_response", "No response"
        SIGNS_OF_HARM = "signs_of_harm", "Signs of harm"
        COERCION = "coercion", "Signs of coercion"
        UNDER_AGE = "under_age", "May be under age"
        OTHER = "other", "Something else"

    class Outcome(models.TextChoices):
        HELP_SENT = "help_sent", "Help was sent"
        REPORTED = "reported", "Reported to the authorities"
        PARTY_TOLD = "party_told", "The relying party was told"
        NO_CONCERN = "no_concern", "No reason for concern remained"
        NOT_REACHED = "not_reached", "Nobody could be reached"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="incidents")
    # The claim from which it was raised; as text, because the claim goes with the case's queue entry.
    claim = models.CharField(max_length=36)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # Free text; shown to those who handle it, never logged, and gone with the case.
    sentence = models.TextField(blank=True, max_length=500)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now, editable=False)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    # The number under which somebody outside knows it (police, ambulance, relying party).
    reference = models.CharField(max_length=80, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incidents_incident"
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="one_open_incident_per_case"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""), name="a_closed_incident_has_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class IncidentNote(models.Model):
    """What was done, by whom, when. Free text; gone with the case."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    text = models.TextField(max_length=1000)

    class Meta:
        db_table = "incidents_note"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.at:%H:%M}"


class LegalHold(models.Model):
    """Keeps a case's sealed frames from being destroyed. It begins at once for a short while, until a second person
    agrees or refuses; a renewal is another row. Only this beats destruction."""

    class State(models.TextChoices):
        ASKED = "asked"
        IN_FORCE = "in_force"
        REFUSED = "refused"
        # Another one, asked and answered anew, goes on where this one would have ended.
        RENEWED = "renewed"
        RELEASED = "released"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="holds")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    # While asked: the end of the short while. In force: the end of the hold.
    until = models.DateTimeField()
    renews = models.ForeignKey("self", models.SET_NULL, null=True, related_name="renewals")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incidents_hold"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="one_asked_hold_per_case"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="in_force"), name="one_hold_in_force_per_case"),
        ]
        indexes = [
            models.Index(fields=["until"], name="hold_active", condition=Q(state__in=["asked", "in_force"])),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class DutyShift(models.Model):
    """A senior says that they are on duty. Incidents reach them first; with nobody on duty they reach every senior."""

    person = models.ForeignKey(User, models.CASCADE, related_name="duty")
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incidents_duty"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="one_open_duty_shift_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.began_at:%H:%M}"
