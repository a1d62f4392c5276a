"""The two append-only tables. The database itself refuses UPDATE, DELETE and TRUNCATE on both."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One event. `body` is the canonical JSON (RFC 8785) that the chain covers; the other columns help to find it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    # Opaque ids without foreign keys: evidence outlives its subject.
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
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


class Link(models.Model):
    """An entry's place in the chain: gap-free `index`, and `digest = SHA-256(previous digest || SHA-256(body))`."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_link"
        ordering = ["index"]

    def __str__(self) -> str:
        return f"{self.index} → {self.entry_id}"
