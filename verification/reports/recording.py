"""What a report says of where its figures come from, and how somebody else can check that."""

from __future__ import annotations

from verification.audit.checkpoint import Checkpoint
from verification.audit.models import SignedCheckpoint

from .document import Document, Record
from .models import Counted


def record_of_counts() -> Record | None:
    """The checkpoint up to which the log is counted; None before the first."""
    counted = Counted.objects.first()
    if counted is None or counted.checkpoint_id is None:
        return None
    signed = SignedCheckpoint.objects.get(pk=counted.checkpoint_id)
    said = Checkpoint.in_note(signed.note)
    return Record(said.origin, said.size, said.head.hex(), signed.note, signed.at, signed.witnessed_at)


def recorded(document: Document) -> str:
    """One sentence: the checkpoint that the figures were computed from."""
    words, record = document.words, document.record
    if record is None:
        return words("record.none")
    name = "record.witnessed" if record.witnessed_at else "record.signed"
    return words(name, n=record.size, origin=record.origin, at=record.signed_at, witnessed=record.witnessed_at)


def how_to_check(document: Document) -> tuple[str, ...]:
    """The steps by which a reader convinces themselves, without trusting whoever made the report."""
    record = document.record
    if record is None:
        return ()
    words = document.words
    return tuple(words(f"record.step_{step}", n=record.size, origin=record.origin) for step in (1, 2, 3))
