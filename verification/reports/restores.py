"""Restores of the database, and which keys changed: API keys, and the two that sign the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from verification.audit.events import Event
from verification.audit.models import Entry, SignedCheckpoint
from verification.audit.notes import BadNote, Note

from .window import Window


@dataclass(frozen=True, slots=True)
class Restore:
    """The log went on in a copy of the database, with so many `entries` in it; `entry` is where that is written."""

    at: datetime
    entries: int
    entry: int


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed the first and the last checkpoint of the window: names, and key ids in hexadecimal."""

    first: tuple[tuple[str, str], ...]
    last: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> bool:
        return self.first != self.last


def restores(window: Window) -> list[Restore]:
    """In order."""
    found = Entry.objects.filter(event=Event.LOG_RESUMED.value, at__gte=window.start, at__lt=window.end)
    return [Restore(one.at, json.loads(one.body)["facts"]["entries"], one.pk) for one in found.order_by("id")]


def signers(window: Window) -> Signer | None:
    """None where no checkpoint was signed in the window."""
    signed = SignedCheckpoint.objects.filter(at__gte=window.start, at__lt=window.end).order_by("id")
    first, last = signed.first(), signed.last()
    return Signer(_keys(first), _keys(last)) if first and last else None


def _keys(checkpoint: SignedCheckpoint) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((name, key_id.hex()) for name, key_id, _ in Note.parse(checkpoint.note).signatures)
    except BadNote:
        return ()
