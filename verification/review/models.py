"""The queue, the claims on it, the tickets to a look, and the decisions."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User
from verification.cases.models import Case

from .answers import Alive, SamePerson


class ReviewItem(models.Model):
    """A case's place in the queue. `waiting` rows are the queue; the rest is history."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="review")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # Smaller is sooner.
    priority = models.SmallIntegerField(default=100)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    # Grows with each claim, so that a claim that has ended cannot write.
    fence = models.PositiveIntegerField(default=0)
    # `welfare` when the capture gave a sign that the person may need help; empty otherwise.
    flag = models.CharField(max_length=16, blank=True)
    # Kinds of the crops that exist; empty when no face could be outlined.
    crops = models.JSONField(default=list)

    class Meta:
        db_table = "review_item"
        indexes = [
            models.Index(fields=["priority", "queued_at"], name="review_waiting", condition=Q(state="waiting")),
            models.Index(fields=["queued_at"], name="review_waiting_age", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Claim(models.Model):
    """A reviewer's lease on one case. Ends at `ends_at`, or when its page has not been heard of for a while."""

    class End(models.TextChoices):
        DECIDED = "decided"
        RELEASED = "released"
        EXPIRED = "expired"
        ABANDONED = "abandoned"
        ROLE_TAKEN = "role_taken"
        CASE_CLOSED = "case_closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="claims")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="claims")
    fence = models.PositiveIntegerField()
    claimed_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField()
    heard_at = models.DateTimeField(default=timezone.now)
    extended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=End.choices, blank=True)

    class Meta:
        db_table = "review_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(ended_at__isnull=True), name="one_open_claim_per_case"
            ),
            models.UniqueConstraint(
                fields=["reviewer"], condition=Q(ended_at__isnull=True), name="one_open_claim_per_reviewer"
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], name="claim_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["reviewer", "claimed_at"], name="claim_of_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.end or 'open'}"


class LookTicket(models.Model):
    """The right to fetch one crop once, within seconds, from one session, under one claim. Only its digest is kept."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    claim = models.ForeignKey(Claim, models.CASCADE)
    media = models.CharField(max_length=16)
    session_digest = models.BinaryField(max_length=32)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_look_ticket"
        indexes = [models.Index(fields=["ends_at"], name="ticket_age")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.media}"


class Decision(models.Model):
    """What a reviewer decided. The first write wins; there is one per case."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="decision")
    claim = models.OneToOneField(Claim, models.PROTECT)
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="decisions")
    same_person = models.CharField(max_length=16, choices=[(answer.value, answer.label) for answer in SamePerson])
    alive = models.CharField(max_length=16, choices=[(answer.value, answer.label) for answer in Alive])
    reasons = models.JSONField(default=list)
    # Free text; shown only to reviewers, never logged, and gone with the case.
    note = models.TextField(blank=True, max_length=500)
    decided_at = models.DateTimeField(default=timezone.now, editable=False)
    seconds = models.FloatField(help_text="from claim to decision")

    class Meta:
        db_table = "review_decision"
        indexes = [models.Index(fields=["reviewer", "decided_at"], name="decision_of_reviewer")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.same_person} {self.alive}"
