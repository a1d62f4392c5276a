"""The sealed stock of pairs with a known answer, and the cases that were made from them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.cases.models import Case


class KnownPair(models.Model):
    """A reference and a live image whose answer is known, sealed to the worker's key until it is retired."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set_name = models.CharField(max_length=64)
    # In the words of whoever imported it: who allows that reviewers are shown these pictures. The log has its SHA-256.
    permitted_by = models.CharField(max_length=300, default="")
    # SHA-256 of the two files, so that a set can be imported again without doubles.
    digest = models.BinaryField(max_length=32, unique=True)
    same = models.BooleanField(help_text="both images show one person")
    live = models.BooleanField(help_text="the live image is of a living person")
    wrapped = models.BinaryField(null=True)
    reference = models.BinaryField(null=True)
    live_image = models.BinaryField(null=True)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "known_pair"
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, wrapped__isnull=False)
                | Q(retired_at__isnull=False, wrapped__isnull=True, reference__isnull=True, live_image__isnull=True),
                name="a_retired_pair_is_empty",
            )
        ]
        indexes = [
            models.Index(fields=["same", "live", "used"], name="known_in_stock", condition=Q(retired_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.set_name} {self.id}"


class KnownCase(models.Model):
    """The answer to a case that was made from a known pair. Nobody who may vote can read it before they did."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="known_answer")
    pair = models.ForeignKey(KnownPair, models.PROTECT, related_name="cases")
    same = models.BooleanField()
    live = models.BooleanField()
    seeded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "known_case"

    def __str__(self) -> str:
        return str(self.case_id)
