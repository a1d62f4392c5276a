"""Notices to members of staff. They say that something waits and where; never about whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User


class Notice(models.Model):
    """One thing that waits for one person. `place` names a page of the console, `subject` the id that it needs."""

    class Kind(models.TextChoices):
        WIDER_ASKED = "wider_asked"
        WIDER_ANSWERED = "wider_answered"
        INCIDENT_RAISED = "incident_raised"
        HOLD_ASKED = "hold_asked"
        HOLD_ENDING = "hold_ending"
        HANDED_OVER = "handed_over"
        CASE_BACK = "case_back"
        ADJUDICATION = "adjudication"
        QUEUE_OVERDUE = "queue_overdue"
        MONTHLY_REPORTS = "monthly_reports"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    # The opaque id of what it is about: one notice of a kind for each, however often it is raised.
    subject = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True)
    # What it asked for was done by somebody, or is over.
    settled_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_notice"
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["to", "kind", "subject"], name="one_notice_of_a_kind")]
        indexes = [
            models.Index(
                fields=["to", "at"], name="notice_open", condition=Q(read_at__isnull=True, settled_at__isnull=True)
            ),
            models.Index(fields=["at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
