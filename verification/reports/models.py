"""Figures that are kept rather than counted anew at each reading. They are counts: no row is about anybody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.cases.models import Programme


class TalliedDay(models.Model):
    """A local day whose check results stand in the two tables below. It is tallied once, after it is over."""

    day = models.DateField(primary_key=True)
    tallied_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "report_tallied_day"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DayOfResults(models.Model):
    """How many cases whose checks ended on a day had one result of one check. Known cases are not among them."""

    day = models.DateField()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    policy = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=32)
    band = models.CharField(max_length=16)
    # All reason codes of the result, with commas between them.
    reasons = models.TextField(blank=True)
    model = models.CharField(max_length=64, blank=True)
    model_sha256 = models.CharField(max_length=64, blank=True)
    cases = models.PositiveIntegerField()

    class Meta:
        db_table = "report_day_of_results"
        indexes = [models.Index(fields=["day"], name="day_of_results")]
        constraints = [models.CheckConstraint(condition=Q(cases__gt=0), name="a_day_of_results_counts_some")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name} {self.band}"


class WeekOfScores(models.Model):
    """How many cases of a week had about this score in one check. `score` is rounded as `check_tallies` says."""

    # The Monday.
    week = models.DateField()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    name = models.CharField(max_length=32)
    score = models.FloatField()
    cases = models.PositiveIntegerField()

    class Meta:
        db_table = "report_week_of_scores"
        constraints = [
            models.UniqueConstraint(
                fields=["week", "programme", "name", "score"], name="one_count_of_a_score_in_a_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week:%Y-%m-%d} {self.name} {self.score}"
