"""Figures that are kept rather than counted anew at each reading, and the register of impact assessments.

The first part of the figures is counted from the checks of each day. The second is counted from the audit log, exactly
up to the size of one published checkpoint, and can be thrown away and counted again (`manage.py reports_rebuild`):
codes and opaque ids only, and nothing that the log does not say.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from verification.access.models import User
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


class Counted(models.Model):
    """How far the log is counted: its first `size` entries, in hours of the time zone `zone`, by the rules `rules`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    zone = models.CharField(max_length=64)
    rules = models.SmallIntegerField()
    checkpoint_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "reports_counted"

    def __str__(self) -> str:
        return f"{self.size} entries"


class HourCount(models.Model):
    """How many entries of one kind one actor caused within an hour. `real` is false for cases with a known answer.

    `code` is what the event is told apart by (see `tallies`). Actors are named where they are staff, keys or machines.
    """

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    programme_id = models.UUIDField(null=True)
    real = models.BooleanField()
    event = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    code = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "reports_hour"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "hour", "programme_id", "real", "actor_kind", "actor_id", "code"],
                name="one_count_of_each",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.event} {self.n}"


class LookCount(models.Model):
    """How often one person looked at one case under one claim within an hour, for one reason."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    claim = models.CharField(max_length=64)
    actor_id = models.CharField(max_length=64)
    case_id = models.UUIDField(null=True)
    programme_id = models.UUIDField(null=True)
    real = models.BooleanField()
    event = models.CharField(max_length=64)
    reason = models.TextField()
    looks = models.BigIntegerField()
    first_at = models.DateTimeField()

    class Meta:
        db_table = "reports_look"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "actor_id", "case_id", "hour", "event", "reason", "programme_id", "real"],
                name="one_count_of_looks",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["hour"], name="reports_look_hour")]

    def __str__(self) -> str:
        return f"{self.hour} {self.looks}"


class ClaimSummary(models.Model):
    """A claim: who took which case, how long it had waited, what was decided under it, how it ended. Null: unknown."""

    claim = models.CharField(primary_key=True, max_length=64)
    case_id = models.UUIDField(null=True)
    programme_id = models.UUIDField(null=True)
    real = models.BooleanField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null says that the log does not hold it
    fence = models.IntegerField(null=True)
    waited_seconds = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.TextField(null=True)  # noqa: DJ001 - likewise
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, null=True)  # noqa: DJ001 - likewise
    seconds = models.IntegerField(null=True)
    hasty = models.IntegerField(null=True)
    same_person = models.TextField(null=True)  # noqa: DJ001 - likewise
    alive = models.TextField(null=True)  # noqa: DJ001 - likewise
    adjudicates = models.IntegerField(null=True)
    undone = models.BooleanField()
    took_effect = models.BooleanField()
    voided = models.BooleanField()

    class Meta:
        db_table = "reports_claim"
        indexes = [
            models.Index(fields=["taken_at"], name="reports_claim_taken"),
            models.Index(fields=["decided_at"], name="reports_claim_decided"),
            models.Index(fields=["case_id"], name="reports_claim_case"),
        ]

    def __str__(self) -> str:
        return self.claim


class EndedCase(models.Model):
    """How a case ended, and when."""

    case_id = models.UUIDField(primary_key=True)
    programme_id = models.UUIDField(null=True)
    real = models.BooleanField()
    ended_at = models.DateTimeField()
    status = models.CharField(max_length=32)
    outcome = models.TextField()

    class Meta:
        db_table = "reports_ended"
        indexes = [models.Index(fields=["ended_at"], name="reports_ended_at")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"


class MonthlyReport(models.Model):
    """One report of one month, for one programme or all of them. The row comes first, and is its own reminder."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its first day.
    month = models.DateField()
    report = models.CharField(max_length=32)
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="+")
    rung_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "report_monthly"
        ordering = ["-month", "report"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "report", "programme"], name="one_report_of_a_month", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.month:%Y-%m}"


class MonthlyFile(models.Model):
    """A file of a monthly report. `entry_id` is the log's entry that holds the SHA-256 of `content`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="files")
    language = models.CharField(max_length=16)
    form = models.CharField(max_length=8)
    name = models.CharField(max_length=128)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    entry_id = models.BigIntegerField()

    class Meta:
        db_table = "report_monthly_file"
        ordering = ["form", "language"]
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "form"], name="one_file_of_a_monthly_report")
        ]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """One version of an impact assessment, as it was recorded here. A change is another version; no row is changed.

    The document itself is kept elsewhere: `reference` says where. `owner` is a role or an office, and never a name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None for an assessment of all programmes.
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=120)
    version = models.CharField(max_length=20)
    owner = models.CharField(max_length=60)
    approved_on = models.DateField()
    review_due = models.DateField()
    reference = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "report_assessment"
        ordering = ["title", "recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["title", "version"], name="one_record_of_a_version"),
            models.CheckConstraint(condition=Q(review_due__gt=models.F("approved_on")), name="a_review_comes_later"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"
