"""A relying party's programme, its API keys, and its cases."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .states import CapturedBy, CaseKind, CaseStatus, Outcome


class Programme(models.Model):
    """One purpose of one relying party. Nothing is collected outside a programme."""

    class Region(models.TextChoices):
        """What the capture page films; everything else never leaves the person's device."""

        FACE = "face", "Face"
        FACE_AND_NECK = "face_and_neck", "Face and neck"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    purpose = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # How the capture page asks. `programme_settings.py` alone changes these, on the record.
    capture_region = models.CharField(max_length=16, choices=Region.choices, default=Region.FACE)
    asks_voice = models.BooleanField(default=False)
    challenge_seconds = models.PositiveSmallIntegerField(default=7)
    return_urls = models.JSONField(default=list)
    embed_origins = models.JSONField(default=list)
    # Plain words for the person: how to do this without a camera, and who may look at a picture.
    other_way = models.TextField(max_length=2000, blank=True)
    contact = models.TextField(max_length=500, blank=True)
    # Grows with every change that the notice shows, so that a consent names the words it was given under.
    notice_number = models.PositiveIntegerField(default=1)
    # Whether images that the relying party filmed itself may close a case by machine.
    trusts_own_capture = models.BooleanField(default=False)

    # How its cases are reviewed. `review_settings.py` alone changes these, on the record.
    # One reviewer, or two who do not know of each other.
    reviewers = models.PositiveSmallIntegerField(default=1)
    due_minutes = models.PositiveIntegerField(default=240)
    # Which wider views may be asked for at all. Closed until somebody opens them, because the notice must say so.
    wider_neck = models.BooleanField(default=False)
    wider_frame = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_programme"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A relying party's key. Only its SHA-256 is kept: the key has 256 random bits, so no slow hash is needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="keys")
    label = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_api_key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label


class RequestWindow(models.Model):
    """How many requests a key made in one minute; counted in the database so that the limit holds across processes."""

    key = models.ForeignKey(ApiKey, models.CASCADE)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "cases_request_window"
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="one_window_per_key_and_minute")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.minute:%H:%M}"


class Case(models.Model):
    """One capture against one reference. Holds no name, no number, no address and no picture."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in CaseKind])
    status = models.CharField(
        max_length=16, choices=[(status.value, status.value) for status in CaseStatus], default=CaseStatus.RECEIVED
    )
    outcome = models.CharField(
        max_length=16, choices=[(outcome.value, outcome.value) for outcome in Outcome], blank=True
    )
    reasons = models.JSONField(default=list)
    captured_by = models.CharField(
        max_length=16, choices=[(by.value, by.value) for by in CapturedBy], default=CapturedBy.RELYING_PARTY
    )
    # HMAC-SHA-256 of the relying party's opaque reference, hexadecimal; emptied when the case is erased.
    subject = models.CharField(max_length=64, blank=True)
    notice_version = models.CharField(max_length=32)
    scopes = models.JSONField(default=list)
    live_images = models.PositiveSmallIntegerField()
    policy = models.CharField(max_length=64, blank=True)
    # Made here from a pair with a known answer: nobody sent it, and no relying party learns of it.
    known = models.BooleanField(default=False)

    received_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the person's capture came; None where the relying party sent everything at once.
    captured_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    media_destroyed_at = models.DateTimeField(null=True)

    # The lease of the worker that is checking it. `fence` grows with each lease, so a late worker cannot write.
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_case"
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["programme", "-received_at", "-id"], name="case_listing"),
            models.Index(fields=["subject"], name="case_subject"),
            models.Index(
                fields=["received_at"], name="case_unsettled", condition=Q(status__in=["received", "checking"])
            ),
            models.Index(fields=["received_at"], name="case_in_review", condition=Q(status="in_review")),
            models.Index(fields=["closed_at"], name="case_closed"),
            models.Index(fields=["settled_at"], name="case_settled"),
            models.Index(
                fields=["closed_at"],
                name="case_media_left",
                condition=Q(closed_at__isnull=False, media_destroyed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The short name that people say aloud. Four hexadecimal digits: for talking, not for looking up."""
        return self.id.hex[-4:].upper()

    @property
    def human_view(self) -> bool:
        return "human_view" in self.scopes


class IdempotencyRecord(models.Model):
    """The answer to a request that was made before: same key and body, same case; same key and other body, refused."""

    programme = models.ForeignKey(Programme, models.CASCADE)
    key = models.CharField(max_length=128)
    # Keyed digest of the whole request; a plain one would let anybody test whether a known picture was sent.
    request_digest = models.BinaryField(max_length=32)
    case = models.ForeignKey(Case, models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "cases_idempotency"
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="one_case_per_idempotency_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
