"""A person's capture session, its challenges, and the memory by which a replayed clip is noticed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.cases.models import Case


class Locale(models.TextChoices):
    """The languages in which the person's pages are written."""

    EN = "en", "English"
    ZH_HANS = "zh-hans", "简体中文"
    ZH_HANT = "zh-hant", "繁體中文"


class CaptureSession(models.Model):
    """One invitation to one person. Its address and its cookie are kept as SHA-256 only: both are 256 random bits."""

    class Choice(models.TextChoices):
        CAMERA = "camera"
        OTHER_WAY = "other_way"

    class End(models.TextChoices):
        CAPTURED = "captured"
        OTHER_WAY = "other_way"
        EXPIRED = "expired"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="capture")
    token_digest = models.BinaryField(max_length=32, unique=True)
    # Set by the first POST: from then on the session belongs to that browser. Emptied when it may no longer come back.
    browser_digest = models.BinaryField(max_length=32, unique=True, null=True)
    locale = models.CharField(max_length=8, choices=Locale.choices)
    return_url = models.CharField(max_length=500, blank=True)
    embedded = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    # The notice that was shown, and the scopes agreed to with the time of each: {"compare": "2026-01-05T09:30:00Z"}.
    notice_version = models.CharField(max_length=32, blank=True)
    consents = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    chosen = models.CharField(max_length=16, choices=Choice.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How many uploads were refused as signs of an injection.
    suspicions = models.PositiveSmallIntegerField(default=0)
    # The code of the last capture that was not taken, for the relying party.
    refusal = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=End.choices, blank=True)

    class Meta:
        db_table = "capture_session"
        indexes = [
            models.Index(fields=["expires_at"], name="capture_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["created_at"], name="capture_browser", condition=Q(browser_digest__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.end or 'open'}"

    @property
    def asks_voice(self) -> bool:
        """Sound is recorded only where the programme asks for it and the person agreed."""
        return self.case.programme.asks_voice and "voice" in self.consents


class Challenge(models.Model):
    """What was asked of the person in one attempt, and when; its nonce is kept as SHA-256 and is good once."""

    session = models.ForeignKey(CaptureSession, models.CASCADE, related_name="challenges")
    attempt = models.PositiveSmallIntegerField()
    nonce_digest = models.BinaryField(max_length=32, unique=True)
    # [{"step": "turn_left", "from_ms": 0, "to_ms": 2333}, …]; "digits" with "say_digits". Milliseconds from drawing.
    steps = models.JSONField()
    drawn_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # Keyed digest of the upload that was taken: the same one again is a lost answer, another one is a replay.
    answer_digest = models.BinaryField(max_length=32, null=True)
    # What the device said of itself, when the page showed each step, and whether the clip was known.
    facts = models.JSONField(default=dict)

    class Meta:
        db_table = "capture_challenge"
        constraints = [models.UniqueConstraint(fields=["session", "attempt"], name="one_challenge_per_attempt")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.attempt}"


class ClipDigest(models.Model):
    """A keyed digest of one picture of some clip. It belongs to no case; it only tells a clip that was seen before."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "capture_clip_digest"
        indexes = [models.Index(fields=["seen_at"], name="clip_digest_age")]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d}"
