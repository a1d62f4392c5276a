"""The log's append-only tables, on which the database itself refuses any change; how their publishing is doing; and the
counts by which refused attempts are kept from filling them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Entry(models.Model):
    """One event. `body` is the canonical JSON (RFC 8785) that the tree covers; the other columns help to find it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    # Opaque ids without foreign keys: evidence outlives its subject.
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    # The case's name in the log and not its own id: see `pseudonyms.py`.
    case_id = models.UUIDField(null=True)
    body = models.TextField()

    class Meta:
        db_table = "audit_entry"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["case_id", "id"], name="audit_entry_case"),
            models.Index(fields=["event", "at"], name="audit_entry_event"),
            models.Index(fields=["actor_id", "at"], name="audit_entry_actor"),
            models.Index(fields=["at"], name="audit_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.event}"


class Pseudonym(models.Model):
    """A name in the log, and which case it is of. Once that is erased: a name of nobody, under its programme.

    Before 0016 cases stood in the log under their own id; theirs is their name, without a key.
    """

    name = models.UUIDField(primary_key=True)
    key = models.BinaryField(max_length=32, null=True)
    case_id = models.UUIDField(unique=True, null=True)
    programme_id = models.UUIDField(null=True)
    # False for a case with a known answer, which came from nobody and is in no report.
    counted = models.BooleanField(default=True)
    # Erased, and cut as soon as nothing is kept any more.
    leaving = models.BooleanField(default=False)

    class Meta:
        db_table = "audit_pseudonym"
        indexes = [
            models.Index(fields=["programme_id"], name="audit_pseudonym_programme"),
            models.Index(fields=["name"], name="audit_pseudonym_uncounted", condition=Q(counted=False)),
            models.Index(fields=["name"], name="audit_pseudonym_leaving", condition=Q(leaving=True)),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Leaf(models.Model):
    """An entry's place in the tree: gap-free `index`, and `hash = SHA-256(0x00 || body)`."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_leaf"
        ordering = ["index"]

    def __str__(self) -> str:
        return f"{self.index} → {self.entry_id}"


class Node(models.Model):
    """The hash of a complete subtree of 256, 65,536, … leaves (`level` 1, 2, …): a shortcut to any proof."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_node"

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class SignedCheckpoint(models.Model):
    """A checkpoint as it was published: `note` with the log's signature and, where `witnessed_at`, the witness's."""

    id = models.BigAutoField(primary_key=True)
    origin = models.CharField(max_length=255)
    size = models.BigIntegerField()
    note = models.TextField()
    at = models.DateTimeField(default=timezone.now, editable=False)
    # What the witness's own clock said.
    witnessed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_checkpoint"
        ordering = ["id"]
        indexes = [models.Index(fields=["size"], name="audit_checkpoint_size")]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Posting(models.Model):
    """The e-mail of a day's (UTC) last checkpoint to those who are to have it."""

    day = models.DateField(primary_key=True)
    checkpoint_id = models.BigIntegerField()
    rung_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_posting"

    def __str__(self) -> str:
        return f"{self.day} {'sent' if self.sent_at else 'waits'}"


class Watch(models.Model):
    """How one part of the publishing is doing. `since` is when its state last changed; no `problem` is well."""

    class Part(models.TextChoices):
        ORDER = "order"
        CHECKPOINT = "checkpoint"
        WITNESS = "witness"
        ANCHOR = "anchor"
        MAIL = "mail"

    part = models.CharField(primary_key=True, max_length=16, choices=Part.choices)
    problem = models.CharField(max_length=32, blank=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "audit_watch"

    def __str__(self) -> str:
        return f"{self.part} {self.problem or 'well'}"


class Attempts(models.Model):
    """How many attempts of one kind were refused in one minute (see `attempts.py`). `routes` are those counted only."""

    minute = models.DateTimeField()
    event = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=64)
    times = models.PositiveIntegerField()
    routes = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "audit_attempts"
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "event", "actor_kind", "actor_id", "reason"], name="one_count_per_minute_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.reason} {self.minute:%H:%M}"
