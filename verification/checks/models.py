"""Check results as they are stored with a case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from verification.cases.models import Case


class StoredResult(models.Model):
    """One `CheckResult` of one case; see `results.py` for what each field means."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="results")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=32)
    band = models.CharField(max_length=16)
    score = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    model = models.CharField(max_length=64, blank=True)
    model_sha256 = models.CharField(max_length=64, blank=True)
    milliseconds = models.FloatField(default=0)

    class Meta:
        db_table = "checks_result"
        ordering = ["case_id", "position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="one_result_per_position")]
        # For a report over a year of them: one check's results, and whatever did not pass, without reading the rest.
        indexes = [
            models.Index(fields=["name", "case"], include=["band", "score", "model"], name="result_of_check"),
            models.Index(
                fields=["case"], include=["name", "band"], name="result_not_passed", condition=~Q(band="pass")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.band}"
