"""The queue, the claims on it, the tickets to a look, the votes, and what they were fused into."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User
from verification.cases.models import Case, Programme

from .answers import Alive, SamePerson


class ReviewItem(models.Model):
    """A case's place in the queue. `waiting` rows are the queue; the rest is history."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        # A vote was recorded and can still be taken back; nobody may claim the case meanwhile.
        SETTLING = "settling"
        # Put aside by a reviewer until `held_until`.
        HELD = "held"
        DONE = "done"

    class Stage(models.TextChoices):
        """What the case waits for: a vote like any other, or a senior's word because votes or evidence differ."""

        VOTE = "vote"
        ADJUDICATION = "adjudication"

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
    # The crops of the filmstrip in order, each with a code of what it shows: [{"kind": …, "shows": …}].
    strip = models.JSONField(default=list)
    due_at = models.DateTimeField(default=timezone.now)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.VOTE)
    # Votes of people who do not know of each other, before any adjudication. From the programme, when it was queued.
    votes_needed = models.PositiveSmallIntegerField(default=1)
    held_until = models.DateTimeField(null=True)
    hold_reason = models.CharField(max_length=24, blank=True)
    holds = models.PositiveSmallIntegerField(default=0)
    # Kept until `handed_until` for one person, or with nobody named for any senior; then for everybody again.
    handed_to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    handed_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_item"
        indexes = [
            models.Index(fields=["priority", "due_at"], name="review_waiting", condition=Q(state="waiting")),
            models.Index(fields=["held_until"], name="review_held", condition=Q(state="held")),
            models.Index(
                fields=["handed_to", "handed_until"],
                name="review_kept",
                condition=Q(state="waiting", handed_until__isnull=False),
            ),
            models.Index(
                fields=["priority", "due_at"],
                name="review_differing",
                condition=Q(state="waiting", stage="adjudication"),
            ),
            models.Index(fields=["queued_at"], name="review_waiting_age", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Claim(models.Model):
    """A reviewer's lease on one case. Ends at `ends_at`, or when its page has not been heard of for a while."""

    class End(models.TextChoices):
        DECIDED = "decided"
        RELEASED = "released"
        SKIPPED = "skipped"
        HELD = "held"
        HANDED_OVER = "handed_over"
        EXPIRED = "expired"
        ABANDONED = "abandoned"
        ROLE_TAKEN = "role_taken"
        # An administrator noted meanwhile that the case is the reviewer's own enrolment.
        OWN_ENROLMENT = "own_enrolment"
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


class Vote(models.Model):
    """What one reviewer answered about one case. It can be taken back until `takes_effect_at`; then it counts."""

    class State(models.TextChoices):
        PENDING = "pending"
        COUNTED = "counted"
        UNDONE = "undone"
        # The case was closed, or the voter lost their role, before the vote took effect.
        VOID = "void"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="votes")
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="vote")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="votes")
    # A senior's vote on a case whose votes or evidence differ. It is final.
    adjudicates = models.BooleanField(default=False)
    same_person = models.CharField(max_length=16, choices=[(answer.value, answer.label) for answer in SamePerson])
    alive = models.CharField(max_length=16, choices=[(answer.value, answer.label) for answer in Alive])
    confidence = models.PositiveSmallIntegerField(default=3, help_text="1 (little) to 5 (full)")
    reasons = models.JSONField(default=list)
    # Free text; shown only to reviewers, never logged, and gone with the case.
    note = models.TextField(blank=True, max_length=500)
    decided_at = models.DateTimeField(default=timezone.now, editable=False)
    takes_effect_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    seconds = models.FloatField(help_text="from claim to vote")
    # Answered so soon after the first look that nobody can have compared two faces.
    hasty = models.BooleanField(default=False)

    class Meta:
        db_table = "review_vote"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reviewer"],
                condition=Q(state__in=["pending", "counted"]),
                name="one_vote_per_case_and_reviewer",
            ),
            models.CheckConstraint(condition=Q(confidence__gte=1, confidence__lte=5), name="confidence_one_to_five"),
        ]
        indexes = [
            models.Index(fields=["reviewer", "decided_at"], name="vote_of_reviewer"),
            models.Index(fields=["takes_effect_at"], name="vote_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.same_person} {self.alive}"


class Fusion(models.Model):
    """What the votes of a case and the machine's evidence came to, by `policy.fusion`; one row for each settling."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="fusions")
    rule = models.CharField(max_length=32)
    verdict = models.CharField(max_length=16)
    same_llr = models.FloatField(help_text="natural log of the likelihood ratio, same person against different")
    alive_llr = models.FloatField(help_text="natural log of the likelihood ratio, live against not live")
    votes = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "review_fusion"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"


class Skip(models.Model):
    """A reviewer passed a case on; it does not come back to them before `until`."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="skips")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        db_table = "review_skip"
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="one_skip_per_case_and_reviewer")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.until:%H:%M}"


class OwnEnrolment(models.Model):
    """A member of staff is a subject too: cases of this subject never come to them."""

    person = models.ForeignKey(User, models.PROTECT, related_name="own_enrolments")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    # The pseudonym that `Case.subject` holds; what the relying party calls them is not kept.
    subject = models.CharField(max_length=64)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "review_own_enrolment"
        constraints = [
            models.UniqueConstraint(fields=["person", "programme", "subject"], name="one_note_of_an_own_enrolment")
        ]
        indexes = [models.Index(fields=["subject"], name="own_enrolment_subject")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.programme_id}"
