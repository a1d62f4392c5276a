"""One request for a wider view from its asking to the destruction of its pixels, and who agreed to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User
from verification.review.models import Claim


class Tier(models.IntegerChoices):
    """How much is shown. Tier 0, the face, needs no request."""

    FACE_AND_NECK = 1, "Face and neck"
    FRAME = 2, "Whole stored frame"


class WiderView(models.Model):
    """Asked for under one claim. Its sealed picture exists while it is `ready`, and at no other time."""

    class State(models.TextChoices):
        # Waiting for others to agree.
        ASKED = "asked"
        # All agreed; a worker draws it.
        APPROVED = "approved"
        # Sealed, for a minute or one look.
        READY = "ready"
        # Given to the asker's page, which may show it until the minute is over; no sealed copy is left.
        SEEN = "seen"
        ENDED = "ended"

    class End(models.TextChoices):
        REFUSED = "refused"
        UNANSWERED = "unanswered"
        WITHDRAWN = "withdrawn"
        CLAIM_ENDED = "claim_ended"
        MINUTE_OVER = "minute_over"
        NOT_RENDERED = "not_rendered"
        NOTHING_WIDER = "nothing_wider"
        # The programme switched the tier off, or the asker lost the right to it.
        NOT_ALLOWED = "not_allowed"

    class Reason(models.TextChoices):
        WELFARE = "welfare", "The person may be hurt or not free"
        AGE = "age", "The person may be under age"
        DISGUISE = "disguise", "A mask, a disguise or a second person may be involved"
        FEATURE = "feature", "A feature outside the outline would decide it"
        QUALITY = "quality", "The outline hides too much of the face"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="wider_views")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    # Free text for those who approve; never logged, and gone with the case.
    sentence = models.TextField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    end = models.CharField(max_length=16, choices=End.choices, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answer_by = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    # The worker's lease on drawing it.
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    # A minute after `ready_at`.
    ends_at = models.DateTimeField(null=True)
    # One ticket to one look, bound to a session; only its digest is kept.
    ticket_digest = models.BinaryField(max_length=32, null=True)
    session_digest = models.BinaryField(max_length=32, null=True)
    ticket_ends_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "wider_view"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=~Q(state="ended"), name="one_open_wider_view_per_claim")
        ]
        indexes = [models.Index(fields=["asked_at"], name="wider_open", condition=~Q(state="ended"))]

    def __str__(self) -> str:
        return f"{self.claim_id} tier {self.tier} {self.state}"


class WiderAnswer(models.Model):
    """One approver's yes or no. Never the asker's own, and one per person."""

    view = models.ForeignKey(WiderView, models.CASCADE, related_name="answers")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+")
    approves = models.BooleanField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "wider_answer"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["view", "approver"], name="one_answer_per_approver")]

    def __str__(self) -> str:
        return f"{self.view_id} {self.approves}"
