"""The log as records: what an export is made of, and what `verify_log.py` reads."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from . import nodes, sequencer, verify_log
from .models import SignedCheckpoint
from .notes import VerifierKey

_BATCH = 5_000

# Plain rows, not models: a log of a million entries is read within the minute.
_ENTRIES = """
SELECT leaf.index, leaf.hash, leaf.entry_id,
       entry.event, entry.actor_kind, entry.actor_id, entry.case_id, entry.at, entry.body
FROM audit_leaf AS leaf LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id
WHERE leaf.index > %s AND leaf.index < %s ORDER BY leaf.index LIMIT %s
"""


def records(size: int | None = None) -> Iterator[dict[str, Any]]:
    """Every entry that has its place, in order, each checkpoint right behind the last entry that it covers.

    `size` is how many entries to read; all that are there when it starts, where it is None.
    """
    # Checkpoints first: what is signed up to now covers no entry that is placed later.
    checkpoints = _checkpoints(SignedCheckpoint.objects.values_list("id", flat=True).last() or 0)
    size = nodes.size() if size is None else size
    yield {"format": verify_log.FORMAT}
    due = next(checkpoints, None)
    count = 0
    for entry in _entries(size):
        yield entry
        count = entry["index"] + 1
        while due is not None and due.size <= count:
            yield {"checkpoint": due.note}
            due = next(checkpoints, None)
    if due is not None:
        # It covers entries that are not there any more.
        yield {"checkpoint": due.note}
    stray = sequencer.stray()
    if stray is not None:
        yield {"stray": stray}
    yield {"end": size}


def write(file: Path, size: int) -> None:
    """The records as JSON Lines, whole or not at all: the file gets its name when it is complete."""
    aside = file.with_name(f"{file.name}.part")
    with aside.open("w", encoding="utf-8") as out:
        for record in records(size):
            out.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    aside.rename(file)


def keys() -> verify_log.Keys:
    """The public keys of this installation's log and of its witness, for the verifier."""
    return verify_log.Keys(_key(settings.LOG_VERIFIER_KEY), _key(settings.WITNESS_VERIFIER_KEY))


def _key(text: str) -> tuple[verify_log.Key, ...]:
    if not text:
        return ()
    key = VerifierKey.parse(text)
    return (verify_log.Key(key.name, key.kind, key.public),)


def _checkpoints(newest: int) -> Iterator[SignedCheckpoint]:
    return SignedCheckpoint.objects.filter(id__lte=newest).order_by("size", "id").iterator(chunk_size=_BATCH)


def _entries(size: int) -> Iterator[dict[str, Any]]:
    """In batches, so that memory stays flat."""
    after = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [after, size, _BATCH])
            batch = cursor.fetchall()
        if not batch:
            return
        for row in batch:
            yield _record(row)
        after = batch[-1][0]


def _record(row: tuple[Any, ...]) -> dict[str, Any]:
    index, hash_, entry_id, event, kind, actor, case, at, body = row
    return {
        "index": index,
        "id": entry_id,
        "event": event,
        "actor_kind": kind,
        "actor_id": actor,
        "case": None if case is None else str(case),
        "at": None if at is None else _utc(at),
        "body": body,
        "hash": b64encode(hash_).decode(),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
