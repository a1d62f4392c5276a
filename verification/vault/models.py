"""Sealed media and the keys that open it. Destroying is emptying `wrapped`, then deleting the bytes."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.cases.models import Case


class Purpose(StrEnum):
    """Whose private key opens it: `frame` and `capture` the worker's, `crop` and `wider` the web process's."""

    FRAME = "frame"
    CAPTURE = "capture"
    CROP = "crop"
    WIDER = "wider"


class CaseKey(models.Model):
    """A case's data key for one purpose, wrapped to that purpose's public key."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="media_keys")
    purpose = models.CharField(max_length=8, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    version = models.PositiveSmallIntegerField(default=1)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_case_key"
        constraints = [
            models.UniqueConstraint(fields=["case", "purpose"], name="one_key_per_case_and_purpose"),
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="a_destroyed_key_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.purpose}"


class SealedMedia(models.Model):
    """One sealed image: where its bytes are, and whether they still are."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="media")
    purpose = models.CharField(max_length=8, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    # "reference", "live-0" … "live-9" for frames; "clip" for a capture; "crop-reference", "crop-live",
    # "crop-step-1" … for crops; "wider" for a wider view.
    kind = models.CharField(max_length=16)
    object_name = models.CharField(max_length=80, unique=True)
    size = models.PositiveIntegerField(help_text="sealed bytes")
    sealed_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_sealed_media"
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="one_image_of_a_kind")]
        indexes = [models.Index(fields=["sealed_at"], name="media_not_deleted", condition=Q(deleted_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
